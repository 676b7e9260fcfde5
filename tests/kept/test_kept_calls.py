"""One more report costs what is near it: how many reports a stage is given does not grow with the centre."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kept_growing import ALONE, HILL, Growing, begun, event

from parley import current, incidents, terms
from parley.derivation import stages
from parley.model import Disc


def grown(folder: Path, size: int) -> Growing:
    """Return a centre of *size* reports that nothing that comes is near, in one input."""
    growing = begun(folder)
    growing.bring(
        *(
            event(f"Post {number}", Disc(lat=12.45 + number % 5 * 0.09, lon=40.2, radius_m=200), 24 * (70 + number))
            for number in range(size - ALONE)
        )
    )
    current.make(growing.centre)
    return growing


def handed(growing: Growing, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    """Follow the record; return how many reports or incidents each call of a stage was given."""
    counted: dict[str, list[int]] = {"held": [], "matched": [], "assessed": []}
    with monkeypatch.context() as patch:

        def count(place: Any, name: str, stage: str, number: int) -> None:
            whole = getattr(place, name)

            def counting(*given: Any, **named: Any) -> Any:
                what = given[number]
                counted[stage].append(len(what.reports if isinstance(what, stages.Said) else what))
                return whole(*given, **named)

            patch.setattr(place, name, counting)

        count(stages, "held_of", "held", 0)
        count(incidents, "matched", "matched", 0)
        count(terms, "assess_all", "assessed", 1)
        current.follow(growing.centre)
    return counted


@pytest.mark.parametrize("size", [100, 400])
def test_one_more_report_alone_is_derived_alone(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    growing = grown(tmp_path / "centre", size)
    with closing(growing.centre.record):
        growing.bring(event(place=HILL, act="overflight"))
        assert handed(growing, monkeypatch) == {"held": [1], "matched": [1], "assessed": [1]}


def test_one_more_report_of_an_incident_is_derived_with_that_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = grown(tmp_path / "centre", 100)
    with closing(growing.centre.record):
        growing.bring(event(place=HILL, act="overflight"))
        current.follow(growing.centre)
        growing.bring(event(source="Post 2", place=HILL, act="overflight"))
        assert handed(growing, monkeypatch)["matched"] == [2]
