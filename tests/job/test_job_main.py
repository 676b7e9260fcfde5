"""The main job as a whole: the same record gives the same findings, and the two sides are treated alike."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coded import held_to_codes
from parley.centre.folder import Centre
from parley.centre.statements import OF_INPUT, Delivery
from parley.centre.verify import verify
from parley.demo import Scenario, load_scenario
from parley.intake import CHANNELS
from parley.job import main_job, rebuild, take_in
from parley.model import (
    Charter,
    Findings,
    Input,
)

AT = datetime(2031, 6, 1, 12, tzinfo=UTC)


def run(scenario: Scenario, folder: Path) -> Findings:
    with Centre.create(folder, scenario.charter, at=AT) as centre:
        return main_job(centre, scenario.terms, scenario.deliveries, clock=lambda: AT)


@pytest.fixture(scope="module", params=["exercise", "syria"])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Findings, Path, Scenario]:
    """Return a scenario that ran once: its findings, its folder, and itself."""
    scenario = load_scenario(request.param)
    folder = tmp_path_factory.mktemp(request.param) / "centre"
    return run(scenario, folder), folder, scenario


Ran = tuple[Findings, Path, Scenario]


def views(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every view."""
    database = sqlite3.connect(folder / "centre.db")
    tables = [
        name
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'centre_%'")
    ]
    found = {name: database.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in sorted(tables)}
    database.close()
    return found


def published(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / "reports").iterdir())}


def test_every_step_of_the_way_has_something_to_show(ran: Ran) -> None:
    findings, folder, scenario = ran
    assert len(findings.inputs) == len(scenario.deliveries)
    assert len(findings.agreements) == len(scenario.terms)
    assert any(len(incident.accounts) > 1 for incident in findings.incidents)
    answers = {one.answer for a in findings.assessments for clause in a.clauses for one in clause.accounts}
    assert answers == {"breach", "no breach", "unknown", "not covered"}
    assert any(clause.cruxes for a in findings.assessments for clause in a.clauses)
    assert findings.tallies
    assert any(name.endswith(".html") for name in published(folder))


def test_every_report_stands_in_one_incident_or_has_a_reason_not_to(ran: Ran) -> None:
    findings, _, _ = ran
    placed = [entry for incident in findings.incidents for entry in incident.entries]
    assert len(placed) == len(set(placed))
    events = {one.entry for one in findings.reports if one.report.kind == "event"}
    assert set(placed) | set(findings.unplaced) == events
    assert not set(placed) & set(findings.unplaced)


def test_the_record_holds_codes_of_problems_and_flags_and_no_words(ran: Ran) -> None:
    _, folder, _ = ran
    with Centre.open(folder) as centre:
        bodies = [one.body for one in centre.record.entries(kinds=OF_INPUT) if one.body is not None]
    for body in bodies:
        held_to_codes(dict(body))
    assert any(body.get("report", {}).get("flags") for body in bodies)


HOSTILE = {
    "nothing": b"",
    "white": b" \n",
    "mark": b"\xef\xbb\xbf",
    "zip": b"PK\x03\x04" + b"x" * 200,
    "noise": bytes(range(256)) * 8,
    "nul": b"a,b\n1,\x002\n",
    "latin": "a,b\nMälltown,\xff\n".encode("latin-1"),
    "quote": b'a,b\n"1,2\n',
    "brackets": b"[" * 5000,
    "object": b'{"id": 1, "id": 2, "observed": "never", "place": {"lat": 1e400}} {"x"',
    "half": b'[{"source": "\\ud800", "act": "' + b"x" * 5000 + b'"}]',
    "bulletin": b"Publisher: X\nSide: Y\nCounting: z\nDay: 2031-02-30\n\nHill: many\n",
}


@pytest.mark.parametrize("channel", [name for name in CHANNELS if name != "table"])
def test_what_a_hostile_input_leaves_in_the_record_is_codes(channel: str, tmp_path: Path) -> None:
    with Centre.create(tmp_path / "centre", Charter(title="Exercise", timezone="UTC"), at=AT) as centre:
        for name, data in HOSTILE.items():
            take_in(centre, Delivery(Input(name, data), channel, "Somebody"), AT)
        bodies = [one.body for one in centre.record.entries(kinds=OF_INPUT) if one.body is not None]
    for body in bodies:
        held_to_codes(dict(body))
    assert sum(bool(body.get("problems")) for body in bodies) >= 6


def test_the_record_of_a_run_is_intact(ran: Ran) -> None:
    _, folder, _ = ran
    assert verify(folder).faults == ()


def test_rebuild_gives_every_view_row_for_row_and_every_file_byte_for_byte(ran: Ran, tmp_path: Path) -> None:
    _, folder, _ = ran
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "centre.db").unlink()
    shutil.rmtree(copy / "reports")
    with Centre.open(copy, writing=True) as centre:
        assert rebuild(centre) == []
    assert views(copy) == views(folder)
    assert published(copy) == published(folder)


def test_a_second_run_gives_the_same_findings(ran: Ran, tmp_path: Path) -> None:
    first, folder, scenario = ran
    with Centre.create(tmp_path / "again", scenario.charter, at=AT) as centre:
        other = main_job(centre, scenario.terms, scenario.deliveries[:3], clock=lambda: AT).reports
        assert [one.report for one in other] == [one.report for one in first.reports[: len(other)]]
        assert other != first.reports[: len(other)], "another centre has other handles"
    with Centre.create(tmp_path / "third", scenario.charter, at=AT) as centre:
        shutil.copy(folder / "keys" / "handles.key", centre.folder / "keys" / "handles.key")
        assert main_job(centre, scenario.terms, scenario.deliveries, clock=lambda: AT) == first


def test_the_same_input_twice_is_recorded_once(ran: Ran, tmp_path: Path) -> None:
    _, _, scenario = ran
    with Centre.create(tmp_path / "twice", scenario.charter, at=AT) as centre:
        first = main_job(centre, scenario.terms, scenario.deliveries, clock=lambda: AT)
        inputs = len(first.inputs)
        again = main_job(centre, scenario.terms, scenario.deliveries, clock=lambda: AT)
    assert (len(again.inputs), len(again.reports)) == (inputs, len(first.reports))
    assert again.incidents == first.incidents


# Exchanging the two sides

SIDES = {
    "exercise": [("Ardelmark", "Bellowmar")],
    "syria": [
        ("Russian Federation", "United States"),
    ],
}


def exchanged(scenario: Scenario, pairs: list[tuple[str, str]]) -> tuple[Scenario, Scenario]:
    """Return the scenario under neutral names of one length, and the same with the two sides' names exchanged.

    Names of one length keep every character count, so that nothing but the names can differ between the two.
    """
    one, other = {}, {}
    for number, (first, second) in enumerate(pairs):
        length = max(len(first), len(second), 8)
        left, right = (f"{letter}{number}".ljust(length, letter.lower()) for letter in "QX")
        one |= {first: left, second: right}
        other |= {first: right, second: left}
    return _renamed(scenario, one), _renamed(scenario, other)


def _renamed(scenario: Scenario, names: dict[str, str]) -> Scenario:
    pattern = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))

    def rename(text: str) -> str:
        return pattern.sub(lambda found: names[found[0]], text)

    def rename_input(given: Input) -> Input:
        return Input(given.name, rename(given.data.decode()).encode())

    return replace(
        scenario,
        terms=tuple(version.model_copy(update={"text": rename(version.text)}) for version in scenario.terms),
        deliveries=tuple(
            replace(
                one,
                input=rename_input(one.input),
                source=one.source and rename(one.source),
                mapping=one.mapping and rename_input(one.mapping),
            )
            for one in scenario.deliveries
        ),
    )


@pytest.mark.parametrize("name", SIDES)
def test_exchanging_the_two_sides_exchanges_them_everywhere_and_changes_nothing_else(name: str, tmp_path: Path) -> None:
    pairs = SIDES[name]
    one, other = exchanged(load_scenario(name), pairs)
    assert one.deliveries != other.deliveries
    for scenario, folder in ((one, tmp_path / "one"), (other, tmp_path / "other")):
        run(scenario, folder)
    swap = swapping(pairs)
    left, right = (
        {name: data.decode() for name, data in published(tmp_path / folder).items()} for folder in ("one", "other")
    )
    assert left.keys() == right.keys()
    for file in left:
        assert neutral(swap(left[file])) == neutral(right[file]), file
    left_views, right_views = views(tmp_path / "one"), views(tmp_path / "other")
    assert neutral(swap(as_text(left_views))) == neutral(as_text(right_views))


def swapping(pairs: list[tuple[str, str]]) -> Callable[[str], str]:
    """Return what exchanges the neutral names in a text."""

    def swap(text: str) -> str:
        for number in range(len(pairs)):
            text = re.sub(f"([QX]){number}([qx])\\2*", lambda found: _other(found[0]), text)
        return text

    return swap


def _other(name: str) -> str:
    return name.translate(str.maketrans("QXqx", "XQxq"))


def as_text(rows: dict[str, list[tuple[object, ...]]]) -> str:
    """Return rows as text; JSON columns are put in one order, since a database may keep keys as they came."""
    return json.dumps(rows, default=str, ensure_ascii=False)


def neutral(text: str) -> str:
    """Blank what must differ between two records: digests, keys and the log's random name."""
    text = re.sub(r"[0-9a-f]{64}", "digest", text)
    text = re.sub(r"parley\.invalid/[0-9a-f]{12}(\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+)?", "log", text)
    return re.sub(r"[⁦⁩]", "", text)
