"""What all tests have: a machine of their own, which keeps the heads of the logs that it signed (`record.head`).

Every reading that a test makes is held to what may be recorded: codes and parameters, and words for all of them."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from coded import held_to_codes
from parley.centre.handles import Handles
from parley.centre.statements import state_reading
from parley.model import Reading, wordings

HANDLES = Handles(bytes(32), {})


def _no_words(code: str, params: object) -> str:
    raise AssertionError(f"no words for {code} with {params}")


@pytest.fixture(scope="module", autouse=True)
def readings_hold_codes() -> Iterator[None]:
    make = Reading.__init__

    def made(self: Reading, *args: Any, **given: Any) -> None:
        make(self, *args, **given)
        few = Reading(self.reports[:50], self.problems[:50]) if len(self.reports) + len(self.problems) > 100 else self
        with pytest.MonkeyPatch.context() as strict:
            strict.setattr(wordings, "_plain", _no_words)
            assert all(str(problem) and problem.expected for problem in few.problems)
            assert all(flag.text for report in few.reports for flag in report.flags)
        if few is self:
            for _, body in state_reading(few, 0, True, HANDLES):
                held_to_codes(body)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reading, "__init__", made)
        yield


@pytest.fixture(scope="session", autouse=True)
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Give a new machine each time, which has signed nothing so far; what many tests share is on one of its own."""
    place, numbers = tmp_path_factory.mktemp("machines"), count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARLEY_STATE", str(place / "shared"))
        yield lambda: str(place / str(next(numbers)))


@pytest.fixture(autouse=True)
def this_machine(machines: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_STATE", machines())


@pytest.fixture
def on_another_machine(machines: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Go to another machine, which has signed nothing so far."""
    return lambda: monkeypatch.setenv("PARLEY_STATE", machines())
