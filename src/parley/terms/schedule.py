"""Which version of an agreement applies when.

A version is adopted from an instant on; the first one for ever. At a time that version applies which was recorded last
of those whose instant has come by then. So a version that is recorded later, from the same instant or an earlier one,
takes the place of all that were recorded before it, from there on.

A duty stays with the version in whose time it fell due: an amendment does not undo what was broken before it. A duty
that was not due yet goes on as the amended text has it, and is over where that text does not have it any more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from parley.model import fold
from parley.terms.language import Agreement, Duty
from parley.terms.moments import FUTURE, PAST
from parley.terms.terms import Terms
from parley.terms.timeline import Span


@dataclass(frozen=True)
class Adopted:
    """A version of an agreement, from when on it applies (None: for ever), and the statement that says so.

    Args:
        digest: SHA-256 of its file.
        retroactive: whether acts of its time had been reported before it was adopted.
        by: who adopted it.
    """

    terms: Terms
    start: datetime | None = None
    entry: int | None = None
    digest: str = ""
    retroactive: bool = False
    by: str = ""


@dataclass(frozen=True)
class Stretch:
    """A time from `start` (included) to `end` (excluded) in which one version applies; None: none was adopted."""

    start: datetime
    end: datetime
    adopted: Adopted | None

    def touches(self, span: Span) -> bool:
        """Say whether any of *span* lies in it; a span's end is excluded, an instant is not."""
        if span[0] == span[1]:
            return self.start <= span[0] < self.end
        return span[0] < self.end and span[1] > self.start

    def cut(self, span: Span) -> Span:
        """Return what of *span*, which it touches, lies in it."""
        return max(span[0], self.start), min(span[1], self.end)


class Schedule:
    """The versions of one agreement in the order of time.

    Args:
        adopted: in the order of the record, not empty.
    """

    def __init__(self, adopted: Sequence[Adopted]) -> None:
        self.adopted = tuple(adopted)
        self.stretches = tuple(_stretches(adopted))
        self.id = adopted[-1].terms.agreement.id

    @property
    def versions(self) -> tuple[Adopted, ...]:
        """The versions that apply at some time, the newest first, each as often as it comes into force."""
        return tuple(one.adopted for one in reversed(self.stretches) if one.adopted is not None)

    @property
    def newest(self) -> Adopted:
        """The version that applies in the end."""
        return self.versions[0]

    @property
    def only(self) -> Adopted | None:
        """The version that applies for ever; None where there are several times."""
        return self.stretches[0].adopted if len(self.stretches) == 1 else None

    def at(self, moment: datetime) -> Adopted | None:
        """Return the version that applies at *moment*; None where none was adopted for it."""
        return next(one.adopted for one in self.stretches if one.touches((moment, moment)))


def _stretches(adopted: Sequence[Adopted]) -> Iterator[Stretch]:
    """Yield the times in which one version applies; equal texts that follow each other are one."""
    starts = sorted({one.start or PAST for one in adopted})
    found: list[tuple[datetime, Adopted | None]] = [] if starts[0] == PAST else [(PAST, None)]
    for start in starts:
        now = [one for one in adopted if (one.start or PAST) <= start][-1]
        before = found[-1][1] if found else None
        if before is None or before.terms.agreement != now.terms.agreement:
            found.append((start, now))
    ends = [*(start for start, _ in found[1:]), FUTURE]
    named = [one for _, one in found if one is not None]
    for (start, one), end in zip(found, ends, strict=True):
        yield Stretch(start, end, None if one is None else _with_names(one, named))


def _with_names(one: Adopted, versions: Sequence[Adopted]) -> Adopted:
    """Return *one* where a party goes also by the names that other versions give it, the newest first.

    Sources go on to use a former name, or use a new one of what was before. What the version itself says goes first.
    """
    agreement = one.terms.agreement
    taken = {fold(name): party.id for party in agreement.parties for name in (party.id, party.name, *party.also)}
    more: dict[str, list[str]] = {party.id: [] for party in agreement.parties}
    for other in reversed(versions):
        for party in other.terms.agreement.parties:
            for name in (party.name, *party.also) if party.id in more else ():
                if taken.setdefault(fold(name), party.id) == party.id and not _has(agreement, party.id, name):
                    more[party.id].append(name)
    if not any(more.values()):
        return one
    parties = tuple(
        party.model_copy(update={"also": tuple(dict.fromkeys((*party.also, *more[party.id])))})
        for party in agreement.parties
    )
    terms = Terms(agreement.model_copy(update={"parties": parties}))
    terms.hidden = one.terms.hidden
    return replace(one, terms=terms)


def _has(agreement: Agreement, party: str, name: str) -> bool:
    (one,) = (each for each in agreement.parties if each.id == party)
    return fold(name) in map(fold, (one.id, one.name, *one.also))


def stays_with(clause: str, at: int, stretches: Sequence[Stretch], terms: Sequence[Terms | None]) -> int:
    """Return the number of the stretch whose text *clause* is asked under at a time in the stretch *at*.

    *terms* are those of each stretch, as people settled deadlines in them.
    """
    for earlier in range(at):
        text = terms[earlier]
        duty = text.clauses.get(clause) if text is not None else None
        if text is not None and isinstance(duty, Duty) and _fell_due(duty, text, stretches[earlier]):
            return earlier
    return at


def _fell_due(duty: Duty, terms: Terms, stretch: Stretch) -> bool:
    """Say whether *duty* fell due in *stretch*, once and for all."""
    if terms.times_rest_on_findings(duty) or any(one.per is not None for one in duty.all_quantities):
        return False
    return stretch.start < terms.deadline(duty).latest <= stretch.end
