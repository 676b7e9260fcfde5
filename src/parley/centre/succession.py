"""Going on from a record that must not sign any more: an old copy, or one whose keys are lost.

A new log begins, with keys of its own. Its first entry, the charter, names the old log, its last head and the parties;
it is a succession once the parties have endorsed it, so that nobody begins one behind their backs.
"""

from pathlib import Path

from parley.centre.folder import Centre
from parley.model import (
    Charter,
    FolderError,
    Succeeds,
    TermsVersion,
)
from parley.record.formats.checkpoint import Checkpoint, decode_checkpoint
from parley.record.formats.note import VerifierKey, decode_note
from parley.record.outside.alarms import FILE as ALARMS
from parley.record.outside.mirror import Mirror
from parley.record.statements.authority import Authority


def succeed(old: Path, folder: Path, origin: str = "") -> Centre:
    """Make a centre in *folder*, which must be new or empty, that goes on from *old*; return it, open.

    From a data folder or a backup the agreements are taken up again; a mirror holds none.

    Raises:
        FolderError: where *old* is no record or mirror with a charter.
    """
    head, key, authority, terms = _of_mirror(old) if (old / ALARMS).exists() else _of_folder(old)
    if not authority.charter:
        raise FolderError(f"{old}: expected a record with a charter")
    before = Succeeds(origin=head.origin, key=str(key), size=head.size, root=head.root.hex())
    held = {name: authority.charter[name] for name in Charter.model_fields if name in authority.charter}
    parties = {side: _party(authority, side) for side in sorted(authority.sides)}
    charter = Charter.model_validate(held | {"parties": parties, "succeeds": before.model_dump(), "desk": ""})
    centre = Centre.create(folder, charter, origin=origin)
    centre.take_up(terms)
    return centre


def _party(authority: Authority, side: str) -> dict[str, object]:
    """What the new charter says of a party: the keys that count for it now, and its names."""
    keys = [str(one.key) for one in authority.keys(side) if one.role == "party"]
    return {"keys": keys, "names": authority.charter.get("parties", {}).get(side, {}).get("names", [])}


def _of_folder(old: Path) -> tuple[Checkpoint, VerifierKey, Authority, list[TermsVersion]]:
    with Centre.open(old) as centre:
        log = centre.record.log
        return log.signed(), log.key, log.authority(), centre.agreements()


def _of_mirror(old: Path) -> tuple[Checkpoint, VerifierKey, Authority, list[TermsVersion]]:
    with Mirror.open(old) as mirror:
        if mirror.newest is None:
            raise FolderError(f"{old}: this mirror holds nothing yet")
        return decode_checkpoint(decode_note(mirror.newest).text), mirror.key, mirror.authority(), []
