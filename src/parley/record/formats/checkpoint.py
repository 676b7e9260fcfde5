"""Checkpoints, the signed heads of a log: https://c2sp.org/tlog-checkpoint"""

import re
from dataclasses import dataclass

from parley.record.errors import BadSignature, Damaged
from parley.record.formats.canonical import decode_base64, encode_base64
from parley.record.formats.hashing import HASH_SIZE
from parley.record.formats.note import Signer, VerifierKey, open_note, sign_note

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_MAX_SIZE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log signs: its *origin*, the tree's *size* in entries and its *root* (32 bytes)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def encode_checkpoint(checkpoint: Checkpoint) -> str:
    """The note text; the inverse of `decode_checkpoint`."""
    root = encode_base64(checkpoint.root).decode()
    return "".join(f"{line}\n" for line in (checkpoint.origin, checkpoint.size, root, *checkpoint.extensions))


def decode_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text spells; raises Damaged when it spells none."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise Damaged("a checkpoint has three or more lines, none empty")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Damaged("a checkpoint that is no text")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size) or int(size) > _MAX_SIZE:
        raise Damaged("a checkpoint without a size")
    if not root.isascii() or len(digest := decode_base64(root.encode())) != HASH_SIZE:
        raise Damaged("a checkpoint without a root hash")
    return Checkpoint(origin, int(size), digest, tuple(extensions))


def sign_checkpoint(checkpoint: Checkpoint, *signers: Signer) -> bytes:
    """The signed note of a checkpoint; every signer must bear the origin's name (several while keys are changed)."""
    if any(signer.verifier.name != checkpoint.origin for signer in signers):
        raise ValueError("the key's name is not the checkpoint's origin")
    return sign_note(encode_checkpoint(checkpoint), *signers)


def open_checkpoint(note: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint in a note signed by the log whose key is *key*.

    Raises:
        Damaged: when it is no note or no checkpoint.
        BadSignature: when *key* has not signed it, or it is that of another log.
    """
    checkpoint = decode_checkpoint(open_note(note, key))
    if checkpoint.origin != key.name:
        raise BadSignature(f"a checkpoint of {checkpoint.origin}, not of {key.name}")
    return checkpoint
