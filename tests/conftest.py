"""Every reading that a test makes is held to what may be recorded: codes and parameters, and words for all of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from coded import held_to_codes
from parley.centre.statements import state_reading
from parley.model import Reading, wordings


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
            for _, body in state_reading(few, 0, True):
                held_to_codes(body)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reading, "__init__", made)
        yield
