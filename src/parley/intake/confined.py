"""Parsing what may be hostile in a child process with limits: whatever it sets off there, this process goes on.

The child is started once and used again, since what parsers import takes long to load; it is replaced after a failure,
and after some hundred tasks, as parsers leak. Limits: processor time and address space by `setrlimit`, time on the
clock by this process, which kills a child that is over it. Linux and other POSIX systems.

To the child goes, in this order: the task's module and function with its limits as one line of JSON, the length of the
data in eight bytes, the data. Back comes one byte (0 answer, 1 the task's own InputError as JSON, 2 out of memory,
3 another exception's name), the length, the answer.
"""

import atexit
import json
import os
import resource
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import BinaryIO

from parley.model import InputError, Problem

MOST_TASKS = 300

_ANSWER, _REFUSED, _NO_MEMORY, _FAILED = range(4)
_LENGTH = struct.Struct(">Q")
_START_S = 60
"""How long a new child may take to begin, on the slowest machine."""

Task = Callable[[bytes], bytes]


def call(task: Task, data: bytes, *, seconds: int, megabytes: int, file: str) -> bytes:
    """Return what *task* makes of *data* in the child.

    Args:
        task: a function of a module, which the child imports by name.
        seconds: of processor time, and half as much again on the clock.
        megabytes: of memory beside what the child has already.
        file: the input's name, for the message.

    Raises:
        InputError: the one that the task raised, or one that says which limit was reached or what failed.
    """
    with _LOCK:
        child = _child()
        try:
            code, answer = child.ask(task, data, seconds, megabytes)
        except _Over as over:
            _discard()
            raise _error(file, over) from None
        except BaseException:
            _discard()
            raise
        if code == _NO_MEMORY or child.tasks >= MOST_TASKS:
            _discard()
    if code == _ANSWER:
        return answer
    if code == _REFUSED:
        raise InputError(Problem.model_validate_json(answer))
    if code == _NO_MEMORY:
        raise _error(file, _Over("too-much-memory", megabytes=megabytes))
    raise _error(file, _Over("reader-failed", error=answer.decode("utf-8", "replace")))


class _Over(Exception):  # noqa: N818  (it names a state of the child)
    def __init__(self, code: str, /, **params: str | int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def _error(file: str, over: _Over) -> InputError:
    return InputError(Problem(file=file, code=over.code, params=over.params, kept="bytes-alone"))


class _Child:
    """The child as this process sees it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.tasks = 0
        self._process = subprocess.Popen(  # noqa: S603  (this very module)
            [sys.executable, "-c", f"from {__name__} import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )

    def ask(self, task: Task, data: bytes, seconds: int, megabytes: int) -> tuple[int, bytes]:
        patience = time.monotonic() + seconds * 1.5 + (0 if self.tasks else _START_S)
        self.tasks += 1
        head = json.dumps([task.__module__, task.__qualname__, seconds, megabytes]).encode() + b"\n"
        try:
            self._write(head + _LENGTH.pack(len(data)) + data, patience, seconds)
            code = self._read(1, patience, seconds)[0]
            (length,) = _LENGTH.unpack(self._read(_LENGTH.size, patience, seconds))
            return code, self._read(length, patience, seconds)
        except (BrokenPipeError, EOFError):
            self._process.wait(timeout=10)
            signal = -(self._process.returncode or 0)
            if signal == 24:  # SIGXCPU: what `setrlimit` sends
                raise _too_slow(seconds) from None
            raise _Over("reader-died", signal=signal) from None

    def stop(self) -> None:
        if self.owner == os.getpid():
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()

    def _write(self, data: bytes, patience: float, seconds: int) -> None:
        assert self._process.stdin
        pipe = self._process.stdin.fileno()
        os.set_blocking(pipe, False)
        rest = memoryview(data)
        while rest:
            if not select.select([], [pipe], [], max(0.0, patience - time.monotonic()))[1]:
                raise _too_slow(seconds)
            rest = rest[os.write(pipe, rest) :]

    def _read(self, count: int, patience: float, seconds: int) -> bytes:
        assert self._process.stdout
        pipe = self._process.stdout.fileno()
        parts: list[bytes] = []
        while count:
            if not select.select([pipe], [], [], max(0.0, patience - time.monotonic()))[0]:
                raise _too_slow(seconds)
            part = os.read(pipe, min(count, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def _too_slow(seconds: int) -> _Over:
    return _Over("too-slow", seconds=seconds)


_LOCK = threading.Lock()
_current: _Child | None = None


def _child() -> _Child:
    """Return the child of this process; one that a fork left behind belongs to another."""
    global _current
    if _current is None or _current.owner != os.getpid():
        _current = _Child()
    return _current


def _discard() -> None:
    global _current
    if _current is not None:
        _current.stop()
        _current = None


atexit.register(_discard)


def serve() -> None:
    """Be the child: do task after task until the other end closes. What tasks print goes to the error stream."""
    given, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while head := given.readline():
        module, name, seconds, megabytes = json.loads(head)
        data = given.read(_LENGTH.unpack(given.read(_LENGTH.size))[0])
        task = getattr(import_module(module), name)
        code, answer = _within(task, data, seconds, megabytes)
        _reply(answers, code, answer)


def _within(task: Task, data: bytes, seconds: int, megabytes: int) -> tuple[int, bytes]:
    """Do *task* within limits, which are those of the whole process and therefore set anew each time."""
    with open("/proc/self/statm") as statm:  # noqa: PTH123  (a file of the kernel)
        now = int(statm.read().split()[0]) * resource.getpagesize()
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds + 1, hard))
    resource.setrlimit(resource.RLIMIT_AS, (now + megabytes * 1_000_000, resource.getrlimit(resource.RLIMIT_AS)[1]))
    try:
        return _ANSWER, task(data)
    except InputError as error:
        return _REFUSED, error.problem.model_dump_json().encode()
    except MemoryError:
        return _NO_MEMORY, b""
    except Exception as error:  # whatever hostile content sets off: the other side says so
        return _FAILED, type(error).__name__.encode()
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.getrlimit(resource.RLIMIT_AS)[1],) * 2)


def _reply(answers: BinaryIO, code: int, answer: bytes) -> None:
    answers.write(bytes([code]) + _LENGTH.pack(len(answer)) + answer)
    answers.flush()
