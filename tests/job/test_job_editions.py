"""Editions: what was published stays, a further edition says what changed, and what is out of date is told."""

import hashlib
import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from parley.centre.backup import back_up, copy_for_readers
from parley.centre.folder import Centre
from parley.centre.queries import editions, stale
from parley.centre.statements import Delivery
from parley.decisions.judging import judge
from parley.job import daily_report, derive, publish_days, rebuild, show, shred, take_in, verify
from parley.job import stale as stale_of
from parley.model import (
    Charter,
    Findings,
    Input,
    Judgement,
    TermsVersion,
)
from parley.publish import contents
from truce import TRUCE

AT = datetime(2031, 5, 2, 12, tzinfo=UTC)
SECOND, THIRD = date(2031, 5, 2), date(2031, 5, 3)
HEADER = (
    "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,location,latitude,longitude,fatalities"
)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with Centre.create(tmp_path / "centre", Charter(title="Exercise", timezone="UTC"), at=AT) as made:
        made.take_up([TermsVersion(name="truce.yaml", text=TRUCE)], at=AT)
        yield made


def told(id_: str, day: date = SECOND, **more: Any) -> dict[str, Any]:
    place = {"name": "Ford", "lat": 1.0, "lon": 2.0, "radius_m": 200}
    form = {"id": id_, "source": "Post 4", "observed": {"start": f"{day}T06:00:00Z"}, "place": place}
    return form | {"act": "shelling", "actor": "Westland", "affected": "Eastland"} | more


def add(centre: Centre, *forms: dict[str, Any]) -> int:
    """Take in a field form; return the entry of the input."""
    data = json.dumps(list(forms)).encode()
    return take_in(centre, Delivery(Input("form.json", data), "field"), AT).entry


def row(centre: Centre, deaths: int) -> None:
    text = f"{HEADER}\nNOR7,2031-05-02,1,Battles,Armed clash,North,Milltown,12.5,40.25,{deaths}\n"
    take_in(centre, Delivery(Input("list.csv", text.encode()), "acled"), AT)


def found(centre: Centre) -> Findings:
    return derive(centre.stated(), centre.timezone)


def publish(centre: Centre, *days: date) -> list[tuple[int, bool]]:
    """Publish *days*; return of each its edition and whether that is new."""
    done = publish_days(centre, found(centre), days, AT)
    show(centre, found(centre))
    return [(one.edition, one.new) for one in done]


def files(centre: Centre) -> dict[str, str]:
    reports = centre.folder / "reports"
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(reports.glob("*"))}


def page(centre: Centre, name: str) -> str:
    return (centre.folder / "reports" / name).read_text()


def changes(centre: Centre, name: str) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = json.loads(page(centre, name))["edition"]["changes"]
    return said


def whole(centre: Centre) -> None:
    """Check that the folder verifies, and that everything in it is made again, byte for byte."""
    before = files(centre)
    assert verify(centre.folder).faults == () and verify(centre.folder).unfinished == ()
    for path in (centre.folder / "reports").glob("*"):
        path.unlink()
    assert rebuild(centre) == []
    assert files(centre) == before
    assert verify(centre.folder).faults == ()


def test_a_day_that_says_something_new_is_another_edition_and_the_old_file_stays(centre: Centre) -> None:
    add(centre, told("A"))
    assert publish(centre, SECOND) == [(1, True)]
    first = files(centre)
    add(centre, told("B", observed={"start": "2031-05-02T15:00:00Z"}))
    assert publish(centre, SECOND) == [(2, True)]
    assert {name: digest for name, digest in files(centre).items() if name in first} == first
    assert sorted(files(centre)) == ["2031-05-02.2.html", "2031-05-02.2.json", "2031-05-02.html", "2031-05-02.json"]
    shown = page(centre, "2031-05-02.2.html")
    assert "What changed since edition" in shown and "is new, from 1 report" in shown
    before = json.loads(page(centre, "2031-05-02.2.json"))["edition"]["replaces"]
    assert (before["number"], before["published_at"]) == (1, "2031-05-02T12:00:00Z")
    assert before["as_of"] == json.loads(page(centre, "2031-05-02.json"))["masthead"]["size"]
    assert [one["code"] for one in changes(centre, "2031-05-02.2.json")].count("incident-added") == 1
    whole(centre)


def test_what_changes_nothing_on_a_day_makes_no_edition_of_it(centre: Centre) -> None:
    add(centre, told("A"))
    publish(centre, SECOND)
    before, size = files(centre), centre.record.size
    assert publish(centre, SECOND) == [(1, False)]
    add(centre, told("B", THIRD, source="Another post"))
    assert stale_of(centre, found(centre)) == ()
    recorded = centre.record.size
    assert publish(centre, SECOND) == [(1, False)]
    assert files(centre) == before and centre.record.size == recorded > size


def test_a_published_file_that_was_lost_comes_back_where_nothing_changed(centre: Centre) -> None:
    add(centre, told("A"))
    publish(centre, SECOND)
    add(centre, told("B", THIRD))
    before = files(centre)
    (centre.folder / "reports" / "2031-05-02.html").unlink()
    assert publish(centre, SECOND) == [(1, False)]
    assert files(centre) == before


def _report(centre: Centre) -> None:
    add(centre, told("B", source="Post 5"))


def _correction(centre: Centre) -> None:
    row(centre, 3)


def _withdrawal(centre: Centre) -> None:
    text = b"event_id_cnty,deleted_timestamp\nNOR7,\n"
    take_in(centre, Delivery(Input("gone.csv", text), "acled-deleted"), AT)


def _judgement(centre: Centre) -> None:
    one, other = (one.entry for one in found(centre).reports if one.report.source == "Post 4")
    judge(centre, Judgement(kind="different", groups=((one,), (other,)), by="Officer 7", reason="two guns"), lambda: AT)


def _version(centre: Centre) -> None:
    centre.take_up([TermsVersion(name="truce.yaml", text=TRUCE.replace("No attack.", "No attack at all."))], at=AT)


@pytest.mark.parametrize("act", [_report, _correction, _withdrawal, _judgement, _version])
def test_whatever_touches_a_published_day_makes_it_stale_until_it_is_published_again(centre: Centre, act: Any) -> None:
    add(centre, told("A"))
    add(centre, told("A2", observed={"start": "2031-05-02T06:05:00Z"}))
    row(centre, 2)
    publish(centre, SECOND)
    assert stale_of(centre, found(centre)) == () and stale(centre.folder) == []
    act(centre)
    (one,) = stale_of(centre, found(centre))
    assert (one.day, one.edition, one.destroyed) == (SECOND, 1, False)
    show(centre, found(centre))
    assert stale(centre.folder) == [{"day": "2031-05-02", "edition": 1}]
    assert centre.stale == ((SECOND, 1),)
    assert verify(centre.folder).faults == ()
    publish(centre, SECOND)
    assert stale(centre.folder) == [] and centre.stale == ()
    assert changes(centre, "2031-05-02.2.json")
    whole(centre)


def test_what_was_corrected_and_what_was_withdrawn_is_said(centre: Centre) -> None:
    row(centre, 2)
    publish(centre, SECOND)
    _correction(centre)
    publish(centre, SECOND)
    assert "report-replaced" in [one["code"] for one in changes(centre, "2031-05-02.2.json")]
    _withdrawal(centre)
    publish(centre, SECOND)
    assert "report-withdrawn" in [one["code"] for one in changes(centre, "2031-05-02.3.json")]
    assert "was withdrawn" in page(centre, "2031-05-02.3.html")
    whole(centre)


def test_a_shred_takes_the_editions_that_rest_on_it_and_no_other(centre: Centre) -> None:
    add(centre, told("A"))
    publish(centre, SECOND)
    first = files(centre)
    gone = add(centre, told("B", source="A secret source"))
    publish(centre, SECOND)
    add(centre, told("C", THIRD))
    publish(centre, THIRD)
    notice = shred(centre, [gone], "asked", AT)
    there = files(centre)
    assert {name: there.get(name) for name in first} == first
    assert sorted(set(there) - set(first)) == [
        *("2031-05-02.3.html", "2031-05-02.3.json", "2031-05-03.2.html", "2031-05-03.2.json"),
    ]
    assert not any("A secret source" in page(centre, name) for name in there)
    replaced = json.loads(page(centre, "2031-05-02.3.json"))["edition"]
    assert replaced["replaces"]["destroyed"] == notice and replaced["changes"] == []
    assert "nothing is compared" in page(centre, "2031-05-02.3.html")
    listed = [(one["day"], one["edition"], one["destroyed"]) for one in editions(centre.folder)]
    assert listed == [
        *(("2031-05-02", 1, None), ("2031-05-02", 2, notice), ("2031-05-02", 3, None)),
        *(("2031-05-03", 1, notice), ("2031-05-03", 2, None)),
    ]
    whole(centre)
    add(centre, told("D"))
    assert publish(centre, SECOND) == [(4, True)]
    whole(centre)


def test_a_shred_cut_short_before_it_published_says_so_and_goes_on(centre: Centre, monkeypatch: Any) -> None:
    gone = add(centre, told("A"))
    add(centre, told("B"))
    publish(centre, SECOND)
    centre.shred([gone], "asked", AT)
    verdict = verify(centre.folder)
    assert verdict.word == "unfinished" and any("no later edition" in text for text in verdict.unfinished)
    (one,) = stale_of(centre, found(centre))
    assert one.destroyed
    shred(centre, [gone], "asked", AT)
    assert sorted(files(centre)) == ["2031-05-02.2.html", "2031-05-02.2.json"]
    whole(centre)


def test_backups_and_copies_hold_every_edition(centre: Centre, tmp_path: Path) -> None:
    gone = add(centre, told("A"))
    publish(centre, SECOND)
    add(centre, told("B"))
    publish(centre, SECOND)
    back_up(centre, tmp_path / "backup")
    copy_for_readers(centre, tmp_path / "copy")
    for place in ("backup", "copy"):
        assert sorted(path.name for path in (tmp_path / place / "reports").glob("*")) == sorted(files(centre))
        assert verify(tmp_path / place).faults == ()
    shred(centre, [gone], "asked", AT)
    back_up(centre, tmp_path / "backup")
    assert sorted(path.name for path in (tmp_path / "backup" / "reports").glob("*")) == sorted(files(centre))
    assert verify(tmp_path / "backup").word == "consistent"


def test_a_changed_file_is_named_and_a_rebuild_never_puts_other_bytes_in_its_place(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(centre, told("A"))
    publish(centre, SECOND)
    add(centre, told("B"))
    publish(centre, SECOND)
    before = files(centre)
    monkeypatch.setattr("parley.publish.as_html", lambda report: b"something else")
    assert [one.name for one in rebuild(centre)] == ["2031-05-02.html", "2031-05-02.2.html"]
    assert files(centre) == before
    monkeypatch.undo()
    (centre.folder / "reports" / "2031-05-02.html").write_bytes(b"edited")
    assert [fault.part for fault in verify(centre.folder).faults] == ["published file 2031-05-02.html"]
    assert rebuild(centre) == [] and files(centre) == before


@pytest.mark.parametrize("seed", range(6))
def test_editions_count_what_changed_in_whatever_order_days_are_published(centre: Centre, seed: int) -> None:
    chance = random.Random(seed)
    days = [SECOND + timedelta(days=number) for number in range(3)]
    last: dict[date, tuple[int, str]] = {}
    kept: dict[str, str] = {}
    for step in range(9):
        if chance.random() < 0.5:
            add(centre, told(f"R{step}", chance.choice(days), source=f"Post {chance.randrange(3)}"))
        wanted = chance.sample(days, chance.randrange(1, 4))
        findings = found(centre)
        expected = []
        for day in wanted:
            said = contents(daily_report(centre, findings, day))
            number, before = last.get(day, (0, ""))
            expected.append((number + (said != before), said != before))
            last[day] = (expected[-1][0], said)
        outdated = {one.day for one in stale_of(centre, findings)}
        assert outdated.intersection(wanted) == {
            day for day, (number, new) in zip(wanted, expected, strict=True) if new and number > 1
        }
        assert publish(centre, *wanted) == expected
        there = files(centre)
        assert {name: there.get(name) for name in kept} == kept, "what was published stays as it was"
        kept = there
    for day, (number, _) in last.items():
        names = {f"{day}.html", *(f"{day}.{n}.html" for n in range(2, number + 1))}
        assert {name for name in kept if name.startswith(str(day)) and name.endswith(".html")} == names
    whole(centre)
