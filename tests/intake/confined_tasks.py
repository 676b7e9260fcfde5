"""Tasks for the child: one that works, and one for each way to fail."""

import os
import signal
import time

from parley.model import InputError, Problem


def upside_down(data: bytes) -> bytes:
    return data[::-1]


def who(data: bytes) -> bytes:
    return str(os.getpid()).encode()


def refuse(data: bytes) -> bytes:
    raise InputError(Problem(file="page.html", code="no-paragraph", params={"found": data.decode()}))


def fail(data: bytes) -> bytes:
    raise ZeroDivisionError


def die(data: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def swell(data: bytes) -> bytes:
    return bytes(2_000_000_000)


def spin(data: bytes) -> bytes:
    while True:
        pass


def sleep(data: bytes) -> bytes:
    time.sleep(600)
    return b""


def chatter(data: bytes) -> bytes:
    print("noise" * 10_000)
    return b"quiet"
