"""The program as whoever runs it typed it, so that the commands that Parley prints can be run as they stand.

After `make demo` that is `.venv/bin/parley`, and `parley` alone only where it is on the PATH.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

_NAMED = re.compile(r"`parley (?=[a-z])")
_OPENERS = ("xdg-open", "open")


def program() -> str:
    """Return how this program was called, quoted for a shell."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py" and called.parent.name == "parley":
        return f"{shlex.quote(sys.orig_argv[0])} -m parley"
    if called.name != "parley" or not called.is_file():
        return "parley"  # inside another program, such as a test
    found = shutil.which("parley")
    if found is not None and Path(found).resolve() == called.resolve():
        return "parley"
    return shlex.quote(sys.argv[0] if "/" in sys.argv[0] else f"./{sys.argv[0]}")


def command(*words: object) -> str:
    """Return the command of *words*, each quoted, such as `command("review", folder)`."""
    return f"{program()} {shlex.join(map(str, words))}"


def as_typed(text: str) -> str:
    """Return *text* with every command in it that is in backticks as it is typed here."""
    called = program()
    return text if called == "parley" else _NAMED.sub(lambda _: f"`{called} ", text)


def opening(file: Path) -> str:
    """Return the command that shows *file* on this machine; where there is none, the file itself, for a browser."""
    opener = next((one for one in _OPENERS if shutil.which(one)), None)
    return f"{opener} {shlex.quote(str(file))}" if opener else shlex.quote(str(file))
