"""The verbs for the record: verify, serve, witnesses, mirrors, bundles, shredding, backups, keys.

Exit code 1: a check found something; 2: wrong use or unusable input.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli_json import print_json

if TYPE_CHECKING:
    from parley.record.cosignature import Cosigner
    from parley.record.mirror import Mirror, Source

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)
as_json = click.option("--json", "json_", is_flag=True, help="Print data for machines instead of text.")
host = click.option("--host", default="127.0.0.1", show_default=True)
key_option = click.option(
    "--key", help="The log's public key as you noted it earlier; without it that of WHAT is used."
)


@click.command()
@click.argument("what")
@key_option
@click.option("--policy", type=FILE, help="For a bundle: the policy file as you know it; without it the bundle's own.")
@click.option("--sender", help="For a bundle: the sender's public key as you know it.")
@as_json
def verify(what: str, key: str | None, policy: Path | None, sender: str | None, json_: bool) -> None:
    """Check WHAT: a data folder or backup, an evidence bundle, a fork proof, or the URL of a log.

    A folder: every byte of the record and every file that it speaks of. A bundle: that its statement is signed, stands
    in the log, and is what is shown. A URL: every entry that the log serves. Exit code 1 if anything is wrong.
    """
    if what.startswith(("http://", "https://")):
        _verify_url(what, key, json_)
    path = Path(what)
    if path.is_dir():
        _verify_folder(path, key, json_)
    if not path.is_file():
        raise click.BadParameter(f"{what} is no folder, file or URL", param_hint="WHAT")
    with path.open("rb") as file:
        is_fork = file.read(1) == b"{"
    _verify_fork(path, key, json_) if is_fork else _verify_bundle(path, key, policy, sender, json_)


def _verify_folder(folder: Path, key: str | None, json_: bool) -> None:
    from parley.centre.verify import verify as check

    verdict = check(folder, key)
    if json_:
        faults = [{"entry": fault.entry, "part": fault.part, "text": fault.text} for fault in verdict.faults]
        print_json({"size": verdict.size, "root": verdict.root, "intact": not faults, "faults": faults})
    elif verdict.faults:
        for fault in verdict.faults:
            place = "the record" if fault.entry is None else f"entry {fault.entry}"
            click.echo(f"CHANGED  {place}: {fault.part}: {fault.text}")
        click.echo(f"{len(verdict.faults)} fault(s) in {verdict.size} entries")
    else:
        click.echo(f"intact: {verdict.size} entries, root {verdict.root}")
    sys.exit(1 if verdict.faults else 0)


def _verify_bundle(path: Path, key: str | None, policy: Path | None, sender: str | None, json_: bool) -> None:
    from parley.model import printable
    from parley.record.verify_bundle import Unusable, verify_bundle

    try:
        holds, wrong = verify_bundle(path, key, policy.read_bytes() if policy else None, sender)
    except Unusable as error:
        click.echo(f"parley: {path}: {error}", err=True)
        sys.exit(2)
    if json_:
        print_json({"holds": holds, "wrong": wrong, "verified": wrong is None})
    else:
        for line in holds:
            click.echo(printable(line))
        click.echo("verified" if wrong is None else f"WRONG  {printable(wrong)}")
    sys.exit(0 if wrong is None else 1)


def _verify_fork(path: Path, key: str | None, json_: bool) -> None:
    from parley.record import RecordError, decode_verifier_key
    from parley.record.fork import check_fork_proof, decode_fork_proof

    if key is None:
        raise click.UsageError("a fork proof is checked against the log's key: give --key")
    fork = decode_fork_proof(path.read_bytes())
    try:
        smaller, larger = check_fork_proof(fork, decode_verifier_key(key))
    except RecordError as error:
        click.echo(f"proves nothing: {error}")
        sys.exit(2)
    if json_:
        print_json({"forked": True, "origin": larger.origin, "sizes": [smaller.size, larger.size]})
    else:
        click.echo(f"FORKED  {larger.origin} signed two histories, of {smaller.size} and of {larger.size} entries")
    sys.exit(1)


def _verify_url(url: str, key: str | None, json_: bool) -> None:
    import tempfile

    from parley.record import decode_verifier_key
    from parley.record.mirror import Mirror

    if key is None:
        raise click.UsageError("a log elsewhere is checked against its key: give --key")
    with tempfile.TemporaryDirectory() as place, Mirror.create(Path(place), decode_verifier_key(key)) as mirror:
        faults, text = _synced(mirror, _source(url))
    if json_:
        print_json({"intact": not faults, "faults": faults, "text": text})
    else:
        for fault in faults:
            click.echo(f"CHANGED  {fault}")
        click.echo(text)
    sys.exit(1 if faults else 0)


@click.command()
@click.argument("folder", type=FOLDER)
@host
@click.option("--port", type=click.IntRange(1, 65535), default=8520, show_default=True)
def serve(folder: Path, host: str, port: int) -> None:
    """Serve the log of FOLDER to readers and mirrors (tlog-tiles); only commitments and public keys, no statement."""
    from parley.record.http import log_app
    from parley.record.http import serve as run

    application = log_app(folder)
    click.echo(f"http://{host}:{port}/checkpoint", err=True)
    run(application, host, port)


@click.group()
def witness() -> None:
    """Be a witness: cosign the one growing history of each log that is followed, and nothing that contradicts it."""


@witness.command("init")
@click.argument("folder", type=FOLDER)
@click.option("--name", required=True, help="The witness's name for all time, such as witness.example/w1.")
@as_json
def witness_init(folder: Path, name: str, json_: bool) -> None:
    """Make a witness with new keys in FOLDER; print its public keys for others' policies."""
    from parley.record.witness import Witness

    with Witness.create(folder, name) as made:
        keys = [str(key) for key in made.keys]
    _say({"name": name, "keys": keys}, "\n".join(keys), json_)


@witness.command("follow")
@click.argument("folder", type=FOLDER)
@click.argument("vkey")
@as_json
def witness_follow(folder: Path, vkey: str, json_: bool) -> None:
    """Cosign checkpoints of the log with the public key VKEY from now on."""
    from parley.record import decode_verifier_key
    from parley.record.witness import Witness

    with Witness.open(folder) as opened:
        key = decode_verifier_key(vkey)
        opened.follow(key)
    _say({"follows": key.name}, f"follows {key.name}", json_)


@witness.command("serve")
@click.argument("folder", type=FOLDER)
@host
@click.option("--port", type=click.IntRange(1, 65535), default=8521, show_default=True)
def witness_serve(folder: Path, host: str, port: int) -> None:
    """Answer logs over HTTP (tlog-witness)."""
    from parley.record.http import serve as run
    from parley.record.http import witness_app
    from parley.record.witness import Witness

    with Witness.open(folder) as opened:
        click.echo(f"http://{host}:{port}/ as {opened.keys[0].name}", err=True)
        run(witness_app(opened), host, port)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--witness", "neutral", multiple=True, metavar="NAME=VKEY[,URL]", help="A neutral witness. Repeatable.")
@click.option("--party", "parties", multiple=True, metavar="NAME=VKEY[,URL]", help="A party's mirror. Repeatable.")
@as_json
def policy(folder: Path, neutral: tuple[str, ...], parties: tuple[str, ...], json_: bool) -> None:
    """Show the trust policy of FOLDER, or set it from its witnesses: 1 + 2n/3 of n neutral ones must cosign."""
    from parley.centre.folder import Centre, now
    from parley.record.policy import NEUTRAL, SHARED, Group, Policy, encode_policy, neutral_quorum
    from parley.record.witnessing import POLICY, load_policy

    if neutral or parties:
        if not neutral:
            raise click.UsageError("a policy needs neutral witnesses, four of them better than three")
        with Centre.open(folder, writing=True) as centre:
            named = {name: _cosigner(given) for given in (*neutral, *parties) for name in [given.partition("=")[0]]}
            names = [given.partition("=")[0] for given in neutral]
            if len({named[name][0].name for name in names}) < len(neutral):
                raise click.UsageError("each witness counts once: two of these names or keys are of the same one")
            sides = [given.partition("=")[0] for given in parties]
            groups = {NEUTRAL: Group(neutral_quorum(len(names)), tuple(names))}
            if sides:
                groups[SHARED] = Group(1 + len(sides), (NEUTRAL, *sides))
            made = encode_policy(Policy(NEUTRAL, ((centre.record.log.key, None),), named, groups))
            (folder / POLICY).write_bytes(made)
            centre.record.append([("key-event", {"event": "policy", "text": made.decode()})], at=now())
        say_not_cosigned(centre.not_cosigned)
    found = load_policy(folder)
    if json_:
        print_json(found and {"quorum": found.quorum, "policy": encode_policy(found).decode()})
    elif found is None:
        click.echo("no witnesses: only the log itself vouches for its history")
    else:
        click.echo(encode_policy(found).decode(), nl=False)


@click.command()
@click.argument("folder", type=FOLDER)
@as_json
def cosign(folder: Path, json_: bool) -> None:
    """Have the newest checkpoint of FOLDER cosigned; say in the record who is late. Exit code 1 if too few cosigned."""
    from parley.centre.witnesses import cosign as ask
    from parley.centre.witnesses import note_overdue
    from parley.record import Record
    from parley.record.witnessing import load_policy

    if load_policy(folder) is None:
        raise click.UsageError(f"{folder} has no witnesses; `parley policy` names them")
    overdue = list(note_overdue(folder))
    for name in overdue if not json_ else ():
        click.echo(f"overdue: {name}")
    missing = ask(folder)
    with Record.open(folder) as record:
        record.log.publish()  # with the cosignatures
    _say({"cosigned": not missing, "missing": missing, "overdue": overdue}, missing or "cosigned", json_)
    sys.exit(1 if missing else 0)


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("entry", type=int)
@as_json
def standing(folder: Path, entry: int, json_: bool) -> None:
    """Say how far statement ENTRY has come: logged, recorded, shared or agreed; and between which times it was made."""
    from parley.centre.folder import Centre
    from parley.record import tiers
    from parley.record.policy import Policy
    from parley.record.witnessing import load_policy

    with Centre.open(folder) as centre:
        found = tiers.standing(centre.record, load_policy(folder) or Policy("none"), entry)
    if json_:
        before, after = (time and time.isoformat() for time in (found.not_before, found.not_after))
        said = {"tier": found.tier, "cosigned_by": found.cosigned_by, "not_before": before, "not_after": after}
        print_json({"entry": entry, **said})
        return
    click.echo(f"{found.tier}; cosigned by {', '.join(found.cosigned_by) or 'nobody'}")
    click.echo(f"made not before {found.not_before or '(no cosignature says)'}")
    click.echo(f"made not after  {found.not_after or '(no cosignature says)'}")


@click.command()
@click.argument("source")
@click.argument("folder", type=FOLDER)
@click.option("--key", help="The log's public key, as you know it from elsewhere; needed the first time.")
@click.option("--name", help="Cosign what was mirrored under this name; the key is made the first time and printed.")
@click.option("--policy", type=FILE, help="A policy file: its witnesses are asked what they have seen.")
@click.option("--every", type=float, help="Go on, and look again after so many seconds.")
@click.option("--json", "json_", is_flag=True, help="Print data for machines, one line each time.")
def mirror(
    source: str,
    folder: Path,
    key: str | None,
    name: str | None,
    policy: Path | None,
    every: float | None,
    json_: bool,
) -> None:
    """Keep a full copy of the log at SOURCE (a URL or a data folder) in FOLDER, and check every entry of it.

    Exit code 1 when anything is wrong. Where the log signed two histories, a fork proof is written to FOLDER.
    """
    from parley.record import decode_verifier_key
    from parley.record.mirror import Mirror

    made = (folder / "record.db").exists()
    if not made and key is None:
        raise click.UsageError("the first time, give the log's public key with --key")
    cosigner = _own_cosigner(folder, name, told_apart=json_) if name else None
    with Mirror.open(folder) if made else Mirror.create(folder, decode_verifier_key(key or "")) as opened:
        while True:
            faults, text = _synced(opened, _source(source))
            faults += _compared(opened, _source(source), policy)
            lines = [*(f"WRONG  {fault}" for fault in faults), text]
            data = {"intact": not faults, "faults": faults, "text": text}
            click.echo(json.dumps(data, ensure_ascii=False) if json_ else "\n".join(lines))
            if cosigner is not None and not faults:
                _bring_cosignature(opened, cosigner, source)
            if every is None or faults:
                sys.exit(1 if faults else 0)
            time.sleep(every)


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("entry", type=int)
@click.option(
    "--show", "pointers", multiple=True, help='A field to show, such as /report/source; "" shows all. Repeatable.'
)
@click.option("--attach", is_flag=True, help="With an input: put the file itself in.")
@click.option("--to", "recipient", help="Seal it for one recipient (a `parley-recipient …` line); the record says so.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="[default: entry-N.zip]")
@as_json
def bundle(
    folder: Path,
    entry: int,
    pointers: tuple[str, ...],
    attach: bool,
    recipient: str | None,
    output: Path | None,
    json_: bool,
) -> None:
    """Write what somebody needs to check statement ENTRY offline, showing only the fields that are named."""
    from parley.centre.folder import Centre, now
    from parley.record.bundle import make_bundle
    from parley.record.sealed import decode_recipient, release
    from parley.record.witnessing import RECORDED, load_policy

    output = output or Path(f"entry-{entry}.zip{'.sealed' if recipient else ''}")
    to = decode_recipient(recipient) if recipient else None
    with Centre.open(folder, writing=to is not None) as centre:
        attachments = {}
        if attach:
            digest = centre.record.secret(entry)[0].get("digest", "")
            if centre.record.entry(entry).kind != "input":
                raise click.UsageError(f"entry {entry} is no input: it has no file")
            attachments[digest] = centre.kept(digest).read_bytes()
            pointers = pointers if "" in pointers else (*pointers, "/digest")
        recorded = centre.record.log.store.checkpoint(RECORDED)
        data = make_bundle(centre.record, entry, pointers, attachments, recorded, load_policy(folder))
        if to is not None:
            data = release(data, to)
            said = {"entry": entry, "fields": sorted(pointers), "files": sorted(attachments), "to": recipient}
            centre.record.append([("release", said)], at=now())
    output.write_bytes(data)
    how = "`parley receive` opens it" if to else f"check it with `parley verify {output}` or the verify.py in it"
    told = {"entry": entry, "written": str(output), "bytes": len(data), "shown": sorted(pointers)}
    _say(told, f"{output}: {len(data)} bytes; {how}", json_)
    say_not_cosigned(centre.not_cosigned)


@click.command()
@click.argument("sealed", type=FILE, required=False)
@click.option("--key", "file", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Your private key.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="[default: without .sealed]")
@as_json
def receive(sealed: Path | None, file: Path, output: Path | None, json_: bool) -> None:
    """Open a bundle that was SEALED for you; without one, make a key and print the line to hand out."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from parley.record.keys import read_key, write_new
    from parley.record.sealed import encode_recipient
    from parley.record.sealed import receive as opened

    if sealed is None:
        made = X25519PrivateKey.generate()
        write_new(file, made.private_bytes_raw().hex(), private=True)
        recipient = encode_recipient(made.public_key())
        _say({"recipient": recipient}, recipient, json_)
        return
    try:
        key = X25519PrivateKey.from_private_bytes(bytes.fromhex(read_key(file)))
    except ValueError:
        raise click.BadParameter(f"{file} is no private key of `parley receive`", param_hint="--key") from None
    output = output or sealed.with_suffix("")
    output.write_bytes(opened(sealed.read_bytes(), key))
    _say({"written": str(output)}, f"{output}: check it with `parley verify {output}`", json_)


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
    _say({"inputs": entries, "notice": notice}, f"shredded; the notice is entry {notice}", json_)
    say_not_cosigned(centre.not_cosigned)


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
    _say({"target": str(target), "size": size}, f"{target}: {size} entries; `parley verify {target}` checks it", json_)


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
    from parley.record import hold

    verdict = make(source, folder, newest)
    if verdict.faults:
        faults = [{"entry": fault.entry, "part": fault.part, "text": fault.text} for fault in verdict.faults]
        lines = [f"CHANGED  {fault.entry}: {fault.part}: {fault.text}" for fault in verdict.faults]
        _say({"restored": False, "faults": faults}, "\n".join((*lines, "nothing was restored")), json_)
        sys.exit(1)
    with Centre.open(folder) as centre:
        rebuild(centre)
    held = (folder / hold.FILE).exists()
    until = "; it signs nothing until it is certain to be the newest copy" if held else ""
    _say({"restored": True, "size": verdict.size, "held": held}, f"restored {verdict.size} entries{until}", json_)


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
        centre.record.append([("key-event", {"event": "rotate", "role": "log", "vkey": str(key)})], at=now())
    say_not_cosigned(centre.not_cosigned)
    _say({"key": str(key)}, str(key), json_)


@keys.command("retire")
@click.argument("folder", type=FOLDER)
@as_json
def keys_retire(folder: Path, json_: bool) -> None:
    """Destroy the log's former key."""
    from parley.centre.folder import Centre
    from parley.record import rotation

    with Centre.open(folder, writing=True):
        rotation.retire(folder)
    _say({"retired": True}, "retired: the log's former key is destroyed", json_)


VERBS = (verify, serve, witness, policy, cosign, standing, mirror, bundle, receive, shred, backup, restore, keys)


def _source(where: str) -> Source:
    from parley.record.http import Asker
    from parley.record.mirror import folder_source, url_source

    return url_source(where, Asker()) if where.startswith(("http://", "https://")) else folder_source(Path(where))


def _synced(mirror: Mirror, source: Source) -> tuple[list[str], str]:
    """Bring *mirror* up to date; return what is wrong, and a line on how far it is."""
    from parley.record import RecordError
    from parley.record.mirror import ForkFound

    try:
        synced = mirror.sync(source)
    except ForkFound as error:
        return [_keep_fork(mirror, error)], "the log signed two histories"
    except (RecordError, OSError) as error:
        return [str(error)], "nothing new was taken"
    for key in synced.new_senders:
        click.echo(f"new sender: {key}", err=True)
    faults = [f"entry {entry}: {part}: {text}" for entry, part, text in synced.faults]
    return (
        faults,
        f"intact: {synced.size} entries, root {synced.root.hex()}" if not faults else f"{synced.size} entries",
    )


def _compared(mirror: Mirror, source: Source, policy: Path | None) -> list[str]:
    """Ask the witnesses of *policy* what they have seen; return what contradicts the log at *source*."""
    from hashlib import sha256

    from parley.record import RecordError
    from parley.record.http import Asker
    from parley.record.mirror import ForkFound
    from parley.record.policy import decode_policy

    wrong: list[str] = []
    ask, digest = Asker(), sha256(mirror.key.name.encode()).hexdigest()
    for name, (_, url) in decode_policy(policy.read_bytes()).witnesses.items() if policy else ():
        if not url:
            continue
        try:
            answer = ask(f"{url.rstrip('/')}/{digest}/checkpoint")
            if answer.status == 200 and not mirror.compare(answer.body):
                mirror.sync(source)  # the log may have gone on meanwhile
                if not mirror.compare(answer.body):
                    wrong.append(f"the witness {name} has seen more entries than the log shows here")
        except ForkFound as error:
            wrong.append(_keep_fork(mirror, error))
        except (RecordError, OSError) as error:
            click.echo(f"{name}: {error}", err=True)
    return wrong


def _keep_fork(mirror: Mirror, error: Any) -> str:
    from parley.record.fork import encode_fork_proof

    data = encode_fork_proof(error.fork)
    path = mirror.folder / f"fork-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_bytes(data)
    return f"{error}; the proof is in {path}"


def _own_cosigner(folder: Path, name: str, told_apart: bool) -> Cosigner:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from parley.record.cosignature import Cosigner, decode_cosigner
    from parley.record.keys import read_key, write_new

    path = folder / "cosigner.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        cosigner = Cosigner(name, Ed25519PrivateKey.generate())
        write_new(path, cosigner.private_key(), private=True)
        click.echo(cosigner.verifier, err=told_apart)
    return decode_cosigner(read_key(path))


def _bring_cosignature(mirror: Mirror, cosigner: Cosigner, source: str) -> None:
    from parley.record.http import Asker

    note = mirror.cosign(cosigner, int(time.time()))
    if not source.startswith(("http://", "https://")):
        return
    answer = Asker()(f"{source.rstrip('/')}/add-cosignature", note)
    if answer.status != 200 or answer.body == b"0\n":
        click.echo(f"the log did not take the cosignature: {answer.body.decode(errors='replace').strip()}", err=True)


def _cosigner(given: str) -> tuple[Any, str | None]:
    from parley.record.cosignature import decode_cosigner_key

    _, _, rest = given.partition("=")
    key, _, url = rest.partition(",")
    return decode_cosigner_key(key), url or None


def say_not_cosigned(why: str) -> None:
    """Tell that what was recorded is not cosigned yet, and why; nothing where it is."""
    if why:
        click.echo(f"parley: {why}", err=True)


def _say(data: Any, text: str, json_: bool) -> None:
    """Print *data* for machines where *json_*, else *text*."""
    print_json(data) if json_ else click.echo(text)
