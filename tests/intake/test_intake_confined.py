"""The child process: limits hold, failures are told in a sentence, and the next task works again."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import confined_tasks as tasks
import pytest

from parley.intake import confined
from parley.model import InputError


@pytest.fixture(autouse=True)
def _importable_in_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    here = str(Path(tasks.__file__).parent)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])]))
    confined._discard()  # the next child sees this path


def ask(task: confined.Task, data: bytes = b"abc", seconds: int = 20, megabytes: int = 200) -> bytes:
    return confined.call(task, data, seconds=seconds, megabytes=megabytes, file="page.html")


def test_a_task_is_done_in_one_child_that_is_used_again() -> None:
    assert ask(tasks.upside_down) == b"cba"
    first = ask(tasks.who)
    assert first == ask(tasks.who) != str(os.getpid()).encode()
    large = os.urandom(5_000_000)
    assert ask(tasks.upside_down, large) == large[::-1]
    assert ask(tasks.chatter) == b"quiet"


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (tasks.refuse, '"abc" does not fit. Expected: an article with at least one paragraph'),
        (tasks.fail, "Found content at which the reader failed (ZeroDivisionError)"),
        (tasks.die, "the reader died (signal 11)"),
        (tasks.swell, "Found content that needs more. Expected: content that can be read within 200 MB"),
        (tasks.spin, "Found content that needs more. Expected: content that can be read within 1 s"),
        (tasks.sleep, "Found content that needs more. Expected: content that can be read within 1 s"),
    ],
)
def test_a_failure_is_told_in_a_sentence_and_the_next_task_works(task: confined.Task, said: str) -> None:
    ask(tasks.upside_down)  # the child is warm
    with pytest.raises(InputError) as caught:
        ask(task, seconds=1)
    assert str(caught.value).startswith("page.html: ") and "Expected: " in str(caught.value)
    assert said in str(caught.value)
    assert ask(tasks.upside_down) == b"cba"


def test_threads_take_turns() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda n: ask(tasks.upside_down, b"%d!" % n), range(10, 40))) == [
            b"!%d" % int(str(n)[::-1]) if n % 10 else b"!0%d" % (n // 10) for n in range(10, 40)
        ]


def test_no_child_is_left_behind() -> None:
    for _ in range(3):
        with pytest.raises(InputError):
            ask(tasks.die)
    confined._discard()
    children = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "stat=,args="], capture_output=True, text=True)
    assert "confined" not in children.stdout
    assert "Z" not in [line.split()[0][0] for line in children.stdout.splitlines() if "python" in line]
