"""Statements that cannot be read: they stop nobody, move nothing, and are told."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from parley.centre.backup import back_up
from parley.centre.folder import Centre
from parley.centre.statements import Delivery, state_reading
from parley.centre.verify import verify
from parley.cli.main import main
from parley.cli.terminal import print_summary
from parley.job import daily_report, derive, handles, publish_days, rebuild, show, shred, silent, take_in
from parley.model import (
    Article,
    Block,
    Charter,
    Findings,
    Input,
    Origin,
    Proposal,
    Reading,
    Span,
)
from parley.publish import as_html, as_json
from unchecked import put

AT = datetime(2031, 6, 1, tzinfo=UTC)
DAY = datetime(2031, 5, 2, tzinfo=UTC).date()
REPORT = {
    "source": "Post 3", "observed": "2031-05-02T12:00", "actor": "Westbank", "act": "shelling",
    "place": {"name": "Mill", "lat": 12.5, "lon": 40.25, "radius_m": 100},
}  # fmt: skip
WEIGHTS = {"fields": {"luck": [1, 2, 3]}, "start": 0, "reports": 1, "confirmed": 0, "by": "A", "reason": "b"}

BAD: list[tuple[str, dict[str, Any]]] = [
    ("report", {"x": 1}),
    ("report", {"input": 1, "report": {"kind": "event", "claims": {"time": {"value": {"kind": "time"}}}}}),
    ("withdrawal", {"input": 1}),
    ("input", {"name": "x", "digest": "../../record.db"}),
    ("input-part", {"input": 1, "rows": "all"}),
    ("judgement", {"kind": "same", "groups": [[2, 3]]}),
    ("judgement", {}),
    ("weighing", WEIGHTS),
    ("review", {"article": 2}),
    ("model-proposal", {}),
    ("publication", {"name": "../centre.db", "day": "2031-05-02", "as_of": 1, "digest": "x"}),
    ("terms-version", {"text": 1}),
    ("charter", {"title": "Another"}),
    ("rumour", {}),
]


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with Centre.create(tmp_path / "centre", Charter(title="Exercise", timezone="UTC"), at=AT) as made:
        take_in(made, Delivery(Input("a.json", json.dumps(REPORT).encode()), "field"), AT)
        yield made


def found(centre: Centre) -> Findings:
    return derive(centre.stated(), centre.timezone)


def test_whatever_cannot_be_read_moves_nothing_and_is_named(centre: Centre) -> None:
    before = found(centre)
    first = centre.record.size
    put(centre.record, BAD, AT)
    after = found(centre)
    assert [(one.entry, one.kind) for one in after.unread] == [(first + n, kind) for n, (kind, _) in enumerate(BAD)]
    assert all(one.why for one in after.unread)
    assert (after.incidents, after.reports, after.inputs) == (before.incidents, before.reports, before.inputs)
    assert (after.judgements, after.agreements, after.reviews) == (before.judgements, before.agreements, before.reviews)


@pytest.mark.parametrize("number", range(len(BAD)))
def test_with_it_in_the_record_everything_goes_on(centre: Centre, number: int, tmp_path: Path) -> None:
    put(centre.record, [BAD[number]], AT)
    again = take_in(centre, Delivery(Input("b.json", json.dumps({**REPORT, "act": "attack"}).encode()), "field"), AT)
    assert again.reports == 1
    findings = found(centre)
    assert len(findings.unread) == 1 and len(findings.incidents) == 1
    publish_days(centre, findings, [DAY], AT, silent)
    show(centre, findings)
    assert rebuild(centre) == [] and verify(centre.folder).faults == ()
    back_up(centre, tmp_path / "backup")
    assert shred(centre, [again.entry], "asked", AT)
    assert verify(centre.folder).faults == ()


def test_a_statement_of_an_article_that_rests_on_no_words_of_it_is_shown_without_any(centre: Centre) -> None:
    text = "It is quiet."
    article = Article(
        source="Courier", channel="article", origin=Origin(digest="0" * 64, name="a", first=1, last=1), origin_key="k",
        blocks=(Block(kind="body", span=Span(start=0, end=len(text)), text=text),),
        proposals=(Proposal(holder="West", act="accuse", evidence=Span(start=5, end=5_000)),),
    )  # fmt: skip
    centre.record.append(state_reading(Reading((article,)), 1, True, handles(centre)), at=AT)
    findings = found(centre)
    assert findings.unread == () and len(findings.reviews.proposals) == 1
    show(centre, findings)


def test_shredding_an_input_takes_along_what_it_brought_even_where_that_cannot_be_read(centre: Centre) -> None:
    (bad,) = put(centre.record, [BAD[1]], AT)
    shred(centre, [1], "asked", AT)
    assert centre.record.entry(bad).body is None


def test_the_daily_report_and_the_terminal_tell_what_could_not_be_read(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    first = centre.record.size
    put(centre.record, BAD[:1], AT)
    report = daily_report(centre, found(centre), DAY)
    assert json.loads(as_json(report))["unread"] == [{"entry": first, "kind": "report", "why": "/input is missing"}]
    assert b"could not be read and changed nothing" in as_html(report)
    print_summary(found(centre), centre.folder)
    line = f"1 statement could not be read and changed nothing: entry {first} (report): /input is missing"
    assert line in " ".join(capsys.readouterr().out.split())
    put(centre.record, [("report", {"\x1b[2J": 1})] * 50, AT)
    print_summary(found(centre), centre.folder)
    printed = capsys.readouterr().out
    assert "\x1b" not in printed and "51 statements could not be read" in printed and "and 31 more" in printed


def test_verbs_go_on_with_it_in_the_record(tmp_path: Path) -> None:
    folder = tmp_path / "other"
    with Centre.create(folder, Charter(title="Exercise", timezone="UTC"), at=AT) as other:
        put(other.record, BAD, AT)
    for verb in ("rebuild", "incidents", "judge", "review", "verify"):
        done = CliRunner().invoke(main, [verb, str(folder)])
        assert done.exit_code == (3 if verb == "verify" else 0), (verb, done.output)
