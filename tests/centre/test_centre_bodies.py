"""Bodies: what can be withheld is one field, one value has one spelling, and what cannot be read stops nobody."""

import copy
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.centre import bodies
from parley.centre.handles import Handles
from parley.centre.statements import Kind, check_body, read_back, state, state_act, state_reading, state_review
from parley.demo import load_scenario
from parley.job import derive
from parley.model import (
    ATTRIBUTES,
    FAMILIES,
    Act,
    Amount,
    Arrived,
    Article,
    Block,
    Bulletin,
    Cause,
    Charter,
    Claim,
    Count,
    CountItem,
    DateMention,
    Disc,
    EventReport,
    InputPart,
    Interval,
    Judgement,
    Lumped,
    ModelAnswer,
    OneOf,
    Origin,
    Previous,
    Problem,
    Proposal,
    Publication,
    ReadAs,
    Reading,
    RecordedAct,
    RecordedReport,
    RecordedReview,
    RecordedWithdrawal,
    RegisteredPlace,
    RegisteredSource,
    Review,
    Settled,
    Span,
    TermsVersion,
    Unknown,
    Unread,
    Weighing,
    Withdrawal,
    Words,
    vocabulary,
)
from parley.publish import Masthead, as_html, as_json, compose, days
from parley.record.formats.canonical import decode_json, encode_json
from parley.record.statements.fields import fields

AT = datetime(2031, 5, 2, 9, 30, tzinfo=UTC)
DAY = Interval(start=AT, end=AT)
ORIGIN = Origin(digest="0" * 64, name="a.json", first=1, last=9)
HANDLES = Handles(bytes(32), {"west": "west", "army of the west": "west"})


def said(kind: str, body: Mapping[str, Any], entry: int = 7) -> Any:
    (stated,) = read_back([(entry, kind, AT, body)])
    return stated.says


def recorded(body: Any) -> Any:
    """Return a body as it comes back from a record."""
    return decode_json(encode_json(body))


def pointers(body: Mapping[str, Any]) -> list[str]:
    return [pointer for pointer, _ in fields(body)]


# One of every kind

VALUES = {"time": DAY, "place": Disc(name="Mill", lat=-48.0, lon=12.5, radius_m=200), "account": Words(text="حلب")}
CLAIMS = tuple(
    Claim(
        attribute=name,
        value=VALUES.get(name, Unknown(why=Cause(code="as-said", params={"said": "dark"}))),
        said=f"said {name}",
        column="c",
    )
    for name in ("account", "fact:closed", "actor", "place", "time")
)
EVENT = EventReport(source="Post 4", channel="field", origin=ORIGIN, published=DAY, first_hand=True, claims=CLAIMS)
BULLETIN = Bulletin(
    source="Army of  the WEST", channel="bulletin", origin=ORIGIN, side="West", period=DAY, counting="violations",
    items=(CountItem(area="Ford", count=3, line=4),),
)  # fmt: skip
ARTICLE = Article(
    source="Courier", channel="article", origin=ORIGIN, origin_key="k",
    blocks=(Block(kind="body", span=Span(start=0, end=5), text="It is"),),
    proposals=(Proposal(holder="West", act="accuse", accused=("East",), evidence=Span(start=0, end=5)),),
)  # fmt: skip
WITHDRAWAL = Withdrawal(source="West", channel="acled-deleted", reference="7", origin=ORIGIN)
READING = Reading(
    (EVENT, BULLETIN, ARTICLE), (Problem(file="a", code="no-rows"),), {"1" * 64: b""}, (WITHDRAWAL,), {"other": 2}, 9
)
CHANGES = ReadAs(holder="Post 4", act="assert", claims=(CLAIMS[4], CLAIMS[3]))
REVIEW = Review(
    article=3, number=1, evidence="0" * 64, decision="changed", changes=CHANGES, by="A. Officer", reason="read", at=AT
)
CONFIRMS = REVIEW.model_copy(update={"decision": "confirmed", "changes": None, "confirms": 12})
PART_OF = Judgement(kind="part-of", groups=((12, 9),), whole=40, supersedes=(34, 8), by="A. Officer", reason="seen")
SPLIT = Judgement(kind="split", groups=((18,), (15, 12)), by="A. Officer", role="duty", reason="two craters")
ARRIVED = Arrived(
    name="a.csv", channel="table", digest="a" * 64, size=9, source="West", side="west", handle="west", mapping=None
)

CORRECTS = Act(
    does="correct", entry=3, claims=(CLAIMS[2], CLAIMS[3]), without=("act", "deaths"), by="A", reason="heard"
)
ACCEPTS = Act(does="accept", entry=9, of=3, by="A. Officer", role="night desk", reason="one report")
OF_INCIDENT = Settled(report=3, question="actor", value="East", receipts=True, by="A. Officer", reason="joint look")
OF_PARTY = Settled(agreement="truce", subject="west", question="bound", value="no", start=AT, by="A", reason="letter")

STATEMENTS = [
    state("charter", Charter(title="Exercise", timezone="UTC")),
    state("terms-version", TermsVersion(name="t.yaml", text="title: x\n")),
    state("input", ARRIVED),
    state("input", ARRIVED.model_copy(update={"source": None, "side": None, "handle": None})),
    *state_reading(READING, 2, True, HANDLES),
    state("judgement", PART_OF),
    state("judgement", SPLIT),
    state_act(CORRECTS, "west"),
    state_act(ACCEPTS, "centre"),
    state("established", OF_INCIDENT),
    state("established", OF_PARTY),
    state("place", RegisteredPlace(name="Mill", lat=-48.0, lon=12.5, radius_m=200, by="A. Officer")),
    state("source", RegisteredSource(name="Post 4", also=("Fourth post",), side="west", by="A. Officer")),
    state("weighing", Weighing(fields={"place": (1, -2)}, start=-3, reports=4, confirmed=0, by="A", reason="b")),
    state_review(REVIEW, HANDLES),
    state_review(CONFIRMS, HANDLES),
    state("model-proposal", ModelAnswer(article=3, endpoint="e", model="m", prompts=("0",), answers=("{}",))),
    state(
        "publication",
        Publication(
            name="2031-05-02.html", day=date(2031, 5, 2), edition=1, as_of=9, contents="c" * 64, digest="b" * 64
        ),
    ),
]
KINDS = [kind for kind, _ in STATEMENTS]


def test_there_is_a_statement_of_every_kind_here() -> None:
    assert set(KINDS) == set(Kind.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("statement", STATEMENTS, ids=KINDS)
def test_what_is_stated_passes_and_comes_back_from_the_record(statement: tuple[str, dict[str, Any]]) -> None:
    kind, body = statement
    check_body(kind, body)
    check_body(kind, recorded(body))
    assert not isinstance(said(kind, recorded(body)), Unread)
    assert said(kind, recorded(body)) == said(kind, body)


def test_reports_withdrawals_and_reviews_come_back_with_whose_they_are() -> None:
    event, bulletin, article, withdrawal, _ = (said(*one_) for one_ in state_reading(READING, 2, True, HANDLES))
    assert event == RecordedReport(
        entry=7, received_at=AT, side="independent", handle=HANDLES.of("Post 4").handle, input=2, report=EVENT
    )
    assert (bulletin.report, bulletin.side, bulletin.handle) == (BULLETIN, "west", "west")
    assert article.report == ARTICLE
    assert withdrawal == RecordedWithdrawal(
        entry=7, received_at=AT, side="west", handle="west", input=2, withdrawal=WITHDRAWAL
    )
    assert said(*state_review(REVIEW, HANDLES)) == RecordedReview(
        entry=7, received_at=AT, side="independent", handle=HANDLES.of("Post 4").handle, review=REVIEW
    )
    assert said(*state_review(CONFIRMS, HANDLES)) == RecordedReview(entry=7, received_at=AT, review=CONFIRMS)


# What can be withheld is one field


def test_every_claim_is_one_committed_field_under_its_attribute() -> None:
    body = next(state_reading(READING, 2, True, HANDLES))[1]
    found = pointers(body)
    assert [one_ for one_ in found if one_.startswith("/report/claims")] == [
        f"/report/claims/{name}" for name in sorted(claim.attribute for claim in CLAIMS)
    ]
    assert {"/side", "/handle", "/report/source"} <= set(found)
    assert body["report"]["claims"]["actor"] == {
        "value": {"kind": "unknown", "why": {"code": "as-said", "params": {"said": "dark"}}},
        "said": "said actor", "column": "c",
    }  # fmt: skip
    changes = pointers(state_review(REVIEW, HANDLES)[1])
    act = pointers(state_act(CORRECTS, "west")[1])
    assert {"/side", "/act/entry", "/act/claims/actor", "/act/claims/place"} <= set(act)
    assert {"/changes/claims/time", "/changes/claims/place", "/side", "/handle"} <= set(changes)


def test_every_entry_that_a_judgement_names_is_one_committed_field() -> None:
    assert state("judgement", PART_OF)[1] == {
        "kind": "part-of", "groups": {"9": 0, "12": 0}, "whole": {"40": True}, "supersedes": {"8": True, "34": True},
        "by": "A. Officer", "role": "", "reason": "seen",
    }  # fmt: skip
    found = pointers(state("judgement", PART_OF)[1])
    assert {"/groups/9", "/groups/12", "/whole/40", "/supersedes/8", "/supersedes/34"} <= set(found)
    assert state("judgement", SPLIT)[1]["groups"] == {"12": 0, "15": 0, "18": 1}
    assert state("judgement", SPLIT)[1]["whole"] == {}


def test_no_statement_holds_an_id_of_an_incident() -> None:
    assert "I-0" not in json.dumps(STATEMENTS)


# Pairs

entries = st.integers(0, 10**9)


@st.composite
def judgements(draw: Callable[..., Any]) -> Judgement:
    kind = draw(st.sampled_from(["same", "different", "part-of", "split", "merge", "withdraw"]))
    named = draw(st.lists(entries, min_size=3, max_size=9, unique=True))
    cut = draw(st.integers(1, len(named) - 2))
    whole, parts = (named[0], named[1:]) if kind == "part-of" else (None, named)
    groups = {
        "different": tuple((entry,) for entry in parts), "split": (tuple(parts[:cut]), tuple(parts[cut:])),
        "withdraw": (),
    }.get(kind, (tuple(parts),))  # fmt: skip
    gone = draw(st.lists(entries, min_size=1 if kind == "withdraw" else 0, max_size=4))
    return Judgement(
        kind=kind, groups=groups, whole=whole, supersedes=tuple(gone), by="A", role=draw(st.text()), reason="b"
    )


@given(judgements())
def test_a_judgement_is_read_as_it_was_written(judgement: Judgement) -> None:
    body = state("judgement", judgement)[1]
    assert said("judgement", body) == judgement
    assert state("judgement", said("judgement", body))[1] == body
    check_body("judgement", body)


@given(judgements(), st.randoms(use_true_random=False))
def test_the_order_in_which_a_judgement_names_entries_is_not_written(judgement: Judgement, dice: Any) -> None:
    groups = [dice.sample(group, len(group)) for group in judgement.groups]
    dice.shuffle(groups)
    again = Judgement(
        **{
            **dict(judgement),
            "groups": groups,
            "supersedes": dice.sample(judgement.supersedes * 2, len(judgement.supersedes) * 2),
        }
    )
    assert state("judgement", again) == state("judgement", judgement)


FIRST, LAST = datetime(1800, 1, 2), datetime(3000, 12, 30)  # noqa: DTZ001
zones = st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
whys = st.builds(Unknown, why=st.builds(Cause, code=st.text().map(lambda code: code.replace(" ", "-"))))
words = st.lists(st.text(), min_size=1, max_size=3).map(tuple)


def terms(family: str) -> st.SearchStrategy[OneOf]:
    return st.sets(st.sampled_from(sorted(vocabulary(family))), min_size=1).map(
        lambda found: OneOf(any_of=tuple(found))
    )


VALUES_OF = {
    "Interval": st.datetimes(FIRST, LAST, timezones=zones).map(lambda at: Interval(start=at, end=at)),
    "Disc": st.builds(Disc, lat=st.floats(-90, 90), lon=st.floats(-180, 180), radius_m=st.integers(0, 10**6)),
    "OneOf": st.builds(OneOf, any_of=words, none_of=words),
    "Amount": st.floats(0, 1e9).map(lambda low: Amount(low=low, high=None)),
    "Count": st.integers(0, 999).map(lambda number: Count(low=number, best=None, high=None)),
    "Words": st.builds(Words, text=st.text()),
}
claims_of = {
    name: terms(name) if name in FAMILIES else VALUES_OF[says.partition(":")[0]] for name, says in ATTRIBUTES.items()
} | {
    "fact:closed": st.sampled_from(["yes", "no"]).map(lambda said: OneOf(none_of=(said,))),
    "quantity:lorries": VALUES_OF["Amount"],
}


@st.composite
def claims(draw: Callable[..., Any]) -> list[Claim]:
    names = draw(st.lists(st.sampled_from(sorted(claims_of)), unique=True, max_size=6))
    return [
        Claim(attribute=name, value=draw(claims_of[name] | whys), said=draw(st.text()), column=draw(st.text()))
        for name in names
    ]


events = st.builds(
    EventReport,
    source=st.text(min_size=1),
    channel=st.just("field"),
    origin=st.just(ORIGIN),
    reference=st.text(),
    claims=claims(),
)


@given(events)
@settings(deadline=None)
def test_a_report_is_read_as_it_was_written(report: EventReport) -> None:
    (kind, body), _ = state_reading(Reading((report,)), 2, True, HANDLES)
    check_body(kind, body)
    assert said(kind, body).report == report
    body = recorded(body)  # members stand in the order of their names then
    check_body(kind, body)
    assert said(kind, body).report == report
    assert [claim.attribute for claim in said(kind, body).report.claims] == [c.attribute for c in report.claims]


def test_a_time_in_a_zone_that_is_some_seconds_off_is_the_same_time_in_the_record() -> None:
    old = datetime(1960, 5, 1, tzinfo=ZoneInfo("Africa/Monrovia"))
    assert old.isoformat().endswith("-00:44:30")
    report = EVENT.model_copy(update={"claims": (Claim(attribute="time", value=Interval(start=old, end=old)),)})
    body = next(state_reading(Reading((report,)), 2, True, HANDLES))[1]
    assert said("report", body).report.claims[0].value.start - old == timedelta(0)


# One value has one spelling

REPORT = next(state_reading(READING, 2, True, HANDLES))[1]


def put(body: Mapping[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """Return *body* with *value* at *pointer*; without that member where the value is `...`."""
    changed: Any = copy.deepcopy(body)
    *above, last = pointer.removeprefix("/").split("/")
    inner = changed
    for part in above:
        inner = inner[int(part)] if isinstance(inner, list) else inner[part]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return changed  # type: ignore[no-any-return]


JUDGED, REVIEWED, INPUT = state("judgement", PART_OF)[1], state_review(REVIEW, HANDLES)[1], state("input", ARRIVED)[1]
PART = next(body for kind, body in STATEMENTS if kind == "input-part")

COUNTED = [body for kind, body in STATEMENTS if kind == "report"][1]
OF_A_TERM = {"kind": "one-of", "any_of": ["stroll"], "none_of": []}

WRONG: dict[str, tuple[str, Mapping[str, Any], str]] = {
    "nothing of it": ("report", {"x": 1}, "/input is missing"),
    "nothing at all": ("judgement", {}, "/groups is not an object"),
    "a kind that nobody knows": ("rumour", {}, "this kind of statement is not known"),
    "a member that nobody knows": ("report", put(REPORT, "/why", ""), "/why is not known"),
    "a member inside that nobody knows": ("report", put(REPORT, "/report/mood", ""), "/report/mood is not known"),
    "a member of a claim that nobody knows": (
        "report", put(REPORT, "/report/claims/actor/mood", ""), "/report/claims/actor/mood is not known"),
    "a claim that is named twice": (
        "report", put(REPORT, "/report/claims/actor/attribute", "actor"), "/report/claims/actor/attribute is not"),
    "a default that is left out": ("report", put(REPORT, "/report/language", ...), "/report/language is not spelled"),
    "no claims": ("report", put(REPORT, "/report/claims", ...), "/report/claims is missing"),
    "claims in a list": ("report", put(REPORT, "/report/claims", []), "/report/claims is not an object"),
    "a claim that is none": ("report", put(REPORT, "/report/claims/actor", 1), "/report/claims/actor is not an object"),
    "an attribute that nobody knows": (
        "report", put(REPORT, "/report/claims/mood", REPORT["report"]["claims"]["actor"]), "'mood' is no attribute"),
    "a value that says nothing of its attribute": (
        "report", put(REPORT, "/report/claims/actor/value", {"kind": "words", "text": ""}), "says nothing of actor"),
    "a term that nobody knows": (
        "report",
        put(REPORT, "/report/claims/act", {"value": OF_A_TERM, "said": "", "column": ""}), "'stroll' is no term of"),
    "an answer that is none": (
        "report", put(REPORT, "/report/claims/fact:closed/value", OF_A_TERM), "'stroll' is no answer to fact:closed"),
    "a count of a term that nobody knows": (
        "report", put(COUNTED, "/report/items/0/act", "stroll"), "/report/items/0/act: 'stroll' is no term of act"),
    "a number of a bulletin that is none": (
        "report", put(COUNTED, "/report/number", "7"), "/report/number is not what is expected there"),
    "a time that nobody can reckon with": (
        "report", put(REPORT, "/report/published/start", "0001-01-01T00:00:00+14:00"), "/start: the year 1 is none of"),
    "a day that nobody can reckon with": (
        "publication", put(dict(STATEMENTS[-1][1]), "/day", "9999-12-31"), "/day: the year 9999 is none of"),
    "no report": ("report", put(REPORT, "/report", ...), "/report is missing"),
    "a report that is none": ("report", put(REPORT, "/report", 1), "/report is not what is expected there"),
    "a report of no kind": ("report", put(REPORT, "/report/kind", "rumour"), "/report is not what is expected there"),
    "an entry before the first": ("report", put(REPORT, "/input", -1), "/input is not what is expected there"),
    "a number in quotes": ("report", put(REPORT, "/input", "2"), "/input is not spelled"),
    "yes for one": ("report", put(REPORT, "/input", True), "/input is not spelled"),
    "one for yes": ("report", put(REPORT, "/report/first_hand", 1), "/report/first_hand is not spelled"),
    "another spelling of a time": (
        "report", put(REPORT, "/report/published/start", "2031-05-02T09:30:00+00:00"), "/published/start is not"),
    "a side that is none": ("report", put(REPORT, "/side", "West Army"), "/side is not what is expected there"),
    "a handle of a party's for another": ("report", put(REPORT, "/handle", "west"), "no source of the side ind"),
    "a name for a handle": ("report", put(REPORT, "/handle", "Post 4"), "no source of the side independent"),
    "the centre's name for a handle": (
        "report", put(put(REPORT, "/side", "centre"), "/handle", "centre"), "no source of the side centre"),
    "an input's side without a source": ("input", put(INPUT, "/source", None), "go with a source"),
    "a source without a side": ("input", put(put(INPUT, "/side", None), "/handle", None), "go with a source"),
    "a file that is elsewhere": ("input", put(INPUT, "/digest", "../../keys/desk.key"), "/digest is not what"),
    "an attachment that is elsewhere": ("input-part", put(PART, "/attachments", ["../x"]), "/attachments/0 is not"),
    "the input of before parts": (
        "input", {**INPUT, "attachments": [], "reports": 4, "problems": []}, "/attachments is not known"),
    "groups in lists": ("judgement", put(JUDGED, "/groups", [[9, 12]]), "/groups is not an object"),
    "groups that begin elsewhere": ("judgement", put(JUDGED, "/groups", {"9": 1, "12": 1}), "/groups/9 is not spelled"),
    "a group that is no number": ("judgement", put(JUDGED, "/groups/9", True), "/groups/9 is not the number"),
    "an entry with a nought before": ("judgement", put(JUDGED, "/groups/07", 0), "/groups/07 is no entry"),
    "an entry in other digits": ("judgement", put(JUDGED, "/groups/٧", 0), "/groups/٧ is no entry"),
    "two wholes": ("judgement", put(JUDGED, "/whole/41", True), "/whole names more than one"),
    "a whole that is not": ("judgement", put(JUDGED, "/whole/40", False), "/whole/40 is not spelled"),
    "a whole by its number": ("judgement", put(JUDGED, "/whole", 40), "/whole is not an object"),
    "a list of the superseded": ("judgement", put(JUDGED, "/supersedes", [34]), "/supersedes is not an object"),
    "ids of incidents": ("judgement", put(JUDGED, "/incidents", ["I-00012"]), "/incidents is not known"),
    "a judgement of nobody": ("judgement", put(JUDGED, "/by", " "), "a judgement says who made it and why"),
    "changes with claims in a list": ("review", put(REVIEWED, "/changes/claims", []), "/changes/claims is not an"),
    "changes of nobody's": ("review", put(put(REVIEWED, "/side", None), "/handle", None), "go with a source"),
    "a review's claim in a form that is none": (
        "review", put(REVIEWED, "/changes/claims/time/value/start", "noon"), "/changes/claims/time/value/start is not"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_body_that_is_none_of_its_kind_is_refused_with_a_sentence_and_read_as_unread(name: str) -> None:
    kind, body, told = WRONG[name]
    with pytest.raises(ValueError, match=f"^this is no body of the kind {kind}: ") as caught:
        check_body(kind, body)
    assert told in str(caught.value)
    unread = said(kind, body)
    assert isinstance(unread, Unread)
    assert (unread.entry, unread.kind) == (7, kind) and unread.why in str(caught.value)


def test_what_the_record_makes_itself_says_nothing_here() -> None:
    for kind in ("key-event", "shred-notice", "release", "receipt", "overdue"):
        check_body(kind, {"x": 1})
        assert list(read_back([(1, kind, AT, {"x": 1})])) == []


def test_a_fault_is_told_on_one_line_and_in_short() -> None:
    unread = said("report", {"\x1b[2J" + "x" * 5_000: 1, **REPORT})
    assert "\x1b" not in unread.why and len(unread.why) < 300


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(STATEMENTS), st.randoms(use_true_random=False), json_values)
@settings(max_examples=600, deadline=None)
def test_whatever_stands_in_a_body_it_is_unread_or_one_spelling_of_what_it_says(
    statement: tuple[Kind, dict[str, Any]], dice: Any, value: Any
) -> None:
    kind, body = statement
    changed: Any = copy.deepcopy(body)
    inner = changed
    while isinstance(inner, dict | list) and inner:
        keys = list(inner) if isinstance(inner, dict) else range(len(inner))
        key = dice.choice(list(keys))
        if dice.random() < 0.4 or not isinstance(inner[key], dict | list) or not inner[key]:
            if dice.random() < 0.2:
                del inner[key]
            else:
                inner[key] = value
            break
        inner = inner[key]
    stated = said(kind, changed)
    if isinstance(stated, Unread):
        with pytest.raises(ValueError, match="this is no body"):
            check_body(kind, changed)
    else:
        check_body(kind, changed)
        assert encode_json(written(kind, stated, changed)) == encode_json(changed)


def written(kind: Kind, stated: Any, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that says what was read, made of nothing but the nouns."""
    match stated:
        case RecordedReport() | RecordedWithdrawal():
            noun = stated.report if isinstance(stated, RecordedReport) else stated.withdrawal
            reading = Reading((noun,)) if isinstance(stated, RecordedReport) else Reading((), withdrawals=(noun,))
            made = next(state_reading(reading, body["input"], True, HANDLES))[1]
            return {**made, "side": stated.side, "handle": stated.handle}
        case RecordedReview():
            return {**state_review(stated.review, HANDLES)[1], "side": stated.side, "handle": stated.handle}
        case RecordedAct():
            return state_act(stated.act, stated.side)[1]
    return state(kind, stated)[1]


@given(st.sampled_from(KINDS), json_values.filter(lambda value: isinstance(value, dict)))
@settings(max_examples=300, deadline=None)
def test_a_body_of_anything_is_read_without_an_error(kind: Kind, body: dict[str, Any]) -> None:
    assert isinstance(said(kind, body), Unread) or (check_body(kind, body) is None)


def test_parts_of_an_input_come_back_whole() -> None:
    part = said("input-part", PART)
    assert part == InputPart(
        input=2, rows=9, reports=3, withdrawals=1, problems=READING.problems, passed={"other": 2},
        attachments=("1" * 64,), last=True,
    )  # fmt: skip


# What can be read stops nothing that follows

SCENARIO = load_scenario("exercise")
ZONE = ZoneInfo(SCENARIO.charter.timezone)
HEAD = Masthead(title="t", timezone=SCENARIO.charter.timezone, origin="o", size=1, root="r", verifier_key="v")
TAKEN_UP = [state("terms-version", version) for version in SCENARIO.terms]


who = st.sampled_from(["West", "East", "", "all areas"])
some = st.lists(who, max_size=2).map(tuple)
spans = st.builds(Span, start=st.integers(-5, 50), end=st.integers(-5, 50))
moments = st.datetimes(FIRST, LAST, timezones=zones)
periods = st.tuples(moments, moments).map(lambda two: Interval(start=min(two), end=max(two)))
counted = st.builds(
    CountItem, area=who, count=st.integers(0, 2**53 - 1), line=st.integers(-1, 9), rest=st.booleans(),
    act=st.none() | st.sampled_from(sorted(vocabulary("act"))), respondent=st.none() | who,
)  # fmt: skip
items = st.lists(counted, max_size=3).map(tuple)
bulletins = st.builds(
    Bulletin, source=who, channel=st.just("bulletin"), origin=st.just(ORIGIN), side=who, counting=who, covers=some,
    period=periods | st.just(Interval(start=AT, end=AT + timedelta(days=1))), respondents=some, unobserved=some,
    stated_total=st.none() | st.integers(-1, 2**53 - 1), items=items, subtotals=items, kinds=items,
    number=st.sampled_from(["", "3/2031", "00000/0000"]),
    contains=st.lists(st.builds(Lumped, area=who, parts=some), max_size=2).map(tuple),
    previous=st.none() | st.builds(Previous, period=st.none() | periods, total=st.none() | st.integers(0), items=items),
)  # fmt: skip
articles = st.builds(
    Article, source=who, channel=st.just("article"), origin=st.just(ORIGIN), origin_key=who,
    published=st.none() | periods,
    blocks=st.lists(st.builds(Block, kind=st.just("body"), span=spans, text=st.text()), max_size=2).map(tuple),
    dates=st.lists(
        st.builds(
            DateMention, role=st.just("published"), day=st.dates(FIRST.date(), LAST.date()), said=who,
            basis=st.lists(st.builds(Cause, code=who.map(lambda code: code.replace(" ", "-"))), max_size=2).map(tuple)
        ), max_size=2,
    ).map(tuple),
    proposals=st.lists(
        st.builds(Proposal, holder=who, act=st.just("accuse"), accused=some, evidence=spans), max_size=2
    ).map(tuple),
)  # fmt: skip


@given(st.lists(events | bulletins | articles, min_size=1, max_size=4), st.lists(judgements(), max_size=2))
@settings(max_examples=100, deadline=None)
def test_from_whatever_can_be_read_findings_follow_and_every_page(
    reports: list[EventReport | Bulletin | Article], judged: list[Judgement]
) -> None:
    given_ = [
        *TAKEN_UP,
        *state_reading(Reading(tuple(reports)), 2, True, HANDLES),
        *(state("judgement", one) for one in judged),
    ]
    found = derive(read_back((entry, kind, AT, body) for entry, (kind, body) in enumerate(given_)), ZONE)
    assert found.unread == () and not any(card.fault for card in found.agreements)
    for day in days(found, ZONE):
        report = compose(found, day, HEAD)
        assert as_html(report) and as_json(report)


@pytest.mark.parametrize(
    ("body", "written", "place"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}, None),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}, None),  # the order of names says nothing
        ({"a": 1}, {"a": 1.0}, None),
        ({"a": 1}, {"a": True}, "/a"),
        ({"a": [1, 2]}, {"a": [1, 3]}, "/a/1"),
        ({"a": 1, "c": 2}, {"a": 1}, "/c"),
        ({"a": 1}, {"a": 1, "c": 2}, "/c"),
        ({"a": "\ud800"}, {"a": "\ud800"}, None),  # what orjson does not write
        ({"a": 2**70}, {"a": 2**70 + 1}, "/a"),
    ],
)
def test_a_body_differs_from_what_is_written_at_the_first_place_that_is_another_value(
    body: Any, written: Any, place: str | None
) -> None:
    assert bodies.difference(body, written) == place
