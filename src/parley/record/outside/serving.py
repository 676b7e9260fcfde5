"""A log over HTTP: its static files for readers and mirrors (tlog-tiles), and the way in for others' statements.

    GET  /checkpoint, /tile/…                 tlog-tiles
    GET  /statement/<digest>                  a public statement's body and secret
    GET  /statement/<digest>/proof?tier=T     the tlog-proof of a statement, under a checkpoint cosigned to tier T
    GET  /keys/founder.vkey, /keys/log.history
    POST /add-cosignature                     a checkpoint's note with cosignatures, from mirrors that nobody can call
    POST /add-statement?tier=T                statements of one or several senders, in order, all or none

`docs/statement.md` has the formats, with examples.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson

from parley.record.errors import BadSignature, Damaged, NotAllowed, NotIncluded, OutOfPlace, Stale, Unfit
from parley.record.formats.canonical import decode_base64, encode_base64, encode_json
from parley.record.formats.checkpoint import decode_checkpoint
from parley.record.formats.note import decode_note
from parley.record.formats.policy import SHARED
from parley.record.formats.proofs import check_inclusion
from parley.record.formats.tlog_proof import TlogProof, encode_tlog_proof
from parley.record.keys import FOUNDER, load_founder
from parley.record.log import Log
from parley.record.outside.http import Application, Asker, Request, application
from parley.record.outside.submitting import Keep, Submissions, keep_nothing
from parley.record.outside.witness import MOST_BYTES, Answer
from parley.record.outside.witnessing import RECORDED, Witnessing
from parley.record.policy_file import load_policy
from parley.record.record import CheckBody, any_body
from parley.record.rotation import FILE as HISTORY
from parley.record.statements.author import Said
from parley.record.statements.statement import check_envelope, decode_envelope, leaf_of
from parley.record.store import Store

MOST_SUBMITTED = 8 << 20
MOST_STATEMENTS = 1000
LOGGED = "logged"
TIERS = (LOGGED, RECORDED, SHARED)
PATIENCE = 2.0  # seconds for which a submission waits for its tier
_OFTEN = 0.02
_MOST_RECENT = 100_000

# As Tessera serves them: tiles never change, the checkpoint is asked for each time.
_FRESH = (("cache-control", "no-cache"),)
_FOREVER = (("cache-control", "max-age=604800, immutable"),)


class Rates:
    """How often each key may ask: *per_second* on the long run, *burst* at once."""

    def __init__(self, per_second: float = 100.0, burst: float = 2000.0, clock: Callable[[], float] = time.monotonic):
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, key: str, count: int) -> float:
        """Return 0 where *key* may send *count* statements now, which then are counted; else the seconds to wait."""
        now = self._clock()
        left, at = self._left.get(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_second)
        wanted = min(count, self._burst)
        if left < wanted:
            self._left[key] = left, now
            return (wanted - left) / self._per_second
        self._left[key] = left - count, now
        return 0.0


class LogServer:
    """The application for the record in *folder*, and what it holds open; close it at the end.

    Args:
        check_body, keep: as `Submissions` has them.
        rates: how often each key may submit.
    """

    def __init__(
        self,
        folder: Path,
        check_body: CheckBody = any_body,
        keep: Keep = keep_nothing,
        rates: Rates | None = None,
        ask: Asker | None = None,
    ) -> None:
        load_policy(folder)  # a file that is not the record's policy is refused
        self._folder = folder
        self._log = Log.open(folder, any_thread=True)
        self._ask = ask or Asker()
        self._rates = rates or Rates()
        self._recent: dict[str, int] = {}  # digests of what came lately -> entries
        self._submissions = Submissions(folder, check_body, keep, self._ask)
        self.app: Application = application(
            self._answer, {"/add-statement": MOST_SUBMITTED, "/add-cosignature": MOST_BYTES}
        )

    def close(self) -> None:
        """Record what was asked for, and close the files."""
        self._submissions.close()
        self._log.close()

    async def _answer(self, request: Request) -> Answer:
        if request.method == "POST":
            if request.path == "/add-statement":
                return await self._add_statement(request)
            if request.path == "/add-cosignature":
                return await asyncio.to_thread(self._add_cosignature, request.body)
        if request.method != "GET":
            return Answer(405, b"only GET\n", headers=(("allow", "GET, HEAD"),))
        digest, _, rest = request.path.removeprefix("/statement/").partition("/")
        if request.path.startswith("/statement/") and rest == "proof":
            return self._proofs([await self._find(digest)], _tier(request))
        return self._read(request)

    def _read(self, request: Request) -> Answer:
        path = request.path
        if path == "/checkpoint":
            return Answer(200, self._log.newest_note(), headers=_FRESH)
        if path == f"/keys/{FOUNDER}.vkey":
            return Answer(200, f"{load_founder(self._folder) or ''}\n".encode(), headers=_FRESH)
        if path == f"/keys/{HISTORY}":
            file = self._folder / "keys" / HISTORY
            return Answer(200, file.read_bytes() if file.exists() else b"", headers=_FRESH)
        if path.startswith("/statement/"):
            data = self._log.public_statement(path.removeprefix("/statement/"))
            return Answer(200, data, "application/json", _FOREVER)
        try:
            tile = self._log.tile(path.removeprefix("/"))
        except Damaged as error:
            raise NotIncluded(f"nothing is served at {path}") from error
        return Answer(200, tile, "application/octet-stream", _FOREVER)

    async def _find(self, digest: str) -> int:
        """The entry of the statement with this digest; an older one is looked for beside those who read."""
        entry = self._recent.get(digest)
        if entry is None and len(digest) == 64:
            entry = await asyncio.to_thread(self._look_for, digest)
        if entry is None or entry >= self._log.signed().size:
            raise NotIncluded("no statement has this digest")
        return entry

    def _look_for(self, digest: str) -> int | None:
        store = Store.open(self._folder)
        try:
            return next(iter(store.by_digest(digest)), None)
        finally:
            store.close()

    def _proofs(self, entries: list[int], tier: str) -> Answer:
        """The proofs of *entries* under a checkpoint of *tier*; 202 where there is none yet."""
        note = self._log.newest_note() if tier == LOGGED else self._log.store.checkpoint(tier)
        size = decode_checkpoint(decode_note(note).text).size if note is not None else 0
        if note is None or size <= max(entries):
            return Answer(202, f"not {tier} yet\n".encode(), headers=(("retry-after", "2"), *_FRESH))
        files = []
        for entry in entries:
            row = self._log.store.row(entry)
            signed = self._log.open_note(note)
            proof = self._log.inclusion_proof(entry, signed.size)
            check_inclusion(row.leaf_hash, entry, signed.size, proof, signed.root)
            files.append(encode_tlog_proof(TlogProof(entry, proof, note, extra=row.leaf)))
        return Answer(200, b"".join(files), headers=_FRESH)

    def _add_cosignature(self, body: bytes) -> Answer:
        policy = load_policy(self._folder)
        if policy is None:
            return Answer(404, b"this log has no policy\n")
        with Witnessing(self._folder, policy, self._ask) as witnessing:
            taken = witnessing.take(body)
        return Answer(200, f"{taken}\n".encode())

    async def _add_statement(self, request: Request) -> Answer:
        tier = _tier(request)
        try:
            statements, files = decode_submission(request.body)
            if refused := self._refused(statements, bool(files)):
                return refused
            taken = await self._submissions.submit(statements, files)
        except OutOfPlace as error:
            told = encode_json({"prev": error.prev, "seq": error.seq, "why": str(error)})
            return Answer(409, told + b"\n", "application/json")
        except (NotAllowed, BadSignature) as error:
            return Answer(403, f"{error}\n".encode())
        except (Damaged, Unfit) as error:
            return Answer(400, f"{error}\n".encode())
        except Stale as error:
            return Answer(503, f"{error}\n".encode(), headers=(("retry-after", "60"),))
        entries = [one.index for one in taken]
        for one in taken:
            if len(self._recent) >= _MOST_RECENT:
                del self._recent[next(iter(self._recent))]
            self._recent[one.envelope] = one.index
        until = time.monotonic() + (PATIENCE if tier != LOGGED else 0)
        while (answer := self._proofs(entries, tier)).status == 202 and time.monotonic() < until:
            await asyncio.sleep(_OFTEN)
        return answer

    def _refused(self, statements: list[Said], has_files: bool) -> Answer | None:
        """Refuse strangers, and keys that ask too often, before anything is spent on them or kept for them."""
        authority = self._log.authority()
        counts: dict[str, int] = {}
        for one in statements:
            leaf = leaf_of(one.envelope, "")
            holder = authority.holders.get(leaf.sender)
            if holder is None or holder.until is not None:
                return Answer(403, b"the sender is not known here; nothing was recorded\n")
            if has_files:
                check_envelope(decode_envelope(one.envelope), holder.key)
            counts[leaf.sender] = counts.get(leaf.sender, 0) + 1
        wait = max(self._rates.wait(sender, count) for sender, count in counts.items())
        if wait:
            retry = str(int(wait) + 1)
            return Answer(
                429, b"too many statements of this key; nothing was recorded\n", headers=(("retry-after", retry),)
            )
        return None


def encode_submission(statements: list[Said], files: Mapping[str, bytes] | None = None) -> bytes:
    """The body of `POST /add-statement`; `decode_submission` reads it."""
    said = b",".join(
        b'{"body":%s,"envelope":%s,"secret":"%s"}' % (one.body, one.envelope, encode_base64(one.secret))
        for one in statements
    )
    kept = b",".join(b'"%s":"%s"' % (digest.encode(), encode_base64(data)) for digest, data in (files or {}).items())
    return b'{"files":{%s},"statements":[%s]}' % (kept, said)


def decode_submission(data: bytes) -> tuple[list[Said], dict[str, bytes]]:
    """The statements and files in a body; **no signature is verified here**. Raises Damaged.

    JSON of any spelling is read; envelope and body are held to their canonical form.
    """
    try:
        given = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Damaged(f"not JSON: {error}") from error
    if not isinstance(given, dict) or not set(given) <= {"files", "statements"}:
        raise Damaged("expected an object of `statements` and `files`")
    listed, kept = given.get("statements"), given.get("files", {})
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_STATEMENTS or not isinstance(kept, dict):
        raise Damaged(f"expected a list of 1 to {MOST_STATEMENTS} statements")
    statements = [_said(one) for one in listed]
    files = {digest: _bytes(text) for digest, text in kept.items()}
    for digest, content in files.items():
        if sha256(content).hexdigest() != digest:
            raise Damaged(f"the file {digest[:16]} does not have this digest")
        if not any(digest.encode() in one.body for one in statements):
            raise Damaged(f"no statement speaks of the file {digest[:16]}…")
    return statements, files


def _said(given: Any) -> Said:
    if not isinstance(given, dict) or set(given) != {"body", "envelope", "secret"}:
        raise Damaged("a statement comes as `body`, `envelope` and `secret`")
    try:
        return Said(encode_json(given["envelope"]), encode_json(given["body"]), _bytes(given["secret"]))
    except ValueError as error:
        raise Damaged(f"a statement that is not canonical JSON: {error}") from error


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise Damaged("expected base64")
    return decode_base64(text.encode())


def _tier(request: Request) -> str:
    tier = parse_qs(request.query).get("tier", [LOGGED])[0]
    if tier not in TIERS:
        raise Damaged(f"a tier is one of {', '.join(TIERS)}")
    return tier
