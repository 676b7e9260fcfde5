"""Who holds which role in a log, by what its public statements have said so far; and what a change of that still lacks.

The state follows from the log alone, entry by entry, so everybody who reads it comes to the same: the centre on taking
a statement, `verify`, a mirror, a bundle's verifier. Nothing here raises for what stands in a log: a statement that its
sender may not make, or that cannot be read, changes nothing, and `refusal` says why.

The desk is whoever signed entry 0. Some changes hold only once enough parties have endorsed them (`endorsement`, a
statement that names the entry): a weaker policy; a charter that changes parties, keys, k, shredding or release; a key
for a party that has one already; the desk's next key when the present one is lost; a shred of a party's statements.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from parley.record.errors import Damaged, Unfit
from parley.record.formats.note import VerifierKey, decode_verifier_key
from parley.record.formats.policy import Policy, decode_policy, is_weaker
from parley.record.statements.kinds import (
    CENTRE,
    CHARTER,
    DESK,
    ENDORSEMENT,
    KEY_EVENT,
    PARTY,
    PERSON,
    POLICY,
    PUBLIC,
    SHRED_NOTICE,
    check_form,
    why_not,
)
from parley.record.statements.statement import Leaf, decode_received

_GUARDED = ("parties", "k", "shredding", "release")
"""What of a charter changes only with the parties' endorsements."""


@dataclass(slots=True)
class Holder:
    """A key, its role and side, the first entry that it may make and the first that it may not any more."""

    key: VerifierKey
    role: str
    side: str
    since: int
    until: int | None = None

    def at(self, index: int) -> bool:
        """Whether the key counts for entry *index*."""
        return self.since <= index and (self.until is None or index < self.until)


class Waiting(NamedTuple):
    """A change at *entry* that does not hold yet: it needs *least* of *sides*, and has *endorsed*."""

    entry: int
    what: str
    least: int
    sides: frozenset[str]
    endorsed: set[str]
    take: Callable[[int], None]

    def __str__(self) -> str:
        have = ", ".join(sorted(self.endorsed)) or "nobody"
        return f"{self.what}: holds once {self.least} of {', '.join(sorted(self.sides))} endorse it; so far {have}"


@dataclass
class Authority:
    """The state after the first `size` entries.

    Args:
        log: the digest of the log's first key, which statements are bound to.
        founder: the public key of the first entry's sender, where its charter does not carry it.
    """

    log: str
    founder: VerifierKey | None = None
    size: int = 0
    holders: dict[str, Holder] = field(default_factory=dict)
    charter: Mapping[str, Any] = field(default_factory=dict)
    charters: dict[int, int] = field(default_factory=dict)
    """The entries of charters that hold, in the order in which they came to, each with the entry that made it hold."""
    policy: Policy | None = None
    policy_text: str | None = None
    shredded: dict[int, int] = field(default_factory=dict)
    """The entries that notices which hold name, each with the entry of the first that does."""
    waiting: dict[int, Waiting] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    """Public statements that change nothing, and why."""
    notes: list[tuple[int, str]] = field(default_factory=list)
    """Changes that a reader should know of: (entry, sentence)."""
    _digests: dict[int, str] = field(default_factory=dict)
    _proposed: set[str] = field(default_factory=set)

    @property
    def sides(self) -> frozenset[str]:
        """The parties: those of the charter, and those that have a key."""
        held = (one.side for one in self.holders.values() if one.role == PARTY)
        return frozenset((*self.charter.get("parties", {}), *held))

    @property
    def least(self) -> int:
        """How many parties must endorse what needs them all to be asked: the charter's k, all without one."""
        sides = len(self.sides)
        return min(int(self.charter.get("k", 0)) or sides, sides)

    def desk(self) -> Holder | None:
        """The newest key of the desk that still counts."""
        held = [one for one in self.holders.values() if one.role == DESK and one.until is None]
        return max(held, key=lambda one: one.since, default=None)

    def keys(self, side: str) -> list[Holder]:
        """The keys that count for *side*, the desk's or party's own before those that it certified."""
        held = [one for one in self.holders.values() if one.side == side and one.until is None]
        return sorted(held, key=lambda one: (one.role == PERSON, one.since))

    def key(self, sender: str) -> VerifierKey | None:
        """The public key of *sender*, whether or not it still counts."""
        holder = self.holders.get(sender)
        if holder is not None:
            return holder.key
        return self.founder if self.founder is not None and self.founder.digest.hex() == sender else None

    def side(self, sender: str) -> str:
        """The side that the key *sender* speaks for; "" where it is not known."""
        holder = self.holders.get(sender)
        return holder.side if holder else ""

    def refusal(self, index: int, leaf: Leaf, body: Mapping[str, Any] | None) -> str:
        """Return why entry *index* moves nothing, or ""; *body* is None where it cannot be read here.

        The state may be that of any later entry.
        """
        if leaf.log != self.log:
            return "it was made for another log"
        if index in self.refused:
            return self.refused[index]
        holder = self.holders.get(leaf.sender)
        if holder is None or index < holder.since:
            return "its sender's key is registered by no statement before it"
        if not holder.at(index):
            return "its sender's key did not count any more"
        return why_not(holder.role, holder.side, leaf.kind, body)

    def found(self, leaf: Leaf, body: Mapping[str, Any] | None) -> None:
        """Take the sender of entry 0 as the desk."""
        if leaf.kind == CHARTER and body and type(body.get("desk")) is str:
            try:
                key = decode_verifier_key(body["desk"])
            except Damaged:
                key = None
            if key is not None and key.digest.hex() == leaf.sender:
                self.founder = key
        if self.founder is not None and self.founder.digest.hex() == leaf.sender:
            self.holders[leaf.sender] = Holder(self.founder, DESK, CENTRE, 0)

    def take(self, index: int, leaf: Leaf, body: Mapping[str, Any] | None, look: Callable[[int], Leaf | None]) -> None:
        """Go on by entry *index*, of a public kind or the first; those between need not be given.

        Args:
            body: None where it is not there.
            look: gives the leaf of an earlier entry, None where there is none that can be read.
        """
        if index == 0:
            self.found(leaf, body)
        self.size = index + 1
        if leaf.kind not in PUBLIC:
            return
        why = self.refusal(index, leaf, body)
        if not why and body is None:
            why = "its body is missing"
        if not why and body is not None:
            self._digests[index] = leaf.envelope
            try:
                check_form(leaf.kind, body)
                self._change(index, leaf, body, look)
            except Unfit as error:
                why = str(error)
        if why:
            self.refused[index] = why

    def _change(self, index: int, leaf: Leaf, body: Mapping[str, Any], look: Callable[[int], Leaf | None]) -> None:
        if leaf.kind == CHARTER:
            self._take_charter(index, body)
        elif leaf.kind == POLICY:
            self._take_policy(index, body)
        elif leaf.kind == KEY_EVENT:
            self._take_key_event(index, self.holders[leaf.sender], body)
        elif leaf.kind == SHRED_NOTICE:
            self._take_notice(index, leaf, body, look)
        elif leaf.kind == ENDORSEMENT:
            self._endorse(index, self.holders[leaf.sender].side, body)

    def _hold(
        self, index: int, what: str, take: Callable[[int], None], sides: Iterable[str], least: int, by: str = ""
    ) -> None:
        """Let *take* hold at once where nobody needs to endorse it, else once *least* of *sides* have."""
        waiting = Waiting(index, what, least, frozenset(sides), {by} if by else set(), take)
        if len(waiting.endorsed) >= least:
            take(index)
            self.notes.append((index, f"{what}: holds"))
        else:
            self.waiting[index] = waiting

    def _endorse(self, index: int, side: str, body: Mapping[str, Any]) -> None:
        waiting = self.waiting.get(body["entry"])
        if waiting is None or self._digests[waiting.entry] != body["envelope"]:
            raise Unfit(f"entry {body['entry']}, as it is named, waits for no endorsement")
        if side not in waiting.sides:
            raise Unfit(f"entry {waiting.entry} does not wait for {side}")
        endorsed = waiting.endorsed | {side}
        if len(endorsed) >= waiting.least:
            waiting.take(index)  # raises where it cannot be now
            del self.waiting[waiting.entry]
            self.notes.append((waiting.entry, f"{waiting.what}: holds, endorsed by {', '.join(sorted(endorsed))}"))
        waiting.endorsed.add(side)

    def _take_charter(self, index: int, body: Mapping[str, Any]) -> None:
        def take(held: int) -> None:
            self.charter = body
            self.charters[index] = held
            for side, party in body.get("parties", {}).items():
                for vkey in party["keys"]:
                    self._register(held, decode_verifier_key(vkey), PARTY, side)

        if index == 0:
            take(index)
            if "succeeds" in body:
                self._hold(0, _succession(body["succeeds"]), lambda _: None, self.sides, self.least)
            return
        if self.charter.get("exercise", False) != body.get("exercise", False):
            raise Unfit("whether a centre is an exercise is fixed where it is made: make a new centre")
        changed = [name for name in _GUARDED if self.charter.get(name) != body.get(name)]
        if changed:
            self._hold(index, f"a charter with other {', '.join(changed)}", take, self.sides, self.least)
        else:
            take(index)

    def _take_policy(self, index: int, body: Mapping[str, Any]) -> None:
        policy = decode_policy(body["text"].encode())

        def take(_: int) -> None:
            self.policy, self.policy_text = policy, body["text"]

        if self.policy is not None and is_weaker(policy, self.policy):
            self._hold(index, "a weaker policy", take, self.sides, self.least)
        else:
            take(index)

    def _take_key_event(self, index: int, by: Holder, body: Mapping[str, Any]) -> None:
        event = body["event"]
        if event == "register":
            self._take_registration(index, by, self._new(body["vkey"]), body["role"], body["side"])
        elif event == "certify":
            self._register(index, self._new(body["vkey"]), PERSON, by.side)
        elif event in ("revoke", "lost"):
            self._take_revocation(index, by, body)
        elif by.role != DESK:
            raise Unfit("the log's key is the centre's")

    def _take_registration(self, index: int, by: Holder, key: VerifierKey, role: str, side: str) -> None:
        def take(held: int) -> None:
            self._register(held, key, role, side)

        if by.side == side and by.role == role:  # the next key of whoever has one
            take(index)
        elif by.role != DESK:
            raise Unfit(f"a key of {by.side} registers no key of {side}")
        elif side in {one.side for one in self.holders.values()}:
            self._hold(index, f"a further key for {side}", take, self.sides, self.least)
        elif self.charter.get("parties") and side not in self.charter["parties"]:
            self._hold(index, f"a key for {side}, which the charter does not name", take, self.sides, self.least)
        else:
            self.notes.append((index, f"the desk alone registered the first key of {side}: {key}"))
            take(index)

    def _take_revocation(self, index: int, by: Holder, body: Mapping[str, Any]) -> None:
        holder = self.holders.get(body["key"])
        if holder is None or holder.until is not None:
            raise Unfit("it names no key that counts")
        following = self._new(body["next"]) if "next" in body else None

        def take(held: int) -> None:
            if holder.role == DESK and self._is_only(holder) and following is None:
                raise Unfit("the desk's only key is followed by a next one")
            if holder.until is None:  # else it was revoked meanwhile, and stays so from then on
                holder.until = held + 1
            self.notes.append((index, f"{body['event']}: the key {holder.key.name} ({holder.side}): {body['reason']}"))
            if following is not None:
                self._register(held, following, holder.role, holder.side)

        if by.side == holder.side:
            take(index)
        else:
            if following is not None:
                self._proposed.add(following.digest.hex())
            by_party = by.side if by.role == PARTY else ""
            what = f"{body['event']}: the key {holder.key.name} of {holder.side}"
            self._hold(index, what, take, self.sides, self.least, by_party)

    def _take_notice(self, index: int, leaf: Leaf, body: Mapping[str, Any], look: Callable[[int], Leaf | None]) -> None:
        needed = set()
        rule = self.charter.get("shredding", {}).get(body["rule"]) if "rule" in body else None
        if "rule" in body and rule is None:
            raise Unfit(f"the charter has no rule {body['rule']!r} for shredding")
        for number in body["entries"]:
            named = look(number) if number < index else None
            if named is None or named.kind in PUBLIC:
                raise Unfit(f"entry {number} cannot be shredded: it is not there, or public")
            side = self.side(named.sender)
            if side not in ("", CENTRE) and not _covers(rule, named, leaf):
                needed.add(side)

        def take(_: int) -> None:
            for number in body["entries"]:
                self.shredded.setdefault(number, index)

        if needed:
            self._hold(index, "a shred of a party's statements", take, needed, len(needed))
        else:
            take(index)

    def _is_only(self, holder: Holder) -> bool:
        return [one for one in self.keys(holder.side) if one.role == holder.role] == [holder]

    def _new(self, vkey: str) -> VerifierKey:
        """The key *vkey*, which is nobody's so far, and which nobody proposes in place of a lost one: otherwise whoever
        found that could take it for something less before it is endorsed."""
        key = decode_verifier_key(vkey)
        if key.digest.hex() in self.holders or key.digest.hex() in self._proposed:
            raise Unfit(f"the key {key.name} is registered already, or proposed in place of a lost one")
        return key

    def _register(self, held: int, key: VerifierKey, role: str, side: str) -> None:
        self.holders.setdefault(key.digest.hex(), Holder(key, role, side, held + 1))


def _succession(before: Mapping[str, Any]) -> str:
    return f"this log goes on from {before['origin']}, {before['size']} entries with the root {before['root']}"


def _covers(rule: Mapping[str, Any] | None, named: Leaf, notice: Leaf) -> bool:
    """Whether a charter's *rule* lets *notice* shred the statement *named* without its party's consent."""
    if rule is None or named.kind not in rule["kinds"]:
        return False
    days: int = rule["days"]
    return (decode_received(notice.received) - decode_received(named.received)).days >= days
