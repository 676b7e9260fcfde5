"""An operator who holds every key of the log and of the desk rewrites history: the first cross-check finds it.

A history is a real record in a folder, with a party's own statements in it, four witnesses of which three make a
quorum, a mirror, and a bundle that a party keeps. Then the operator manipulates it once, signs all of it properly
again, and shows it to whoever looks first. Seeds fix the shape of a history; keys and salts are random.
"""

import shutil
import sqlite3
import tempfile
from collections import Counter
from concurrent.futures import Future
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from saying import AT, entry

from parley.record import Record, check_consistency, check_inclusion, verify
from parley.record.errors import Damaged, Forked, RecordError, Stale
from parley.record.formats.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from parley.record.formats.cosignature import Cosigner
from parley.record.formats.hashing import EMPTY_ROOT, Frontier, leaf_hash
from parley.record.formats.policy import NEUTRAL, Group, Policy, neutral_quorum
from parley.record.formats.tile import decode_entries, encode_entries
from parley.record.keys import DESK, LOG, load_signer, load_verifier, new_signer
from parley.record.log import SIGNED, Log, Pending
from parley.record.outside.fork import check_fork_proof, decode_fork_proof, encode_fork_proof
from parley.record.outside.mirror import ForkFound, Mirror, folder_source
from parley.record.outside.witness import Request, Witness, encode_request
from parley.record.outside.witnessing import Witnessing
from parley.record.rotation import declare_lost, load_history, retire, rotate
from parley.record.statements.author import Author
from parley.record.statements.check import Place
from parley.record.statements.statement import decode_leaf, digest
from parley.record.store import Store

NOW = 1_932_000_000
ORIGIN = "example.org/centre"
KINDS = ("rewrite", "drop", "insert", "reorder", "truncate", "rollback", "equivocate", "split")
CHECKS = ("mirror", "other reader", "witness", "bundle", "verify")
CI = 19  # histories of each kind: 152
FULL = 1250  # 10,000
ALARMS = (RecordError,)


class Here:
    """Carries out at once what it is given: witnesses hold their database in this thread."""

    def __init__(self, *_, **__):
        pass

    def submit(self, call, *given):
        future = Future()
        try:
            future.set_result(call(*given))
        except Exception as error:
            future.set_exception(error)
        return future

    def shutdown(self):
        pass


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    monkeypatch.setattr("parley.record.outside.witnessing.ThreadPoolExecutor", Here)


@pytest.fixture
def forgetful(monkeypatch):
    """The operator's machine keeps no heads that it signed."""
    monkeypatch.setenv("PARLEY_STATE", "/dev/null")


@contextmanager
def scratch():
    """A folder in memory where there is one: thousands of records are made here."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None, prefix="parley-histories-") as folder:
        yield Path(folder)


@cache
def cosigners():
    return tuple(Cosigner(f"witness.example/{n}", Ed25519PrivateKey.generate()) for n in range(4))


class World:
    """An honest log and all who watch it."""

    def __init__(self, folder):
        self.base = folder
        self.folder = folder / "centre"
        self.folder.mkdir(parents=True)
        self.record = Record.create(self.folder, ORIGIN)
        self.key = self.record.log.key
        self.party = new_signer("east.example/desk")
        self.record.register(self.party.verifier, AT, side="east")
        self.mirror = Mirror.create(folder / "mirror", self.key)
        self.witnesses = {}
        for n, cosigner in enumerate(cosigners()):
            (folder / f"w{n}").mkdir()
            self.witnesses[f"w{n}"] = Witness(folder / f"w{n}", (cosigner,))
            self.witnesses[f"w{n}"].follow(self.key)
        keys = {name: (one.keys[0], f"https://{name}/") for name, one in self.witnesses.items()}
        group = Group(neutral_quorum(len(keys)), tuple(keys))
        self.policy = Policy(NEUTRAL, ((self.key, None),), keys, {NEUTRAL: group})
        self.bundle = None
        self.backups = {}
        self.sizes = {}  # check -> how many entries that one has seen
        self.said = 0

    def close(self):
        for one in (self.record, self.mirror, *self.witnesses.values()):
            one.close()

    def send(self, url, body=None):
        name, _, path = url.removeprefix("https://").partition("/")
        if body is None:
            return self.witnesses[name].checkpoint(path.removesuffix("/checkpoint"))
        return self.witnesses[name].add_checkpoint(body, NOW)

    def statements(self, count):
        self.said += count
        return [("report", {"number": n, "place": "حلب"}) for n in range(self.said - count, self.said)]

    def append(self, count):
        if count:
            self.record.append(self.statements(count), at=AT)

    def submit(self):
        """The party says something itself."""
        log = self.record.log
        with log.store.reading():
            place = log.place(log._load_tail(), self.party.verifier.digest.hex())
        body = {"number": self.said, "place": "Қызыл", "side": "east"}
        self.said += 1
        self.record.submit([Author(self.party, log.id, place, self.record._seen()).say("report", body, AT)], AT)

    def cosign(self):
        with Witnessing(self.folder, self.policy, self.send) as witnessing:
            witnessing.cosign()
        self.sizes["witness"] = self.record.size

    def sync(self):
        self.record.log.publish()
        synced = self.mirror.sync(folder_source(self.folder), AT)
        assert self.mirror.alarms.open() == []
        self.sizes["mirror"] = self.sizes["other reader"] = synced.size

    def keep_bundle(self, rng):
        """The party keeps the proof of an entry: often its own, the newest otherwise."""
        self.bundle = self.record.tlog_proof(rng.randrange(self.record.size))
        self.bundle_leaf = leaf_hash(self.record.log.row(self.bundle.index).leaf)
        self.sizes["bundle"] = self.record.size

    def back_up(self):
        self.record.log.publish()
        size = self.record.size
        if size not in self.backups:
            self.backups[size] = self.base / f"backup-{size}"
            shutil.copytree(self.folder, self.backups[size])


def live(world, rng):
    """The honest part of a history: a few rounds, in which each watcher looks now and then."""
    world.back_up()
    for turn in range(rng.randint(2, 5)):
        world.append(rng.randint(252, 262) if turn == 0 and rng.random() < 0.02 else rng.randint(1, 6))
        if turn == 0 or rng.random() < 0.6:
            world.submit()
        first = turn == 0
        for step, probability in (
            (world.cosign, 0.6),
            (world.sync, 0.6),
            (lambda: world.keep_bundle(rng), 0.6),
            (world.back_up, 0.4),
        ):
            if first or rng.random() < probability:
                step()
    world.sizes["verify"] = world.record.size
    world.record.log.publish()


# What the operator does. A plan lists what the new history holds: numbers of old entries, and new (kind, body).


def kept(log, number):
    """Entry *number* of *log* as it is, to go into another log."""
    row = log.store.row(number)
    sealed, secret = log.store.bodies([number])[number]
    return Pending(row.kind, row.sender, row.seq, row.leaf, row.envelope, sealed, secret)


def resigned(world, target, plan):
    """A log in *target* under the same keys, whose history is *plan*, as well made as the operator can.

    What stands before the first difference stays byte for byte; of what follows, the desk's own statements are signed
    again, each after the one before it. A party's statements can only be kept or left out.
    """
    target.mkdir()
    shutil.copytree(world.folder / "keys", target / "keys")
    old, desk = world.record.log, load_signer(world.folder, DESK)
    with closing(Store.create(target)) as store, store.writing():
        empty = sign_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT), load_signer(target, LOG))
        store.set_checkpoint(SIGNED, empty)
        for note in old.store.all_seen():
            store.add_seen(bytes.fromhex(digest(note)), note)
    log = Log.open(target)

    def make(tail):
        untouched = True
        for place_in_plan, item in enumerate(plan):
            untouched = untouched and item == place_in_plan
            saw = ""
            if not isinstance(item, int):
                kind, body = item
            else:
                one = kept(old, item)
                if untouched or one.sender != desk.verifier.digest.hex():
                    tail.places[one.sender] = Place(one.seq + 1, digest(one.envelope))
                    yield one
                    continue
                before = world.record.entry(item)
                kind, body, saw = before.kind, before.body, decode_leaf(old.row(item).leaf).saw
            hand = Author(desk, log.id, log.place(tail, desk.verifier.digest.hex()), saw)
            yield entry(hand.say(kind, body, AT))
            tail.places[desk.verifier.digest.hex()] = hand.place

    log.append(make)
    log.rewrite_files()
    log.close()
    return target


def to_size(plan, changed, seen, rng, world):
    """Cut or lengthen *plan* so that the new history is shorter than what was seen, as long, or longer."""
    goal = rng.choice(["shorter", "equal", "longer"])
    size = {"shorter": rng.randint(changed + 1, max(changed + 1, seen - 1)), "equal": seen}.get(goal)
    if size is None or size < changed + 1:
        size = max(len(plan), seen) + rng.randint(1, 5)
    return [*plan, *world.statements(max(0, size - len(plan)))][:size]


def forge(kind, check, world, rng, name="forged"):
    """The folder that the operator now shows to *check*."""
    seen, size = world.sizes[check], world.record.size
    plan = list(range(size))
    at = rng.randrange(min(seen, size - 1))
    target = world.base / name
    if kind == "rewrite":
        plan[at] = ("report", {"number": -1, "place": "Aleppo"})
        return resigned(world, target, to_size(plan, at, seen, rng, world))
    if kind == "drop":
        del plan[at]
        return resigned(world, target, to_size(plan, at, seen, rng, world))
    if kind == "insert":
        plan.insert(at, ("report", {"number": -1}))
        return resigned(world, target, to_size(plan, at, seen, rng, world))
    if kind == "reorder":
        other = rng.randrange(at + 1, size)
        plan[at], plan[other] = plan[other], plan[at]
        return resigned(world, target, to_size(plan, at, seen, rng, world))
    if kind == "truncate":
        return resigned(world, target, plan[: rng.randrange(seen)])
    if kind == "rollback":
        shutil.copytree(world.backups[rng.choice([old for old in world.backups if old < seen])], target)
        with Record.open(target) as old:
            old.append(world.statements(rng.randint(1, 8)), at=AT)
        return target
    if kind == "equivocate":
        plan[at] = ("report", {"number": -1, "place": "Aleppo"})
        return resigned(world, target, plan[:seen])
    assert kind == "split"
    common = rng.randint(1, min(at + 1, seen - 1))
    view = resigned(world, target, [*range(common), *world.statements(rng.randint(1, 8))])
    with Record.open(view) as held:  # and both views go on
        held.append(world.statements(rng.randint(1, 3)), at=AT)
    return view


# Who finds it.


def is_proved(error, world):
    """A fork proof holds offline, with the log's key alone."""
    fork = decode_fork_proof(encode_fork_proof(error.fork))
    smaller, larger = check_fork_proof(fork, world.key)
    assert smaller.size <= larger.size


def by_mirror(kind, world, forged, rng):
    source, mixed = folder_source(forged), rng.random() < 0.25
    before = world.mirror.newest
    if mixed:
        source = spliced(folder_source(world.folder), source, world.sizes["mirror"])
    with pytest.raises(ALARMS) as found:
        world.mirror.sync(source)
    error = found.value
    if kind == "truncate":
        assert isinstance(error, Stale), repr(error)
    elif mixed:
        assert isinstance(error, ForkFound | Damaged), repr(error)
    else:
        assert isinstance(error, ForkFound), repr(error)
    if isinstance(error, ForkFound):
        is_proved(error, world)
    assert world.mirror.newest == before, "what it holds is not touched"
    return type(error).__name__


def spliced(honest, forged, known):
    """A source that shows the new checkpoint, but what the mirror asks for below *known* as it was."""

    def source(path):
        data = forged(path)
        if not path.startswith(("tile/entries/", "tile/envelopes/")):
            return data
        number = int(path.split(".p")[0].split("/")[-1].lstrip("x"))
        entries = list(decode_entries(data))
        for place in range(min(len(entries), known - number * 256)):
            entries[place] = whole(honest, path)[place]
        return encode_entries(entries)

    def whole(source, path):
        head = path.split(".p")[0]
        for width in range(256, 0, -1):
            try:
                return decode_entries(source(head if width == 256 else f"{head}.p/{width}"))
            except OSError:
                continue
        return []

    return source


def by_other_reader(kind, world, forged, rng):
    """Two readers show each other their newest checkpoints; each has synced with the view that it was shown."""
    with Mirror.create(world.base / "other", world.key) as other:
        synced = other.sync(folder_source(forged))
        mine, theirs = world.mirror.newest, other.newest
        if kind == "truncate":  # no second history, but signed entries that the log does not show any more
            assert not other.compare(mine)
            assert other.sync(folder_source(forged)).size < open_checkpoint(mine, world.key).size
            return "withheld"
        with pytest.raises(ForkFound) as found:
            if synced.size >= world.sizes["mirror"]:
                other.compare(mine)
            else:
                assert not other.compare(mine), "beyond what it holds"
                world.mirror.compare(theirs)
        is_proved(found.value, world)
    return "ForkFound"


def by_witness(kind, world, forged, rng):
    """Neither the software that asks the witnesses goes on, nor does one cosign what an operator sends by hand."""
    with Witnessing(forged, world.policy, world.send) as witnessing:
        for call in (witnessing.cosign, witnessing.check_newest):
            with pytest.raises((Forked, Stale)) as found:
                call()
    with Record.open(forged) as record:
        note, size, known = record.log.signed_note(), record.size, world.sizes["witness"]
        proofs = {(), world.record.consistency_proof(min(known, size), max(known, min(size, world.record.size)))}
        if known <= size:
            proofs.add(record.consistency_proof(known))
        for name, witness in world.witnesses.items():
            for old in {0, known, size}:
                for proof in proofs:
                    answer = witness.add_checkpoint(encode_request(Request(old, proof, note)), NOW)
                    assert answer.status in (400, 409, 422), (name, answer)
    return type(found.value).__name__


def by_bundle(kind, world, forged, rng):
    """The party holds an old proof and its checkpoint; the new one cannot be shown to extend it."""
    old = open_checkpoint(world.bundle.checkpoint, world.key)
    check_inclusion(world.bundle_leaf, world.bundle.index, old.size, world.bundle.proof, old.root)
    with Record.open(forged) as record:
        new = open_checkpoint(record.checkpoint(), world.key)
        proofs = [(), world.record.consistency_proof(old.size)]
        if old.size <= new.size:
            proofs.append(record.consistency_proof(old.size))
        for proof in proofs:
            with pytest.raises((Forked, Stale)) as found:
                check_consistency(old.size, old.root, new.size, new.root, proof)
    return type(found.value).__name__


def by_verify(kind, world, rng):
    """Whoever manipulates in place leaves something that does not fit, under the pinned key."""
    forged = tamper(kind, world, rng)
    found = verify(forged, str(world.key))
    if kind == "rollback":  # it might be a crash: the static files tell, and no program goes on from it
        with pytest.raises(Stale):
            Record.open(forged)
        assert any("log/checkpoint: the file is of" in one for one in found.unfinished), found
        return "unfinished"
    assert found.faults, f"{kind} was not found"
    return found.faults[0].part.split("/")[0]


def tamper(kind, world, rng):
    """A copy of the record changed in place, less thoroughly than `resigned` does it."""
    target, size = world.base / "tampered", world.record.size
    at = rng.randrange(min(world.sizes["witness"], size) - 1)  # below the cosigned checkpoint, which stands there too
    if kind == "split":  # all of it made again, under new keys
        target.mkdir()
        with Record.create(target, ORIGIN) as record:
            record.append(world.statements(size), at=AT)
        return target
    shutil.copytree(world.folder, target)
    if kind == "rollback":  # the database alone is put back, and goes on
        for path in target.glob("record.db*"):
            path.unlink()
        old = world.backups[min(world.backups)]
        for path in old.glob("record.db*"):
            shutil.copy(path, target)
        return target
    signer = load_signer(target, LOG)
    with closing(sqlite3.connect(target / "record.db", isolation_level=None)) as db:
        triggers = dict(db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall())
        for name in triggers:
            db.execute(f"DROP TRIGGER {name}")
        count = size
        fitted = rng.random() < 0.5  # the tiles' hashes, the checkpoint and the static files are made to fit
        if kind == "rewrite":
            rewrite(db, at, world, rng)
        elif kind == "equivocate":
            note = sign_checkpoint(Checkpoint(ORIGIN, size, rng.randbytes(32)), signer)
            db.execute("UPDATE checkpoint SET note = ? WHERE name = 'signed'", (note,))
        elif kind == "truncate":
            count = at + 1
            db.execute("DELETE FROM entry WHERE idx > ?", (at,))
            db.execute("DELETE FROM body WHERE idx > ?", (at,))
        elif kind == "reorder":
            other = rng.randrange(at + 1, size)
            for table in ("entry", "body"):
                for old, new in ((at, -1), (other, at), (-1, other)):
                    unchecked(db, f"UPDATE {table} SET idx = {new} WHERE idx = {old}")
        elif kind == "drop":
            for table in ("entry", "body"):
                db.execute(f"DELETE FROM {table} WHERE idx = {at}")
                for number in range(at + 1, size):
                    db.execute(f"UPDATE {table} SET idx = {number - 1} WHERE idx = {number}")
            count -= 1
        elif kind == "insert":
            for table in ("entry", "body"):
                for number in range(size - 1, at - 1, -1):
                    db.execute(f"UPDATE {table} SET idx = {number + 1} WHERE idx = {number}")
            hand = Author(load_signer(target, DESK), world.record.log.id, Place(10_000, "0" * 64))
            one = entry(hand.say("report", {"n": 1}, AT))
            row = (at, one.kind, one.sender, one.seq, one.leaf, leaf_hash(one.leaf), one.envelope)
            db.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            db.execute("INSERT INTO body VALUES (?, ?, ?)", (at, one.sealed, one.secret))
            count += 1
        if fitted:
            db.execute("DELETE FROM tile_hash")
            frontier = Frontier()
            for (leaf,) in db.execute("SELECT leaf_hash FROM entry ORDER BY idx").fetchall():
                for full in frontier.append(leaf):
                    db.execute("INSERT INTO tile_hash VALUES (?, ?, ?)", full)
            if kind != "equivocate":
                note = sign_checkpoint(Checkpoint(ORIGIN, count, frontier.root()), signer)
                db.execute("UPDATE checkpoint SET note = ? WHERE name = 'signed'", (note,))
            shutil.rmtree(target / "log")
        for sql in triggers.values():
            db.execute(sql)
    return target


def unchecked(db, statement):
    db.execute("PRAGMA ignore_check_constraints = ON")
    db.execute(statement)
    db.execute("PRAGMA ignore_check_constraints = OFF")


def rewrite(db, at, world, rng):
    """Change what entry *at* says, by the body, the leaf, the envelope, or all of it properly signed by the desk."""
    one = world.record.log.store.row(at)
    place = Place(one.seq, decode_leaf(one.leaf).prev)
    hand = Author(load_signer(world.folder, DESK), world.record.log.id, place)
    fake = entry(hand.say(one.kind, {"number": -1}, AT))
    what = rng.choice(["body", "leaf", "envelope", "all"])
    if what in ("body", "all"):
        db.execute("UPDATE body SET sealed = ?, secret = ? WHERE idx = ?", (fake.sealed, fake.secret, at))
    if what in ("leaf", "all"):
        db.execute("UPDATE entry SET leaf = ?, leaf_hash = ? WHERE idx = ?", (fake.leaf, leaf_hash(fake.leaf), at))
    if what in ("envelope", "all"):
        db.execute("UPDATE entry SET envelope = ? WHERE idx = ?", (fake.envelope, at))


FINDERS = {"mirror": by_mirror, "other reader": by_other_reader, "witness": by_witness, "bundle": by_bundle}


def history(kind, seed):
    """One history with one manipulation; return who looked first and what that one found."""
    rng = Random(f"{kind} {seed}")
    check = CHECKS[seed % len(CHECKS)]
    with scratch() as folder:
        world = World(folder)
        try:
            live(world, rng)
            if check == "verify":
                return check, by_verify(kind, world, rng)
            forged = forge(kind, check, world, rng)
            return check, FINDERS[check](kind, world, forged, rng)
        finally:
            world.close()


@pytest.mark.parametrize("count", [CI, pytest.param(FULL, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", KINDS)
def test_the_first_cross_check_finds_a_manipulated_history(forgetful, kind, count, record_property):
    missed, found = [], Counter()
    for seed in range(count):
        try:
            found[history(kind, seed)] += 1
        except (AssertionError, pytest.fail.Exception, RecordError) as error:
            missed.append((seed, CHECKS[seed % len(CHECKS)], repr(error)[:300]))
    told = ", ".join(f"{check}: {what} {times}" for (check, what), times in sorted(found.items()))
    print(f"{kind}: {sum(found.values())} of {count} found ({told})")
    record_property("found", sum(found.values()))
    assert not missed, f"{len(missed)} of {count} not found, among them {missed[:5]}"
    assert {check for check, _ in found} == set(CHECKS)


# What it takes beyond these kinds.


@pytest.fixture
def world(forgetful, tmp_path):
    world = World(tmp_path)
    world.append(5)
    world.cosign()
    world.append(3)
    world.submit()
    world.cosign()
    world.append(4)
    world.sync()
    yield world
    world.close()


def test_two_checkpoints_of_one_size_are_proved_although_nothing_is_served_under_one(world):
    forged = sign_checkpoint(Checkpoint(ORIGIN, world.record.size, bytes(32)), load_signer(world.folder, LOG))
    honest = folder_source(world.folder)
    with pytest.raises(ForkFound) as found:
        world.mirror.sync(lambda path: forged if path == "checkpoint" else honest(path))
    is_proved(found.value, world)


def test_verify_holds_the_checkpoints_that_a_partys_statements_saw_against_the_tree(world):
    """The operator cannot sign the party's statement again: it names a checkpoint of the history that was."""
    plan = list(range(world.record.size))
    plan[3] = ("report", {"number": -1, "place": "Aleppo"})
    forged = resigned(world, world.base / "forged", plan)
    with Record.open(forged) as record:
        party = world.party.verifier.digest.hex()
        saw = decode_leaf(record.log.row(record.log.store.last_of(party)).leaf).saw
        seen = open_checkpoint(record.log.store.seen(bytes.fromhex(saw)), world.key)
        assert seen.size > 3 and record.root(seen.size) != seen.root, "both histories are signed, in one folder"
    assert not verify(forged, str(world.key)).ok


def test_a_key_changed_twice_over_is_found_by_who_knows_the_first_change(world):
    shutil.copytree(world.folder, world.base / "twin")
    for folder in (world.folder, world.base / "twin"):
        rotate(folder)
        with Record.open(folder) as record:
            record.append(world.statements(2), at=AT)
    world.mirror.sync(folder_source(world.folder))
    held = world.mirror.newest
    with pytest.raises(Damaged, match="another history of its keys"):
        world.mirror.sync(folder_source(world.base / "twin"))
    assert world.mirror.newest == held and world.mirror.compare(held)


def disowned(world):
    """The operator calls its own key lost at an early checkpoint, and writes another history from there."""
    early = world.record.size - 4
    root = world.record.root(early)
    forged = resigned(world, world.base / "forged", [*range(early), *world.statements(9)])
    rotate(forged)
    with Record.open(forged) as record:
        record.append(world.statements(1), at=AT)
    retire(forged)
    declare_lost(forged, world.key, Checkpoint(ORIGIN, early, root))
    with Record.open(forged) as record:
        record.append(world.statements(1), at=AT)
    return forged


def test_a_key_called_lost_before_what_it_signed_is_no_way_out(world):
    forged = disowned(world)
    world.cosign()
    with pytest.raises(RecordError):
        world.mirror.sync(folder_source(forged))
    with Record.open(forged) as record:
        for witness in world.witnesses.values():
            witness.follow(load_verifier(forged, LOG))
            for proof in ((), record.consistency_proof(world.sizes["witness"])):
                body = encode_request(Request(world.sizes["witness"], proof, record.log.signed_note()))
                assert witness.add_checkpoint(body, NOW).status == 422


def test_a_mirror_is_not_blinded_by_a_key_called_lost(world):
    forged, held = disowned(world), world.mirror.newest
    with pytest.raises(RecordError):
        world.mirror.sync(folder_source(forged))
    assert world.mirror.newest == held
    assert world.mirror.compare(held), "what it holds can still be shown and compared"
    assert world.mirror.sync(folder_source(world.folder)).size == world.record.size


def test_witnesses_that_cosigned_before_a_change_of_keys_are_heard(world):
    world.cosign()
    rotate(world.folder)
    with Witnessing(world.folder, world.policy, world.send) as witnessing:
        assert witnessing.check_newest() == {}


def test_a_copy_of_before_a_change_of_keys_is_told_that_it_is_old(world):
    world.back_up()
    key = rotate(world.folder)
    for witness in world.witnesses.values():
        witness.follow(key)
    retire(world.folder)
    world.record.close()
    world.record = Record.open(world.folder)
    world.append(3)
    world.cosign()
    with Witnessing(world.backups[max(world.backups)], world.policy, world.send) as witnessing, pytest.raises(Stale):
        witnessing.check_newest()


def test_a_mirror_that_has_not_heard_of_a_change_of_keys_calls_nobody_a_liar(world):
    rotate(world.folder)
    retire(world.folder)
    world.record.close()
    world.record = Record.open(world.folder)
    world.append(1)
    assert not world.mirror.compare(world.record.checkpoint()), "beyond what it holds"
    world.sync()
    assert world.mirror.compare(world.record.checkpoint())


# And no alarm without a reason.


def honest_life(base, total, rng):
    """Append *total* statements with restarts, changes of keys, mirrors that sync and witnesses that cosign."""
    world = World(base)
    tally = Counter()
    second = Mirror.create(base / "second", world.key)
    bundles, notes, former = [], [world.record.checkpoint()], False
    pinned = str(world.key)
    try:
        while tally["appended"] < total:
            count = 257 if rng.random() < 0.02 else rng.choice([1, 1, 2, 3, 7, 20, 60])
            count = min(count, total - tally["appended"])
            if rng.random() < 0.1:
                world.submit()
                count = 1
            else:
                world.append(count)
            tally["appended"] += count
            what = rng.random()
            if what < 0.10:
                world.record.close()
                world.record = Record.open(world.folder)
                tally["restarts"] += 1
            elif what < 0.16:
                if former:
                    retire(world.folder)
                    tally["retired"] += 1
                else:
                    key = rotate(world.folder)
                    for witness in world.witnesses.values():
                        witness.follow(key)
                    tally["rotated"] += 1
                former = not former
                if rng.random() < 0.5:  # as the command does it; else the open log goes on
                    world.record.close()
                    world.record = Record.open(world.folder)
            elif what < 0.35:
                world.sync()
                tally["synced"] += 1
            elif what < 0.45:
                world.record.log.publish()
                second.sync(folder_source(world.folder), AT)
                assert second.alarms.open() == []
                tally["synced"] += 1
            elif what < 0.65:
                world.cosign()
                tally["cosigned"] += 1
            elif what < 0.70:
                second.close()
                second = Mirror.open(base / "second")
                world.mirror.close()
                world.mirror = Mirror.open(base / "mirror")
                tally["restarts of mirrors"] += 2
            elif what < 0.80 and world.mirror.newest and second.newest:
                # See test_a_mirror_that_has_not_heard_of_a_change_of_keys_calls_nobody_a_liar.
                for mirror in (world.mirror, second):
                    if mirror.history() != load_history(world.folder):
                        mirror.sync(folder_source(world.folder))
                one = world.mirror.compare(second.newest)
                assert second.compare(world.mirror.newest) or one
                for note in rng.sample(notes, min(3, len(notes))):
                    world.mirror.compare(note)
                tally["compared"] += 5
            elif what < 0.90:
                notes.append(world.record.checkpoint())
                bundles.append(world.record.tlog_proof(rng.randrange(world.record.size)))
            elif bundles:
                history = load_history(world.folder)
                new = history.open_checkpoint(world.record.checkpoint(), world.key)
                for bundle in rng.sample(bundles, min(3, len(bundles))):
                    old = history.open_checkpoint(bundle.checkpoint, world.key)
                    proof = world.record.consistency_proof(old.size)
                    check_consistency(old.size, old.root, new.size, new.root, proof)
                    leaf = leaf_hash(world.record.log.row(bundle.index).leaf)
                    check_inclusion(leaf, bundle.index, old.size, bundle.proof, old.root)
                    tally["bundles checked"] += 1
                with Witnessing(world.folder, world.policy, world.send) as witnessing:
                    assert witnessing.check_newest() == {}
        world.sync()
        world.cosign()
        assert world.mirror.history().following(world.key) == load_history(world.folder).following(world.key)
        world.record.close()
        for key in (None, pinned):
            found = verify(world.folder, key)
            assert found.faults == () == found.unfinished
            assert [number for number, _ in found.notes] == [0], "the desk registered the party's first key"
    finally:
        second.close()
        world.close()
    return tally


@pytest.mark.parametrize(("total", "lives"), [(500, 4), pytest.param(5000, 20, marks=pytest.mark.slow)])
def test_an_honest_log_raises_no_alarm(total, lives, record_property):
    tally, alarms = Counter(), []
    for seed in range(lives):
        with scratch() as folder:
            try:
                tally += honest_life(folder, total, Random(f"honest {seed}"))
            except (AssertionError, RecordError) as error:
                alarms.append((seed, repr(error)[:300]))
    print("honest:", dict(tally), f"{len(alarms)} false alarms")
    record_property("appended", tally["appended"])
    assert not alarms, f"{len(alarms)} of {lives} lives, after {tally}: {alarms[:3]}"
    assert tally["appended"] == total * lives and tally["rotated"] and tally["retired"] and tally["restarts"]
