"""The record's verbs as users type them, with real witnesses and a real mirror over HTTP on this machine."""

import json
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parley.record import Record
from parley.record.handed.bundle import make_bundle
from parley.record.keys import DESK, load_verifier

PARLEY = str(Path(sys.executable).with_name("parley"))
POST = Path(__file__).parents[2] / "src/parley/demo/exercise/inputs/2031-05-04-post-3.json"


def run(*words, code=0):
    done = subprocess.run([PARLEY, *map(str, words)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@contextmanager
def served(*words):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([PARLEY, *map(str, words), "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "centre"
    run("demo", "--exercise", folder)
    return folder


@pytest.fixture
def centre(exercise, tmp_path):
    return shutil.copytree(exercise, tmp_path / "centre")


def test_from_witnesses_to_a_bundle_that_says_recorded_and_shared(centre, tmp_path):
    key = (centre / "keys" / "log.vkey").read_text().strip()
    names = ["w1", "w2", "w3", "w4"]
    for name in names:
        run("witness", "init", tmp_path / name, "--name", f"witness.example/{name}")
        run("witness", "follow", tmp_path / name, key)
    with served("witness", "serve", tmp_path / "w1") as one, served("witness", "serve", tmp_path / "w2") as two, \
         served("witness", "serve", tmp_path / "w3") as three, served("serve", centre) as log:  # fmt: skip
        urls = [one, two, three, "http://127.0.0.1:9"]  # the fourth is never there
        first = run("mirror", log, tmp_path / "mirror", "--key", key, "--name", "east.example/mirror")
        east = first.splitlines()[0]
        given = [
            f"--witness={name}={(tmp_path / name / 'ed25519.vkey').read_text().strip()},{url}"
            for name, url in zip(names, urls, strict=True)
        ]
        assert "quorum neutral" in run("policy", centre, *given, "--party", f"east={east}")
        assert run("cosign", centre).splitlines()[0] == "cosigned"
        assert "In order" in run("mirror", log, tmp_path / "mirror", "--policy", centre / "policy", "--name", "e")
        assert "In order" in run("verify", log, "--key", key)
        run("bundle", centre, 6, "--show", "/report/source", "-o", tmp_path / "b.zip")
        checked = run("verify", tmp_path / "b.zip", "--key", key, "--policy", centre / "policy")
        assert "recorded: cosigned by" in checked and 'it says /report/source: "Valley Monitoring Mission' in checked
        assert "confirmed by east" in run("standing", centre, 5)
        assert json.loads(run("standing", centre, 5, "--json"))["not_after"]
        more = tmp_path / "more.json"
        more.write_text(json.dumps(json.loads(POST.read_text()) | {"id": "P3-9"}))
        assert "not confirmed" not in run("add", centre, more, "--as", "field")
    more.write_text(json.dumps(json.loads(POST.read_text()) | {"id": "P3-10"}))
    assert "not confirmed by enough witnesses yet" in run("add", centre, more, "--as", "field", code=5)
    assert "not enough witnesses have confirmed it yet" in run("cosign", centre, code=5)
    assert "Proved against the key" in run("verify", centre, "--key", key)


def test_a_sealed_bundle_opens_for_its_recipient_only(centre, tmp_path):
    line = run("receive", "--key", tmp_path / "own.key").strip()
    run("receive", "--key", tmp_path / "other.key")
    sealed = tmp_path / "b.zip.sealed"
    run("bundle", centre, 6, "--show", "", "--to", line, "-o", sealed)
    assert b"Post 3" not in sealed.read_bytes()
    run("receive", sealed, "--key", tmp_path / "other.key", code=2)
    run("receive", sealed, "--key", tmp_path / "own.key")
    assert "Consistent with itself only" in run("verify", tmp_path / "b.zip", code=3)


def test_a_bundle_gets_a_verdict_and_its_exit_code(centre, tmp_path):
    bundle, forged, spoilt, exchanged = (tmp_path / f"{n}.zip" for n in ("bundle", "forged", "spoilt", "exchanged"))
    key = (centre / "keys" / "log.vkey").read_text().strip()
    run("bundle", centre, 6, "--show", "/report/source", "-o", bundle)
    (tmp_path / "own").mkdir()
    with Record.create(tmp_path / "own", key.partition("+")[0]) as record:  # the same name, with keys of his own
        desk = str(load_verifier(tmp_path / "own", DESK))
        said = {"report": {"source": "Post 3", "claim": "never said"}}
        record.append([("charter", {"title": "T", "desk": desk}), ("report", said)], at=datetime.now(UTC))
        forged.write_bytes(make_bundle(record, 1, [""], {}))
    for path, old, new in ((spoilt, b"Post 3", b"Post 4"), (exchanged, b"#!/usr/bin/env python3", b"")):
        with zipfile.ZipFile(bundle) as one, zipfile.ZipFile(path, "w") as other:
            for name in one.namelist():
                other.writestr(name, one.read(name).replace(old, new))
    for path, options, code, last in (
        (bundle, ("--key", key), 0, "Proved against the log's key that you gave."),
        (bundle, (), 3, "Consistent with itself only. Give the centre's key to check whose it is."),
        (forged, (), 3, "Consistent with itself only. Give the centre's key to check whose it is."),
        (forged, ("--key", key), 1, "NOT PROVED  keys/log.vkey: this is not the log whose key you gave; "
                                    "its key does not lead to yours"),
        (spoilt, ("--key", key), 1, "CHANGED  fields.json: the statement does not commit to this field: "
                                    '["/report/source","Valley Monitoring Mission, Post 4"]'),
        (exchanged, ("--key", key), 1, "CHANGED  the verify.py in this bundle is not the one of this Parley; "
                                       "do not run it"),
    ):  # fmt: skip
        lines = run("verify", path, *options, code=code).splitlines()
        assert lines[-1] == last, path
        said = json.loads(run("verify", path, *options, "--json", code=code))
        assert said.keys() == {"verdict", "holds", "notes", "wrong"}
        assert said["verdict"] == {0: "proved", 1: "changed", 3: "consistent"}[code]
        assert lines[:-1] == [f"ok     {line}" for line in said["holds"]] + [f"NOTE   {line}" for line in said["notes"]]
        assert said["wrong"] == (last.partition("  ")[2] if code == 1 else None)
    run("verify", bundle, "--key", "none", code=2)


def test_shred_backup_restore_and_rotation_as_an_engineer_does_them(centre, tmp_path):
    folder = tmp_path / "own"
    run("backup", centre, tmp_path / "backup")
    assert "restored" in run("restore", tmp_path / "backup", folder, "--newest")
    run("backup", folder, tmp_path / "backup")
    assert "the notice is entry" in run("shred", folder, 5, "--reason", "asked", "--backup", tmp_path / "backup")
    for place in (folder, tmp_path / "backup"):
        assert "Consistent with itself" in run("verify", place, code=3)
    assert "byte for byte" in run("rebuild", folder)
    assert "shredded" in run("bundle", folder, 6, "--show", "", code=2)
    key = (folder / "keys" / "log.vkey").read_text().strip()
    new = run("keys", "rotate", folder).splitlines()[0]
    assert new != key
    run("keys", "retire", folder)
    for known in (key, new):
        assert "Proved against the key" in run("verify", folder, "--key", known)


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "nowhere"), ("verify", "http://127.0.0.1:9"), ("mirror", "x", "y"), ("cosign", "CENTRE"),
        ("policy", "CENTRE", "--witness", "w1=nonsense"), ("bundle", "CENTRE", "99999"),
        ("restore", "nowhere", "there"), ("witness", "follow", "nowhere", "x+00+00"), ("verify", __file__),
        ("bundle", "CENTRE", "3", "--attach"), ("backup", "CENTRE", "CENTRE"), ("serve", "CENTRE", "--port", "99999"),
        ("receive", "--key", "/nowhere/at/all"), ("keys", "retire", "CENTRE"),
        ("shred", "CENTRE", "0", "--reason", "r"), ("policy", "CENTRE", "--party", "e=x"),
    ],
)  # fmt: skip
def test_wrong_use_ends_with_a_sentence_and_code_2(centre, tmp_path, words):
    told = run(*(str(centre) if word == "CENTRE" else word for word in words), code=2)
    assert told.strip()


def test_a_copy_of_the_static_files_is_checked_against_the_key_alone(tmp_path):
    folder, copy = tmp_path / "centre", tmp_path / "copy"
    run("init", folder, "--title", "Valley", "--timezone", "UTC", "--terms", "syria-2016-02-22-cessation")
    shutil.copytree(folder / "log", copy)
    key = (folder / "keys" / "log.vkey").read_text().strip()
    assert "Proved against the key that you gave: the log's 2 entries" in run("verify", copy, "--key", key)
    assert json.loads(run("verify", copy, "--key", key, "--json"))["verdict"] == "proved"
    assert "--key" in run("verify", copy, code=2)
    assert "Traceback" not in run("verify", copy, "--key", "none", code=2)
    entries = next(path for path in (copy / "tile" / "entries").rglob("*") if path.is_file())
    entries.write_bytes(entries.read_bytes()[:-1] + b"x")
    assert run("verify", copy, "--key", key, code=1).startswith("CHANGED  ")
