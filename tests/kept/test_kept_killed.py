"""Whatever ends a process while it follows the record: what is kept is as it was before, or as it is after."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kept_growing import MILL, Growing, article, begun, bulletin, claims, event
from kept_moves import TEXTS
from kept_rows import difference, kept, made

from parley import current
from parley.centre.folder import Centre

WRITES = ("INSERT", "DELETE", "UPDATE", "COMMIT")


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[Growing]:
    """A centre in which statements came since its views were made that change rows of most of them."""
    growing = begun(tmp_path / "centre")
    with closing(growing.centre.record):
        first = growing.bring(event(), bulletin("Westland", 0, 3))
        current.make(growing.centre)
        growing.bring(event(source="Post 2"), event(source="Post 3", place=MILL, hour=14.0), article(TEXTS[0]))
        growing.bring(bulletin("Eastland", 0, 3, other="Westland"))
        growing.act("correct", first.entries[0], claims=claims(deaths=2))
        yield growing


def followed(centre: Centre, dies_at: int | None = None) -> list[str]:
    """Follow the record of *centre*; return what was written, and what began it.

    Args:
        dies_at: the process ends before it writes for the time of this number, from 1.
    """
    writes: list[str] = []
    opened = current.open_views

    def told(statement: str) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            writes.append(statement)
            if len(writes) == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def listening(path: Path) -> None:
        opened(path)
        base: sqlite3.Connection = current.raw()
        base.set_trace_callback(told)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(current, "open_views", listening)
        current.follow(centre)
    return writes


def killed(centre: Centre, at: int) -> bool:
    """Follow the record in a process of its own, which dies as it writes for the time of the number *at*."""
    child = os.fork()
    if child == 0:
        try:
            followed(centre, at)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize("every", [17, pytest.param(1, marks=pytest.mark.slow)])
def test_a_process_killed_while_it_follows_leaves_what_was_kept_before(growing: Growing, every: int) -> None:
    centre = growing.centre
    before, at, deaths = kept(centre), 1, 0
    while killed(centre, at):
        assert difference(kept(centre), before) == "", at
        at, deaths = at + every, deaths + 1
    assert deaths * every > 60
    assert difference(kept(centre), made(centre)) == "", "the one that lived"


def test_all_is_written_in_one_transaction(growing: Growing) -> None:
    before = kept(growing.centre)
    writes = followed(growing.centre)
    assert [at for at, one in enumerate(writes, 1) if one.upper().startswith("COMMIT")] == [len(writes)]
    assert difference(kept(growing.centre), made(growing.centre)) == ""
    assert difference(kept(growing.centre), before) != ""


def test_what_fails_while_rows_are_put_leaves_all_as_it_was_and_is_made_up_for(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(growing.centre)
    for name in ("_put_published", "say_as_of"):
        with monkeypatch.context() as failing:
            failing.setattr(current, name, lambda *_: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                current.follow(growing.centre)
        assert difference(kept(growing.centre), before) == ""
    current.follow(growing.centre)
    assert difference(kept(growing.centre), made(growing.centre)) == ""
