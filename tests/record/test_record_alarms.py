"""A mirror's alarms: each is shown at every look until a person accepts it, and nothing is cosigned before."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from saying import AT, author, entry, put, say, submit

from parley.record import Damaged, NotCosigned, Record, RecordError, Stale, verify
from parley.record.formats.canonical import encode_base64, encode_json
from parley.record.formats.cosignature import Cosigner
from parley.record.formats.note import Note, decode_note, encode_note
from parley.record.formats.policy import NEUTRAL, Group, Policy, encode_policy
from parley.record.keys import DESK, load_signer, new_signer
from parley.record.log import COSIGNED
from parley.record.outside.alarms import Alarms, open_alarms
from parley.record.outside.mirror import ForkFound, Mirror, folder_source
from parley.record.statements.statement import encode_received, leaf_of

EAST = new_signer("east.example/key")
OWN = Cosigner("east.example/mirror", Ed25519PrivateKey.generate())
COSIGNERS = {name: Cosigner(f"{name}.example", Ed25519PrivateKey.generate()) for name in ("w1", "w2", "w3", "w4")}
POLICY = Policy(
    NEUTRAL,
    (),
    {name: (cosigner.verifier, None) for name, cosigner in COSIGNERS.items()},
    {NEUTRAL: Group(3, tuple(COSIGNERS))},
)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def record(tmp_path):
    (tmp_path / "centre").mkdir()
    with Record.create(tmp_path / "centre", "example.org/centre") as record:
        record.append([("report", {"number": 0})], at=AT)
        record.register(EAST.verifier, AT, "east")
        yield record


@pytest.fixture
def mirror(record, tmp_path):
    with Mirror.create(tmp_path / "mirror", record.log.key) as mirror:
        yield mirror


@pytest.fixture
def desk(record):
    return load_signer(record.log.folder, DESK)


def look(record, mirror, now=AT, policy=None, source=None, **more):
    """Let the mirror look at the log, and return (what the head lacks, the parts of the open alarms)."""
    record.log.publish()
    synced = mirror.sync(source or folder_source(record.log.folder), now, policy, **more)
    return synced.lacking, [(alarm.entry, alarm.part) for alarm in mirror.alarms.open()]


def cosign(record, at, *names):
    """Let witnesses cosign the newest checkpoint at *at*, or each of a list of (name, time)."""
    note = decode_note(record.log.signed_note())
    times = [(name, at) if isinstance(name, str) else name for name in names]
    lines = tuple(COSIGNERS[name].cosign(note.text, int(time.timestamp())) for name, time in times)
    with record.log.store.writing():
        record.log.store.set_checkpoint(COSIGNED, encode_note(Note(note.text, (*note.signatures, *lines))))


def test_an_honest_log_raises_no_alarm_and_is_cosigned(record, mirror):
    assert look(record, mirror) == ((), [])
    submit(record, EAST, "report", {"side": "east"})
    record.append([("report", {})] * 300, at=AT + MINUTE)
    assert look(record, mirror, AT + MINUTE) == ((), [])
    note = decode_note(mirror.cosign(OWN, int(AT.timestamp())))
    assert [line.name for line in note.signatures] == ["example.org/centre", "east.example/mirror"]


@pytest.mark.parametrize("sender", ["desk", "east"])
def test_a_statement_that_was_dropped_is_told_at_every_look_until_a_person_accepts_it(record, mirror, desk, sender):
    """Its sender's next statement names it; the keeper of the log's key writes that one past the centre's checks."""
    look(record, mirror)
    hand = author(record.log, {"desk": desk, "east": EAST}[sender])
    hand.say("report", {"side": "east", "dropped": "acknowledged to its sender, never logged"}, AT)
    gap = [(put(record.log, hand.say("report", {"side": "east", "next": 1}, AT)), "chain")]
    for turn in range(3):
        assert look(record, mirror, AT + turn * DAY)[1] == gap, "once, and still"
        with pytest.raises(NotCosigned, match=rf"entry {gap[0][0]}: chain: not the sender's statement"):
            mirror.cosign(OWN, int(AT.timestamp()))
    record.append([("report", {})], at=AT + 3 * DAY)
    mirror.close()
    with Mirror.open(mirror.folder) as mirror:
        assert look(record, mirror, AT + 3 * DAY)[1] == gap, "after more entries, and in a new process"
        (alarm,) = mirror.alarms.open()
        for number, by, reason in ((alarm.number, " ", "seen"), (alarm.number, "Anna", ""), (99, "Anna", "seen")):
            with pytest.raises(RecordError):
                mirror.alarms.accept(number, by, reason, AT)
        assert open_alarms(mirror.folder) == mirror.alarms.open() == [alarm]
        assert mirror.alarms.accept(alarm.number, "Anna", "the centre has told us", AT + 4 * DAY) == alarm
        assert look(record, mirror, AT + 4 * DAY)[1] == [] == open_alarms(mirror.folder), "it is not raised again"
        with pytest.raises(RecordError, match="no open alarm"):
            mirror.alarms.accept(alarm.number, "Anna", "again", AT)
        mirror.cosign(OWN, int(AT.timestamp()))
    assert [(fault.entry, fault.part) for fault in verify(record.log.folder).faults] == gap


def test_only_what_was_accepted_is_accepted(record, mirror, desk):
    hands = [author(record.log, desk), author(record.log, EAST)]
    for hand in hands:
        hand.say("report", {}, AT)
    numbers = [put(record.log, hand.say("report", {"side": "east"}, AT)) for hand in hands]
    assert look(record, mirror)[1] == [(number, "chain") for number in numbers]
    mirror.alarms.accept(mirror.alarms.open()[0].number, "Anna", "known", AT)
    with pytest.raises(NotCosigned, match=f"entry {numbers[1]}"):
        mirror.cosign(OWN, int(AT.timestamp()))
    assert look(record, mirror)[1] == [(numbers[1], "chain")]


def test_no_entry_is_kept_without_the_alarm_that_it_raises(record, mirror, desk, monkeypatch):
    look(record, mirror)
    hand = author(record.log, desk)
    hand.say("report", {}, AT)
    number = put(record.log, hand.say("report", {}, AT))
    with monkeypatch.context() as patched:
        patched.setattr(Alarms, "keep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))  # it dies here
        with pytest.raises(KeyboardInterrupt):
            look(record, mirror)
    assert look(record, mirror)[1] == [(number, "chain")]


# Time


@pytest.mark.parametrize(("before", "told"), [(2 * MINUTE, False), (2 * MINUTE + timedelta(microseconds=1), True)])
def test_an_entry_dated_before_a_look_that_did_not_see_it_is_back_dated(record, mirror, desk, before, told):
    """The mirror's own clock tells: what was not there at noon cannot have come at ten."""
    seen = AT + 60 * MINUTE
    assert look(record, mirror, seen)[1] == []
    number = put(record.log, say(record.log, desk, "report", {}), seen - before)
    put(record.log, say(record.log, desk, "report", {}), seen + MINUTE)
    expected = [(number, "back-dated")] if told else []
    assert look(record, mirror, seen + 2 * MINUTE)[1] == expected, "two minutes on the way are nothing"
    assert look(record, mirror, seen + DAY)[1] == expected
    assert verify(record.log.folder).faults == (), "by itself nobody can tell"


def test_a_back_dated_entry_is_found_although_the_mirror_died_when_it_had_fetched_it(record, mirror, desk, monkeypatch):
    look(record, mirror, AT + 60 * MINUTE)
    number = put(record.log, say(record.log, desk, "report", {}), AT + MINUTE)
    with monkeypatch.context() as patched:
        patched.setattr(Mirror, "_check_clock", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            look(record, mirror, AT + 70 * MINUTE)
    assert look(record, mirror, AT + 80 * MINUTE)[1] == [(number, "back-dated")]


@pytest.mark.parametrize(("ahead", "early", "told"), [
    (3, 0, False), (3.000001, 0, True), (60, 0, True), (60, 1, True), (0, 1, False), (0, 2, True), (-60, 2, False),
])  # fmt: skip
@pytest.mark.parametrize("stated", [True, False])
def test_a_clock_ahead_of_the_witnesses_is_told_although_one_of_them_is_wrong(
    record, mirror, desk, ahead, early, told, stated
):
    """*early* of four witnesses, of which the quorum bears one, say that they cosigned half a minute before."""
    if stated:
        submit(record, desk, "policy", {"text": encode_policy(POLICY).decode()})
    cosigned = AT + 60 * MINUTE
    number = put(record.log, say(record.log, desk, "report", {}), cosigned + timedelta(seconds=ahead))
    times = [(name, cosigned - 30 * SECOND * (place < early)) for place, name in enumerate(COSIGNERS)]
    cosign(record, cosigned, *times)
    expected = [(number, "clock")] if told else []
    for _ in range(2):
        assert look(record, mirror, cosigned, None if stated else POLICY)[1] == expected
    submit(record, desk, "report", {}, cosigned + DAY)
    assert look(record, mirror, cosigned + DAY, None if stated else POLICY)[1] == expected, "and it stays"


# The head


def test_a_head_that_too_few_or_nobody_cosigned_is_told_each_time_and_is_no_alarm(record, mirror, desk):
    submit(record, desk, "policy", {"text": encode_policy(POLICY).decode()})
    for names, told in (((), "no witness has confirmed"), (("w1", "w3"), "only w1, w3 confirmed")):
        cosign(record, AT, *names)
        for _ in range(2):
            (lacking,), alarms = look(record, mirror)
            assert f"{told} the log's head; the policy asks for more" in lacking and alarms == []
    cosign(record, AT, "w1", "w3", "w4")
    assert look(record, mirror) == ((), [])
    mirror.cosign(OWN, int(AT.timestamp()))


def test_a_head_that_is_too_old_is_told_each_time_and_is_no_alarm(record, mirror):
    early = AT + MINUTE  # although one of them says so
    cosign(record, AT, "w1", "w2", ("w3", early))
    for now, oldest, old in (
        (AT + DAY, DAY, False), (AT + DAY + SECOND, DAY, True), (AT + MINUTE, MINUTE, False),
        (AT + 2 * MINUTE, MINUTE, True),
    ):  # fmt: skip
        lacking, alarms = look(record, mirror, now, POLICY, oldest=oldest)
        assert [("is old: witnesses cosigned it" in one) for one in lacking] == [True] * old and alarms == []
    assert mirror.sync(folder_source(record.log.folder), AT, POLICY).cosigned == AT, "the second latest of three"
    assert look(record, mirror, AT + 9 * DAY)[0] == (), "without a policy nobody was asked to cosign"


def test_a_policy_given_is_asked_and_that_of_the_record_is_told_to_be_another(record, mirror, desk):
    number = submit(record, desk, "policy", {"text": "quorum none\n"})
    (lacking,), _ = look(record, mirror, AT, POLICY)
    assert "no witness has confirmed the log's head" in lacking
    assert [number] == [entry for entry, text in mirror.alarms.notes() if "policy is another one" in text]


# Public statements


def kept_back(record, number, data=None):
    """The log as a source that keeps back the body of public statement *number*, or serves *data* for it."""
    honest, path = folder_source(record.log.folder), f"statement/{record.log.leaf(number).envelope}"

    def source(asked):
        if asked == path:
            if isinstance(data, bytes):
                return data
            raise data or FileNotFoundError(path)
        return honest(asked)

    return source


def other_body(record, number):
    body, secret = record.secret(number)
    return encode_json({"body": body | {"side": "west"}, "secret": encode_base64(secret).decode()})


@pytest.mark.parametrize(("served", "says"), [
    ("nothing", "does not serve the body"), ("another", "not the one that the statement commits to"),
    ("noise", "not"), ("no object", "not the file of a public statement"),
])  # fmt: skip
def test_the_body_of_a_public_statement_that_cannot_be_had_is_an_alarm_and_moves_nothing(record, mirror, served, says):
    data = {"nothing": None, "another": other_body(record, 1), "noise": b"\xff", "no object": b"[]"}[served]
    expected = [(1, "public")]
    assert look(record, mirror, source=kept_back(record, 1, data))[1] == expected
    (alarm,) = mirror.alarms.open()
    assert says in alarm.says
    assert mirror.authority().key(EAST.verifier.digest.hex()) is None, "nothing is known of a key that nobody shows"
    assert mirror.authority().refused == {1: "its body is missing"}
    number = submit(record, EAST, "report", {"side": "east"})
    unknown = (number, "this report moves nothing: its sender's key is registered by no statement before it")
    assert look(record, mirror, source=kept_back(record, 1, data))[1] == expected
    assert unknown in mirror.alarms.notes()
    assert look(record, mirror)[1] == expected, "served at last, the alarm stays"
    assert mirror.authority().side(EAST.verifier.digest.hex()) == "east"
    assert unknown not in mirror.alarms.notes() and 1 not in mirror.authority().refused
    with pytest.raises(NotCosigned, match="entry 1: public"):
        mirror.cosign(OWN, int(AT.timestamp()))


def test_a_log_that_does_not_answer_for_a_while_raises_no_alarm(record, mirror):
    with pytest.raises(OSError, match="nobody answers"):
        look(record, mirror, source=kept_back(record, 1, OSError("nobody answers")))
    assert mirror.newest is None and mirror.alarms.open() == [], "nothing of it was kept"
    assert look(record, mirror) == ((), []) and mirror.authority().side(EAST.verifier.digest.hex()) == "east"


def test_whose_record_it_is_must_be_known(record, mirror):
    honest = folder_source(record.log.folder)

    def source(path):
        if path == "keys/founder.vkey":
            return f"{EAST.verifier}\n".encode()
        return honest(path)

    assert (0, "sender") in look(record, mirror, source=source)[1]


# Histories


def test_what_contradicts_what_was_signed_before_stays_an_alarm(record, mirror):
    record.log.publish()
    old = folder_source(record.log.folder)("checkpoint")
    record.append([("report", {"number": 1})], at=AT)
    look(record, mirror)
    honest = folder_source(record.log.folder)
    for _ in range(2):  # told each time, kept once
        with pytest.raises(Stale):
            mirror.sync(lambda path: old if path == "checkpoint" else honest(path), AT)
    record.append([("report", {"number": 2})], at=AT)
    record.log.publish()
    envelopes = "tile/envelopes/000.p/4"
    with pytest.raises((Damaged, ForkFound)):
        mirror.sync(lambda path: honest(path) if path != envelopes else honest(path)[:-1], AT)
    assert [alarm.part for alarm in mirror.alarms.open()] == ["stale", "damaged"]
    assert look(record, mirror)[1] == [(None, "stale"), (None, "damaged")], "although all is well again"
    with pytest.raises(NotCosigned):
        mirror.cosign(OWN, int(AT.timestamp()))


def test_an_entry_received_before_the_one_before_it_is_an_alarm_across_looks_too(record, mirror, desk):
    record.append([("report", {})], at=AT + MINUTE)
    look(record, mirror, AT)
    said = say(record.log, desk, "report", {})
    number = record.log.append(lambda _: [entry(said, AT)])[0]
    assert look(record, mirror, AT)[1] == [(number, "received")]
    assert record.entry(number).received == AT


def test_an_envelope_that_its_sender_did_not_sign_is_an_alarm(record, mirror):
    said = say(record.log, EAST, "report", {"side": "east"})
    forged = said.envelope[:-20] + (b"A" if said.envelope[-20:-19] != b"A" else b"B") + said.envelope[-19:]
    number = put(record.log, said._replace(envelope=forged))
    assert look(record, mirror)[1] == [(number, "envelope")]
    assert leaf_of(forged, encode_received(AT)).sender == EAST.verifier.digest.hex()


# Opened again


def test_a_mirror_opened_again_has_the_same_alarms_notes_and_authority(record, mirror, desk):
    look(record, mirror, AT)
    event = {"event": "register", "vkey": str(new_signer("e2.example/key").verifier), "role": "party", "side": "east"}
    waiting = submit(record, desk, "key-event", event)
    put(record.log, say(record.log, new_signer("stranger.example/key"), "report", {}))
    hand = author(record.log, desk)
    hand.say("report", {}, AT)
    put(record.log, hand.say("report", {}, AT))
    look(record, mirror, AT)
    before = mirror.alarms.open(), mirror.alarms.notes(), mirror.alarms.last_look(), mirror.newest
    authority = mirror.authority()
    assert len(before[0]) == 1 and len(before[1]) == 2 and authority.waiting.keys() == {waiting}
    mirror.close()
    with Mirror.open(mirror.folder) as mirror:
        assert (mirror.alarms.open(), mirror.alarms.notes(), mirror.alarms.last_look(), mirror.newest) == before
        again = mirror.authority()
        assert (again.holders, again.refused, again.notes) == (authority.holders, authority.refused, authority.notes)
        assert str(again.waiting[waiting]) == str(authority.waiting[waiting])
        submit(record, EAST, "endorsement", {"entry": waiting, "envelope": record.log.leaf(waiting).envelope})
        look(record, mirror, AT)
        assert mirror.authority().waiting == {}
        assert (waiting, "a further key for east: holds, endorsed by east") in mirror.alarms.notes()
