"""The operator of a centre, who holds every key and may write every file, tries to change the record in five ways.

    .venv/bin/python docs/tamper_demonstration.py [FOLDER]

A party keeps a mirror, four witnesses cosign; both run on this machine. Each attempt is followed by the check that
finds it, with its real output. Exit code 0: all were found. docs/tamper.md is this program's output.
"""

import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from parley.record import Checkpoint, Record
from parley.record.canonical import encode_json
from parley.record.check import Place
from parley.record.checkpoint import sign_checkpoint
from parley.record.hashing import EMPTY_ROOT
from parley.record.keys import DESK, LOG, load_signer
from parley.record.log import Log
from parley.record.record import pending
from parley.record.sealed import seal
from parley.record.statement import digest

PARLEY = str(Path(sys.executable).with_name("parley"))
ATTEMPTS: list[bool] = []
PLACE = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="parley-tamper-"))
REPORT, OTHER = 6, 9  # two reports of the exercise, by their entries


def say(text: str = "") -> None:
    print(text, flush=True)


def run(*words: object, show: bool = True) -> int:
    """Run `parley` and show its output as a reader of the page sees it."""
    command = [str(word) for word in words]
    done = subprocess.run([PARLEY, *command], capture_output=True, text=True, check=False)
    if show:
        shown = " ".join(word if len(word) < 80 else f"{word[:28]}…" for word in command).replace(f"{PLACE}/", "")
        lines = [
            line for line in (done.stdout + done.stderr).splitlines() if line and not line.startswith("new sender")
        ]
        say(f"    $ parley {shown}")
        for line in lines[:6]:
            say(f"    {line}".replace(f"{PLACE}/", ""))
        if len(lines) > 6:
            say(f"    … {len(lines) - 6} lines more")
        say(f"    exit code {done.returncode}\n")
    return done.returncode


def caught(code: int, expected: int = 1) -> None:
    ATTEMPTS.append(code == expected)
    say("Found.\n" if code == expected else "NOT FOUND.\n")


def rewritten(folder: Path, target: Path, change) -> None:
    """What an operator with all keys can do: the whole record again, every statement signed anew, with a *change*.

    *change* takes and returns the list of (kind, time, body).
    """
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("record.db*", "log", "lock"))
    with Record.open(folder) as record:
        said = [(entry.kind, entry.at, entry.body) for entry in record.entries()]
        origin = record.origin
    keys = target / "keys"
    keys.rename(target / "kept")
    log = Log.create(target, origin)
    shutil.rmtree(keys)
    (target / "kept").rename(keys)
    log.close()
    # the first checkpoint of the new log is signed by keys that are gone: the operator signs it with the old ones
    note = sign_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT), load_signer(target, LOG))
    with sqlite3.connect(target / "record.db") as database:
        database.execute("UPDATE checkpoint SET note = ?", (note,))
    with Record.open(target) as record:
        signer, place = load_signer(target, DESK), Place()
        made = []
        for kind, at, body in change(said):
            one = pending(kind, body, at, place, "", signer)
            place = Place(place.seq + 1, digest(one.envelope))
            made.append(one)
        record.log.append(lambda tail: made)


def main() -> int:
    PLACE.mkdir(parents=True, exist_ok=True)
    witnesses = [start_witness(PLACE, name) for name in ("w1", "w2", "w3", "w4")]
    try:
        return demonstrate(PLACE, [address for _, address in witnesses])
    finally:
        for process, _ in witnesses:
            process.terminate()


def demonstrate(place: Path, addresses: list[str]) -> int:
    centre, mirror = place / "centre", place / "mirror"
    say("# Five ways to change the record, and what finds each\n")
    say("*Output of `docs/tamper_demonstration.py`; the operator holds every key and may write every file.*\n")
    say("## Before\n")
    say("The centre runs the packaged exercise; four witnesses cosign; a party mirrors the log and keeps one bundle.\n")
    run("demo", "--exercise", centre, show=False)
    key = (centre / "keys" / "log.vkey").read_text().strip()
    for name in ("w1", "w2", "w3", "w4"):
        run("witness", "follow", place / name, key, show=False)
    named = [
        f"--witness={name}={vkey(place / name)},{url}"
        for name, url in zip(("w1", "w2", "w3", "w4"), addresses, strict=True)
    ]
    run("policy", centre, *named, show=False)
    run("cosign", centre)
    run("mirror", centre, mirror, "--key", key)
    run("bundle", centre, REPORT, "--show", "/report/source", "-o", place / "kept.zip", show=False)
    run("backup", centre, place / "backup", show=False)

    say("## 1. Rewrite a field\n\nIn the database, past its triggers: the actor of one report.\n")
    spoilt = shutil.copytree(centre, place / "field")
    with Record.open(spoilt) as record:
        body, secret = record.secret(REPORT)
    changed = json.loads(json.dumps(body).replace("Bellowmar", "Ardelmark"))
    past_the_triggers(spoilt, f"UPDATE body SET sealed = ? WHERE idx = {REPORT}", seal(encode_json(changed), secret))
    caught(run("verify", spoilt))
    say(
        "With every key: the statement signed anew, and all after it, and the checkpoint. The folder by itself is\n"
        "then in order, and so is every copy of it. Who kept a mirror finds it, and can prove it to anybody:\n"
    )
    anew = place / "field-signed"
    rewritten(centre, anew, lambda said: [(k, a, changed if n == REPORT else b) for n, (k, a, b) in enumerate(said)])
    run("verify", anew, "--key", key)
    caught(run("mirror", anew, mirror))
    proof = max(mirror.glob("fork-*.json"))
    caught(run("verify", proof, "--key", key))

    say("## 2. Delete a report\n\nThe rows of one report.\n")
    spoilt = shutil.copytree(centre, place / "deleted")
    past_the_triggers(spoilt, f"DELETE FROM entry WHERE idx = {REPORT}")
    caught(run("verify", spoilt))
    say("With every key, as if it had never arrived:\n")
    rewritten(centre, place / "deleted-signed", lambda said: said[:REPORT] + said[REPORT + 1 :])
    caught(run("mirror", place / "deleted-signed", mirror))

    say("## 3. Reorder\n\nTwo reports change places.\n")
    spoilt = shutil.copytree(centre, place / "reordered")
    past_the_triggers(spoilt, f"UPDATE entry SET idx = 9999 WHERE idx = {REPORT}")
    past_the_triggers(spoilt, f"UPDATE entry SET idx = {REPORT} WHERE idx = {OTHER}")
    past_the_triggers(spoilt, f"UPDATE entry SET idx = {OTHER} WHERE idx = 9999")
    caught(run("verify", spoilt))
    say("With every key:\n")
    rewritten(centre, place / "reordered-signed", exchanged)
    caught(run("mirror", place / "reordered-signed", mirror))

    say(
        "## 4. Restore an old backup\n\nThe centre goes on; then the operator puts the backup of before in its place.\n"
    )
    more = place / "more.json"
    report = json.loads(
        (Path(__file__).parent / "../src/parley/demo/exercise/inputs/2031-05-04-post-3.json").read_text()
    )
    more.write_text(json.dumps(report | {"id": "P3-0003"}))
    run("add", centre, more, "--as", "field")
    run("restore", place / "backup", place / "restored", "--newest")
    caught(run("add", place / "restored", more, "--as", "field"), expected=2)

    say("## 5. Show two readers two histories\n\nOne history to the party, another to the witnesses.\n")
    run("mirror", centre, mirror)
    rewritten(centre, place / "other", lambda said: said[:-1])
    other = place / "other-reader"
    run("mirror", place / "other", other, "--key", key)
    say("Each reader's copy is in order by itself. As soon as one of them asks a witness, or the other reader:\n")
    caught(run("mirror", place / "other", other, "--policy", centre / "policy"))
    caught(run("mirror", place / "other", mirror))
    say("The witnesses themselves refuse to cosign the second history, so no entry of it is ever *recorded*:\n")
    caught(run("cosign", place / "other"), expected=2)

    say(
        "## What the party still holds\n\n"
        "Its bundle of before, which verifies offline with public keys alone, whatever the operator does:\n"
    )
    run("verify", place / "kept.zip", "--key", key, "--policy", centre / "policy")
    say(f"{sum(ATTEMPTS)} of {len(ATTEMPTS)} checks found what they had to find.")
    return 0 if all(ATTEMPTS) else 1


def exchanged(said: list) -> list:
    """Return the statements with the two reports in each other's place."""
    said = list(said)
    said[REPORT], said[OTHER] = said[OTHER], said[REPORT]
    return said


def past_the_triggers(folder: Path, statement: str, *values) -> None:
    """Carry out one SQL statement on the record's database as its owner can."""
    with sqlite3.connect(folder / "record.db") as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        database.execute(statement, values)
        for _, text in triggers:
            database.execute(text)


def start_witness(place: Path, name: str) -> tuple[subprocess.Popen, str]:
    """Make a witness and let it answer on a free port; return its process and address."""
    run("witness", "init", place / name, "--name", f"witness.invalid/{name}", show=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [PARLEY, "witness", "serve", str(place / name), "--port", str(port)], stderr=subprocess.DEVNULL
    )
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    return process, f"http://127.0.0.1:{port}"


def vkey(folder: Path) -> str:
    return (folder / "ed25519.vkey").read_text().strip()


if __name__ == "__main__":
    sys.exit(main())
