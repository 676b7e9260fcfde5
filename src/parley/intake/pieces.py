"""Rows → reports, a piece of a table at a time, so that memory is bounded and work that was cut short can go on."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from parley.intake.faults import Faults, PassedOver, Unreadable, from_model, unusable
from parley.intake.tables.repeats import Repeats
from parley.intake.tables.rows import Cells, Lost, Row, UnendedRow
from parley.intake.values.columns import Read
from parley.model import EventReport, Flag, Problem, Reading, Withdrawal, together

ROWS_A_PIECE = 1000
LOST_ROWS_A_PIECE = 100_000
"""Rows that gave nothing, which are told together, leave room for as many more."""
SIGNS_A_PIECE = 4_000_000
"""Characters; a piece of very long rows ends before it has a thousand of them."""

R = TypeVar("R", bound=Cells)
Made = tuple[EventReport, Sequence[Unreadable]]
"""What reading a row makes: its report, and the faults of single cells that the report goes without."""
Taken = tuple[EventReport | Withdrawal, Sequence[Unreadable]]
Pieces = Callable[[int], Iterator[Reading]]
"""An input that is read a piece at a time, given the number of the last row that was taken before (0: none)."""


@dataclass
class _Piece:
    """What the rows of one piece gave so far."""

    faults: Faults
    reports: list[EventReport] = field(default_factory=list)
    withdrawals: list[Withdrawal] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    lost: int = 0
    signs: int = 0
    files: int = 0

    @property
    def full(self) -> bool:
        parts = max(self.rows - self.lost, self.files)
        return parts >= ROWS_A_PIECE or self.lost >= LOST_ROWS_A_PIECE or self.signs >= SIGNS_A_PIECE

    def reading(self, number: int, said: Iterable[Problem] = ()) -> Reading:
        return Reading(
            tuple(self.reports),
            (*self.faults.found(), *said),
            withdrawals=tuple(self.withdrawals),
            passed=dict(self.passed),
            rows=number,
        )


def pieces(
    file: str,
    rows: Iterable[R | Lost],
    read: Callable[[R], Taken],
    reference: Callable[[R], str],
    after: int = 0,
    said: Iterable[Problem] = (),
    part: str = "row",
) -> Iterator[Reading]:
    """Read each of *rows* (of the input *file*) by itself: its report or withdrawal, or the problem that it is lost to.

    Args:
        read: raises Unreadable where the row is lost, PassedOver where it tells of something else.
        reference: the source's id of a row, to know ids again that stand in rows up to *after*.
        after: the last row that was taken before; it and those before it give nothing.
        said: what is to be said of the input as a whole; it is asked for when the rows are through.
        part: what a row is called.

    Raises:
        InputError: there is no row at all.
    """
    piece = _Piece(Faults(file, part))
    number = 0
    with closing(Repeats()) as repeats:
        for row in rows:
            number = row.number
            if number <= after:
                with suppress(Unreadable):
                    if not isinstance(row, Lost):
                        repeats.again(reference(row))
                continue
            _take(piece, row, read, repeats)
            piece.rows += 1
            piece.signs += _signs(row)
            if piece.full:
                yield piece.reading(number)
                piece = _Piece(Faults(file, part))
    if not number:
        if part == "row":
            raise unusable(file, "no-rows", line=1)
        raise unusable(file, "no-parts", line=1, part=part)
    of_whole = tuple(said)
    if piece.rows or of_whole:
        yield piece.reading(number, of_whole)


def _signs(row: Cells | Lost) -> int:
    told = row.row if isinstance(row, Read) else row
    return len(told.text) if isinstance(told, Row) else 0


def _take(piece: _Piece, row: R | Lost, read: Callable[[R], Taken], repeats: Repeats) -> None:
    if isinstance(row, Lost):
        piece.lost += 1
        piece.faults.skipped(row.number, row.fault, row.line, row.column)
        return
    unended = _unended(row)
    if unended is not None:
        unended.asked.clear()  # to look at a column is not to use its cells
    try:
        made, partial = read(row)
        if unended is not None:
            made, partial = _in_doubt(unended, made, partial)
    except Unreadable as fault:
        piece.lost += 1
        piece.faults.skipped(row.number, fault, *_place(row, fault))
    except PassedOver as other:
        piece.passed[other.what] += 1
    except ValidationError as error:
        piece.lost += 1
        piece.faults.skipped(row.number, from_model(error), row.first)
    else:
        if isinstance(made, EventReport):
            piece.reports.append(made)
            piece.files += len(made.attachments)
        else:
            piece.withdrawals.append(made)
        for minor in (*partial, *repeats.faults(made.reference)):
            piece.faults.partly(row.number, minor, *_place(row, minor))


def _unended(row: Any) -> UnendedRow | None:
    """Return the row that is read as *row*, where it is one without an end."""
    while row is not None and not isinstance(row, UnendedRow):
        row = getattr(row, "row", None)  # what reads a row's cells holds it
    return row


def _in_doubt(row: UnendedRow, made: EventReport | Withdrawal, partial: Sequence[Unreadable]) -> Taken:
    """Return *made* with what is to be known of a last cell that may be cut off, where it is one that was used.

    Raises:
        Unreadable: it is the id of what would be withdrawn.
    """
    if (column := row.in_doubt) is None:
        return made, partial
    cell = row.cells[column]
    line, at = row.place(column)
    if isinstance(made, EventReport):
        flag = Flag(code="may-be-cut-off", params={"column": column, "cell": cell}, line=line, column=at)
        return made.model_copy(update={"flags": (*made.flags, flag)}), partial
    fault = Unreadable("no-end-of-line", cell, field=column)
    if made.reference == cell:
        raise fault
    return made, (*partial, fault)


def _place(row: Cells, fault: Unreadable) -> tuple[int, int | None]:
    return row.place(fault.field) if fault.field else (row.first, None)


def joined(readings: Iterable[Reading]) -> Reading:
    """Return all of one input's *readings* as one."""
    every = list(readings)
    if len(every) == 1:
        return every[0]
    passed: Counter[str] = Counter()
    for one in every:
        passed.update(one.passed)
    return Reading(
        tuple(report for one in every for report in one.reports),
        together(problem for one in every for problem in one.problems),
        {digest: data for one in every for digest, data in one.attachments.items()},
        tuple(withdrawal for one in every for withdrawal in one.withdrawals),
        dict(passed),
        every[-1].rows if every else 0,
    )
