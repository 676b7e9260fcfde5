"""What people decide on statements of an article: who must agree, what contradicts, and what follows from it."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from pydantic import ValidationError

from hangs import no_hang
from parley.incidents import match, origins, review_state, tellings
from parley.model import (
    Article,
    Block,
    Claim,
    Count,
    Disc,
    EventReport,
    Interval,
    ModelAnswer,
    OneOf,
    Origin,
    Proposal,
    ReadAs,
    RecordedAnswer,
    RecordedReport,
    RecordedReview,
    Review,
    Reviewed,
    Reviews,
    Span,
    as_proposed,
    evidence_digest,
    one,
)

TEXT = "Upland said on Friday that Valley had shelled Ford. Post 3 spoke of two convoys."
NOON = datetime(2031, 5, 2, 12, tzinfo=UTC)
TIME = Claim(attribute="time", value=Interval(start=NOON, end=NOON))
PLACE = Claim(attribute="place", value=Disc(name="Ford", lat=12.5, lon=40.25, radius_m=300))
ACTOR = Claim(attribute="actor", value=one("Valley"))
DEAD = Claim(attribute="deaths", value=Count(low=2, high=3))
CONVOYS = Claim(attribute="quantity", value=one("two"))
ACCUSES = Proposal(
    holder="Upland", act="accuse", accused=("Valley",), evidence=Span(start=0, end=51), reviewers_needed=2
)
COMMENTS = Proposal(holder="Post 3", act="comment", evidence=Span(start=52, end=len(TEXT)))


def article(entry: int, *proposals: Proposal, origin: str = "k") -> RecordedReport:
    report = Article(
        source="The Paper",
        channel="article",
        origin=Origin(digest="0" * 64, name="a.txt", first=1, last=1),
        blocks=(Block(kind="body", span=Span(start=0, end=len(TEXT)), text=TEXT),),
        origin_key=origin,
        proposals=proposals or (ACCUSES, COMMENTS),
    )
    return RecordedReport(entry=entry, received_at=NOON, side="independent", handle=report.source, report=report)


ARTICLE = article(3)


def reviewed(entry: int, decision: Any, by: str, number: int = 1, **more: Any) -> RecordedReview:
    told = more.pop("of", ARTICLE)
    assert isinstance(told.report, Article)
    proposal = told.report.proposals[number - 1] if number <= len(told.report.proposals) else COMMENTS
    given = {"article": told.entry, "evidence": evidence_digest(told.report, proposal), "reason": "read it"} | more
    called = {name: given.pop(name) for name in ("side", "handle") if name in given}
    said = Review(number=number, decision=decision, by=by, at=NOON, **given)
    if said.changes:
        called = {"side": "independent", "handle": f"handle of {said.changes.holder}"} | called
    return RecordedReview(entry=entry, received_at=NOON, review=said, **called)


def changed(*claims: Claim, proposal: Proposal = ACCUSES, **fields: Any) -> ReadAs:
    return ReadAs(**{**as_proposed(proposal).model_dump(), "claims": claims, **fields})


WHOLE = changed(TIME, PLACE, ACTOR)


def state(*reviews: RecordedReview, articles: Sequence[RecordedReport] = (ARTICLE,)) -> Reviews:
    return review_state(articles, (), reviews)


def first(*reviews: RecordedReview) -> Reviewed:
    return state(*reviews).proposals[0]


def test_without_reviews_everything_waits() -> None:
    assert [(one.id, one.state, one.needed) for one in state().proposals] == [
        ("3:1", "proposed", 2),
        ("3:2", "proposed", 1),
    ]
    assert state().reports == ()


def test_an_accusation_of_a_party_needs_two_different_people() -> None:
    assert first(reviewed(5, "confirmed", "Anna")).state == "confirmed by one of two"
    assert first(reviewed(5, "confirmed", "Anna"), reviewed(6, "confirmed", "Bert")).state == "confirmed"


@pytest.mark.parametrize("spelling", ["Anna", "ANNA", " anna ", "Ａnna", "An\u006ea"])
def test_one_person_under_two_spellings_is_one(spelling: str) -> None:
    shown = first(reviewed(5, "confirmed", "Anna"), reviewed(6, "confirmed", spelling))
    assert (shown.state, shown.superseded) == ("confirmed by one of two", (5,))


def test_one_person_is_enough_where_nobody_is_named_nor_counted() -> None:
    assert state(reviewed(5, "confirmed", "Anna", 2)).proposals[1].state == "confirmed"


@pytest.mark.parametrize("claims", [(DEAD,), (ACTOR,), (Claim(attribute="affected", value=one("Valley")),)])
def test_a_change_that_counts_dead_or_names_a_party_needs_two(claims: tuple[Claim, ...]) -> None:
    reading = changed(*claims, proposal=COMMENTS)
    assert state(reviewed(5, "changed", "Anna", 2, changes=reading)).proposals[1].state == "confirmed by one of two"


def test_a_change_never_lowers_how_many_must_agree() -> None:
    reading = changed(act="comment", accused=(), addressee=None)
    assert first(reviewed(5, "changed", "Anna", changes=reading)).state == "confirmed by one of two"


def test_differing_decisions_are_contested_until_somebody_changes_his() -> None:
    said = [reviewed(5, "confirmed", "Anna"), reviewed(6, "rejected", "Bert")]
    assert first(*said).state == "contested"
    assert first(*said, reviewed(7, "confirmed", "Bert")).state == "confirmed"
    assert first(*said, reviewed(7, "rejected", "Anna")).state == "rejected"
    assert first(*said, reviewed(7, "unclear", "Anna")).state == "contested"
    assert first(*said, reviewed(7, "withdrawn", "Bert")).state == "confirmed by one of two"


def test_two_who_read_it_differently_contest_it() -> None:
    other = changed(TIME, PLACE, accused=("Upland forces",))
    shown = first(reviewed(5, "changed", "Anna", changes=WHOLE), reviewed(6, "changed", "Bert", changes=other))
    assert (shown.state, shown.report) == ("contested", None)


def test_what_two_people_confirm_with_time_and_place_is_a_report_of_the_holder() -> None:
    shown = state(reviewed(5, "changed", "Anna", changes=WHOLE), reviewed(8, "confirmed", "Bert", confirms=5))
    (report,) = shown.reports
    assert isinstance(report.report, EventReport)
    assert (report.entry, report.report.source, report.report.claims) == (8, "Upland", (TIME, PLACE, ACTOR))
    assert report.report.origin == ARTICLE.report.origin
    assert [incident.entries for incident in match(shown.reports)] == [(8,)]


def test_the_report_is_of_the_side_and_handle_of_the_holder_that_was_agreed_on() -> None:
    other = changed(TIME, PLACE, holder="Hill Post", act="assert", accused=())
    said = [
        reviewed(4, "changed", "Anna", changes=other),
        reviewed(5, "changed", "Anna", changes=WHOLE),
        reviewed(6, "changed", "Carla", changes=other),
        reviewed(7, "withdrawn", "Carla"),
        reviewed(8, "confirmed", "Bert", confirms=5),
    ]
    (report,) = state(*said).reports
    assert (report.report.source, report.side, report.handle) == ("Upland", "independent", "handle of Upland")
    (newest,) = state(*said, reviewed(9, "changed", "Bert", changes=WHOLE, side="upland", handle="upland")).reports
    assert (newest.side, newest.handle) == ("upland", "upland"), "whose it is as the newest of them knew"


def test_a_review_has_a_side_exactly_where_it_names_a_holder() -> None:
    for review in (reviewed(5, "changed", "Anna", changes=WHOLE), reviewed(6, "rejected", "Anna")):
        called = {"side": None, "handle": None} if review.side else {"side": "west", "handle": "west"}
        with pytest.raises(ValidationError, match="a side and a handle go with changes"):
            RecordedReview(**{**dict(review), **called})


def test_one_of_two_makes_no_report() -> None:
    assert state(reviewed(5, "changed", "Anna", changes=WHOLE)).reports == ()


@pytest.mark.parametrize("claims", [(), (TIME,), (PLACE,), (ACTOR, DEAD)])
def test_an_allegation_without_time_and_place_stays_an_allegation(claims: tuple[Claim, ...]) -> None:
    reading = changed(*claims)
    said = [reviewed(5, "changed", "Anna", changes=reading), reviewed(6, "changed", "Bert", changes=reading)]
    assert (first(*said).state, state(*said).reports) == ("confirmed", ())


def test_what_is_withdrawn_or_rejected_later_supports_nothing_from_then_on() -> None:
    said = [reviewed(5, "changed", "Anna", changes=WHOLE), reviewed(6, "confirmed", "Bert", confirms=5)]
    for later in ("withdrawn", "rejected", "unclear"):
        assert state(*said, reviewed(7, later, "Anna")).reports == ()
        assert state(*said, reviewed(7, later, "Carla"), articles=(ARTICLE,)).reports == () or later == "withdrawn"
    back = state(*said, reviewed(7, "rejected", "Carla"), reviewed(8, "withdrawn", "Carla"))
    assert [one.entry for one in back.reports] == [6]


def test_a_denial_says_who_did_not_do_it() -> None:
    claims = (TIME, PLACE, Claim(attribute="actor", value=OneOf(none_of=("Valley",))))
    reading = changed(*claims, holder="Valley", act="deny", polarity="denied", accused=())
    said = [reviewed(5, "changed", "Anna", changes=reading), reviewed(6, "changed", "Bert", changes=reading)]
    (report,) = state(*said).reports
    assert isinstance(report.report, EventReport)
    assert (report.report.source, report.report.claims) == ("Valley", claims)


def test_tellers_are_kept_with_the_report() -> None:
    reading = changed(TIME, PLACE, tellers=("The Agency", "An official"))
    said = [reviewed(5, "changed", "Anna", changes=reading), reviewed(6, "changed", "Bert", changes=reading)]
    (flag,) = state(*said).reports[0].report.flags
    of = "reporting what was said by"
    assert flag.text.startswith(f"reported by The Agency, {of} An official, {of} Upland")


def test_what_a_source_itself_sent_holds_before_what_an_article_tells_of_it() -> None:
    said = [reviewed(5, "changed", "A", changes=WHOLE), reviewed(6, "changed", "B", changes=WHOLE)]
    (retold,) = state(*said).reports
    assert isinstance(retold.report, EventReport)
    own = retold.report.model_copy(
        update={"channel": "field", "claims": (TIME, PLACE, replace(ACTOR, value=one("Nobody")))}
    )
    (incident,) = match([retold.model_copy(update={"entry": 4, "report": own}), retold])
    (account,) = incident.accounts
    assert (account.says("actor"), account.entries) == (one("Nobody"), (6, 4))


def test_copies_of_one_article_are_one_telling() -> None:
    copy = article(4)
    said = [
        reviewed(entry, "changed", by, changes=WHOLE, of=of)
        for entry, (by, of) in enumerate([("A", ARTICLE), ("B", ARTICLE), ("A", copy), ("B", copy)], start=5)
    ]
    shown = state(*said, articles=(ARTICLE, copy, article(9, origin="other")))
    copies = origins((ARTICLE, copy))
    told = tellings(copies, shown)
    assert told[6] == told[8] > 0
    (incident,) = match(shown.reports, origins=told)
    assert [account.source for account in incident.accounts] == ["Upland"]


def test_a_review_of_what_is_not_there_is_kept_and_said() -> None:
    shown = state(
        reviewed(5, "confirmed", "Anna", 9),
        reviewed(6, "confirmed", "Anna", article=77),
        reviewed(7, "confirmed", "Anna", evidence="0" * 64),
        reviewed(8, "confirmed", "Anna", confirms=4),
        reviewed(2, "confirmed", "Anna"),
    )
    assert sorted(shown.stray) == [2, 5, 6, 7, 8]
    assert all(one.state == "proposed" for one in shown.proposals)


def test_a_change_of_another_proposal_cannot_be_confirmed() -> None:
    shown = state(
        reviewed(5, "changed", "Anna", 2, changes=WHOLE),
        reviewed(6, "confirmed", "Bert", 1, confirms=5),
    )
    assert list(shown.stray) == [6]


def test_a_models_proposals_stand_beside_and_go_through_the_same_review() -> None:
    answer = ModelAnswer(
        article=3, endpoint="http://127.0.0.1", model="m", prompts=(), answers=(), proposals=(ACCUSES,)
    )
    answers = [RecordedAnswer(entry=4, received_at=NOON, answer=answer)]
    shown = review_state([ARTICLE], answers, [reviewed(5, "confirmed", "Anna", model_answer=4)])
    assert [(one.id, one.made_by, one.state) for one in shown.proposals] == [
        ("3:1", "", "proposed"),
        ("3:2", "", "proposed"),
        ("4:1", "m", "confirmed by one of two"),
    ]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"accused": ("Upland",)}, "accuse himself"),
        ({"claims": (TIME, PLACE), "polarity": "negated"}, "nothing that happened"),
        ({"claims": (TIME, PLACE), "act": "promise", "accused": ()}, "nothing that happened"),
        ({"claims": (Claim(attribute="actor", value=one("Upland")),)}, "he himself did"),
        ({"claims": (TIME, PLACE), "act": "doubt", "accused": ()}, "only doubts"),
        ({"claims": (TIME, PLACE), "act": "unclear", "accused": ()}, "leaves open who accuses whom"),
        ({"claims": (TIME, PLACE), "polarity": "denied"}, "was not made"),
        ({"claims": (TIME, PLACE), "act": "deny", "polarity": "denied", "accused": ()}, "says who did not do it"),
        ({"claims": (TIME, TIME)}, "claimed once"),
        ({"claims": (Claim(attribute="act", value=one("bombing")),)}, "no term"),
        ({"claims": (Claim(attribute="fact:x", value=one("yes")),)}, "claims no fact:x"),
        ({"holder": ""}, "at least 1"),
    ],
)
def test_a_reading_that_cannot_be_is_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        changed(**({"claims": ()} | fields)) if "claims" not in fields else ReadAs(
            **{**as_proposed(ACCUSES).model_dump(), **fields}
        )


def test_the_order_in_which_reviews_are_given_changes_nothing() -> None:
    said = [
        reviewed(5, "changed", "Anna", changes=WHOLE),
        reviewed(6, "confirmed", "Bert", confirms=5),
        reviewed(7, "rejected", "Carla"),
        reviewed(8, "withdrawn", "Carla"),
    ]
    assert all(state(*order) == state(*said) for order in permutations(said))


def test_no_review_is_lost_and_nothing_is_confirmed_by_fewer_than_it_needs() -> None:
    """1,000 seeded histories of up to twelve decisions by four people."""
    chance = random.Random(5)
    confirmed = 0
    for _ in range(1000):
        said: list[RecordedReview] = []
        for entry in range(5, 5 + chance.randrange(12)):
            decision = chance.choice(["confirmed", "changed", "rejected", "unclear", "withdrawn"])
            more: dict[str, Any] = {"changes": chance.choice([WHOLE, changed()])} if decision == "changed" else {}
            before = [one.entry for one in said if one.review.changes]
            if decision == "confirmed" and before and chance.random() < 0.6:
                more["confirms"] = chance.choice(before)
            said.append(reviewed(entry, decision, chance.choice("ABCD"), chance.choice([1, 2]), **more))
        shown = state(*said)
        kept = [e for one in shown.proposals for e in (*(r.entry for r in one.standing), *one.superseded)]
        assert sorted((*kept, *shown.stray)) == [one.entry for one in said]
        for one_ in shown.proposals:
            if one_.state == "confirmed":
                confirmed += 1
                assert len({r.review.person for r in one_.standing}) >= one_.needed
                assert {r.review.decision for r in one_.standing} <= {"confirmed", "changed"}
            else:
                assert one_.report is None
    assert confirmed > 100


def test_exchanging_the_parties_exchanges_them_in_what_follows() -> None:
    swap = {"Upland": "Valley", "Valley": "Upland"}

    def exchanged(reading: ReadAs) -> ReadAs:
        text = reading.model_dump_json()
        for name in swap:
            text = text.replace(name, f"<{name}>")
        for name, other in swap.items():
            text = text.replace(f"<{name}>", other)
        return ReadAs.model_validate_json(text)

    def report(reading: ReadAs) -> EventReport:
        said = [reviewed(5, "changed", "A", changes=reading), reviewed(6, "changed", "B", changes=reading)]
        found = state(*said).reports[0].report
        assert isinstance(found, EventReport)
        return found

    one_, other = report(WHOLE), report(exchanged(WHOLE))
    assert (one_.source, other.source) == ("Upland", "Valley")
    assert one_.model_copy(update={"source": "", "claims": ()}) == other.model_copy(update={"source": "", "claims": ()})


def test_ten_thousand_reviews_of_one_article_are_read() -> None:
    said = [reviewed(entry, "changed", f"P{entry}", changes=WHOLE) for entry in range(5, 10_005)]
    with no_hang():
        assert first(*said).agreed == 10_000


def test_a_denial_takes_two_people_whoever_is_named() -> None:
    """Who denies is shown against who accuses: one person's reading of it is not enough."""
    denies = Proposal(holder="Valley", act="deny", evidence=Span(start=0, end=51), reviewers_needed=1)
    told = article(3, denies)
    first, second = reviewed(4, "confirmed", "A", of=told), reviewed(5, "confirmed", "B", of=told)
    for reviews, state in (([first], "confirmed by one of two"), ([first, second], "confirmed")):
        (found,) = review_state([told], [], reviews).proposals
        assert (found.state, found.needed) == (state, 2)
    again = reviewed(5, "confirmed", "A", of=told)
    (found,) = review_state([told], [], [first, again]).proposals
    assert found.state == "confirmed by one of two", "the same person twice is one"
