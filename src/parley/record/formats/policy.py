"""Trust policies: which logs, which witnesses, how many of them: https://c2sp.org/tlog-policy

Parley's tiers are groups of one policy file, by name: `neutral` witnesses alone make an entry *recorded*; `shared` is a
group of `neutral` and both parties' own cosigners. The quorum is that of *recorded*, so that no party can hold up
the record by withholding its own.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from parley.record.errors import BadSignature, Damaged
from parley.record.formats.cosignature import CosignerKey, cosigned_at, decode_cosigner_key
from parley.record.formats.note import Note, VerifierKey, decode_verifier_key

NEUTRAL = "neutral"
SHARED = "shared"
_MAX_LINES = 1000
_MOST_TRIED = 14  # witnesses whose every choice is tried
_DECIMAL = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_NOT_ALLOWED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Group:
    """*least* of *members*, each the name of a witness or of a group defined before."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """A policy: logs with their URLs, witnesses by name with theirs, groups, and the quorum's name or `none`."""

    quorum: str
    logs: tuple[tuple[VerifierKey, str | None], ...] = ()
    witnesses: dict[str, tuple[CosignerKey, str | None]] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    def is_met(self, witnessed: Iterable[str], quorum: str | None = None) -> bool:
        """Whether the witnesses named *witnessed* are enough for *quorum* (default: that of the policy)."""
        met = set(witnessed)
        for name, group in self.groups.items():  # each names only what was defined before it
            if sum(member in met for member in group.members) >= group.least:
                met.add(name)
        name = self.quorum if quorum is None else quorum
        return name == "none" or name in met

    def members(self, name: str) -> tuple[str, ...]:
        """The witnesses in the group *name*, those of its groups included; a witness is its own only member."""
        return self._under()[name][0] if name != "none" else ()

    def bears(self, name: str) -> int:
        """How many witnesses of *name* may be dishonest and any two sets that meet it still share an honest one.

        Of k of n, 2k - n - 1: two sets of k share 2k - n members at least. Of groups, the members' own strength counts:
        as many dishonest ones as break the cheapest 2k - n of them.
        """
        return max(0, self._under()[name][1] - 1) if name != "none" else 0

    def _under(self) -> dict[str, tuple[tuple[str, ...], int]]:
        """By name: the witnesses under it, and how many of them at least any two sets that meet it share."""
        under: dict[str, tuple[tuple[str, ...], int]] = {name: ((name,), 1) for name in self.witnesses}
        for name, group in self.groups.items():
            parts = [under[member] for member in group.members]
            shared = sorted(strength for _, strength in parts)[: max(0, 2 * group.least - len(parts))]
            under[name] = tuple(witness for names, _ in parts for witness in names), sum(shared)
        return under

    def witnessed(self, note: Note) -> dict[str, int]:
        """When each witness of the policy cosigned *note* (POSIX seconds), by its name in the policy.

        A cosignature that does not verify counts as none: a bad witness cannot make a checkpoint invalid for others.
        """
        times = {}
        for name, (key, _) in self.witnesses.items():
            try:
                time = cosigned_at(note, key)
            except BadSignature:
                continue
            if time is not None:
                times[name] = time
        return times

    def time_bound(self, note: Note, latest: bool) -> datetime | None:
        """The earliest time, with *latest* the latest, at which a witness of the quorum cosigned *note*.

        As many of the outermost times are left out as the quorum bears dishonest witnesses; None where none is left.
        """
        neutral = set(self.members(self.quorum))
        times = sorted((time for name, time in self.witnessed(note).items() if name in neutral), reverse=latest)
        wrong = self.bears(self.quorum)
        return datetime.fromtimestamp(times[wrong], UTC) if len(times) > wrong else None

    def log(self, origin: str) -> tuple[VerifierKey, ...]:
        """The keys that the policy knows of the log called *origin*."""
        return tuple(key for key, _ in self.logs if key.name == origin)


def decode_policy(data: bytes) -> Policy:
    """Read a policy file; raises Damaged with the line for anything that tlog-policy does not allow."""
    text = data.decode("utf-8", "surrogateescape")  # names are opaque bytes: those that are no UTF-8 stay as they are
    reader = _Reader()
    lines = text.split("\n")
    if lines.pop():
        raise Damaged(f"policy, line {len(lines) + 1}: the last line does not end in a newline")
    if len(lines) > _MAX_LINES:
        raise Damaged(f"policy: more than {_MAX_LINES} lines")
    for number, line in enumerate(lines, 1):
        words = re.split(r"[ \t]+", line.strip(" \t"))
        try:
            if _NOT_ALLOWED.search(line):
                raise Damaged("a control character")
            if words[0] and not words[0].startswith("#"):
                reader.read(words)
        except (Damaged, ValueError) as error:
            raise Damaged(f"policy, line {number}: {error}") from error
    if reader.quorum is None:
        raise Damaged("policy: no line says the quorum")
    return Policy(reader.quorum, tuple(reader.logs), reader.witnesses, reader.groups)


def encode_policy(policy: Policy) -> bytes:
    """The file of a policy; `decode_policy` gives the same policy back."""
    lines = [f"log {key}{f' {url}' if url else ''}" for key, url in policy.logs]
    lines += [f"witness {name} {key}{f' {url}' if url else ''}" for name, (key, url) in policy.witnesses.items()]
    lines += [f"group {name} {group.least} {' '.join(group.members)}" for name, group in policy.groups.items()]
    lines.append(f"quorum {policy.quorum}")
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def neutral_quorum(witnesses: int) -> int:
    """How many of *witnesses* must cosign: 1 + floor(2n/3), so that with a third or fewer dishonest no view splits.

    Two quorums of k among n share 2k - n witnesses; a split view needs every shared one dishonest.
    """
    return 1 + 2 * witnesses // 3


def is_weaker(new: Policy, old: Policy) -> bool:
    """Whether some witnesses are enough for *new* that were not for *old*: for the quorum, or for `shared`.

    Witnesses are the same where their keys are. Of more than 14, anything but the same policy counts as weaker.
    """
    known = {key.public: name for name, (key, _) in old.witnesses.items()}
    names = [(name, known.get(key.public)) for name, (key, _) in new.witnesses.items()]
    tiers = [(new.quorum, old.quorum), *([(SHARED, SHARED)] if SHARED in old.groups else [])]
    if any(after != "none" and after not in new.groups and after not in new.witnesses for after, _ in tiers):
        return True  # there is no `shared` any more
    if len(names) > _MOST_TRIED:
        return _tree(new) != _tree(old)
    for chosen in range(1 << len(names)):
        witnessed = [name for number, name in enumerate(names) if chosen >> number & 1]
        now = [name for name, _ in witnessed]
        before = [name for _, name in witnessed if name is not None]
        if any(new.is_met(now, after) and not old.is_met(before, ago) for after, ago in tiers):
            return True
    return False


def _tree(policy: Policy) -> object:
    return policy.quorum, {name: key for name, (key, _) in policy.witnesses.items()}, policy.groups


class _Reader:
    def __init__(self) -> None:
        self.logs: list[tuple[VerifierKey, str | None]] = []
        self.witnesses: dict[str, tuple[CosignerKey, str | None]] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._in_a_group: set[str] = set()

    def read(self, words: list[str]) -> None:
        readers: dict[str, Callable[[list[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }
        if words[0] not in readers:
            raise Damaged(f"{words[0]!r} is not log, witness, group or quorum")
        readers[words[0]](words[1:])

    def _log(self, words: list[str]) -> None:
        if len(words) not in (1, 2):
            raise Damaged("a log has a key and, where wanted, a URL")
        key = decode_verifier_key(words[0])
        if any(known.public == key.public for known, _ in self.logs):
            raise Damaged(f"the key of {key.name} is here twice")
        self.logs.append((key, words[1] if len(words) == 2 else None))

    def _witness(self, words: list[str]) -> None:
        if len(words) not in (2, 3):
            raise Damaged("a witness has a name, a key and, where wanted, a URL")
        name = self._new(words[0])
        key = decode_cosigner_key(words[1])
        if any(known.public == key.public for known, _ in self.witnesses.values()):
            raise Damaged(f"the key of {key.name} is here twice")
        self.witnesses[name] = key, words[2] if len(words) == 3 else None

    def _group(self, words: list[str]) -> None:
        if len(words) < 3:
            raise Damaged("a group has a name, a number (or all, any) and members")
        name, least, *members = self._new(words[0]), *words[1:]
        for member in members:
            if member not in self.witnesses and member not in self.groups:
                raise Damaged(f"{member!r} is no witness or group of a line before")
            if member in self._in_a_group:
                raise Damaged(f"{member!r} is in a group already")
            self._in_a_group.add(member)
        if least not in ("all", "any") and not _DECIMAL.fullmatch(least):
            raise Damaged(f"{least!r} is not a number, all or any")
        count = {"all": len(members), "any": 1}.get(least) or int(least)
        if count > len(members):
            raise Damaged(f"{count} of {len(members)} members cannot be")
        self.groups[name] = Group(count, tuple(members))

    def _quorum(self, words: list[str]) -> None:
        if len(words) != 1 or self.quorum is not None:
            raise Damaged("one line says the quorum, with one name")
        if words[0] != "none" and words[0] not in self.witnesses and words[0] not in self.groups:
            raise Damaged(f"{words[0]!r} is no witness or group of a line before")
        self.quorum = words[0]

    def _new(self, name: str) -> str:
        if name == "none" or name in self.witnesses or name in self.groups:
            raise Damaged(f"the name {name!r} is taken")
        return name
