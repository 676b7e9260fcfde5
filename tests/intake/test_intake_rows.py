"""Rows of a table: told apart strictly, placed exactly, and never lost to a fault of another row."""

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from intake_samples import MAPPING, TABLE_HEADER, TABLE_ROW, mapping, of_part, read_as, row, table, value

from parley.intake.faults import Unreadable
from parley.intake.tables.rows import _cells, _scan
from parley.intake.values.nothing import is_nothing
from parley.model import Reading


def references(reading: Reading) -> list[str]:
    return [report.reference for report in reading.reports]  # type: ignore[union-attr]


def test_a_quote_that_never_closes_costs_only_its_own_row() -> None:
    reading = table(TABLE_ROW, row(id='"C-2'), row(id="C-3"), row(id="C-4"))
    assert references(reading) == ["C-1", "C-3", "C-4"]
    (problem,) = reading.problems
    assert (problem.line, problem.column, problem.expected) == (3, 1, "a closing quote")
    assert of_part(problem) == "row 2: This row was not recorded."


def test_a_quote_that_the_quote_of_a_later_row_would_close_costs_only_its_own_row() -> None:
    reading = table(row(account='"We saw'), row(id="C-2"), row(id="C-3", account='"a, b"'), row(id="C-4"))
    assert references(reading) == ["C-2", "C-3", "C-4"]
    (problem,) = reading.problems
    assert (problem.line, problem.column) == (2, len(row(account="")) + 1)


def test_a_file_cut_inside_quotes_keeps_all_rows_before() -> None:
    reading = read_as("table", f'{TABLE_HEADER}\n{TABLE_ROW}\nC-2,"North Off')
    assert references(reading) == ["C-1"]
    assert [problem.line for problem in reading.problems] == [3]


def test_a_cell_in_quotes_may_run_over_lines_and_the_report_names_all_of_them() -> None:
    reading = table(row(account='"First, ""then""\nsecond."'), row(id="C-2"))
    assert reading.problems == ()
    assert value(reading, "account").text == 'First, "then"\nsecond.'  # type: ignore[union-attr]
    assert [(one.origin.first, one.origin.last, one.origin.record) for one in reading.reports] == [(2, 3, 1), (4, 4, 2)]


def test_a_fault_behind_a_cell_of_several_lines_is_placed_in_its_own_line() -> None:
    reading = table(row(place='"Mill\ntown"', lat="91"))
    (problem,) = reading.problems
    assert (problem.line, problem.column, problem.field, problem.found) == (3, 7, "lat", "91")


@pytest.mark.parametrize(("cells", "found"), [("C-2,too,few", "3 cells"), (TABLE_ROW + ",more", "13 cells")])
def test_a_row_with_too_few_or_too_many_cells_is_skipped(cells: str, found: str) -> None:
    reading = table(cells, row(id="C-3"))
    assert references(reading) == ["C-3"]
    (problem,) = reading.problems
    assert (problem.line, problem.expected, problem.found) == (2, "12 cells as in the header", found)


def test_text_behind_a_closing_quote_is_named_where_it_stands() -> None:
    reading = table('"C-2"x' + TABLE_ROW[3:], row(id="C-3"))
    assert references(reading) == ["C-3"]
    assert (reading.problems[0].line, reading.problems[0].column) == (2, 6)


def test_a_quote_inside_a_plain_cell_is_text() -> None:
    assert value(table(row(place='the 5" gun')), "place").name == 'the 5" gun'  # type: ignore[union-attr]


def test_empty_lines_are_no_rows() -> None:
    reading = read_as("table", f"\n\n{TABLE_HEADER}\n\n{TABLE_ROW}\n \n\n")
    assert [(one.origin.first, one.origin.record) for one in reading.reports] == [(5, 1)]
    assert reading.problems == ()


def test_missing_columns_make_the_file_unusable_and_are_named() -> None:
    reading = read_as("table", "id,holder\nC-1,North\n")
    (problem,) = reading.problems
    assert reading.reports == ()
    assert (problem.line, problem.found) == (1, "id,holder")
    assert "missing: from, to, place" in problem.expected
    assert problem.kept_text == "Nothing was recorded."


def test_another_separator_is_recognised_in_the_message() -> None:
    (problem,) = read_as("table", TABLE_HEADER.replace(",", ";") + "\n").problems
    assert "separated by ';'" in problem.expected


def test_a_needed_column_twice_makes_the_file_unusable() -> None:
    reading = read_as("table", f"{TABLE_HEADER},lat\n{TABLE_ROW},1\n")
    assert reading.reports == ()
    assert (reading.problems[0].line, reading.problems[0].column) == (1, len(TABLE_HEADER) + 2)


def test_a_column_that_nobody_reads_may_stand_there_twice() -> None:
    reading = read_as("table", f"{TABLE_HEADER},note,note\n{TABLE_ROW},a,b\n")
    assert (len(reading.reports), reading.problems) == (1, ())


def test_a_header_alone_is_a_problem() -> None:
    (problem,) = read_as("table", TABLE_HEADER).problems
    assert problem.expected == "at least one row below the header"


def test_the_same_id_twice_keeps_both_and_says_so() -> None:
    reading = table(TABLE_ROW, row(account="Again."))
    assert len(reading.reports) == 2
    assert (reading.problems[0].line, reading.problems[0].found) == (3, "C-1")
    assert of_part(reading.problems[0]) == "row 2: Recorded without this."


def test_the_header_once_more_is_no_row_and_says_so() -> None:
    for again in (TABLE_HEADER, TABLE_HEADER.replace(",", ", "), f"\ufeff{TABLE_HEADER}"):
        reading = table(TABLE_ROW, again, row(id="C-2"))
        assert [report.reference for report in reading.reports] == ["C-1", "C-2"]  # type: ignore[union-attr]
        (problem,) = reading.problems
        assert (problem.line, problem.expected) == (3, "a row: this is the header once more")


def test_a_mark_of_byte_order_that_files_brought_with_them_is_no_part_of_an_id() -> None:
    reading = table(TABLE_ROW, "\ufeff" + row(id="C-2"))
    assert [report.reference for report in reading.reports] == ["C-1", "C-2"]  # type: ignore[union-attr]


def test_rows_of_empty_cells_are_no_rows() -> None:
    reading = table(TABLE_ROW, "," * TABLE_HEADER.count(","), ' , ,""', "\t", row(id="C-2"))
    assert [report.origin.record for report in reading.reports] == [1, 2]
    assert reading.problems == ()


@pytest.mark.parametrize("hint", ["sep=,", '"sep=,"', "SEP=,"])
def test_the_line_by_which_spreadsheets_tell_the_separator_is_no_header(hint: str) -> None:
    reading = read_as("table", f"{hint}\n{TABLE_HEADER}\n{TABLE_ROW}\n")
    assert (reading.problems, reading.reports[0].origin.first) == ((), 3)


def test_a_header_may_run_over_several_lines() -> None:
    header = TABLE_HEADER.replace("denied", '"den\nied"')
    reading = read_as("table", f"{header}\n{TABLE_ROW}\n", mapping=mapping(MAPPING.replace("denied", "den ied")))
    assert (reading.problems, reading.reports[0].origin.first) == ((), 3)
    twice = read_as(
        "table", f'{header},"x\ny",id\n{TABLE_ROW},a,b\n', mapping=mapping(MAPPING.replace("denied", "den ied"))
    )
    assert (twice.problems[0].line, twice.problems[0].column) == (3, 4)


@given(st.lists(st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=20), min_size=1))
def test_what_the_csv_module_writes_is_read_back(accounts: list[str]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(TABLE_HEADER.split(","))
    for number, account in enumerate(accounts):
        writer.writerow([f"C-{number}", *TABLE_ROW.split(",")[1:-1], account])
    words = [one.strip() for one in accounts]
    assume(not any(map(is_nothing, words)))
    reading = read_as("table", buffer.getvalue())
    assert reading.problems == ()
    said = [value(reading, "account", index) for index in range(len(accounts))]
    assert ["" if one is None else getattr(one, "text", "unknown") for one in said] == words


@given(
    st.lists(st.one_of(st.just(TABLE_ROW), st.text(st.sampled_from('a",\n'), max_size=12)), min_size=1, max_size=8),
)
def test_every_row_is_a_report_or_a_problem(rows: list[str]) -> None:
    reading = table(*rows)
    if reading.reports or any("row" in problem.kept_text for problem in reading.problems):
        numbers = {one.origin.record or 0 for one in reading.reports}
        skipped = [int(one.params["number"]) for one in reading.problems if one.kept == "skipped"]
        if sum(one.times for one in reading.problems) > len(reading.problems):
            return  # what is told together says no numbers
        assert numbers.isdisjoint(skipped)
        assert numbers | set(skipped) == set(range(1, len(numbers) + len(skipped) + 1))
        covered = {line for one in reading.reports for line in range(one.origin.first, one.origin.last + 1)}
        covered |= {one.line or 0 for one in reading.problems}
        text = "\n".join((TABLE_HEADER, *rows)).split("\n")
        assert {number for number, line in enumerate(text, 1) if line.strip(' ,"') and number > 1} <= covered


@given(st.text(st.sampled_from('a",; '), min_size=1, max_size=14))
def test_the_fast_way_to_split_cells_follows_the_rules_of_the_exact_one(text: str) -> None:
    def outcome(split: Callable[[str], list[str]]) -> list[str] | tuple[type[Exception], int | None]:
        try:
            return split(text)
        except Unreadable as fault:
            return type(fault), fault.offset

    exact = outcome(lambda text: [cell for _, cell in _scan(text, ",")])
    assert outcome(lambda text: _cells(text, ",")) == exact
