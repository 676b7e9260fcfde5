"""Proofs in one text file, which an independent client checks offline: https://c2sp.org/tlog-proof"""

import re
from dataclasses import dataclass

from parley.record.errors import Damaged
from parley.record.formats.canonical import decode_base64, encode_base64
from parley.record.formats.hashing import HASH_SIZE

_HEAD = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)
_MOST_HASHES = 63
_MOST_BYTES = 1_100_000


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Entry *index* of a log stands under *checkpoint* (a signed note); *proof* leads there; *extra* is not proved."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def encode_tlog_proof(proof: TlogProof) -> bytes:
    """The file; the inverse of `decode_tlog_proof`."""
    lines = [_HEAD]
    if proof.extra is not None:
        lines.append(f"extra {encode_base64(proof.extra).decode()}")
    lines += [f"index {proof.index}", *(encode_base64(one).decode() for one in proof.proof), ""]
    return "".join(f"{line}\n" for line in lines).encode() + proof.checkpoint


def decode_tlog_proof(data: bytes) -> TlogProof:
    """Read a proof file; **nothing is verified here**. Raises Damaged."""
    if len(data) > _MOST_BYTES:
        raise Damaged("a proof above a million bytes")
    head, blank, checkpoint = data.partition(b"\n\n")
    if not blank or not head.isascii():
        raise Damaged("not a tlog-proof: no empty line before the checkpoint")
    first, *lines = head.decode().split("\n")
    if first != _HEAD:
        raise Damaged(f"not a tlog-proof: its first line is not {_HEAD}")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra ").encode())
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if found is None:
        raise Damaged("a tlog-proof without an index")
    if len(lines) > _MOST_HASHES:
        raise Damaged(f"a tlog-proof of more than {_MOST_HASHES} hashes")
    hashes = tuple(decode_base64(line.encode()) for line in lines)
    if any(len(one) != HASH_SIZE for one in hashes):
        raise Damaged("a tlog-proof with a hash that is none")
    return TlogProof(int(found[1]), hashes, checkpoint, extra)


def decode_tlog_proofs(data: bytes) -> list[TlogProof]:
    """Proofs that stand one after another, as the answer to several statements; raises Damaged."""
    head = f"{_HEAD}\n".encode()
    first, *rest = data.split(head)
    if first or not rest:
        raise Damaged(f"not tlog-proofs: the first line is not {_HEAD}")
    return [decode_tlog_proof(head + one) for one in rest]
