"""What changes between two versions of an agreement, and which answers it changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from parley.model import Answer, Incident
from parley.terms.assess import assess_all
from parley.terms.terms import Terms

_SECTIONS = ("parties", "events", "facts", "lines", "zones", "sites", "clauses", "readings")


Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Change:
    """One part that was added, removed or changed; of a changed one each field with what it was and is."""

    part: str
    kind: Kind
    fields: tuple[tuple[str, Any, Any], ...] = ()


@dataclass(frozen=True)
class ChangedAnswer:
    """An account's answer to a clause under two versions; None: the clause is not in that version."""

    incident: str
    clause: str
    source: str
    was: Answer | None
    now: Answer | None


def changes(old: Terms, new: Terms, reader: str | None = None) -> Iterator[Change]:
    """Yield what differs between *old* and *new*, the parts of a section in the order of the new file.

    Of what *reader*, a party's id, may not see, a clause's digest alone is compared; None: of what not everybody may.
    """
    first, second = (one.for_reader(reader).agreement.model_dump(mode="json", by_alias=True) for one in (old, new))
    head = _fields(
        {k: v for k, v in first.items() if k not in _SECTIONS}, {k: v for k, v in second.items() if k not in _SECTIONS}
    )
    if head:
        yield Change("agreement", "changed", head)
    for section in _SECTIONS:
        before, after = ({one["id"]: one for one in side[section]} for side in (first, second))
        for name in dict.fromkeys((*after, *before)):
            if name not in before:
                yield Change(f"{section} {name}", "added")
            elif name not in after:
                yield Change(f"{section} {name}", "removed")
            elif fields := _fields(before[name], after[name]):
                yield Change(f"{section} {name}", "changed", fields)
    was, now = ({name: {"digest": one} for name, one in side.hidden_from(reader).items()} for side in (old, new))
    for name in dict.fromkeys((*now, *was)):
        if fields := _fields(was.get(name, {}), now.get(name, {})):
            kind: Kind = "changed" if name in was and name in now else "added" if name in now else "removed"
            yield Change(f"confidential {name}", kind, fields)


def changed_answers(
    old: Terms, new: Terms, incidents: Sequence[Incident], reader: str | None = None
) -> Iterator[ChangedAnswer]:
    """Yield every account's answer to a clause, of those that *reader* may see, that differs between the versions."""
    seen = (assess_all(one.for_reader(reader), incidents) for one in (old, new))
    for incident, was, now in zip(incidents, *seen, strict=True):
        first, second = ({one.clause: one.accounts for one in side.clauses} for side in (was, now))
        for clause in dict.fromkeys((*first, *second)):
            for at, account in enumerate(incident.accounts):
                before, after = (side[clause][at].answer if clause in side else None for side in (first, second))
                if before != after:
                    yield ChangedAnswer(incident.id, clause, account.source, before, after)


def _fields(before: dict[str, Any], after: dict[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    names = dict.fromkeys((*before, *after))
    return tuple((name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name))
