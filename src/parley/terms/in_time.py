"""Assessing incidents in the order of time, where a clause depends on what was found before."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from parley.model import Assessment
from parley.model.past import Earlier, Past
from parley.terms.asked import Asked, compared
from parley.terms.history import UNKNOWN_BEFORE, Counted, History, maybe_before, surely_before
from parley.terms.timeline import Span
from parley.terms.told import Told


@dataclass(frozen=True, slots=True)
class _Coming:
    """An incident in the line of time: to be assessed as it is told, or of which it is known what it leaves."""

    incident: str
    entry: int
    span: Span
    what: Told | Past


def in_order_of_time(
    asked: Asked, told: Sequence[Told], past: Sequence[Past] = (), leaves: Callable[[Past], None] | None = None
) -> tuple[Assessment, ...]:
    """Assess each incident after those that ended before it began; those that overlap may be earlier.

    What overlaps counts with all that its own earlier findings leave open, so that no order among those decides.

    Args:
        past: what other incidents leave, those that leave nothing aside.
        leaves: told of what each incident leaves, in the order of time.
    """
    counts = asked.counted
    settled = {(one.subject, *one.value.rpartition(":")[::2]) for one in asked.established if one.question == "breach"}
    logs, order = asked.logs(), count()

    def opened(what: Told | Past) -> tuple[Earlier, ...]:
        if isinstance(what, Past):
            return what.open
        return _findings(asked, what, counts, UNKNOWN_BEFORE, settled)

    ahead: list[tuple[datetime, datetime, int, _Coming, tuple[Earlier, ...]]] = []  # not yet over, by their end
    line = [_Coming(one.incident.id, one.incident.entries[0], one.span, one) for one in told]
    line += [_Coming(one.incident, one.entry, one.time, one) for one in past]
    line.sort(key=lambda one: (one.span, one.entry))
    starts = iter(line)
    coming = next(starts, None)
    going: dict[str, tuple[_Coming, tuple[Earlier, ...]]] = {}  # begun before the one at hand ends, as far as known
    made: dict[str, Assessment] = {}
    for one in line:
        while coming is not None and (coming is one or coming.span[0] < one.span[1]):
            going[coming.incident] = coming, opened(coming.what)
            coming = next(starts, None)
        while ahead and ahead[0][0] <= one.span[0] and surely_before(ahead[0][3].span, one.span):
            _, _, _, over, found = heappop(ahead)
            going.pop(over.incident, None)
            for each in found:
                for log in logs:
                    log.add(each)
        found = one.what.final if isinstance(one.what, Past) else ()
        if isinstance(one.what, Told):
            perhaps = [
                each
                for other, open_ in going.values()
                if other is not one and maybe_before(other.span, one.span)
                for each in open_
            ]
            history = asked.after(logs, tuple(perhaps))
            made[one.incident] = asked.assess(one.what, history)
            found = _findings(asked, one.what, counts, history, settled, made[one.incident])
            if leaves is not None:
                leaves(Past(asked.agreement, one.incident, one.entry, one.span, found, going[one.incident][1]))
        heappush(ahead, (one.span[1], one.span[0], next(order), one, found))
    return tuple(made[one.incident.id] for one in told)


def _findings(
    asked: Asked,
    told: Told,
    counts: Counted,
    history: History,
    settled: Collection[tuple[str, str, str]],
    made: Assessment | None = None,
) -> tuple[Earlier, ...]:
    """Return what of an incident later findings may depend on.

    Args:
        made: what was made of it after *history*; None where it is not known what was found before.
    """
    found = []
    for at, under in enumerate(asked.each(told, history)):
        clause, name = under.clause, under.clause.clause.id
        if name not in counts.breach and name not in counts.fulfilled:
            continue
        if not under.asked.raised(clause, under.told):
            continue
        if made is None:
            accounts, agreed = under.asked.answers(clause, under.told, under.history, raised=True)
        else:
            accounts, agreed = made.clauses[at].accounts, made.clauses[at].agreed
        if name in counts.breach and any("breach" in one.possible for one in (agreed, *accounts)):
            if (told.incident.id, name, "no") in settled:
                continue
            sure = agreed.answer == "breach" and compared(accounts, agreed) in ("agreed", "one account")
            sure = (sure and not (made is None and clause.rests_on_findings)) or (
                told.incident.id,
                name,
                "yes",
            ) in settled
            by = {party for given in under.told.united for party in clause.by(given, under.history)}
            against = {side for given in under.told.united for side in clause.affected(given)}
            sides = frozenset() if "" in by else frozenset(by)
            found.append(Earlier(told.incident.id, name, told.span, sides, frozenset(against), sure))
        if name in counts.fulfilled:
            states = {one.state for one in accounts}
            done = ("fulfilled", "fulfilled late")
            if any(one in done for one in states):
                sure = all(one in done for one in states) and agreed.state in done
                found.append(Earlier(told.incident.id, name, told.span, frozenset(), frozenset(), sure, "fulfilled"))
    return tuple(found)
