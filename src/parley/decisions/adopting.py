"""Taking up a version of an agreement in a running centre: what it would change is shown, then it is recorded."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from parley import terms
from parley.centre.folder import Centre, now
from parley.centre.statements import state
from parley.current import about, follow
from parley.derivation.agreements import acts_from, loaded_of
from parley.job import derive
from parley.model import (
    AgreementCard,
    Answer,
    Findings,
    Stated,
    TermsVersion,
)


@dataclass(frozen=True)
class ChangedAnswer:
    """What an account's answer to a clause is and would be; None: the account or the clause is not there."""

    incident: str
    clause: str
    source: str
    was: Answer | None
    now: Answer | None


@dataclass(frozen=True)
class Adoption:
    """A version that may be recorded, and what that would change.

    Args:
        agreement: the id of the agreement; *known* are those of this centre.
        changes: what its text changes of the version that applies from then on; empty where there is none.
        superseded: the entries of versions that were to come into force later, and would not any more.
        reported: the entries of reports of acts in its time.
        answers: what would be answered otherwise.
        nothing: whether this text applies already, so that there is nothing to record.
    """

    version: TermsVersion
    agreement: str
    title: str
    known: tuple[str, ...]
    changes: tuple[terms.Change, ...]
    superseded: tuple[int, ...]
    reported: tuple[int, ...]
    answers: tuple[ChangedAnswer, ...]
    nothing: bool

    @property
    def incidents(self) -> tuple[str, ...]:
        """The incidents of which an answer would change."""
        return tuple(dict.fromkeys(one.incident for one in self.answers))


def adoption(centre: Centre, version: TermsVersion, at: datetime) -> Adoption:
    """Return what taking up *version* would change; nothing is recorded.

    Raises:
        TermsError: where the text is at fault.
    """
    loaded = terms.load(version.text, version.name)
    agreement = loaded.agreement
    schedules = adopted(centre)
    before = schedules.get(agreement.id)
    new = terms.Adopted(loaded, version.start, centre.record.size)
    after = terms.Schedule((*(before.adopted if before else ()), new))
    stated = list(centre.stated())
    now_, then = (
        derive(each, centre.timezone) for each in (stated, [*stated, Stated(centre.record.size, at, version)])
    )
    reported = tuple(one.entry for one in acts_from(version.start, now_.reports) if now_.revisions.holds(one.entry))
    replaced = before.at(version.start) if before is not None and version.start is not None else None
    old = (
        next((one.terms for one in before.adopted if one.entry == replaced.entry), None)
        if before and replaced
        else None
    )
    return Adoption(
        version=version.model_copy(update={"retroactive": bool(reported)}),
        agreement=agreement.id,
        title=agreement.title,
        known=tuple(schedules),
        changes=() if old is None else tuple(terms.changes(old, loaded)),
        superseded=tuple(_gone(before, after)) if before is not None else (),
        reported=reported,
        answers=tuple(_changed(agreement.id, now_, then)),
        nothing=before is not None and _times(before) == _times(after),
    )


def adopt(centre: Centre, one: Adoption, clock: Callable[[], datetime] = now) -> tuple[int, Findings]:
    """Record the version of *one*, derive the findings again and show them; return its entry with them."""
    (appended,) = centre.record.append([state("terms-version", one.version)], at=clock())
    return appended.index, follow(centre).findings


def adopted(centre: Centre) -> dict[str, terms.Schedule]:
    """Return the versions of each agreement that *centre* has taken up and that can be applied."""
    versions: dict[str, list[terms.Adopted]] = {}
    for stated in centre.said(("terms-version",)):
        version = stated.says
        if isinstance(version, TermsVersion) and (loaded := loaded_of(version)) is not None:
            versions.setdefault(loaded.agreement.id, []).append(terms.Adopted(loaded, version.start, stated.entry))
    return {name: terms.Schedule(each) for name, each in versions.items()}


def _times(schedule: terms.Schedule) -> list[tuple[datetime, int | None]]:
    return [(one.start, one.adopted.entry if one.adopted is not None else None) for one in schedule.stretches]


def _gone(before: terms.Schedule, after: terms.Schedule) -> Iterator[int]:
    left = {one.entry for one in after.versions}
    yield from (one.entry for one in reversed(before.versions) if one.entry not in left and one.entry is not None)


def _changed(agreement: str, before: Findings, after: Findings) -> Iterator[ChangedAnswer]:
    """Yield every answer under *agreement* that differs, in the order of the incidents as they then are."""
    was, now_ = (dict(_answers(agreement, one)) for one in (before, after))
    for at in dict.fromkeys((*now_, *was)):
        if was.get(at) != now_.get(at):
            yield ChangedAnswer(*at, was.get(at), now_.get(at))


def _answers(agreement: str, findings: Findings) -> Iterator[tuple[tuple[str, str, str], Answer]]:
    sources = {one.id: [account.source for account in one.accounts] for one in findings.incidents}
    for assessment in findings.assessments:
        if assessment.agreement == agreement:
            for clause in assessment.clauses:
                for source, one in zip(sources[assessment.incident], clause.accounts, strict=True):
                    yield (assessment.incident, clause.clause, source), one.answer


def in_force(centre: Centre) -> tuple[AgreementCard, ...]:
    """Return the agreements of *centre* with their versions."""
    return about(centre, ()).agreements
