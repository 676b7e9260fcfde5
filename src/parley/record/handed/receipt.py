"""Receipts: what a party keeps to show, with the log's public key alone, that its statement stands in the record."""

from dataclasses import dataclass

from parley.record.errors import NotIncluded
from parley.record.formats.checkpoint import Checkpoint, open_checkpoint
from parley.record.formats.hashing import leaf_hash
from parley.record.formats.note import decode_verifier_key
from parley.record.formats.proofs import check_inclusion
from parley.record.statements.statement import decode_leaf, digest


@dataclass(frozen=True, slots=True)
class Appended:
    """What appending returns at once: the entry's number, its leaf hash, and its envelope's digest in hex."""

    index: int
    leaf_hash: bytes
    envelope: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that stands on its own: entry *index* is *leaf*; *proof* leads from it to the signed *checkpoint*."""

    index: int
    leaf: bytes
    proof: tuple[bytes, ...]
    checkpoint: bytes

    @property
    def leaf_hash(self) -> bytes:
        """The tree's hash of the leaf entry."""
        return leaf_hash(self.leaf)


def check_receipt(receipt: Receipt, verifier_key: str, envelope: bytes | None = None) -> Checkpoint:
    """Check a receipt against the log's public key, as in `log.vkey`; return the checkpoint that it proves against.

    Args:
        envelope: the statement's envelope; when given, the leaf entry must commit to it.

    Raises:
        Damaged: when key, checkpoint or leaf entry are not well formed.
        BadSignature: when the log has not signed the checkpoint.
        NotIncluded: when the entry, or the envelope, is not what the checkpoint commits to.
    """
    checkpoint = open_checkpoint(receipt.checkpoint, decode_verifier_key(verifier_key))
    check_inclusion(receipt.leaf_hash, receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
    if envelope is not None and decode_leaf(receipt.leaf).envelope != digest(envelope):
        raise NotIncluded(f"entry {receipt.index} commits to another envelope")
    return checkpoint
