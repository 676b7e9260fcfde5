"""`parley add`: files into the record, and what is told of them: what they gave, what could not be used."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from parley.cli.options import FILE, FILE_OR_STDIN, FOLDER, as_json
from parley.cli.record import say_not_cosigned
from parley.cli.register import meet
from parley.cli.screen import print_json, say
from parley.cli.taken import (
    fates,
    needs_eyes,
    say_card,
    say_card_problems,
    say_fates,
    say_problems,
    skips_some,
)
from parley.commands import command
from parley.plurals import counted

if TYPE_CHECKING:
    from parley.centre.statements import Delivery
    from parley.model import Findings, Flag, InputCard, Problem
    from parley.model.report import Report

CHANNELS = (
    "article",
    "bulletin",
    "bulletin-table",
    "ucdp-ged",
    "acled",
    "acled-deleted",
    "gdelt",
    "table",
    "field",
    "geojson",
    "hxl",
    "ushahidi",
    "auto-archiver",
)

STDIN = Path("-")
MOST_FROM_STDIN = 1 << 30
"""Bytes; what is larger is given as a file, from which reading can go on after it was cut short."""
CHUNK = 1 << 20
MOST_NOTES_SAID = 20


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("files", type=FILE_OR_STDIN, nargs=-1, required=True)
@click.option("--as", "channel", type=click.Choice(CHANNELS), required=True, help="What the files are.")
@click.option("--from", "source", help="Who speaks in them, where the files do not say.")
@click.option("--mapping", type=FILE, help="For a table or GeoJSON: which column is what (YAML).")
@click.option("--name", default="stdin", show_default=True, help="What the input - is called.")
@click.option("--preview", is_flag=True, help="Only show what would be recorded; nothing is written.")
@click.option("--later", is_flag=True, help="Only record: `parley rebuild` or the next add derives the findings.")
@as_json
def add(
    folder: Path,
    files: tuple[Path, ...],
    channel: str,
    source: str | None,
    mapping: Path | None,
    name: str,
    preview: bool,
    later: bool,
    json_: bool,
) -> None:
    """Take FILES into the record of FOLDER and derive the findings again; the file - is what comes in from stdin.

    Where this was cut short, the same command continues after the last row that was recorded. Exit code 1: a report
    waits for a person, a row was skipped, or a withdrawal took nothing back; 2: a file gave nothing at all.
    """
    if preview:
        from parley.cli.preview import preview_add

        with from_stdin(files) as come_in:
            preview_add(folder, [_named(file, come_in, name, channel, source, mapping) for file in files], json_)
        return
    from parley.centre.folder import Centre, now
    from parley.cli.terminal import progress
    from parley.current import about, follow
    from parley.job import handles, take_in
    from parley.model import InputError
    from parley.record.formats.code import encode_code
    from parley.record.statements.statement import digest

    findings = None
    refused: list[Problem] = []
    cards: list[InputCard] = []
    before: list[bool] = []
    codes: list[str] = []
    with Centre.open(folder, writing=True) as centre, from_stdin(files) as come_in:
        meet(centre, source)
        called = handles(centre)
        with progress() as watch:
            for file in files:
                size = centre.record.size
                try:
                    given = _named(file, come_in, name, channel, source, mapping)
                    cards.append(take_in(centre, given, now(), watch, called))
                except InputError as error:  # nothing of this file is recorded; the others are
                    refused.append(error.problem)
                    continue
                before.append(centre.record.size == size)
                codes.append(encode_code(digest(centre.record.envelope(cards[-1].entry))))
            if not later:
                watch("findings", 0, 1)
                follow(centre)
                findings = about(centre, [card.entry for card in cards])
            watch("done", 1, 1)
    say_not_cosigned(centre)
    say_problems(refused)
    notes = [_notes(card, findings) for card in cards]
    became = [fates(card, findings) if findings else [] for card in cards]
    if json_:
        told = zip(cards, before, codes, notes, became, strict=True)
        print_json([_data(*one) for one in told])
    for card, recorded, code, noted, rows in zip(cards, before, codes, notes, became, strict=True):
        say_card_problems(card)
        if not json_:
            say_card(card, recorded, code)
            say_fates(folder, rows, card.name)
            _say_notes(noted)
    if findings and not json_:
        _say_waiting(folder, cards, findings)
        _say_doubles(folder, cards, findings)
    if refused or any(not card.reports and not card.withdrawals for card in cards):
        sys.exit(2)
    if any(map(needs_eyes, became)) or any(map(skips_some, cards)):
        sys.exit(1)


@contextmanager
def from_stdin(files: Sequence[Path]) -> Iterator[Path]:
    """Give a file with what comes in from stdin, where that is among *files*; it is gone when the block ends."""
    if STDIN not in files:
        yield STDIN
        return
    with TemporaryDirectory(prefix="parley-") as place:
        kept, size = Path(place) / "stdin", 0
        with kept.open("wb") as file:
            while chunk := sys.stdin.buffer.read(CHUNK):
                size += len(chunk)
                if size > MOST_FROM_STDIN:
                    raise click.UsageError(
                        f"stdin gives more than {MOST_FROM_STDIN >> 20:,} MB, the most that is taken from it; "
                        "nothing was recorded. Give larger inputs as files"
                    )
                file.write(chunk)
        if not size:
            raise click.UsageError("nothing came in from stdin; nothing was recorded")
        yield kept


def _named(file: Path, come_in: Path, name: str, channel: str, source: str | None, mapping: Path | None) -> Delivery:
    """Return the delivery of *file*; where that is -, of what came in from stdin, called *name*."""
    from parley.model import Input

    if file != STDIN:
        return delivery(file, channel, source, mapping)
    return replace(delivery(come_in, channel, source, mapping), input=Input(Path(name).name, come_in))


def delivery(file: Path, channel: str, source: str | None, mapping: Path | None) -> Delivery:
    from parley.centre.statements import Delivery
    from parley.model import Input, check_file

    if (channel == "table" and mapping is None) or (mapping is not None and channel not in ("table", "geojson")):
        raise click.UsageError("--mapping goes with --as table, which needs it, and with --as geojson")
    for path in (file, mapping) if mapping else (file,):
        check_file(path.name, path)
    return Delivery(
        input=Input(file.name, file),
        channel=channel,
        source=source,
        mapping=Input(name=mapping.name, data=mapping.read_bytes()) if mapping else None,
    )


def by_ending(file: Path, mapping: Path | None) -> str:
    """Return the channel that a file's ending suggests."""
    if file.suffix == ".geojson":
        return "geojson"
    if mapping is not None:
        return "table"
    guesses = {".json": "field", ".csv": "ucdp-ged"}
    if file.suffix not in guesses:
        raise click.UsageError(f"{file}: say what it is with --as {'|'.join(CHANNELS)}")
    return guesses[file.suffix]


Note = tuple[int, "Flag"]
"""The entry of a report, and what a reader should know about it."""


def _notes(card: InputCard, findings: Findings | None) -> list[Note]:
    """Return what readers should know about the reports of one input, as far as *findings* are derived."""
    if findings is None:
        return []
    return [(one.entry, flag) for one in findings.reports if one.input == card.entry for flag in one.report.flags]


def _data(
    card: InputCard, recorded: bool, code: str, notes: list[Note], became: list[dict[str, Any]]
) -> dict[str, Any]:
    from parley.model import in_words

    flags = [{"entry": entry, **in_words(flag)} for entry, flag in notes]
    return {**in_words(card), "code": code, "recorded_before": recorded, "flags": flags, "reports_became": became}


def _say_notes(notes: list[Note]) -> None:
    from parley.model import printable

    for entry, flag in notes[:MOST_NOTES_SAID]:
        where = f", line {flag.line}" if flag.line else ""
        say(f"  note on entry {entry}{where}: {printable(flag.text)}")
    if len(notes) > MOST_NOTES_SAID:
        say(f"  {counted(len(notes) - MOST_NOTES_SAID, 'more note')}: see the daily reports, or --json")


def _of_these(cards: list[InputCard], findings: Findings) -> set[int]:
    """Return the entries of the reports that stand in the files of *cards*, in whatever way these were read."""
    digests = {card.digest for card in cards}
    return {one.entry for one in findings.reports if one.report.origin.digest in digests}


def _say_waiting(folder: Path, cards: list[InputCard], findings: Findings) -> None:
    articles = _of_these(cards, findings)
    waiting = sum(one.article in articles and one.waits for one in findings.reviews.proposals)
    if waiting:
        say(f"{counted(waiting, 'statement')} of articles waiting for people: {command('review', folder)}")
        say(two_people(one.report for one in findings.reports if one.entry in articles))


def two_people(reports: Iterable[Report]) -> str:
    """Return how many sentences of the articles among *reports* two people are needed for, as a sentence."""
    from parley.intake.articles.share import Share, share
    from parley.model import Article

    shares = (share(report) for report in reports if isinstance(report, Article))
    whole = sum(shares, Share())
    return f"Two people are needed for {whole.by_two} of {counted(whole.sentences, 'sentence')}."


def _say_doubles(folder: Path, cards: list[InputCard], findings: Findings) -> None:
    """Say which reports of these inputs say what their source said before under another id, and what is in doubt."""
    from parley.cli.terminal import print_crowds, print_doubles, print_doubts

    new = _of_these(cards, findings)
    print_doubles([one for one in findings.doubles if not new.isdisjoint(one.entries)], folder)
    print_doubts([one for one in findings.doubts if not new.isdisjoint((one.entry, *one.fits))], folder)
    print_crowds(findings.crowds, folder)
