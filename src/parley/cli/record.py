"""The verbs for the record in a folder: verify, charter, shred, backup, restore, copy, keys, succeed.

Exit code 1: a check found something; 2: wrong use or unusable input.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parley.cli.days import say_stale
from parley.cli.faults import made_whole
from parley.cli.options import FILE, FOLDER, as_json
from parley.cli.screen import print_either, print_json, say, say_json
from parley.commands import command
from parley.plurals import counted

if TYPE_CHECKING:
    from parley.centre.folder import Centre

NOT_COSIGNED = "parley.not_cosigned"
"""Set in a command's context where what it recorded is not cosigned."""

key_option = click.option(
    "--key", help="The log's public key as you noted it earlier; without it nothing is proved against anything."
)


@click.command()
@click.argument("what")
@key_option
@click.option(
    "--checkpoint", type=FILE, help="For a folder: a checkpoint's note of it that you kept; the record must contain it."
)
@click.option("--policy", type=FILE, help="For a bundle: the policy file as you know it; without it the bundle's own.")
@click.option("--sender", help="For a bundle: the sender's public key as you know it.")
@click.option("--views", is_flag=True, help="For a folder: only whether its views are what follows from its record.")
@as_json
def verify(
    what: str,
    key: str | None,
    checkpoint: Path | None,
    policy: Path | None,
    sender: str | None,
    views: bool,
    json_: bool,
) -> None:
    """Check WHAT: a data folder, backup or mirror, an evidence bundle, a fork proof, or the URL of a log.

    A folder: every byte of the record, every file that it speaks of, and the views; of a copy of a log's static files
    that they hold what the log signed. A bundle: that its statement is
    signed, is in the log, and is what is shown. A URL: every entry that the log serves. Nothing is written.

    Exit code 0: proved against what you gave; 1: changed; 3: consistent with itself, since you gave nothing to hold it
    against; 4: unfinished: a write was cut off or is under way, or this copy was made beside one.
    """
    path = Path(what)
    if views:
        if not path.is_dir():
            raise click.UsageError("--views goes with a folder")
        _verify_views(path, json_)
    if what.startswith(("http://", "https://")):
        _verify_url(what, key, json_)
    if path.is_dir() and (path / "checkpoint").is_file() and not (path / "record.db").exists():
        _verify_static(path, key, json_)
    if path.is_dir():
        _verify_folder(path, key, checkpoint, json_)
    if not path.is_file():
        raise click.BadParameter(f"{what} is no folder, file or URL", param_hint="WHAT")
    with path.open("rb") as file:
        is_fork = file.read(1) == b"{"
    _verify_fork(path, key, json_) if is_fork else _verify_bundle(path, key, policy, sender, json_)


def _verify_static(folder: Path, key: str | None, json_: bool) -> None:
    """Check a copy of a log's static files, which holds no bodies, against the log's key."""
    from parley.record.audit import audit
    from parley.record.errors import BadSignature, Damaged
    from parley.record.formats.note import decode_verifier_key

    if key is None:
        raise click.UsageError("a copy of a log's static files is checked against the log's key: --key")
    known = decode_verifier_key(key)
    try:
        signed = audit(folder, known)
    except (BadSignature, Damaged) as error:
        print_either({"verdict": "changed", "faults": [str(error)]}, f"CHANGED  {error}", json_)
        sys.exit(1)
    said = f"Proved against the key that you gave: the log's {signed.size:,} entries are those that it signed."
    print_either({"verdict": "proved", "size": signed.size, "root": signed.root.hex()}, said, json_)
    sys.exit(0)


def _verify_folder(folder: Path, key: str | None, checkpoint: Path | None, json_: bool) -> None:
    from parley.centre.verify import EXIT_CODES
    from parley.job import verify as check

    verdict = check(folder, key, checkpoint.read_bytes() if checkpoint else None)
    if json_:
        faults = [{"entry": fault.entry, "part": fault.part, "text": fault.text} for fault in verdict.faults]
        notes = [{"entry": entry, "text": text} for entry, text in verdict.notes]
        print_json(
            {"verdict": verdict.word, "size": verdict.size, "root": verdict.root, "faults": faults}
            | {"unfinished": list(verdict.unfinished), "notes": notes}
        )
        sys.exit(EXIT_CODES[verdict.word])
    for entry, text in verdict.notes:
        say(f"note  entry {entry}: {text}")
    for fault in verdict.faults:
        place = "the record" if fault.entry is None else f"entry {fault.entry}"
        say(f"CHANGED  {place}: {fault.part}: {fault.text}")
    for text in verdict.unfinished:
        say(f"unfinished  {text}")
    say(
        {
            "changed": f"Changed: {counted(len(verdict.faults), 'fault')} in {verdict.size} entries.",
            "unfinished": f"Unfinished: not complete, as said above: {len(verdict.unfinished)}. "
            "Nothing is known to be changed.",
            "proved": f"Proved against the key that you gave: {verdict.size} entries, root {verdict.root}.",
            "consistent": f"Consistent with itself: {verdict.size} entries, root {verdict.root}. Give the centre's key "
            "(--key) to check whose it is.",
        }[verdict.word]
    )
    sys.exit(EXIT_CODES[verdict.word])


def _verify_views(folder: Path, json_: bool) -> None:
    from parley.centre.verify import EXIT_CODES
    from parley.job import verify_views

    entries, differs = verify_views(folder)
    if json_:
        print_json({"verdict": "changed" if differs else "proved", "entries": entries, "differs": differs})
    elif differs:
        say(f"CHANGED  {differs}")
    else:
        say(f"The views are what follows from the first {entries:,} entries of the record.")
    sys.exit(EXIT_CODES["changed" if differs else "proved"])


def _verify_bundle(path: Path, key: str | None, policy: Path | None, sender: str | None, json_: bool) -> None:
    from parley.record.handed.bundle import check_bundle
    from parley.record.handed.verify_bundle import EXIT_CODES, Unusable

    try:
        verdict = check_bundle(path, key, policy.read_bytes() if policy else None, sender)
    except Unusable as error:
        say(f"parley: {path}: {error}", err=True)
        sys.exit(2)
    found = {"verdict": verdict.word, "holds": verdict.holds, "notes": verdict.notes, "wrong": verdict.wrong}
    print_either(found, "\n".join(verdict.lines()), json_)
    sys.exit(EXIT_CODES[verdict.word])


def _verify_fork(path: Path, key: str | None, json_: bool) -> None:
    from parley.record import RecordError, decode_verifier_key
    from parley.record.outside.fork import check_fork_proof, decode_fork_proof

    if key is None:
        raise click.UsageError("a fork proof is checked against the log's key: give --key")
    fork = decode_fork_proof(path.read_bytes())
    try:
        smaller, larger = check_fork_proof(fork, decode_verifier_key(key))
    except RecordError as error:
        say(f"proves nothing: {error}")
        sys.exit(2)
    if json_:
        print_json({"forked": True, "origin": larger.origin, "sizes": [smaller.size, larger.size]})
    else:
        say(f"FORKED  {larger.origin} signed two histories, of {smaller.size} and of {larger.size} entries")
    sys.exit(1)


def _verify_url(url: str, key: str | None, json_: bool) -> None:
    import tempfile

    from parley.cli.mirror import look_at, say_look
    from parley.record import decode_verifier_key
    from parley.record.outside.mirror import Mirror

    if key is None:
        raise click.UsageError("a log elsewhere is checked against its key: give --key")
    with tempfile.TemporaryDirectory() as place, Mirror.create(Path(place), decode_verifier_key(key)) as mirror:
        look = look_at(mirror, url, None, None, ())
    say_look(look, json_)
    sys.exit(0 if look.in_order else 1)


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("entries", type=int, nargs=-1, required=True)
@click.option("--reason", required=True, help="Why; it stands in the record.")
@click.option("--backup", "backups", type=FOLDER, multiple=True, help="A backup to make anew without it. Repeatable.")
@as_json
def shred(folder: Path, entries: tuple[int, ...], reason: str, backups: tuple[Path, ...], json_: bool) -> None:
    """Destroy inputs with all their reports; that they stood there, and the proofs, stay.

    Copies that somebody else has cannot be destroyed: bundles, published files, and backups not named here.
    """
    from parley.centre.backup import back_up
    from parley.centre.folder import Centre, now
    from parley.job import shred as destroy

    with Centre.open(folder, writing=True) as centre:
        notice = destroy(centre, entries, reason, now())
        for backup in backups:
            back_up(centre, backup)
    print_either({"inputs": entries, "notice": notice}, f"shredded; the notice is entry {notice}", json_)
    say_not_cosigned(centre)


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("target", type=FOLDER)
@as_json
def backup(folder: Path, target: Path, json_: bool) -> None:
    """Copy everything that FOLDER needs to TARGET, private keys included; an earlier backup there is replaced."""
    from parley.centre.backup import back_up
    from parley.centre.folder import Centre

    with Centre.open(folder) as centre:
        back_up(centre, target)
        size = centre.record.size
    check = command("verify", target)
    print_either({"target": str(target), "size": size}, f"{target}: {size} entries; `{check}` checks it", json_)


@click.command()
@click.argument("source", type=FOLDER)
@click.argument("folder", type=FOLDER)
@click.option("--newest", is_flag=True, help="Without witnesses: I know that no newer copy was ever used.")
@as_json
def restore(source: Path, folder: Path, newest: bool, json_: bool) -> None:
    """Make FOLDER from the backup SOURCE. It signs nothing before witnesses tell that it is the newest copy."""
    from parley.centre.backup import restore as make
    from parley.centre.folder import Centre
    from parley.job import rebuild
    from parley.record.outside import hold

    with made_whole(folder):
        verdict = make(source, folder, newest)
        if not verdict.faults:
            with Centre.open(folder) as centre:
                rebuild(centre)
    if verdict.faults:
        faults = [{"entry": fault.entry, "part": fault.part, "text": fault.text} for fault in verdict.faults]
        lines = [f"CHANGED  {fault.entry}: {fault.part}: {fault.text}" for fault in verdict.faults]
        print_either({"restored": False, "faults": faults}, "\n".join((*lines, "nothing was restored")), json_)
        sys.exit(1)
    held = (folder / hold.FILE).exists()
    until = "; it signs nothing until it is certain to be the newest copy" if held else ""
    print_either(
        {"restored": True, "size": verdict.size, "held": held}, f"restored {verdict.size} entries{until}", json_
    )


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("target", type=FOLDER)
@click.option("--for-readers", is_flag=True, required=True, help="Without any private key or secret of the centre's.")
@as_json
def copy(folder: Path, target: Path, for_readers: bool, json_: bool) -> None:
    """Copy FOLDER to TARGET for people who may read everything in it: it can be verified, and signs nothing."""
    from parley.centre.backup import copy_for_readers
    from parley.centre.folder import Centre

    with Centre.open(folder) as centre, made_whole(target):
        copy_for_readers(centre, target)
        size, key = centre.record.size, centre.record.verifier_key()
    check = command("verify", target, "--key", "KEY")
    text = f"{target}: {size} entries, without keys; `{check}` checks it. Tell the key yourself:"
    print_either({"target": str(target), "size": size, "key": key}, f"{text}\n{key}", json_)


class ShownByDefault(click.Group):
    """A group whose `show` needs no name: `parley charter FOLDER`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, *self.get_help_option_names(ctx)):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=ShownByDefault, name="charter")
def charter() -> None:
    """Show a centre's charter, or take up a new one."""


@charter.command(name="show")
@click.argument("folder", type=FOLDER)
@as_json
def charter_show(folder: Path, json_: bool) -> None:
    """Show what the centre in FOLDER is: its charter, who may say what, and what waits for endorsements."""
    from parley.centre.folder import Centre

    with Centre.open(folder) as centre:
        authority = centre.record.log.authority()
    keys = [
        {"side": one.side, "role": one.role, "key": str(one.key), "since": one.since, "until": one.until}
        for one in authority.holders.values()
    ]
    waiting = [{"entry": entry, "what": str(one)} for entry, one in authority.waiting.items()]
    if json_:
        print_json({"charter": dict(authority.charter), "k": authority.least, "keys": keys, "waiting": waiting})
        return
    say_json(json.dumps(dict(authority.charter), ensure_ascii=False, indent=1))
    for one in keys:
        until = "" if one["until"] is None else f", until entry {one['until']}"
        say(f"{one['role']} of {one['side']}: {one['key']} (from entry {one['since']}{until})")
    for two in waiting:
        say(f"entry {two['entry']} waits: {two['what']}")


@click.command()
@click.argument("old", type=FOLDER)
@click.argument("folder", type=FOLDER)
@click.option("--origin", default="", help="The new log's name for all time. [default: random]")
@as_json
def succeed(old: Path, folder: Path, origin: str, json_: bool) -> None:
    """Begin a new record in FOLDER that goes on from OLD, a folder, backup or mirror that must not sign any more.

    The first entry names the old log, its size and its root; it counts once the parties have endorsed it. The old
    statements stay where they are: add their files again to go on working with them.
    """
    from parley.centre.succession import succeed as begin

    with begin(old, folder, origin) as centre:
        waiting = [str(one) for one in centre.record.log.authority().waiting.values()]
        key = centre.record.verifier_key()
    lines = [f"{folder}: a new record, key {key}", *(f"not yet: {one}" for one in waiting)]
    print_either({"folder": str(folder), "key": key, "waiting": waiting}, "\n".join(lines), json_)


@click.group()
def keys() -> None:
    """Change the log's key; whoever kept the former one can still check everything."""


@keys.command("rotate")
@click.argument("folder", type=FOLDER)
@as_json
def keys_rotate(folder: Path, json_: bool) -> None:
    """Give the log a new key; the former one signs beside it until `retire`."""
    from parley.centre.folder import Centre, now
    from parley.record import rotation

    with Centre.open(folder, writing=True):
        key = rotation.rotate(folder)
    with Centre.open(folder, writing=True) as centre:
        centre.record.append([("key-event", {"event": "rotate", "vkey": str(key)})], at=now())
    say_not_cosigned(centre)
    print_either({"key": str(key)}, str(key), json_)


@keys.command("retire")
@click.argument("folder", type=FOLDER)
@as_json
def keys_retire(folder: Path, json_: bool) -> None:
    """Destroy the log's former key."""
    from parley.centre.folder import Centre
    from parley.record import rotation

    with Centre.open(folder, writing=True):
        rotation.retire(folder)
    print_either({"retired": True}, "retired: the log's former key is destroyed", json_)


def say_not_cosigned(centre: Centre) -> None:
    """Tell, after closing *centre*, that no quorum has cosigned what was recorded, and why; the command then ends with
    code 5. Tell also whose clocks are off, and at the end of the command which published days are out of date."""
    for clock in centre.clocks:
        say(f"parley: {clock}", err=True)
    if centre.not_cosigned:
        say(
            f"parley: stored and signed by the centre; not confirmed by enough witnesses yet: {centre.not_cosigned}",
            err=True,
        )
        click.get_current_context().meta[NOT_COSIGNED] = True
    click.get_current_context().call_on_close(lambda: say_stale(centre.stale, centre.folder, err=True))


VERBS = (verify, charter, shred, backup, restore, copy, keys, succeed)
