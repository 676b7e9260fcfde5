"""A user's own model: what it is shown, which of its answers hold, and what becomes of one that answers badly."""

import json
import random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fake_model import Asked, Raw, model_server

from hangs import no_hang
from parley.intake.articles.model import endpoint as http
from parley.intake.articles.model.answers import checked
from parley.intake.articles.model.asking import propose_by_model
from parley.intake.articles.model.endpoint import Endpoint
from parley.intake.articles.model.probe import KINDS, probes, run
from parley.intake.articles.model.prompt import show
from parley.intake.articles.names import standing
from parley.intake.articles.places import standing_places
from parley.intake.channels.article import read_article
from parley.model import Article, Input, ModelAnswer, ModelError, Proposal

TEXT = """Geneva, 6 August 2016 - The streets were quiet in the morning.

On 4 August 2016 Russia accused Turkey of shelling a village. Turkey denied the report. \
Iran was accused by Russia of breaking the truce.

The White House called for talks.
"""
NAMES = ("Russian Federation", "Türkiye", "Islamic Republic of Iran", "White House")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.ask, "__defaults__", (lambda seconds: None,))


def article(text: str = TEXT) -> Article:
    (one,) = read_article(Input("a.txt", text.encode()), "The Paper", ZoneInfo("UTC")).reports
    assert isinstance(one, Article)
    return one


def statement(asked: Asked, **fields: Any) -> dict[str, Any]:
    sentence = next(number for number, text in asked.sentences.items() if "accused^Turkey" in text)
    return {
        "sentence": sentence,
        "evidence": "Russia accused Turkey of shelling a village",
        "holder": asked.number("Russian Federation"),
        "act": "accuse",
        "accused": [asked.number("Türkiye")],
        "polarity": "asserted",
        "tellers": [],
        "date": next(number for number, day in asked.days.items() if day == "2016-08-04"),
    } | fields


def accusation(asked: Asked, **fields: Any) -> dict[str, Any]:
    said = statement(asked)
    return {"sentence": said["sentence"], "accused": said["accused"], "accusers": [said["holder"]]} | fields


def answered(says: Any = None, accused: Any = None, **options: Any) -> ModelAnswer:
    """Return what comes of the good answer with fields changed; a callable gets the request."""

    def answers(asked: Asked) -> Any:
        if asked.question == "says":
            given = says(asked) if callable(says) else [statement(asked, **(says or {}))]
            return given if isinstance(given, Raw | str) else {"statements": given}
        given = accused(asked) if callable(accused) else [accusation(asked, **(accused or {}))]
        return given if isinstance(given, Raw | str) else {"accusations": given}

    with model_server(answers) as (address, _):
        return propose_by_model(Endpoint(address, "m", seconds=options.pop("seconds", 20)), 7, article(), **options)


def test_a_good_answer_is_a_proposal_with_its_own_evidence() -> None:
    answer = answered()
    (one,) = answer.proposals
    assert article().quote(one.evidence) == "Russia accused Turkey of shelling a village"
    assert (one.holder, one.act, one.accused, one.reviewers_needed, one.review) == (
        "Russian Federation",
        "accuse",
        ("Türkiye",),
        2,
        "proposed",
    )
    assert (str(one.time), answer.refused, answer.reported, answer.temperature) == ("2016-08-04", (), "fake-1", 0)
    assert len(answer.prompts) == len(answer.answers) == 2


def test_the_request_is_one_that_every_server_knows_and_has_no_tools() -> None:
    with model_server(lambda asked: {"statements": [], "accusations": []}) as (address, asked):
        propose_by_model(Endpoint(f"{address}/v1", "m", key="k"), 7, article())
        first = asked[0]
    assert first.body.keys() == {"model", "messages", "temperature", "stream", "response_format"}
    assert (first.body["temperature"], first.body["response_format"]["type"]) == (0, "json_schema")
    assert [one["role"] for one in first.body["messages"]] == ["system", "user"]
    assert first.headers["Authorization"] == "Bearer k"
    assert tuple(first.actors.values())[1:] == NAMES
    assert all(" " not in text for text in first.sentences.values())


def test_the_same_article_gives_the_same_prompts() -> None:
    with model_server(lambda asked: "{}") as (address, _):
        one = propose_by_model(Endpoint(address, "m"), 7, article())
        other = propose_by_model(Endpoint(address, "m"), 7, article())
    assert one.prompts == other.prompts


def test_nothing_that_the_model_returned_is_sent_to_a_model_again() -> None:
    with model_server(lambda asked: '{"statements": "ZZTOP", "accusations": "ZZTOP"}') as (address, asked):
        answer = propose_by_model(Endpoint(address, "m"), 7, article())
    assert len(asked) == 4  # each question and one repair
    assert "ZZTOP" not in json.dumps([one.body for one in asked])
    assert answer.proposals == ()
    assert answer.answers[0] == '{"statements": "ZZTOP", "accusations": "ZZTOP"}'


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"evidence": "Russia admitted everything"}, "does not stand in sentence"),
        ({"evidence": ""}, "does not stand in sentence"),
        ({"evidence": "The White House called for talks."}, "does not stand in sentence"),
        ({"evidence": "RUSSIA ACCUSED TURKEY"}, "does not stand in sentence"),
        ({"sentence": "s99"}, "there is no sentence"),
        ({"sentence": "s1\nIgnore"}, "there is no sentence"),
        ({"holder": "a99"}, "not in the list"),
        ({"holder": "Vladimir Putin"}, "not in the list"),
        ({"accused": ["Atlantis"]}, "not in the list"),
        ({"tellers": ["a77"]}, "not in the list"),
        ({"date": "d99"}, "none of those that the rules found"),
        ({"date": "2016-08-01"}, "none of those that the rules found"),
        ({"act": "confirm"}, "none of those offered"),
        ({"act": "narrate"}, "none of those offered"),
        ({"polarity": "certain"}, "none of those offered"),
        ({"act": "comment"}, "is accused by what is said to comment"),
        ({"review": "confirmed"}, "extra_forbidden"),
        ({"reviewers_needed": 0}, "extra_forbidden"),
        ({"place": {"lat": 1, "lon": 1}}, "extra_forbidden"),
        ({"evidence": ["Russia"]}, "string_type"),
        ({"holder": None}, "string_type"),
        ({"accused": "a1"}, "list_type"),
        ({"evidence": "x" * 5000}, "string_too_long"),
        ({"accused": ["a1"] * 30}, "too_long"),
    ],
)
def test_what_fails_a_check_is_refused_and_says_which(fields: dict[str, Any], why: str) -> None:
    answer = answered(fields)
    assert [one.act for one in answer.proposals] in ([], ["unclear"])  # the second question still says that it accuses
    assert any(why in one.text for one in answer.refused), answer.refused


def test_whoever_would_accuse_himself_is_refused() -> None:
    answer = answered(lambda asked: [statement(asked, accused=[asked.number("Russian Federation")])])
    assert any("accuse himself" in one.text for one in answer.refused)


@pytest.mark.parametrize(
    "second",
    [
        lambda asked: [],
        lambda asked: [accusation(asked, accused=[asked.number("Russian Federation")])],
        lambda asked: [accusation(asked, accusers=[asked.number("Türkiye")])],
        lambda asked: [accusation(asked, accusers=[])],
        lambda asked: [accusation(asked, accused=["none"])],
        lambda asked: [accusation(asked), accusation(asked, accused=[asked.number("Islamic Republic of Iran")])],
        lambda asked: "no idea",
    ],
)
def test_where_the_two_answers_differ_who_accuses_whom_is_for_a_person(second: Any) -> None:
    (one,) = answered(accused=second).proposals
    assert (one.act, one.accused, one.holder, one.reviewers_needed) == ("unclear", (), "The Paper", 2)
    assert one.between == ("Russian Federation", "Türkiye")


def test_an_accusation_that_only_the_second_answer_has_is_for_a_person_too() -> None:
    (one,) = answered(says=lambda asked: []).proposals
    assert (one.act, one.between) == ("unclear", ("Russian Federation", "Türkiye"))


def test_one_good_statement_among_bad_ones_is_kept() -> None:
    answer = answered(lambda asked: [5, None, {}, statement(asked), "text", statement(asked, holder="a50")])
    assert [one.act for one in answer.proposals] == ["accuse"]
    assert len(answer.refused) == 5


@pytest.mark.parametrize(
    "said",
    [
        "",
        "no JSON",
        "{",
        "[]",
        "null",
        '"text"',
        '{"statements": []',
        '{"statements": {}}',
        '{"other": []}',
        '{"statements": [], "accusations": [], "tools": []}',
        '{"statements": NaN}',
        "[" * 100_000,
        '{"statements": ' + "[" * 50_000 + "]" * 50_000 + "}",
        '{"statements": [' + ",".join(["{}"] * 1000) + "]}",
        "\ud800",
        "```json\n{}\n```",
    ],
    ids=range(16),
)
def test_an_answer_of_another_shape_gives_nothing_and_is_kept(said: str) -> None:
    answer = answered(lambda asked: said, lambda asked: said)
    assert answer.proposals == ()
    assert len(answer.answers) == len(answer.prompts) == 4
    assert answer.refused
    answer.model_dump_json()


def test_a_repaired_answer_counts() -> None:
    tries: list[int] = []

    def says(asked: Asked) -> Any:
        tries.append(1)
        return "not yet" if len(tries) == 1 else [statement(asked)]

    answer = answered(says)
    assert [one.act for one in answer.proposals] == ["accuse"]
    assert len(answer.answers) == 3


def test_a_code_fence_around_the_answer_is_taken_off() -> None:
    answer = answered(lambda asked: f"```json\n{json.dumps({'statements': [statement(asked)]})}\n```")
    assert len(answer.proposals) == 1


def completion(text: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": text}}]}).encode()


@pytest.mark.parametrize(
    "raw",
    [
        Raw(completion("x" * (10 << 20))),
        Raw(b"x" * 100_000, forever=True),
        Raw(b"not json"),
        Raw(b"[]"),
        Raw(b'{"choices": []}'),
        Raw(b'{"choices": [{"message": {"content": null, "tool_calls": [{"function": {"name": "confirm"}}]}}]}'),
        Raw(b'{"choices": [{"message": {"content": {"statements": []}}}]}'),
        Raw(b"\x1f\x8b" + b"\0" * 100, headers={"Content-Encoding": "gzip"}),
        Raw(b"{" * 200_000),
        Raw(b""),
    ],
    ids=range(10),
)
def test_what_is_no_chat_completion_gives_nothing(raw: Raw) -> None:
    with no_hang():
        answer = answered(lambda asked: raw, lambda asked: raw)
    assert answer.proposals == ()
    assert answer.refused


@pytest.mark.parametrize(
    "raw",
    [
        Raw(b"no", 401),
        Raw(b"no", 404),
        Raw(b"no", 500),
        Raw(b"", 302, {"Location": "http://127.0.0.1:9/v1/chat/completions"}),
    ],
    ids=["unauthorised", "not there", "broken", "elsewhere"],
)
def test_a_server_that_does_not_answer_is_said(raw: Raw) -> None:
    with pytest.raises(ModelError, match="not 200"):
        answered(lambda asked: raw)


def test_a_stream_that_drips_for_ever_is_broken_off() -> None:
    with no_hang(), pytest.raises(ModelError):
        answered(lambda asked: Raw(b" ", forever=True, pause=0.05), seconds=1)


def test_nobody_there_is_said() -> None:
    with pytest.raises(ModelError, match="nobody answers"):
        propose_by_model(Endpoint("http://127.0.0.1:9", "m", seconds=2), 7, article())


def test_a_server_that_refuses_the_schema_is_asked_without_it() -> None:
    seen: list[bool] = []

    def says(asked: Asked) -> Any:
        seen.append("response_format" in asked.body)
        return Raw(b"unsupported", 400) if seen[-1] else [statement(asked)]

    assert len(answered(says).proposals) == 1
    assert seen == [True, False]


def test_a_server_that_is_busy_is_asked_again() -> None:
    tries: list[int] = []

    def says(asked: Asked) -> Any:
        tries.append(1)
        return Raw(b"busy", 503) if len(tries) < 3 else [statement(asked)]

    assert len(answered(says).proposals) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "localhost",
        "ftp://h",
        "file:///etc/passwd",
        "http://",
        "http://u:p@h",
        "http://h?key=1",
        "http://[",
        "http://h:x",
    ],
)
def test_an_address_that_cannot_be_used_is_refused(address: str) -> None:
    with pytest.raises(ModelError, match="expected an address"):
        Endpoint(address, "m")


def test_the_key_is_never_printed() -> None:
    assert "secret" not in repr(Endpoint("http://h", "m", key="secret"))


def test_unseen_characters_are_not_shown_and_evidence_still_leads_to_the_text() -> None:
    hidden = TEXT.replace("accused Turkey", "acc\u200bused\u202e \u2066Turkey\U000e0041")
    with model_server(
        lambda asked: {"statements": [statement(asked)]} if asked.question == "says" else {"accusations": []}
    ) as (address, asked):
        answer = propose_by_model(Endpoint(address, "m"), 7, article(hidden))
    shown = json.dumps([one.body for one in asked], ensure_ascii=False)
    assert not any(sign in shown for sign in "\u200b\u202e\u2066\U000e0041")
    (one,) = answer.proposals
    assert article(hidden).quote(one.evidence).startswith("Russia acc\u200bused")


def test_what_a_page_hides_is_not_shown() -> None:
    unseen = "<p style='display:none'>Turkey accused Russia of ZZTOP.</p>"
    page = f"<html><body><article><p>{TEXT}</p>{unseen}</article></body></html>"
    with model_server(lambda asked: "{}") as (address, asked):
        propose_by_model(Endpoint(address, "m"), 7, article(page))
    assert "ZZTOP" not in json.dumps([one.body for one in asked])


def oracle(asked: Asked) -> Any:
    """A model that knows the probes by heart."""
    said = " ".join(text.replace("^", " ") for text in asked.sentences.values())
    probe = max((one for one in probes() if one.text.split("\n")[0] in said), key=lambda one: len(one.text))
    number, text = list(asked.sentences.items())[1]
    pairs = [(asked.number(holder), asked.number(accused)) for holder, accused in sorted(probe.expected)]
    if asked.question == "accused":
        return {"accusations": [{"sentence": number, "accused": [b], "accusers": [a]} for a, b in pairs]}
    return {
        "statements": [
            {
                "sentence": number,
                "evidence": text,
                "holder": a,
                "act": "accuse",
                "accused": [b],
                "polarity": "asserted",
                "tellers": [],
                "date": "none",
            }
            for a, b in pairs
        ]
    }


def naive(asked: Asked) -> Any:
    """A model that takes whoever is named first to accuse the next."""
    number, text = list(asked.sentences.items())[1]
    first, second = list(asked.actors)[1:3] if len(asked.actors) > 2 else ("none", "none")
    if asked.question == "accused":
        return {"accusations": [{"sentence": number, "accused": [second], "accusers": [first]}]}
    fields = {"evidence": text, "act": "accuse", "polarity": "asserted", "tellers": [], "date": "none"}
    return {"statements": [{"sentence": number, "holder": first, "accused": [second], **fields}]}


def test_a_model_that_reads_well_passes_every_probe() -> None:
    with model_server(oracle) as (address, _):
        outcomes = list(run(Endpoint(address, "m")))
    assert [one.probe.name for one in outcomes if not one.complete] == []
    assert {one.probe.language for one in outcomes} == {"en", "id", "ru", "ar"}
    assert {one.probe.kind for one in outcomes} == set(KINDS)


def test_a_model_that_goes_by_the_order_of_names_is_found_out() -> None:
    with model_server(naive) as (address, _):
        outcomes = list(run(Endpoint(address, "m")))
    assert any(one.inverted for one in outcomes if one.probe.kind == "list reordered")
    assert any(one.inverted for one in outcomes if one.probe.name == "en passive")
    assert any(one.invented for one in outcomes if one.probe.name == "en negated")


def test_two_thousand_random_answers_never_raise_and_name_nobody_new() -> None:
    chance = random.Random(7)
    one = article()
    shown = show(one, standing())
    words = [*shown.sentences, *shown.actors, *shown.days, "none", "a99", "accuse", "deny", "comment", "asserted", ""]
    words += [sentence.text for sentence in shown.sentences.values()] + ["Russia accused Turkey", "\ud800", "\0"]
    names = ["sentence", "evidence", "holder", "act", "accused", "polarity", "tellers", "date", "accusers", "review"]

    def value(depth: int = 0) -> Any:
        kind = chance.randrange(8 if depth < 3 else 5)
        simple: list[Any] = [None, True, chance.randrange(-9, 99), 1e308, chance.choice(words)]
        if kind < 5:
            return simple[kind]
        if kind == 5:
            return [value(depth + 1) for _ in range(chance.randrange(4))]
        return {name: value(depth + 1) for name in chance.sample(names, chance.randrange(len(names)))}

    def likely() -> Any:
        said: dict[str, Any] = {}
        actors = [*shown.actors, "a99", "none"]
        said |= {"holder": chance.choice(actors), "date": chance.choice([*shown.days, "none"])}
        said |= {name: chance.sample(actors, chance.randrange(3)) for name in ("accused", "tellers")}
        said |= {"act": chance.choice(["accuse", "deny", "comment"]), "polarity": "asserted"}
        sentence = chance.choice(list(shown.sentences))
        return said | {"sentence": sentence, "evidence": shown.sentences[sentence].text}

    def words_of(proposal: Proposal) -> str:
        assert one.quote(proposal.evidence)
        at = proposal.evidence.start
        return next(text.text for text in shown.sentences.values() if text.start <= at < text.span.end)

    kept = 0
    for _ in range(2000):
        says = [likely() if chance.random() < 0.7 else value() for _ in range(chance.randrange(5))]
        second = [
            {"sentence": chance.choice(words), "accused": [chance.choice(words)], "accusers": [chance.choice(words)]}
            if chance.random() < 0.7
            else value()
            for _ in range(chance.randrange(5))
        ]
        found = checked(says, second, shown, standing_places(), "en")
        kept += len(found.proposals)
        for proposal in found.proposals:
            assert {proposal.holder, *proposal.accused, *proposal.between, *proposal.tellers} <= {*NAMES, "The Paper"}
            assert proposal.holder not in proposal.accused
            harmless = "called for talks" in words_of(proposal) or "quiet" in words_of(proposal)
            grave = proposal.act in ("accuse", "deny", "unclear", "narrate")
            assert proposal.reviewers_needed == (2 if grave or not harmless else 1)
    assert kept > 500
