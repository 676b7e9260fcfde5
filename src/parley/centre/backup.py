"""Backups, and copies for readers: data folders themselves, so that `verify` checks them as they are."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from parley.centre.folder import Centre, keep
from parley.centre.verify import Verdict, verify
from parley.model import (
    Arrived,
    FolderError,
    InputPart,
)
from parley.record.keys import read_key
from parley.record.outside import hold
from parley.record.policy_file import POLICY, load_policy
from parley.record.rotation import load_history

HELD = "restored from a backup; it is not yet certain that this is the newest copy"


def back_up(centre: Centre, target: Path) -> None:
    """Write everything that *centre* needs into *target*, which takes the place of an earlier backup there.

    Views and static files are left out: they follow from the rest. What was shredded is in no part of it.

    Raises:
        FolderError: where *target* is something else than a backup.
    """
    here, there = centre.folder.resolve(), target.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise FolderError(f"{target}: a backup stands beside the folder, not in it or around it; nothing was changed")
    if target.exists() and not _is_earlier_backup(target, centre):
        raise FolderError(
            f"{target}: expected a new or empty folder, or an earlier backup of this; nothing was changed"
        )
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        _fill(centre, part)
    except BaseException as error:  # half a backup takes the room that a whole one needs
        shutil.rmtree(part, ignore_errors=True)
        error.add_note(f"{target}: nothing was changed.")
        raise
    if target.exists():
        old = target.with_name(f"{target.name}.old")
        target.rename(old)
        part.rename(target)
        shutil.rmtree(old)
    else:
        part.rename(target)


def _fill(centre: Centre, part: Path) -> None:
    """Make the folder *part* with everything that *centre* needs."""
    part.mkdir(parents=True, mode=0o700)
    centre.record.log.store.copy(part / "record.db")
    shutil.copytree(centre.folder / "keys", part / "keys")
    if (centre.folder / POLICY).exists():
        shutil.copy2(centre.folder / POLICY, part / POLICY)
    for one in centre.stated():
        for digest in one.says.digests if isinstance(one.says, Arrived | InputPart) else ():
            copy = part / "files" / digest[:2] / digest
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(centre.kept(digest), copy)
    for edition in (one for several in centre.editions().values() for one in several if one.destroyed is None):
        for publication in edition.files.values():
            file = centre.folder / "reports" / publication.name
            keep(part / "reports" / publication.name, file.read_bytes())
    os.sync()


def copy_for_readers(centre: Centre, target: Path) -> None:
    """Write a copy of *centre* into *target*, which must be new or empty, for people who may read everything in it.

    It holds no private key and no secret of the centre's: it can be read and verified, and signs nothing. Views and
    published files go along.

    Raises:
        FolderError: where *target* holds something.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FolderError(f"{target}: expected a new or empty folder; nothing was written")
    (target / "keys").mkdir(parents=True, exist_ok=True, mode=0o700)
    centre.record.log.store.copy(target / "record.db")
    for file in (*(centre.folder / "keys").glob("*.vkey"), *(centre.folder / "keys").glob("*.history")):
        shutil.copy2(file, target / "keys")
    if (centre.folder / POLICY).exists():
        shutil.copy2(centre.folder / POLICY, target / POLICY)
    for name in ("files", "reports"):
        if (centre.folder / name).is_dir():
            shutil.copytree(centre.folder / name, target / name, ignore=shutil.ignore_patterns("*.part"))
    if centre.rows.exists():
        with closing(sqlite3.connect(centre.rows)) as views:
            views.execute("VACUUM INTO ?", (str(target / centre.rows.name),))
    os.sync()


def _is_earlier_backup(target: Path, centre: Centre) -> bool:
    """Whether *target* may be replaced: it is empty, or a copy of this record in which nobody works."""
    if not target.is_dir():
        return False
    if not any(target.iterdir()):
        return True
    found = target / "keys" / "log.vkey"
    history = load_history(centre.folder)
    known = {str(key) for key in history.following(history.first(centre.record.log.key))}
    return found.is_file() and read_key(found) in known and not (target / "lock").exists()


def restore(backup: Path, folder: Path, newest: bool = False) -> Verdict:
    """Make *folder*, which must be new or empty, from a backup that verifies; return the outcome of verifying it.

    The restored record signs nothing until witnesses have told that none saw a newer one. Without witnesses somebody
    must say so: with *newest*.

    Raises:
        FolderError: where *folder* holds something, or there is no backup.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderError(f"{folder}: expected a new or empty folder; nothing was changed")
    if not (backup / "record.db").is_file():
        raise FolderError(f"{backup}: expected a backup (a folder with record.db)")
    verdict = verify(backup)
    if not verdict.faults:
        shutil.copytree(backup, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("lock", "hold"))
        if load_policy(folder) is not None or not newest:
            hold.hold(folder, HELD if load_policy(folder) else f"{HELD} (`parley restore --newest` says that it is)")
    return verdict
