"""A party's own node: it reads reports on the party's side, signs them with the party's key, and keeps the proofs.

A node is a folder with the party's key, an outbox (`record.outbox`) and, where it mirrors the log, a mirror. What it
says is read here and nowhere else: the centre takes the reports as they were signed.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from parley import intake
from parley.centre.folder import Centre
from parley.centre.handles import Handles
from parley.centre.statements import OF_INPUT, Delivery, read_back, state, state_reading
from parley.decisions.acting import Desk
from parley.job import derive
from parley.model import (
    FolderError,
    Reading,
    Stated,
    fold,
)
from parley.record.formats.canonical import decode_base64
from parley.record.formats.note import VerifierKey
from parley.record.keys import LOG, read_key, write_new
from parley.record.outside.mirror import Mirror
from parley.record.outside.outbox import PARTY, Outbox, create_node, keep_file
from parley.record.statements.kinds import CHARTER, KEY_EVENT
from parley.record.statements.sealed import encode_recipient, receive
from parley.record.whole import all_or_none

_FILE = "node.json"


@dataclass(frozen=True)
class Node:
    """A party's node.

    Args:
        side: the party's id, as the agreements have it; *names* are those under which it speaks.
        url: where the centre serves its log.
        timezone: that of local times in reports.
    """

    folder: Path
    side: str
    names: tuple[str, ...]
    url: str
    timezone: str


def create(node: Node, name: str, log: VerifierKey) -> tuple[VerifierKey, str]:
    """Make a node with new keys, of which the signing one is called *name*, for the log with the key *log*.

    Return the public key, and the line by which others seal things for the node.
    """
    folder = node.folder
    keys = folder / "keys"
    made = X25519PrivateKey.generate()
    told = {"names": node.names, "side": node.side, "timezone": node.timezone, "url": node.url}
    files = [keys / name for name in (f"{PARTY}.key", f"{PARTY}.vkey", f"{LOG}.vkey", "recipient.key")]
    with all_or_none(*files, folder / _FILE):
        key = create_node(folder, name, log)
        write_new(files[-1], made.private_bytes_raw().hex(), private=True)
        keep_file(folder / _FILE, f"{json.dumps(told, indent=1)}\n".encode())
    return key, encode_recipient(made.public_key())


def load(folder: Path) -> Node:
    """Return the node in *folder*; raise FolderError where there is none."""
    if not is_node(folder):
        raise FolderError(f"{folder}: this is not a party's node. Next: `parley key new` makes one")
    try:
        told = json.loads((folder / _FILE).read_text("utf-8"))
        return Node(folder, told["side"], tuple(told["names"]), told["url"], told["timezone"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FolderError(f"{folder / _FILE}: side, names, url and timezone are needed ({error})") from error


def is_node(folder: Path) -> bool:
    """Whether *folder* is a party's node."""
    return (folder / "keys" / f"{PARTY}.key").exists()


def handles(node: Node, key: VerifierKey) -> Handles:
    """Return what sources are called in what the node says: by the secret that the centre sealed for it on registering.

    Without a mirror, or without the secret in it, only the party itself can be named.
    """
    secret, names = None, [node.side, *node.names]
    if (node.folder / "record.db").exists():
        with Mirror.open(node.folder) as mirror:
            secret = _sealed_secret(node, key, mirror.public_bodies(KEY_EVENT))
            for charter in mirror.public_bodies(CHARTER):
                names += charter.get("parties", {}).get(node.side, {}).get("names", ())
    return Handles(secret, {fold(name): node.side for name in names}, node.side)


def _sealed_secret(node: Node, key: VerifierKey, events: Iterator[Mapping[str, Any]]) -> bytes | None:
    for event in events:
        if event.get("vkey") == str(key) and "handles" in event:
            own = X25519PrivateKey.from_private_bytes(bytes.fromhex(read_key(node.folder / "keys" / "recipient.key")))
            return receive(decode_base64(event["handles"].encode()), own)
    return None


def looked_into(folder: Path) -> Centre:
    """Open the centre in *folder* to be read; of a party's node, what it mirrors, with what the party said itself.

    Raises:
        FolderError: there is neither; or the node mirrors nothing yet.
    """
    if not is_node(folder):
        return Centre.open(folder)
    if not (folder / "record.db").exists():
        raise FolderError(f"{folder}: this node mirrors nothing yet. Next: `parley mirror URL NODE`")
    with Outbox(folder) as outbox:
        own = {one.digest: body for one, body in zip(outbox.sent(), outbox.bodies(), strict=True)}
    return Centre.open(folder, own=own)


def desk_of(node: Node) -> Desk:
    """Return the party's desk: what the log has of what it said itself, by its entries there."""
    with Outbox(node.folder) as outbox:
        sent, stated = outbox.sent(), said(outbox)
    timezone = ZoneInfo(node.timezone)
    findings = derive(stated, timezone)

    def by_code(start: str) -> list[int]:
        return [one.entry for one in sent if one.entry is not None and one.digest.startswith(start)]

    return Desk(findings, timezone, node.side, None, by_code)


def said(outbox: Outbox) -> list[Stated]:
    """Return what the log has of what the party said, by its entries there."""
    sent = outbox.sent()
    entries = {one.seq: one.entry for one in sent}
    found: list[tuple[int, str, datetime, Mapping[str, Any]]] = []
    for one, body in zip(sent, outbox.bodies(), strict=True):
        if one.entry is not None:
            placed = {**body, "input": entries.get(body["input"])} if one.kind in OF_INPUT else body
            found.append((one.entry, one.kind, datetime.fromisoformat(one.received), placed))
    return list(read_back(found))


def reading(delivery: Delivery, timezone: ZoneInfo) -> list[Reading]:
    """Read an input as the centre would; raises InputError where nothing of it can be used."""
    mapping = intake.load_mapping(delivery.mapping) if delivery.mapping else None
    reader = intake.reader(delivery.channel, source=delivery.source, mapping=mapping, timezone=timezone)
    return list(reader(delivery.input, 0))


def say(outbox: Outbox, delivery: Delivery, parts: Sequence[Reading], called: Handles, at: datetime) -> list[str]:
    """Sign an input and everything that it gave, and keep it to be sent; return the digests of the statements.

    A party's statements name the input by its number among those of the same key.
    """
    number = outbox.next
    statements: list[tuple[str, Mapping[str, Any]]] = [state("input", delivery.arrived(called))]
    for place, part in enumerate(parts):
        statements += state_reading(part, number, place == len(parts) - 1, called)
    files = {delivery.input.digest: delivery.input.data}
    for part in parts:
        files |= dict(part.attachments)
    return [said.digest for said in outbox.say(statements, at, files)]
