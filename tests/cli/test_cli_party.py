"""A party's own node, as its officers type it: a key, reports signed on its side, proofs, alarms, endorsements."""

import json
import shutil
from pathlib import Path

import pytest
from test_cli_record import run, served

from parley.record import Record
from parley.record.keys import LOG, load_verifier
from truce import TRUCE

REPORT = {
    "id": "R-1", "source": "Westland", "observed": {"start": "2031-05-02T02:45"}, "act": "shelling",
    "actor": "Eastland", "place": {"name": "Mill bridge", "lat": 42.0125, "lon": 44.2105, "radius_m": 500},
}  # fmt: skip


@pytest.fixture
def centre(tmp_path):
    (tmp_path / "truce.yaml").write_text(TRUCE)
    run("init", tmp_path / "centre", "--terms", tmp_path / "truce.yaml", "--origin", "example.org/centre")
    return tmp_path / "centre"


def key_of(centre):
    return (centre / "keys" / "log.vkey").read_text().strip()


def node(tmp_path, centre, side, name, url):
    """A registered node of *side*."""
    made = run(
        "key", "new", tmp_path / side, "--name", f"{side}.example/desk", "--party", side, "--also", name,
        "--log", key_of(centre), "--url", url, "--timezone", "Etc/UTC", "--json",
    )  # fmt: skip
    keys = json.loads(made)
    run("register", centre, keys["vkey"], "--party", side, "--recipient", keys["recipient"])
    return tmp_path / side


def report(tmp_path, **other):
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
    path.write_text(json.dumps(REPORT | other))
    return path


def test_a_day_of_a_partys_desk(tmp_path, centre):
    with served("serve", centre) as url:
        west = node(tmp_path, centre, "west", "Westland", url)
        said = run("say", west, report(tmp_path), "--as", "field", "--yes")
        assert "event of Westland" in said and "act: shelling" in said, "what would be said is shown first"
        assert "Everything that was said has been received." in said
        other = report(tmp_path, source="Post 4", id="R-2")
        assert "parley mirror" in run("say", west, other, "--as", "field", "--yes", code=2)
        assert "In order" in run("mirror", url, west, "--key", key_of(centre))
        run("say", west, other, "--as", "field", "--yes")
        listed = json.loads(run("receipts", west, "--json"))
        assert [one["kind"] for one in listed] == ["input", "report", "input-part"] * 2
        assert all(one["entry"] is not None for one in listed)
        code = listed[1]["code"]
        run("receipts", west, "--proof", code.lower(), "-o", tmp_path / "proof")
        assert (tmp_path / "proof").read_text().startswith("c2sp.org/tlog-proof@v1\nextra ")
        refused = run("say", west, report(tmp_path, id="R-3"), "--as", "field", code=2)
        assert "nothing was signed" in refused, "without a yes nothing is"
    waits = run("say", west, report(tmp_path, id="R-4"), "--as", "field", "--yes", code=4)
    assert "Waiting in the outbox: 3." in waits and "nobody answers" in waits
    run("receipts", west, code=4)
    run("rebuild", centre)
    sources = [one["sources"] for one in json.loads(run("incidents", centre, "--json"))]
    assert sorted(source for some in sources for source in some) == ["Post 4 (west)", "Westland"]
    shown = run("show", centre, code)
    assert "a report; signed by west" in shown and "of Westland (west, handle west)" in shown
    assert "was misread" in run("show", centre, code[:-3] + ("0" if code[-3] != "0" else "1") + code[-2:], code=2)
    assert "Proved against the key" in run("verify", centre, "--key", key_of(centre))
    assert "Proved against the key" in run("verify", west, "--key", key_of(centre))


def test_a_party_looks_into_its_node_as_into_a_centre_as_far_as_it_has_the_contents(tmp_path, centre):
    with served("serve", centre) as url:
        west = node(tmp_path, centre, "west", "Westland", url)
        for look in (("show", west, 1), ("since", west, "2000-01-01")):
            assert "this node mirrors nothing yet" in run(*look, code=2)
        run("mirror", url, west, "--key", key_of(centre))
        assert "No reports yet in what this folder mirrors." in run("since", west, "2000-01-01")
        run("say", west, report(tmp_path), "--as", "field", "--yes")
        run("add", centre, report(tmp_path, source="Post 9", id="P-1"), "--as", "field")
        run("mirror", url, west)
    everything = json.loads(run("since", centre, "2000-01-01", "--json"))["new"]
    mine, theirs = (one["entry"] for one in everything if one["kind"] == "report")
    said = run("show", west, mine)
    assert "a report; signed by west" in said and "event report R-1 of Westland" in said and "It holds." in said
    proofs = run("show", west, theirs)
    assert "This folder is a mirror: it holds proofs, not contents." in proofs and "Post 9" not in proofs
    assert "P-1 of Post 9" in run("show", centre, theirs), "the centre has it"
    new = {one["entry"]: one["text"] for one in json.loads(run("since", west, "2000-01-01", "--json"))["new"]}
    assert "R-1" in new[mine] and new[theirs] == "its contents are not in this mirror"
    assert f"I-{mine:05}" in run("show", west, f"I-{mine:05}") and "Westland" in run("show", west, "last")


def test_an_alarm_is_said_by_every_verb_of_the_party_until_a_person_accepts_it(tmp_path, centre):
    with served("serve", centre) as url:
        west = node(tmp_path, centre, "west", "Westland", url)
        run("mirror", url, west, "--key", key_of(centre))
        older = shutil.copytree(centre, tmp_path / "older")
        run("say", west, report(tmp_path), "--as", "field", "--yes")
        run("mirror", url, west)
        assert "ALARM  alarm 1" in run("mirror", older, west, code=1), "the log shows fewer entries than before"
        for _ in range(2):
            assert "ALARM  alarm 1" in run("mirror", url, west, code=1), "it is not forgotten"
            assert "ALARM  alarm 1" in run("receipts", west, code=1)
            assert "ALARM  alarm 1" in run("say", west, code=1)
            assert "alarm 1" in run("verify", west, "--key", key_of(centre), code=1)
        run("mirror", url, west, "--accept", 1, "--reason", "", "--by", "", code=2)
        assert "In order" in run("mirror", url, west, "--accept", 1, "--reason", "a drill", "--by", "A. Officer")
        assert "fault-accepted" in run("say", west)
        run("mirror", url, west, "--accept", 1, "--reason", "a drill", "--by", "A. Officer", code=2)


def test_what_changes_the_rules_waits_for_the_parties(tmp_path, centre):
    with served("serve", centre) as url:
        nodes = [node(tmp_path, centre, side, name, url) for side, name in (("west", "Westland"), ("east", "Eastland"))]
        run("key", "new", tmp_path / "second", "--name", "w2.example/d", "--party", "west", "--log", key_of(centre),
            "--url", url, "--timezone", "Etc/UTC")  # fmt: skip
        second = (tmp_path / "second" / "keys" / "party.vkey").read_text().strip()
        waits = run("register", centre, second, "--party", "west")
        assert "not yet: a further key for west: holds once 2 of east, west endorse it" in waits
        entry = int(waits.split()[1].rstrip(":"))
        for number, one in enumerate(nodes):
            assert ("waits" in run("charter", centre)) and number < 2
            run("mirror", url, one, "--key", key_of(centre))
            run("say", one, "--endorse", entry)
        assert "waits" not in run("charter", centre)
        assert "Everything" in run(
            "say", tmp_path / "second", report(tmp_path, source="west"), "--as", "field", "--yes"
        )
        assert "certify" not in run("register", nodes[0], second, "--person", "A", code=4), "it is registered already"
        run("say", nodes[0], "--discard", 1)
        run("revoke", nodes[0], second, "--reason", "lost on the way")
        said = run(
            "say", tmp_path / "second", report(tmp_path, id="R-7", source="west"), "--as", "field", "--yes", code=4
        )
        assert "not known here" in said


def test_a_charter_names_the_parties_and_their_keys(tmp_path, centre):
    (tmp_path / "truce.yaml").write_text(TRUCE)
    key = str(load_verifier(centre, LOG))
    charter = tmp_path / "charter.yaml"
    charter.write_text(
        f"title: The centre\ntimezone: Asia/Tbilisi\nparties:\n  west: {{keys: ['{key}']}}\n  east: {{}}\nk: 1\n"
    )
    run("init", tmp_path / "named", "--terms", tmp_path / "truce.yaml", "--charter", charter)
    shown = json.loads(run("charter", tmp_path / "named", "--json"))
    assert shown["k"] == 1 and [one["side"] for one in shown["keys"]] == ["centre", "west"]
    for text, says in (
        ("title: x\ntimezone: Asia/Tbilisi\nquorum: 2\n", ":3: quorum: this key is not known"),
        ("title: x\n", "timezone: this key is missing"),
        ("title: x\ntimezone: Mars/North\n", ":2: 'Mars/North' is no time zone"),
        ("title: x\ntimezone: UTC\nparties: {west: {keys: [x]}}\n", "not a key"),
        ("title: x\ntimezone: UTC\nk: 2\n", "k is from 1 to the number of parties"),
        ("title: [\n", "this is not YAML"),
        ("- x\n", "a charter has keys"),
        ("title: x\ntimezone: UTC\ndesk: y\n", "desk is not for the file to say"),
    ):
        charter.write_text(text)
        assert says in run("init", tmp_path / "none", "--terms", tmp_path / "truce.yaml", "--charter", charter, code=2)
        assert not (tmp_path / "none").exists()


def test_a_record_that_must_not_sign_is_succeeded_from_a_folder_and_from_a_mirror(tmp_path, centre):
    with served("serve", centre) as url:
        west = node(tmp_path, centre, "west", "Westland", url)
        run("mirror", url, west, "--key", key_of(centre))
    older = shutil.copytree(centre, tmp_path / "older")
    run("add", centre, report(tmp_path), "--as", "field")
    shutil.rmtree(centre)
    older.rename(centre)
    assert "parley succeed" in run("add", centre, report(tmp_path), "--as", "field", code=2)
    for number, old in enumerate((centre, west)):
        new = tmp_path / f"new{number}"
        assert "holds once 1 of west endorse it" in run("succeed", old, new)
        with Record.open(new, reading=True) as record:
            assert record.log.authority().charter["succeeds"]["origin"] == "example.org/centre"
        assert "this log goes on from example.org/centre" in run("verify", new, code=3)
        run("add", new, report(tmp_path), "--as", "field")


def test_a_copy_for_readers_holds_no_key_and_can_be_looked_at(tmp_path, centre):
    run("add", centre, report(tmp_path), "--as", "field")
    run("copy", centre, tmp_path / "copy", "--for-readers")
    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert not [path for path in files if path.suffix == ".key"]
    secrets = [path.read_bytes().strip() for path in (centre / "keys").glob("*.key")]
    assert not [path for path in files for one in secrets if one in path.read_bytes()]
    assert "Proved against the key" in run("verify", tmp_path / "copy", "--key", key_of(centre))
    assert json.loads(run("incidents", tmp_path / "copy", "--json")) == json.loads(run("incidents", centre, "--json"))
    run("add", tmp_path / "copy", report(tmp_path, id="R-9"), "--as", "field", code=2)
    run("copy", centre, tmp_path / "copy", "--for-readers", code=2)
    for folder in (centre, tmp_path / "copy"):
        assert not [path for path in Path(folder).rglob("*") if path.stat().st_mode & 0o077]


def test_preview_on_a_node_shows_what_would_be_signed_and_writes_nothing(tmp_path, centre):
    with served("serve", centre) as url:
        west = node(tmp_path, centre, "west", "Westland", url)
        run("say", west, report(tmp_path, id="R-1"), "--as", "field", "--yes")
        before = {file: file.read_bytes() for file in west.rglob("*") if file.is_file()}
        first, again = report(tmp_path, id="R-2"), report(tmp_path, id="R-1", deaths=3)
        said = run("say", west, first, again, "--as", "field", "--preview")
        assert "Preview: nothing is recorded." in said and "act: shelling" in said and "Corrected: R-1" in said
        lost = report(tmp_path, id="R-3", act="flyover")
        assert "Held: R-3" in run("say", west, lost, "--as", "field", "--preview", code=1)
        assert {file: file.read_bytes() for file in west.rglob("*") if file.is_file()} == before
