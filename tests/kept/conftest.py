"""Half of the tests draw first what hangs together, as is done of many reports; half derive it at once, as of few."""

from zlib import crc32

import pytest

from parley.derivation import kept


@pytest.fixture(autouse=True)
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if crc32(request.node.nodeid.encode()) % 2:
        monkeypatch.setattr(kept, "FEW", 0)
