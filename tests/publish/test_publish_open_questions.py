"""Which question would decide most answers: counted over answers that could be a breach, and over no others."""

from collections.abc import Sequence

from html_check import Page
from publish_builders import DAY, MASTHEAD, assessed
from valley import valley

from parley.model import Answer, Assessment, ClauseAnswer, Deferred, OpenQuestion, Reason
from parley.model.open_questions import EVIDENCE, asked, is_of_the_agreement, settled_by
from parley.publish import as_html, compose
from parley.publish.open_questions import open_questions

OPEN: tuple[Answer, ...] = ("breach", "not covered")


def answer(*missing: str, possible: tuple[Answer, ...] = OPEN, code: str = "") -> ClauseAnswer:
    reasons = Reason("this clause was broken", "unknown", ("why",), missing=missing)
    return ClauseAnswer("c", possible, Deferred(lambda: reasons), (), code)  # type: ignore[arg-type]


def ranked(*assessments: Sequence[ClauseAnswer], agreement: str = "t") -> list[tuple[str, str, str, int, int, int]]:
    found = [
        Assessment(f"I-{number}", agreement, (assessed(tuple(answers)),)) for number, answers in enumerate(assessments)
    ]
    return [
        (one.agreement, one.incident, one.asks, one.answers, one.alone, one.incidents) for one in open_questions(found)
    ]


def test_what_decides_most_answers_by_itself_stands_first() -> None:
    both = "whether West had adhered"
    assert ranked([answer("actor", both), answer("actor", both), answer("actor", "act")], [answer(both)]) == [
        ("t", "", both, 3, 1, 2),
        ("", "I-0", "who acted", 3, 0, 1),
        ("", "I-0", "which act it was", 1, 0, 1),
    ]


def test_an_answer_that_can_in_no_case_be_a_breach_turns_on_nothing() -> None:
    never: tuple[Answer, ...] = ("no breach", "not covered")
    assert ranked([answer("actor", possible=never), answer("actor", possible=("breach",))]) == []
    assert ranked([answer("actor", code="not raised"), answer("actor", code="failed")]) == []


def test_every_clause_counts() -> None:
    (found,) = open_questions([Assessment("I-1", "t", (assessed((answer("actor"),)), assessed((answer("actor"),))))])
    assert (found.answers, found.alone, found.incidents) == (2, 2, 1)


def test_a_question_of_an_account_is_its_incident_s_and_one_of_the_agreement_is_the_agreement_s() -> None:
    assert [one[:3] for one in ranked([answer("actor")], [answer("actor")])] == [
        ("", "I-0", "who acted"),
        ("", "I-1", "who acted"),
    ]
    assert ranked([answer("when the clause ended")], [answer("when the clause ended")]) == [
        ("t", "", "when the clause ended", 2, 2, 2)
    ]


def test_each_question_names_who_could_answer_it() -> None:
    for name, kind in (
        ("whether West had adhered", "bound"),
        ("when the clause ended", "end"),
        ("when 7 days of calm were full", "earlier"),
        ("whether I-00012 was a breach", "earlier"),
        ("which reading holds", "reading"),
        ("the limits of the valley", "limits"),
        ("when the start was", "start"),
        ("when the end was", "end"),
        ("whether it was suspended", "suspended"),
    ):
        assert is_of_the_agreement(name) and settled_by(name) == EVIDENCE[kind], name
    assert not is_of_the_agreement("which reading holds of the film"), "the whole of it is what makes it one"
    assert not is_of_the_agreement("actor") and settled_by("actor") == EVIDENCE["actor"]
    assert asked("quantity:relief-trucks") == "how many: relief trucks" and asked("fact:order-given") == "order given"
    assert settled_by("quantity:relief-trucks") == "a joint count" and settled_by("a confidential clause") == ""


def test_a_page_says_of_each_question_what_turns_on_it_and_who_could_answer_it() -> None:
    asks = {"agreement": "", "incident": "I-0001", "incidents": 1}
    who = OpenQuestion(asks="who acted", settled_by="records of units", answers=3, alone=1, **asks)
    when = OpenQuestion(asks="when it was", settled_by="", answers=1, alone=0, **asks)
    report = compose(valley(), DAY, MASTHEAD).model_copy(update={"questions": (who, when), "more_questions": 1})
    assert (
        "Who acted (I-0001): missing in 3 answers that could be a breach; 1 of them turns on it alone. "
        "Who could answer it: records of units. "
        "When it was (I-0001): missing in 1 answer that could be a breach; 0 of them turn on it alone. "
        "1 question more: parley open FOLDER --date 2031-05-03"
    ) in Page(as_html(report)).text
