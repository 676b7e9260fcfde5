"""What a bulletin counts: sums that are checked, parts, kinds, the period before; 0, not observed and silence."""

import pytest
from intake_samples import BULLETIN_HEADER, BULLETIN_TABLE, read_as

from parley.model import Bulletin, CountItem, Flag, Reading

TABLE = "Publisher,Office\nSide,North\nDay,2031-05-02\nCounting,explosions\n"
ROWS = "area,kind,by,count,previous\n"


def bulletin(reading: Reading) -> Bulletin:
    (report,) = reading.reports
    assert isinstance(report, Bulletin)
    return report


def text(items: str, header: str = "") -> Bulletin:
    reading = read_as("bulletin", f"{BULLETIN_HEADER}{header}\n{items}\n")
    assert reading.problems == ()
    return bulletin(reading)


def table(rows: str, header: str = "", heading: str = ROWS) -> Bulletin:
    reading = read_as("bulletin-table", f"{TABLE}{header}\n{heading}{rows}\n")
    assert reading.problems == ()
    return bulletin(reading)


def cells(items: tuple[CountItem, ...]) -> list[tuple[str, int, str | None, str | None, bool]]:
    return [(one.area, one.count, one.act, one.means, one.rest) for one in items]


def flags(report: Bulletin) -> list[tuple[str, int | None, int | None]]:
    return [(one.code, one.line, one.column) for one in report.flags]


# Sums


def test_7948_and_978_published_as_8918_keeps_both_values_and_says_where() -> None:
    report = text("All areas: 7,948 shelling; 978 gunfire", "Total: 8,918\n")
    assert (report.stated_total, report.summed_total) == (8918, 8926)
    assert report.flags == (Flag(code="sum-differs", params={"summed": 8926, "stated": 8918}, line=5, column=8),)
    assert report.flags[0].text == "the items add up to 8926; the stated total is 8918"


@pytest.mark.parametrize("number", ["1,23", "12,3456", ",123", "1,234,", "1.234"])
def test_a_comma_that_does_not_stand_between_thousands_is_no_number(number: str) -> None:
    reading = read_as("bulletin", f"{BULLETIN_HEADER}\nHill: 1\nMill: {number}\n")
    count = [one.count for one in bulletin(reading).items]
    assert count == [1] if reading.problems else count == [1, 1]


def test_twelve_of_which_five_by_mortar_leaves_seven_that_are_not_broken_down() -> None:
    report = text("Hill: 12, of which 5 by mortar", "Total: 12\n")
    assert cells(report.items) == [("Hill", 5, None, "mortar", False), ("Hill", 7, None, None, True)]
    assert (report.subtotals[0].count, report.summed_total, report.flags) == (12, 12, ())


def test_parts_take_act_and_respondent_from_the_whole() -> None:
    report = text("Hill: 12 shelling by South, of which 5 with mortar; 2 with tank")
    assert cells(report.items) == [
        ("Hill", 5, "shelling", "mortar", False),
        ("Hill", 2, "shelling", "tank", False),
        ("Hill", 5, "shelling", None, True),
    ]
    assert {one.respondent for one in report.items} == {"South"}


def test_parts_that_are_more_than_the_whole_are_kept_and_flagged() -> None:
    report = text("Hill: 4, of which 3 shelling; 2 gunfire")
    assert (report.subtotals[0].count, report.summed_total) == (4, 5)
    assert flags(report) == [("subtotal-differs", 6, 7)]


def test_parts_that_are_all_of_it_have_to_add_up() -> None:
    assert text("Hill: 5 = 3 shelling; 2 gunfire").flags == ()
    report = text("Mill: 1\nHill: 6 = 3 shelling; 2 gunfire")
    assert flags(report) == [("subtotal-differs", 7, 7)]
    assert report.flags[0].text == "Hill is stated as 6; its parts add up to 5"


def test_area_counts_are_held_against_the_total() -> None:
    report = text("Hill: 6 = 3 shelling; 2 gunfire\nMill: 3", "Total: 10\n")
    assert [one.code for one in report.flags] == ["sum-differs", "subtotal-differs", "areas-differ"]
    assert report.flags[2].text == "the counts of the areas add up to 9; the stated total is 10"


def test_kinds_break_the_total_down_once_more_and_are_not_added_to_the_areas() -> None:
    report = text("Hill: 7\nMill: 5\nBy kind: 8 shelling; 4 gunfire", "Total: 12\n")
    assert (report.summed_total, [one.count for one in report.kinds], report.flags) == (12, [8, 4], ())


def test_kinds_that_do_not_add_up_to_the_total_are_flagged() -> None:
    report = text("Hill: 7\nBy kind: 8 shelling; 4 gunfire", "Total: 11\n")
    assert [one.code for one in report.flags] == ["sum-differs", "kinds-differ"]
    assert report.flags[1].text == "the kinds add up to 12; the total is 7 and 11"
    assert report.flags[1].line == 8


def test_kinds_may_be_broken_down_in_part() -> None:
    report = text("Hill: 12\nBy kind: 12, of which 5 by mortar")
    assert cells(report.kinds) == [("By kind", 5, None, "mortar", False), ("By kind", 7, None, None, True)]
    assert report.flags == ()


def test_more_of_a_kind_in_the_areas_than_over_all_is_flagged() -> None:
    report = text("Hill: 3 shelling\nMill: 2 shelling\nBy kind: 4 shelling; 1 gunfire")
    assert flags(report) == [("kind-differs", 8, None)]


def test_an_item_twice_is_added_and_flagged() -> None:
    report = text("Hill: 3 shelling\n hill : 2 shelling")
    assert (report.summed_total, flags(report)) == (5, [("item-twice", 7, None)])


def test_an_area_and_its_declared_part_may_be_counted_twice() -> None:
    report = text("North: 3\nHill: 2", "Contains: North = Hill + Mill; South = Ford\n")
    assert [(one.area, one.parts) for one in report.contains] == [("North", ("Hill", "Mill")), ("South", ("Ford",))]
    assert flags(report) == [("part-and-whole", 8, None)]


# 0, not observed, silence


def test_none_reported_not_observed_and_silence_are_three_things() -> None:
    report = text("Hill: 0\nMill: not observed")
    assert cells(report.items) == [("Hill", 0, None, None, False)]
    assert report.unobserved == ("Mill",)


def test_an_area_that_is_counted_and_not_observed_contradicts_itself() -> None:
    assert flags(text("Hill: 0", "No observation: hill\n")) == [("counted-unobserved", 7, None)]


def test_an_item_outside_the_areas_covered_is_flagged() -> None:
    assert flags(text("Hill: 1\nAll areas: 2", "Covers: Mill\n")) == [("not-covered", 7, None)]
    assert flags(text("Hill: 1", "Covers: North\nContains: North = Hill\n")) == []


# The period before


def test_what_is_said_of_the_period_before_is_no_item() -> None:
    report = text(
        "Hill: 2 shelling; previous 4 shelling\nMill: 1; previous: 0\nFord: 0; previous not observed",
        "Number: 123/2031\nPrevious total: 5\nPrevious period: 2031-05-01\n",
    )
    before = report.previous
    assert before and before.period and before.period.end == report.period.start
    assert (before.total, [(one.area, one.count, one.act) for one in before.items]) == (
        5,
        [("Hill", 4, "shelling"), ("Mill", 0, None)],
    )
    assert (before.unobserved, report.summed_total, report.number) == (("Ford",), 3, "123/2031")


@pytest.mark.parametrize(
    ("line", "field", "column"),
    [
        ("Number: 12", "number", 9),
        ("Number: n/2031", "number", 9),
        ("Contains: North", "contains", 11),
        ("Contains: North = ", "contains", 11),
        ("Previous total: some", "previous total", 17),
        ("Previous period: then", "previous period", 18),
        ("Previous period: 2031-05-03 to 2031-05-01", "previous period", 18),
    ],
)
def test_a_header_line_that_cannot_be_read_is_placed_and_costs_itself_only(line: str, field: str, column: int) -> None:
    reading = read_as("bulletin", f"{BULLETIN_HEADER}{line}\n\nHill: 2\n")
    (problem,) = reading.problems
    assert (problem.file, problem.line, problem.column, problem.field) == ("file", 5, column, field)
    assert bulletin(reading).summed_total == 2


@pytest.mark.parametrize(
    ("item", "column"),
    [
        ("Hill: 12, of which many", 20),
        ("Hill: many, of which 2", 7),
        ("Hill: 12 of which", 18),
        ("Hill: 3 = x", 11),
        ("Hill: 1; previous", 10),
        ("Hill: 1; previous lots", 10),
        ("Hill: not seen", 7),
    ],
)
def test_a_part_that_cannot_be_read_is_placed_and_flagged(item: str, column: int) -> None:
    reading = read_as("bulletin", f"{BULLETIN_HEADER}\n{item}\nMill: 2\n")
    (problem,) = reading.problems
    assert (problem.line, problem.column) == (6, column)
    assert bulletin(reading).flags[0].code == "items-unreadable"


def test_a_part_that_cannot_be_read_does_not_lose_the_count_that_it_is_part_of() -> None:
    report = bulletin(read_as("bulletin", f"{BULLETIN_HEADER}\nHill: 12, of which many with mortar; 2 with tank\n"))
    assert cells(report.items) == [("Hill", 2, None, "tank", False), ("Hill", 10, None, None, True)]


# As a table


def test_the_table_reads_as_the_text_does() -> None:
    report = bulletin(read_as("bulletin-table", BULLETIN_TABLE))
    assert cells(report.items) == [
        ("Upper Reach", 3, "shelling", None, False),
        ("Upper Reach", 2, "gunfire", None, False),
        ("Lower Reach", 1, None, None, False),
    ]
    assert (report.stated_total, report.flags, report.channel) == (6, (), "bulletin-table")
    assert [one.line for one in report.items] == [8, 9, 10]


def test_a_table_tells_none_not_observed_and_silence_apart() -> None:
    report = table("Hill,,,0,\nMill,,,not observed,3\nFord,,,,\nGate,,,,4")
    assert (cells(report.items), report.unobserved) == ([("Hill", 0, None, None, False)], ("Mill",))
    assert flags(report) == [("no-count", 9, 8)]
    assert report.previous and [(one.area, one.count) for one in report.previous.items] == [("Mill", 3), ("Gate", 4)]


def test_a_table_states_totals_of_areas_and_of_all() -> None:
    report = table('Hill,shelling,,"7,948",\nHill,gunfire,,978,\nHill,total,,"8,918",\nTotal,,,"8,926",')
    assert (report.stated_total, report.summed_total, report.subtotals[0].count) == (8926, 8926, 8918)
    assert flags(report) == [("subtotal-differs", 9, 13), ("areas-differ", 10, 9)]


def test_an_area_with_a_total_alone_has_that_many_not_broken_down() -> None:
    assert cells(table("Hill,total,,4,").items) == [("Hill", 4, None, None, False)]


def test_the_header_may_stand_in_columns_and_a_row_of_another_bulletin_is_lost() -> None:
    heading = "publisher,side,day,counting,area,count\n"
    rows = "Office,North,2031-05-02,shots,Hill,3\nOffice,South,2031-05-02,shots,Hill,4\n"
    reading = read_as("bulletin-table", heading + rows)
    assert (bulletin(reading).side, bulletin(reading).summed_total) == ("North", 3)
    (problem,) = reading.problems
    assert (problem.line, problem.column, problem.field) == (3, 8, "side")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_the_empty_cells_of_spreadsheets(separator: str) -> None:
    padded = "\n".join(line + ",,," if line else ",,,," for line in BULLETIN_TABLE.splitlines())
    reading = read_as("bulletin-table", padded.replace(",", separator))
    assert (bulletin(reading).summed_total, reading.problems) == (6, ())


@pytest.mark.parametrize(
    ("row", "column", "field"),
    [
        ("Hill,,,many,", 8, "count"),
        ("Hill,,,-1,", 8, "count"),
        ("Hill,,,1.5,", 8, "count"),
        ("Hill,,,–,", 8, "count"),
        ("Hill,mischief,,1,", 6, "kind"),
        (",shelling,,1,", 1, "area"),
        ("Hill,,,1,lots", 10, "previous"),
        ("Hill,,,1,2,3", 12, None),
        ('Hill,"gun,,1,', 6, None),
        ('Hill,"gun"x,,1,', 11, None),
    ],
)
def test_a_cell_that_cannot_be_read_is_placed_and_spares_the_other_rows(
    row: str, column: int, field: str | None
) -> None:
    reading = read_as("bulletin-table", f"{TABLE}{ROWS}{row}\nMill,,,2,\n")
    (problem,) = reading.problems
    assert (problem.file, problem.line, problem.column, problem.field) == ("file", 6, column, field)
    assert bulletin(reading).summed_total == (3 if field == "kind" else 2)


@pytest.mark.parametrize("heading", ["", "area,kind\n", "area,count,count\n"])
def test_a_table_without_its_heading_cannot_be_used(heading: str) -> None:
    reading = read_as("bulletin-table", f"{TABLE}{heading}Hill,2\n")
    assert reading.reports == ()
    assert "column" in reading.problems[-1].expected


@pytest.mark.parametrize("row", ["Hill,{}x", '{}"', "{}x{}", 'Hill,"{}'])
def test_a_row_of_many_blanks_is_read_in_one_go(row: str) -> None:
    for filling in (" ", ",", '"'):
        reading = read_as("bulletin-table", f"{TABLE}{ROWS}Mill,,,2,\n{row.replace('{}', filling * 400_000)}\n")
        assert bulletin(reading).summed_total == 2


def test_a_previous_period_that_is_not_before_this_one_is_flagged_with_its_line() -> None:
    lines = "Issued: 2031-05-01\nPrevious period: 2031-06-01\nPrevious total: 4\nTotal: 3\n\nUpper Reach: 3\n"
    flags = read_as("bulletin", BULLETIN_HEADER + lines).reports[0].flags
    assert [(flag.code, flag.line) for flag in flags] == [("issued-early", 5), ("previous-not-before", 6)]


# Outcomes


def bins(report: Bulletin) -> list[tuple[str, str, int]]:
    return [(one.area, one.outcome, one.count) for one in report.outcomes]


@pytest.mark.parametrize("second", [2, 5, 40], ids=["less than the whole", "the whole", "more than the whole"])
def test_outcomes_are_kept_as_they_are_whether_or_not_they_make_up_the_whole(second: int) -> None:
    wide = text(f"Hill: 12\nBy outcome: 12, of which 7 violation; {second} nobody answered", "Total: 12\n")
    rows = table(
        f"Hill,,,12,\nBy outcome,,,12,\nby outcome,violation,,7,\nBY OUTCOME,nobody answered,,{second},", "Total,12\n"
    )
    for report in (wide, rows):
        everywhere = "all areas"
        assert bins(report) == [
            (everywhere, "", 12),
            (everywhere, "violation", 7),
            (everywhere, "nobody answered", second),
        ]
        assert (cells(report.items), report.kinds) == ([("Hill", 12, None, None, False)], ())
        assert (report.flags, report.stated_total, report.summed_total) == ((), 12, 12)


@pytest.mark.parametrize("pending", [1, 3, 30])
def test_outcomes_behind_an_area_are_no_items_of_it(pending: int) -> None:
    wide = text(f"Hill: 12, of which 9 confirmed; {pending} pending\nMill: 2 shelling; 1 not confirmed")
    rows = table(
        f"Hill,total,,12,\nHill,confirmed,,9,\nHill,pending,,{pending},\nMill,shelling,,2,\nMill,not confirmed,,1,"
    )
    for report in (wide, rows):
        assert bins(report) == [("Hill", "confirmed", 9), ("Hill", "pending", pending), ("Mill", "not confirmed", 1)]
        assert sorted(cells(report.items)) == [("Hill", 12, None, None, False), ("Mill", 2, "shelling", None, False)]
        assert report.flags == () and report.summed_total == 14


def test_parts_and_outcomes_may_stand_in_one_line() -> None:
    report = text("Hill: 12, of which 5 shelling; 9 confirmed; 8 pending by South")
    assert cells(report.items) == [("Hill", 5, "shelling", None, False), ("Hill", 7, None, None, True)]
    assert bins(report) == [("Hill", "confirmed", 9), ("Hill", "pending by South", 8)]
    assert report.flags == ()


def test_a_bulletin_of_outcomes_alone_is_taken_and_a_bin_that_is_no_number_costs_itself_only() -> None:
    assert bins(text("By outcome: 3 confirmed")) == [("all areas", "confirmed", 3)]
    reading = read_as("bulletin", f"{BULLETIN_HEADER}\nHill: 2\nBy outcome: 9 confirmed; some pending; previous 4\n")
    assert bins(bulletin(reading)) == [("all areas", "confirmed", 9)]
    assert [one.code for one in reading.problems] == ["not-a-count", "no-previous-outcome"]
    assert [one.line for one in reading.problems] == [7, 7]


def test_what_is_counted_in_violations_is_still_a_count() -> None:
    reading = read_as("bulletin", f"{BULLETIN_HEADER}\nHill: 3 violations\n")
    assert [one.count for one in bulletin(reading).items] == [3] and bulletin(reading).outcomes == ()
