"""Findings with their reasons, and with what each answer rests on; the views hold them without."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from parley.centre import queries
from parley.centre.folder import Centre
from parley.current import shown_about
from parley.model import Findings, OpenQuestion, Reason
from parley.publish.open_questions import open_questions

_REASON = TypeAdapter(Reason)


def _about(folder: Path, incidents: Iterable[str]) -> Findings:
    """Return what follows near *incidents*, as of the entries that the views show."""
    with Centre.open(folder) as centre:
        return shown_about(centre, incidents)


def open_questions_of(folder: Path, day: date | None, agreement: str | None) -> tuple[OpenQuestion, ...]:
    """Return what the open answers of *folder* turn on: of the incidents that began on *day*, under *agreement*.

    Where these are None it is of all.
    """
    incidents = {row["id"] for row in queries.incidents(folder, day)}
    chosen = (one for one in _about(folder, incidents).assessments if agreement in (None, one.agreement))
    return open_questions(one for one in chosen if one.incident in incidents)


def with_reasons(folder: Path, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return *rows* of `queries.findings`, each with its reasons, derived from the entries that the views show.

    `reasons` are those of each account's answer, `agreed_reasons` those of what all accounts leave so. `rests_on` has
    the entries of the `reports` of each account, and of the text of the agreement under which it was asked (`texts`; of
    several versions, several), and the earlier `incidents`.
    """
    if not rows:
        return []
    found = _about(folder, {row["incident"] for row in rows})
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
