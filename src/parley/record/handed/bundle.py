"""Evidence bundles: one statement with everything that somebody needs to check it offline, with public keys alone.

A zip of: `statement.json` (the signed envelope), `leaf.json`, `proof.tlog-proof`, `policy`, `keys/` (the log's key and
its history, the sender's key, and in `events.json` the log's own public statements that give that key its role, each
with its body, secret and proof), `seen.note` (the checkpoint that the statement saw), `fields.json` (the fields that
are shown, each as the bytes that were hashed, with its salt and proof), `attachments/`, and `verify.py`, which checks
all of it.
"""

import zipfile
from collections.abc import Iterable, Mapping
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from parley.record.errors import RecordError, Unfit
from parley.record.formats.canonical import encode_base64, encode_json
from parley.record.formats.policy import Policy, encode_policy
from parley.record.formats.tlog_proof import decode_tlog_proof, encode_tlog_proof
from parley.record.handed.verify_bundle import (
    CHANGED,
    MOST_TEXT,
    Known,
    Unusable,
    Verdict,
    Wrong,
    check,
    judge,
    read_bundle,
    read_known,
)
from parley.record.record import Record
from parley.record.rotation import FILE as HISTORY
from parley.record.rotation import load_history
from parley.record.statements.fields import Disclosed
from parley.record.statements.kinds import CHARTER, ENDORSEMENT, KEY_EVENT
from parley.record.statements.statement import decode_leaf

FOREIGN_VERIFIER = "the verify.py in this bundle is not the one of this Parley; do not run it"
_TIME = (2000, 1, 1, 0, 0, 0)  # so that the same evidence gives the same bytes


def make_bundle(
    record: Record,
    index: int,
    pointers: Iterable[str],
    attachments: Mapping[str, bytes],
    note: bytes | None = None,
    policy: Policy | None = None,
) -> bytes:
    """The bundle of entry *index* that shows the fields named by *pointers* ("" shows all of them).

    Args:
        attachments: bytes by their SHA-256 in hex; a field that is shown must name it.
        note: the checkpoint to prove against, that of the tier wanted; the newest without it.
        policy: what the reader should ask for; none means that only the log vouches.

    Raises:
        NotIncluded: when there is no such entry, or a pointer names no field, or the body was shredded.
        Unfit: when no field that is shown names an attachment, or too much is shown for one bundle.
    """
    row = record.log.row(index)
    leaf = decode_leaf(row.leaf)
    if record.log.row(0).kind != CHARTER:
        raise Unfit("the record's first statement is no charter that names the desk's key: nobody could check a sender")
    sender = record.log.authority().key(leaf.sender)
    if sender is None:
        raise RecordError(f"no key event registers the key of the sender of entry {index}")
    wanted = list(pointers)
    shown = record.disclose(index, wanted) if wanted else []
    keys = record.log.folder / "keys"
    history = load_history(record.log.folder)
    first = history.first(record.log.key)
    content: dict[str, bytes] = {
        "statement.json": row.envelope,
        "leaf.json": row.leaf,
        "proof.tlog-proof": encode_tlog_proof(record.tlog_proof(index, note)),
        "policy": encode_policy(policy or Policy("none", tuple((key, None) for key in history.following(first)))),
        "keys/log.vkey": f"{first}\n".encode(),
        "keys/sender.vkey": f"{sender}\n".encode(),
    }
    if (keys / HISTORY).exists():
        content[f"keys/{HISTORY}"] = (keys / HISTORY).read_bytes()
    content["keys/events.json"] = encode_json(_events(record, content["proof.tlog-proof"]))
    if leaf.saw and (seen := record.log.store.seen(bytes.fromhex(leaf.saw))) is not None:
        content["seen.note"] = seen
    if shown:
        content["fields.json"] = encode_json([_field(one) for one in shown])
    for digest, data in attachments.items():
        content[f"attachments/{digest}"] = data
    content["verify.py"] = _verifier()
    for name, data in content.items():
        if len(data) > MOST_TEXT and not name.startswith("attachments/"):
            raise Unfit(f"{name} would have {len(data)} bytes, {MOST_TEXT} are the most; show fewer fields")
    try:
        list(check(content, Known()))
    except (Wrong, Unusable) as error:
        raise Unfit(f"a bundle of this would not verify: {error}") from error
    return _zipped(content)


def check_bundle(path: Path, key: str | None = None, policy: bytes | None = None, sender: str | None = None) -> Verdict:
    """The verdict of `verify_bundle`, and whether the verifier in the bundle at *path* is that of this Parley.

    A bundle's `verify.py` is no evidence, and nothing in the bundle commits to it: who sends a bundle on can put in one
    that says whatever he likes to whoever runs it.

    Raises:
        Unusable: as `verify_bundle` does.
    """
    known = read_known(key, policy, sender)
    content = read_bundle(path)
    verdict = judge(content, known)
    if content.get("verify.py", _verifier()) == _verifier():
        return verdict
    if verdict.wrong is not None:
        return verdict._replace(notes=[*verdict.notes, FOREIGN_VERIFIER])
    return verdict._replace(word=CHANGED, sentence=f"CHANGED  {FOREIGN_VERIFIER}", wrong=FOREIGN_VERIFIER)


def _verifier() -> bytes:
    return files(__package__).joinpath("verify_bundle.py").read_bytes()


def _events(record: Record, proof: bytes) -> list[dict[str, object]]:
    """The statements that settle whose keys count, by entry, as far as the checkpoint of *proof* goes."""
    note = decode_tlog_proof(proof).checkpoint
    size = record.log.open_note(note).size
    shown = []
    for row in record.log.rows(kinds=(CHARTER, KEY_EVENT, ENDORSEMENT)):
        if row.number < size:
            body, secret = record.secret(row.number)
            path = record.log.inclusion_proof(row.number, size)
            shown.append(
                {
                    "body": body,
                    "envelope": row.envelope.decode(),
                    "index": row.number,
                    "leaf": row.leaf.decode(),
                    "proof": [encode_base64(one).decode() for one in path],
                    "secret": encode_base64(secret).decode(),
                }
            )
    return shown


def _field(shown: Disclosed) -> dict[str, object]:
    return {
        "field": shown.raw.decode(),
        "salt": encode_base64(shown.salt).decode(),
        "index": shown.index,
        "proof": [encode_base64(one).decode() for one in shown.proof],
    }


def _zipped(content: Mapping[str, bytes]) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, file in content.items():
            archive.writestr(zipfile.ZipInfo(name, _TIME), file, zipfile.ZIP_DEFLATED)
    return data.getvalue()
