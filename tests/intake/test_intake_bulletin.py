"""A bulletin: both totals are kept, and a line that cannot be read costs itself only."""

from datetime import UTC, date, datetime

import pytest
from intake_samples import BULLETIN, BULLETIN_HEADER, of_part, read_as

from parley.model import Bulletin, Interval, Reading


def bulletin(reading: Reading) -> Bulletin:
    (report,) = reading.reports
    assert isinstance(report, Bulletin)
    return report


def items(text: str) -> tuple[Reading, list[tuple[str, int, str | None, str | None]]]:
    reading = read_as("bulletin", f"{BULLETIN_HEADER}\n{text}\n")
    return reading, [(one.area, one.count, one.act, one.respondent) for one in bulletin(reading).items]


def test_a_bulletin_is_read_with_its_header_and_items() -> None:
    report = bulletin(read_as("bulletin", BULLETIN))
    assert (report.source, report.side, report.counting) == ("North Record Office", "North", "ceasefire violations")
    assert report.period == Interval(
        start=datetime(2031, 5, 1, 21, tzinfo=UTC), end=datetime(2031, 5, 2, 21, tzinfo=UTC)
    )
    assert (report.stated_total, report.summed_total, report.flags) == (6, 6, ())
    assert [one.line for one in report.items] == [7, 7, 8]
    assert report.items[0].respondent == "South"


def test_all_header_lines_in_any_order_and_case() -> None:
    text = (
        "COUNTING: explosions\naddress: https://exercise.invalid/b/1\n# a note\ncovers: Upper Reach; Lower Reach\n"
        "no observation: Far Reach;\nrespondents: South\nissued: 2031-05-03\ntime zone: Etc/GMT+8\n"
        "period: 2031-05-02T06:00 to 2031-05-03T06:00\nside: North\npublisher: Office: the record\n"
    )
    report = bulletin(read_as("bulletin", text))
    assert report.period.start == datetime(2031, 5, 2, 14, tzinfo=UTC)
    assert (report.covers, report.unobserved) == (("Upper Reach", "Lower Reach"), ("Far Reach",))
    assert report.citation and report.citation.published == date(2031, 5, 3)
    assert (report.source, report.citation.address) == ("Office: the record", "https://exercise.invalid/b/1")


def test_items_that_do_not_add_up_are_accepted_with_both_values_and_flagged() -> None:
    report = bulletin(read_as("bulletin", BULLETIN.replace("Total: 6", "Total: 23")))
    assert (report.stated_total, report.summed_total) == (23, 6)
    assert [(flag.code, flag.text) for flag in report.flags] == [
        ("sum-differs", "the items add up to 6; the stated total is 23")
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Upper Reach: 0", [("Upper Reach", 0, None, None)]),
        ("Upper Reach (0)", [("Upper Reach", 0, None, None)]),
        ("Upper Reach: 2 by the South, by night", [("Upper Reach", 2, None, "the South, by night")]),
        ("Upper Reach: 2 Deny access by South", [("Upper Reach", 2, "deny-access", "South")]),
        ("Upper (east) (4)", [("Upper (east)", 4, None, None)]),
        (" Upper :1;2 gunfire ; ", [("Upper", 1, None, None), ("Upper", 2, "gunfire", None)]),
    ],
)
def test_an_item_line_is_read(line: str, expected: list[tuple[str, int, str | None, str | None]]) -> None:
    reading, found = items(line)
    assert found == expected
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("Upper Reach: many", 14),
        ("Upper Reach: -3 gunfire", 14),
        ("Upper Reach: 1.5", 14),
        ("Upper Reach: nan", 14),
        ("Upper Reach (x)", 14),
        ("Upper Reach", 1),
        ("Upper Reach: ;", 13),
        ("Upper Reach: 3 gunfire by ", 14),
        (": 3", 1),
        ("Upper Reach:", 13),
        ("Upper Reach: " + "9" * 12, 14),
    ],
)
def test_a_line_that_cannot_be_read_is_placed_flagged_and_spares_the_others(line: str, column: int) -> None:
    reading, found = items(f"{line}\nLower Reach (1)")
    assert found == [("Lower Reach", 1, None, None)]
    (problem,) = reading.problems
    assert (problem.line, problem.column) == (6, column)
    assert [flag.code for flag in bulletin(reading).flags] == ["items-unreadable"]
    assert of_part(problem) == "line 6: This line was not recorded. Other lines recorded: 5."


def test_one_bad_count_of_a_line_spares_the_others_of_that_line() -> None:
    reading, found = items("Upper Reach: 2 gunfire; some shelling; 1 clash")
    assert found == [("Upper Reach", 2, "gunfire", None), ("Upper Reach", 1, "clash", None)]
    assert (reading.problems[0].line, reading.problems[0].column) == (6, 25)


def test_an_act_outside_the_vocabulary_keeps_its_count() -> None:
    reading, found = items("Upper Reach: 2 mischief by South")
    assert found == [("Upper Reach", 2, None, "South")]
    assert (reading.problems[0].column, reading.problems[0].found) == (16, "mischief")


@pytest.mark.parametrize("key", ["Publisher", "Side", "Day", "Counting"])
def test_a_header_line_that_lacks_makes_the_bulletin_unusable_and_is_named(key: str) -> None:
    text = "".join(line for line in BULLETIN.splitlines(keepends=True) if not line.startswith(key))
    reading = read_as("bulletin", text)
    assert reading.reports == ()
    assert f"`{key}: " in reading.problems[-1].expected


@pytest.mark.parametrize(
    "line",
    [
        "Day: 2031-02-30",
        "Period: 2031-05-02",
        "Period: 2031-05-03T00:00 to 2031-05-02T00:00",
        "Period: 2031-05-02T00:00 to 2031-05-02T00:00",
        "Day: 2031-05-02\nTime zone: Mars/Olympus",
    ],
)
def test_a_period_that_cannot_be_makes_the_bulletin_unusable_and_is_placed(line: str) -> None:
    reading = read_as("bulletin", BULLETIN.replace("Day: 2031-05-02", line))
    assert reading.reports == ()
    (problem,) = reading.problems
    assert problem.line == 3 + line.count("\n")
    assert problem.column == line.splitlines()[-1].index(": ") + 3


def test_a_header_key_twice_is_a_problem_and_the_first_one_holds() -> None:
    reading = read_as("bulletin", BULLETIN.replace("Counting", "Side: South\nCounting"))
    assert bulletin(reading).side == "North"
    assert (reading.problems[0].line, reading.problems[0].column, reading.problems[0].found) == (4, 7, "South")


@pytest.mark.parametrize("line", ["Issued: 2031-02-30", "Total: about six", "Mood: good", "no colon here"])
def test_a_header_line_that_is_not_needed_costs_only_itself(line: str) -> None:
    text = BULLETIN.replace("Total: 6\n", "") if line.startswith("Total") else BULLETIN
    reading = read_as("bulletin", f"{line}\n{text}")
    assert bulletin(reading).summed_total == 6
    assert [problem.line for problem in reading.problems] == [1]


def test_a_second_bulletin_in_the_file_is_refused_by_name_and_adds_nothing_to_the_first() -> None:
    reading = read_as("bulletin", BULLETIN + "\n" + BULLETIN)
    assert (bulletin(reading).summed_total, bulletin(reading).origin.last) == (6, 9)
    (problem,) = reading.problems
    assert (problem.line, problem.found) == (10, "Publisher: North Record Office")
    assert problem.expected == "one bulletin a file; nothing from here to line 17 was read"


def test_a_total_may_stand_below_the_items() -> None:
    report = bulletin(read_as("bulletin", BULLETIN.replace("Total: 6\n", "") + "Total: 7\n"))
    assert (report.stated_total, report.summed_total) == (7, 6)


def test_a_header_alone_says_nothing_unless_it_says_what_was_observed() -> None:
    assert read_as("bulletin", BULLETIN_HEADER).reports == ()
    assert bulletin(read_as("bulletin", BULLETIN_HEADER + "Covers: Upper Reach\n")).items == ()
    assert bulletin(read_as("bulletin", BULLETIN_HEADER + "Total: 4\n")).flags == ()


def test_source_given_goes_before_the_publisher_who_stays_cited() -> None:
    report = bulletin(read_as("bulletin", BULLETIN, source="North"))
    assert report.source == "North"
    assert report.citation and report.citation.publisher == "North Record Office"


@pytest.mark.parametrize("line", ["Upper: 3 {}x", "{}x (3)", "{}", "Upper: 3 x{}by y", "x" + "{}" + "("])
def test_a_line_of_many_blanks_is_read_in_one_go(line: str) -> None:
    reading = read_as("bulletin", f"{BULLETIN}{line.format(' ' * 900_000)}\n{line.format(';' * 900_000)}\n")
    assert len(bulletin(reading).items) >= 3


@pytest.mark.parametrize("note", ["", "Weather: fine\n"])
def test_items_below_a_whole_header_need_no_empty_line(note: str) -> None:
    text = BULLETIN.replace("\n\n", f"\n{note}") + "Address: https://north.example/1\n\nFar Reach: 0\n"
    reading = read_as("bulletin", text)
    (bulletin,) = reading.reports
    assert isinstance(bulletin, Bulletin)
    assert [item.count for item in bulletin.items] == [3, 2, 1, 0]
    assert bulletin.citation and bulletin.citation.address == "https://north.example/1"
    assert len(reading.problems) == bool(note)
