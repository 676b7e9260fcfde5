"""EXERCISE stands on whatever verbs print of an exercise: a line before the text, a member of what is for machines."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.screen import EXERCISE, say

if TYPE_CHECKING:
    from collections.abc import Callable

LINE = "EXERCISE: everything in this centre is invented."
_PIPED = ("cosign", "rotate")
"""Verbs that print one word or key for the next command: there the line goes to standard error."""
_FOLDERS = ("folder", "node", "source", "old", "what")
"""The parameters of verbs that name a centre, a copy of one, a mirror or a node."""


def mark_all(group: click.Group) -> None:
    """Let every verb below *group* say it first where it is about an exercise."""
    for command in group.commands.values():
        if isinstance(command, click.Group):
            mark_all(command)
        elif command.callback is not None:
            command.callback = _marked(command.callback)


def _marked(callback: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callback)
    def run(*arguments: Any, **named: Any) -> Any:
        if any(_is_exercise(one) for name in _FOLDERS if (one := named.get(name)) is not None):
            for_machines = bool(named.get("json_")) or named.get("format_") in ("json", "csv", "geojson")
            mark(quiet=for_machines or str(named.get("output")) == "-")
        return callback(*arguments, **named)

    return run


def is_marked() -> bool:
    """Say whether the command that runs is about an exercise."""
    return bool(click.get_current_context().meta.get(EXERCISE))


def mark(quiet: bool) -> None:
    """Mark what the command prints from now on as an exercise's; *quiet*: without a line of text."""
    click.get_current_context().meta[EXERCISE] = True
    if not quiet:
        say(LINE, err=click.get_current_context().info_name in _PIPED)


def _is_exercise(folder: Any) -> bool:
    """Say whether the record in *folder* is that of an exercise; where there is none, nobody can say so here."""
    if not isinstance(folder, str | Path) or not (Path(folder) / "record.db").is_file():
        return False  # also what other verbs call so: the ids that `withdraw` is given
    from parley.record import RecordError
    from parley.record.statements.following import body_of
    from parley.record.store import Store

    try:
        store = Store.open(Path(folder), reading=True)
    except (RecordError, OSError):
        return False
    try:
        body = body_of(store, store.row(0))
    except (RecordError, ValueError, OSError):
        return False
    finally:
        store.close()
    return body is not None and body.get("exercise") is True
