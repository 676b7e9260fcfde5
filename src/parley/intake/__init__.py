"""Bytes → reports: one module for each channel. Good parts become reports, bad ones problems; none is neither.

reading = read(Input("list.csv", data), "ucdp-ged", timezone=ZoneInfo("Asia/Damascus"))
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from zoneinfo import ZoneInfo

from parley.intake.faults import unusable
from parley.intake.kinds import at_home, foreign, kind_of, of_another_kind
from parley.intake.mappings.mapping import TableMapping, load_mapping
from parley.intake.pieces import Pieces, joined
from parley.intake.text.archive import unpacked
from parley.model import Input, InputError, Reading, listed
from parley.model.names import PartyNames

__all__ = ["CHANNELS", "TableMapping", "load_mapping", "read", "reader"]

Reader = Callable[[Input, int], Iterator[Reading]]
"""What reads an input piece by piece, given the number of the last row that was taken before (0: none)."""


@dataclass(frozen=True)
class Given:
    """What an input is read with: as `reader` has it."""

    source: str | None
    mapping: TableMapping | None
    timezone: ZoneInfo
    parties: PartyNames = ()


def read(
    arrived: Input,
    channel: str,
    *,
    source: str | None = None,
    mapping: TableMapping | None = None,
    timezone: ZoneInfo,
    parties: PartyNames = (),
) -> Reading:
    """Read *arrived* at once; arguments and errors as `reader` has them."""
    return joined(reader(channel, source=source, mapping=mapping, timezone=timezone, parties=parties)(arrived, 0))


def reader(
    channel: str,
    *,
    source: str | None = None,
    mapping: TableMapping | None = None,
    timezone: ZoneInfo,
    parties: PartyNames = (),
) -> Reader:
    """Return what reads inputs of *channel*, large ones piece by piece; bad bytes never raise, they become problems.

    Args:
        source: who speaks, where the user says it; it goes before what the input says.
        mapping: of the columns, for the channel "table"; of the properties, where there is one, for "geojson".
        timezone: where times without an offset are local.
        parties: those of the agreements, for the channel "article": each name, and what else it is called.

    Raises:
        InputError: a wrong call: a channel that there is not, or a table without its mapping.
    """
    if channel not in CHANNELS:
        raise unusable("channel", "no-such-channel", channel, channels=listed(CHANNELS))
    if channel == "table" and mapping is None:
        raise unusable("mapping", "no-mapping")

    given = Given(source, mapping, timezone, parties)

    def read_pieces(arrived: Input, after: int) -> Iterator[Reading]:
        kind = kind_of(arrived)
        try:
            if not foreign(kind, channel):
                arrived = unpacked(arrived)
                kind = kind_of(arrived)
        except InputError as error:
            yield Reading((), (error.problem,))
            return
        if foreign(kind, channel):
            yield Reading((), (of_another_kind(arrived, kind, channel),))
            return
        gave = after > 0
        try:
            made = CHANNELS[channel](arrived, given)
            for reading in (made,) if isinstance(made, Reading) else made(after):
                gave = gave or bool(reading.reports or reading.withdrawals or reading.passed)
                yield reading
        except InputError as error:
            yield Reading((), (error.problem,))
        if not gave and not at_home(kind, channel):
            yield Reading((), (of_another_kind(arrived, kind, channel),))

    return read_pieces


# Each channel is imported when it is first used: the article's libraries take long to load.


def _article(arrived: Input, given: Given) -> Reading:
    from parley.intake.articles.names import with_parties
    from parley.intake.channels.article import read_article

    return read_article(arrived, given.source, given.timezone, with_parties(given.parties))


def _bulletin(arrived: Input, given: Given) -> Reading:
    from parley.intake.bulletins.text import read_bulletin

    return read_bulletin(arrived, given.source, given.timezone)


def _bulletin_table(arrived: Input, given: Given) -> Reading:
    from parley.intake.bulletins.table import read_bulletin_table

    return read_bulletin_table(arrived, given.source, given.timezone)


def _ucdp_ged(arrived: Input, given: Given) -> Pieces:
    from parley.intake.channels.ucdp_ged import read_ged

    return read_ged(arrived, given.source, given.timezone)


def _acled(arrived: Input, given: Given) -> Pieces:
    from parley.intake.channels.acled import read_acled

    return read_acled(arrived, given.source, given.timezone)


def _acled_deleted(arrived: Input, given: Given) -> Pieces:
    from parley.intake.channels.acled import read_deleted

    return read_deleted(arrived, given.source)


def _gdelt(arrived: Input, given: Given) -> Pieces:
    from parley.intake.channels.gdelt import read_gdelt

    return read_gdelt(arrived, given.source, given.timezone)


def _table(arrived: Input, given: Given) -> Pieces:
    from parley.intake.channels.table import read_table

    assert given.mapping is not None  # `read` refuses a table without one
    return read_table(arrived, given.source, given.mapping, given.timezone)


def _field(arrived: Input, given: Given) -> Pieces:
    from parley.intake.channels.field import field_pieces

    return field_pieces(arrived, given.source, given.timezone)


def _geojson(arrived: Input, given: Given) -> Pieces:
    from parley.intake.channels.geojson import read_geojson

    return read_geojson(arrived, given.source, given.mapping, given.timezone)


def _hxl(arrived: Input, given: Given) -> Pieces:
    from parley.intake.channels.hxl import read_hxl

    return read_hxl(arrived, given.source, given.timezone)


def _ushahidi(arrived: Input, given: Given) -> Pieces:
    from parley.intake.channels.ushahidi import read_ushahidi

    return read_ushahidi(arrived, given.source, given.timezone)


def _archived(arrived: Input, given: Given) -> Pieces:
    from parley.intake.channels.auto_archiver import read_archived

    return read_archived(arrived, given.source, given.timezone)


Channel = Callable[[Input, Given], Reading | Pieces]

CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {
        "article": _article,
        "bulletin": _bulletin,
        "bulletin-table": _bulletin_table,
        "ucdp-ged": _ucdp_ged,
        "acled": _acled,
        "acled-deleted": _acled_deleted,
        "gdelt": _gdelt,
        "table": _table,
        "field": _field,
        "geojson": _geojson,
        "hxl": _hxl,
        "ushahidi": _ushahidi,
        "auto-archiver": _archived,
    }
)
"""The channels by name."""
