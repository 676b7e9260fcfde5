"""The record: an append-only transparency log of signed statements, which nobody can rewrite unseen.

Hashing and proofs are those of RFC 6962; notes, checkpoints, tiles, cosignatures, witnesses, proofs and policies those
of C2SP, byte for byte. This package stands on its own and imports nothing else of Parley.

    with Record.create(folder, origin="example.org/centre") as record:
        record.append([("report", {"id": "F-12"})], at=datetime.now(UTC))
        receipt = record.receipt(0)
        key = record.verifier_key()
    check_receipt(receipt, key)
    assert verify(folder, key).ok

From the bottom up: `hashing`, `proofs`, `tile`, `note`, `checkpoint`, `cosignature`, `policy`, `tlog_proof` (the public
formats); `fields`, `sealed`, `statement` (what is committed to); `store`, `log`, `tile_files`, `sequencer` (where it
stands); `record` (what is said); `witness`, `witnessing`, `mirror`, `fork`, `tiers`, `rotation`, `hold` (what keeps it
honest); `bundle` and `verify_bundle` (what is handed out); `http` (how others reach it).
"""

from parley.record.checkpoint import Checkpoint, open_checkpoint
from parley.record.errors import BadSignature, Damaged, Forked, NotCosigned, NotIncluded, RecordError, Stale, Unfit
from parley.record.note import VerifierKey, decode_verifier_key
from parley.record.proofs import check_consistency, check_inclusion
from parley.record.receipt import Appended, Receipt, check_receipt
from parley.record.record import Entry, Record
from parley.record.verify import Fault, Verification, verify

__all__ = [
    "Appended",
    "BadSignature",
    "Checkpoint",
    "Damaged",
    "Entry",
    "Fault",
    "Forked",
    "NotCosigned",
    "NotIncluded",
    "Receipt",
    "Record",
    "RecordError",
    "Stale",
    "Unfit",
    "Verification",
    "VerifierKey",
    "check_consistency",
    "check_inclusion",
    "check_receipt",
    "decode_verifier_key",
    "open_checkpoint",
    "verify",
]
