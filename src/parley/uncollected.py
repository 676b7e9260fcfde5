"""Steps that make millions of values and keep them."""

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def without_collecting(step: Callable[P, T]) -> Callable[P, T]:
    """Let *step* run without Python's search for cycles: it makes millions of values that form none, and keeps them."""

    @wraps(step)
    def run(*given: P.args, **named: P.kwargs) -> T:
        searching = gc.isenabled()
        gc.disable()
        try:
            return step(*given, **named)
        finally:
            if searching:
                gc.enable()

    return run
