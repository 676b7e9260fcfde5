"""The verbs of a party's own node, and those by which a centre learns of keys: key, say, receipts, register, revoke."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.add import CHANNELS, by_ending, delivery
from parley.cli.faults import made_whole, write_out
from parley.cli.options import FILE, FOLDER, as_json
from parley.cli.record import say_not_cosigned
from parley.cli.screen import print_json
from parley.cli.screen import say as tell
from parley.cli.taken import say_problems
from parley.commands import as_typed, program

if TYPE_CHECKING:
    from parley.model import Reading
    from parley.record.outside.outbox import Delivered

tier_option = click.option(
    "--tier",
    type=click.Choice(["logged", "recorded", "shared"]),
    default="logged",
    show_default=True,
    help="How far a statement must have come before it counts as received.",
)


@click.group()
def key() -> None:
    """Make the key of a party's own node."""


@key.command("new")
@click.argument("node", type=FOLDER)
@click.option("--name", required=True, help="The key's name for all time, such as west.example/desk.")
@click.option("--party", "side", required=True, help="The party's id, as the agreements have it, such as west.")
@click.option("--also", "names", multiple=True, help="A name under which the party speaks in reports. Repeatable.")
@click.option("--log", "log_key", required=True, help="The log's public key, as you know it from the centre in person.")
@click.option("--url", required=True, help="Where the centre serves its log, such as https://centre.example/log.")
@click.option("--timezone", required=True, help="The zone of local times in your reports, such as Asia/Damascus.")
@as_json
def key_new(
    node: Path, name: str, side: str, names: tuple[str, ...], log_key: str, url: str, timezone: str, json_: bool
) -> None:
    """Make a node in NODE: a key that never leaves it. Hand the two printed lines to the centre, in person."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from parley.node import Node, create
    from parley.record import decode_verifier_key

    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise click.BadParameter(f"{timezone!r} is no time zone", param_hint="--timezone") from None
    with made_whole(node):
        made, recipient = create(Node(node, side, names, url, timezone), name, decode_verifier_key(log_key))
    if json_:
        print_json({"vkey": str(made), "recipient": recipient})
        return
    tell(made)
    tell(recipient)
    tell(
        f'next, at the centre: {program()} register FOLDER "{made}" --party {side} --recipient "{recipient}"', err=True
    )


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("vkey")
@click.option("--party", "side", help="At the centre: the party whose key this is.")
@click.option("--recipient", help="The party's line for sealing (`parley key new` prints it).")
@click.option("--person", "name", help="Certify the key of a person or device of your own side, by this name.")
@click.option("--desk", is_flag=True, help="At the centre: the desk's next key.")
@as_json
def register(
    folder: Path, vkey: str, side: str | None, recipient: str | None, name: str | None, desk: bool, json_: bool
) -> None:
    """Take statements of the key VKEY from now on: FOLDER is the centre's, or a party's node for its own persons."""
    from parley.record import decode_verifier_key

    new = decode_verifier_key(vkey)
    if sum(map(bool, (side, name, desk))) != 1:
        raise click.UsageError("say whose key it is: --party, --person or --desk")
    if recipient and not side:
        raise click.UsageError("--recipient goes with --party: what is sealed for it is that party's")
    event: dict[str, Any] = {"event": "certify", "name": name, "vkey": str(new)}
    if side:
        event = {"event": "register", "role": "party", "side": side, "vkey": str(new)}
    if desk:
        event = {"event": "register", "role": "desk", "side": "centre", "vkey": str(new)}
    _say_key_event(folder, event, recipient, json_)


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("key_id")
@click.option("--reason", required=True, help="Why; it is public.")
@click.option("--lost", is_flag=True, help="The key is in wrong hands.")
@click.option("--next", "next_", help="With --lost: the public key that follows.")
@as_json
def revoke(folder: Path, key_id: str, reason: str, lost: bool, next_: str | None, json_: bool) -> None:
    """Take no more statements of a key: KEY_ID is its digest, or the public key itself.

    For a key of another side it holds once the parties have endorsed it.
    """
    from parley.record import decode_verifier_key

    digest = decode_verifier_key(key_id).digest.hex() if "+" in key_id else key_id
    event = {"event": "lost" if lost else "revoke", "key": digest, "reason": reason}
    if next_:
        event["next"] = str(decode_verifier_key(next_))
    _say_key_event(folder, event, None, json_)


def _say_key_event(folder: Path, event: dict[str, Any], recipient: str | None, json_: bool) -> None:
    """Say *event* in the centre's record, or with a party's own key."""
    from parley.centre.folder import Centre, now
    from parley.centre.handles import sealed_secret
    from parley.node import is_node

    if is_node(folder):
        say_and_send(folder, [("key-event", event)], "logged", json_)
        return
    with Centre.open(folder, writing=True) as centre:
        if recipient:
            event |= {"recipient": recipient, "handles": sealed_secret(folder, event["side"], recipient)}
        (stated,) = centre.record.append([("key-event", event)], at=now())
        waiting = str(centre.record.log.authority().waiting.get(stated.index, ""))
    say_not_cosigned(centre)
    if json_:
        print_json({"entry": stated.index, "waiting": waiting})
    else:
        tell(f"entry {stated.index}: not yet: {waiting}" if waiting else f"entry {stated.index}: it holds")


@click.command()
@click.argument("node", type=FOLDER)
@click.argument("files", type=FILE, nargs=-1)
@click.option("--as", "channel", type=click.Choice(CHANNELS), help="What the files are. [default: by their ending]")
@click.option("--from", "source", help="Who speaks in them, where the files do not say.")
@click.option("--mapping", type=FILE, help="For a table or GeoJSON: which column is what (YAML).")
@click.option("--endorse", type=int, multiple=True, metavar="ENTRY", help="Endorse the change at ENTRY. Repeatable.")
@click.option("--receipt", type=int, multiple=True, metavar="ENTRY", help="Say that you have ENTRY. Repeatable.")
@click.option("--discard", type=int, metavar="N", help="Take statement N, which the log refused, out of the outbox.")
@click.option("--preview", is_flag=True, help="Only show what would be signed; nothing is signed or sent.")
@click.option("--yes", is_flag=True, help="Sign without asking.")
@tier_option
@as_json
def say(
    node: Path,
    files: tuple[Path, ...],
    channel: str | None,
    source: str | None,
    mapping: Path | None,
    endorse: tuple[int, ...],
    receipt: tuple[int, ...],
    discard: int | None,
    preview: bool,
    yes: bool,
    tier: str,
    json_: bool,
) -> None:
    """Read FILES on your own side, show what they say, sign it with NODE's key and send it.

    What cannot be sent now stays in the outbox: `parley say NODE` sends it again. Exit code 4: something waits.
    """
    from zoneinfo import ZoneInfo

    from parley.centre.folder import now
    from parley.node import handles, load, reading
    from parley.node import say as sign
    from parley.record.outside.outbox import Outbox

    own = load(node)
    if preview:
        from parley.cli.preview import preview_say

        preview_say(node, [delivery(one, channel or by_ending(one, mapping), source, mapping) for one in files], json_)
        return
    with Outbox(node) as outbox:
        if discard is not None:
            outbox.discard(discard)
        called = handles(own, outbox.key)
        for file in files:
            given = delivery(file, channel or by_ending(file, mapping), source, mapping)
            parts = reading(given, ZoneInfo(own.timezone))
            _show(file, parts)
            if not any(part.reports or part.withdrawals for part in parts):
                tell(f"parley: {file}: nothing in it can be said; nothing was signed", err=True)
                sys.exit(2)
            if not yes and not _agreed():
                tell("parley: nothing was signed", err=True)
                sys.exit(2)
            sign(outbox, given, parts, called, now())
    say_and_send(node, [*_endorsements(node, endorse), *_receipts(node, receipt)], tier, json_)


@click.command()
@click.argument("node", type=FOLDER)
@click.option("--proof", "code", help="Write the proof of the statement with this code.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="[default: CODE.tlog-proof]")
@as_json
def receipts(node: Path, code: str | None, output: Path | None, json_: bool) -> None:
    """List what NODE said, and what the log has given it a proof of."""
    from parley.node import load
    from parley.record.formats.code import decode_code
    from parley.record.outside.outbox import Outbox

    load(node)
    with Outbox(node) as outbox:
        sent = outbox.sent()
        if code is not None:
            start = decode_code(code)
            one = next((one for one in sent if one.digest.startswith(start)), None)
            proof = outbox.proof(one.digest) if one else None
            if one is None or proof is None:
                raise click.UsageError(f"there is no proof of {code} here")
            output = output or Path(f"{one.code}.tlog-proof")
            write_out(output, proof)
            tell(output)
            return
    if json_:
        print_json([one._asdict() for one in sent])
    else:
        for one in sent:
            where = f"entry {one.entry}, received {one.received} ({one.tier})" if one.tier else "waits in the outbox"
            tell(f"{one.seq:>5}  {one.code}  {one.kind:<14} {where}")
    _end(node, any(not one.tier for one in sent))


def _agreed() -> bool:
    """Ask whether what was shown is to be signed; who cannot answer has not agreed."""
    try:
        return click.confirm("Sign and send this?", err=True)
    except click.Abort:
        return False


def _show(file: Path, parts: list[Reading]) -> None:
    """Show what was read of a file, before it is signed."""
    from parley.model import EventReport, printable

    for part in parts:
        say_problems(list(part.problems))
        for report in part.reports:
            tell(f"{printable(file.name)}: {report.kind} of {printable(report.source)}", err=True)
            for claim in report.claims if isinstance(report, EventReport) else ():
                said = claim.said or str(claim.value)
                tell(f"  {printable(claim.attribute)}: {printable(said)}", err=True)
        for withdrawal in part.withdrawals:
            tell(f"{printable(file.name)}: withdrawn: {printable(withdrawal.reference)}", err=True)


def _endorsements(node: Path, entries: tuple[int, ...]) -> list[tuple[str, dict[str, Any]]]:
    return [("endorsement", {"entry": entry, "envelope": _leaf(node, entry)[0]}) for entry in entries]


def _receipts(node: Path, entries: tuple[int, ...]) -> list[tuple[str, dict[str, Any]]]:
    return [("receipt", {"entry": entry, "leaf": _leaf(node, entry)[1]}) for entry in entries]


def _leaf(node: Path, entry: int) -> tuple[str, str]:
    """(digest of the envelope, leaf hash) of an entry that the node mirrors."""
    from parley.record.outside.mirror import Mirror

    if not (node / "record.db").exists():
        raise click.UsageError(as_typed("this node mirrors nothing yet: `parley mirror URL NODE` first"))
    with Mirror.open(node) as mirror:
        return mirror.digests(entry)


def say_and_send(node: Path, statements: list[tuple[str, dict[str, Any]]], tier: str, json_: bool) -> None:
    """Sign *statements*, send what waits, and tell what came of it."""
    from parley.centre.folder import now
    from parley.node import load
    from parley.record.outside.http import Asker
    from parley.record.outside.outbox import Outbox

    own = load(node)
    with Outbox(node) as outbox:
        before = {one.seq for one in outbox.sent() if one.tier}
        if statements:
            outbox.say(statements, now())
        outcome = outbox.deliver(own.url, Asker(), tier)
        new = [one for one in outbox.sent() if one.tier and one.seq not in before]
    if json_:
        print_json({"received": [one._asdict() for one in new], "waiting": outcome.waiting, "why": outcome.why})
    else:
        for one in new:
            tell(f"{one.code}  {one.kind}: entry {one.entry}, received {one.received} ({one.tier})")
        tell(_in_words(outcome))
    _end(node, bool(outcome.waiting))


def _in_words(outcome: Delivered) -> str:
    if not outcome.waiting:
        return "Everything that was said has been received."
    return f"Waiting in the outbox: {outcome.waiting}. {outcome.why}. `parley say NODE` sends them again."


def _end(node: Path, waiting: bool) -> None:
    """Say which alarms of the node's mirror are open, and end the command."""
    from parley.record.outside.alarms import open_alarms

    alarms = open_alarms(node)
    for alarm in alarms:
        tell(f"ALARM  {alarm}", err=True)
    sys.exit(1 if alarms else 4 if waiting else 0)


VERBS = (key, register, revoke, say, receipts)
