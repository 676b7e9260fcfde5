"""Fork proofs: that a log signed two histories, in one file that anybody can check offline with the log's key alone.

Two signed checkpoints, a consistency proof from the smaller one's size to the larger one, and how the log's keys
followed each other, where they were changed. The proof leads from a root that is not the smaller one's: the larger
history begins with other entries than those that were signed before.
"""

from dataclasses import dataclass

from parley.record.errors import Damaged, NotIncluded
from parley.record.formats.canonical import decode_base64, decode_json, encode_base64, encode_json
from parley.record.formats.checkpoint import Checkpoint
from parley.record.formats.hashing import HASH_SIZE
from parley.record.formats.note import VerifierKey
from parley.record.formats.proofs import check_consistency
from parley.record.rotation import decode_history

FORMAT = "parley/fork-proof/2"
_MEMBERS = {"format", "keys", "larger", "proof", "root", "smaller"}
_MOST_BYTES = 4 << 20
_MOST_HASHES = 128


@dataclass(frozen=True, slots=True)
class ForkProof:
    """Both notes; *root* is that over the larger history's first entries, *proof* shows it.

    *keys* is the log's `keys/log.history` as far as whoever found the fork knew it.
    """

    smaller: bytes
    larger: bytes
    root: bytes
    proof: tuple[bytes, ...]
    keys: bytes = b""


def encode_fork_proof(fork: ForkProof) -> bytes:
    """The file, canonical JSON; the inverse of `decode_fork_proof`."""
    return encode_json(
        {
            "format": FORMAT,
            "keys": fork.keys.decode(),
            "larger": fork.larger.decode(),
            "proof": [encode_base64(one).decode() for one in fork.proof],
            "root": encode_base64(fork.root).decode(),
            "smaller": fork.smaller.decode(),
        }
    )


def decode_fork_proof(data: bytes) -> ForkProof:
    """Read a fork proof; **nothing is verified here**. Raises Damaged."""
    if len(data) > _MOST_BYTES:
        raise Damaged("a fork proof above four million bytes")
    given = decode_json(data)
    if not isinstance(given, dict) or set(given) != _MEMBERS or given["format"] != FORMAT:
        raise Damaged(f"not a fork proof ({FORMAT})")
    texts, hashes = [given["smaller"], given["larger"], given["root"], given["keys"]], given["proof"]
    if not isinstance(hashes, list) or not all(isinstance(one, str) for one in (*texts, *hashes)):
        raise Damaged("a fork proof with a member that is no text")
    root, *proof = (decode_base64(one.encode()) for one in (given["root"], *hashes))
    if len(proof) > _MOST_HASHES or any(len(one) != HASH_SIZE for one in (root, *proof)):
        raise Damaged("a fork proof with a hash that is none")
    notes = given["smaller"].encode(), given["larger"].encode()
    return ForkProof(*notes, root, tuple(proof), given["keys"].encode())


def check_fork_proof(fork: ForkProof, key: VerifierKey) -> tuple[Checkpoint, Checkpoint]:
    """Check that *fork* proves what it claims of the log with the key *key*, or one that followed it; return both
    checkpoints.

    Raises:
        Damaged, BadSignature: when a checkpoint is none, or not signed by *key* or one that followed it.
        Forked: when the consistency proof does not hold.
        NotIncluded: when there is no contradiction: the smaller history is the beginning of the larger.
    """
    keys = decode_history(fork.keys)
    smaller, larger = keys.open_checkpoint(fork.smaller, key), keys.open_checkpoint(fork.larger, key)
    check_consistency(smaller.size, fork.root, larger.size, larger.root, fork.proof)
    if fork.root == smaller.root:
        raise NotIncluded("there is no fork: the smaller history is the beginning of the larger")
    return smaller, larger
