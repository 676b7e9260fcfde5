"""Every zone built, and every clause asked once of made-up accounts: what is accepted can be evaluated."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain, cycle

from parley.model import Assessment, Disc, Incident, Interval, Value, one, vocabulary
from parley.terms.assess import assess_all
from parley.terms.cases import happening
from parley.terms.checking.times import instant
from parley.terms.language import Duty
from parley.terms.language.faults import Fault
from parley.terms.terms import Terms
from parley.terms.zones import shape


def rehearsed(terms: Terms) -> Iterator[Fault]:
    """Yield a fault for each zone that cannot be built, and for each clause that cannot be evaluated."""
    for at, zone in enumerate(terms.agreement.zones):
        if zone.polygon or zone.line:
            try:
                for place in _places(terms):
                    shape(terms.zones[zone.id]).holds(place)
            except MemoryError:
                raise
            except Exception as error:  # whatever it is, it would end a centre's work
                yield Fault(("zones", at), "a shape in which a place can be looked up", "", _said(error))
    try:
        assessments = assess_all(terms, _incidents(terms))
    except MemoryError:
        raise
    except Exception as error:
        yield Fault(("clauses",), "clauses that can be evaluated", "", _said(error))
        return
    for at, _ in enumerate(terms.agreement.clauses):
        if told := _failure(assessments, at):
            yield Fault(("clauses", at), "a clause that can be evaluated", "", told)


def _failure(assessments: Sequence[Assessment], at: int) -> str:
    """Return what went wrong where the clause numbered *at* was evaluated and explained; "" where nothing did."""
    for assessment in assessments:
        try:
            found = assessment.clauses[at]
            for answer in (*found.accounts, found.agreed):
                if answer.code == "failed":
                    return answer.reasons.in_a_line
                _ = answer.reasons
            _ = found.cruxes, found.missing, found.silent
        except MemoryError:
            raise
        except Exception as error:
            return _said(error)
    return ""


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _incidents(terms: Terms) -> list[Incident]:
    """Return made-up incidents: each kind of act that a clause names, by each party in turn, everywhere."""
    agreement = terms.agreement
    acts = (clause.does if isinstance(clause, Duty) else clause.acts for clause in agreement.clauses)
    kinds = list(dict.fromkeys(chain.from_iterable(acts))) or ["attack"]
    names = [party.name for party in agreement.parties]
    count = max(len(kinds), len(names), 12)
    each = zip(
        range(1, count + 1),
        cycle(kinds),
        cycle(names),
        cycle(names[1:] + names[:1]),
        cycle(_places(terms)),
        cycle(_times(terms)),
        cycle(vocabulary("done")),
        cycle(("none", *vocabulary("exemption"))),
        strict=False,
    )
    made = []
    for number, act, actor, affected, place, time, done, ground in each:
        story: dict[str, Value] = {
            "act": one(act),
            "actor": one(actor),
            "affected": one(affected),
            "place": place,
            "time": time,
            "done": one(done),
            "exemption": one(ground),
        }
        other: dict[str, Value] = {"time": time, "actor": one(affected), "act": one(kinds[number % len(kinds)])}
        made.append(happening(number, (story, other) if number % 3 == 0 else (story,)))
    return [*made, happening(count + 1, ({},))]


def _times(terms: Terms) -> list[Interval]:
    start = terms.when(terms.agreement.start).earliest
    if not 1900 <= start.year < 2200:  # counted from something that is not known
        start = instant(terms.agreement.date, terms.agreement.zone_info)
    spans = [(0, 0), (-2, 0), (0, 24), (24 * 40, 24 * 40), (24 * 400, 24 * 401)]
    return [Interval(start=start + timedelta(hours=a), end=start + timedelta(hours=b)) for a, b in spans]


def _places(terms: Terms) -> list[Disc]:
    """Return a place at a corner of each zone, one inside a few, and one far away."""
    places = [Disc(lat=0, lon=0, radius_m=1000)]
    for zone in terms.zones.values():
        corners = zone.polygon or (zone.line if isinstance(zone.line, tuple) else ()) or ()
        if corners:
            (lon, lat), among = corners[0], len(corners)
            middle = sum(one[0] for one in corners) / among, sum(one[1] for one in corners) / among
            places += [Disc(lat=lat, lon=lon, radius_m=100), Disc(lat=middle[1], lon=middle[0], radius_m=2500)]
    return places
