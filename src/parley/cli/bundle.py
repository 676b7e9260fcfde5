"""Evidence: hand out one statement with its proofs, saying what is shown and what is withheld; open what was sealed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.faults import write_out
from parley.cli.options import FILE, FOLDER, as_json
from parley.cli.record import say_not_cosigned
from parley.cli.screen import print_either, print_json, say
from parley.commands import command

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from parley.record.handed.contents import Contents


@dataclass(frozen=True)
class _File:
    """The file that an input came in, which `--attach` puts into the bundle."""

    name: str
    digest: str
    size: int


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("entry", type=int)
@click.option(
    "--show", "pointers", multiple=True, help='A field to show, such as /report/source; "" shows all. Repeatable.'
)
@click.option("--withhold", "withheld", multiple=True, help="Show all fields but this one. Repeatable.")
@click.option("--attach", is_flag=True, help="With an input: put the file itself in.")
@click.option("--to", "recipient", help="Seal it for one recipient (a `parley-recipient …` line); the record says so.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="[default: entry-N.zip]")
@click.option("--preview", is_flag=True, help="Only say what would be shown and withheld; write nothing.")
@as_json
def bundle(
    folder: Path,
    entry: int,
    pointers: tuple[str, ...],
    withheld: tuple[str, ...],
    attach: bool,
    recipient: str | None,
    output: Path | None,
    preview: bool,
    json_: bool,
) -> None:
    """Write what somebody needs to check statement ENTRY offline, showing only the fields that are named.

    Says what the bundle holds, and what of the statement it withholds, by the names that --show and --withhold take.
    """
    from parley.centre.folder import Centre, now
    from parley.record.handed.bundle import make_bundle
    from parley.record.handed.contents import all_but, contents
    from parley.record.outside.witnessing import RECORDED
    from parley.record.policy_file import load_policy
    from parley.record.statements.sealed import decode_recipient, release

    if pointers and withheld:
        raise click.UsageError("--show names what is shown, --withhold what is not: give one of the two")
    output = output or Path(f"entry-{entry}.zip{'.sealed' if recipient else ''}")
    to = decode_recipient(recipient.strip()) if recipient else None
    with Centre.open(folder, writing=to is not None and not preview) as centre:
        attachments = {}
        file = _file_of(centre.record.entry(entry).kind, centre.record.entry(entry).body)
        if withheld:
            pointers = all_but(centre.record, entry, withheld)
        if attach:
            if file is None:
                raise click.UsageError(f"entry {entry} is no input: it has no file")
            attachments[file.digest] = centre.kept(file.digest).read_bytes()
            pointers = pointers if "" in pointers or "/digest" in pointers else (*pointers, "/digest")
        recorded = centre.record.log.store.checkpoint(RECORDED)
        data = make_bundle(centre.record, entry, pointers, attachments, recorded, load_policy(folder))
        held = contents(centre.record, entry, pointers, data)
        if to is not None:
            data = release(data, to)
            if not preview:
                said = {"entry": entry, "fields": sorted(pointers), "files": sorted(attachments), "to": recipient}
                centre.record.append([("release", said)], at=now())
        zone = centre.timezone
    if not preview:
        write_out(output, data)
    if json_:
        print_json(_data(held, None if preview else output, data, pointers, file, attach))
    else:
        for line in _lines(held, zone, file, attach):
            say(line)
        check = f"check it with `{command('verify', output)}` or the verify.py in it"
        how = f"`{command('receive')}` opens it" if to else check
        say(f"{output}: not written, {len(data)} bytes" if preview else f"{output}: {len(data)} bytes; {how}")
    say_not_cosigned(centre)


def _file_of(kind: str, body: dict[str, Any] | None) -> _File | None:
    return None if kind != "input" or body is None else _File(body["name"], body["digest"], body["size"])


def _lines(held: Contents, zone: ZoneInfo, file: _File | None, attach: bool) -> Iterator[str]:
    """Yield what a bundle holds in words, a line each."""
    from parley.publish.words import STATEMENTS

    received = held.received.astimezone(zone).isoformat(timespec="seconds")
    kind = STATEMENTS.get(held.kind, held.kind)
    yield f"entry {held.entry}: {kind}; signed by a key of {held.side or 'nobody known'}, received {received}"
    yield "shown:" if held.shown else "shown: no field; it proves that the statement is there, and not what it says"
    for pointer, value in held.shown:
        yield f"  {pointer}  {_in_words(pointer, value, zone)}"
    if held.withheld:
        yield 'withheld (--show NAME shows one, --show "" all, --withhold NAME all but it):'
        yield from (f"  {pointer}" for pointer in held.withheld)
    if file is not None:
        there = "attached" if attach else "withheld (--attach puts it in)"
        yield f"file {file.name}, {file.size} bytes: {there}"
    log, *others = held.signers
    by = f"cosigned by {', '.join(others)}" if others else "cosigned by nobody"
    yield f"proof: in the log {log} of {held.size} entries; {by}"
    yield f"in the bundle: {', '.join(f'{name} ({size})' for name, size in held.files)}"


def _in_words(pointer: str, value: Any, zone: ZoneInfo) -> str:
    """Return a field's name and what it says: a claim as it is read, all else as it stands."""
    from pydantic import TypeAdapter, ValidationError

    from parley.model import Value
    from parley.publish import words

    name = pointer.rpartition("/")[2].replace("_", " ")
    if "/claims/" in pointer and isinstance(value, dict) and "value" in value:
        try:
            read = TypeAdapter[Any](Value).validate_python(value["value"])
            return f"{words.attribute(name)}: {words.value(name, read, zone).striptags()}"
        except ValidationError:
            pass  # as it stands
    plain = "not said" if value in (None, "", [], {}) else value
    return f"{name}: {plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)}"


def _data(
    held: Contents, output: Path | None, data: bytes, pointers: tuple[str, ...], file: _File | None, attach: bool
) -> dict[str, Any]:
    return {
        "entry": held.entry,
        "kind": held.kind,
        "side": held.side,
        "received": held.received.isoformat(),
        "written": output and str(output),
        "bytes": len(data),
        "shown": sorted(pointers),
        "fields": dict(held.shown),
        "withheld": list(held.withheld),
        "file": file and {"name": file.name, "digest": file.digest, "size": file.size, "attached": attach},
        "files": dict(held.files),
        "proof": {"size": held.size, "signed_by": list(held.signers)},
    }


@click.command()
@click.argument("sealed", type=FILE, required=False)
@click.option("--key", "file", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Your private key.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="[default: without .sealed]")
@as_json
def receive(sealed: Path | None, file: Path, output: Path | None, json_: bool) -> None:
    """Open a bundle that was SEALED for you; without one, make a key and print the line to hand out."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from parley.record.keys import read_key, write_new
    from parley.record.statements.sealed import encode_recipient
    from parley.record.statements.sealed import receive as opened

    if sealed is None:
        made = X25519PrivateKey.generate()
        write_new(file, made.private_bytes_raw().hex(), private=True)
        recipient = encode_recipient(made.public_key())
        print_either({"recipient": recipient}, recipient, json_)
        return
    try:
        key = X25519PrivateKey.from_private_bytes(bytes.fromhex(read_key(file)))
    except ValueError:
        raise click.BadParameter(f"{file} is no private key of `parley receive`", param_hint="--key") from None
    output = output or sealed.with_suffix("")
    write_out(output, opened(sealed.read_bytes(), key))
    print_either({"written": str(output)}, f"{output}: check it with `{command('verify', output)}`", json_)


VERBS = (bundle, receive)
