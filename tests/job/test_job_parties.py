"""A party's own key speaks for that party alone: whatever it sends, nobody else's words, findings or bodies change."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from parley import job
from parley.centre.folder import Centre
from parley.centre.statements import Delivery
from parley.model import (
    Charter,
    Findings,
    Input,
    TermsVersion,
)
from parley.record.errors import NotAllowed, Unfit
from parley.record.keys import new_signer
from truce import TRUCE
from unchecked import author, put

AT = datetime(2031, 5, 2, 9, tzinfo=UTC)
EAST = new_signer("east.example/desk")
SHELLING = {
    "id": "R-1", "source": "Westland", "observed": {"start": "2031-05-02T02:45"}, "act": "shelling",
    "actor": "Eastland",
    "place": {"name": "Mill bridge", "lat": 42.0125, "lon": 44.2105, "radius_m": 500},
}  # fmt: skip


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with Centre.create(tmp_path / "centre", Charter(title="Exercise", timezone="UTC"), at=AT) as made:
        made.take_up([TermsVersion(name="truce.yaml", text=TRUCE)], at=AT)
        job.take_in(made, Delivery(Input("w.json", json.dumps(SHELLING).encode()), "field"), AT)
        made.record.register(EAST.verifier, AT, "east")
        yield made


def derived(centre: Centre) -> Findings:
    return job.derive(centre.stated(), centre.timezone)


def wests(centre: Centre) -> dict[str, Any]:
    """The body of Westland's report."""
    (entry,) = (one for one in centre.record.entries(kinds=["report"]) if one.side == "centre")
    assert entry.body is not None
    return entry.body


def say(centre: Centre, kind: str, body: dict[str, Any]) -> int:
    return centre.record.submit([author(centre.record, EAST).say(kind, body, AT)], AT)[0].index


def forged(centre: Centre, source: str, side: str = "east", handle: str = "0123456789abcdef") -> dict[str, Any]:
    """Westland's report turned round, as *source* would have it."""
    body = json.loads(json.dumps(wests(centre)))
    body["report"]["source"] = source
    body["report"]["reference"] = "R-9"
    body["report"]["claims"]["actor"] |= {
        "said": "Westland",
        "value": {"kind": "one-of", "any_of": ["Westland"], "none_of": []},
    }
    return body | {"side": side, "handle": handle, "input": 0}


def test_a_party_speaks_under_its_own_name_and_through_others_under_both(centre: Centre) -> None:
    body = forged(centre, "Eastland", handle="east")
    body["report"]["claims"]["actor"]["value"] = wests(centre)["report"]["claims"]["actor"]["value"]
    say(centre, "report", body)
    say(centre, "report", forged(centre, "Post 7") | {"input": 0})
    sources = {account.source for one in derived(centre).incidents for account in one.accounts}
    assert sources == {"Westland", "Eastland", "Post 7 (east)"}


@pytest.mark.parametrize("source", ["Westland", "WESTLAND", "Army of  the West", "west", "Valley Mission"])
@pytest.mark.parametrize("handle", ["0123456789abcdef", "east"])
def test_what_a_party_says_in_anothers_name_changes_nothing_of_the_others_account(
    centre: Centre, source: str, handle: str
) -> None:
    before = derived(centre)
    try:
        say(centre, "report", forged(centre, source, handle=handle))
    except Unfit:
        put(centre.record, [("report", forged(centre, source, handle=handle))], AT, EAST)
    after = derived(centre)
    own = [account for one in after.incidents for account in one.accounts if account.source == "Westland"]
    assert own == [account for one in before.incidents for account in one.accounts]
    assert {one.report.source for one in after.reports} - {"Westland"} <= {f"{source} (east)"}


@pytest.mark.parametrize("side", ["west", "independent", "centre"])
def test_a_party_takes_no_other_side(centre: Centre, side: str) -> None:
    handle = side if side == "west" else "0123456789abcdef"
    with pytest.raises(NotAllowed):
        say(centre, "report", forged(centre, "Westland", side, handle))
    before = derived(centre)
    (entry,) = put(centre.record, [("report", forged(centre, "Westland", side, handle))], AT, EAST)
    after = derived(centre)
    assert (after.incidents, after.assessments, after.reports) == (before.incidents, before.assessments, before.reports)
    assert [(one.entry, one.kind) for one in after.unread] == [(entry, "report")]


def test_a_party_replaces_no_agreement_judges_nothing_and_shreds_nothing(centre: Centre) -> None:
    before, named = derived(centre), [entry.index for entry in centre.record.entries(kinds=["input", "report"])]
    bodies = {
        "terms-version": {"name": "truce.yaml", "text": TRUCE.replace("attack]", "propaganda]")},
        "judgement": {"kind": "withdraw", "groups": {}, "whole": {}, "supersedes": {"1": True}, "by": "E", "role": "",
                      "reason": "no"},
        "shred-notice": {"entries": named, "reason": "no"},
        "charter": {"title": "East's", "timezone": "UTC", "exercise": False, "note": ""},
        "policy": {"text": "quorum none\n"},
    }  # fmt: skip
    for kind, body in bodies.items():
        with pytest.raises(NotAllowed):
            say(centre, kind, body)
        put(centre.record, [(kind, body)], AT, EAST)
    after = derived(centre)
    assert (after.incidents, after.assessments, after.agreements) == (
        before.incidents, before.assessments, before.agreements,
    )  # fmt: skip
    assert len(after.unread) == len(bodies)
    assert centre.record.shredded() == {}
    other = job.take_in(
        centre, Delivery(Input("s.json", b'{"source": "Post 4", "observed": "2031-05-02T08:00"}'), "field"), AT
    )
    job.shred(centre, [other.entry], "the source asked", AT)
    assert all(centre.record.entry(entry).body is not None for entry in named)


def test_a_party_hangs_nothing_on_anothers_input(centre: Centre) -> None:
    """It names its input by its own count: no number of its own is an entry of somebody else's."""
    (wests_input,) = (entry.index for entry in centre.record.entries(kinds=["input"]))
    say(centre, "report", forged(centre, "Post 7") | {"input": wests_input})
    part = {"input": wests_input, "rows": 0, "reports": 99, "withdrawals": 0, "problems": [], "passed": {}}
    say(centre, "input-part", part | {"attachments": [], "last": True})
    (card,) = (one for one in derived(centre).inputs if one.entry == wests_input)
    assert card.reports == 1
    job.shred(centre, [wests_input], "the source asked", AT)
    assert centre.record.log.authority().waiting == {}, "an honest shred is not held up by what a party hung on it"
    assert [one.report.source for one in derived(centre).reports] == ["Post 7 (east)"]


def test_a_shred_of_a_partys_own_statement_waits_for_the_party(centre: Centre) -> None:
    entry = say(centre, "report", forged(centre, "Post 7"))
    notice = centre.record.shred([entry], "no reason", AT)
    assert centre.record.entry(entry).body is not None
    assert notice.index in centre.record.log.authority().waiting
    say(centre, "endorsement", {"entry": notice.index, "envelope": notice.envelope})
    centre.record.destroy()
    assert centre.record.entry(entry).body is None
