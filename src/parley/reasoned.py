"""Findings with their reasons, and with what each answer rests on; the views hold them without."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from parley.centre import queries
from parley.centre.folder import Centre
from parley.job import derive
from parley.model import Reason

_REASON = TypeAdapter(Reason)


def with_reasons(folder: Path, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return *rows* of `queries.findings`, each with its reasons, derived from the entries that the views show.

    `reasons` are those of each account's answer, `agreed_reasons` those of what all accounts leave so. `rests_on` has
    the entries of the `reports` of each account, and of the text of the agreement under which it was asked (`texts`; of
    several versions, several), and the earlier `incidents`.
    """
    if not rows:
        return []
    with Centre.open(folder) as centre:
        found = derive(centre.stated(until=queries.as_of(folder)), centre.timezone)
    incidents = {one.id: one for one in found.incidents}
    cards = {card.id: card for card in found.agreements}
    clauses = {
        (one.incident, one.agreement, clause.clause): clause for one in found.assessments for clause in one.clauses
    }
    told = []
    for row in rows:
        clause = clauses[row["incident"], row["agreement"], row["clause"]]
        accounts = incidents[row["incident"]].accounts
        rests_on = {
            "reports": [list(account.entries) for account in accounts],
            "texts": [list(one) for one in clause.versions] or [[cards[row["agreement"]].entry] for _ in accounts],
            "incidents": list(clause.rests_on),
        }
        reasons = [_REASON.dump_python(one.reasons, mode="json") for one in clause.accounts]
        agreed = _REASON.dump_python(clause.agreed.reasons, mode="json")
        told.append({**row, "reasons": reasons, "agreed_reasons": agreed, "rests_on": rests_on})
    return told
