"""What a source takes back: a withdrawal; and which reports hold after corrections, withdrawals and people's acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple

from pydantic import AwareDatetime

from parley.model.attributes import Attribute
from parley.model.base import Noun
from parley.model.coded import Cause
from parley.model.report import Origin
from parley.model.wordings import EACH, listed


class Withdrawal(Noun):
    """A source's statement that a report of its own does not hold: its tombstone.

    Args:
        source: who takes it back; only what the same source said is withdrawn.
        reference: the source's id of what it takes back.
        at: when the source took it back, where it says so.
        why: the reason, in the source's words; `listed`: what its list means by it, where the list gives no reason.
    """

    source: str
    channel: str
    reference: str
    at: AwareDatetime | None = None
    why: str = ""
    listed: Cause | None = None
    origin: Origin

    @property
    def reason(self) -> str:
        """Why it is taken back, in words; "" where nothing says so."""
        return self.why or (self.listed.text if self.listed else "")


class RecordedWithdrawal(Noun):
    """A withdrawal in the record: its entry, when the centre received it, and whose its source is."""

    entry: int
    received_at: AwareDatetime
    side: str
    handle: str
    input: int
    withdrawal: Withdrawal


class Waiting(NamedTuple):
    """A report that waits for a person: `of` is the report that it would correct.

    `code`: *moved* (it would be wholly elsewhere, or at another time), *ids-shifted* (its input has old reports under
    other ids, or moves most of them), *withdrawn* (somebody withdrew the report that it says again, otherwise),
    *not-read* (what it says of the attributes `lost` cannot be read). `of` is None where it corrects nothing.
    """

    of: int | None
    code: Literal["moved", "ids-shifted", "withdrawn", "not-read"]
    lost: tuple[Attribute, ...] = ()

    @property
    def why(self) -> Cause:
        """Why it waits."""
        return Cause(code=self.code, params={"attributes": listed(self.lost, EACH)} if self.lost else {})


@dataclass(frozen=True)
class Revisions:
    """Which reports do not hold any more, or not yet.

    Args:
        withdrawn: the entry of a report → that of the withdrawal, or of the act.
        replaced: the entry of a report → that of the newer report with the same id, or of the act that corrected it.
        repeated: the entry of a report → that of the earlier one that says the same, which holds instead.
        waiting: the entry of a report → what a person has to say of it.
        idle: entries of withdrawals that took nothing back: no such report was there, or it had been said again since.
        idle_acts: the entry of an act that did nothing → why.
        notes: the entry of a report → those of the notes on it, and of acts that somebody undid.
        shifted: inputs of which that was asked → whether their ids have shifted.
    """

    withdrawn: Mapping[int, int] = field(default_factory=dict)
    replaced: Mapping[int, int] = field(default_factory=dict)
    repeated: Mapping[int, int] = field(default_factory=dict)
    waiting: Mapping[int, Waiting] = field(default_factory=dict)
    idle: tuple[int, ...] = ()
    idle_acts: Mapping[int, Cause] = field(default_factory=dict)
    notes: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    shifted: Mapping[int, bool] = field(default_factory=dict, compare=False)

    def with_repeated(self, again: Mapping[int, int]) -> "Revisions":
        """Return these with reports that are an earlier one *again*: the entry of each → that of the earlier one."""
        return replace(self, repeated={**self.repeated, **again})

    def holds(self, entry: int) -> bool:
        """Whether the report at *entry* still holds."""
        return not any(entry in rest for rest in (self.withdrawn, self.replaced, self.repeated, self.waiting))

    def holding(self, entry: int) -> int:
        """Return the entry of the version that holds, or held last, of the report at *entry*."""
        while (later := self.replaced.get(entry, self.repeated.get(entry))) is not None:
            entry = later
        return entry

    @cached_property
    def corrects(self) -> Mapping[int, int]:
        """The entry of a newer report, or of an act → that of the report in whose place it came."""
        return {by: entry for entry, by in self.replaced.items()}

    @cached_property
    def withdraws(self) -> Mapping[int, int]:
        """The entry of a withdrawal, or of an act → that of the report that it took back."""
        return {by: entry for entry, by in self.withdrawn.items()}

    def why_not(self) -> dict[int, tuple[Cause, ...]]:
        """Return for each report that does not hold why."""
        return {
            **{entry: (Cause(code="said-before", params={"by": by}),) for entry, by in self.repeated.items()},
            **{entry: (Cause(code="corrected", params={"by": by}),) for entry, by in self.replaced.items()},
            **{entry: (Cause(code="taken-back", params={"by": by}),) for entry, by in self.withdrawn.items()},
            **{entry: (Cause(code="waits"), one.why) for entry, one in self.waiting.items()},
        }

    @cached_property
    def versions(self) -> Mapping[int, tuple[int, ...]]:
        """The entries of all versions of one report by that of the one that holds, where there are several.

        What was said of one version (which reports are of one happening, what an incident is called) holds of the next.
        """
        return {holding: entries for holding, entries in self._every_version.items() if self.holds(holding)}

    @cached_property
    def _every_version(self) -> Mapping[int, tuple[int, ...]]:
        found: dict[int, list[int]] = {}
        for entry in {**self.repeated, **self.replaced}:
            holding = self.holding(entry)
            found.setdefault(holding, [holding]).append(entry)
        return {holding: tuple(sorted(entries)) for holding, entries in found.items()}

    def versions_of(self, entry: int) -> tuple[int, ...]:
        """Return the entries of all versions of the report at *entry*, itself included, whether one holds or not."""
        return self._every_version.get(self.holding(entry), (entry,))

    def first(self, entry: int) -> int:
        """Return the entry of the first version of the report at *entry*, whether it holds or not."""
        return self.versions_of(entry)[0]
