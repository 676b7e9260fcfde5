"""Applying an agreement to incidents: each account alone, every combination of them, each reading, the crux."""

from collections.abc import Callable, Sequence

from parley.model import Assessment, Disc, Established, Incident
from parley.model.past import Past
from parley.terms.amended import Amended
from parley.terms.asked import Asked
from parley.terms.history import NOTHING
from parley.terms.in_time import in_order_of_time
from parley.terms.schedule import Schedule
from parley.terms.terms import Terms


def assess(terms: Terms | Schedule, incident: Incident, established: Sequence[Established] = ()) -> Assessment:
    """Return what *terms* make of every account of *incident*, clause by clause, in the order of the agreement.

    *established* is what people hold as settled. Earlier findings count as far as *established* has them: see
    `assess_all`.
    """
    return assess_all(terms, (incident,), established)[0]


def assess_all(
    terms: Terms | Schedule,
    incidents: Sequence[Incident],
    established: Sequence[Established] = (),
    past: Sequence[Past] = (),
    leaves: Callable[[Past], None] | None = None,
) -> tuple[Assessment, ...]:
    """Return what *terms* make of *incidents*, in their order; each after those that ended before it began.

    Of a schedule of versions, each account is asked under those that its time touches: see `amended`. Only where a
    clause depends on earlier findings does the order of time matter. An earlier finding is sure where it is agreed,
    else disputed; what overlaps in time may be earlier, what is simultaneous is neither before nor after.
    Reasons and cruxes are made when somebody asks for them.

    Args:
        past: what other incidents leave to later ones, those that leave nothing aside.
        leaves: told of what each of these leaves.
    """
    discs = _places(incidents)
    asked = asked_under(terms, established, discs)
    told = [asked.told(incident) for incident in incidents]
    if not asked.stateful:
        return tuple(asked.assess(one, NOTHING) for one in told)
    return in_order_of_time(asked, told, past, leaves)


def asked_under(terms: Terms | Schedule, established: Sequence[Established], discs: Sequence[Disc] = ()) -> Asked:
    """Return *terms* as they are asked, of what people hold as settled and of incidents at *discs*."""
    if isinstance(terms, Terms):
        return Asked(terms, established, discs)
    if (only := terms.only) is not None:
        return Asked(only.terms, established, discs, () if only.entry is None else (only.entry,))
    return Amended(terms, established, discs)


def _places(incidents: Sequence[Incident]) -> list[Disc]:
    values = (claim.value for incident in incidents for account in incident.accounts for claim in account.claims)
    return list(dict.fromkeys(value for value in values if isinstance(value, Disc)))
