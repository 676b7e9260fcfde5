"""What a reader must not miss: what waits for people, what does not hold any more, what people decided on matching."""

from dataclasses import replace

from html_check import Page
from publish_builders import (
    DAY,
    MASTHEAD,
    NO_PLACE,
    article,
    assessed,
    bulletin,
    card,
    claims,
    event,
    findings,
    incident,
    instant,
    place,
    recorded,
)
from valley import valley

from parley.model import (
    Crux,
    Findings,
    Judgement,
    Problem,
    RecordedJudgement,
    Revisions,
    SeriesFinding,
    Settlement,
    Unread,
    one,
)
from parley.publish import as_html, compose
from parley.publish.compose import MOST_UNREAD
from parley.publish.page import MOST_WAYS, open_points

SAID = claims(time=instant(6), place=place(), act=one("shelling"))


def page(found: Findings) -> Page:
    return Page(as_html(compose(found, DAY, MASTHEAD)))


def judgement(entry: int, kind: str, *groups: tuple[int, ...], **more: object) -> RecordedJudgement:
    said = {"by": "Ada Lovelace", "role": "duty officer", "reason": "the photographs", **more}
    return RecordedJudgement(entry=entry, judgement=Judgement(kind=kind, groups=groups, **said))


def taken_back() -> Findings:
    """Entry 3 was replaced by 4, entry 5 withdrawn at 9, entry 6 has no place."""
    reports = recorded(
        *(event("List", f"{n}.csv", SAID, reference=ref) for n, ref in enumerate(("A", "A", "B"))),
        event("Post", "p.json", claims(time=instant(6))),
    )
    revisions = Revisions(withdrawn={5: 9}, replaced={3: 4})
    return findings(
        reports,
        (incident(4, instant(6), {"List": SAID}, (4,)),),
        unplaced={6: NO_PLACE, **revisions.why_not()},
        revisions=revisions,
    )


def test_what_was_taken_back_is_counted_apart_from_what_stands() -> None:
    heard = {row.source: row for row in compose(taken_back(), DAY, MASTHEAD).coverage.heard}
    assert (heard["List"].events, heard["List"].taken_back) == (1, 2)
    assert (heard["Post"].events, heard["Post"].taken_back) == (1, 0)
    assert "Withdrawn or corrected" in page(taken_back()).text
    assert "Withdrawn or corrected" not in page(valley()).text, "a column of zeros says nothing"


def test_what_was_taken_back_stands_under_its_own_heading_and_says_by_what() -> None:
    report = compose(taken_back(), DAY, MASTHEAD)
    assert [(one.told.entry, one.taken_back) for one in report.allegations] == [
        (3, "replaced"),
        (5, "withdrawn"),
        (6, ""),
    ]
    allegations, gone = page(taken_back()).text.rsplit("Withdrawn or corrected", 1)
    assert allegations.endswith("p.json, line 1 ") and "no place is given" in allegations
    assert "List A: replaced It was corrected: entry 4." in gone
    assert "List B: withdrawn It was withdrawn: entry 9." in gone


def test_what_people_decided_stands_with_the_incident_by_role_and_reason_without_a_name() -> None:
    both = incident(3, instant(6), {"A": SAID, "B": SAID}, (3, 4))
    found = findings(
        recorded(event("A", "a.json", SAID), event("B", "b.json", SAID), event("C", "c.json", SAID)),
        (replace(both, merged=(3, 4)), replace(incident(5, instant(6), {"C": SAID}, (5,)), split_from=("I-0003",))),
        judgements=(
            judgement(7, "merge", (3, 4), role=""),
            judgement(8, "different", (3,), (5,)),
            judgement(9, "same", (4, 5)),
            judgement(10, "part-of", (3,), whole=4),
        ),
        superseded={9: 10},
    )
    first, second = (entry.judged for entry in compose(found, DAY, MASTHEAD).incidents)
    assert [[one.entry for one in judged] for judged in (first, second)] == [[7, 8, 10], [8]]
    text = page(found).text
    assert "; people merged entries 3 and 4" in text and "; people split it from I-0003" in text
    assert "Entry 7, a person: entries 3 and 4 are about the same event. the photographs" in text
    assert "Entry 8, duty officer: these are about different events: entry 3; entry 5. the photographs" in text
    assert "Entry 10, duty officer: entry 4 is about the event of entry 3, among others. the photographs" in text
    assert "Lovelace" not in text, "the record has the name, the page the role"


def test_many_ways_to_settle_a_crux_are_put_together_by_their_answer_and_all_are_there() -> None:
    found = valley()
    many = tuple(
        Settlement((("actor", one(f"Group {number}")),), "breach" if number % 3 else "no breach", ("east",))
        for number in range(MOST_WAYS + 1)
    )

    def with_ways(ways: tuple[Settlement, ...]) -> Findings:
        return replace(
            found,
            assessments=tuple(
                replace(
                    each,
                    clauses=tuple(
                        assessed(
                            clause.accounts,
                            clause.comparison,
                            cruxes=tuple(Crux(("actor",), ways) for _ in clause.cruxes),
                        )
                        for clause in each.clauses
                    ),
                )
                for each in found.assessments
            ),
        )

    text = page(with_ways(many)).text
    assert (
        "no breach ○ in 3 of 7 ways to settle it" in text
        and "breach ▲ by Bellowmar in 4 of 7 ways to settle it" in text
    )
    assert "says nothing of how likely each is" in text
    assert all(f"If the actor was Group {number}:" in text for number in range(MOST_WAYS + 1))
    assert "ways to settle it" not in page(with_ways(many[:MOST_WAYS])).text


def test_statements_that_cannot_be_read_stand_on_every_day_with_why_and_a_limit() -> None:
    why = "/report/<b>\u202e is not known"
    unread = tuple(Unread(entry=entry, kind="report", why=why) for entry in range(30, 30 + MOST_UNREAD + 2))
    report = compose(findings(unread=unread[:1]), DAY, MASTHEAD)
    assert (report.unread, report.more_unread) == (unread[:1], 0)
    assert list(open_points(report)) == [("unread", "1 statement could not be read and changed nothing")]
    text = page(findings(unread=unread[:1])).text
    assert "1 statement could not be read and changed nothing: entry 30 (report): /report/<b>" in text
    assert "\u202e" not in text
    report = compose(findings(unread=unread), DAY, MASTHEAD)
    assert (len(report.unread), report.more_unread) == (MOST_UNREAD, 2)
    assert "102 statements could not be read and changed nothing: " in page(findings(unread=unread)).text
    assert "; and 2 more." in page(findings(unread=unread)).text
    assert "could not be read" not in page(findings()).text


def test_the_summary_begins_with_what_waits_or_does_not_hold() -> None:
    differs = SeriesFinding(
        code="previous differs", publisher="A", side="A", earlier_entry=None, later_entry=4,
        area=None, act=None, then="6", now="7", text="in all: 6 then, 7 now",
    )  # fmt: skip
    problem = Problem(file="x.csv", line=2, code="not-a-number", params={"found": "x"}, kept="other-columns")
    found = findings(
        recorded(article(), bulletin("A", [("Upper Reach", 1, "shelling", "B")], 1)),
        series=(differs,),
        inputs=(card(2, "courier.txt", 1, (problem,)),),
    )
    report = compose(found, DAY, MASTHEAD)
    assert list(open_points(report)) == [
        ("articles", "1 statement of 1 article waits for people"),
        ("series", "1 remark on bulletins beside those that came before them"),
        ("problems", "1 problem of inputs"),
    ]
    states = [statement.model_copy(update={"state": state}) for statement in report.articles[0].statements
              for state in ("confirmed", "contested", "confirmed by one of two", "unclear")]  # fmt: skip
    told = report.articles[0].model_copy(update={"statements": tuple(states)})
    (_, waiting), *_ = open_points(report.model_copy(update={"articles": (told,)}))
    assert waiting == "3 statements of 1 article wait for people (1 confirmed by one of two, 1 contested)"
    assert list(open_points(compose(taken_back(), DAY, MASTHEAD))) == [
        ("taken-back", "2 reports withdrawn or corrected, on which no incident rests")
    ]
    shown = page(found)
    assert "Summary Needs attention: 1 statement of 1 article waits for people" in shown.text
    assert {link[1:] for link in shown.values("href") if link.startswith("#")} <= set(shown.values("id"))
    assert "Needs attention" not in page(findings()).text
