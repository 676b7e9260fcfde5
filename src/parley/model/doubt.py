"""A doubt: a report that fits two incidents equally, so that nothing said decides where it belongs."""

from parley.model.base import Noun


class Doubt(Noun):
    """A report that stands alone, since it fits several others equally that are not of one incident.

    Args:
        entry, source: the report, and whose it is.
        incident: where it stands, by itself.
        fits: the reports that it fits, by their entries.
        incidents: those that they stand in.
        hanging: how many reports in doubt hang together with it: to decide on one may settle all.
    """

    entry: int
    source: str
    incident: str
    fits: tuple[int, ...]
    incidents: tuple[str, ...]
    hanging: int
