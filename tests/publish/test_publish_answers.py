"""Answers on the page and in its data: what is not raised, how accounts compare, whose breach it is, what decides."""

from collections.abc import Sequence
from typing import Any, NoReturn

import pytest
from html_check import Page
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

from parley.model import (
    AgreementCard,
    Amount,
    Answer,
    Assessment,
    Branch,
    ClauseAnswer,
    ClauseAssessment,
    ClauseCard,
    Code,
    Crux,
    Deferred,
    Findings,
    Interval,
    Position,
    ReadingAssessment,
    Reason,
    Settlement,
    VersionCard,
    one,
)
from parley.publish import as_html, compose, summary
from parley.publish.answers import article, changes_nothing, equal, lacking, would_make_it_one
from parley.publish.notes import Notes

WEST, EAST, EITHER = ("west",), ("east",), ("west", "east")
MISSING = "Settling what is disputed would not be enough: facts are missing too"


def told(*rows: ClauseAssessment, card: AgreementCard = TRUCE) -> Findings:
    """One incident of the day, with as many accounts as the rows have, against *card*."""
    sources = [f"Post {number}" for number in range(1, len(rows[0].accounts) + 1)]
    said = {source: claims(time=instant(6), actor=one(source)) for source in sources}
    entries = tuple(range(3, 3 + len(sources)))
    return findings(
        recorded(*(event(source, "p.json", given) for source, given in said.items())),
        (incident(1, instant(6), said, entries),),
        (Assessment("I-0001", card.id, rows),),
        agreements=(card,),
    )


def page(found: Findings) -> Page:
    return Page(as_html(compose(found, DAY, MASTHEAD)))


def breach(*by: str, clause: str = "no-attack", **more: Any) -> ClauseAnswer:
    return answered(clause, "breach", "it is said so", by=by, **more)


def unknown(clause: str = "no-attack") -> ClauseAnswer:
    return answered(clause, "unknown", "it is not known", "breach", "no breach")


def mutual() -> ClauseAssessment:
    """Each of two sides says that the other did it."""
    crux = Crux(
        ("actor",),
        (
            Settlement((("actor", one("Ardelmark")),), "breach", WEST),
            Settlement((("actor", one("Bellowmar")),), "breach", EAST),
        ),
        asks=("who acted",),
    )
    return assessed(
        (breach("east"), breach("west")), "equal", agreed=breach(*EITHER), support="accuser alone", cruxes=(crux,)
    )


def test_what_no_account_raises_stands_in_one_line_and_in_no_table() -> None:
    rows = [assessed((unraised(clause.id),) * 2) for clause in TRUCE.clauses[1:]]
    text = page(told(mutual(), *rows)).text
    assert "Not raised · by any account: Article 3; Article 4; Article 5." in text, "folded, none left out"
    assert "nested: no account speaks of it" not in text and "No account speaks of it." not in text
    (single,) = (told(mutual(), rows[0]),)
    assert "Not raised · by any account: Article 3." in page(single).text


def test_what_is_not_raised_is_counted_apart_and_never_as_unknown() -> None:
    found = told(
        assessed((unraised("no-attack"),) * 2),
        assessed((unknown("aid-access"), unknown("aid-access")), missing=("actor",)),
    )
    first, second, *_ = compose(found, DAY, MASTHEAD).clauses
    assert (first.all_could_be, first.all_in_no_case, first.not_raised) == (0, 0, 1)
    assert (second.all_could_be, second.all_in_no_case, second.not_raised) == (1, 0, 0)
    totals = summary(found)
    assert [(one.could_be, one.in_no_case, one.not_raised) for one in totals.answers] == [(2, 0, 2)]
    assert (totals.agreed, totals.equal, totals.differ) == (1, 0, 0), "nobody agrees on what nobody speaks of"
    shown = dict(totals.lines())
    assert shown[f"not raised: no account speaks of it · {TRUCE.title}"] == 2


def test_nothing_is_called_missing_of_what_nobody_raised() -> None:
    text = page(told(assessed((unraised("no-attack"),) * 2, missing=("how high it flew",)))).text
    assert "how high it flew" not in text and "unknown on each" not in text


@pytest.mark.parametrize(
    ("answer", "by", "words"),
    [
        ("breach", (WEST, EAST), "a breach on each account, but by whom is disputed"),
        ("breach", (WEST, EITHER), "a breach on each account, but some leave open by whom"),
        ("breach", (WEST, ()), "a breach on each account, but some leave open by whom"),
        ("breach", (WEST, WEST), "a breach on each account, but not on every combination of what they say"),
        ("breach", (EITHER, EITHER[::-1]), "a breach on each account, but not on every combination of what they say"),
        ("no breach", ((), ()), "no breach on each account, but not on every combination of what they say"),
        ("not covered", ((), ()), "not covered on each account, but not on every combination of what they say"),
        ("unknown", (WEST, EAST), "unknown on each account, but not on every combination of what they say"),
    ],
)  # fmt: skip
def test_equal_accounts_have_words_of_their_own(answer: Any, by: Sequence[tuple[str, ...]], words: str) -> None:
    assert equal(answer, by) == words


def test_a_mutual_accusation_is_no_agreement_anywhere() -> None:
    found = told(mutual())
    report = compose(found, DAY, MASTHEAD)
    row = report.clauses[0]
    assert (row.all_breach, row.differing, row.equal, row.equal_breach) == (0, 0, 1, 1)
    totals = summary(found)
    assert (totals.agreed, totals.equal, totals.differ, totals.cruxes) == (0, 1, 0, 1)
    text = page(found).text
    assert "A breach on each account, but by whom is disputed. The breach rests only on parties that accuse" in text
    assert "What follows from facts that no account disputes" in text and "all accounts support" not in text
    assert "The answer turns on: who acted." in text
    assert "no clause" not in text


def test_an_agreed_answer_that_covers_nothing_is_folded_with_its_reason() -> None:
    outside = answered("aid-access", "not covered", "the place lies outside")
    text = page(told(assessed((outside, outside)))).text
    assert "Not covered – under Article 3 (note 1)." in text and "The place lies outside." in text
    assert "What the terms make of each account" not in text


def test_an_equal_answer_that_covers_nothing_is_not_folded_away() -> None:
    outside = answered("aid-access", "not covered", "the place lies outside")
    row = assessed((outside, outside), "equal", agreed=unknown("aid-access"))
    text = page(told(row)).text
    assert "Not covered on each account, but not on every combination of what they say." in text
    assert compose(told(row), DAY, MASTHEAD).clauses[1].all_not_covered == 0


def test_a_line_has_an_answer_as_its_own_only_where_what_all_accounts_allow_has_it_too() -> None:
    none = answered("no-attack", "no breach", "so")
    never = answered("no-attack", "unknown", "it is not known", "no breach", "not covered")
    assert "In no case a breach ◇ under Article 1" in page(told(assessed((none, none), "equal", agreed=never))).text
    assert "No breach ○ under Article 1" in page(told(assessed((none, none)))).text


def test_the_notes_of_a_line_are_those_of_every_account() -> None:
    inside, outside = (answered("no-attack", "not covered", because) for because in ("it was late", "it was far"))
    assert "Not covered – under Article 1 (notes 1, 2)." in page(told(assessed((inside, outside)))).text


def test_a_clause_that_versions_number_otherwise_is_called_by_every_number() -> None:
    def numbered(name: str) -> ClauseCard:
        return ClauseCard(id="no-attack", article=name, says="Nobody attacks.")

    first, second = (
        VersionCard(entry=1, title="Truce", date=DAY, timezone="UTC", digest="", clauses=(numbered(name),), parties={})
        for name in ("Article 1", "Article 2")
    )
    card = TRUCE.model_copy(update={"clauses": (numbered("Article 2"),), "versions": (first, second)})
    assert article("no-attack", card) == "Article 1 or Article 2"
    assert article("no-attack", TRUCE) == "Article 1" and article("gone", TRUCE) == "gone"
    rows = assessed((breach("east"),))
    assert "The text of 2031-05-03 (entry 1)." not in page(told(rows, card=card)).text, "it is none of the two"
    single = card.model_copy(update={"versions": (second,)})
    assert "The text of 2031-05-03 (entry 1)." in page(told(rows, card=single)).text


def test_each_way_to_settle_a_crux_names_whose_breach_it_then_is() -> None:
    text = page(told(mutual())).text
    assert "If the actor was Ardelmark: breach ▲ by Ardelmark" in text
    assert "If the actor was Bellowmar: breach ▲ by Bellowmar" in text


def test_questions_about_the_agreement_are_settled_in_words() -> None:
    crux = Crux(
        ("reading:no-attack", "time"),
        (Settlement((("reading:no-attack", one("narrow")), ("time", instant(6))), "no breach"),),
        ("a ruling of the commission", "a film with a clock"),
        ("which reading holds", "when it happened"),
    )
    row = assessed((breach("east"), unknown()), "differ", cruxes=(crux,))
    text = page(told(row)).text
    assert "The answer turns on: which reading holds; when it happened." in text
    assert "If the answer to “which reading holds” is narrow and it happened at 2031-05-03 06:00: no breach ○" in text
    assert "“which reading holds” would be settled by a ruling of the commission." in text.replace("“W", "“w")
    assert "“when it happened” would be settled by a film with a clock." in text
    assert "reading:no-attack" not in text


def test_facts_and_quantities_that_an_agreement_names_are_settled_by_their_names() -> None:
    values = (("fact:order-given", one("yes")), ("quantity:relief-trucks", Amount(low=40, high=40)))
    crux = Crux(tuple(name for name, _ in values), (Settlement(values, "no breach"),))
    text = page(told(assessed((breach("east"), unknown()), "differ", cruxes=(crux,)))).text
    assert "If the order given was yes and the quantity of relief trucks was 40: no breach ○" in text


def test_times_and_exemptions_are_settled_in_words_that_fit_them() -> None:
    night = Interval(start=instant(1).start, end=instant(5).end)
    values = (("time", night), ("exemption", one("none")))
    crux = Crux(("time", "exemption"), (Settlement(values, "breach"), Settlement((("time", instant(6)),), "no breach")))
    text = page(told(assessed((breach("east"), unknown()), "differ", cruxes=(crux,)))).text
    assert "If it happened between 2031-05-03 01:00 and 05:00 and no exemption holds: breach ▲" in text
    assert "If it happened at 2031-05-03 06:00: no breach ○" in text


def test_what_an_account_leaves_out_is_named_where_the_answers_turn_on_it() -> None:
    two = assessed((breach("east"), unknown()), "differ", silent=("who acted",))
    assert "One account leaves out: who acted. The answers turn on it." in page(told(two)).text
    three = assessed((breach("east"), unknown(), unknown()), "differ", silent=("who acted", "when"))
    text = page(told(three)).text
    assert "At least one account leaves out: who acted, when. The answers turn on them." in text
    assert MISSING not in text


def test_where_nothing_disputed_settles_it_what_is_missing_is_named() -> None:
    row = assessed((breach("east"), unknown()), "differ", agreed=unknown())
    assert lacking(row) == ("actor",)
    assert f"The answers differ. {MISSING}: actor." in page(told(row)).text
    said = assessed((breach("east"), unknown()), "differ", missing=("whether West was bound",))
    assert f"The answers differ. {MISSING}: whether West was bound." in page(told(said)).text
    assert MISSING not in page(told(mutual())).text


def test_a_reason_below_a_question_that_is_answered_is_not_missing() -> None:
    below = Reason("was it one of two", "unknown", "nobody says", missing=("actor",))
    steps = (
        Reason("was the actor bound", "false", "neither of the two was", parts=(below,)),
        Reason("was it in force", "unknown", "nobody says when", missing=("time",)),
    )
    reasons = Reason("what does no-attack make of it", "unknown", "unknown", parts=steps)
    open_ = ClauseAnswer("no-attack", ("breach", "no breach"), Deferred(lambda: reasons))
    assert lacking(assessed((breach("east"), open_), "differ", agreed=open_)) == ("time",)
    assert lacking(assessed((breach("east"), breach("west")), "equal", agreed=open_)) == ("time",), (
        "of all together too"
    )


def test_of_a_step_with_steps_below_it_only_what_they_miss_is_missing() -> None:
    below = Reason("it was one of two", "unknown", ("nobody says",), missing=("actor",))
    above = Reason("it was bound", "unknown", ("nobody says",), missing=("actor", "time"), parts=(below,))
    reasons = Reason("this clause was broken", "unknown", ("nobody says",), parts=(above,))
    open_ = ClauseAnswer("no-attack", ("breach", "no breach"), Deferred(lambda: reasons))
    assert lacking(assessed((breach("east"), open_), "differ", agreed=open_)) == ("actor",)


def test_a_row_says_how_the_duty_stands() -> None:
    rows = (
        breach("east", clause="pull-back", state="overdue"),
        breach("east", clause="pull-back", state="fulfilled late"),
    )
    text = page(told(assessed(rows))).text
    assert "breach ▲ by Bellowmar the duty: overdue" in text and "the duty: fulfilled late" in text


def test_an_open_answer_says_first_what_would_make_it_a_breach_and_of_whom() -> None:
    open_ = answered("no-attack", "unknown", "it is not known", "breach", "not covered", by=EITHER)
    said = "could be a breach △ by Ardelmark or Bellowmar if the actor was bound by this clause at the time note 1"
    assert said in page(told(assessed((open_,)))).text
    never = answered("no-attack", "unknown", "it is not known", "no breach", "not covered")
    text = page(told(assessed((never,)))).text
    assert "In no case a breach ◇ under Article 1 (note 1)." in text and "could be a breach" not in text


def test_what_would_make_it_a_breach_is_every_open_step_or_else_why_it_is_open() -> None:
    def open_(*steps: Reason, code: Code = "") -> str:
        reasons = Reason("this clause was broken", "unknown", ("the time decides",), parts=steps)
        return would_make_it_one(ClauseAnswer("c", ("breach", "no breach"), Deferred(lambda: reasons), (), code))

    so = Reason("it was in force", "true", ("it began in May",))
    bound, attack = (Reason(says, "unknown", ("nobody says",)) for says in ("who acted was bound", "it was an attack"))
    assert open_(so, bound, attack) == "if who acted was bound; and it was an attack"
    assert open_(Reason("this clause was broken as the text of May has it", "unknown", ())) == "the time decides"
    assert open_(bound, code="failed") == ""


def test_breaches_on_one_account_and_on_accusers_are_counted_apart() -> None:
    several = assessed((breach("east"), breach("east")))
    alone = assessed((breach("east", clause="aid-access"), unknown("aid-access")), "differ", support="one account")
    accusers = assessed((breach("east", clause="pull-back"),) * 2, support="accuser alone")
    found = told(several, alone, accusers)
    (totals,) = summary(found).answers
    assert (totals.breaches_of_several, totals.breaches_of_one_account, totals.breaches_of_accuser) == (1, 1, 1)
    first, _, third, _ = compose(found, DAY, MASTHEAD).clauses
    assert (first.all_breach, first.breach_accuser_alone) == (1, 0)
    assert (third.all_breach, third.breach_accuser_alone, third.breach_one_account) == (1, 1, 0)
    text = page(found).text
    assert "The breach rests on one account alone." in text
    assert "The breach rests only on parties that accuse others of it." in text and "on accusers alone: 1" in text


def test_the_only_account_is_not_told_again_to_be_alone() -> None:
    text = page(told(assessed((breach("east"),), support="one account"))).text
    assert "The breach rests on one account alone." not in text and "on one account alone: 1" in text


def test_each_holder_s_whole_position_is_shown_with_its_answers() -> None:
    both = (breach("east"), unknown())
    row = assessed(
        both,
        "differ",
        readings=(
            ReadingAssessment("as written", "Nobody fires.", (), both, unknown(), ()),
            ReadingAssessment("narrow", "Nobody fires first.", ("East",), both, unknown(), ()),
        ),
        positions=(
            Position("West", ("wide", "narrow"), both, unknown()),
            Position("East", (), (unknown(),) * 2, unknown()),
        ),
    )
    text = page(told(row)).text
    position = "West’s whole position (wide, narrow): Post 1: breach ▲ by Bellowmar Post 2: could be a breach △"
    assert f"{position} if the actor was bound by this clause at the time" in text
    assert "East’s whole position: all 2 accounts: could be a breach △" in text
    assert "The text as written: Nobody fires." in text and "One reading, held by East: Nobody fires first." in text


@pytest.mark.parametrize(
    ("accounts", "agreed", "same"),
    [
        ((breach("east"),), breach(*EITHER), True),
        ((breach("east"),), breach(*EITHER[::-1]), True),
        ((breach("west"),), breach(*EITHER), False),
        ((breach("east", state="overdue"),), breach(*EITHER), False),
        ((breach("east"),), unknown(), False),
        ((unknown(),), breach(*EITHER), False),
    ],
)
def test_a_reading_changes_nothing_where_answer_party_and_duty_are_the_same_for_all(
    accounts: tuple[ClauseAnswer, ...], agreed: ClauseAnswer, same: bool
) -> None:
    own = assessed((breach("east"),), agreed=breach(*EITHER))
    assert changes_nothing(own, Position("West", (), accounts, agreed)) == same
    row = assessed((breach("east"),), agreed=breach(*EITHER), positions=(Position("West", (), accounts, agreed),))
    shown = page(told(row)).text
    assert ("What West holds of all disputes gives the same answers." in shown) == same
    assert ("West’s whole position" in shown) != same


def test_a_reading_that_gives_the_same_answers_is_not_told_in_full() -> None:
    same, other = (
        ReadingAssessment(name, f"{name} says.", (), (answer,), answer, ())
        for name, answer in (("narrow", breach("east")), ("wide", unknown()))
    )
    text = page(told(assessed((breach("east"),), readings=(same, other)))).text
    assert "narrow says. It gives the same answers. One reading: wide says. Post 1: could be a breach △" in text
    assert text.count("It gives the same answers.") == 1 and MISSING not in text


def test_where_readings_decide_it_nothing_is_called_missing() -> None:
    both = (breach("east"), unknown())
    reading = ReadingAssessment("wide", "It is wide.", (), both[::-1], unknown(), ())
    assert MISSING not in page(told(assessed(both, "differ", readings=(reading,)))).text
    assert MISSING in page(told(assessed(both, "differ"))).text


def test_what_rests_on_an_earlier_finding_is_told_for_either_case() -> None:
    cases = (
        Branch("I-0007 was a breach", ("breach", "unknown"), "unknown"),
        Branch("I-0007 was none", ("no breach", "no breach"), "no breach"),
    )
    row = assessed((breach("east"), unknown()), "differ", rests_on=("I-0007", "I-0009"), branches=cases)
    html = as_html(compose(told(row), DAY, MASTHEAD))
    assert (
        "It rests on what was found of I-0007, I-0009. I-0007 was a breach: Post 1: breach ▲; Post 2: unknown ? "
        "I-0007 was none: all 2 accounts: no breach ○"
    ) in Page(html).text
    assert "<bdi>Post 1</bdi>: <span" in html.decode(), "a name keeps its own direction"


def test_an_agreement_that_could_not_be_applied_says_why_and_the_rest_is_shown() -> None:
    bad = TRUCE.model_copy(update={"id": "hill-truce", "title": "Hill truce", "fault": "zone “Hill” is no polygon"})
    found = told(mutual())
    both = findings(found.reports, found.incidents, found.assessments, agreements=(bad, TRUCE))
    report = compose(both, DAY, MASTHEAD)
    assert {row.agreement for row in report.clauses} == {"river-road"}, "no zeros that nobody counted"
    totals = summary(both)
    assert totals.faults == 1 and [one.agreement for one in totals.answers] == ["river-road"]
    shown = page(both)
    assert "It could not be applied: zone “Hill” is no polygon" in shown.text
    assert "Needs attention: 1 agreement could not be applied" in shown.text and "#faults" in shown.values("href")
    assert "A breach on each account, but by whom is disputed." in shown.text
    assert "could not be applied" not in page(found).text


def test_a_clause_that_failed_says_so_and_is_not_hidden() -> None:
    failed = answered("no-attack", "unknown", "the zone could not be built", code="failed")
    text = page(told(assessed((failed,)))).text
    assert "could be a breach △ this clause could not be applied" in text and "The zone could not be built." in text


def test_names_and_questions_of_others_can_neither_turn_nor_break_the_page() -> None:
    name = "<b>\u202eWest"
    card = TRUCE.model_copy(update={"parties": {"west": name, "east": name}, "fault": ""})
    ways = (Settlement((("actor", one(name)), ("bound:west", one(name))), "breach", WEST),)
    crux = Crux(("actor", "bound:west"), ways, (name, name), (name, name))
    row = assessed(
        (breach("east"), breach("west")),
        "equal",
        cruxes=(crux,),
        silent=(name,),
        positions=(Position(name, (name,), (breach("east"), breach("west")), breach("west")),),
    )
    bare = assessed((breach("east", clause="aid-access"), unknown("aid-access")), "differ", missing=(name,))
    for found in (told(row, bare, card=card), told(row, card=card.model_copy(update={"fault": name}))):
        html = as_html(compose(found, DAY, MASTHEAD)).decode()
        assert "\u202e" not in html and "<b>" not in html
        assert "<b>⟨U+202E⟩West" in Page(html.encode()).text


def test_totals_ask_for_no_crux_where_nothing_is_open() -> None:
    def asked() -> NoReturn:
        raise AssertionError("cruxes are long to make")

    rows = (
        ClauseAssessment("no-attack", (breach("east"),) * 2, breach("east"), "agreed", cruxes=Deferred(asked)),
        ClauseAssessment("flights", (unraised("flights"),) * 2, unraised("flights"), "agreed", cruxes=Deferred(asked)),
    )
    assert summary(told(*rows)).cruxes == 0


def test_a_day_in_which_everything_occurs_shows_it_all() -> None:
    text = page(valley()).text
    for words in (
        "A breach on each account, but by whom is disputed.",
        "the duty: overdue",
        "Not raised · by any account: Article 5.",
        "If the actor was Ardelmark and the answer to “was Ardelmark bound at the time” is no: not covered –",
    ):
        assert words in text


def resting(*statements: str) -> ClauseAnswer:
    reasons = Reason("this clause was broken", "true", statements)
    return ClauseAnswer("no-attack", ("breach",), Deferred(lambda: reasons))


def test_notes_are_numbered_as_they_are_first_needed_and_three_in_a_row_are_put_together() -> None:
    notes = Notes()
    assert notes.of(resting("north fired"), resting("south fired")).striptags() == "notes 1, 2"
    assert notes.of(resting("nobody saw it")).striptags() == "note 3"
    assert notes.of(resting("nobody saw it", "south fired"), resting("north fired")).striptags() == "notes 1 to 3"
    assert notes.of(resting("it rained", "it was late")).striptags() == "notes 4, 5"
    assert (
        notes.of(resting("north fired", "nobody saw it", "it rained", "it was late")).striptags() == "notes 1, 3 to 5"
    )
    assert notes.of(resting()) == ""
    assert notes.sentences() == ["North fired.", "South fired.", "Nobody saw it.", "It rained.", "It was late."]


def test_every_step_below_a_step_is_told_with_its_own_notes() -> None:
    below = tuple(Reason(f"it was {name}", "false", (f"{name} lies elsewhere",)) for name in ("here", "there"))
    notes = Notes()
    told = notes.steps((Reason("it was in one of two", "false", ("it was in none",), parts=below),)).striptags()
    assert told.startswith("It was in one of two: no ✕ note 1")
    assert told.endswith("It was here: no ✕ note 2 It was there: no ✕ note 3")


@pytest.mark.parametrize(
    ("possible", "code", "shown"),
    [
        (("breach",), "", "breach"),
        (("breach", "not covered"), "", "could be a breach"),
        (("no breach", "breach"), "", "could be a breach"),
        (("breach", "no breach"), "failed", "could be a breach"),
        (("no breach", "not covered"), "", "in no case a breach"),
        (("no breach",), "", "no breach"),
        (("not covered",), "", "not covered"),
        (("breach", "no breach", "not covered"), "not raised", "not raised"),
    ],
)
def test_an_answer_is_shown_in_one_of_six_ways(possible: tuple[Answer, ...], code: Code, shown: str) -> None:
    assert ClauseAnswer("c", possible, Deferred(lambda: Reason("", "unknown", ())), (), code).shown == shown


def test_what_follows_from_undisputed_facts_has_steps_of_its_own() -> None:
    agreed = answered("no-attack", "unknown", "it is open between them", "breach", "no breach")
    text = page(told(assessed((breach("east"), breach("west")), "differ", agreed=agreed))).text
    assert "Nested: it is open between them." in text and "Nested: it is said so." in text
