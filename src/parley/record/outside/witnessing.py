"""Having a log's checkpoints cosigned by the witnesses of its policy, at the same time and over open connections."""

import re
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Self

from parley.record.errors import BadSignature, Damaged, Forked, NotCosigned, RecordError, Stale
from parley.record.formats.checkpoint import Checkpoint, decode_checkpoint
from parley.record.formats.cosignature import cosigned_at
from parley.record.formats.hashing import Frontier
from parley.record.formats.note import Note, NoteSignature, decode_note, decode_signature, encode_note
from parley.record.formats.policy import SHARED, Policy
from parley.record.formats.proofs import peaks, prove_consistency
from parley.record.keys import LOG, load_verifier
from parley.record.log import COSIGNED, SIGNED
from parley.record.outside.witness import Answer, Request, encode_request
from parley.record.rotation import load_history
from parley.record.store import Store

RECORDED = "recorded"
MOST_OFF = 2.0
"""By how many seconds a witness's clock may differ from this machine's before it is told."""
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")

Send = Callable[[str, bytes | None], Answer]
"""Sends an HTTP request to a URL, POST with a body and GET without; raises OSError where nobody answers."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """What came of asking: the checkpoint's note with all cosignatures, and why witnesses of the policy gave none.

    *clocks* has those whose clock is more than two seconds off this machine's: by how many seconds it is ahead.
    """

    note: bytes
    missing: dict[str, str]
    clocks: dict[str, float]


class Witnessing:
    """Has the checkpoints of the record in *folder* cosigned; may be used from any thread.

    A cosignature that comes too late for one checkpoint is kept all the same; its witness is asked again with the next.
    """

    def __init__(self, folder: Path, policy: Policy, send: Send) -> None:
        self._folder = folder
        self._policy = policy
        self._send = send
        self._store = Store.open(folder, any_thread=True)
        self._reading = Lock()  # of the store
        self._cosigning = Lock()  # one checkpoint after the other
        self._origin = load_verifier(folder, LOG).name
        self._threads = ThreadPoolExecutor(max(1, len(policy.witnesses)), thread_name_prefix="witness")
        self._asked: dict[str, Future[NoteSignature]] = {}
        self._clocks: dict[str, float] = {}

    def close(self) -> None:
        """Wait for what was asked, and close the store."""
        self._threads.shutdown()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def cosign(self, again: bool = False) -> Cosigned:
        """Have the newest signed checkpoint cosigned; return as soon as the policy's quorum has.

        Args:
            again: ask also where the quorum has cosigned it before, so that readers see how fresh it is.

        Raises:
            NotCosigned: when too few have; the entries stand in the log, and the next call asks again.
            Stale: when a witness has cosigned more than this log holds: this is an old copy, and must not go on.
            Forked: when a witness has cosigned another history.
        """
        with self._cosigning:
            note = self._newest()
            present = set(self._policy.witnessed(note))
            was_met = self._policy.is_met(present)
            if was_met and not again:  # by the call before, which came when this one waited
                return Cosigned(encode_note(note), {}, self._clocks)
            if again:
                own = tuple(line for line in note.signatures if line.name == self._origin)
                note, present = replace(note, signatures=own), set()
            missing: dict[str, str] = {}
            waiting = self._ask_all(note, missing)
            while waiting and not self._policy.is_met(present):
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    name = waiting.pop(future)
                    try:
                        note = replace(note, signatures=(*note.signatures, future.result()))
                        present.add(name)
                    except (Stale, Forked):
                        raise
                    except (RecordError, OSError) as error:
                        missing[name] = str(error)
            if self._policy.is_met(present) or not was_met:
                self._keep(note, present)
            for future, name in waiting.items():  # they come too late for this checkpoint
                future.add_done_callback(partial(self._keep_late, name, note))
            if not self._policy.is_met(present):
                told = "; ".join(f"{name}: {why}" for name, why in sorted(missing.items()))
                raise NotCosigned(
                    "Stored and signed by the centre; not enough witnesses have confirmed it yet "
                    f"({told or 'none has a URL'})."
                )
            return Cosigned(encode_note(note), missing, self._clocks)

    def take(self, data: bytes) -> int:
        """Keep the cosignatures that somebody brought on a checkpoint's note; return how many are of the policy.

        Raises:
            Forked: when the checkpoint is not of this log's history.
            BadSignature: when the log has not signed it, or a cosignature does not verify.
        """
        checkpoint = self._opened(data)
        note = decode_note(data)
        self._of_this_log(note.text, "somebody")
        own = tuple(line for line in note.signatures if line.name == checkpoint.origin)
        taken = 0
        with self._cosigning:
            for line in note.signatures:
                for name, (key, _) in self._policy.witnesses.items():
                    if cosigned_at(Note(note.text, (line,)), key) is None:
                        continue
                    newest = self._newest()
                    if newest.text == note.text and line not in newest.signatures:
                        newest = replace(newest, signatures=(*newest.signatures, line))
                        self._keep(newest, set(self._policy.witnessed(newest)))
                    else:
                        self._keep_by([name], Note(note.text, (*own, line)))
                    taken += 1
        return taken

    def check_newest(self) -> dict[str, str]:
        """Ask every witness what it saw last, as on starting; return why some did not tell.

        Raises:
            Stale: when one has seen more than this log holds: this is a restored old copy.
            Forked: when one has seen another history.
        """
        digest = sha256(self._origin.encode()).hexdigest()
        silent = {}
        for name, (_, url) in self._policy.witnesses.items():
            if not url:
                continue
            try:
                answer = self._send(f"{url.rstrip('/')}/{digest}/checkpoint", None)
                if answer.status not in (200, 404):
                    raise Damaged(f"status {answer.status}")
                if answer.status == 200:
                    self._newest_of_ours(name, answer.body)
            except (BadSignature, Damaged, OSError) as error:
                silent[name] = str(error)
                continue
            if answer.status == 200:
                self._of_this_log(decode_note(answer.body).text, f"the witness {name}")
        return silent

    def _newest_of_ours(self, name: str, data: bytes) -> None:
        """Check that this log signed what a witness saw; a key that is not known here may be newer than this copy."""
        try:
            self._opened(data)
        except BadSignature:
            note = decode_note(data)
            checkpoint = decode_checkpoint(note.text)
            key, _ = self._policy.witnesses[name]
            if checkpoint.origin == self._origin and cosigned_at(note, key) is not None:
                self._more_seen(checkpoint.size, f"the witness {name}")
            raise

    def _ask_all(self, note: Note, missing: dict[str, str]) -> dict["Future[NoteSignature]", str]:
        """Ask every witness that is not still busy with an earlier checkpoint, each in a thread."""
        waiting = {}
        for name, (_, url) in self._policy.witnesses.items():
            if not url:
                continue
            busy = self._asked.get(name)
            if busy is not None and not busy.done():
                missing[name] = "still busy with an earlier checkpoint"
                continue
            self._asked[name] = self._threads.submit(self._ask, name, f"{url.rstrip('/')}/add-checkpoint", note)
            waiting[self._asked[name]] = name
        return waiting

    def _ask(self, name: str, url: str, note: Note) -> NoteSignature:
        """Have one witness cosign *note*; a witness that is elsewhere in the history is asked again from there."""
        size = decode_checkpoint(note.text).size
        with self._reading:
            known = self._store.checkpoint(f"by {name}")
        old = decode_checkpoint(decode_note(known).text).size if known else 0
        for _ in range(2):
            with self._reading:
                proof = prove_consistency(old, size, self._store.nodes(size))
            sent = time.time()
            answer = self._send(url, encode_request(Request(old, proof, encode_note(note))))
            told = _SIZE.fullmatch(answer.body)
            if answer.status != 409 or told is None:
                break
            old = int(told[1])
            if old > size:
                self._more_seen(old, f"the witness {name}")
        if answer.status == 422:
            raise Forked(f"the witness {name} has seen another history; nothing more may be signed")
        if answer.status != 200:
            raise Damaged(f"status {answer.status}: {answer.body[:200].decode(errors='replace').strip()}")
        key, _ = self._policy.witnesses[name]
        for line in map(decode_signature, answer.body.decode().removesuffix("\n").split("\n")):
            if (at := cosigned_at(Note(note.text, (line,)), key)) is not None:
                self._compare_clock(name, at, sent, time.time())
                return line
        raise BadSignature("it answered without a cosignature by its key of the policy")

    def _compare_clock(self, name: str, at: int, sent: float, got: float) -> None:
        """Note how far a witness's clock, of whole seconds, is from this one's, between *sent* and *got*."""
        self._clocks.pop(name, None)
        if not sent - 1 - MOST_OFF <= at <= got + MOST_OFF:
            self._clocks[name] = at - (sent if at < sent else got)

    def _opened(self, note: bytes) -> Checkpoint:
        history = load_history(self._folder)
        key = history.first(load_verifier(self._folder, LOG))
        return history.open_checkpoint(note, key, stands=lambda one: one.root == self._root(one.size))

    def _root(self, size: int) -> bytes:
        with self._reading:
            return Frontier(size, peaks(size, self._store.nodes(size))).root()

    def _of_this_log(self, text: str, who: str) -> None:
        """Check that the checkpoint *text* is of the history that stands here."""
        checkpoint = decode_checkpoint(text)
        if checkpoint.origin != self._origin:
            raise Forked(f"a checkpoint of {checkpoint.origin}, not of {self._origin}")
        if checkpoint.size > self._size():
            self._more_seen(checkpoint.size, who)
        if self._root(checkpoint.size) != checkpoint.root:
            raise Forked(f"{who} has seen another history of {checkpoint.size} entries; nothing more may be signed")

    def _more_seen(self, seen: int, who: str) -> None:
        here = self._size()
        if seen > here:
            raise Stale(f"{who} has seen {seen} entries, {here} are here: this is an old copy; nothing may be signed")

    def _size(self) -> int:
        return decode_checkpoint(self._signed().text).size

    def _signed(self) -> Note:
        with self._reading:
            return decode_note(self._store.checkpoint(SIGNED) or b"")

    def _newest(self) -> Note:
        """The newest signed checkpoint with the cosignatures that it has so far."""
        signed = self._signed()
        with self._reading:
            cosigned = self._store.checkpoint(COSIGNED)
        known = decode_note(cosigned) if cosigned else None
        return known if known is not None and known.text == signed.text else signed

    def _keep(self, note: Note, present: set[str]) -> None:
        """Keep the newest checkpoint, cosigned by those *present*, also as that of each tier that it meets."""
        data = encode_note(note)
        with self._reading, self._store.writing(durable=False):
            self._store.set_checkpoint(COSIGNED, data)
            if self._policy.is_met(present):
                self._store.set_checkpoint(RECORDED, data)
            if SHARED in self._policy.groups and self._policy.is_met(present, SHARED):
                self._store.set_checkpoint(SHARED, data)
            self._note_by(present, note)

    def _keep_by(self, names: Iterable[str], note: Note) -> None:
        with self._reading, self._store.writing(durable=False):
            self._note_by(names, note)

    def _note_by(self, names: Iterable[str], note: Note) -> None:
        """Note the newest checkpoint that each of *names* cosigned; within a transaction."""
        size = decode_checkpoint(note.text).size
        for name in names:
            known = self._store.checkpoint(f"by {name}")
            if known is None or decode_checkpoint(decode_note(known).text).size <= size:
                self._store.set_checkpoint(f"by {name}", encode_note(note))

    def _keep_late(self, name: str, note: Note, late: "Future[NoteSignature]") -> None:
        """Keep what a slow witness gave, so that it is next asked from there; what it could not give is asked again."""
        with suppress(RecordError, OSError, CancelledError):
            line = late.result()
            own = tuple(one for one in note.signatures if one.name == self._origin)
            self._keep_by([name], Note(note.text, (*own, line)))
