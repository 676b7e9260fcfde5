"""A witness: it cosigns each log's one growing history, and nothing that contradicts it: https://c2sp.org/tlog-witness

It reads no entry and judges no content. It keeps, for every log that it follows, the newest checkpoint that it
cosigned, durably and before it answers. Its folder holds its keys, one file with the logs' keys, and that state.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from parley.record.errors import BadSignature, Damaged, Forked, RecordError
from parley.record.formats.canonical import decode_base64, encode_base64
from parley.record.formats.checkpoint import Checkpoint, decode_checkpoint
from parley.record.formats.cosignature import Cosigner, CosignerKey, decode_cosigner
from parley.record.formats.hashing import EMPTY_ROOT, HASH_SIZE
from parley.record.formats.note import (
    Note,
    VerifierKey,
    decode_note,
    decode_verifier_key,
    encode_signature,
    is_key_name,
)
from parley.record.formats.proofs import check_consistency
from parley.record.keys import read_key, sync_folder, write_new

MOST_BYTES = 1 << 20
MOST_HASHES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)
_KEYS = ("ed25519", "ml-dsa-44")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS cosigned (
  origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""


class Answer(NamedTuple):
    """An HTTP status, a body and its type; *headers* besides those two."""

    status: int
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


class Request(NamedTuple):
    """An `add-checkpoint` request: a consistency proof from *old* to the checkpoint in *note*."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes


def encode_request(request: Request) -> bytes:
    """The body of `add-checkpoint`; the inverse of `decode_request`."""
    lines = [f"old {request.old}", *(encode_base64(one).decode() for one in request.proof), ""]
    return "".join(f"{line}\n" for line in lines).encode() + request.note


def decode_request(body: bytes) -> Request:
    """The request in a body; raises Damaged."""
    if len(body) > MOST_BYTES:
        raise Damaged("a request above a million bytes")
    head, blank, note = body.partition(b"\n\n")
    if not blank or not head.isascii():
        raise Damaged("no empty line between the proof and the checkpoint")
    first, *lines = head.decode().split("\n")
    old = _OLD.fullmatch(first)
    if old is None or len(lines) > MOST_HASHES:
        raise Damaged(f"expected `old N` and {MOST_HASHES} hashes at most")
    proof = tuple(decode_base64(line.encode()) for line in lines)
    if any(len(one) != HASH_SIZE for one in proof):
        raise Damaged("a hash has 32 bytes")
    return Request(int(old[1]), proof, note)


class Witness:
    """An open witness, for one thread. Make one with `create` or `open`."""

    def __init__(self, folder: Path, cosigners: tuple[Cosigner, ...]) -> None:
        """For `create` and `open`."""
        self._folder = folder
        self._cosigners = cosigners
        self._logs: tuple[object, tuple[tuple[str, VerifierKey], ...]] | None = None
        self._state = sqlite3.connect(folder / "witness.db", isolation_level=None, timeout=30)
        self._state.execute("PRAGMA journal_mode = WAL")
        self._state.execute("PRAGMA synchronous = FULL")
        self._state.executescript(_SCHEMA)

    @classmethod
    def create(cls, folder: Path, name: str) -> Self:
        """Make a witness called *name* with new keys in *folder*, which must not hold one.

        Raises:
            RecordError: when one stands there, or *name* cannot name a key.
        """
        folder.mkdir(parents=True, exist_ok=True)
        try:
            cosigners = Cosigner(name, Ed25519PrivateKey.generate()), Cosigner(name, MLDSA44PrivateKey.generate())
            for kind, cosigner in zip(_KEYS, cosigners, strict=True):
                write_new(folder / f"{kind}.key", cosigner.private_key(), private=True)
                write_new(folder / f"{kind}.vkey", str(cosigner.verifier))
            sync_folder(folder)
        except FileExistsError as error:
            raise RecordError(f"a witness stands in {folder} already") from error
        except ValueError as error:
            raise RecordError(str(error)) from error
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the witness in *folder*; raises RecordError where there is none."""
        return cls(folder, tuple(decode_cosigner(read_key(folder / f"{kind}.key")) for kind in _KEYS))

    def close(self) -> None:
        """Close the files."""
        self._state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def keys(self) -> tuple[CosignerKey, ...]:
        """The public keys: Ed25519 and ML-DSA-44."""
        return tuple(cosigner.verifier for cosigner in self._cosigners)

    def follow(self, log: VerifierKey, origin: str = "") -> None:
        """Cosign checkpoints of *log* from now on; a log whose key was changed is followed under both.

        Args:
            origin: the log's origin, where that is not the name of its key.
        """
        origin = origin or log.name
        if not is_key_name(origin) or not origin.isprintable():
            raise RecordError(f"{origin!r} cannot be the origin of a log")
        if (origin, log) not in self._followed():
            with (self._folder / "logs").open("a", encoding="utf-8") as file:
                file.write(f"{log} {origin}\n")

    def _followed(self) -> tuple[tuple[str, VerifierKey], ...]:
        """(origin, key) of every log that is followed."""
        path = self._folder / "logs"
        try:
            state = path.stat().st_mtime_ns, path.stat().st_size
        except FileNotFoundError:
            return ()
        if self._logs is None or self._logs[0] != state:
            lines = [line.split(" ") for line in path.read_text("utf-8").split("\n") if line and line[0] != "#"]
            self._logs = state, tuple((origin, decode_verifier_key(key)) for key, origin in lines)
        return self._logs[1]

    def add_checkpoint(self, body: bytes, time: int) -> Answer:
        """Answer an `add-checkpoint` request at *time* (POSIX seconds), as tlog-witness has it."""
        try:
            request = decode_request(body)
            note = decode_note(request.note)
            checkpoint = decode_checkpoint(note.text)
        except Damaged as error:
            return Answer(400, f"{error}\n".encode())
        refused = self._refused(note, checkpoint)
        if refused is not None:
            return refused
        if request.old > checkpoint.size:
            return Answer(400, b"the old size is above that of the checkpoint\n")
        with self._transaction():
            known = self._known(checkpoint.origin)
            if request.old != known.size:
                return Answer(409, f"{known.size}\n".encode(), "text/x.tlog.size")
            try:
                if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
                    raise Forked("the root of no entries is not that of the empty tree")
                check_consistency(known.size, known.root, checkpoint.size, checkpoint.root, request.proof)
            except RecordError as error:
                return Answer(422, f"{error}\n".encode())
            lines = "".join(encode_signature(cosigner.cosign(note.text, time)) for cosigner in self._cosigners)
            names = {key.name for origin, key in self._followed() if origin == checkpoint.origin}
            own = tuple(line for line in note.signatures if line.name in names)
            signed = f"{note.text}\n{''.join(map(encode_signature, own))}{lines}".encode()
            self._state.execute(
                "INSERT INTO cosigned VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE "
                "SET size = excluded.size, root = excluded.root, note = excluded.note",
                (checkpoint.origin, checkpoint.size, checkpoint.root, signed),
            )
        return Answer(200, lines.encode())

    def checkpoint(self, origin_hash: str) -> Answer:
        """Answer `GET /<origin hash>/checkpoint`: the newest that was cosigned of the log with that hash."""
        for origin, note in self._state.execute("SELECT origin, note FROM cosigned"):
            if sha256(origin.encode()).hexdigest() == origin_hash:
                return Answer(200, note)
        return Answer(404, b"no checkpoint of such a log was cosigned here\n")

    def _refused(self, note: Note, checkpoint: Checkpoint) -> Answer | None:
        """Why a checkpoint is not even looked at: the log is not followed (404), or has not signed it (403)."""
        keys = [key for origin, key in self._followed() if origin == checkpoint.origin]
        if not keys:
            return Answer(404, b"this log is not followed here\n")
        signed = False
        for line in note.signatures:
            for key in keys:
                if (line.name, line.key_id) == (key.name, key.key_id):
                    try:
                        key.verify(line.signature, note.text.encode())
                    except BadSignature as error:
                        return Answer(403, f"{error}\n".encode())
                    signed = True
        return None if signed else Answer(403, b"the log has not signed this checkpoint\n")

    def _known(self, origin: str) -> Checkpoint:
        row = self._state.execute("SELECT size, root FROM cosigned WHERE origin = ?", (origin,)).fetchone()
        return Checkpoint(origin, *row) if row else Checkpoint(origin, 0, EMPTY_ROOT)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._state.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._state.execute("COMMIT")
        except BaseException:
            if self._state.in_transaction:
                self._state.execute("ROLLBACK")
            raise
