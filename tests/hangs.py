"""A guard against a test that hangs: no test asserts how long something takes, since machines differ."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class HungError(Exception):
    """What was asked of the program did not end: hours would not have sufficed."""


@contextmanager
def no_hang(guard: int = 300) -> Iterator[None]:
    """Break off what hangs, after *guard* seconds: far more than a slow machine needs for what does not."""

    def broken_off(number: int, frame: FrameType | None) -> None:
        raise HungError(f"still at work after {guard} s")

    before = signal.signal(signal.SIGALRM, broken_off)
    signal.alarm(guard)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
