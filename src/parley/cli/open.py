"""The verbs that list what is open: the questions on which answers turn, the reports that fit two incidents equally."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parley.cli.days import date_option
from parley.cli.lists import Output, formats, none_yet, say_as_of
from parley.cli.options import FOLDER
from parley.cli.screen import say
from parley.plurals import counted

if TYPE_CHECKING:
    from parley.model import Doubt, OpenQuestion

MOST_SAID = 30
"""Questions or reports that are printed; the data have all."""


@click.command("open")
@click.argument("folder", type=FOLDER)
@date_option("Only incidents of this day.")
@click.option("--agreement", metavar="ID", help="Only what this agreement turns on.")
@formats()
def open_(folder: Path, day: date | None, agreement: str | None, output: Output) -> None:
    """List which questions would decide most answers of FOLDER, and who could answer each.

    An answer that could be a breach turns on what is missing: what decides most of them by itself stands first.
    """
    from parley.looking.reasoned import open_questions_of
    from parley.publish import lists

    if none_yet(folder, output):
        return
    found = open_questions_of(folder, day, agreement)
    if output.is_text:
        _say_questions(found)
    else:
        data = [one.model_dump(mode="json") for one in found]
        output.put(lambda: data, lists.QUESTIONS, lambda: data)
    say_as_of(folder, output)


def _say_questions(found: Sequence[OpenQuestion]) -> None:
    for one in found[:MOST_SAID]:
        say(f"{one.asks} ({one.incident or one.agreement})")
        say(
            f"  missing in {counted(one.answers, 'answer')} that could be a breach, of "
            f"{counted(one.incidents, 'incident')}; {counted(one.alone, 'turns', 'turn')} on it alone"
        )
        if one.settled_by:
            say(f"  who could answer it: {one.settled_by}")
    if more := len(found[MOST_SAID:]):
        say(f"{counted(more, 'question')} more: see --json")
    if not found:
        say("No answer is open that could be a breach.")


@click.command()
@click.argument("folder", type=FOLDER)
@date_option("Only reports of this day.")
@formats()
def doubtful(folder: Path, day: date | None, output: Output) -> None:
    """List the reports of FOLDER that fit two incidents equally, those first that decide most.

    Each stands alone until somebody decides with `parley judge`.
    """
    from parley.centre import queries
    from parley.publish import lists

    if none_yet(folder, output):
        return
    found = queries.doubts(folder, day)
    if output.is_text:
        _say_doubts(found, folder)
    else:
        data = [one.model_dump(mode="json") for one in found]
        output.put(lambda: data, lists.DOUBTS, lambda: lists.doubt_rows(data))
    say_as_of(folder, output)


def _say_doubts(found: Sequence[Doubt], folder: Path) -> None:
    from parley.model import printable
    from parley.publish import waiting

    for one in found[:MOST_SAID]:
        say(waiting.doubt(one, printable(one.source), shlex.quote(str(folder))))
    if more := len(found[MOST_SAID:]):
        say(f"{counted(more, 'report')} more: see --json")
    if not found:
        say("No report fits two incidents equally.")


VERBS = (open_, doubtful)
