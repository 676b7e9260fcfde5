#!/usr/bin/env python3
"""Verify an evidence bundle of a Parley record, offline.

    python3 verify.py BUNDLE.zip [--key LOG-VKEY] [--policy FILE] [--sender SENDER-VKEY]

One file. It needs Python 3.11 and `cryptography` 38 or newer: Debian 12's own python3 and python3-cryptography will do.
Cosignatures with ML-DSA-44 keys are checked from `cryptography` 47 on. Where it is older, they are named as not checked
and count for nothing.

It shares no code with Parley and never writes to disk. It checks that the statement is signed by its sender and stands
in the log at its place, that the log's checkpoint is signed and cosigned as the policy asks, that the log's own
statements about keys give the sender a role in which it may say this, that the fields and attachments shown are those
that the statement commits to, and between which times it was made.

| exit code | verdict | means |
|---|---|---|
| 0 | proved | All of it holds against the keys and the policy that you gave. |
| 1 | changed | Something does not hold; the last line says what, and in which file of the bundle. |
| 2 | unusable | This is no bundle, or what you gave is no key or policy, or this computer cannot decide. |
| 3 | consistent | All of it holds, but whose log it is was not checked: you gave no key of the log. |

Anybody can make a bundle that is consistent with itself: a log of any name, with any statement in it. Give the keys and
the policy that you know from elsewhere. Nor does the verifier that lies in a bundle prove anything: run your own copy.

Specifications: RFC 6962 (tree), https://c2sp.org/signed-note, /tlog-checkpoint, /tlog-cosignature, /tlog-proof,
/tlog-policy; DSSE; RFC 8032 with canonical points of prime order only; RFC 8785 (JSON).
"""

import argparse
import base64
import contextlib
import datetime
import decimal
import functools
import hashlib
import io
import itertools
import json
import math
import re
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

# A bundle comes from anybody: each of these bounds what it can cost to read.
MOST_FILES = 200
MOST_DIRECTORY = 64 << 10  # bytes of the zip's list of files
MOST_BYTES = 256 << 20  # of all files together
MOST_TEXT = 8 << 20  # of a file that is no attachment
MOST_NOTE = 1_000_000
MOST_SIGNATURES = 100
MOST_LINES = 1000  # of a policy, or of the history of the log's keys
MOST_KEYS = 4000  # that statements about keys name: each is a point to be checked
MOST_HASHES = 63  # of a proof in the log
MOST_FIELD_HASHES = 16
MOST_FIELDS = 1 << MOST_FIELD_HASHES  # of a body
MOST_LINE = 500  # characters of a line of the answer
CANNOT = "this computer cannot check all cosignatures: ML-DSA-44 needs `cryptography` 47 or newer"

NEEDED = ("statement.json", "leaf.json", "proof.tlog-proof", "policy", "keys/log.vkey", "keys/sender.vkey")
OTHER = ("keys/log.history", "keys/events.json", "seen.note", "fields.json", "verify.py")
PAYLOAD_TYPE = "application/vnd.parley.statement+json"
STATEMENT = {
    "at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", "body_root": "[0-9a-f]{64}", "kind": "[a-z][a-z0-9-]{0,63}",
    "log": "[0-9a-f]{64}", "prev": "([0-9a-f]{64})?", "saw": "([0-9a-f]{64})?", "seq": r"0|[1-9]\d{0,15}", "v": "3",
}  # fmt: skip
RECEIVED = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"  # the centre's clock, in a leaf
DEPTH = 3  # how many levels of a body are opened into fields
POINTER = f"(?:/(?:[^/~]|~[01])*+){{1,{DEPTH}}}"  # RFC 6901
SIZE = "(?:0|[1-9][0-9]{0,18})"  # and at most 2^63 - 1
ED25519, COSIGNER, ML_DSA_44 = 0x01, 0x04, 0x06  # signature types
ROLES = {  # kind -> the roles that may make it (the table of Parley's `record/kinds.py`)
    "charter": ("desk",), "policy": ("desk",), "key-event": ("desk", "party"), "endorsement": ("party",),
    "shred-notice": ("desk",), "terms-version": ("desk",), "input": ("desk", "party", "person"),
    "report": ("desk", "party", "person"), "withdrawal": ("desk", "party", "person"),
    "act": ("desk", "party", "person"), "established": ("desk",),
    "place": ("desk",), "source": ("desk",),
    "input-part": ("desk", "party", "person"), "judgement": ("desk",), "weighing": ("desk",), "review": ("desk",),
    "model-proposal": ("desk",), "publication": ("desk",), "release": ("desk",), "overdue": ("desk",),
    "receipt": ("party",), "fault-accepted": ("desk", "party"),
}  # fmt: skip
GUARDED = ("parties", "k")  # what of a charter changes with endorsements only, as far as keys hang on it
KEY_EVENTS = {  # what a key event has, and what it may have: all of it text
    "register": ("event vkey role side", "recipient handles"), "certify": ("event vkey name", ""),
    "revoke": ("event key reason", ""), "lost": ("event key reason", "next"), "rotate": ("event vkey", ""),
}  # fmt: skip
KEY_SIZES = {ED25519: 32, COSIGNER: 32, ML_DSA_44: 1312}

Files = Mapping[str, bytes]


class Wrong(Exception):  # noqa: N818 - what is wrong, in words
    """Something that does not hold."""


class Unmet(Wrong):
    """Something that holds in itself, and is not what the reader asked for."""


class Unusable(Exception):  # noqa: N818 - as above
    """What was given is no bundle, or no key or policy, or cannot be decided on this computer."""


class NotChecked(Exception):  # noqa: N818 - as above
    """A signature of a kind that this computer cannot check."""


@contextlib.contextmanager
def part(name: str) -> Iterator[None]:
    """Name the file of the bundle in which something is wrong."""
    try:
        yield
    except Wrong as error:
        raise type(error)(f"{name}: {error}") from error


# Ed25519 points: the curve of RFC 8032, section 5.1, in plain integers.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

Extended = tuple[int, int, int, int]


def on_curve(data: bytes) -> tuple[int, int] | None:
    """The affine point that *data* spells canonically, or None (RFC 8032, 5.1.3)."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if len(data) != 32 or y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


def add(a: Extended, b: Extended) -> Extended:
    """The sum of two points in extended coordinates (x, y, z, t) (RFC 8032, 5.1.4)."""
    s, u = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    v, w = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = u - s, w - v, w + v, u + s
    return e * f % P, g * h % P, f * g % P, e * h % P


@functools.lru_cache(4096)
def prime_order(data: bytes) -> bool:
    """Whether *data* canonically spells a point of prime order."""
    point = on_curve(data)
    if point is None or point == (0, 1):
        return False
    doubled: Extended = (point[0], point[1], 1, point[0] * point[1] % P)
    total, scalar = (0, 1, 1, 0), ORDER
    while scalar:
        if scalar & 1:
            total = add(total, doubled)
        doubled = add(doubled, doubled)
        scalar >>= 1
    return total[0] == 0 and (total[1] - total[2]) % P == 0


def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether *signature* is that of the Ed25519 key *public* over *message*, strictly."""
    if len(signature) != 64 or not prime_order(public) or not prime_order(signature[:32]):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def signed_ml_dsa(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether *signature* is that of the ML-DSA-44 key *public* over *message* (FIPS 204, empty context)."""
    try:
        # Here and not above: all else runs with versions of the library that do not have it.
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    except (ImportError, UnsupportedAlgorithm) as error:
        raise NotChecked from error
    return True


# Encodings: each value has one spelling, any other is refused.


def plain_base64(text: str) -> bytes:
    """The bytes of strict base64."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Wrong(f"not base64: {text[:40]!r}") from error
    if base64.b64encode(data).decode() != text:
        raise Wrong(f"not canonical base64: {text[:40]!r}")
    return data


def read_hash(text: str) -> bytes:
    """The 32 bytes of a hash in base64."""
    data = plain_base64(text)
    if len(data) != 32:
        raise Wrong(f"not a hash: {text[:60]!r}")
    return data


def read_size(text: str) -> int:
    """A number of entries, below 2^63."""
    if not re.fullmatch(SIZE, text) or int(text) >= 1 << 63:
        raise Wrong(f"not a size: {text[:60]!r}")
    return int(text)


def read_text(data: bytes) -> str:
    """Text in UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Wrong(f"not UTF-8: {data[error.start : error.end]!r}") from error


def read_json(data: bytes) -> Any:
    """The value of JSON in its one spelling (RFC 8785)."""
    try:
        value = json.loads(
            read_text(data), object_pairs_hook=members, parse_int=whole, parse_float=fraction, parse_constant=fraction
        )
        if canonical(value).encode() == data:
            return value
    except (ValueError, RecursionError) as error:
        raise Wrong(f"not JSON: {error}") from error
    raise Wrong("not canonical JSON")


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; refuses one that names a member twice."""
    if len(dict(pairs)) != len(pairs):
        raise Wrong("a JSON object names a member twice")
    return dict(pairs)


def whole(text: str) -> int:
    """A JSON integer, below 2^53, as all JSON readers can hold it."""
    if len(text) > 17 or abs(int(text)) >= 1 << 53:
        raise Wrong(f"a number of 2^53 or above: {text[:20]}")
    return int(text)


def fraction(text: str) -> float:
    """A JSON number with a fraction or an exponent."""
    if not math.isfinite(float(text)):
        raise Wrong(f"not a number: {text[:20]}")
    return float(text)


encode = json.JSONEncoder(ensure_ascii=False).encode


def canonical(value: Any) -> str:
    """RFC 8785."""
    if isinstance(value, dict):
        order = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join([f"{canonical(name)}:{canonical(value[name])}" for name in order]) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return number(value)
    return str(value) if type(value) is int else encode(value)


def number(value: float) -> str:
    """A finite number as ECMAScript's Number::toString spells it (RFC 8785, 3.2.2.3): 0.DIGITS times 10^point."""
    sign, places, exponent = decimal.Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)
    digits, point = "".join(map(str, places)).rstrip("0"), len(places) + exponent
    if not digits:
        return "0"
    if 0 < point <= 21:
        text = digits[:point].ljust(point, "0") + (f".{digits[point:]}" if digits[point:] else "")
    elif -6 < point <= 0:
        text = f"0.{'0' * -point}{digits}"
    else:
        text = f"{digits[0]}{f'.{digits[1:]}' if digits[1:] else ''}e{point - 1:+d}"
    return f"-{text}" if sign else text


# The tree of RFC 6962.


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether *proof* leads from *leaf* at *index* to *root* (RFC 9162, 2.1.3.2)."""
    first, last, found = index, size - 1, leaf
    if not 0 <= index < size:
        return False
    for sibling in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            found = node_hash(sibling, found)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and found == root


# Keys and notes: https://c2sp.org/signed-note


class Key(NamedTuple):
    """A public key, its name and its signature type."""

    name: str
    kind: int
    public: bytes

    def digest(self) -> bytes:
        """SHA-256(name || 0x0A || type || public key), whose first four bytes are the key's ID in notes."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()

    def __str__(self) -> str:
        data = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.digest()[:4].hex()}+{data}"


class Note(NamedTuple):
    """A text and its signature lines: (name, key ID, signature)."""

    text: str
    lines: list[tuple[str, bytes, bytes]]

    def by(self, key: Key) -> list[bytes]:
        """The signatures that claim to be of *key*."""
        own = key.name, key.digest()[:4]
        return [signature for name, ident, signature in self.lines if (name, ident) == own]


def is_key_name(name: str) -> bool:
    """Whether *name* may name a key: not empty, without spaces, control characters and plus."""
    return name != "" and not any(char.isspace() or char < " " or char == "+" for char in name)


def read_key(text: str, *kinds: int) -> Key:
    """The key of a key string, of one of the signature types *kinds*."""
    name, _, rest = text.partition("+")
    data = plain_base64(rest.partition("+")[2])
    try:
        key = Key(name, data[0], data[1:])
        sized = key.kind in kinds and len(key.public) == KEY_SIZES[key.kind]
        if is_key_name(name) and text.isprintable() and sized and str(key) == text:
            return key
    except (IndexError, UnicodeEncodeError):
        pass
    raise Wrong(f"not a key, or not of the type that is wanted here: {text[:60]!r}")


def read_key_file(data: bytes) -> Key:
    """The Ed25519 key in a file of one line."""
    key, end, more = read_text(data).partition("\n")
    if not end or more:
        raise Wrong("a key's file has one line")
    return read_key(key, ED25519)


def read_note(data: bytes) -> Note:
    """A note; no signature is verified here."""
    if len(data) > MOST_NOTE:
        raise Wrong(f"a note of more than {MOST_NOTE} bytes")
    content = read_text(data)
    if re.search(r"[\x00-\x09\x0b-\x1f]", content):
        raise Wrong("a note with control characters")
    text, blank, lines = content.rpartition("\n\n")
    if not blank or not lines.endswith("\n") or lines.count("\n") > MOST_SIGNATURES:
        raise Wrong(f"a note without signatures, or with more than {MOST_SIGNATURES}")
    return Note(text + "\n", [read_signature(line) for line in lines[:-1].split("\n")])


def read_signature(line: str) -> tuple[str, bytes, bytes]:
    """(name, key ID, signature) of a signature line."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\N{EM DASH}" or not is_key_name(parts[1]):
        raise Wrong("a note with a malformed signature line")
    data = plain_base64(parts[2])
    if len(data) < 5:
        raise Wrong("a note with a signature that is too short")
    return parts[1], data[:4], data[4:]


def signed_by(note: Note, key: Key) -> bool:
    """Whether the log's key *key* has signed the note, in every line that claims so."""
    own = note.by(key)
    return bool(own) and all(signed(key.public, signature, note.text.encode()) for signature in own)


# Checkpoints and cosignatures: https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-cosignature


class Checkpoint(NamedTuple):
    """The head of a log."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text spells."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise Wrong("a checkpoint has three or more lines, none empty")
    return Checkpoint(lines[0], read_size(lines[1]), read_hash(lines[2]))


def cosigned_message(key: Key, text: str, time: int) -> bytes:
    """What the cosigner *key* signs under the checkpoint *text*."""
    if key.kind == COSIGNER:
        return f"cosignature/v1\ntime {time}\n{text}".encode()
    origin, size, root = read_checkpoint(text)
    whole_tree = bytes(8) + size.to_bytes(8, "big")  # from entry 0
    return b"subtree/v1\n\0" + short(key.name) + time.to_bytes(8, "big") + short(origin) + whole_tree + root


def short(text: str) -> bytes:
    """A name with its length before it."""
    data = text.encode()
    if not 1 <= len(data) <= 255:
        raise Wrong("a name of more than 255 bytes cannot be cosigned with ML-DSA-44")
    return bytes([len(data)]) + data


def cosigned_at(note: Note, key: Key) -> list[int]:
    """When the cosigner *key* cosigned the checkpoint *note*, POSIX seconds, the earliest first.

    A cosignature of a known key that does not verify makes the whole note wrong, as signed-note advises. Raises
    NotChecked where this computer cannot tell.
    """
    times = []
    for line in note.by(key):
        time, signature = int.from_bytes(line[:8], "big"), line[8:]
        verify = signed_ml_dsa if key.kind == ML_DSA_44 else signed
        if not 0 < time < 1 << 63 or not verify(key.public, signature, cosigned_message(key, note.text, time)):
            raise Wrong(f"the cosignature by {key.name} does not verify")
        times.append(time)
    return sorted(times)


class Cosigned(NamedTuple):
    """The witnesses whose cosignatures under a note verify, with their times, and those that cannot be checked here."""

    times: dict[str, list[int]]
    unchecked: list[str]


def cosigned_by(note: Note, witnesses: Mapping[str, Key]) -> Cosigned:
    """Which of *witnesses* cosigned the checkpoint *note*."""
    cosigned = Cosigned({}, [])
    for name, key in witnesses.items():
        try:
            if times := cosigned_at(note, key):
                cosigned.times[name] = times
        except NotChecked:
            cosigned.unchecked.append(name)
    return cosigned


# Policies: https://c2sp.org/tlog-policy


class Policy(NamedTuple):
    """Logs, witnesses by name, groups by name as (least, members) in their order, and the quorum's name or `none`."""

    logs: list[Key]
    witnesses: dict[str, Key]
    groups: dict[str, tuple[int, list[str]]]
    quorum: str


def read_policy(data: bytes) -> Policy:
    """The policy of a file."""
    text = data.decode("utf-8", "surrogateescape")  # names are opaque bytes
    lines = text.split("\n")
    if lines.pop() or len(lines) > MOST_LINES or re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        raise Wrong(f"not a policy: {MOST_LINES} lines at most, each with its end, without control characters")
    policy, quorums = Policy([], {}, {}, ""), []
    for line in lines:
        word, *words = re.split(r"[ \t]+", line.strip(" \t"))
        if word == "log" and len(words) in (1, 2):
            policy.logs.append(read_key(words[0], ED25519, ML_DSA_44))
        elif word == "witness" and len(words) in (2, 3):
            policy.witnesses[new_name(policy, words[0])] = read_key(words[1], COSIGNER, ML_DSA_44)
        elif word == "group" and len(words) >= 3:
            policy.groups[new_name(policy, words[0])] = read_group(policy, words[1], words[2:])
        elif word == "quorum" and len(words) == 1 and words[0] in {"none", *policy.witnesses, *policy.groups}:
            quorums.append(words[0])
        elif word and not word.startswith("#"):
            raise Wrong(f"policy: {line[:60]!r}")
    for keys in (policy.logs, list(policy.witnesses.values())):
        if len({key.public for key in keys}) < len(keys):
            raise Wrong("policy: a key is there twice")
    if len(quorums) != 1:
        raise Wrong("policy: one line says the quorum")
    return policy._replace(quorum=quorums[0])


def new_name(policy: Policy, name: str) -> str:
    """*name*, which nothing else in the policy has."""
    if name == "none" or name in policy.witnesses or name in policy.groups:
        raise Wrong(f"policy: the name {name[:60]!r} is taken")
    return name


def read_group(policy: Policy, word: str, names: list[str]) -> tuple[int, list[str]]:
    """A group of what stands on lines before and is in no group yet: so a policy is a tree, and no path is a cycle."""
    taken = {member for _, others in policy.groups.values() for member in others}
    known = {*policy.witnesses, *policy.groups} - taken
    if len(set(names)) < len(names) or not known.issuperset(names):
        raise Wrong("policy: a group's members stand on lines before, each in one group only")
    numeral = {"all": str(len(names)), "any": "1"}.get(word, word)
    if not re.fullmatch("[1-9][0-9]{0,3}", numeral) or int(numeral) > len(names):
        raise Wrong(f"policy: {word[:20]!r} of {len(names)} members cannot be")
    return int(numeral), names


def met(policy: Policy, name: str, present: Iterable[str]) -> bool:
    """Whether the witnesses *present* meet the group, witness or `none` called *name*."""
    reached = {"none", *present}
    for group, (least, names) in policy.groups.items():  # members come before their groups
        if sum(member in reached for member in names) >= least:
            reached.add(group)
    return name in reached


def undecided(policy: Policy, name: str, cosigned: Cosigned) -> bool:
    """Whether it hangs on cosignatures that cannot be checked here if the group or witness called *name* is met."""
    return not met(policy, name, cosigned.times) and met(policy, name, [*cosigned.times, *cosigned.unchecked])


def under(policy: Policy, name: str) -> list[str]:
    """The witnesses under the group or witness called *name*."""
    found = {witness: [witness] for witness in policy.witnesses}
    for group, (_, names) in policy.groups.items():
        found[group] = [witness for member in names for witness in found[member]]
    return found.get(name, [])


def borne(policy: Policy) -> int:
    """How many dishonest witnesses the quorum bears: one less than two quorums share at the least.

    Two sets of k of n members share 2k - n of them; those that are split with the fewest dishonest witnesses count.
    """
    shared = dict.fromkeys(policy.witnesses, 1)
    for group, (least, names) in policy.groups.items():
        shared[group] = sum(sorted(shared[member] for member in names)[: max(0, 2 * least - len(names))])
    return max(0, shared.get(policy.quorum, 0) - 1)


# The history of the log's keys.


class Loss(NamedTuple):
    """A key in wrong hands: beyond the tree of *size* entries with *root*, its signature alone does not count."""

    key: Key
    size: int
    root: bytes
    by: Key


class History(NamedTuple):
    """How the log's keys followed each other, (old, new), and which were lost."""

    changes: list[tuple[Key, Key]]
    losses: list[Loss]

    def following(self, pinned: Key) -> list[Key]:
        """*pinned* and the keys that followed it."""
        last, keys = pinned, {pinned: None}
        for old, new in self.changes:
            if old == last and new not in keys:
                last, keys[new] = new, None
        return list(keys)


def read_history(data: bytes) -> History:
    """The history; every signature in it is verified."""
    lines = read_text(data).split("\n")
    if lines.pop() or len(lines) > MOST_LINES:
        raise Wrong(f"the history of the log's keys: {MOST_LINES} lines at most, each with its end")
    history = History([], [])
    for line in lines:
        match line.split(" "):
            case ["change", old, new, by_old, by_new]:
                history.changes.append(read_change(old, new, by_old, by_new))
            case ["lost", key, size, root, by, signature]:
                history.losses.append(read_loss(key, size, root, by, signature))
            case _:
                raise Wrong("the history of the log's keys has a malformed line")
    return history


def read_change(old: str, new: str, by_old: str, by_new: str) -> tuple[Key, Key]:
    """(old, new) of a change, signed by both."""
    keys = read_key(old, ED25519), read_key(new, ED25519)
    message = f"parley/key-change/v1\n{old}\n{new}\n".encode()
    for key, signature in zip(keys, (by_old, by_new), strict=True):
        if keys[0].name != key.name or not signed(key.public, plain_base64(signature), message):
            raise Wrong("a change in the history of the log's keys is not signed by both of one name")
    return keys


def read_loss(key: str, size: str, root: str, by: str, signature: str) -> Loss:
    """A loss, signed by the key that declares it."""
    loss = Loss(read_key(key, ED25519), read_size(size), read_hash(root), read_key(by, ED25519))
    if not signed(loss.by.public, plain_base64(signature), f"parley/key-lost/v1\n{key}\n{size}\n{root}\n".encode()):
        raise Wrong("a loss in the history of the log's keys is not signed")
    return loss


def still_counts(key: Key, keys: list[Key], losses: list[Loss], head: Checkpoint, cosigned: bool) -> bool:
    """Whether *key* alone vouches for *head*: a lost one, for what a later key confirms or witnesses saw before."""
    later = keys[keys.index(key) + 1 :]
    return all(
        (head.size, head.root) == (loss.size, loss.root) or (cosigned and head.size < loss.size)
        for loss in losses
        if loss.key == key and loss.by in later
    )


# The bundle's files: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
#
# A zip has a list of its files at its end, and a header before each file. Some programs go by the one, some by the
# other, and most by what lies between. Here both say the same, and nothing lies between: whoever opens the bundle with
# another program finds the files that were checked.


def read_bundle(path: str | Path) -> dict[str, bytes]:
    """Every file of a bundle by its name, in memory; raises Unusable for anything else."""
    try:
        if not Path(path).is_file():
            raise Unusable("not a bundle: no such file")
        with Path(path).open("rb") as file:
            count, end = check_end(file)
            with zipfile.ZipFile(file) as archive:
                if len(archive.infolist()) != count:
                    raise Unusable("not a bundle: its list of files is cut short")
                return read_members(file, archive.infolist(), end)
    except Unusable:
        raise
    except Exception as error:  # zipfile raises errors of a dozen kinds for what is no zip
        raise Unusable(f"not a bundle: {str(error) or type(error).__name__}") from error


def check_end(file: BinaryIO) -> tuple[int, int]:
    """(how many files, where they end) by the end of a zip; before `zipfile` reads its list, however long that is."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 42))
    tail = file.read()
    before, end = tail[:-22], tail[-22:]
    if len(end) < 22 or end[:4] != b"PK\5\6" or end[-2:] != b"\0\0":
        raise Unusable("not a bundle: no zip, or one with something behind it")
    if before[:4] == b"PK\6\7":
        raise Unusable("not a bundle: a zip of the 64-bit form")
    count, length = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if count > MOST_FILES or length > MOST_DIRECTORY:
        raise Unusable(f"not a bundle: more than {MOST_FILES} files")
    return count, size - len(end) - length


def read_members(file: BinaryIO, members: list[zipfile.ZipInfo], end: int) -> dict[str, bytes]:
    """The files of a zip, within bounds that no header can lift, one behind the other from its first byte to *end*."""
    files: dict[str, bytes] = {}
    left = MOST_BYTES
    file.seek(0)
    for member in members:
        name = member.filename
        check_member(member)
        if name in files:
            raise Unusable(f"the name {name} stands in the bundle twice")
        if member.header_offset != file.tell():
            raise Unusable(f"not a bundle: something lies before {name}")
        files[name] = read_member(file, member, left if name.startswith("attachments/") else min(left, MOST_TEXT))
        left -= len(files[name])
    if file.tell() != end:
        raise Unusable("not a bundle: something lies behind its files")
    if missing := [name for name in NEEDED if name not in files]:
        raise Unusable(f"not a bundle: no {missing[0]}")
    return files


def check_member(member: zipfile.ZipInfo) -> None:
    """Check that a file of the zip is one that a bundle has."""
    name = member.filename
    known = name in NEEDED + OTHER or re.fullmatch("attachments/[0-9a-f]{64}", name)
    if not known or name != member.orig_filename:  # `zipfile` ends a name at a zero byte
        raise Unusable(f"a name that no bundle has: {member.orig_filename[:80]!r}")
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG) or member.flag_bits & ~0x0806:
        raise Unusable(f"{name} is no plain file, or enciphered, or its header does not say how long it is")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unusable(f"{name} is compressed in a way that no bundle is")
    if member.extra or member.comment:  # some programs take another name from there
        raise Unusable(f"{name} has an extra field or a comment, as no bundle has")


def read_member(file: BinaryIO, member: zipfile.ZipInfo, most: int) -> bytes:
    """The content of the file whose header comes next, which must say what the list says of it."""
    mark, _, flags, method, _, _, crc, packed, size, name, extra = struct.unpack("<4s5H3L2H", file.read(30))
    listed = member.flag_bits, member.compress_type, member.CRC, member.compress_size, member.file_size, 0
    if (mark, flags, method, crc, packed, size, extra) != (b"PK\3\4", *listed):
        raise Unusable(f"{member.filename}: its header and the list of files differ")
    if file.read(name) != member.filename.encode():
        raise Unusable(f"{member.filename} has another name in its header")
    if max(packed, size) > most + (1 << 16):  # what does not shrink grows by some bytes
        raise Unusable(f"{member.filename} holds more than {most} bytes")
    data = file.read(packed)
    if method == zipfile.ZIP_DEFLATED:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        data = inflate.decompress(data, most + 1)
        if len(data) <= most and (not inflate.eof or inflate.unused_data):
            raise Unusable(f"{member.filename} is damaged")
    if len(data) > most:
        raise Unusable(f"{member.filename} holds more than {most} bytes")
    if (zlib.crc32(data), len(data)) != (crc, size):
        raise Unusable(f"{member.filename} is damaged")
    return data


# What is checked.


class Statement(NamedTuple):
    """What a sender signed, and the members of the leaf entry that commits to it but for `received`."""

    said: dict[str, Any]
    payload: bytes
    sender: str
    signature: bytes
    commits: dict[str, Any]

    def check_leaf(self, leaf: bytes) -> str:
        """When the centre received the statement, by the leaf entry *leaf*, which must commit to it."""
        given = read_json(leaf)
        received = given.get("received") if isinstance(given, dict) else None
        if leaf != canonical({**self.commits, "received": received}).encode():
            raise Wrong("the leaf entry does not commit to the statement")
        if type(received) is not str or not re.fullmatch(RECEIVED, received, re.ASCII):
            raise Wrong("the leaf entry does not say when the statement was received")
        check_time(received, "microseconds")
        return received

    def check_signature(self, key: Key) -> None:
        """Check that *key* has signed."""
        message = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(self.payload), self.payload)
        if key.digest().hex() != self.sender or not signed(key.public, self.signature, message):
            raise Wrong("the sender's signature does not verify")


def read_statement(envelope: bytes) -> Statement:
    """The statement in an envelope; its signature is not verified here."""
    outer = read_json(envelope)
    try:
        (line,) = outer["signatures"]
        payload, sender, signature = plain_base64(outer["payload"]), line["keyid"], plain_base64(line["sig"])
        if (len(outer), len(line), outer["payloadType"]) != (3, 2, PAYLOAD_TYPE):
            raise Wrong("the envelope is not of a statement")
    except (KeyError, TypeError, ValueError) as error:
        raise Wrong(f"the envelope is not of a statement: {error}") from error
    said = read_json(payload)
    if not isinstance(said, dict) or set(said) != set(STATEMENT):
        raise Wrong(f"a statement has {', '.join(STATEMENT)} and nothing else")
    for name, form in STATEMENT.items():
        kind = int if name in ("seq", "v") else str
        if type(said[name]) is not kind or not re.fullmatch(form, str(said[name]), re.ASCII):
            raise Wrong(f"the statement's {name} is malformed")
    check_time(said["at"])
    leaf = {name: said[name] for name in ("body_root", "kind", "log", "prev", "saw", "v")} | {
        "envelope": hashlib.sha256(envelope).hexdigest(), "sender": sender, "sender_seq": said["seq"],
    }  # fmt: skip
    return Statement(said, payload, sender, signature, leaf)


def check_time(text: str, digits: str = "auto") -> None:
    """Check that there is such a time, and that it is spelt as it must be."""
    try:
        if datetime.datetime.fromisoformat(text).isoformat(timespec=digits) == text.replace("Z", "+00:00"):
            return
    except ValueError:
        pass
    raise Wrong(f"there is no such time: {text}")


class Known(NamedTuple):
    """What the reader knows from elsewhere; where that is None, the bundle's own is taken, and it is said."""

    key: Key | None = None
    policy: Policy | None = None
    sender: Key | None = None

    def pins_log(self) -> bool:
        """Whether the reader knows a key of the log; else the bundle can be anybody's."""
        return self.key is not None or (self.policy is not None and bool(self.policy.logs))

    def given(self) -> str:
        """What the reader gave, in words."""
        policy = "the policy" if self.key is not None else "the policy (it lists the log's key)"
        parts = ((self.key, "the log's key"), (self.policy, policy), (self.sender, "the sender's key"))
        names = [name for one, name in parts if one is not None]
        return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


class Holds(NamedTuple):
    """A sentence on what was checked and holds."""

    text: str


class Remark(NamedTuple):
    """A sentence on what was not checked, or proves nothing by itself."""

    text: str


Said = Iterator[Holds | Remark]


def check(files: Files, known: Known) -> Said:
    """Check a bundle's files, a step for each promise; say what holds. Raises Wrong at the first thing that does not.

    A further step is a further line here; a file that it reads stands in `OTHER`.
    """
    with part("statement.json"):
        statement = read_statement(files["statement.json"])
    with part("policy"):
        own = read_policy(files["policy"])
    policy = known.policy or own
    yield from check_sender(files, statement, known.sender)
    with part("leaf.json"):
        received = statement.check_leaf(files["leaf.json"])
    index, note = check_place(files)
    cosigned = check_cosigned(note, policy)
    yield from check_log(files, note, index, known, policy, cosigned)
    yield Holds(f"received {received} by the centre's clock")
    yield from check_role(files, statement, index, note)
    witnessed: Said = itertools.chain(
        check_witnesses(policy, cosigned, known), check_seen(files, statement.said["saw"], policy)
    )
    if known.policy is None:
        yield Remark("you gave no policy, so no witnesses were asked for (--policy)")
        witnessed = (Remark(f"by the bundle's own policy: {one.text}") for one in witnessed)
    elif own != policy:
        yield Remark("the bundle's own policy is another one; yours was used")
    yield from witnessed
    yield from check_fields(files, bytes.fromhex(statement.said["body_root"]))


def check_sender(files: Files, statement: Statement, sender: Key | None) -> Said:
    """Check the statement's signature."""
    with part("keys/sender.vkey"):
        key, said = read_key_file(files["keys/sender.vkey"]), statement.said
        if key.digest().hex() != statement.sender:
            raise Wrong("the sender's key is not the one that the envelope names")
        if sender not in (None, key):
            raise Unmet(f"signed by {key.name} (key {statement.sender}), not by the sender whose key you gave")
    with part("statement.json"):
        statement.check_signature(key)
    what = f"a {said['kind']}, its statement {said['seq']}, dated {said['at']}"
    who = f"a key named {key.name}" if sender is None else key.name  # anybody can give his key any name
    yield Holds(f"signed by {who} (key {statement.sender}): {what}")
    if sender is None:
        yield Remark("the sender's key is the bundle's own; give the one that you know to check who signed (--sender)")


def check_place(files: Files) -> tuple[int, Note]:
    """(index, checkpoint) of the leaf entry's place in the log."""
    with part("proof.tlog-proof"):
        index, proof, note = read_proof(files["proof.tlog-proof"])
        _, size, root = read_checkpoint(note.text)
        if not included(leaf_hash(files["leaf.json"]), index, size, proof, root):
            raise Wrong("the proof does not lead from the leaf entry to the checkpoint")
    return index, note


def read_proof(data: bytes) -> tuple[int, list[bytes], Note]:
    """(index, hashes, checkpoint) of a proof file: https://c2sp.org/tlog-proof"""
    head, _, checkpoint = data.partition(b"\n\n")
    first, *lines = read_text(head).split("\n")
    if lines and lines[0].startswith("extra "):
        plain_base64(lines.pop(0).removeprefix("extra "))
    if first != "c2sp.org/tlog-proof@v1" or not lines or not lines[0].startswith("index "):
        raise Wrong("not a tlog-proof")
    if len(lines) > 1 + MOST_HASHES:
        raise Wrong(f"a tlog-proof of more than {MOST_HASHES} hashes")
    return read_size(lines[0].removeprefix("index ")), [read_hash(line) for line in lines[1:]], read_note(checkpoint)


# Who may say what: by the log's own public statements, which the bundle shows.


class Event(NamedTuple):
    """A public statement of the log: its entry, what was signed, and its body."""

    entry: int
    statement: Statement
    body: dict[str, Any]

    @property
    def kind(self) -> str:
        """What it is called."""
        return str(self.statement.said["kind"])

    @property
    def sender(self) -> str:
        """The digest of the key that made it."""
        return self.statement.sender


class Holder(NamedTuple):
    """A key's role and side, the first entry that it may make, and the first that it may not any more (or None)."""

    key: Key
    role: str
    side: str
    since: int
    until: int | None = None


class Waiting(NamedTuple):
    """A change that holds once *least* of *sides* have endorsed it."""

    event: Event
    least: int
    sides: set[str]
    endorsed: set[str]


def check_role(files: Files, statement: Statement, index: int, note: Note) -> Said:
    """Check that the log's key events give the sender a role in which it may say this, for this log."""
    log = read_key_file(files["keys/log.vkey"]).digest().hex()
    if statement.said["log"] != log:
        raise Wrong("statement.json: it was made for another log")
    if "keys/events.json" not in files:
        raise Wrong("keys/events.json: the bundle does not show who gave the sender its key")
    with part("keys/events.json"):
        events = list(read_events(files["keys/events.json"], note))
        holder = follow(events, log).get(statement.sender)
        if holder is None or index < holder.since or (holder.until is not None and index >= holder.until):
            raise Wrong("by the log's key events that it shows, the sender's key did not count for this statement")
    kind = statement.said["kind"]
    if holder.role not in ROLES.get(kind, ()):
        raise Wrong(f"statement.json: the key of a {holder.role} may not make a {kind}")
    # Nobody can show that there is no other: whoever has the whole log sees whether one was left out.
    if any(event.entry == 0 and event.body.get("exercise") is True for event in events):
        yield Remark("EXERCISE: by its charter, everything in this centre is invented")
    yield Holds(f"in the role {holder.role} of {holder.side}, by the log's key events that the bundle shows")


def read_events(data: bytes, note: Note) -> Iterator[Event]:
    """The public statements in a file, each held against the checkpoint."""
    listed = read_json(data)
    _, size, root = read_checkpoint(note.text)
    if not isinstance(listed, list) or len(listed) > MOST_LINES:
        raise Wrong(f"not a list of at most {MOST_LINES} statements")
    if len(re.findall(rb"\+[0-9a-f]{8}\+A", data)) > MOST_KEYS:
        raise Wrong(f"statements that name more than {MOST_KEYS} keys")
    before = -1
    for one in listed:
        try:
            if list(one) != ["body", "envelope", "index", "leaf", "proof", "secret"]:
                raise Wrong("a statement that is not shown as it must be")
            body, envelope, index, leaf, proof, secret = one.values()
            statement = read_statement(envelope.encode())
            statement.check_leaf(leaf.encode())
            if type(proof) is not list or len(proof) > MOST_HASHES:
                raise Wrong("a statement that is not shown as it must be")
            hashes = [read_hash(text) for text in proof]
            if type(index) is not int or index <= before:
                raise Wrong("the statements about keys are not in their order")
            if not included(leaf_hash(leaf.encode()), index, size, hashes, root):
                raise Wrong(f"entry {index} is not in the log")
            if body_root(body, read_hash(secret)) != statement.said["body_root"]:
                raise Wrong(f"entry {index} does not commit to its body")
        except (AttributeError, TypeError) as error:
            raise Wrong(f"a statement that is not shown as it must be: {error}") from error
        before = index
        yield Event(index, statement, body)


def body_root(body: Any, secret: bytes) -> str:
    """The root that commits to every field of *body*, in hex (docs/statement.md)."""
    if not isinstance(body, dict):
        raise Wrong("a body is a JSON object")
    fields = list(itertools.islice(open_fields(body, "", DEPTH), MOST_FIELDS + 1))
    if len(fields) > MOST_FIELDS:
        raise Wrong(f"a body of more than {MOST_FIELDS} fields")
    count = max(16, 1 << (len(fields) - 1).bit_length())
    salts = hashlib.shake_256(b"parley/salts/v1\n" + secret).digest(32 * count)
    leaves = []
    for number in range(count):
        salt = salts[32 * number : 32 * number + 32]
        field = f"[{canonical(fields[number][0])},{canonical(fields[number][1])}]" if number < len(fields) else ""
        leaves.append(leaf_hash(salt + field.encode()))
    leaves.sort()
    while len(leaves) > 1:
        leaves = [node_hash(leaves[place], leaves[place + 1]) for place in range(0, len(leaves), 2)]
    return leaves[0].hex()


def open_fields(value: Any, above: str, depth: int) -> Iterator[tuple[str, Any]]:
    """The fields below *value* as (pointer, value), opened *depth* levels, by name."""
    names = sorted(value) if isinstance(value, dict) else range(len(value))
    for place in names:
        name, item = str(place).replace("~", "~0").replace("/", "~1"), value[place]
        if depth > 1 and item and isinstance(item, dict | list):
            yield from open_fields(item, f"{above}/{name}", depth - 1)
        else:
            yield f"{above}/{name}", item


@dataclass
class Roles:
    """Who holds which role, by the public statements so far; the charter; and the changes that wait, by their entries.

    *proposed* are the keys that somebody asked for in place of a lost one: nobody else can take them meanwhile.
    """

    holders: dict[str, Holder] = field(default_factory=dict)
    charter: dict[str, Any] = field(default_factory=dict)
    waiting: dict[int, Waiting] = field(default_factory=dict)
    proposed: set[str] = field(default_factory=set)

    def parties(self) -> set[str]:
        """The parties that have a key, or that the charter names."""
        held = (one.side for one in self.holders.values() if one.role == "party")
        return {*self.charter.get("parties", {}), *held}

    def register(self, text: str, role: str, side: str, held: int) -> None:
        """Give the key *text* a role from the entry after *held* on; a key keeps the first that it was given."""
        key = read_sound_key(text)
        self.holders.setdefault(key.digest().hex(), Holder(key, role, side, held + 1))

    def new(self, text: str) -> str:
        """The digest of the key *text*, which must be nobody's so far."""
        digest = read_sound_key(text).digest().hex()
        if digest in self.holders or digest in self.proposed:
            raise Wrong("the key is registered already, or proposed in place of a lost one")
        return digest

    def is_last_desk(self, holder: Holder) -> bool:
        """Whether *holder* is the only key of the desk that counts."""
        return [one for one in self.holders.values() if one.role == "desk" and one.until is None] == [holder]


def follow(events: Iterable[Event], log: str) -> dict[str, Holder]:
    """Who holds which role in *log* after *events*.

    One that its sender may not make, that cannot be read or was made for another log changes nothing.
    """
    roles = Roles()
    for event in events:
        if event.entry == 0:
            found(roles, event)
        by = roles.holders.get(event.statement.sender)
        if by is None or by.until is not None or event.statement.said["log"] != log:
            continue
        event.statement.check_signature(by.key)
        if by.role in ROLES.get(event.kind, ()):
            with contextlib.suppress(Wrong):
                take(roles, event, by)
    return roles.holders


def found(roles: Roles, event: Event) -> None:
    """Take whoever signed entry 0 as the desk."""
    desk = event.body.get("desk")
    if event.kind != "charter" or type(desk) is not str or read_key(desk, ED25519).digest().hex() != event.sender:
        raise Wrong("entry 0 is no charter that names the key that signed it as the desk's")
    roles.register(desk, "desk", "centre", -1)


def take(roles: Roles, event: Event, by: Holder) -> None:
    """Let *event*, made by *by*, change *roles*, at once or once enough have endorsed it; raises Wrong if it cannot."""
    check_form(event.kind, event.body)
    if event.kind == "endorsement":
        endorse(roles, event.body["entry"], event.body["envelope"], by.side, event.entry)
    elif event.kind in ("charter", "key-event"):
        sides = roles.parties()
        least = roles.charter.get("k") or len(sides)  # a charter's k is at most the number of its own parties
        endorsed = {by.side} if by.role == "party" else set()
        if is_free(roles, event, by) or len(endorsed) >= least:
            change(roles, event, event.entry)
        else:
            roles.waiting[event.entry] = Waiting(event, least, sides, endorsed)


def endorse(roles: Roles, entry: int, envelope: str, side: str, held: int) -> None:
    """Count *side* for the change at *entry*, and carry it out from *held* on once enough have endorsed it."""
    waiting = roles.waiting.get(entry)
    if waiting is None or waiting.event.statement.commits["envelope"] != envelope or side not in waiting.sides:
        raise Wrong(f"entry {entry}, as it is named, does not wait for {side}")
    if len(waiting.endorsed | {side}) >= waiting.least:
        change(roles, waiting.event, held)
        del roles.waiting[entry]
    waiting.endorsed.add(side)


def is_free(roles: Roles, event: Event, by: Holder) -> bool:
    """Whether *event*, made by *by*, needs no endorsements; raises Wrong where none would help."""
    body = event.body
    if event.kind == "charter":
        if event.entry and body.get("exercise", False) != roles.charter.get("exercise", False):
            raise Wrong("whether a centre is an exercise is fixed where it is made")
        return all(body.get(one) == roles.charter.get(one) for one in GUARDED)
    if body["event"] == "register":
        roles.new(body["vkey"])
        if (body["role"], body["side"]) == (by.role, by.side):  # the next key of whoever has one
            return True
        if by.role != "desk":
            raise Wrong(f"a key of {by.side} registers no key of {body['side']}")
        first = body["side"] not in {one.side for one in roles.holders.values()}
        return first and (not roles.charter.get("parties") or body["side"] in roles.charter["parties"])
    if body["event"] in ("revoke", "lost"):
        holder = roles.holders.get(body["key"])
        if holder is None or holder.until is not None:
            raise Wrong("it names no key that counts")
        if "next" in body:
            roles.proposed.add(roles.new(body["next"]))
        return holder.side == by.side
    if body["event"] == "certify":
        roles.new(body["vkey"])
    return True


def change(roles: Roles, event: Event, held: int) -> None:
    """Carry out what *event* changes, from the entry after *held* on; raises Wrong, changing nothing, if it cannot."""
    body = event.body
    if event.kind == "charter":
        roles.charter = body
        for side, party in body.get("parties", {}).items():
            for text in party["keys"]:
                roles.register(text, "party", side, held)
    elif body["event"] == "register":
        roles.register(body["vkey"], body["role"], body["side"], held)
    elif body["event"] == "certify":
        roles.register(body["vkey"], "person", roles.holders[event.sender].side, held)
    elif body["event"] in ("revoke", "lost"):
        gone = roles.holders[body["key"]]
        if "next" not in body and roles.is_last_desk(gone):
            raise Wrong("the desk's only key is followed by a next one")
        if gone.until is None:  # else it was revoked meanwhile, and stays so from then on
            roles.holders[body["key"]] = gone._replace(until=held + 1)
        if "next" in body:
            roles.register(body["next"], gone.role, gone.side, held)


def check_form(kind: str, body: dict[str, Any]) -> None:
    """Check the form of a body on which roles hang; raises Wrong."""
    try:
        if kind == "charter":
            check_charter(body)
        elif kind == "key-event":
            check_key_event(body)
        elif kind == "endorsement":
            check_members(body, {"entry": int, "envelope": str})
    except (AttributeError, KeyError, TypeError) as error:
        raise Wrong(f"not the body of a {kind}: {error}") from error


def check_members(body: Any, needed: Mapping[str, type], allowed: Mapping[str, type] | None = None) -> None:
    """Check that *body* is an object of the members *needed*, of those *allowed*, and of no other."""
    types = {**(allowed or {}), **needed}
    if not needed.keys() <= body.keys() or any(type(value) is not types.get(name) for name, value in body.items()):
        raise Wrong(f"it has {', '.join(needed)}")


def check_charter(body: dict[str, Any]) -> None:
    """Check what a charter says of keys, parties, k and shredding; whatever else it says is the centre's."""
    if "desk" in body:
        read_sound_key(body["desk"])
    if "succeeds" in body:
        check_members(body["succeeds"], {"origin": str, "key": str, "size": int, "root": str})
    parties, keys = body.get("parties", {}), []
    for side, party in parties.items():
        check_members(party, {"keys": list}, {"names": list})
        keys += [read_sound_key(text) for text in party["keys"]]
        if side in ("", "centre") or not side.isprintable():
            raise Wrong(f"{side!r} cannot name a party")
    k = body.get("k", len(parties))
    if len(set(keys)) < len(keys) or type(k) is not int or not min(1, len(parties)) <= k <= len(parties):
        raise Wrong("a key is that of one party, and k from 1 to the number of parties")
    for rule in body.get("shredding", {}).values():
        check_members(rule, {"kinds": list, "days": int})
        if rule["days"] < 0 or not all(type(kind) is str for kind in rule["kinds"]):
            raise Wrong("a rule for shredding has kinds, and days from 0 on")


def check_key_event(body: dict[str, Any]) -> None:
    """Check what a key event says; its keys are read where they are registered."""
    needed, allowed = KEY_EVENTS.get(body["event"], ("", ""))
    check_members(body, dict.fromkeys(needed.split(), str), dict.fromkeys(allowed.split(), str))
    if body["event"] == "register":
        if (body["role"], body["side"] == "centre") not in (("desk", True), ("party", False)):
            raise Wrong("a key is registered for the centre's desk, or for a party")
        if not body["side"] or not body["side"].isprintable():
            raise Wrong(f"{body['side']!r} cannot name a side")


def read_sound_key(text: Any) -> Key:
    """The Ed25519 key of a key string in a statement, of prime order."""
    if type(text) is not str:
        raise Wrong("a key is a text")
    key = read_key(text, ED25519)
    if not prime_order(key.public):
        raise Wrong("not an Ed25519 key")
    return key


def check_cosigned(note: Note, policy: Policy) -> Cosigned:
    """Who of the policy's witnesses cosigned the checkpoint."""
    with part("proof.tlog-proof"):
        return cosigned_by(note, policy.witnesses)


def check_log(files: Files, note: Note, index: int, known: Known, policy: Policy, cosigned: Cosigned) -> Said:
    """Check that the checkpoint is signed by the log: by the key that is known, or by one that followed it."""
    head = read_checkpoint(note.text)
    with part("keys/log.vkey"):
        own = read_key_file(files["keys/log.vkey"])
    with part("keys/log.history"):
        history = read_history(files.get("keys/log.history", b""))
    pinned = known.key or own
    if pinned not in history.following(own):
        raise Unmet("keys/log.vkey: this is not the log whose key you gave; its key does not lead to yours")
    keys = history.following(pinned)
    with part("proof.tlog-proof"):
        signers = [one for one in keys if signed_by(note, one)]
        if pinned.name != head.origin or not signers:
            raise Wrong("the checkpoint is not signed by the log's key")
        listed = {one for log in policy.logs for one in history.following(log)}
        # The bundle's own policy may list a later key only; the reader's lists those that the reader believes.
        if listed and known.policy is not None:
            signers = [one for one in signers if one in listed]
            if not signers:
                raise Unmet("the checkpoint is not of a log that the policy knows")
        elif listed and listed.isdisjoint(keys):
            raise Wrong("the checkpoint is not of a log that the policy knows")
        seen = policy.quorum != "none" and met(policy, policy.quorum, cosigned.times)
        if not any(still_counts(one, keys, history.losses, head, seen) for one in signers):
            if undecided(policy, policy.quorum, cosigned) and any(
                still_counts(one, keys, history.losses, head, cosigned=True) for one in signers
            ):
                raise Unusable(f"only a key that was lost has signed the checkpoint, and {CANNOT}")
            raise Wrong("only a key that was lost has signed the checkpoint")
    yield Holds(f"entry {index} of {head.origin}, in a checkpoint of {head.size} entries signed by the log")
    if not known.pins_log():
        yield Remark("the log's key is the bundle's own; give the one that you know to check whose log it is (--key)")


def check_witnesses(policy: Policy, cosigned: Cosigned, known: Known) -> Said:
    """Check that enough witnesses cosigned; tell since when the statement exists."""
    times, wanted = cosigned.times, f"not what the policy asks for ({policy.quorum})"
    missed = f"cosigned by {', '.join(times) or 'nobody'}: {wanted}"
    yield from not_checked(cosigned, "the checkpoint")
    if undecided(policy, policy.quorum, cosigned):
        if known.policy is not None:
            raise Unusable(f"{missed}, but {CANNOT}")
        yield Remark(f"{missed}, but {CANNOT}")
    elif not met(policy, policy.quorum, times):
        raise (Wrong if known.policy is None else Unmet)(f"proof.tlog-proof: {missed}")
    elif policy.quorum == "none":
        yield Remark("no witnesses are asked for: only the log itself vouches for its history")
    else:
        bears = borne(policy)
        early = sorted(times[name][0] for name in under(policy, policy.quorum) if name in times)
        yield Holds(f"recorded: cosigned by {', '.join(sorted(times))}, as the policy asks ({policy.quorum})")
        yield Holds(f"made not after {moment(early[bears])} (by the witnesses' clocks; {bears} of them may be wrong)")
    if "shared" in policy.groups:
        if met(policy, "shared", times):
            yield Holds("shared: cosigned by both parties too")
        elif undecided(policy, "shared", cosigned):
            yield Remark(f"whether it is shared by both parties is not known: {CANNOT}")
        else:
            yield Remark("not yet shared by both parties")


def not_checked(cosigned: Cosigned, what: str) -> Said:
    """Name the witnesses whose cosignatures under *what* count for nothing, since nothing here can check them."""
    if cosigned.unchecked:
        names = ", ".join(cosigned.unchecked)
        yield Remark(f"not checked: the ML-DSA-44 cosignatures of {names} under {what} count for nothing here")


def check_seen(files: Files, saw: str, policy: Policy) -> Said:
    """Check the checkpoint that the statement names; tell since when it can have been made."""
    if "seen.note" not in files:
        return
    with part("seen.note"):
        if hashlib.sha256(files["seen.note"]).hexdigest() != saw:
            raise Wrong("the checkpoint that the statement saw is another one")
        witnesses = {name: policy.witnesses[name] for name in under(policy, policy.quorum)}
        cosigned = cosigned_by(read_note(files["seen.note"]), witnesses)
    yield from not_checked(cosigned, "the checkpoint that it saw")
    bears, late = borne(policy), sorted((times[-1] for times in cosigned.times.values()), reverse=True)
    if len(late) > bears:  # fewer could all be of witnesses that lie
        since = moment(late[bears])
        yield Holds(f"made not before {since} (it names a checkpoint cosigned then; {bears} may be wrong)")


def check_fields(files: Files, root: bytes) -> Said:
    """Check what is shown of the body, and the attachments."""
    with part("fields.json"):
        fields = read_fields(files.get("fields.json", b"[]"), root)
    for pointer, text in fields.items():
        yield Holds(f"it says {shown_name(pointer)}: {text}")
    digests = {one for text in fields.values() for one in re.findall("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", text)}
    for name, data in files.items():
        if name.startswith("attachments/"):
            digest = hashlib.sha256(data).hexdigest()
            if digest not in digests or name != f"attachments/{digest}":
                raise Wrong(f"{name}: no field that is shown commits to these bytes")
            yield Holds(f"attachment {digest}: {len(data)} bytes, as committed")


def shown_name(pointer: str) -> str:
    """*pointer*, as JSON where a part of it could be taken for a value: a name may have any characters."""
    return canonical(pointer) if re.search('[ ":]', pointer) else pointer


def read_fields(data: bytes, root: bytes) -> dict[str, str]:
    """What is shown of the body under *root*: values in JSON by their pointers."""
    shown, fields = read_json(data), dict[str, str]()
    if not isinstance(shown, list):
        raise Wrong("the fields are not shown as they must be")
    for one in shown:
        pointer, text = read_field(one, root)
        if pointer in fields:
            raise Wrong(f"the field {pointer} is shown twice")
        fields[pointer] = text
    for pointer in fields:
        above = pointer
        while above := above.rpartition("/")[0]:
            if above in fields:
                raise Wrong(f"two values are shown of {pointer}: its own, and the one in {above}")
    return fields


def read_field(field: Any, root: bytes) -> tuple[str, str]:
    """(pointer, value in JSON) of one field that is shown: the bytes handed over are hashed, and read only then."""
    try:
        if list(field) != ["field", "index", "proof", "salt"] or type(field["proof"]) is not list:
            raise Wrong("a field that is not shown as it must be")
        text, index, proof, salt = field.values()
        salt, proof = read_hash(salt), [read_hash(one) for one in proof]
    except TypeError as error:
        raise Wrong(f"a field that is not shown as it must be: {error}") from error
    if type(text) is not str or type(index) is not int or len(proof) > MOST_FIELD_HASHES:
        raise Wrong("a field that is not shown as it must be")
    raw = text.encode()
    if not included(leaf_hash(salt + raw), index, 1 << len(proof), proof, root):
        raise Wrong(f"the statement does not commit to this field: {text}")
    match read_json(raw):
        case [str(pointer), value] if re.fullmatch(POINTER, pointer):
            return pointer, canonical(value)
    raise Wrong(f"a field is a pointer and a value, and not {text}")


def moment(time: int) -> str:
    """POSIX seconds as a time."""
    try:
        return datetime.datetime.fromtimestamp(time, datetime.UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return f"{time} seconds after 1970"


# The verdict.

PROVED, CHANGED, CONSISTENT = "proved", "changed", "consistent"
EXIT_CODES = {PROVED: 0, CHANGED: 1, CONSISTENT: 3}


class Verdict(NamedTuple):
    """`proved`, `changed` or `consistent`, the same in a *sentence*, and what it rests on; *notes* prove nothing."""

    word: str
    sentence: str
    holds: list[str]
    notes: list[str]
    wrong: str | None = None

    def lines(self) -> list[str]:
        """The answer as it is printed; the last line is the verdict."""
        return [*(f"ok     {one}" for one in self.holds), *(f"NOTE   {one}" for one in self.notes), self.sentence]


def verify_bundle(
    path: str | Path, key: str | None = None, policy: bytes | None = None, sender: str | None = None
) -> Verdict:
    """Whether the bundle at *path* is what it says.

    Args:
        key, sender: key strings of the log and of the sender, as known from elsewhere.
        policy: a policy file's bytes, as known from elsewhere.

    Raises:
        Unusable: when there is no bundle at *path*, or what is known from elsewhere is no key or policy, or it hangs on
            cosignatures that this computer cannot check.
    """
    known = read_known(key, policy, sender)
    return judge(read_bundle(path), known)


def read_known(key: str | None, policy: bytes | None, sender: str | None) -> Known:
    """What the reader gave; raises Unusable where it is no key or policy."""
    try:
        with part("the log's key that you gave"):
            log = read_key(key.strip(), ED25519) if key is not None else None
        with part("the policy that you gave"):
            asked = read_policy(policy) if policy is not None else None
        with part("the sender's key that you gave"):
            return Known(log, asked, read_key(sender.strip(), ED25519) if sender is not None else None)
    except Wrong as error:
        raise Unusable(printable(str(error))) from error


def judge(files: Files, known: Known) -> Verdict:
    """The verdict on a bundle's files."""
    holds: list[str] = []
    notes: list[str] = []
    try:
        for one in check(files, known):
            (holds if isinstance(one, Holds) else notes).append(printable(one.text))
    except Wrong as error:
        wrong, label = printable(str(error)), "NOT PROVED" if isinstance(error, Unmet) else "CHANGED"
        return Verdict(CHANGED, f"{label}  {wrong}", holds, notes, wrong)
    if not known.pins_log():
        sentence = "Consistent with itself only. Give the centre's key to check whose it is."
        return Verdict(CONSISTENT, sentence, holds, notes)
    return Verdict(PROVED, f"Proved against {known.given()} that you gave.", holds, notes)


def printable(text: str) -> str:
    """*text* as one line of bounded length, without what could move a cursor or turn a line around."""
    shown = text if len(text) <= MOST_LINE else f"{text[:MOST_LINE]}… ({len(text)} characters in all)"
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)


def shown(line: str) -> str:
    """*line* with what could steer a terminal or hide in it written out."""
    return "".join(sign if sign.isprintable() else f"⟨U+{ord(sign):04X}⟩" for sign in line)


def main() -> int:
    """The command line; return the exit code."""
    options = argparse.ArgumentParser(description="Verify an evidence bundle of a Parley record, offline.")
    options.add_argument("bundle")
    options.add_argument("--key", help="the log's public key, as you know it from elsewhere")
    options.add_argument("--policy", help="the policy file, as you know it from elsewhere")
    options.add_argument("--sender", help="the sender's public key, as you know it from elsewhere")
    given = options.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that has no Arabic still gets an answer
    try:
        policy = Path(given.policy).read_bytes() if given.policy is not None else None
        verdict = verify_bundle(given.bundle, given.key, policy, given.sender)
    except (Unusable, OSError) as error:
        print(shown(f"unusable: {error}"))
        return 2
    except Exception as error:  # Python would end with 1, which says that something was changed
        print(f"unusable: this program failed on it and says nothing of it: {type(error).__name__}")
        return 2
    print("\n".join(map(shown, verdict.lines())))
    return EXIT_CODES[verdict.word]


if __name__ == "__main__":
    sys.exit(main())
