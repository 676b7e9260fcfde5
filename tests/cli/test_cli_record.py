"""The record's verbs as users type them, with real witnesses and a real mirror over HTTP on this machine."""

import json
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

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
        assert run("cosign", centre) == "cosigned\n"
        assert "intact" in run("mirror", log, tmp_path / "mirror", "--policy", centre / "policy", "--name", "e")
        assert "intact" in run("verify", log, "--key", key)
        run("bundle", centre, 6, "--show", "/report/source", "-o", tmp_path / "b.zip")
        checked = run("verify", tmp_path / "b.zip", "--key", key, "--policy", centre / "policy")
        assert "recorded: cosigned by" in checked and 'it says /report/source: "Valley Monitoring Mission' in checked
        assert run("standing", centre, 5).startswith("shared; cosigned by east")
        assert json.loads(run("standing", centre, 5, "--json"))["not_after"]
        more = tmp_path / "more.json"
        more.write_text(json.dumps(json.loads(POST.read_text()) | {"id": "P3-9"}))
        assert "not cosigned" not in run("add", centre, more, "--as", "field")
    more.write_text(json.dumps(json.loads(POST.read_text()) | {"id": "P3-10"}))
    assert "not cosigned by enough witnesses" in run("add", centre, more, "--as", "field")
    assert "not cosigned" in run("cosign", centre, code=1)
    assert "intact" in run("verify", centre, "--key", key)


def test_a_sealed_bundle_opens_for_its_recipient_only(centre, tmp_path):
    line = run("receive", "--key", tmp_path / "own.key").strip()
    run("receive", "--key", tmp_path / "other.key")
    sealed = tmp_path / "b.zip.sealed"
    run("bundle", centre, 6, "--show", "", "--to", line, "-o", sealed)
    assert b"Post 3" not in sealed.read_bytes()
    run("receive", sealed, "--key", tmp_path / "other.key", code=2)
    run("receive", sealed, "--key", tmp_path / "own.key")
    assert "verified" in run("verify", tmp_path / "b.zip")


def test_shred_backup_restore_and_rotation_as_an_engineer_does_them(centre, tmp_path):
    folder = tmp_path / "own"
    run("backup", centre, tmp_path / "backup")
    assert "restored" in run("restore", tmp_path / "backup", folder, "--newest")
    run("backup", folder, tmp_path / "backup")
    assert "the notice is entry" in run("shred", folder, 5, "--reason", "asked", "--backup", tmp_path / "backup")
    assert "intact" in run("verify", folder) and "intact" in run("verify", tmp_path / "backup")
    assert "byte for byte" in run("rebuild", folder)
    assert "shredded" in run("bundle", folder, 6, "--show", "", code=2)
    key = (folder / "keys" / "log.vkey").read_text().strip()
    new = run("keys", "rotate", folder).strip()
    assert new != key
    run("keys", "retire", folder)
    for known in (key, new):
        assert "intact" in run("verify", folder, "--key", known)


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
