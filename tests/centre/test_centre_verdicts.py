"""What `verify` says of a real centre: never `changed` of what a writer, a crash or a copy explains, and always
`changed`, with the part and the entry, of what somebody edited. It writes nothing."""

import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parley import current, job
from parley.centre.backup import back_up, copy_for_readers
from parley.centre.database import open_views
from parley.centre.folder import Centre
from parley.centre.models import VIEWS
from parley.centre.statements import Delivery
from parley.demo import load_scenario
from parley.model import Input
from parley.record.formats.policy import NEUTRAL, Group, Policy, encode_policy
from parley.record.keys import load_verifier, new_signer
from parley.record.log import Log
from parley.record.outside.mirror import Mirror, folder_source
from parley.record.outside.witness import Witness
from parley.record.record import Record

AT = datetime(2031, 6, 1, 12, tzinfo=UTC)
LATER = datetime(2031, 6, 2, 12, tzinfo=UTC)

WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_centre_verdicts import add
from parley.centre.folder import Centre
times, at_once = int(sys.argv[3]), 10**6 // int(sys.argv[3])
for number in range(times):
    with Centre.open(Path(sys.argv[1]), writing=True) as centre:
        for part in range(at_once):
            add(centre, at_once * number + part)
            print("added", flush=True)
"""


def start_writer(folder: Path, times: int) -> subprocess.Popen:
    """Another process that adds reports to the folder without end, opening it so many *times*."""
    here = str(Path(__file__).parent)
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), here, str(times)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "added\n"
    return process


def add(centre: Centre, number: int) -> None:
    """Take in one more report, and publish and show what follows, as `parley add` does."""
    report = {
        "id": f"N-{number}", "source": f"Post {number % 7}", "observed": {"start": "2031-05-03T10:00"},
        "place": {"name": "Mill bridge", "lat": 42.0125, "lon": 44.2105, "radius_m": 500},
        "act": "shelling", "actor": "Ardelmark", "account": f"number {number}",
    }  # fmt: skip
    job.main_job(centre, (), [Delivery(Input(f"n-{number}.json", json.dumps(report).encode()), "field")])


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenario = load_scenario("exercise")
    place = tmp_path_factory.mktemp("verdicts")
    made = place / "centre"
    with Centre.create(made, scenario.charter, at=AT) as centre:
        job.main_job(centre, scenario.terms, scenario.deliveries, clock=lambda: AT)
        keys = []
        for name in ("w1", "w2", "w3", "w4"):
            with Witness.create(place / name, f"witness.invalid/{name}") as witness:
                keys.append(witness.keys[0])
        named = {f"w{number}": (key, None) for number, key in enumerate(keys, 1)}
        policy = Policy(NEUTRAL, ((load_verifier(made, "log"), None),), named, {NEUTRAL: Group(3, tuple(named))})
        centre.record.append([("policy", {"text": encode_policy(policy).decode()})], at=AT)
    return made


@pytest.fixture
def folder(exercise, tmp_path, on_another_machine):
    on_another_machine()
    return shutil.copytree(exercise, tmp_path / "centre")


def told(folder: Path) -> list[str]:
    """The word of the verdict, and what was found."""
    verdict = job.verify(folder, (folder / "keys" / "log.vkey").read_text().strip())
    return [verdict.word, *map(str, verdict.faults), *verdict.unfinished]


def changed(folder: Path) -> list[tuple[int | None, str, str]]:
    """What was found changed, which must be something, at both looks."""
    verdict, again = job.verify(folder), job.verify(folder)
    assert verdict.word == again.word == "changed"
    assert verdict == again
    assert job.verify(folder, (folder / "keys" / "log.vkey").read_text().strip()).word == "changed"
    return [(fault.entry, fault.part, fault.text) for fault in verdict.faults]


def digests(folder: Path) -> dict[str, str]:
    """Every file and folder, each file by its digest; of SQLite's index of a write-ahead log, which holds nothing and
    which every reader writes in, only that it is there."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file() and not path.name.endswith("-shm")
        else "there"
        for path in sorted(folder.rglob("*"))
    }


def rows_of(folder: Path, statement: str, *values: object, file: str = "record.db") -> None:
    """Carry out one SQL statement as the owner of the file can."""
    with closing(sqlite3.connect(folder / file)) as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        assert database.execute(statement, values).rowcount > 0
        for _, text in triggers:
            database.execute(text)
        database.commit()


@pytest.fixture(params=["one command", "many commands"])
def writer(request, folder):
    process = start_writer(folder, 1 if request.param == "one command" else 500_000)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


# what is no change


def test_a_centre_in_order_is_consistent_and_against_its_key_proved(folder):
    assert job.verify(folder).word == "consistent"
    assert told(folder) == ["proved"]


def test_beside_a_writer_nothing_is_changed(folder, writer):
    sizes = set()
    for _ in range(8):
        verdict = job.verify(folder)
        assert verdict.word in ("consistent", "unfinished"), verdict.faults
        sizes.add(verdict.size)
    assert writer.poll() is None
    assert len(sizes) > 2  # it did write meanwhile


@pytest.mark.parametrize("writer", ["one command"], indirect=True)
def test_a_copy_made_beside_a_writer_is_not_changed(folder, writer, tmp_path):
    for seed in range(12):
        dice = random.Random(seed)
        copy = tmp_path / f"copy-{seed}"
        files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
        dice.shuffle(files)
        for number, file in enumerate(files):
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(folder / file, copy / file)
            except FileNotFoundError:
                continue  # it was moved meanwhile
            if number % 20 == 0:
                time.sleep(dice.random() / 10)
        verdict = job.verify(copy)
        assert verdict.word in ("consistent", "unfinished"), (seed, verdict.faults)
    assert writer.poll() is None


def test_a_record_that_was_copied_before_the_files_around_it_is_unfinished(folder):
    """As by `cp` between two commands, which leave no write-ahead log."""
    old = (folder / "record.db").read_bytes()
    with Centre.open(folder, writing=True) as centre:
        add(centre, 1)
    assert not (folder / "record.db-wal").exists()
    (folder / "record.db").write_bytes(old)
    word, *found = told(folder)
    assert word == "unfinished"
    assert "log/checkpoint: the file is of" in found[0]


def test_a_write_ahead_log_of_another_time_is_unfinished_and_record_db_is_checked_without_it(folder, tmp_path):
    with Centre.open(folder, writing=True) as centre:
        for number in range(3):
            add(centre, number)
        log = (folder / "record.db-wal").read_bytes()
        for number in range(3, 30):
            add(centre, number)
    assert not (folder / "record.db-wal").exists()
    (folder / "record.db-wal").write_bytes(log)  # of before, beside what it was folded into and more
    word, *found = told(folder)
    assert word == "unfinished", found
    assert "record.db-wal is not the write-ahead log of record.db" in found[0]
    rows_of_alone = sqlite3.connect(f"file:{folder}/record.db?immutable=1", uri=True)
    with closing(rows_of_alone) as database:
        (rows,) = database.execute("SELECT count(*) FROM entry").fetchone()
    assert job.verify(folder).size == rows


def test_after_a_kill_at_any_time_nothing_is_changed(folder):
    for seed in range(6):
        process = start_writer(folder, 500_000)
        time.sleep(random.Random(seed).random() / 2)
        process.kill()
        process.wait()
        before = digests(folder)
        verdict = job.verify(folder)
        assert verdict.word in ("consistent", "unfinished"), (seed, verdict.faults)
        assert digests(folder) == before


def test_rows_without_a_signature_are_unfinished(folder, monkeypatch):
    with monkeypatch.context() as crash, Centre.open(folder, writing=True) as centre:
        crash.setattr(Log, "_sign", lambda log, tail: None)
        centre.record.log.append(lambda tail: _one_more(centre.record, tail))
    before = digests(folder)
    word, *found = told(folder)
    assert word == "unfinished"
    assert "are not signed yet" in found[0]
    assert digests(folder) == before
    with Centre.open(folder, writing=True) as centre:
        add(centre, 1)
    assert told(folder) == ["proved"]


def _one_more(record, tail):
    from parley.record.keys import load_signer
    from parley.record.log import Pending
    from parley.record.statements.author import Author
    from parley.record.statements.sealed import seal
    from parley.record.statements.statement import encode_leaf, leaf_of

    signer = load_signer(record.log.folder, "desk")
    place = record.log.place(tail, signer.verifier.digest.hex())
    said = Author(signer, record.log.id, place).say("overdue", {"cosigner": "w1", "size": 1}, LATER)
    tail.places.clear()
    leaf = leaf_of(said.envelope, tail.receive(LATER))
    sealed = seal(said.body, said.secret)
    return [Pending(leaf.kind, leaf.sender, leaf.sender_seq, encode_leaf(leaf), said.envelope, sealed, said.secret)]


class CutError(Exception):
    pass


def cut(*_: object, **__: object) -> None:
    raise CutError


@pytest.mark.parametrize("at", ["destroy", "orphans", "publish", "show"])
def test_a_shred_that_was_cut_off_is_unfinished_until_it_is_given_again(at, folder, monkeypatch):
    with Centre.open(folder) as centre:
        (entry, *_) = (one.index for one in centre.record.entries(kinds=["input"]))
    with monkeypatch.context() as crash, pytest.raises(CutError), Centre.open(folder, writing=True) as centre:
        place, name = {
            "destroy": (Record, "destroy"), "orphans": (Centre, "_destroy_orphans"), "publish": (Centre, "publish"),
            "show": (current, "write_within"),
        }[at]  # fmt: skip
        crash.setattr(place, name, cut)
        job.shred(centre, [entry], "the source asked", LATER)
    word, *found = told(folder)
    assert word in ("unfinished", "proved"), found
    if at == "destroy":
        assert f"entry {entry}: its body is still there" in found[0]
    with Centre.open(folder, writing=True) as centre:
        job.shred(centre, [entry], "the source asked", LATER)
    assert told(folder) == ["proved"]


@pytest.mark.parametrize("edition", ["first", "next"])
def test_a_published_file_that_is_not_yet_in_its_place_is_unfinished(edition, folder, monkeypatch):
    with Centre.open(folder) as centre:
        published = list(centre.published().items())
    if edition == "first":
        entry, one = published[-1]
        place = folder / "reports" / one.name
        place.rename(place.with_name(f"{one.name}.new.part"))
    else:
        with monkeypatch.context() as crash, pytest.raises(CutError), Centre.open(folder, writing=True) as centre:
            crash.setattr(
                Path, "replace", lambda path, to: cut() if path.name.endswith(".new.part") else path.rename(to)
            )
            add(centre, 1)
        assert list((folder / "reports").glob("*.new.part"))
        with Centre.open(folder) as centre:
            entry, one = list(centre.published().items())[-1]
    word, *found = told(folder)
    assert word == "unfinished"
    assert any(f"entry {entry}: published file {one.name}" in text for text in found)
    with Centre.open(folder, writing=True) as centre:
        job.rebuild(centre)
    assert told(folder) == ["proved"]


@pytest.mark.parametrize("file", ["log/checkpoint", "log/tile/0/*/*", "log/statement/*"])
def test_static_files_that_are_gone_or_behind_are_no_change(file, folder):
    old = shutil.copytree(folder / "log", folder.with_name("old-log"))
    gone = next(path for path in sorted(folder.glob(file)) if path.is_file())
    gone.unlink()
    assert told(folder)[0] in ("unfinished", "proved")
    shutil.rmtree(folder / "log")
    assert told(folder)[0] in ("unfinished", "proved")
    with Centre.open(folder, writing=True) as centre:
        add(centre, 1)
    shutil.rmtree(folder / "log")
    old.rename(folder / "log")
    assert told(folder)[0] in ("unfinished", "proved")


def test_an_honest_mirror_a_backup_and_a_copy_for_readers_are_in_order(folder, tmp_path):
    with Mirror.create(tmp_path / "mirror", load_verifier(folder, "log")) as mirror:
        mirror.sync(folder_source(folder))
    with Centre.open(folder) as centre:
        back_up(centre, tmp_path / "backup")
        copy_for_readers(centre, tmp_path / "readers")
    for copy in ("mirror", "backup", "readers"):
        before = digests(tmp_path / copy)
        assert told(tmp_path / copy) == ["proved"], copy
        assert digests(tmp_path / copy) == before, copy


# what is a change


VIEWED = [view.__name__ for view in VIEWS]


def _table(name: str) -> str:
    return next(view._meta.db_table for view in VIEWS if view.__name__ == name)


def _filled(folder: Path, table: str) -> bool:
    with closing(sqlite3.connect(f"file:{folder}/centre.db?mode=ro", uri=True)) as database:
        (rows,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
    return bool(rows)


def _columns(folder: Path, table: str) -> list[tuple[str, str, bool]]:
    with closing(sqlite3.connect(f"file:{folder}/centre.db?mode=ro", uri=True)) as database:
        return [(row[1], row[2], bool(row[5])) for row in database.execute(f"PRAGMA table_info({table})")]


@pytest.mark.parametrize("view", VIEWED)
def test_a_view_edited_deleted_or_added_is_changed(view, folder, tmp_path):
    table = _table(view)
    columns = _columns(folder, table)
    key = next(name for name, _, is_key in columns if is_key)
    edits = []
    if _filled(folder, table):
        edits.append(f"DELETE FROM {table} WHERE {key} = (SELECT max({key}) FROM {table})")
        for name, kind, is_key in columns if view != "AsOf" else ():
            if not is_key:
                text = kind.lower().startswith(("text", "varchar"))
                of_text = f"replace(replace(coalesce({name}, '[]'), 'breach', 'no breach'), 'a', 'e') || ' '"
                new = of_text if text else f"coalesce({name}, 0) + 1"
                edits.append(f"UPDATE {table} SET {name} = {new} WHERE {key} = (SELECT min({key}) FROM {table})")
    if view == "AsOf":
        edits.append(f"UPDATE {table} SET {key} = 3")
    filled = {name: "'[]'" if kind.lower().startswith(("text", "varchar")) else "7777" for name, kind, _ in columns}
    if view != "AsOf":
        edits.append(f"INSERT INTO {table} ({', '.join(filled)}) VALUES ({', '.join(filled.values())})")
    for number, edit in enumerate(edits):
        spoilt = tmp_path / str(number)
        shutil.copytree(folder, spoilt)
        with closing(sqlite3.connect(spoilt / "centre.db")) as database:
            database.execute("PRAGMA ignore_check_constraints = ON")
            assert database.execute(edit).rowcount == 1
            database.commit()
        found = changed(spoilt)
        assert [part for _, part, _ in found] == ["views"], edit
        if view != "AsOf":
            assert found[0][2].startswith(f"{view} "), (edit, found)


@pytest.mark.parametrize("file", ["2031-05-03.html", "extra.txt", "deep/er.html", ".hidden"])
def test_an_extra_file_in_reports_is_changed(file, folder):
    path = folder / "reports" / file
    if path.exists():
        path = path.with_name("2031-05-99.html")
    path.parent.mkdir(exist_ok=True)
    path.write_text("The centre found no breach.")
    ((entry, part, text),) = changed(folder)
    assert entry is None
    assert part == f"published file {path.relative_to(folder / 'reports')}"
    assert text == "no statement publishes this file"


def test_what_was_only_begun_to_be_written_is_unfinished_until_it_is_removed(folder):
    (folder / "reports" / "2031-05-99.html.part").write_text("The centre found no breach.")
    word, *found = told(folder)
    assert (word, len(found)) == ("unfinished", 1)
    assert "`parley rebuild` removes it" in found[0]
    with Centre.open(folder, writing=True) as centre:
        job.rebuild(centre)
    assert told(folder) == ["proved"]


def test_views_of_more_entries_than_are_here_are_unfinished(folder):
    rows_of(folder, f"UPDATE {_table('AsOf')} SET entries = entries + 1000", file="centre.db")
    word, *found = told(folder)
    assert (word, len(found)) == ("unfinished", 1)
    assert "record.db is older than they are" in found[0]


def test_a_published_file_edited_is_changed_with_its_entry(folder):
    with Centre.open(folder) as centre:
        entry, one = list(centre.published().items())[-1]
    path = folder / "reports" / one.name
    path.write_bytes(path.read_bytes().replace(b"2031", b"2032"))
    ((found, part, text),) = changed(folder)
    assert (found, part) == (entry, f"published file {one.name}")
    assert text.startswith("was changed: its SHA-256 is")


@pytest.mark.parametrize("how", ["edited", "removed"])
def test_the_policy_file_edited_or_removed_is_changed(how, folder):
    path = folder / "policy"
    if how == "edited":
        path.write_text(path.read_text().replace("group neutral 3 ", "group neutral 1 "))
    else:
        path.unlink()
    ((entry, part, text),) = changed(folder)
    assert (entry, part) == (None, "policy")
    assert ("is missing" if how == "removed" else "is not the policy that the record states") in text


def test_a_policy_file_where_the_record_states_none_is_changed(folder, tmp_path, on_another_machine):
    on_another_machine()
    scenario = load_scenario("exercise")
    with Centre.create(tmp_path / "plain", scenario.charter, at=AT):
        pass
    shutil.copy(folder / "policy", tmp_path / "plain" / "policy")
    ((_, part, _),) = changed(tmp_path / "plain")
    assert part == "policy"


def test_a_file_in_keys_senders_is_changed(folder):
    (folder / "keys" / "senders").mkdir()
    signer = new_signer("east.example/desk")
    (folder / "keys" / "senders" / f"{signer.verifier.digest.hex()}.vkey").write_text(f"{signer.verifier}\n")
    ((entry, part, text),) = changed(folder)
    assert (entry, part) == (None, "keys")
    assert text.startswith("keys/senders/")


@pytest.mark.parametrize("how", ["edited", "deleted"])
def test_a_kept_input_edited_or_deleted_is_changed_with_its_entry(how, folder):
    with Centre.open(folder) as centre:
        entry = [one.index for one in centre.record.entries(kinds=["input"])][1]
        path = centre.kept(centre.record.secret(entry)[0]["digest"])
    if how == "edited":
        path.write_bytes(path.read_bytes() + b" ")
    else:
        path.unlink()
    ((found, part, text),) = changed(folder)
    assert found == entry
    assert part.startswith("input ")
    assert ("was changed" if how == "edited" else "cannot be read") in text


@pytest.mark.parametrize(
    ("edit", "part"),
    [
        ("UPDATE entry SET leaf = CAST(leaf || x'00' AS BLOB) WHERE idx = 6", "leaf_hash"),
        ("UPDATE entry SET envelope = CAST(envelope || x'00' AS BLOB) WHERE idx = 6", "envelope"),
        ("UPDATE entry SET kind = 'review' WHERE idx = 6", "row"),
        ("UPDATE body SET sealed = zeroblob(length(sealed)) WHERE idx = 6", "body"),
        ("DELETE FROM body WHERE idx = 6", "body"),
        ("DELETE FROM entry WHERE idx = 6", "entry"),
    ],
)
def test_a_row_leaf_envelope_or_body_is_changed_with_its_entry(edit, part, folder):
    rows_of(folder, edit)
    assert any((entry, where) == (6, part) for entry, where, _ in changed(folder))


def test_a_row_edited_in_a_write_ahead_log_is_changed_with_its_entry(folder, tmp_path):
    copy = tmp_path / "copy"
    with closing(sqlite3.connect(folder / "record.db")) as database:
        database.execute("PRAGMA wal_autocheckpoint = 0")
        triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE body SET sealed = zeroblob(length(sealed)) WHERE idx = 6")
        for _, text in triggers:
            database.execute(text)
        database.commit()
        shutil.copytree(folder, copy)
    assert (copy / "record.db-wal").stat().st_size > 0
    assert any((entry, part) == (6, "body") for entry, part, _ in changed(copy))


def test_what_is_edited_beside_a_writer_is_still_changed(folder, writer):
    with Centre.open(folder) as centre:
        entry = next(one.index for one in centre.record.entries(kinds=["input"]))
        centre.kept(centre.record.secret(entry)[0]["digest"]).unlink()
    verdict = job.verify(folder)
    assert verdict.word == "changed"
    assert any(fault.entry == entry for fault in verdict.faults)


# nothing is written


def test_nothing_is_written(folder):
    before = digests(folder)
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    open_views(folder.with_name("elsewhere.db"))
    assert told(folder) == ["proved"]
    assert digests(folder) == before
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == times


def test_of_a_copy_with_a_write_ahead_log_nothing_is_written(folder, tmp_path):
    copy = tmp_path / "copy"
    with Centre.open(folder, writing=True) as centre:
        add(centre, 1)
        shutil.copytree(folder, copy)
    assert (copy / "record.db-wal").stat().st_size > 0
    before = digests(copy)
    assert told(copy)[0] in ("proved", "unfinished")
    assert digests(copy) == before


def test_a_folder_that_may_not_be_written_is_verified(exercise):
    if os.geteuid() != 0:
        pytest.skip("another user is possible only as root")
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        copy = shutil.copytree(exercise, Path(place) / "centre")
        Path(place).chmod(0o755)
        for path in (copy, *copy.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = digests(copy)
        code = "import sys; from pathlib import Path; from parley import job; print(job.verify(Path(sys.argv[1])))"
        try:
            done = subprocess.run(
                [sys.executable, "-B", "-c", code, str(copy)], capture_output=True, text=True, check=False,
                user=65534, group=65534, extra_groups=[], cwd="/", env={**os.environ, "HOME": "/nonexistent"},
            )  # fmt: skip
        except PermissionError:
            pytest.skip("another user cannot run this Python")
        if "ModuleNotFoundError" in done.stderr or "Permission denied" in done.stderr.partition("Traceback")[0]:
            pytest.skip("another user cannot read this Python")
        assert "faults=()" in done.stdout, done.stderr
        assert "unfinished=()" in done.stdout
        assert digests(copy) == before
