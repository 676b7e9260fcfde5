"""What a reader needs of an agreement and its versions."""

from parley.model import AgreementCard, ClauseCard, VersionCard
from parley.terms.moments import FUTURE, PAST
from parley.terms.schedule import Adopted, Schedule, Stretch
from parley.terms.terms import Terms


def card(schedule: Schedule) -> AgreementCard:
    """Return what a report shows of an agreement: as its newest version has it, with what only others have."""
    newest = schedule.newest
    agreement = newest.terms.agreement
    clauses: dict[str, ClauseCard] = {}
    parties: dict[str, str] = {}
    for one in schedule.versions:
        for clause in _clauses(one.terms):
            clauses.setdefault(clause.id, clause)
        for name, called in _parties(one.terms).items():
            parties.setdefault(name, called)
    return AgreementCard(
        entry=newest.entry,
        id=agreement.id,
        title=agreement.title,
        source=", ".join(part for part in (agreement.source.name, agreement.source.published) if part),
        clauses=tuple(clauses.values()),
        uncertain=agreement.uncertain,
        parties=parties,
        versions=tuple(_version(one, one.adopted) for one in schedule.stretches if one.adopted is not None),
    )


def _version(stretch: Stretch, one: Adopted) -> VersionCard:
    return VersionCard(
        entry=one.entry,
        start=None if stretch.start == PAST else stretch.start,
        until=None if stretch.end == FUTURE else stretch.end,
        title=one.terms.agreement.title,
        date=one.terms.agreement.date,
        timezone=one.terms.agreement.timezone,
        digest=one.digest,
        retroactive=one.retroactive,
        by=one.by,
        clauses=_clauses(one.terms),
        parties=_parties(one.terms),
    )


def _clauses(terms: Terms) -> tuple[ClauseCard, ...]:
    return tuple(ClauseCard(id=one.id, article=one.article, says=one.says) for one in terms.agreement.clauses)


def _parties(terms: Terms) -> dict[str, str]:
    return {party.id: party.name for party in terms.agreement.parties}
