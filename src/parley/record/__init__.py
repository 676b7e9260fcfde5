"""The record: an append-only transparency log of signed statements, which nobody can rewrite unseen.

Hashing and proofs are those of RFC 6962; notes, checkpoints, tiles, cosignatures, witnesses, proofs and policies those
of C2SP, byte for byte. This package stands on its own and imports nothing else of Parley.

    with Record.create(folder, origin="example.org/centre") as record:
        record.append([("report", {"id": "F-12"})], at=datetime.now(UTC))
        receipt = record.receipt(0)
        key = record.verifier_key()
    check_receipt(receipt, key)
    assert verify(folder, key).ok

From the bottom up: `formats` (the public formats: hashing, proofs, tiles, notes, checkpoints, cosignatures, policies,
canonical JSON), `statements` (what is said and committed to, and who may say it), `store`, `log`, `tile_files`,
`publisher`, `keys`, `rotation` (where it stands, and under which keys), `record` (what is recorded and read back),
`outside` (witnesses, mirrors, forks, tiers, and how others reach it), `handed` (receipts and bundles), `verify`.
"""

from parley.record.errors import BadSignature, Damaged, Forked, NotCosigned, NotIncluded, RecordError, Stale, Unfit
from parley.record.formats.checkpoint import Checkpoint, open_checkpoint
from parley.record.formats.note import VerifierKey, decode_verifier_key
from parley.record.formats.proofs import check_consistency, check_inclusion
from parley.record.handed.receipt import Appended, Receipt, check_receipt
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
