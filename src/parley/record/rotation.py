"""How a log's keys follow each other, so that whoever kept an old key can still check a newer record.

`keys/log.history` has a line for each change, endorsed by the key that goes and accepted by the one that comes, and a
line for each key that got into wrong hands, which the next key declares: what that key alone signed beyond the stated
checkpoint does not count, what stood before stands.

    change OLD-VKEY NEW-VKEY SIGNATURE-BY-OLD SIGNATURE-BY-NEW
    lost VKEY SIZE ROOT BY-VKEY SIGNATURE
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from parley.record.errors import BadSignature, Damaged, RecordError
from parley.record.formats.canonical import decode_base64, encode_base64
from parley.record.formats.checkpoint import Checkpoint, open_checkpoint
from parley.record.formats.hashing import HASH_SIZE
from parley.record.formats.note import Signer, VerifierKey, decode_verifier_key
from parley.record.keys import BEFORE, LOG, load_signer, new_signer, sync_folder, write_new

FILE = "log.history"
_MOST_LINES = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """One key followed by another, signed by both."""

    old: VerifierKey
    new: VerifierKey
    by_old: bytes
    by_new: bytes


@dataclass(frozen=True, slots=True)
class Loss:
    """A key in wrong hands: beyond the tree of *size* entries with *root*, its signature alone does not count."""

    key: VerifierKey
    size: int
    root: bytes
    by: VerifierKey
    signature: bytes


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """Changes and losses in their order; every signature in it was checked when it was read."""

    changes: tuple[Change, ...] = ()
    losses: tuple[Loss, ...] = ()

    def first(self, key: VerifierKey) -> VerifierKey:
        """The key that *key* and all before it followed."""
        for change in reversed(self.changes):
            if change.new == key:
                key = change.old
        return key

    def following(self, pinned: VerifierKey) -> tuple[VerifierKey, ...]:
        """*pinned* and the keys that followed it, the newest last."""
        keys = [pinned]
        for change in self.changes:
            if change.old == keys[-1]:
                keys.append(change.new)
        return tuple(keys)

    def open_checkpoint(
        self, note: bytes, pinned: VerifierKey, stands: Callable[[Checkpoint], bool] | None = None
    ) -> Checkpoint:
        """The checkpoint in *note*, signed by *pinned* or by a key that followed it.

        Args:
            stands: says of a checkpoint that only a lost key signed, smaller than that of the loss, whether it was
                there before: from the tree that the caller holds, or from cosignatures. Without it none was.

        Raises:
            Damaged: when it is no note or no checkpoint.
            BadSignature: when none of these keys has signed it, or only one that was lost before.
        """
        keys = self.following(pinned)
        refused: BadSignature | None = None
        for place, key in reversed(list(enumerate(keys))):
            try:
                checkpoint = open_checkpoint(note, key)
            except BadSignature as error:
                refused = refused or error
                continue
            # only a later key can declare a loss, or a stolen old key could void the present one
            losses = [one for one in self.losses if one.key == key and one.by in keys[place + 1 :]]
            if all(_was_before(checkpoint, loss, stands) for loss in losses):
                return checkpoint
            refused = BadSignature(f"the key {key.name}+{key.key_id.hex()} was lost; alone it does not count")
        assert refused is not None
        raise refused


def _was_before(checkpoint: Checkpoint, loss: Loss, stands: Callable[[Checkpoint], bool] | None) -> bool:
    if checkpoint.size < loss.size:
        return stands is not None and stands(checkpoint)
    return (checkpoint.size, checkpoint.root) == (loss.size, loss.root)


def decode_history(data: bytes) -> KeyHistory:
    """Read a history; raises Damaged with the line for one that is not signed as it must be."""
    changes: list[Change] = []
    losses: list[Loss] = []
    lines = data.split(b"\n")
    if lines.pop() or len(lines) > _MOST_LINES:
        raise Damaged(f"{FILE}: expected lines, each with its end, {_MOST_LINES} at most")
    for number, line in enumerate(lines, 1):
        try:
            match line.decode().split(" "):
                case ["change", old, new, by_old, by_new]:
                    changes.append(_change(old, new, by_old, by_new))
                case ["lost", key, size, root, by, signature]:
                    losses.append(_loss(key, size, root, by, signature))
                case _:
                    raise Damaged("expected a change or a loss of a key")
        except (Damaged, BadSignature, ValueError) as error:
            raise Damaged(f"{FILE}, line {number}: {error}") from error
    return KeyHistory(tuple(changes), tuple(losses))


def load_history(folder: Path) -> KeyHistory:
    """The history of the record in *folder*; empty where its key was never changed."""
    try:
        return decode_history((folder / "keys" / FILE).read_bytes())
    except FileNotFoundError:
        return KeyHistory()
    except OSError as error:
        raise RecordError(f"keys/{FILE} cannot be read: {error.strerror}") from error


def rotate(folder: Path) -> VerifierKey:
    """Give the log a new key, which signs from now on; the former one signs beside it until `retire`.

    A change that a crash cut short is finished first, and is then the change.

    Raises:
        RecordError: when an earlier change is not retired yet, or files cannot be written.
    """
    keys = folder / "keys"
    present = load_signer(folder, LOG)
    if (keys / f"{BEFORE}.key").exists():
        former = load_signer(folder, BEFORE)
        if former.verifier != present.verifier and load_history(folder).following(former.verifier)[1:]:
            raise RecordError("the former key still signs; retire it first")
    else:
        former = present
        write_new(keys / f"{BEFORE}.key", former.private_key(), private=True)
    if former.verifier == present.verifier:
        present = new_signer(former.verifier.name)
        _replace(keys / f"{LOG}.key", present.private_key(), private=True)
    _replace(keys / f"{LOG}.vkey", str(present.verifier))
    _append(keys / FILE, _change_line(former, present))
    sync_folder(keys)
    return present.verifier


def retire(folder: Path) -> None:
    """Destroy the former key: only the present one signs from now on."""
    path = folder / "keys" / f"{BEFORE}.key"
    if not path.exists():
        raise RecordError("no former key signs any more")
    path.write_bytes(bytes(path.stat().st_size))
    path.unlink()
    sync_folder(path.parent)


def declare_lost(folder: Path, key: VerifierKey, checkpoint: Checkpoint) -> None:
    """Declare with the present key that *key*, a former one, got into wrong hands after *checkpoint*."""
    by = load_signer(folder, LOG)
    if key == by.verifier or key not in {change.old for change in load_history(folder).changes}:
        raise RecordError("only a former key of this log can be declared lost; rotate first")
    message = _loss_message(key, checkpoint.size, checkpoint.root)
    words = (
        "lost", str(key), str(checkpoint.size), encode_base64(checkpoint.root).decode(), str(by.verifier),
        encode_base64(by.sign(message)).decode(),
    )  # fmt: skip
    _append(folder / "keys" / FILE, " ".join(words))


def _change_line(old: Signer, new: Signer) -> str:
    message = _change_message(old.verifier, new.verifier)
    signatures = (encode_base64(signer.sign(message)).decode() for signer in (old, new))
    return " ".join(("change", str(old.verifier), str(new.verifier), *signatures))


def _change(old: str, new: str, by_old: str, by_new: str) -> Change:
    signatures = (decode_base64(text.encode()) for text in (by_old, by_new))
    change = Change(decode_verifier_key(old), decode_verifier_key(new), *signatures)
    if change.old.name != change.new.name:
        raise Damaged("both keys bear the log's name")
    message = _change_message(change.old, change.new)
    change.old.verify(change.by_old, message)
    change.new.verify(change.by_new, message)
    return change


def _loss(key: str, size: str, root: str, by: str, signature: str) -> Loss:
    if not (size.isascii() and size.isdigit() and str(int(size)) == size):
        raise Damaged("a loss without a size")
    loss = Loss(
        decode_verifier_key(key), int(size), decode_base64(root.encode()), decode_verifier_key(by),
        decode_base64(signature.encode()),
    )  # fmt: skip
    if len(loss.root) != HASH_SIZE:
        raise Damaged("a loss without a root")
    loss.by.verify(loss.signature, _loss_message(loss.key, loss.size, loss.root))
    return loss


def _change_message(old: VerifierKey, new: VerifierKey) -> bytes:
    return f"parley/key-change/v1\n{old}\n{new}\n".encode()


def _loss_message(key: VerifierKey, size: int, root: bytes) -> bytes:
    return f"parley/key-lost/v1\n{key}\n{size}\n{encode_base64(root).decode()}\n".encode()


def _append(path: Path, line: str) -> None:
    with path.open("ab") as file:
        file.write(f"{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, text: str, private: bool = False) -> None:
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    write_new(part, text, private)
    try:
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
