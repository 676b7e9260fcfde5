"""A sender's outbox: what it said to one log, kept durably before it is sent, and the proofs that came back.

The folder of a party's node holds `keys/party.key` (its own), `keys/log.vkey` (the log's, known from elsewhere) and
`outbox.db`. A statement is signed once and sent until the log has given its proof; sending it again is harmless. Two
machines must not share a key: each would count for itself, and the log takes one count.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from parley.record.errors import Damaged, NotIncluded, RecordError
from parley.record.formats.canonical import decode_json
from parley.record.formats.checkpoint import Checkpoint
from parley.record.formats.code import encode_code
from parley.record.formats.hashing import leaf_hash
from parley.record.formats.note import VerifierKey
from parley.record.formats.proofs import check_inclusion
from parley.record.formats.tlog_proof import TlogProof, decode_tlog_proofs, encode_tlog_proof
from parley.record.keys import LOG, load_signer, load_verifier, new_signer, sync_folder, write_new
from parley.record.outside.own_file import OwnFile
from parley.record.outside.serving import LOGGED, encode_submission
from parley.record.outside.witnessing import Send
from parley.record.rotation import FILE as HISTORY
from parley.record.rotation import decode_history, load_history
from parley.record.statements.author import Author, Said
from parley.record.statements.check import Place
from parley.record.statements.statement import decode_leaf, leaf_of
from parley.record.whole import all_or_none, write_whole

FILE = "outbox.db"
PARTY = "party"
MOST_AT_ONCE = 200
_SCHEMA = """
CREATE TABLE IF NOT EXISTS said (
  seq INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  envelope BLOB NOT NULL,
  body BLOB NOT NULL,
  secret BLOB NOT NULL,
  files TEXT NOT NULL,        -- digests of kept files that go with it, JSON
  proof BLOB,                 -- the newest tlog-proof that the log gave
  tier TEXT                   -- the tier that it was asked for
) STRICT;
"""


_ADD = "INSERT INTO said (seq, digest, kind, at, envelope, body, secret, files) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


class Sent(NamedTuple):
    """One statement of the outbox: its number, code, kind and time; its entry and time of receipt once it is proved."""

    seq: int
    code: str
    digest: str
    kind: str
    at: str
    tier: str
    entry: int | None
    received: str


@dataclass(frozen=True)
class Delivered:
    """What came of sending: how many statements were proved now, how many wait, and why, "" where nothing is wrong."""

    proved: int
    waiting: int
    why: str


def create_node(folder: Path, name: str, log: VerifierKey) -> VerifierKey:
    """Make a node in *folder* with a new key called *name*, for statements to *log*; return the public key.

    Raises:
        RecordError: when there is a node already, or *name* cannot name a key.
    """
    keys = folder / "keys"
    made = [keys / name for name in (f"{PARTY}.key", f"{PARTY}.vkey", f"{LOG}.vkey")]
    try:
        signer = new_signer(name)
        keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        with all_or_none(*made):
            write_new(made[0], signer.private_key(), private=True)
            write_new(made[1], str(signer.verifier))
            if not made[2].exists():
                write_new(made[2], str(log))
            sync_folder(keys)
    except FileExistsError as error:
        raise RecordError(f"there is a key in {folder} already") from error
    except ValueError as error:
        raise RecordError(str(error)) from error
    return signer.verifier


class Outbox(OwnFile):
    """The open outbox of the node in *folder*."""

    def __init__(self, folder: Path) -> None:
        """Open it; raises RecordError where there is no node."""
        self._folder = folder
        self._signer = load_signer(folder, PARTY)
        self._log = load_verifier(folder, LOG)
        self._load_history()
        super().__init__(folder / FILE, f"PRAGMA journal_mode = WAL;{_SCHEMA}")

    def _load_history(self) -> None:
        self._history = load_history(self._folder)
        self._first = self._history.first(self._log)

    def take_history(self, url: str, send: Send) -> None:
        """Take over how the log's keys followed each other, where the log tells more than is known here.

        Raises:
            Damaged: when it tells another history than before, or one that the pinned key is not of.
        """
        answer = send(f"{url.rstrip('/')}/keys/{HISTORY}", None)
        if answer.status != 200 or not answer.body:
            return
        told, known = decode_history(answer.body), self._history
        if told.changes[: len(known.changes)] != known.changes or told.losses[: len(known.losses)] != known.losses:
            raise Damaged("the log shows another history of its keys than before")
        if told != known:
            keep_file(self._folder / "keys" / HISTORY, answer.body)
            self._load_history()

    @property
    def key(self) -> VerifierKey:
        """The node's own public key."""
        return self._signer.verifier

    def say(
        self,
        statements: Sequence[tuple[str, Mapping[str, Any]]],
        at: datetime,
        files: Mapping[str, bytes] | None = None,
    ) -> list[Said]:
        """Sign (kind, body) statements, and keep them to be sent, all or none; *files* by their digests go with them.

        Raises:
            Unfit: when a statement cannot be recorded anywhere.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            author = Author(self._signer, self._first.digest.hex(), self._place())
            made = []
            for digest, data in (files or {}).items():
                keep_file(self._folder / "files" / digest, data)
            for number, (kind, body) in enumerate(statements):
                with_it = json.dumps(sorted(files or {}) if number == 0 else [])
                made.append(self._add(author, kind, body, at, with_it))
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        return made

    @property
    def next(self) -> int:
        """The number that the next statement will have."""
        return self._place().seq

    def discard(self, seq: int) -> None:
        """Take statement *seq*, which the log refused, out; those that wait behind it are signed anew, in its place.

        Raises:
            RecordError: when there is no such statement, or the log has given a proof of it or of a later one.
        """
        rows = self._connection.execute(
            "SELECT seq, kind, at, body, files, proof FROM said WHERE seq >= ? ORDER BY seq", (seq,)
        ).fetchall()
        if not rows or rows[0][0] != seq:
            raise RecordError(f"the outbox has no statement {seq}")
        if any(row[5] is not None for row in rows):
            raise RecordError(f"statement {seq}, or one behind it, is in the log already")
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.execute("DELETE FROM said WHERE seq >= ?", (seq,))
            author = Author(self._signer, self._first.digest.hex(), self._place())
            for _, kind, at, body, files, _ in rows[1:]:
                self._add(author, kind, decode_json(body), datetime.fromisoformat(at), files)
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def _add(self, author: Author, kind: str, body: Mapping[str, Any], at: datetime, files: str) -> Said:
        seq = author.place.seq
        said = author.say(kind, body, at)
        values = seq, said.digest, kind, at.astimezone(UTC).isoformat(), *said, files
        self._connection.execute(_ADD, values)
        return said

    def _place(self) -> Place:
        row = self._connection.execute("SELECT seq, digest FROM said ORDER BY seq DESC LIMIT 1").fetchone()
        return Place() if row is None else Place(row[0] + 1, row[1])

    def sent(self) -> list[Sent]:
        """Every statement, in order."""
        rows = self._connection.execute("SELECT seq, digest, kind, at, tier, proof FROM said ORDER BY seq")
        return [_sent(*row) for row in rows]

    def bodies(self) -> list[dict[str, Any]]:
        """The body of every statement, in the order of `sent`."""
        rows = self._connection.execute("SELECT body FROM said ORDER BY seq")
        return [decode_json(body) for (body,) in rows]

    def proof(self, digest: str) -> bytes | None:
        """The tlog-proof of a statement, None where there is none yet."""
        row = self._connection.execute("SELECT proof FROM said WHERE digest = ?", (digest,)).fetchone()
        return row[0] if row else None

    def deliver(self, url: str, send: Send, tier: str = LOGGED) -> Delivered:
        """Send what has no proof of *tier* yet, in order, and keep the proofs that come back.

        Nothing is raised where the line is down: what waits is sent the next time.
        """
        proved = 0
        try:
            self.take_history(url, send)
        except (RecordError, OSError) as error:
            return Delivered(0, len(self._waiting(tier)), str(error))
        while waiting := self._waiting(tier)[:MOST_AT_ONCE]:
            try:
                taken = self._send(url, send, waiting, tier)
            except (RecordError, OSError) as error:
                return Delivered(proved, len(self._waiting(tier)), str(error))
            proved += taken
            if taken < len(waiting):
                return Delivered(proved, len(self._waiting(tier)), f"recorded, not {tier} yet: ask again later")
        return Delivered(proved, 0, "")

    def _waiting(self, tier: str) -> list[tuple[int, Said, list[str]]]:
        rows = self._connection.execute(
            "SELECT seq, envelope, body, secret, files FROM said WHERE proof IS NULL OR tier IS NOT ? AND tier = ? "
            "ORDER BY seq",
            (tier, LOGGED),
        )
        return [(seq, Said(*said), json.loads(files)) for seq, *said, files in rows]

    def _send(self, url: str, send: Send, waiting: Sequence[tuple[int, Said, list[str]]], tier: str) -> int:
        """Send statements; return how many were proved. Raises RecordError or OSError where the log refuses them."""
        files = {one: (self._folder / "files" / one).read_bytes() for _, _, named in waiting for one in named}
        said = [one for _, one, _ in waiting]
        answer = send(f"{url.rstrip('/')}/add-statement?tier={tier}", encode_submission(said, files))
        says = answer.body[:500].decode(errors="replace").strip()
        if answer.status == 202:
            self._keep_logged(url, send, waiting)
            return 0
        if answer.status == 409:
            raise RecordError(f"the log expects another statement of this key ({says}): is the key used elsewhere too?")
        if answer.status != 200:
            raise RecordError(f"status {answer.status}: {says}")
        self._take(waiting, answer.body, tier)
        return len(waiting)

    def _keep_logged(self, url: str, send: Send, waiting: Sequence[tuple[int, Said, list[str]]]) -> None:
        """Keep the proofs under the log's own checkpoint of statements that are not cosigned as asked yet."""
        for one in waiting:
            answer = send(f"{url.rstrip('/')}/statement/{one[1].digest}/proof?tier={LOGGED}", None)
            if answer.status == 200:
                self._take([one], answer.body, LOGGED)

    def _take(self, waiting: Sequence[tuple[int, Said, list[str]]], data: bytes, tier: str) -> None:
        proofs = decode_tlog_proofs(data)
        if len(proofs) != len(waiting):
            raise Damaged(f"{len(proofs)} proofs for {len(waiting)} statements")
        for (seq, said, _), proof in zip(waiting, proofs, strict=True):
            self.check(said, proof)
            values = encode_tlog_proof(proof), tier, seq
            self._connection.execute("UPDATE said SET proof = ?, tier = ? WHERE seq = ?", values)

    def check(self, said: Said, proof: TlogProof) -> Checkpoint:
        """Check that *proof* shows *said* in the log; raises RecordError."""
        leaf = decode_leaf(proof.extra or b"")
        if leaf != leaf_of(said.envelope, leaf.received):
            raise NotIncluded("the leaf entry in the proof does not commit to the statement")
        head = self._history.open_checkpoint(proof.checkpoint, self._first)
        check_inclusion(leaf_hash(proof.extra or b""), proof.index, head.size, proof.proof, head.root)
        return head


def keep_file(path: Path, data: bytes) -> None:
    """Write *data* durably, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, data)


def _sent(seq: int, digest: str, kind: str, at: str, tier: str | None, proof: bytes | None) -> Sent:
    if proof is None:
        return Sent(seq, encode_code(digest), digest, kind, at, "", None, "")
    (found,) = decode_tlog_proofs(proof)
    received = decode_leaf(found.extra or b"").received
    return Sent(seq, encode_code(digest), digest, kind, at, tier or LOGGED, found.index, received)
