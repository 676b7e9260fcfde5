#!/usr/bin/env python3
"""Verify an evidence bundle of a Parley record, offline. One file; needs Python 3.11 and `cryptography` 47 or newer.

    python verify.py BUNDLE.zip [--key LOG-VKEY] [--policy FILE] [--sender SENDER-VKEY]

It shares no code with Parley and never writes to disk. It checks that the statement is signed by its sender and stands
in the log at its place, that the log's checkpoint is signed and cosigned as the policy asks, that the fields and
attachments shown are those that the statement commits to, and between which times it was made. Exit code 0: all of it
holds; 1: something does not; 2: not a bundle, or not a key or policy.

What a bundle says of its own keys and policy is no proof: give those that you know from elsewhere. Nor is the verifier
that lies in a bundle: run your own copy of this file.

Specifications: RFC 6962 (tree), https://c2sp.org/signed-note, /tlog-checkpoint, /tlog-cosignature, /tlog-proof,
/tlog-policy; DSSE; RFC 8032 with canonical points of prime order only; RFC 8785 (JSON).
"""

import argparse
import base64
import datetime
import decimal
import functools
import hashlib
import io
import json
import math
import re
import stat
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

# A bundle comes from anybody: each of these bounds what it can cost to read.
MOST_FILES = 200
MOST_DIRECTORY = 64 << 10  # bytes of the zip's list of files
MOST_BYTES = 256 << 20  # of all files together
MOST_TEXT = 8 << 20  # of a file that is no attachment
MOST_NOTE = 1_000_000
MOST_SIGNATURES = 100
MOST_LINES = 1000  # of a policy, or of the history of the log's keys
MOST_HASHES = 63  # of a proof in the log
MOST_FIELD_HASHES = 16
MOST_LINE = 500  # characters of a line of the answer

NEEDED = ("statement.json", "leaf.json", "proof.tlog-proof", "policy", "keys/log.vkey", "keys/sender.vkey")
OTHER = ("keys/log.history", "seen.note", "fields.json", "verify.py")
PAYLOAD_TYPE = "application/vnd.parley.statement+json"
STATEMENT = {
    "at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", "body_root": "[0-9a-f]{64}", "kind": "[a-z][a-z0-9-]{0,63}",
    "prev": "([0-9a-f]{64})?", "saw": "([0-9a-f]{64})?", "seq": r"0|[1-9]\d{0,15}", "v": "2",
}  # fmt: skip
SIZE = "(?:0|[1-9][0-9]{0,18})"  # and at most 2^63 - 1
ED25519, COSIGNER, ML_DSA_44 = 0x01, 0x04, 0x06  # signature types
KEY_SIZES = {ED25519: 32, COSIGNER: 32, ML_DSA_44: 1312}

Files = Mapping[str, bytes]


class Wrong(Exception):  # noqa: N818 - what is wrong, in words
    """Something that does not hold."""


class Unusable(Exception):  # noqa: N818 - as above
    """What was given is no bundle, or no key or policy."""


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
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    except UnsupportedAlgorithm as error:
        raise Unusable("the `cryptography` on this machine cannot check ML-DSA-44") from error
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
        if is_key_name(name) and key.kind in kinds and len(key.public) == KEY_SIZES[key.kind] and str(key) == text:
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

    A cosignature of a known key that does not verify makes the whole note wrong, as signed-note advises.
    """
    times = []
    for line in note.by(key):
        time, signature = int.from_bytes(line[:8], "big"), line[8:]
        verify = signed_ml_dsa if key.kind == ML_DSA_44 else signed
        if not 0 < time < 1 << 63 or not verify(key.public, signature, cosigned_message(key, note.text, time)):
            raise Wrong(f"the cosignature by {key.name} does not verify")
        times.append(time)
    return sorted(times)


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
            raise Wrong("policy: a key stands there twice")
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
                raise Wrong("the history of the log's keys has a line that is none")
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


# The bundle's files.


def read_bundle(path: str | Path) -> dict[str, bytes]:
    """Every file of a bundle by its name, in memory; raises Unusable for anything else."""
    try:
        if not Path(path).is_file():
            raise Unusable("not a bundle: no such file")
        with Path(path).open("rb") as file:
            count = check_end(file)
            with zipfile.ZipFile(file) as archive:
                return read_members(archive, count)
    except Unusable:
        raise
    except Exception as error:  # zipfile raises errors of a dozen kinds for what is no zip
        raise Unusable(f"not a bundle: {error or type(error).__name__}") from error


def check_end(file: BinaryIO) -> int:
    """How many files the end of a zip tells; checked before `zipfile` reads the list of them, however long it is."""
    file.seek(max(0, file.seek(0, io.SEEK_END) - 42))
    tail = file.read()
    before, end = tail[:-22], tail[-22:]
    if len(end) < 22 or end[:4] != b"PK\5\6" or end[-2:] != b"\0\0":
        raise Unusable("not a bundle: no zip, or one with something behind it")
    if before[:4] == b"PK\6\7":
        raise Unusable("not a bundle: a zip of the 64-bit form")
    count, length = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if count > MOST_FILES or length > MOST_DIRECTORY:
        raise Unusable(f"not a bundle: more than {MOST_FILES} files")
    return count


def read_members(archive: zipfile.ZipFile, count: int) -> dict[str, bytes]:
    """The *count* files of a zip, within bounds that no header can lift."""
    files: dict[str, bytes] = {}
    left = MOST_BYTES
    if len(archive.infolist()) != count:
        raise Unusable("not a bundle: its list of files is cut short")
    for member in archive.infolist():
        name = member.filename
        check_member(member)
        if name in files:
            raise Unusable(f"the name {name} stands in the bundle twice")
        most = left if name.startswith("attachments/") else min(left, MOST_TEXT)
        with archive.open(member) as file:
            files[name] = file.read(most + 1)
        if len(files[name]) > most:
            raise Unusable(f"{name} holds more than {most} bytes")
        left -= len(files[name])
    if missing := [name for name in NEEDED if name not in files]:
        raise Unusable(f"not a bundle: no {missing[0]}")
    return files


def check_member(member: zipfile.ZipInfo) -> None:
    """Check that a file of the zip is one that a bundle has."""
    name = member.filename
    if name not in NEEDED + OTHER and not re.fullmatch("attachments/[0-9a-f]{64}", name):
        raise Unusable(f"a name that no bundle has: {name[:80]!r}")
    if stat.S_ISLNK(member.external_attr >> 16) or member.flag_bits & 1:
        raise Unusable(f"{name} is a link, or enciphered")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unusable(f"{name} is compressed in a way that no bundle is")


# What is checked.


class Statement(NamedTuple):
    """What a sender signed, and the leaf entry that commits to it."""

    said: dict[str, Any]
    payload: bytes
    sender: str
    signature: bytes
    leaf: bytes


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
            raise Wrong(f"the statement's {name} is none")
    leaf = {name: said[name] for name in ("body_root", "kind", "prev", "saw", "v")} | {
        "envelope": hashlib.sha256(envelope).hexdigest(), "sender": sender, "sender_seq": said["seq"],
    }  # fmt: skip
    return Statement(said, payload, sender, signature, canonical(leaf).encode())


class Known(NamedTuple):
    """What the reader knows from elsewhere; where that is None, the bundle's own is believed, and it is said."""

    key: Key | None = None
    policy: Policy | None = None
    sender: Key | None = None


def check(files: Files, known: Known) -> Iterator[str]:
    """Check a bundle's files; yield what holds, in words. Raises Wrong at the first thing that does not."""
    statement, own = read_statement(files["statement.json"]), read_policy(files["policy"])
    policy = known.policy or own
    yield from check_sender(files, statement, known.sender)
    index, note = check_place(files, statement.leaf)
    times = {name: found for name, who in policy.witnesses.items() if (found := cosigned_at(note, who))}
    yield from check_log(files, note, index, known, policy, times)
    yield from check_witnesses(policy, times)
    if known.policy is None:
        yield "NOTE: the policy is the bundle's own; compare it with one from elsewhere (--policy)"
    elif own != policy:
        yield "NOTE: the bundle's own policy is another one; yours was asked"
    yield from check_seen(files, statement, policy)
    yield from check_fields(files, bytes.fromhex(statement.said["body_root"]))


def check_sender(files: Files, statement: Statement, sender: Key | None) -> Iterator[str]:
    """Check the statement's signature."""
    key, said = read_key_file(files["keys/sender.vkey"]), statement.said
    if key.digest().hex() != statement.sender:
        raise Wrong("the sender's key is not the one that the envelope names")
    if sender not in (None, key):
        raise Wrong(f"signed by {key.name}, not by the sender that was expected")
    payload = statement.payload
    message = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
    if not signed(key.public, statement.signature, message):
        raise Wrong("the sender's signature does not verify")
    what = f"a {said['kind']}, its statement {said['seq']}, dated {said['at']}"
    yield f"signed by {key.name} (key {statement.sender}): {what}"
    if sender is None:
        yield "NOTE: the sender's key is the bundle's own; compare it with one from elsewhere (--sender)"


def check_place(files: Files, leaf: bytes) -> tuple[int, Note]:
    """(index, checkpoint) of the statement's place in the log: https://c2sp.org/tlog-proof"""
    if files["leaf.json"] != leaf:
        raise Wrong("the leaf entry does not commit to the statement")
    head, _, checkpoint = files["proof.tlog-proof"].partition(b"\n\n")
    first, *lines = read_text(head).split("\n")
    if lines and lines[0].startswith("extra "):
        plain_base64(lines.pop(0).removeprefix("extra "))
    if first != "c2sp.org/tlog-proof@v1" or not lines or not lines[0].startswith("index "):
        raise Wrong("not a tlog-proof")
    if len(lines) > 1 + MOST_HASHES:
        raise Wrong(f"a tlog-proof of more than {MOST_HASHES} hashes")
    index, proof = read_size(lines[0].removeprefix("index ")), [read_hash(line) for line in lines[1:]]
    note = read_note(checkpoint)
    _, size, root = read_checkpoint(note.text)
    if not included(leaf_hash(leaf), index, size, proof, root):
        raise Wrong("the proof does not lead from the statement to the checkpoint")
    return index, note


def check_log(
    files: Files, note: Note, index: int, known: Known, policy: Policy, times: Mapping[str, list[int]]
) -> Iterator[str]:
    """Check that the checkpoint is signed by the log: by the key that is known, or by one that followed it."""
    head, own = read_checkpoint(note.text), read_key_file(files["keys/log.vkey"])
    history = read_history(files.get("keys/log.history", b""))
    pinned = known.key or own
    keys = history.following(pinned)
    signers = [one for one in keys if signed_by(note, one)]
    if pinned not in history.following(own):
        raise Wrong("the log's key in the bundle does not lead to the one that was given")
    if pinned.name != head.origin or not signers:
        raise Wrong("the checkpoint is not signed by the log's key")
    listed = {one for log in policy.logs for one in history.following(log)}
    # The bundle's own policy may list a later key only; the reader's lists those that the reader believes.
    if listed and listed.isdisjoint(signers if known.policy else keys):
        raise Wrong("the checkpoint is not of a log that the policy knows")
    cosigned = policy.quorum != "none" and met(policy, policy.quorum, times)
    if not any(still_counts(one, keys, history.losses, head, cosigned) for one in signers):
        raise Wrong("only a key that was lost has signed the checkpoint")
    yield f"entry {index} of {head.origin}, in a checkpoint of {head.size} entries signed by the log"
    if known.key is None and not (known.policy and policy.logs):
        yield "NOTE: the log's key is the bundle's own; compare it with one from elsewhere (--key)"


def check_witnesses(policy: Policy, times: Mapping[str, list[int]]) -> Iterator[str]:
    """Check that enough witnesses cosigned; tell since when the statement exists."""
    if not met(policy, policy.quorum, times):
        raise Wrong(f"cosigned by {', '.join(times) or 'nobody'}: not what the policy asks for ({policy.quorum})")
    if policy.quorum == "none":
        yield "NOTE: the policy asks for no witnesses: only the log itself vouches for its history"
    else:
        bears = borne(policy)
        early = sorted(times[name][0] for name in under(policy, policy.quorum) if name in times)
        yield f"recorded: cosigned by {', '.join(sorted(times))}, as the policy asks ({policy.quorum})"
        yield f"made not after {moment(early[bears])} (by the witnesses' clocks; {bears} of them may be wrong)"
    if "shared" in policy.groups:
        shared = met(policy, "shared", times)
        yield "shared: cosigned by both parties too" if shared else "not yet shared by both parties"


def check_seen(files: Files, statement: Statement, policy: Policy) -> Iterator[str]:
    """Check the checkpoint that the statement names; tell since when it can have been made."""
    if "seen.note" not in files:
        return
    if hashlib.sha256(files["seen.note"]).hexdigest() != statement.said["saw"]:
        raise Wrong("the checkpoint that the statement saw is not the one in the bundle")
    note, bears = read_note(files["seen.note"]), borne(policy)
    times = [cosigned_at(note, policy.witnesses[name]) for name in under(policy, policy.quorum)]
    late = sorted((found[-1] for found in times if found), reverse=True)
    if len(late) > bears:  # fewer could all be of witnesses that lie
        yield f"made not before {moment(late[bears])} (it names a checkpoint cosigned then; {bears} may be wrong)"


def check_fields(files: Files, root: bytes) -> Iterator[str]:
    """Check what is shown of the body, and the attachments."""
    shown, digests = read_json(files.get("fields.json", b"[]")), set()
    if not isinstance(shown, list):
        raise Wrong("the fields are not shown as they must be")
    pointers: set[str] = set()
    for field in shown:
        pointer, text = check_field(field, root)
        if pointer in pointers:
            raise Wrong(f"the field {pointer} is shown twice")
        pointers.add(pointer)
        digests.update(re.findall("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", text))
        yield f"it says {pointer}: {text}"
    for name, data in files.items():
        if name.startswith("attachments/"):
            digest = hashlib.sha256(data).hexdigest()
            if digest not in digests or name != f"attachments/{digest}":
                raise Wrong(f"{name}: no field that is shown commits to these bytes")
            yield f"attachment {digest}: {len(data)} bytes, as committed"


def check_field(field: Any, root: bytes) -> tuple[str, str]:
    """(pointer, value in JSON) of one field that is shown."""
    try:
        if list(field) != ["index", "pointer", "proof", "salt", "value"] or type(field["proof"]) is not list:
            raise Wrong("a field that is not shown as it must be")
        index, pointer, proof, salt, value = field.values()
        salt, proof, text = read_hash(salt), [read_hash(one) for one in proof], canonical(value)
    except (TypeError, AttributeError) as error:
        raise Wrong(f"a field that is not shown as it must be: {error}") from error
    if type(pointer) is not str or type(index) is not int or len(proof) > MOST_FIELD_HASHES:
        raise Wrong("a field that is not shown as it must be")
    leaf = leaf_hash(salt + f"[{canonical(pointer)},{text}]".encode())
    if not included(leaf, index, 1 << len(proof), proof, root):
        raise Wrong(f"the statement does not commit to this value of {pointer}")
    return pointer, text


def moment(time: int) -> str:
    """POSIX seconds as a time."""
    try:
        return datetime.datetime.fromtimestamp(time, datetime.UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return f"{time} seconds after 1970"


# The verdict.


def verify_bundle(
    path: str | Path, key: str | None = None, policy: bytes | None = None, sender: str | None = None
) -> tuple[list[str], str | None]:
    """(what holds, what does not or None) of the bundle at *path*.

    Args:
        key, sender: key strings of the log and of the sender, as known from elsewhere.
        policy: a policy file's bytes, as known from elsewhere.

    Raises:
        Unusable: when there is no bundle at *path*, or what is known from elsewhere is no key or policy.
    """
    try:
        known = Known(
            read_key(key.strip(), ED25519) if key is not None else None,
            read_policy(policy) if policy is not None else None,
            read_key(sender.strip(), ED25519) if sender is not None else None,
        )
    except Wrong as error:
        raise Unusable(printable(str(error))) from error
    files = read_bundle(path)
    holds: list[str] = []
    try:
        holds.extend(printable(one) for one in check(files, known))
    except Wrong as error:
        return holds, printable(str(error))
    return holds, None


def printable(text: str) -> str:
    """*text* as one line of bounded length, without what could move a cursor or turn a line around."""
    shown = text if len(text) <= MOST_LINE else f"{text[:MOST_LINE]}…"
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)


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
        holds, wrong = verify_bundle(given.bundle, given.key, policy, given.sender)
    except (Unusable, OSError) as error:
        print(f"unusable: {error}")
        return 2
    for one in holds:
        print(one if one.startswith("NOTE") else f"ok     {one}")
    print(f"WRONG  {wrong}" if wrong else "verified")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
