"""The verbs by which others watch a record: serve, witness, policy, cosign, standing, mirror.

Exit code 1: something is wrong; 2: wrong use or unusable input; 5: too few witnesses cosigned.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from parley.cli.faults import made_whole, write_out
from parley.cli.options import FILE, FOLDER, as_json
from parley.cli.record import say_not_cosigned
from parley.cli.screen import marked, print_either, print_json, say, say_json, say_text
from parley.commands import command

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from parley.record.formats.cosignature import Cosigner
    from parley.record.formats.policy import Policy
    from parley.record.outside.http import Asker
    from parley.record.outside.mirror import Mirror, Source

host = click.option("--host", default="127.0.0.1", show_default=True)


@click.command()
@click.argument("folder", type=FOLDER)
@host
@click.option("--port", type=click.IntRange(1, 65535), default=8520, show_default=True)
def serve(folder: Path, host: str, port: int) -> None:
    """Serve the log of FOLDER to readers and mirrors (tlog-tiles), and take the statements that parties sign.

    What is served are commitments, public keys and public statements; no other body.
    """
    from contextlib import closing

    from parley.centre.folder import keeping
    from parley.centre.statements import check_body
    from parley.record.outside.http import serve as run
    from parley.record.outside.serving import LogServer

    with closing(LogServer(folder, check_body, keeping(folder))) as server:
        say(f"http://{host}:{port}/checkpoint", err=True)
        run(server.app, host, port)


@click.group()
def witness() -> None:
    """Be a witness: cosign the one growing history of each log that is followed, and nothing that contradicts it."""


@witness.command("init")
@click.argument("folder", type=FOLDER)
@click.option("--name", required=True, help="The witness's name for all time, such as witness.example/w1.")
@as_json
def witness_init(folder: Path, name: str, json_: bool) -> None:
    """Make a witness with new keys in FOLDER; print its public keys for others' policies."""
    from parley.record.outside.witness import Witness

    with made_whole(folder), Witness.create(folder, name) as made:
        keys = [str(key) for key in made.keys]
    print_either({"name": name, "keys": keys}, "\n".join(keys), json_)


@witness.command("follow")
@click.argument("folder", type=FOLDER)
@click.argument("vkey")
@click.option("--origin", default="", help="The log's origin, where that is not the name of its key.")
@as_json
def witness_follow(folder: Path, vkey: str, origin: str, json_: bool) -> None:
    """Cosign checkpoints of the log with the public key VKEY from now on."""
    from parley.record import decode_verifier_key
    from parley.record.outside.witness import Witness

    with Witness.open(folder) as opened:
        key = decode_verifier_key(vkey)
        opened.follow(key, origin)
    print_either({"follows": origin or key.name}, f"follows {origin or key.name}", json_)


@witness.command("serve")
@click.argument("folder", type=FOLDER)
@host
@click.option("--port", type=click.IntRange(1, 65535), default=8521, show_default=True)
def witness_serve(folder: Path, host: str, port: int) -> None:
    """Answer logs over HTTP (tlog-witness)."""
    from parley.record.outside.http import serve as run
    from parley.record.outside.http import witness_app
    from parley.record.outside.witness import Witness

    with Witness.open(folder) as opened:
        say(f"http://{host}:{port}/ as {opened.keys[0].name}", err=True)
        run(witness_app(opened), host, port)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--witness", "neutral", multiple=True, metavar="NAME=VKEY[,URL]", help="A neutral witness. Repeatable.")
@click.option("--party", "parties", multiple=True, metavar="NAME=VKEY[,URL]", help="A party's mirror. Repeatable.")
@click.option("--write", is_flag=True, help="Write the file `policy` again, as the record states it.")
@as_json
def policy(folder: Path, neutral: tuple[str, ...], parties: tuple[str, ...], write: bool, json_: bool) -> None:
    """Show the trust policy of FOLDER, or state it from its witnesses: 1 + 2n/3 of n neutral ones must cosign.

    A weaker policy holds once the parties have endorsed it.
    """
    from parley.centre.folder import Centre, now
    from parley.record.formats.policy import NEUTRAL, SHARED, Group, Policy, encode_policy, neutral_quorum
    from parley.record.policy_file import load_policy, write_policy_file

    waiting = ""
    if write:
        with Centre.open(folder) as centre:
            write_policy_file(folder, centre.record.log.authority().policy_text)
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
            (stated,) = centre.record.append([("policy", {"text": made.decode()})], at=now())
            waiting = str(centre.record.log.authority().waiting.get(stated.index, ""))
        say_not_cosigned(centre)
    found = load_policy(folder)
    if json_:
        print_json(found and {"quorum": found.quorum, "policy": encode_policy(found).decode(), "waiting": waiting})
    elif found is None:
        say("no witnesses: only the log itself vouches for its history")
    else:
        say_text(encode_policy(found).decode())
    if waiting and not json_:
        say(f"not yet: {waiting}", err=True)


@click.command()
@click.argument("folder", type=FOLDER)
@as_json
def cosign(folder: Path, json_: bool) -> None:
    """Have the newest checkpoint of FOLDER cosigned; say in the record who is late. Exit code 5 if too few cosigned."""
    from parley.centre.witnesses import cosign as ask
    from parley.centre.witnesses import note_overdue
    from parley.record import Record
    from parley.record.policy_file import load_policy

    if load_policy(folder) is None:
        raise click.UsageError(f"{folder} has no witnesses; `{command('policy', folder)}` names them")
    asked = ask(folder, again=True)
    overdue = list(note_overdue(folder))
    for line in (*(f"overdue: {name}" for name in overdue), *asked.clocks) if not json_ else ():
        say(line)
    with Record.open(folder) as record:
        record.log.publish()  # with the cosignatures
    told = {"cosigned": not asked.missing, "missing": asked.missing, "overdue": overdue, "clocks": asked.clocks}
    print_either(told, asked.missing or "cosigned", json_)
    sys.exit(5 if asked.missing else 0)


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("entry", type=int)
@as_json
def standing(folder: Path, entry: int, json_: bool) -> None:
    """Say how far statement ENTRY has come: logged, recorded, shared or agreed; and between which times it was made."""
    from parley.centre.folder import Centre
    from parley.record.formats.policy import Policy
    from parley.record.outside import tiers
    from parley.record.policy_file import load_policy

    with Centre.open(folder) as centre:
        found = tiers.standing(centre.record, load_policy(folder) or Policy("none"), entry)
    if json_:
        before, after = (time and time.isoformat() for time in (found.not_before, found.not_after))
        said = {"tier": found.tier, "cosigned_by": found.cosigned_by, "not_before": before, "not_after": after}
        print_json({"entry": entry, **said})
        return
    witnesses = f"confirmed by {', '.join(found.cosigned_by)}" if found.cosigned_by else ""
    say(f"Stored and signed by the centre; {witnesses or 'no witness has confirmed it yet'} ({found.tier}).")
    say(f"Earliest time: {found.not_before or 'not known'}.")
    say(f"Latest time: {found.not_after or 'not known'}.")


@click.command()
@click.argument("source")
@click.argument("folder", type=FOLDER)
@click.option("--key", help="The log's public key, as you know it from elsewhere; needed the first time.")
@click.option("--name", help="Cosign what was mirrored under this name; the key is made the first time and printed.")
@click.option("--policy", type=FILE, help="The policy as you know it; without it the record's own is asked.")
@click.option("--oldest", type=float, default=24, show_default=True, help="How many hours old the log's head may be.")
@click.option(
    "--compare",
    "others",
    multiple=True,
    metavar="WHAT",
    help="What others hold of this log: a bundle, a proof, a checkpoint, a mirror's folder or URL. Repeatable.",
)
@click.option("--accept", "accepted", type=int, metavar="N", help="Accept alarm N, with --reason and --by.")
@click.option("--reason", default="", help="Why the alarm is accepted.")
@click.option("--by", default="", help="Who accepts it.")
@click.option("--every", type=float, help="Go on, and look again after so many seconds.")
@click.option("--json", "json_", is_flag=True, help="Print data for machines, one line each time.")
def mirror(
    source: str,
    folder: Path,
    key: str | None,
    name: str | None,
    policy: Path | None,
    oldest: float,
    others: tuple[str, ...],
    accepted: int | None,
    reason: str,
    by: str,
    every: float | None,
    json_: bool,
) -> None:
    """Keep a full copy of the log at SOURCE (a URL or a data folder) in FOLDER, and check every entry of it.

    What is found wrong stays an alarm until a person accepts it; while one is open the exit code is 1 and nothing is
    cosigned. Where the log signed two histories, a fork proof is written to FOLDER.
    """
    from datetime import timedelta

    from parley.record import decode_verifier_key
    from parley.record.formats.policy import decode_policy
    from parley.record.outside.mirror import Mirror

    made = (folder / "record.db").exists()
    if not made and key is None:
        raise click.UsageError("the first time, give the log's public key with --key")
    cosigner = _own_cosigner(folder, name, told_apart=json_) if name else None
    if not made:
        with made_whole(folder):
            Mirror.create(folder, decode_verifier_key(key or "")).close()
    with Mirror.open(folder) as opened:
        if accepted is not None:
            _accept(opened, accepted, by, reason)
        given = decode_policy(policy.read_bytes()) if policy else None
        while True:
            look = look_at(opened, source, given, timedelta(hours=oldest), others)
            say_look(look, json_)
            if cosigner is not None and look.in_order:
                _bring_cosignature(opened, cosigner, source)
            if every is None:
                sys.exit(0 if look.in_order else 1)
            time.sleep(every)


def _source(where: str) -> Source:
    from parley.record.outside.http import Asker
    from parley.record.outside.mirror import folder_source, url_source

    return url_source(where, Asker()) if where.startswith(("http://", "https://")) else folder_source(Path(where))


def _accept(mirror: Mirror, number: int, by: str, reason: str) -> None:
    """Accept an alarm; in a party's node the party says so with its key, and `parley say` sends it."""
    from parley.node import is_node
    from parley.record.outside.outbox import Outbox

    now = datetime.now(UTC)
    alarm = mirror.alarms.accept(number, by, reason, now)
    if not is_node(mirror.folder):
        return
    body = {"alarm": number, "part": alarm.part, "says": alarm.says, "by": by, "reason": reason}
    with Outbox(mirror.folder) as outbox:
        outbox.say([("fault-accepted", body if alarm.entry is None else body | {"entry": alarm.entry})], now)
    say("accepted; `parley say` sends that the party has accepted it", err=True)


class Look(NamedTuple):
    """What a mirror saw: open alarms, what the head lacks now, notes, and how far it goes."""

    alarms: list[str]
    lacking: list[str]
    notes: list[str]
    text: str

    @property
    def in_order(self) -> bool:
        return not self.alarms and not self.lacking


def say_look(look: Look, json_: bool) -> None:
    """Print what a mirror saw."""
    if json_:
        data = {"in_order": look.in_order, "alarms": look.alarms, "lacking": look.lacking, "notes": look.notes}
        say_json(json.dumps(marked(data | {"text": look.text}), ensure_ascii=False))
        return
    for note in look.notes:
        say(f"note  {note}")
    for alarm in look.alarms:
        say(f"ALARM  {alarm}")
    for lack in look.lacking:
        say(f"NOW  {lack}")
    say(look.text)


def look_at(
    mirror: Mirror, where: str, policy: Policy | None, oldest: timedelta | None, others: tuple[str, ...]
) -> Look:
    """Bring *mirror* up to date with the log at *where*, and compare what others hold."""
    from parley.record import RecordError
    from parley.record.outside.mirror import OLDEST, ForkFound

    lacking: list[str] = []
    text = "nothing new was taken"
    try:
        synced = mirror.sync(_source(where), policy=policy, oldest=oldest or OLDEST)
        lacking += synced.lacking
        since = f", cosigned {synced.cosigned:%Y-%m-%d %H:%M:%S} UTC" if synced.cosigned else ""
        text = f"{synced.size} entries, root {synced.root.hex()}{since}"
        lacking += _compared(mirror, where, policy or mirror.authority().policy, others)
    except ForkFound as error:
        say(_keep_fork(mirror, error), err=True)
        text = "the log signed two histories"
    except (RecordError, OSError) as error:
        lacking.append(str(error))
    notes = [f"entry {entry}: {says}" for entry, says in mirror.alarms.notes()]
    waiting = [f"entry {entry}: {one}" for entry, one in mirror.authority().waiting.items()] if mirror.newest else []
    alarms = [str(alarm) for alarm in mirror.alarms.open()]
    return Look(alarms, lacking, [*notes, *waiting], text if alarms or lacking else f"In order: {text}.")


def _compared(mirror: Mirror, where: str, policy: Policy | None, others: tuple[str, ...]) -> list[str]:
    """Compare what the witnesses of *policy* and *others* have seen; return who has seen more than the log shows here.

    Raises:
        ForkFound: when one has seen another history.
    """
    from hashlib import sha256

    from parley.record import BadSignature, Damaged
    from parley.record.outside.http import Asker

    ask, digest = Asker(), sha256(mirror.key.name.encode()).hexdigest()
    seen: dict[str, Callable[[], bytes | None]] = {one: partial(_note_at, one) for one in others}
    for name, (_, url) in policy.witnesses.items() if policy else ():
        if url:
            seen[f"the witness {name}"] = partial(_note_of_witness, ask, f"{url.rstrip('/')}/{digest}/checkpoint")
    more = []
    for who, get in seen.items():
        try:
            note = get()
            if note is not None and not mirror.compare(note):
                mirror.sync(_source(where), policy=policy)  # the log may have gone on meanwhile
                if not mirror.compare(note):
                    more.append(f"{who} has seen more entries than the log shows here")
        except (BadSignature, Damaged, OSError) as error:
            say(f"{who}: {error}", err=True)
    return more


def _note_of_witness(ask: Asker, url: str) -> bytes | None:
    answer = ask(url)
    return answer.body if answer.status == 200 else None


def _note_at(what: str) -> bytes | None:
    """The checkpoint's note in what somebody else holds of the log."""
    import zipfile

    from parley.record import RecordError
    from parley.record.formats.tlog_proof import decode_tlog_proof
    from parley.record.log import SIGNED
    from parley.record.store import Store

    path = Path(what)
    if what.startswith(("http://", "https://")):
        return _source(what)("checkpoint")
    if path.is_dir():
        store = Store.open(path)
        try:
            return store.checkpoint(SIGNED)
        finally:
            store.close()
    data = path.read_bytes()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(path) as bundle:
            data = bundle.read("proof.tlog-proof")
    try:
        return decode_tlog_proof(data).checkpoint
    except RecordError:
        return data


def _keep_fork(mirror: Mirror, error: Any) -> str:
    from parley.record.outside.fork import encode_fork_proof

    data = encode_fork_proof(error.fork)
    path = mirror.folder / f"fork-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    write_out(path, data)
    return f"{error}; the proof is in {path}"


def _own_cosigner(folder: Path, name: str, told_apart: bool) -> Cosigner:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from parley.record.formats.cosignature import Cosigner, decode_cosigner
    from parley.record.keys import read_key, write_new

    path = folder / "cosigner.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        cosigner = Cosigner(name, Ed25519PrivateKey.generate())
        write_new(path, cosigner.private_key(), private=True)
        say(cosigner.verifier, err=told_apart)
    return decode_cosigner(read_key(path))


def _bring_cosignature(mirror: Mirror, cosigner: Cosigner, source: str) -> None:
    from parley.record.outside.http import Asker

    note = mirror.cosign(cosigner, int(time.time()))
    if not source.startswith(("http://", "https://")):
        return
    answer = Asker()(f"{source.rstrip('/')}/add-cosignature", note)
    if answer.status != 200 or answer.body == b"0\n":
        say(f"the log did not take the cosignature: {answer.body.decode(errors='replace').strip()}", err=True)


def _cosigner(given: str) -> tuple[Any, str | None]:
    from parley.record.formats.cosignature import decode_cosigner_key

    _, _, rest = given.partition("=")
    key, _, url = rest.partition(",")
    return decode_cosigner_key(key), url or None


VERBS = (serve, witness, policy, cosign, standing, mirror)
