#!/usr/bin/env python3
"""Verify an evidence bundle of a Parley record, offline. One file; needs Python 3.11 and `cryptography` 47 or newer.

    python verify.py BUNDLE.zip [--key LOG-VKEY] [--policy FILE]

It shares no code with Parley. It checks that the statement is signed by its sender, stands in the log at its place,
that the log's checkpoint is signed and cosigned as the policy asks, that the fields and attachments shown are those
that the statement commits to, and between which times it was made. Exit code 0: all of it holds; 1: something does not;
2: not a bundle.

Specifications: RFC 6962 (tree), https://c2sp.org/signed-note, /tlog-checkpoint, /tlog-cosignature, /tlog-proof,
/tlog-policy; DSSE; RFC 8032 with canonical points of prime order only; RFC 8785 (JSON).
"""

import argparse
import base64
import binascii
import datetime
import hashlib
import json
import re
import stat
import sys
import zipfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

MOST_FILES = 200
MOST_BYTES = 256 << 20
MOST_TEXT = 4 << 20
PAYLOAD_TYPE = "application/vnd.parley.statement+json"


class Wrong(Exception):  # noqa: N818 - what is wrong, in words
    """Something that does not hold."""


class Unusable(Exception):  # noqa: N818 - as above
    """What was given is no bundle, or no key or policy."""


# Ed25519 points: the curve of RFC 8032, section 5.1, in plain integers.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def on_curve(data):
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


def add(a, b):
    """The sum of two points in extended coordinates (x, y, z, t)."""
    s, u = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    v, w = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = u - s, w - v, w + v, u + s
    return e * f % P, g * h % P, f * g % P, e * h % P


def prime_order(data):
    """Whether *data* canonically spells a point of prime order."""
    point = on_curve(data)
    if point is None or point == (0, 1):
        return False
    doubled = (point[0], point[1], 1, point[0] * point[1] % P)
    total, scalar = (0, 1, 1, 0), ORDER
    while scalar:
        if scalar & 1:
            total = add(total, doubled)
        doubled = add(doubled, doubled)
        scalar >>= 1
    return total[0] == 0 and (total[1] - total[2]) % P == 0


def signed(public, signature, message):
    """Whether *signature* is that of the Ed25519 key *public* over *message*, strictly."""
    if len(signature) != 64 or not prime_order(public) or not prime_order(signature[:32]):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


# Encodings.


def plain_base64(text):
    """The bytes of strict base64."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Wrong(f"not base64: {text[:40]!r}") from error
    if base64.b64encode(data).decode() != text:
        raise Wrong(f"not canonical base64: {text[:40]!r}")
    return data


def no_doubles(pairs):
    """A JSON object; refuses one that names a member twice."""
    if len(dict(pairs)) != len(pairs):
        raise Wrong("a JSON object names a member twice")
    return dict(pairs)


def read_json(data):
    """The value of JSON."""
    try:
        return json.loads(data, object_pairs_hook=no_doubles)
    except (ValueError, RecursionError) as error:
        raise Wrong(f"not JSON: {error}") from error


def number(value):
    """A float as ECMAScript spells it, which RFC 8785 asks for."""
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    mantissa, _, exponent = text.partition("e")
    if not exponent and (abs(value) >= 1e-6):
        if 1e-6 <= abs(value) < 1e-4:
            return text
        return text
    digits = mantissa.replace("-", "").replace(".", "").lstrip("0").rstrip("0") or "0"
    power = int(exponent or 0) + (len(mantissa.lstrip("-").split(".")[0]) - 1 if exponent else 0)
    sign = "-" if value < 0 else ""
    if -7 <= power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    return f"{sign}{digits[0]}{'.' + digits[1:] if digits[1:] else ''}e{'+' if power > 0 else ''}{power}"


def canonical(value):
    """RFC 8785."""
    if isinstance(value, dict):
        order = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in order) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(leaf, index, size, proof, root):
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


# Keys, notes, cosignatures, policies.


def read_vkey(text):
    """(name, type, public key) of a key string."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not parts[0]:
        raise Wrong(f"not a key: {text[:60]!r}")
    data = plain_base64(parts[2])
    if key_id(parts[0], data) != bytes.fromhex(parts[1] if re.fullmatch("[0-9a-f]{8}", parts[1]) else "00"):
        raise Wrong(f"a key whose ID is not its own: {text[:60]!r}")
    return parts[0], data[0], data[1:]


def key_id(name, typed_key):
    return hashlib.sha256(name.encode() + b"\n" + typed_key).digest()[:4]


def read_note(data):
    """(text, [(name, key ID, signature)]) of a signed note."""
    text, blank, lines = data.decode().rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Wrong("a note without signatures")
    signatures = []
    for line in lines[:-1].split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\N{EM DASH}":
            raise Wrong("a note with a malformed signature")
        value = plain_base64(parts[2])
        signatures.append((parts[1], value[:4], value[4:]))
    return text + "\n", signatures


def read_checkpoint(text):
    """(origin, size, root) of a checkpoint."""
    lines = text.split("\n")
    if len(lines) < 4 or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
        raise Wrong("not a checkpoint")
    root = plain_base64(lines[2])
    if len(root) != 32:
        raise Wrong("a checkpoint without a root")
    return lines[0], int(lines[1]), root


def note_signed_by(text, signatures, key):
    """Whether the log key *key* signed the note."""
    name, kind, public = key
    own = [value for who, ident, value in signatures if (who, ident) == (name, key_id(name, bytes([kind]) + public))]
    return bool(own) and kind == 1 and all(signed(public, value, text.encode()) for value in own)


def cosigned_at(text, signatures, key):
    """When the cosigner *key* cosigned the checkpoint, or None."""
    name, kind, public = key
    for who, ident, value in signatures:
        if (who, ident) != (name, key_id(name, bytes([kind]) + public)) or len(value) < 8:
            continue
        time, signature = int.from_bytes(value[:8], "big"), value[8:]
        if kind == 4 and signed(public, signature, f"cosignature/v1\ntime {time}\n{text}".encode()):
            return time
        if kind == 6:
            origin, size, root = read_checkpoint(text)
            names = [bytes([len(part.encode())]) + part.encode() for part in (name, origin)]
            message = b"subtree/v1\n\0" + names[0] + time.to_bytes(8, "big") + names[1] + bytes(8)
            try:
                MLDSA44PublicKey.from_public_bytes(public).verify(signature, message + size.to_bytes(8, "big") + root)
            except (InvalidSignature, ValueError):
                continue
            return time
    return None


def read_policy(data):
    """(log keys, witnesses by name, groups by name, quorum) of a tlog-policy file."""
    logs, witnesses, groups, quorum = [], {}, {}, None
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log" and len(words) in (2, 3):
            logs.append(read_vkey(words[1]))
        elif words[0] == "witness" and len(words) in (3, 4):
            witnesses[words[1]] = read_vkey(words[2])
        elif words[0] == "group" and len(words) >= 4:
            members = words[3:]
            least = {"all": len(members), "any": 1}.get(words[2]) or int(words[2])
            if not all(one in witnesses or one in groups for one in members) or not 1 <= least <= len(members):
                raise Wrong(f"policy: the group {words[1]} is none")
            groups[words[1]] = least, members
        elif words[0] == "quorum" and len(words) == 2 and quorum is None:
            quorum = words[1]
        else:
            raise Wrong(f"policy: {line[:60]!r}")
    if quorum is None or (quorum != "none" and quorum not in witnesses and quorum not in groups):
        raise Wrong("policy: no quorum")
    return logs, witnesses, groups, quorum


def met(name, present, groups):
    """Whether the witnesses *present* meet the group, witness or `none` called *name*."""
    if name == "none" or name in present:
        return True
    least, members = groups.get(name, (1, []))
    return sum(met(member, present, groups) for member in members) >= least


def neutral(quorum, witnesses, groups):
    """The witnesses under the quorum, and how many dishonest ones it bears: 2k - n - 1."""

    def under(name):
        return (
            [name] if name in witnesses else [one for member in groups.get(name, (0, []))[1] for one in under(member)]
        )

    names = under(quorum)
    least = groups[quorum][0] if quorum in groups else len(names)
    return names, max(0, 2 * least - len(names) - 1)


def following(pinned, data):
    """The log's keys from *pinned* on, each endorsed by the one before, and the losses: {key: (size, root)}."""
    keys, lost = [pinned], {}
    for line in data.decode().split("\n"):
        words = line.split(" ")
        if words[0] == "change" and len(words) == 5:
            old, new = read_vkey(words[1]), read_vkey(words[2])
            message = f"parley/key-change/v1\n{words[1]}\n{words[2]}\n".encode()
            for key, signature in ((old, words[3]), (new, words[4])):
                if not signed(key[2], plain_base64(signature), message):
                    raise Wrong("the history of the log's keys is not signed as it must be")
            if old == keys[-1] and old[0] == new[0]:
                keys.append(new)
        elif words[0] == "lost" and len(words) == 6:
            by, message = read_vkey(words[4]), f"parley/key-lost/v1\n{words[1]}\n{words[2]}\n{words[3]}\n".encode()
            if not signed(by[2], plain_base64(words[5]), message):
                raise Wrong("a loss in the history of the log's keys is not signed")
            if by in keys:
                lost[read_vkey(words[1])] = int(words[2]), plain_base64(words[3])
        elif line:
            raise Wrong("the history of the log's keys has a line that is none")
    return keys, lost


# The bundle.


def read_bundle(path):
    """Every file of a bundle by its name; nothing is ever written to disk."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES:
                raise Unusable(f"a bundle of more than {MOST_FILES} files")
            files, left = {}, MOST_BYTES
            for member in members:
                name = member.filename
                if name in files:
                    raise Unusable(f"the name {name!r} stands in the bundle twice")
                if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?", name):
                    raise Unusable(f"a name that no bundle has: {name!r}")
                if stat.S_ISLNK(member.external_attr >> 16) or member.flag_bits & 1:
                    raise Unusable(f"{name} is a link, or enciphered")
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise Unusable(f"{name} is compressed in a way that no bundle is")
                most = left if name.startswith("attachments/") else min(left, MOST_TEXT)
                with archive.open(member) as file:
                    files[name] = file.read(most + 1)
                if len(files[name]) > most:
                    raise Unusable(f"{name} holds more than {most} bytes")
                left -= len(files[name])
            return files
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Unusable(f"not a bundle: {error}") from error
    except Exception as error:  # zlib.error has no base of its own
        if type(error).__module__ == "zlib":
            raise Unusable(f"not a bundle: {error}") from error
        raise


def statement_of(envelope):
    """(statement, payload, sender's key ID, signature, leaf entry) of an envelope."""
    outer = read_json(envelope)
    try:
        (line,) = outer["signatures"]
        payload, sender, signature = plain_base64(outer["payload"]), line["keyid"], plain_base64(line["sig"])
        said = read_json(payload)
        leaf = {
            "body_root": said["body_root"], "envelope": hashlib.sha256(envelope).hexdigest(), "kind": said["kind"],
            "prev": said["prev"], "saw": said["saw"], "sender": sender, "sender_seq": said["seq"], "v": 2,
        }  # fmt: skip
        if outer["payloadType"] != PAYLOAD_TYPE or said["v"] != 2 or len(bytes.fromhex(said["body_root"])) != 32:
            raise Wrong("the envelope is not of a statement of version 2")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Wrong(f"the envelope is not of a statement: {error}") from error
    return said, payload, sender, signature, canonical(leaf).encode()


def check(files, key=None, policy=None):
    """Check a bundle's files; yield what holds, in words. Raises Wrong at the first thing that does not.

    *key* is the log's key string and *policy* the policy file's bytes as known from elsewhere; the bundle's own are
    believed without them, and it is said.
    """
    for name in ("statement.json", "leaf.json", "proof.tlog-proof", "policy", "keys/log.vkey", "keys/sender.vkey"):
        if name not in files:
            raise Unusable(f"not a bundle: no {name}")
    said, payload, sender, signature, leaf = statement_of(files["statement.json"])
    name, kind, public = read_vkey(files["keys/sender.vkey"].decode())
    if hashlib.sha256(name.encode() + b"\n\x01" + public).hexdigest() != sender or kind != 1:
        raise Wrong("the sender's key is not the one that the envelope names")
    message = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
    if not signed(public, signature, message):
        raise Wrong("the sender's signature does not verify")
    yield f"signed by {name} (key {sender[:16]}…): a {said['kind']}, its statement {said['seq']}, dated {said['at']}"
    if files["leaf.json"] != leaf:
        raise Wrong("the leaf entry does not commit to the statement")

    lines = files["proof.tlog-proof"].partition(b"\n\n")
    head = lines[0].decode().split("\n")
    if head[0] != "c2sp.org/tlog-proof@v1":
        raise Wrong("not a tlog-proof")
    head = [line for line in head[1:] if not line.startswith("extra ")]
    if not head or not re.fullmatch("index (0|[1-9][0-9]{0,18})", head[0]) or len(head) > 64:
        raise Wrong("a tlog-proof without an index")
    index, proof = int(head[0][6:]), [plain_base64(line) for line in head[1:]]
    text, signatures = read_note(lines[2])
    origin, size, root = read_checkpoint(text)
    if not included(leaf_hash(leaf), index, size, proof, root):
        raise Wrong("the proof does not lead from the statement to the checkpoint")
    pinned = read_vkey(key or files["keys/log.vkey"].decode())
    keys, lost = following(pinned, files.get("keys/log.history", b""))
    signers = [one for one in keys if note_signed_by(text, signatures, one)]
    if pinned[0] != origin or not signers:
        raise Wrong("the checkpoint is not signed by the log's key")
    if all(one in lost and not (size < lost[one][0] or (size, root) == lost[one]) for one in signers):
        raise Wrong("only a key that was lost has signed the checkpoint")
    yield f"entry {index} of {origin}, in a checkpoint of {size} entries signed by the log"
    if key is None:
        yield "NOTE: the log's key is the bundle's own; compare it with one from elsewhere (--key)"

    _, witnesses, groups, quorum = read_policy(policy or files["policy"])
    times = {one: cosigned_at(text, signatures, who) for one, who in witnesses.items()}
    times = {one: time for one, time in times.items() if time is not None}
    if not met(quorum, times, groups):
        raise Wrong(f"cosigned by {', '.join(times) or 'nobody'}: not what the policy asks for ({quorum})")
    names, bears = neutral(quorum, witnesses, groups)
    if quorum == "none":
        yield "NOTE: the policy asks for no witnesses: only the log itself vouches for its history"
    else:
        yield f"recorded: cosigned by {', '.join(sorted(times))}, as the policy asks ({quorum})"
        early = sorted(time for one, time in times.items() if one in names)
        yield f"made not after {moment(early[min(bears, len(early) - 1)])} (witnesses' clocks, {bears} of them not trusted)"
    if "shared" in groups:
        yield (
            "shared: cosigned by both parties too" if met("shared", times, groups) else "not yet shared by both parties"
        )
    if policy is None:
        yield "NOTE: the policy is the bundle's own; compare it with one from elsewhere (--policy)"
    if said["saw"] and "seen.note" in files:
        if hashlib.sha256(files["seen.note"]).hexdigest() != said["saw"]:
            raise Wrong("the checkpoint that the statement saw is not the one in the bundle")
        seen_text, seen_signatures = read_note(files["seen.note"])
        seen = [cosigned_at(seen_text, seen_signatures, witnesses[one]) for one in names]
        seen = sorted((time for time in seen if time is not None), reverse=True)
        if seen:
            yield f"made not before {moment(seen[min(bears, len(seen) - 1)])} (it names a checkpoint cosigned then)"
    yield from check_fields(files, bytes.fromhex(said["body_root"]))


def check_fields(files, root):
    """Check what is shown of the body, and the attachments."""
    shown = read_json(files.get("fields.json", b"[]"))
    digests = set()
    for field in shown if isinstance(shown, list) else [None]:
        try:
            pointer, value, index = field["pointer"], field["value"], field["index"]
            salt, proof = plain_base64(field["salt"]), [plain_base64(one) for one in field["proof"]]
            leaf = leaf_hash(salt + canonical([pointer, value]).encode())
        except (KeyError, TypeError, AttributeError, RecursionError, UnicodeEncodeError) as error:
            raise Wrong(f"a field that is not shown as it must be: {error}") from error
        if len(salt) != 32 or type(index) is not int or len(proof) > 17:
            raise Wrong("a field that is not shown as it must be")
        if not included(leaf, index, 1 << len(proof), proof, root):
            raise Wrong(f"the statement does not commit to this value of {pointer}")
        digests |= {found for found in re.findall("[0-9a-f]{64}", canonical(value))}
        text = canonical(value)
        yield f"it says {pointer}: {text if len(text) <= 300 else text[:300] + '…'}"
    for name, data in files.items():
        if name.startswith("attachments/"):
            if hashlib.sha256(data).hexdigest() not in digests:
                raise Wrong(f"{name}: no field that is shown commits to these bytes")
            yield f"attachment {name.removeprefix('attachments/')}: {len(data)} bytes, as committed"


def moment(time):
    """POSIX seconds as a time."""
    return datetime.datetime.fromtimestamp(time, datetime.UTC).isoformat().replace("+00:00", "Z")


def verify_bundle(path, key=None, policy=None):
    """(what holds, what does not or None) of the bundle at *path*; raises Unusable where it is none."""
    files = read_bundle(path)
    holds = []
    try:
        for one in check(files, key, policy):
            holds.append(one)
    except (Wrong, UnicodeDecodeError, OverflowError, ValueError) as error:
        return holds, str(error)
    return holds, None


def main():
    options = argparse.ArgumentParser(description="Verify an evidence bundle of a Parley record, offline.")
    options.add_argument("bundle")
    options.add_argument("--key", help="the log's public key, as you know it from elsewhere")
    options.add_argument("--policy", help="the policy file, as you know it from elsewhere")
    given = options.parse_args()
    try:
        policy = open(given.policy, "rb").read() if given.policy else None  # noqa: PTH123, SIM115
        holds, wrong = verify_bundle(given.bundle, given.key, policy)
    except (Unusable, OSError) as error:
        print(f"unusable: {error}")
        return 2
    for one in holds:
        print(f"ok     {one}" if not one.startswith("NOTE") else one)
    print(f"WRONG  {wrong}" if wrong else "verified")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
