"""`parley mapping`: say what the columns of a table mean, and see its first rows as the reports they would become."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.faults import write_out
from parley.cli.options import FILE, OUTPUT, as_json
from parley.cli.screen import print_json, say, say_text
from parley.commands import command
from parley.plurals import counted

if TYPE_CHECKING:
    from parley.intake.preview import Preview
    from parley.model import EventReport, Value


@click.command()
@click.argument("file", type=FILE)
@click.argument("other", type=FILE, required=False)
@click.option("--as-start", "start", type=FILE, help="Propose what this mapping (YAML) does not say yet.")
@click.option("--mapping", type=FILE, help="A mapping to check (YAML), with --preview.")
@click.option("--preview", "rows", type=click.IntRange(1, 1000), is_flag=False, flag_value=10,
              help="Show the first N rows as reports. [default: 10]")  # fmt: skip
@click.option("--from", "source", help="Who speaks, where the table does not say.")
@click.option("--timezone", default="UTC", show_default=True, help="Where times without an offset are local.")
@click.option("-o", "--output", type=OUTPUT, help="Write the proposed mapping here.")
@as_json
def mapping(
    file: Path,
    other: Path | None,
    start: Path | None,
    mapping: Path | None,
    rows: int | None,
    source: str | None,
    timezone: str,
    output: Path | None,
    json_: bool,
) -> None:
    """Propose a mapping for FILE (CSV, XLSX, JSON, GeoJSON; or in a ZIP) from columns and first rows, or preview one.

    A mapping says which column is what; `parley add FOLDER FILE --as table --mapping M` reads a table with it, and
    `--as geojson` GeoJSON. With OTHER it is one for both, for `parley match FILE OTHER --mapping M`.
    Exit code 1: a row of the preview has a problem.
    """
    if other is not None:
        if mapping is not None or start is not None or rows is not None:
            raise click.UsageError("of two lists a mapping is proposed; it is checked by `parley match`")
        _propose_pairing(file, other, output, json_)
        return
    from parley.intake import load_mapping
    from parley.intake.channels.geojson import head_of_features, looks_like_geojson
    from parley.intake.mappings.proposal import propose
    from parley.intake.preview import previewed
    from parley.intake.tables.head import head_of
    from parley.intake.text.archive import unpacked
    from parley.model import Input

    if mapping is not None and (start is not None or output is not None):
        raise click.UsageError("--mapping is to be previewed; to go on from it, use --as-start")
    zone = _zone(timezone)
    arrived = unpacked(Input(name=file.name, data=Input(file.name, file).data))
    if mapping is not None:
        checked = load_mapping(Input(name=mapping.name, data=mapping.read_bytes()))
    else:
        known = load_mapping(Input(name=start.name, data=start.read_bytes())) if start else None
        features = looks_like_geojson(arrived.data)
        head = head_of_features(arrived) if features else head_of(arrived, known.sheet if known else None)
        proposal = propose(head, known)
        checked = proposal.mapping
        if output is not None:
            write_out(output, proposal.text().encode())
        if rows is None:
            if json_:
                print_json({"mapping": proposal.raw, "notes": list(proposal.notes)})
            else:
                said = f"{output}: written; next: {command('mapping', file, '--mapping', output, '--preview')}"
                say_text(f"{said}\n" if output else proposal.text())
            return
    preview = previewed(arrived, checked, source, zone, rows or 10)
    if json_:
        print_json(_data(preview))
    else:
        _say(preview)
    sys.exit(1 if preview.problems else 0)


def _propose_pairing(left: Path, right: Path, output: Path | None, json_: bool) -> None:
    from parley.intake.mappings.pairing_proposal import propose_pairing
    from parley.intake.tables.head import head_of
    from parley.intake.text.archive import unpacked
    from parley.model import Input

    heads = [head_of(unpacked(Input(name=file.name, data=Input(file.name, file).data)), None) for file in (left, right)]
    proposal = propose_pairing(*heads)
    if output is not None:
        write_out(output, proposal.text().encode())
    if json_:
        print_json({"mapping": proposal.raw, "notes": list(proposal.notes)})
    elif output is not None:
        say_text(f"{output}: written; next: {command('match', left, right, '--mapping', output)}\n")
    else:
        say_text(proposal.text())


def _zone(name: str) -> Any:
    from parley.intake.faults import Unreadable
    from parley.intake.values.dates import zone_named

    try:
        return zone_named(name)
    except Unreadable as fault:
        raise click.BadParameter(f"{name!r} is not known. Give {fault.expected}.", param_hint="--timezone") from None


def _data(preview: Preview) -> dict[str, Any]:
    from parley.model import in_words

    return {
        "reports": list(map(in_words, preview.reports)),
        "problems": list(map(in_words, preview.problems)),
        "whole": preview.whole,
    }


def _say(preview: Preview) -> None:
    """Print the rows, one below the other: who speaks, then each claim with the words that it was read from."""
    from rich.table import Table
    from rich.text import Text

    from parley.cli.terminal import Screen

    console = Screen()
    for report in preview.reports:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
        for name, value, said in _lines(report):
            table.add_row(Text(name, style="bold"), Text(value), Text(said, style="dim"))
        where = f"row {report.origin.record}, line {report.origin.first}"
        console.print(Text.assemble((where, "bold"), f": {_printable(report.source)} {_printable(report.reference)}"))
        console.print(table)
        for flag in report.flags:
            console.print(Text(f"  note: {_printable(flag.text)}"))
    problems = sum(one.times for one in preview.problems)
    console.print(f"{counted(len(preview.reports), 'row')} as reports; {counted(problems, 'problem')}")
    if not preview.whole:
        console.print("Only the top of the file was looked at: rows below it may change how a column is read.")
    for problem in preview.problems:
        say(f"parley: {problem}", err=True)


def _lines(report: EventReport) -> list[tuple[str, str, str]]:
    shown = [(claim.attribute, plain(claim.value), claim.said) for claim in report.claims]
    if report.published:
        shown.append(("published", plain(report.published), ""))
    if report.citation and report.citation.address:
        shown.append(("address", report.citation.address, ""))
    return [(name, _printable(value), f"from {_printable(said)}" if said else "") for name, value, said in shown]


def plain(value: Value) -> str:
    """Return *value* in words, on one line."""
    from parley.model import Amount, Count, Disc, Interval, OneOf, Unknown, Words

    match value:
        case Interval():
            return f"{value.start.isoformat()} … {value.end.isoformat()}"
        case Disc():
            return f"{value.name} {value.lat:g}, {value.lon:g} ± {value.radius_m / 1000:g} km".strip()
        case OneOf():
            denied = f"not {', '.join(value.none_of)}" if value.none_of else ""
            return "; ".join(part for part in (" or ".join(value.any_of), denied) if part)
        case Count() | Amount():
            high = "or more" if value.high is None else f"to {value.high}" if value.high != value.low else ""
            return f"{value.low} {high}".strip()
        case Unknown():
            return f"unknown: {value.why.text}"
        case Words():
            return value.text


def _printable(text: str) -> str:
    from parley.model import printable

    return printable(text if len(text) <= 300 else f"{text[:299]}…")
