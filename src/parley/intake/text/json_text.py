"""JSON (https://www.rfc-editor.org/rfc/rfc8259) whose parts keep their places, and whose bad parts spare the good ones.

A list is cut into its members by their brackets before any is parsed, so that a member with a fault, or one nested too
deep for a parser, costs itself only.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from parley.intake.faults import Unreadable

MOST_IN_PART = 100_000_000
"""Characters of one member."""

# A string ends at the latest with its line, as JSON wants: one that is not closed cannot swallow what follows.
_MARK = re.compile(r'"[^"\\\r\n\x1e]*+(?:\\[^\r\n\x1e][^"\\\r\n\x1e]*+)*+"?|[\[\]{},\x1e]')
_BARE = re.compile(r'(?:[^\[\]{}",\x1e]*+,){64,}+')
"""Members of a list without an object, a list or a text in them; where they are fewer, each is told by itself."""
_SPACE = re.compile(r"[ \t\r\n]*+")
_NOT_TEXT = re.compile("[\udc80-\udcff]")
_MOST_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the text, `start` … `end`, that should hold one object; `fault` is the code of why it cannot.

    Many members in a row of which none can be an object are one part, with their number.
    """

    start: int
    end: int
    fault: str = ""
    members: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it begins in the text."""

    value: Any
    offset: int


RECORD = "\x1e"

BEHIND = "behind-the-list"
"""The fault of the part that holds whatever stands behind a list."""


def list_under(text: str, name: str) -> int | None:
    """Return where the list begins that is the member *name* of the object in *text*; None where there is none."""
    depth = 0
    for mark in _MARK.finditer(text):
        kind = mark[0]
        if kind in ("{", "["):
            depth += 1
        elif kind in ("}", "]"):
            depth -= 1
        elif depth == 1 and kind == f'"{name}"':
            colon = _after_space(text, mark.end())
            start = _after_space(text, colon + 1)
            if text.startswith(":", colon) and text.startswith("[", start):
                return start
        if depth == 0 or (depth == 1 and kind == "["):
            return None
    return None


def parts(text: str, start: int = 0) -> Iterator[Part]:
    """Yield the members of the list in *text* from *start*; where it is no list, its values one by one (JSON Lines).

    The sign that begins each value of a sequence (https://www.rfc-editor.org/rfc/rfc7464) ends whatever is before it.
    Parts may turn out to be no valid JSON. Together they hold everything but the list's own brackets and commas.
    """
    start = _after_space(text, start)
    in_list = text.startswith("[", start)
    begin, before, behind, brackets = start + in_list, "", start, _Brackets()
    marks = _MARK.finditer(text, start)
    while (mark := next(marks, None)) is not None:
        kind = mark[0]
        if kind == "{" and (
            (in_list and brackets.inside_object and (before == "," or _unclosed(before)))
            or _begins_anew(before, text[behind : mark.start()])
        ):
            # No object goes on like this: its own brace is missing or lost in a string, and here the next one begins.
            part = _trimmed(text, begin, mark.start())
            if part.end > part.start:
                yield part
                begin, brackets = mark.start(), _Brackets(["["] if in_list else [])
        behind = mark.end()
        if kind == RECORD and not in_list:
            part = _trimmed(text, begin, mark.start())
            if part.end > part.start:
                yield part
            begin, before, brackets = mark.end(), "", _Brackets()
            continue
        brackets.take(kind)
        if kind == "," and in_list and len(brackets.open) == 1:
            yield _trimmed(text, begin, mark.start())
            begin = mark.end()
            if run := _BARE.match(text, begin):
                yield Part(begin, run.end() - 1, members=text.count(",", begin, run.end()))
                begin = behind = run.end()
                marks = _MARK.finditer(text, begin)
        elif kind in ("]", "}") and not brackets.open and in_list:
            last, rest = _trimmed(text, begin, mark.start()), _trimmed(text, mark.end(), len(text))
            if last.end > last.start or text[begin - 1] == ",":
                yield last
            if rest.end > rest.start:
                yield Part(rest.start, rest.end, BEHIND)
            return
        elif kind in ("]", "}") and not brackets.open:
            yield _trimmed(text, begin, mark.end())
            begin = mark.end()
        before = kind
    rest = _trimmed(text, begin, len(text))
    if rest.end > rest.start:
        yield rest
    if in_list:
        yield Part(len(text), len(text), "list-not-closed")


def numbered(members: Iterable[Part]) -> Iterator[tuple[int, Part]]:
    """Yield each of *members* with its number from 1; where it stands for several, with that of the last."""
    number = 0
    for part in members:
        number += part.members
        yield number, part


def _begins_anew(before: str, between: str) -> bool:
    """Say whether no brace can open in JSON where the mark *before* and then *between* stand in front of it."""
    last = between.strip()[-1:] or before[-1:]
    return last not in ("", ",", "[", ":") and (last != "{" or "\n" in between or "\r" in between)


def _unclosed(mark: str) -> bool:
    return mark == '"' or (mark.startswith('"') and not mark.endswith('"'))


@dataclass(slots=True)
class _Brackets:
    """The brackets that are open. A closing one closes what was left open inside it; a stray one is passed over."""

    open: list[str] = field(default_factory=list)
    objects: int = 0

    @property
    def inside_object(self) -> bool:
        return bool(self.open) and self.open[-1] == "{"

    def take(self, kind: str) -> None:
        if kind in ("[", "{"):
            self.open.append(kind)
            self.objects += kind == "{"
        elif kind in ("]", "}"):
            opening = "[" if kind == "]" else "{"
            count = self.objects if opening == "{" else len(self.open) - self.objects
            while count and (last := self.open.pop()):
                self.objects -= last == "{"
                if last == opening:
                    break


def fields(text: str, part: Part) -> Mapping[str, Found]:
    """Return the fields of the object in *part*, each with its place.

    Raises:
        Unreadable: no object, no valid JSON, a field twice, bytes that are not UTF-8, or nested too deep; its offset
            counts from the start of *text*.
    """
    if part.members > 1:
        raise Unreadable("not-an-object", text[part.start : part.end][:60], offset=part.start, times=part.members)
    _check(text, part)
    start, end = part.start, part.end
    if not text.startswith("{", start, end):
        raise Unreadable("not-an-object", text[start:end][:60], offset=start)
    member = text[start:end]
    try:
        return _fields(member, start)
    except json.JSONDecodeError as error:
        raise Unreadable("not-json", member[error.pos :][:60], offset=start + error.pos, detail=error.msg) from None
    except RecursionError:
        raise Unreadable("json-too-deep", member[:60], offset=start) from None


def items(text: str, part: Part) -> list[Found]:
    """Return the values of the list in *part*, each with its place; raise Unreadable as `fields` does."""
    _check(text, part)
    start, member = part.start, text[part.start : part.end]
    read: list[Found] = []
    try:
        position = _after_space(member, 1)
        while not member.startswith("]", position):
            if read:
                position = _expect(",", member, position, start)
            value, after = _DECODER.raw_decode(member, position)
            read.append(Found(value, start + position))
            position = _after_space(member, after)
    except json.JSONDecodeError as error:
        raise Unreadable("not-json", member[error.pos :][:60], offset=start + error.pos, detail=error.msg) from None
    except RecursionError:
        raise Unreadable("json-too-deep", member[:60], offset=start) from None
    if position + 1 < len(member):
        raise Unreadable("behind-the-row", member[position + 1 :][:60], offset=start + position + 1)
    return read


def _check(text: str, part: Part) -> None:
    """Raise Unreadable where *part* is none, too long, or holds bytes that are not UTF-8."""
    start, end = part.start, part.end
    if part.fault:
        raise Unreadable(part.fault, text[start:end][:60], offset=start)
    if end - start > MOST_IN_PART:
        raise Unreadable("report-too-long", offset=start, most=MOST_IN_PART, characters=end - start)
    if broken := _NOT_TEXT.search(text, start, end):
        raise Unreadable("not-utf-8", offset=broken.start(), byte=f"{ord(broken[0]) - 0xDC00:#04x}")


def _fields(member: str, start: int) -> Mapping[str, Found]:
    read: dict[str, Found] = {}
    position = _after_space(member, 1)
    closed = member.startswith("}", position)
    while not closed:
        at = position
        if not member.startswith('"', at):
            raise Unreadable("no-field-name", member[at:][:60], offset=start + at)
        key, position = _DECODER.raw_decode(member, at)
        position = _expect(":", member, position, start)
        value, after = _DECODER.raw_decode(member, position)
        if key in read:
            raise Unreadable("field-twice", key, field=key, offset=start + at)
        read[key] = Found(value, start + position)
        position = _after_space(member, after)
        closed = member.startswith("}", position)
        if not closed:
            position = _expect(",", member, position, start)
    if position + 1 < len(member):
        raise Unreadable("behind-the-object", member[position + 1 :][:60], offset=start + position + 1)
    return read


def _expect(mark: str, member: str, position: int, start: int) -> int:
    position = _after_space(member, position)
    if not member.startswith(mark, position):
        raise Unreadable("no-mark", member[position:][:60], offset=start + position, mark=mark)
    return _after_space(member, position + 1)


def _after_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    assert found is not None  # it also matches nothing
    return found.end()


def _trimmed(text: str, start: int, end: int) -> Part:
    start = min(_after_space(text, start), end)
    while end > start and text[end - 1] in " \t\r\n":
        end -= 1
    return Part(start, end)


def _whole(digits: str) -> int | float:
    """Read an integer; one of too many digits becomes a float, which no field for whole numbers takes."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise Unreadable("field-twice", twice, field=twice)
    return read


_DECODER = json.JSONDecoder(parse_int=_whole, object_pairs_hook=_once)
