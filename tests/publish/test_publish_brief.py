"""The day in plain words: on what it rests, which incidents are told, and what is said of each."""

from collections.abc import Sequence
from itertools import count

import pytest
from publish_builders import (
    DAY,
    MASTHEAD,
    TRUCE,
    answered,
    assessed,
    claims,
    event,
    findings,
    incident,
    instant,
    recorded,
    unraised,
)
from valley import valley

from parley.model import Assessment, Cause, Claim, ClauseAssessment, Count, Crux, Findings, Unknown, one
from parley.publish import brief, compose
from parley.publish.daily import Heard, Resting

Said = dict[str, tuple[Claim, ...]]


def day(*said: Said, rows: Sequence[ClauseAssessment] = ()) -> Findings:
    """A day with an incident for each of *said*; *rows* are what the truce makes of the first."""
    entries = count(3)
    incidents = tuple(
        incident(number, instant(6), each, tuple(next(entries) for _ in each)) for number, each in enumerate(said, 1)
    )
    reports = recorded(*(event(source, "p.json", told) for each in said for source, told in each.items()))
    return findings(reports, incidents, (Assessment("I-0001", TRUCE.id, tuple(rows)),) if rows else ())


def told(found: Findings) -> dict[str, str]:
    """Return what is said of each incident that is told, by its id."""
    return {
        id_: " ".join(sentence.striptags() for sentence in sentences)
        for id_, sentences in brief.told(compose(found, DAY, MASTHEAD))
    }


def posts(*said: tuple[Claim, ...]) -> Said:
    return {f"Post {number}": each for number, each in enumerate(said, 1)}


def actors(*names: str) -> Said:
    return posts(*(claims(time=instant(6), actor=one(name)) for name in names))


def first(found: Findings) -> str:
    return told(found)["I-0001"]


def test_the_lead_says_on_what_how_many_incidents_rest_and_leaves_out_what_there_is_not() -> None:
    report = compose(valley(), DAY, MASTHEAD)

    def lead(**resting: int) -> str:
        (sentence,) = brief.lead(report.model_copy(update={"resting": Resting(**resting)}))
        return sentence.striptags().removeprefix("The centre holds 2 incidents of this day: ")

    assert lead(rival=1, several=2, one_account=3, accuser_alone=4) == (
        "1 with accounts that exclude each other; 2 with several accounts that do not; 3 of one account alone; "
        "4 on the word of an accuser alone."
    )
    assert lead(one_account=2) == "2 of one account alone."


def test_incidents_that_most_is_disputed_of_are_told_first_and_then_those_of_most_accounts() -> None:
    plain, shared, disputed = actors("North"), actors("North", "North", "North"), actors("North", "South")
    most = {name: (*said, *claims(area=one(f"area of {name}"))) for name, said in disputed.items()}
    assert list(told(day(plain, shared, disputed, most))) == ["I-0004", "I-0003", "I-0002"]
    assert list(told(day(plain, plain))) == ["I-0001", "I-0002"]


@pytest.mark.parametrize(
    ("deaths", "words"),
    [
        ([Count(low=2, high=4), Count(low=5, high=9), Count(low=3, high=3)], "Deaths: 2 to 9."),
        ([Count(low=3, high=3), Count(low=3, high=3)], "Deaths: 3."),
        ([Count(low=4, high=4), Count(low=2)], "Deaths: at least 2."),
    ],
)
def test_deaths_are_told_from_the_least_to_the_most_that_any_account_allows(deaths: list[Count], words: str) -> None:
    assert words in first(day(posts(*(claims(deaths=one_count) for one_count in deaths))))


def test_whoever_tells_of_it_is_named_and_of_many_the_first_three() -> None:
    assert "Told by Post 1 alone." in first(day(actors(*"N")))
    assert "Told by Post 1, Post 2 and Post 3." in first(day(actors(*"NNN")))
    assert "Told by Post 1, Post 2, Post 3 and 2 others." in first(day(actors(*"NNNNN")))


def test_what_most_accounts_claim_stands_first_and_not_knowing_is_no_claim() -> None:
    unknown = claims(actor=Unknown(why=Cause(code="no-reason")))
    said = first(day(posts(claims(actor=one("North")), *[claims(actor=one("South"))] * 2, unknown)))
    assert "Who acted: South (2); North (1). " in said
    assert "Who acted: North." in first(day(actors("North"))), "of one account nothing is counted"


def test_what_the_accounts_exclude_each_other_on_is_named_and_what_one_leaves_out_is_not() -> None:
    north, south = actors("North", "South").values()
    said = posts(
        (*north, *claims(act=one("gunfire"), object=one("checkpoint"))), (*south, *claims(act=one("shelling")))
    )
    assert "The accounts exclude each other on actor and act." in first(day(said))
    assert "exclude each other" not in first(day(actors("North", "North")))


def test_of_each_account_the_gravest_answer_of_any_clause_is_told() -> None:
    never = answered("no-attack", "unknown", "it is not known", "no breach", "not covered")
    breach, open_, none, outside = (
        answered("no-attack", answer, "so", *possible)
        for answer, *possible in (("breach",), ("unknown", "breach", "no breach"), ("no breach",), ("not covered",))
    )
    rows = (
        assessed((outside, open_, none, none, breach), "differ"),
        assessed((breach, none, never, outside, breach), "differ"),
        assessed((unraised("flights"),) * 5),
    )
    assert (
        f"Under “{TRUCE.title}”: breach ▲ on 2 accounts, could be a breach △ on 1 account, "
        "in no case a breach ◇ on 1 account, no breach ○ on 1 account."
    ) in first(day(actors(*"NNNNN"), rows=rows))


def test_the_question_that_decides_most_clauses_stands_first_and_clauses_that_are_not_open_ask_none() -> None:
    def row(answer: str, *asks: str) -> ClauseAssessment:
        cruxes = tuple(Crux(("actor",), (), asks=(ask,)) for ask in asks)
        accounts = tuple(answered("no-attack", one_, "so") for one_ in (answer, "no breach"))  # type: ignore[arg-type]
        return assessed(accounts, "differ", cruxes=cruxes)

    rows = (row("breach", "when"), row("unknown", "where", "who"), row("breach", "who"), row("not covered", "why"))
    assert "What would decide it: who; when; where." in first(day(actors("North", "South"), rows=rows))
    many = row("breach", *"abcd")
    assert "What would decide it: a; b; c; 1 other question." in first(day(actors("North", "South"), rows=(many,)))


def test_what_a_source_told_of_the_day_is_counted_by_its_kind() -> None:
    every = Heard(source="Post 1", events=2, bulletins=1, articles=3, taken_back=4)
    assert brief.heard(every) == "2 reports of events, 1 bulletin, 3 articles, 4 withdrawn or corrected"
    assert brief.heard(Heard(source="Post 1", events=1)) == "1 report of an event"
