"""The picture of a tally: for each area two bars from one axis, mirrored, and the totals below, as one SVG.

Both sides' bars have the same ink and lengths in proportion to the counts. Each has up to three parts: in both records
for sure (solid), possibly in both (hatched), in this record only (blank): so two bars of one length with different
contents look different, without any colour. A count of 0 is a 0, and where there is none the words say why. Left stays
left in right-to-left pages too. Not drawn over different counting rules.
(https://www.w3.org/TR/SVG2/, https://www.w3.org/WAI/tutorials/images/complex/)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from parley.model import Tally, TallyArea, visible
from parley.publish import words

WIDTH, AXIS, LONGEST = 360, 180, 136
"""In units of the picture: its width, where the axis stands, the length of the longest bar."""

_AREA, _TOTALS, _HEAD = 38, 62, 26
_MOST_SIGNS, _MOST_IN_HEAD = 44, 22


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar: its kind and its horizontal extent."""

    kind: Literal["certain", "possible", "alone"]
    x: str
    width: str


def parts(count: int, low: int, high: int, scale: float, side: Literal["left", "right"]) -> tuple[Part, ...]:
    """Return the parts of one bar, from the axis outwards: *low* and up to *high* of *count* are in both."""
    found: list[Part] = []
    low, high = min(low, count), min(high, count)
    done = 0
    lengths: tuple[tuple[Literal["certain", "possible", "alone"], int], ...] = (
        ("certain", low),
        ("possible", high - low),
        ("alone", count - high),
    )
    for kind, length in lengths:
        if length > 0:
            start = AXIS + done * scale if side == "right" else AXIS - (done + length) * scale
            found.append(Part(kind, f"{start:.2f}", f"{length * scale:.2f}"))
        done += length
    return tuple(found)


def picture(tally: Tally) -> Markup:
    """Return *tally* as an SVG, with a title and a description in words for those who do not see it."""
    name = f"tally-{tally.left_entry}-{tally.right_entry}"
    height = _HEAD + _AREA * len(tally.areas) + _TOTALS
    longest = max((count for one in tally.areas for count in (one.left, one.right) if count), default=0)
    drawn = Markup("").join(
        _area(one, _HEAD + _AREA * number, LONGEST / (longest or 1), name) for number, one in enumerate(tally.areas)
    )
    return Markup(
        '<svg class="tally-picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" role="img" '
        'aria-labelledby="{n}-title {n}-desc" direction="ltr" fill="currentColor" font-size="13">'
        '<title id="{n}-title">{title}</title><desc id="{n}-desc">{desc}</desc>'
        '<defs><pattern id="{n}-hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line x1="0" x2="0" y1="0" y2="5" stroke="currentColor" stroke-width="2"/>'
        "</pattern></defs>{head}{drawn}{totals}</svg>\n"
    ).format(
        w=WIDTH,
        h=height,
        n=name,
        title=visible(f"{tally.left} beside {tally.right}: {tally.headline}"),
        desc=Markup(" ").join(_described(tally)),
        head=_head(tally),
        drawn=drawn,
        totals=_totals(tally, height - _TOTALS, name),
    )


def _described(tally: Tally) -> Iterator[str]:
    for one in tally.areas:
        left = f"{tally.left} {words.said(one.left, one.left_said)}"
        right = f"{tally.right} {words.said(one.right, one.right_said)}"
        yield visible(f"{one.area}: {left}, {right}; in both {one.both_low} to {min(one.left_high, one.right_high)}.")


def _head(tally: Tally) -> Markup:
    return _text(4, 14, "start", tally.left, _MOST_IN_HEAD, bold=True) + _text(
        WIDTH - 4, 14, "end", tally.right, _MOST_IN_HEAD, bold=True
    )


def _area(one: TallyArea, y: int, scale: float, name: str) -> Markup:
    return (
        _text(AXIS, y + 11, "middle", one.area, _MOST_SIGNS)
        + _bar(one.left, words.said(one.left, one.left_said), one.both_low, one.left_high, y + 16, scale, "left", name)
        + _bar(
            one.right, words.said(one.right, one.right_said), one.both_low, one.right_high, y + 16, scale, "right", name
        )
        + _axis(y + 14, 18)
    )


def _totals(tally: Tally, y: int, name: str) -> Markup:
    longest = max(tally.left_total, tally.right_total)
    scale, high = LONGEST / (longest or 1), tally.same_kind_high or 0
    line = Markup('<line x1="4" x2="{}" y1="{}" y2="{}" stroke="currentColor" stroke-width=".6"/>')
    return (
        line.format(WIDTH - 4, y + 3, y + 3)
        + _text(AXIS, y + 19, "middle", tally.headline, 70, bold=True)
        + _bar(tally.left_total, str(tally.left_total), tally.both_low, high, y + 28, scale, "left", name, 20)
        + _bar(tally.right_total, str(tally.right_total), tally.both_low, high, y + 28, scale, "right", name, 20)
        + _axis(y + 25, 26)
    )


def _bar(
    count: int | None,
    label: str,
    low: int,
    high: int,
    y: int,
    scale: float,
    side: Literal["left", "right"],
    name: str,
    height: int = 14,
) -> Markup:
    rect = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="currentColor"/>')
    fills = {"certain": "currentColor", "possible": f"url(#{name}-hatch)", "alone": "none"}
    drawn = Markup("").join(
        rect.format(one.kind, one.x, y, one.width, height, fills[one.kind])
        for one in parts(count or 0, low, high, scale, side)
    )
    away = (count or 0) * scale + 5
    x, anchor = (AXIS + away, "start") if side == "right" else (AXIS - away, "end")
    return drawn + _text(x, y + height - 3, anchor, label, 24, quiet=count is None)


def _axis(y: int, length: int) -> Markup:
    line = Markup('<line x1="{x}" x2="{x}" y1="{a}" y2="{b}" stroke="currentColor" stroke-width="1.5"/>')
    return line.format(x=AXIS, a=y, b=y + length)


def _text(x: float, y: float, anchor: str, said: str, most: int, *, bold: bool = False, quiet: bool = False) -> Markup:
    shown = said if len(said) <= most else said[: most - 1] + "…"
    style = Markup(' font-weight="700"') if bold else Markup(' font-style="italic"') if quiet else ""
    return Markup('<text x="{:g}" y="{:g}" text-anchor="{}" unicode-bidi="isolate"{}>{}</text>').format(
        x, y, anchor, style, visible(shown)
    )
