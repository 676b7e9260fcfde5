"""A party's bulletin as plain text (our own format): header lines, an empty line, then counts per area; one a file.

    Publisher: Valley Record Office
    Side: West Bank
    Number: 123/2031
    Day: 2031-05-03
    Counting: ceasefire violations
    Contains: Lower Reach = Mill + Ford
    Total: 20
    Previous total: 9

    Upper Reach: 2 shelling by East Bank; 1 gunfire; previous 4
    Middle Reach: 12 by East Bank, of which 5 with mortar
    Far Reach: not observed
    Near Reach: 3 = 2 shelling; 1 gunfire
    Lower Reach (2)
    By kind: 20, of which 9 shelling; 2 gunfire
    # a note

"12, of which 5" leaves 7 that are not broken down; "3 = 2; 1" says that the parts are all. `By kind` breaks the total
down once more, without areas. What came of it (`By outcome`, `12, of which 9 confirmed`) is kept apart and never added.
A line that cannot be read costs itself only; what then lacks in the sum is flagged.
"""

import re
from zoneinfo import ZoneInfo

from parley.intake.bulletins.draft import KEYS, NEEDED, Draft, is_by_kind, not_observed, number, settle
from parley.intake.bulletins.outcomes import binned, is_by_outcome, is_outcome
from parley.intake.bulletins.sums import Parts
from parley.intake.faults import Faults, Unreadable
from parley.intake.text.funnel import Line, lines, utf8
from parley.intake.values.sayings import term
from parley.model import ALL_AREAS, CountItem, Input, OutcomeCount, Reading, fold, listed, vocabulary

CHANNEL = "bulletin"

_ITEM_LINE = re.compile(r"^[^:]*[^:\s][^:]*:\s*\d|\(\d[\d,]*\)\s*$")
_OF_WHICH = re.compile(r"\bof {1,4}which\b:?", re.IGNORECASE)


def read_bulletin(arrived: Input, source: str | None, timezone: ZoneInfo) -> Reading:
    """Return the bulletin in *arrived*, or the problems for which it cannot be used (a header line is missing).

    Args:
        source: who speaks, instead of the bulletin's publisher.
        timezone: where times are local, unless the bulletin names its own zone.
    """
    data = utf8(arrived, "bulletin")
    draft = Draft(Faults(arrived.name, "line"))
    _read_lines(draft, list(lines(data)))
    return settle(arrived, draft, CHANNEL, "bulletin-items", source, timezone)


def _read_lines(draft: Draft, all_lines: list[Line]) -> None:
    in_header = True
    for line in all_lines:
        text = line.text.strip()
        if line.fault:
            column = None if line.fault.offset is None else line.fault.offset + 1
            draft.lose(line.number, line.fault, column, item=not in_header)
        elif not text:
            in_header = in_header and not draft.header
        elif text.startswith("#"):
            draft.good += 1
        elif (in_header and not _is_item(draft, line)) or _key(line) in _BELOW:
            _read_header_line(draft, line)
        elif _key(line) in KEYS:
            fault = Unreadable("second-bulletin", text, last=all_lines[-1].number)
            draft.faults.skipped(line.number, fault, line.number, 1)
            return
        else:
            _read_item_line(draft, line)
        draft.last = line.number


_BELOW = ("total", "previous total")
"""The header lines that may stand below the items, as many bulletins print them."""


def _is_item(draft: Draft, line: Line) -> bool:
    """Say whether *line* is an item that no empty line parts from the header, which has all that it needs."""
    whole = all(map(draft.value, NEEDED)) and bool(draft.value("period") or draft.value("day"))
    return whole and _key(line) not in KEYS and bool(_ITEM_LINE.search(line.text))


def _key(line: Line) -> str:
    return fold(line.text.partition(":")[0])


def _read_header_line(draft: Draft, line: Line) -> None:
    before, colon, after = line.text.partition(":")
    key, value = fold(before), after.strip()
    column = len(before) + 2 + _indent(after)
    if not colon or key not in KEYS:
        draft.lose(line.number, Unreadable("not-a-header-line", line.text.strip(), keys=listed(KEYS)), 1)
        return
    try:
        draft.set(key, value, line.number, column)
        draft.good += 1
    except Unreadable as fault:
        draft.lose(line.number, fault, column)


def _read_item_line(draft: Draft, line: Line) -> None:
    area, mark, units = line.text.partition(":")
    if not mark and line.text.rstrip().endswith(")"):
        area, mark, units = line.text.rstrip()[:-1].rpartition("(")
    offset = len(area) + 1
    if not area.strip() or not units.replace(";", " ").strip():
        column = offset + 1 if mark and area.strip() else 1
        draft.lose(line.number, Unreadable("not-an-item", line.text.strip()), column, item=True)
        return
    _ItemLine(draft, line.number, area.strip()).read(units, offset)


class _ItemLine:
    """The counts of one line: single ones, the parts of one that is printed before them, and those of before."""

    def __init__(self, draft: Draft, line: int, area: str) -> None:
        self.draft, self.line, self.area = draft, line, area
        self.whole: CountItem | None = None
        self.parts: list[CountItem] = []
        self.outcomes: list[OutcomeCount] = []
        self.all = self.unread = False
        self.column = 1

    def read(self, units: str, offset: int) -> None:
        """Read *units*, which begin behind *offset* characters; one that cannot be read costs itself only."""
        read = 0
        for unit in units.split(";"):
            column = offset + _indent(unit) + 1
            offset += len(unit) + 1
            if not unit.strip():
                continue
            try:
                self._unit(unit.strip(), column)
            except Unreadable as fault:
                self.unread = True
                self.draft.lose(self.line, fault, column, item=True)
            else:
                read += 1
        self.draft.good += bool(read)
        self._close()

    def _unit(self, text: str, column: int) -> None:
        self.draft.take_room()
        first, _, rest = text.partition(" ")
        if is_by_outcome(self.area):
            self._bin_all(text)
        elif fold(first.rstrip(":")) == "previous":
            column += len(text) - len(rest.lstrip())
            if not_observed(rest):
                self.draft.unobserved_before.append(self.area)
            else:
                self.draft.previous.append(self._item(column, rest.strip()))
        elif not_observed(text):
            self.draft.unobserved.setdefault(self.area, self.line)
        elif self.whole is None and (found := _OF_WHICH.search(text)):
            self._begin(text, text[: found.start()].rstrip(" ,"), text[found.end() :].lstrip(), column)
        elif self.whole is None and not self.parts and " = " in text:
            self.all = True
            before, _, after = text.partition(" = ")
            self._begin(text, before.rstrip(), after.lstrip(), column)
        else:
            self._part(column, text)

    def _bin_all(self, text: str) -> None:
        """Read a count of a line `By outcome`: what came of it, in whatever words; nothing where all are meant."""
        if fold(text.partition(" ")[0].rstrip(":")) == "previous":
            raise Unreadable("no-previous-outcome", text)
        parts = [_OF_WHICH.split(text, maxsplit=1), text.split(" = ", 1)]
        for part in next((split for split in parts if len(split) > 1), [text]):
            count, outcome = binned(part.strip(" ,"))
            self._bin(ALL_AREAS, outcome, count)

    def _bin(self, area: str, outcome: str, count: int) -> None:
        self.outcomes.append(OutcomeCount(area=area, outcome=outcome, count=count, line=self.line))

    def _part(self, column: int, text: str) -> None:
        """Take up a count of the line: of a kind of act, or of an outcome, which is no part of the line's count."""
        if is_outcome(text.partition(" ")[2]):
            count, outcome = binned(text)
            self._bin(ALL_AREAS if is_by_kind(self.area) else self.area, outcome, count)
        else:
            self._take(self._item(column, text))

    def _begin(self, text: str, whole: str, first: str, column: int) -> None:
        """Read *whole* and the *first* of its parts, which ends *text*; the whole stays where the part is lost."""
        self.whole, self.column = self._item(column, whole), column
        place = column + len(text) - len(first)
        try:
            self._part(place, first)
        except Unreadable as fault:
            self.unread = True
            self.draft.lose(self.line, fault, place, item=True)

    def _take(self, item: CountItem) -> None:
        if self.whole is None:
            self.parts.append(item)
            return
        told = {name: getattr(item, name) or getattr(self.whole, name) for name in ("act", "means", "respondent")}
        self.parts.append(item.model_copy(update=told))

    def _close(self) -> None:
        self.draft.outcomes += self.outcomes
        for part in self.parts:
            self.draft.count(part)
        if self.whole is None:
            return
        if self.outcomes and not self.parts and not self.unread:  # the line's count is not broken down by kind
            self.draft.count(self.whole)
            return
        left = self.whole.count - sum(part.count for part in self.parts)
        if left > 0 and (self.unread or not self.all):
            self.draft.count(self.whole.model_copy(update={"count": left, "rest": True}))
        self.draft.parts.append(Parts(self.whole, tuple(self.parts), self.all and not self.unread, self.column))

    def _item(self, column: int, text: str) -> CountItem:
        """Read `N [KIND] [with MEANS] [by NAME]`; what is no term costs itself only."""
        digits, *words = text.split() or [""]
        try:
            count = number(digits)
        except Unreadable as fault:
            raise fault.of(None, text).within("item-count") from None
        by = next((index for index, word in enumerate(words) if fold(word) == "by"), len(words))
        if by == len(words) - 1:
            raise Unreadable("no-name-behind-by", text)
        kind, name = " ".join(words[:by]), " ".join(words[by + 1 :])
        if fold(name).replace(" ", "-") in vocabulary("means"):
            kind, name = f"{kind} with {name}".strip(), ""
        act = means = None
        try:
            act, means = kind_of(kind)
        except Unreadable as fault:
            where = column + len(digits) + _indent(text[len(digits) :])
            self.draft.faults.partly(self.line, fault, self.line, where)
        name = self.draft.said(name, "by", self.line, column + len(text) - len(name))
        return CountItem(area=self.area, count=count, act=act, means=means, respondent=name or None, line=self.line)


def kind_of(words: str) -> tuple[str | None, str | None]:
    """Return act and means that *words* name: an act, a means, or `ACT with MEANS`; raise Unreadable."""
    said, with_, used = f" {words} ".partition(" with ")
    act, means = said.strip(), used.strip()
    if not with_ and fold(act).replace(" ", "-") in vocabulary("means"):
        act, means = "", act
    return term("act", act) if act else None, term("means", means) if means else None


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
