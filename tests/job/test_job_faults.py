"""A fault in one agreement keeps neither the other agreements nor the rest of the findings from being shown."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from parley.centre.folder import Centre
from parley.centre.statements import Delivery
from parley.job import assess_files, derive, take_in
from parley.model import (
    Charter,
    Disc,
    Input,
    TermsVersion,
)
from parley.terms import load
from parley.terms.zones import Shape

GOOD = """\
format: parley-terms/1
id: good
title: Good
date: 2031-04-28
timezone: Etc/UTC
source: {name: invented}
from: 2031-05-02T00:00
parties: [{id: west, name: Westbank, role: party, adheres: [{from: 2031-05-01}]}]
clauses:
  - {id: attacks, article: "1", says: No attack., acts: [attack]}
"""
ZONES = "zones: [{id: z, name: z, polygon: [[0, 0], [1, 0], [1, 1]]}]"
ZONED = GOOD.replace("id: good", "id: zoned").replace("clauses:", f"{ZONES}\nclauses:")
ZONED += '  - {id: inside, article: "2", says: No attack there., acts: [attack], zone: z}\n'
REPORT = b"""{"id": "R1", "source": "Post 3", "observed": {"start": "2031-05-03T10:00:00Z"}, "act": "shelling",
 "place": {"name": "Ford", "lat": 0.2, "lon": 0.5, "radius_m": 300}, "actor": "Westbank"}"""
AT = datetime(2031, 6, 1, tzinfo=UTC)


def test_an_agreement_that_cannot_be_read_any_more_is_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    charter = Charter(title="t", timezone="Etc/UTC", exercise=True)
    with Centre.create(tmp_path / "c", charter, at=AT) as centre:
        bad = GOOD.replace("acts: [attack]", "acts: [no-such-act]")
        centre.take_up([TermsVersion(name="bad.yaml", text=bad), TermsVersion(name="good.yaml", text=GOOD)], at=AT)
        take_in(centre, Delivery(Input("r.json", REPORT), "field"), AT)
        findings = derive(centre.stated(), ZoneInfo("Etc/UTC"))
    assert [bool(one.fault) for one in findings.agreements] == [True, False]
    assert "no-such-act" in findings.agreements[0].fault
    assert [one.agreement for one in findings.assessments] == ["good"]


def test_whatever_goes_wrong_while_an_agreement_is_applied_is_said_on_its_card(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(shape: Shape, discs: list[Disc]) -> list[int]:
        raise ZeroDivisionError("an edge of no length")

    monkeypatch.setattr(Shape, "hold_all", broken)
    findings = assess_files(load(ZONED, "zoned.yaml"), [Delivery(Input("r.json", REPORT), "field")])
    assert "an edge of no length" in findings.agreements[0].fault
    assert len(findings.incidents) == 1


def test_a_clause_that_cannot_be_evaluated_says_so_of_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from parley.terms.questions.where import Inside

    def broken(question: Inside, view: object) -> int:
        raise ZeroDivisionError("an edge of no length")

    monkeypatch.setattr(Inside, "truth", broken)
    findings = assess_files(load(ZONED, "zoned.yaml"), [Delivery(Input("r.json", REPORT), "field")])
    ((attacks, inside),) = (one.clauses for one in findings.assessments)
    assert (attacks.accounts[0].answer, inside.accounts[0].code) == ("breach", "failed")
    assert "an edge of no length" in inside.accounts[0].reasons.in_a_line
