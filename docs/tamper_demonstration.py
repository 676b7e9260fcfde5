"""The operator of a centre, who holds every key and may write every file, tries to change the record in many ways.

    .venv/bin/python docs/tamper_demonstration.py [FOLDER]

Two parties keep mirrors, four witnesses cosign; all run on this machine. Each attempt is followed by the check that
finds it, with its real output. Every check is made twice, and counts only where the second look says the same. Exit
code 0: all were found. docs/tamper.md is this program's output.
"""

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from parley import job
from parley.centre.folder import Centre
from parley.cli.main import main as parley
from parley.demo import load_scenario
from parley.record import Checkpoint, Record, rotation
from parley.record.formats.canonical import encode_json
from parley.record.formats.checkpoint import sign_checkpoint
from parley.record.formats.cosignature import Cosigner
from parley.record.formats.hashing import EMPTY_ROOT
from parley.record.formats.note import Note, Signer, decode_note, encode_note
from parley.record.formats.policy import NEUTRAL, Group, Policy, encode_policy
from parley.record.handed.bundle import make_bundle
from parley.record.keys import DESK, LOG, load_signer, new_signer
from parley.record.log import COSIGNED, Log, Pending, Tail
from parley.record.statements.author import Author, Said
from parley.record.statements.check import Place
from parley.record.statements.sealed import seal
from parley.record.statements.statement import encode_leaf, encode_received, leaf_of

PLACE = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="parley-tamper-"))
WITNESSES = ("w1", "w2", "w3", "w4")
REPORT, OTHER = 6, 9  # two reports of the exercise, by their entries
PAGE: list[str] = []
ATTEMPTS: list[bool] = []
TABLE: list[tuple[str, str, str, str]] = []
Statements = list[tuple[str, datetime, dict]]


def say(text: str = "") -> None:
    PAGE.append(text)


def parley_says(*words: object) -> tuple[int, list[str]]:
    """Run `parley`; return its exit code and what it prints."""
    done = CliRunner().invoke(parley, [str(word) for word in words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, [
        line.replace(f"{PLACE}/", "") for line in done.output.splitlines() if line and not line.startswith("new sender")
    ]


def run(*words: object, show: bool = True, marked: str = "") -> tuple[int, list[str]]:
    """Run `parley` and show its output as a reader of the page sees it, the lines with *marked* always."""
    code, lines = parley_says(*words)
    if show:
        command = " ".join(word if len(word) < 80 else f"{word[:28]}…" for word in map(str, words))
        say(f"    $ parley {command}".replace(f"{PLACE}/", ""))
        chosen = set(range(6)) | {number for number, line in enumerate(lines) if marked and marked in line}
        shown = [line for number, line in enumerate(lines) if number in chosen]
        PAGE.extend(f"    {line}" for line in shown)
        if len(lines) > len(shown):
            say(f"    … {len(lines) - len(shown)} lines more")
        say(f"    exit code {code}\n")
    return code, lines


def found(what: str, by: str, when: str, words: str, *command: object, code: int = 1) -> None:
    """Run the check that finds *what*: it ends with *code* and says *words*, and so it does at a second look."""
    first, lines = run(*command, marked=words)
    again, repeated = parley_says(*command)
    line = next((line for line in lines if words in line), "")
    holds = first == again == code and bool(line) and any(words in one for one in repeated)
    ATTEMPTS.append(holds)
    TABLE.append((what, by, when, line if holds else "NOT FOUND"))
    say("Found, and found again at a second look.\n" if holds else "NOT FOUND.\n")


def page() -> str:
    """The whole page: the table of what was tried, then how it went."""
    rows = [f"| {' | '.join(_cell(text) for text in row)} |" for row in TABLE]
    head = ("| manipulation | found by | when | in which words |", "|---|---|---|---|")
    return "\n".join((*PAGE[:2], *head, *rows, "", *PAGE[2:]))


def _cell(text: str) -> str:
    short = re.sub(r"\b([0-9a-f]{8})[0-9a-f]{24,}", r"\1…", text)
    return re.sub(r"found [0-9T:-]+Z: ", "found …: ", short).replace("|", "\\|")


def rewritten(folder: Path, target: Path, change: Callable[[Statements], Statements]) -> None:
    """What an operator with all keys can do: the whole record again, every statement signed anew, with a *change*.

    *change* takes and returns the list of (kind, time, body). The new record is made on another machine, since this one
    knows what it has signed.
    """
    on_a_machine(target.name)
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
        author = Author(load_signer(target, DESK), record.log.id)
        made = [author.say(kind, body, at) for kind, at, body in change(said)]
        record.log.append(lambda tail: [entry(one, tail.receive(said[-1][1])) for one in made])
    on_a_machine()


def on_a_machine(name: str = "the centre's") -> None:
    """Go to another machine, which does not know what this one has signed."""
    os.environ["PARLEY_STATE"] = str(PLACE / "machines" / name)


def put(folder: Path, make: Callable[[Record, Tail], list[tuple[Said, str]]]) -> None:
    """Write statements past all checks, as the keeper of the log's key can; each with when it was received."""
    on_a_machine(folder.name)
    with Record.open(folder) as record:

        def entries(tail: Tail) -> list[Pending]:
            made = [entry(*one) for one in make(record, tail)]
            tail.places.clear()
            return made

        record.log.append(entries)
    on_a_machine()


def author(record: Record, tail: Tail, signer: Signer) -> Author:
    """The hand of *signer* at the end of the log."""
    return Author(signer, record.log.id, record.log.place(tail, signer.verifier.digest.hex()))


def copied(folder: Path, name: str) -> Path:
    return shutil.copytree(folder, PLACE / name, ignore=shutil.ignore_patterns("lock"))


def mirrored(mirror: Path, name: str) -> Path:
    """What one more party, who has looked as often, holds."""
    return shutil.copytree(mirror, PLACE / name)


def entry(said: Said, received: str) -> Pending:
    """A signed statement as it goes into a log."""
    leaf, sealed = leaf_of(said.envelope, received), seal(said.body, said.secret)
    return Pending(leaf.kind, leaf.sender, leaf.sender_seq, encode_leaf(leaf), said.envelope, sealed, said.secret)


def main() -> int:
    PLACE.mkdir(parents=True, exist_ok=True)
    on_a_machine()
    witnesses = [start_witness(PLACE, name) for name in WITNESSES]
    try:
        demonstrate(PLACE, [address for _, address in witnesses])
    finally:
        for process, _ in witnesses:
            process.terminate()
        print(page())
    return 0 if all(ATTEMPTS) else 1


def demonstrate(place: Path, addresses: list[str]) -> None:
    centre, mirror = place / "centre", place / "mirror"
    say("# Ways to change the record, and what finds each\n")
    say(
        "*Output of `docs/tamper_demonstration.py`; the operator holds every key and may write every file. Every\n"
        "check is made twice: the words below are those of the first look, and the second says them too.*\n"
    )
    say("## Before\n")
    say(
        "The centre runs the packaged exercise; two parties have keys in it; four witnesses cosign; a party mirrors\n"
        "the log and keeps one bundle. A second centre, `plain`, has no witnesses; a party mirrors it too.\n"
    )
    run("demo", "--exercise", centre, show=False)
    key = (centre / "keys" / "log.vkey").read_text().strip()
    for name in WITNESSES:
        run("witness", "follow", place / name, key, show=False)
    east, west = new_signer("east.example/desk"), new_signer("west.example/desk")
    for side, signer in (("east", east), ("west", west)):
        run("register", centre, signer.verifier, "--party", side, show=False)
    named = [f"--witness={name}={vkey(place / name)},{url}" for name, url in zip(WITNESSES, addresses, strict=True)]
    run("policy", centre, *named, show=False)
    run("cosign", centre)
    run("mirror", centre, mirror, "--key", key)
    run("bundle", centre, REPORT, "--show", "/report/source", "-o", place / "kept.zip", show=False)
    run("backup", centre, place / "backup", show=False)
    plain, plain_mirror = place / "plain", place / "plain-mirror"
    before = datetime.now(UTC) - timedelta(hours=3)
    make_plain(plain, east, before)
    plain_key = (plain / "keys" / "log.vkey").read_text().strip()
    run("mirror", plain, plain_mirror, "--key", plain_key)

    history(place, centre, mirror, key)
    entries(place, plain, plain_mirror, east, before)
    files(place, centre, mirror)
    policies(place, centre, mirror, plain, plain_key)
    others(place, centre, mirror, plain, plain_mirror, key)

    say(
        "## What the party still holds\n\n"
        "Its bundle of before, which verifies offline with public keys alone, whatever the operator does:\n"
    )
    code, _ = run("verify", place / "kept.zip", "--key", key, "--policy", centre / "policy")
    ATTEMPTS.append(code == 0)
    say(f"{sum(ATTEMPTS)} of {len(ATTEMPTS)} checks said what they had to say.")


def make_plain(folder: Path, east: Signer, at: datetime) -> None:
    """Make a centre without witnesses, some time ago."""
    scenario = load_scenario("exercise")
    with Centre.create(folder, scenario.charter, at) as centre:
        job.main_job(centre, scenario.terms, scenario.deliveries, clock=lambda: at)
        centre.record.register(east.verifier, at, "east")


def history(place: Path, centre: Path, mirror: Path, key: str) -> None:
    """The five ways to change what was recorded."""
    what = "a field rewritten"
    say("## 1. Rewrite a field\n\nIn the database, past its triggers: the actor of one report.\n")
    spoilt = copied(centre, "field")
    with Record.open(spoilt, reading=True) as record:
        body, secret = record.secret(REPORT)
    changed = json.loads(json.dumps(body).replace("Bellowmar", "Ardelmark"))
    past_the_triggers(spoilt, f"UPDATE body SET sealed = ? WHERE idx = {REPORT}", seal(encode_json(changed), secret))
    found(what, "`verify` of the folder", "at once", "body: the body is not the one", "verify", spoilt)
    say(
        "With every key: the statement signed anew, and all after it, and the checkpoint. The folder by itself is\n"
        "then in order, and so is every copy of it. Who kept a mirror finds it, and can prove it to anybody:\n"
    )
    anew = place / "field-signed"
    rewritten(centre, anew, lambda said: [(k, a, changed if n == REPORT else b) for n, (k, a, b) in enumerate(said)])
    run("verify", anew, "--key", key)
    what, held = "a field rewritten, and all signed anew", mirrored(mirror, "held-field")
    found(what, "a mirror", "at its next look", "fork: the log has signed two histories", "mirror", anew, held)
    found(
        what, "anybody, by the mirror's proof", "at once", "FORKED",
        "verify", max(held.glob("fork-*.json")), "--key", key,
    )  # fmt: skip
    found(what, "witnesses", "when asked to cosign", "nothing more may be signed", "cosign", anew, code=2)
    say("The alarm stays, also where the log shows the first history again, until a person of the party accepts it:\n")
    found(what, "the same mirror", "until accepted", "ALARM", "mirror", centre, held)
    run("mirror", centre, held, "--accept", 1, "--reason", "shown to the other party", "--by", "A. Person")

    what = "a report deleted"
    say("## 2. Delete a report\n\nThe rows of one report.\n")
    spoilt = copied(centre, "deleted")
    past_the_triggers(spoilt, f"DELETE FROM entry WHERE idx = {REPORT}")
    found(what, "`verify` of the folder", "at once", "entry: the row is missing", "verify", spoilt)
    say("With every key, as if it had never arrived:\n")
    rewritten(centre, place / "deleted-signed", lambda said: said[:REPORT] + said[REPORT + 1 :])
    found(
        f"{what}, and all signed anew", "a mirror", "at its next look", "fork: the log has signed two histories",
        "mirror", place / "deleted-signed", mirrored(mirror, "held-deleted"),
    )  # fmt: skip

    what = "two reports exchanged"
    say("## 3. Reorder\n\nTwo reports change places.\n")
    spoilt = copied(centre, "reordered")
    past_the_triggers(spoilt, f"UPDATE entry SET idx = 9999 WHERE idx = {REPORT}")
    past_the_triggers(spoilt, f"UPDATE entry SET idx = {REPORT} WHERE idx = {OTHER}")
    past_the_triggers(spoilt, f"UPDATE entry SET idx = {OTHER} WHERE idx = 9999")
    found(what, "`verify` of the folder", "at once", "chain: not the sender's statement", "verify", spoilt)
    say("With every key:\n")
    rewritten(centre, place / "reordered-signed", exchanged)
    found(
        f"{what}, and all signed anew", "a mirror", "at its next look", "fork: the log has signed two histories",
        "mirror", place / "reordered-signed", mirrored(mirror, "held-reordered"),
    )  # fmt: skip

    what = "an old backup restored"
    say(
        "## 4. Restore an old backup\n\nThe centre goes on; then the operator puts the backup of before in its place.\n"
    )
    old = copied(centre, "old")
    run("add", centre, one_more(place), "--as", "field")
    run("restore", place / "backup", place / "restored", "--newest")
    found(
        what, "witnesses", "before the next statement", "has seen",
        "add", place / "restored", one_more(place), "--as", "field", code=2,
    )  # fmt: skip

    what = "two histories for two readers"
    say("## 5. Show two readers two histories\n\nOne history to the party, another to the witnesses.\n")
    run("mirror", centre, mirror)
    rewritten(centre, place / "other", lambda said: said[:-1])
    other = place / "other-reader"
    say("A new reader, to whom the second history is shown, asks the witnesses that it names:\n")
    found(
        what, "a mirror that asks the witnesses", "at its first look", "has seen more entries",
        "mirror", place / "other", other, "--key", key,
    )  # fmt: skip
    say("Or compares what another reader holds, where no witness answers:\n")
    held = mirrored(mirror, "held-two")
    found(what, "a mirror with the log's first history", "at its next look", "fork: ", "mirror", place / "other", held)
    found(
        what, "two mirrors that compare", "when they do", "has seen more entries",
        "mirror", place / "other", other, "--compare", mirror,
    )  # fmt: skip
    say("The witnesses themselves refuse to cosign the second history, so no entry of it is ever *recorded*:\n")
    found(what, "witnesses", "when asked to cosign", "has seen", "cosign", place / "other", code=2)

    what = "an old head shown for ever"
    say("## 6. Freeze\n\nReaders are shown the head of before, as if nothing had come since.\n")
    found(what, "a mirror", "at its next look", "stale: the log shows", "mirror", old, mirrored(mirror, "held-frozen"))
    new = place / "new-reader"
    found(
        what, "a new mirror that asks the witnesses", "at its first look", "has seen more entries",
        "mirror", old, new, "--key", key,
    )  # fmt: skip
    time.sleep(2)
    found(
        what, "a mirror cut off from the witnesses", "once the head is too old (`--oldest`)", "the log's head is old",
        "mirror", old, new, "--oldest", "0.0003",
    )  # fmt: skip
    say(
        "Without witnesses, a new reader has only what others hold to compare with (`--compare`): the age of a head\n"
        "that nobody cosigns is not known.\n"
    )


def entries(place: Path, plain: Path, mirror: Path, east: Signer, before: datetime) -> None:
    """Statements that the operator writes past the centre's checks. There are no witnesses here."""
    now = datetime.now(UTC)
    what = "a statement dropped"
    say(
        "## 7. Drop a statement\n\nA sender's statement is taken and never logged; its next one names it. The rows\n"
        "are written past the checks. There are no witnesses here; they look at no entry, and would cosign.\n"
    )
    dropped = copied(plain, "dropped")

    def without_one(record: Record, tail: Tail) -> list[tuple[Said, str]]:
        hand = author(record, tail, load_signer(dropped, DESK))
        hand.say("overdue", {"cosigner": "w1", "size": 1}, now)  # never logged
        return [(hand.say("overdue", {"cosigner": "w2", "size": 1}, now), tail.receive(now))]

    put(dropped, without_one)
    found(what, "`verify` of the folder", "at once", "chain: not the sender's statement", "verify", dropped)
    held = mirrored(mirror, "held-dropped")
    found(what, "a mirror", "at its next look", "chain: not the sender's statement", "mirror", dropped, held)

    what = "a party's statement replayed into another log"
    say("## 8. Replay\n\nWhat a party said in one log is put into another one, of the same operator.\n")
    other = place / "other-log"
    make_plain(other, east, before)
    with Record.open(plain, reading=True) as record:
        report = {"side": "east", "report": {}}
        said = Author(east, record.log.id, Place()).say("receipt", {"entry": 0, "leaf": "00", **report}, now)
    other_key = (other / "keys" / "log.vkey").read_text().strip()
    run("mirror", other, place / "held-other", "--key", other_key, show=False)
    put(other, lambda _, tail: [(said, tail.receive(now))])
    found(what, "`verify` of the folder", "at once", "made for another log", "verify", other)
    found(what, "a mirror", "at its next look", "made for another log", "mirror", other, place / "held-other")

    what = "an entry back-dated"
    say(
        "## 9. Back-date\n\nAn entry of now says that it was received two hours ago. The folder alone cannot tell, if\n"
        "no later one stands before it; whoever looked since then can.\n"
    )
    dated = copied(plain, "back-dated")

    def earlier(record: Record, tail: Tail) -> list[tuple[Said, str]]:
        hand = author(record, tail, load_signer(dated, DESK))
        ago = before + timedelta(hours=1)
        return [(hand.say("overdue", {"cosigner": "w1", "size": 1}, ago), encode_received(ago))]

    put(dated, earlier)
    run("verify", dated)
    held = mirrored(mirror, "held-dated")
    found(what, "a mirror that had looked meanwhile", "at its next look", "back-dated: received", "mirror", dated, held)
    put(dated, lambda record, tail: [_received(record, tail, dated, before - timedelta(days=9))])
    what = "an entry back-dated before the one before it"
    found(what, "`verify` of the folder", "at once", "received: received", "verify", dated)
    found(what, "a mirror", "at its next look", "received: received", "mirror", dated, held)

    what = "an old folder put back by cp"
    say("## 10. Put a folder back by cp\n\nWithout witnesses. The machine knows what it has signed last.\n")
    old = copied(plain, "plain-old")
    run("add", plain, one_more(place), "--as", "field")
    run("mirror", plain, mirror, show=False)
    shutil.rmtree(plain)
    shutil.copytree(old, plain)
    found(what, "the machine that signed more", "before the next statement", "this machine has signed",
          "add", plain, one_more(place), "--as", "field", code=2)  # fmt: skip
    say("On another machine nothing tells; there it is found by who looked before:\n")
    found(
        what, "a mirror", "at its next look", "stale: the log shows", "mirror", plain, mirrored(mirror, "held-put-back")
    )


def _received(record: Record, tail: Tail, folder: Path, at: datetime) -> tuple[Said, str]:
    """A statement of the desk, received at *at* by what the leaf says."""
    hand = author(record, tail, load_signer(folder, DESK))
    return hand.say("overdue", {"cosigner": "w1", "size": 1}, at), encode_received(at)


def files(place: Path, centre: Path, mirror: Path) -> None:
    """What lies around the record. No mirror and no witness sees it."""
    say(
        "## 11. What lies around the record\n\n"
        "No mirror and no witness sees this; `verify` of the folder, or of a copy, does.\n"
    )
    at, who = "at once", "`verify` of the folder"
    spoilt = copied(centre, "extra-page")
    (spoilt / "reports" / "2031-05-09.html").write_text("<h1>No breach</h1>")
    found("an extra report page", who, at, "no statement publishes this file", "verify", spoilt)
    spoilt = copied(centre, "page")
    page_ = min((spoilt / "reports").glob("*.html"))
    page_.write_text(page_.read_text().replace("breach", "no breach"))
    found("a published page edited", who, at, "was changed: its SHA-256 is", "verify", spoilt)
    spoilt = copied(centre, "views")
    with sqlite3.connect(spoilt / "centre.db") as views:
        views.execute("""UPDATE centre_assessmentview SET clauses = replace(clauses, '"breach"', '"no breach"')""")
    found('a view edited ("breach" to "no breach")', who, at, "is not what follows from the record", "verify", spoilt)
    spoilt = copied(centre, "senders")
    (spoilt / "keys" / "senders").mkdir()
    key = new_signer("east.example/other").verifier
    (spoilt / "keys" / "senders" / f"{key.digest.hex()}.vkey").write_text(f"{key}\n")
    found("a sender's key as a file", who, at, "no key event registers a key by a file", "verify", spoilt)
    spoilt = copied(centre, "input")
    kept = min(path for path in (spoilt / "files").rglob("*") if path.is_file())
    kept.write_bytes(kept.read_bytes() + b" ")
    found("a kept input edited", who, at, "was changed: its SHA-256 is", "verify", spoilt)


def policies(place: Path, centre: Path, mirror: Path, plain: Path, plain_key: str) -> None:
    """The witnesses that readers ask for."""
    say("## 12. The policy\n\nThe file is a copy for others; what counts is the record's statement.\n")
    spoilt = copied(centre, "no-policy")
    (spoilt / "policy").unlink()
    found(
        "the policy file removed",
        "`verify` of the folder",
        "at once",
        "policy: the file policy is missing",
        "verify",
        spoilt,
    )
    spoilt = copied(centre, "weak-policy")
    text = (spoilt / "policy").read_text()
    (spoilt / "policy").write_text(text.replace("group neutral 3 ", "group neutral 1 "))
    assert (spoilt / "policy").read_text() != text
    found(
        "the policy file weakened",
        "`verify` of the folder",
        "at once",
        "is not the policy that the record states",
        "verify",
        spoilt,
    )
    found(
        "the policy file weakened",
        "the centre's own commands",
        "at the next one",
        "is not the policy that the record states",
        "policy",
        spoilt,
        code=2,
    )

    say(
        "A weaker policy, stated without the parties: the operator's own witness alone. It holds for nobody, and a\n"
        "head that only this witness cosigns is not enough for anybody:\n"
    )
    own = Cosigner("witness.invalid/own", Ed25519PrivateKey.generate())
    spoilt = copied(centre, "stated")
    on_a_machine("stated")
    run("policy", spoilt, "--witness", f"own={own.verifier}")
    on_a_machine()
    what = "a weaker policy stated, with a witness of the operator's own"
    found(what, "`verify`, as a note", "at once", "a weaker policy: holds once 2 of", "verify", spoilt, code=3)
    held = mirrored(mirror, "held-stated")
    cosigned_by(spoilt, own)
    found(what, "a mirror, as a note", "at its next look", "a weaker policy: holds once 2 of", "mirror", spoilt, held)
    found(
        what,
        "a mirror, by the policy before",
        "at its next look",
        "the policy asks for more",
        "mirror",
        spoilt,
        held,
    )

    what = "a first policy of the operator's own witness"
    say("In a log without a policy, the first one that is stated holds. Who has one from elsewhere gives it:\n")
    spoilt = copied(plain, "own-witness")
    on_a_machine("own-witness")
    policy = Policy(NEUTRAL, (), {"own": (own.verifier, None)}, {NEUTRAL: Group(1, ("own",))})
    with Record.open(spoilt) as record:
        record.append([("policy", {"text": encode_policy(policy).decode()})], datetime.now(UTC))
    cosigned_by(spoilt, own)
    on_a_machine()
    run("mirror", spoilt, place / "held-own", "--key", plain_key)
    found(
        what, "a mirror with a policy from elsewhere", "at its next look", "the policy asks for more",
        "mirror", spoilt, place / "held-own", "--policy", centre / "policy",
    )  # fmt: skip

    what = "cosignatures stripped from the checkpoint"
    say("The cosignatures taken off the head that is shown:\n")
    spoilt = copied(centre, "stripped")
    head = spoilt / "log" / "checkpoint"
    note = decode_note(head.read_bytes())
    own_lines = tuple(line for line in note.signatures if line.name == note.text.split("\n")[0])
    head.write_bytes(encode_note(Note(note.text, own_lines)))
    assert len(own_lines) < len(note.signatures)
    found(
        what,
        "a mirror",
        "at its next look",
        "no witness has confirmed",
        "mirror",
        spoilt,
        mirrored(mirror, "held-stripped"),
    )


def cosigned_by(folder: Path, cosigner: Cosigner) -> None:
    """Let *cosigner* alone cosign the newest checkpoint, and show that."""
    with Record.open(folder, reading=True) as record:
        note = decode_note(record.log.signed_note())
        lines = (*note.signatures, cosigner.cosign(note.text, int(time.time())))
        with sqlite3.connect(folder / "record.db") as database:
            database.execute(
                "INSERT INTO checkpoint VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET note = excluded.note",
                (COSIGNED, encode_note(Note(note.text, lines))),
            )
        record.log.publish()


def others(place: Path, centre: Path, mirror: Path, plain: Path, plain_mirror: Path, key: str) -> None:
    """Bundles, and keys."""
    what = "the verify.py in a bundle replaced"
    say("## 13. Bundles\n\nThe verifier in a bundle is one that says that all is well:\n")
    spoilt = place / "other-verifier.zip"
    with zipfile.ZipFile(place / "kept.zip") as kept, zipfile.ZipFile(spoilt, "w") as made:
        for one in kept.infolist():
            made.writestr(one, b"print('proved')\n" if one.filename == "verify.py" else kept.read(one))
    found(what, "`parley verify`", "at once", "is not the one of this Parley", "verify", spoilt, "--key", key)
    what = "a bundle of a forger, of a log by the same name"
    say(
        "A forger's own log by the same name, with keys of his own. Without the centre's key it is consistent with\n"
        "itself, and `verify` says that this proves nothing:\n"
    )
    forger = place / "forger"
    forger.mkdir()
    on_a_machine("forger")
    with Record.create(forger, key.partition("+")[0]) as record:
        says = {"report": {"source": "Valley Monitoring Mission, Post 3", "claim": "never said"}}
        desk = str(load_signer(forger, DESK).verifier)
        record.append([("charter", {"desk": desk}), ("report", says)], datetime(2031, 5, 1, tzinfo=UTC))
        data = make_bundle(record, 1, ["/report/source", "/report/claim"], {})
    on_a_machine()
    (place / "forged.zip").write_bytes(data)
    found(
        what,
        "`verify` without a key",
        "at once: it says what is not proved",
        "Give",
        "verify",
        place / "forged.zip",
        code=3,
    )
    found(what, "`verify` with the centre's key", "at once", "NOT PROVED", "verify", place / "forged.zip", "--key", key)

    what = "a second history under a new key"
    say("## 14. Rotate, then fork\n\nThe log's key is changed, as it may be, and the new one signs a second history.\n")
    fork = place / "rotated"
    rewritten(centre, fork, lambda said: said[:REPORT] + said[REPORT + 1 :])
    on_a_machine("rotated")
    new = rotation.rotate(fork)
    with Record.open(fork) as record:
        record.append([("key-event", {"event": "rotate", "vkey": str(new)})], datetime.now(UTC))
    rotation.retire(fork)
    with Record.open(fork) as record:
        record.append([("overdue", {"cosigner": "w1", "size": 1})], datetime.now(UTC))
    on_a_machine()
    held = mirrored(mirror, "held-rotated")
    found(what, "a mirror", "at its next look", "two histories", "mirror", fork, held)
    for proof in sorted(held.glob("fork-*.json"))[-1:]:
        found(what, "anybody, by the mirror's proof", "at once", "FORKED", "verify", proof, "--key", key)
    on_a_machine("rotated")
    found(
        what, "witnesses", "when asked to cosign", "not enough witnesses have confirmed it yet", "cosign", fork, code=5
    )
    on_a_machine()


def one_more(place: Path) -> Path:
    """One more report of the exercise."""
    report = Path(__file__).parent / "../src/parley/demo/exercise/inputs/2031-05-04-post-3.json"
    more = place / "more.json"
    more.write_text(json.dumps(json.loads(report.read_text()) | {"id": "P3-0003"}))
    return more


def exchanged(said: Statements) -> Statements:
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
        [str(Path(sys.executable).with_name("parley")), "witness", "serve", str(place / name), "--port", str(port)],
        stderr=subprocess.DEVNULL,
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
