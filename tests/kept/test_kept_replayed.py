"""The packaged scenarios, entry by entry: rows and daily reports are those of the whole record each time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kept_rows import difference, kept, made, remade

from parley import current, editions, publish
from parley.centre.folder import Centre
from parley.demo import load_scenario
from parley.job import derive, main_job
from parley.model import Publication, Stated

AT = datetime(2031, 6, 1, tzinfo=UTC)
BEGIN = 64
"""So many entries are made at once."""


class Prefix:
    """A centre as it was when its record had `size` entries, with a folder of its own for its views."""

    def __init__(self, centre: Centre, folder: Path) -> None:
        self._centre, self.folder = centre, folder
        self.record = _Prefix(centre.record)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._centre, name)

    def stated(self, until: int | None = None, since: int = 0) -> Iterator[Stated]:
        return self._centre.stated(min(until or self.record.size, self.record.size), since)

    def editions(self, until: int | None = None) -> Any:
        return self._centre.editions(min(until or self.record.size, self.record.size))

    def published(self) -> dict[int, Publication]:
        return {entry: one for entry, one in self._centre.published().items() if entry < self.record.size}

    def shown_by(self, size: int) -> int:
        return min(self._centre.shown_by(size), self.record.size)


class _Prefix:
    def __init__(self, record: Any) -> None:
        self._record, self.size = record, record.size

    def __getattr__(self, name: str) -> Any:
        return getattr(self._record, name)


def by_dice(first: int, most: int) -> Iterator[int]:
    """Yield sizes that grow by up to *most*, without end."""
    random = Random(most)
    while True:
        first += random.randint(1, most)
        yield first


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("exercise", 60),
        *(pytest.param(name, most, marks=pytest.mark.slow) for name in ("exercise", "syria") for most in (1, 9)),
    ],
)
def test_a_scenario_followed_step_by_step_has_the_rows_and_days_of_the_whole(
    name: str, most: int, tmp_path: Path
) -> None:
    scenario = load_scenario(name)
    (tmp_path / "views").mkdir()
    with Centre.create(tmp_path / "centre", scenario.charter, at=AT) as whole, remade() as again:
        main_job(whole, scenario.terms, scenario.deliveries, clock=lambda: AT)
        centre: Any = Prefix(whole, tmp_path / "views")
        total, steps = whole.record.size, 0
        centre.record.size = BEGIN
        current.make(centre)
        for size in by_dice(BEGIN, most):
            centre.record.size = min(size, total)
            current.follow(centre)
            steps += 1
            assert difference(kept(centre), made(centre)) == "", size
            if size >= total:
                break
        assert 2 * len(again) < steps, "most steps are followed, and not made again"
        findings = derive(whole.stated(), whole.timezone)
        days = publish.days(findings, whole.timezone)
        assert len(days) > 3
        for day in days:
            of_day = editions.daily_report(whole, current.of_day(whole, day), day)
            assert of_day == editions.daily_report(whole, findings, day), day
