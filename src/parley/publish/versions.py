"""Versions of an agreement in words: the same on pages and in the terminal."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from parley.model import AgreementCard, ClauseAssessment, ClauseCard, VersionCard

NONE = "no version: none was adopted for that time"


def named(version: VersionCard) -> str:
    """Return which version it is, as in "the text of 2031-04-28 (entry 9, adopted retroactively by the desk)"."""
    return words(version.entry, version.date, version.retroactive, version.by)


def words(entry: int | None, date: date | str, retroactive: bool, by: str, **_: object) -> str:
    """Return the same of a version that is there as data."""
    adopted = "adopted retroactively" if retroactive else "adopted" if by else ""
    adopted += f" by {by}" if by else ""
    more = [part for part in ("" if entry is None else f"entry {entry}", adopted) if part]
    return f"the text of {date}" + (f" ({', '.join(more)})" if more else "")


def applies(version: VersionCard) -> str:
    """Return when it applies, by the clocks of the agreement's zone."""
    since, until = (None if one is None else _clock(one, version.timezone) for one in (version.start, version.until))
    if since is None and until is None:
        return "for all acts"
    if since is None:
        return f"for acts before {until} {version.timezone}"
    return f"for acts from {since} {f'until {until} ' if until else ''}{version.timezone}{'' if until else ' on'}"


def _clock(moment: datetime, timezone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def asked(clause: ClauseAssessment, card: AgreementCard) -> list[VersionCard]:
    """Return the versions under which any account was asked, in the order of time."""
    entries = {entry for one in clause.versions for entry in one}
    return [version for version in card.versions if version.entry in entries]


def texts(clause: ClauseAssessment, card: AgreementCard) -> list[tuple[str, ClauseCard]]:
    """Return what the clause says, with which version says so where those that were asked say it differently."""
    said: list[tuple[VersionCard, ClauseCard]] = []
    for version in asked(clause, card) or card.versions[-1:]:
        said += [(version, one) for one in version.clauses if one.id == clause.clause]
    if len({(one.article, one.says) for _, one in said}) <= 1:
        first = [one for _, one in said] or [one for one in card.clauses if one.id == clause.clause]
        return [("", first[0])]
    return [(named(version), one) for version, one in said]


def by_account(clause: ClauseAssessment, card: AgreementCard, sources: Sequence[str]) -> list[str]:
    """Return for each account under which versions it was asked; nothing where the agreement has one version."""
    if len(card.versions) < 2 or not clause.versions:
        return []
    told = [_those(card, one) for one in clause.versions]
    if len(set(told)) == 1:
        return [f"Asked under {told[0]}."]
    return [f"{source}: asked under {one}." for source, one in zip(sources, told, strict=True)]


def _those(card: AgreementCard, entries: Collection[int | None]) -> str:
    found = list(dict.fromkeys(named(version) for version in card.versions if version.entry in entries))
    return " and ".join(found) or NONE
