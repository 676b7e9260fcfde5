"""Who may say what: the table of kinds and roles, at the centre, for whoever verifies, and at a mirror; and the changes
of keys, charter and policy that hold only once the parties endorse them."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from saying import AT, author, certify, put, register, revoke, say, submit

from parley.record import Record, RecordError, Unfit, verify
from parley.record.formats.cosignature import Cosigner
from parley.record.formats.policy import NEUTRAL, Group, Policy, encode_policy
from parley.record.keys import DESK, load_signer, new_signer
from parley.record.outside.mirror import Mirror, folder_source
from parley.record.statements.kinds import PUBLIC, RULES

EAST, WEST, NORTH, ANNA, CLERK, OLD, STRANGER = (
    new_signer(f"{name}.example/key") for name in ("east", "west", "north", "anna", "clerk", "old", "stranger")
)
SHREDDING = {"kept a month": {"kinds": ["report"], "days": 30}}


def charter(record, parties=None, **more):
    """A charter of *parties*, each with its first key."""
    named = {"east": EAST, "west": WEST} if parties is None else parties
    keys = {side: {"keys": [str(signer.verifier)]} for side, signer in named.items()}
    desk = str(load_signer(record.log.folder, DESK).verifier)
    return {"title": "A centre", "desk": desk, "parties": keys, "shredding": SHREDDING, **more}


@pytest.fixture
def record(tmp_path):
    """A centre and two parties, each of which must endorse what needs it."""
    (tmp_path / "centre").mkdir()
    with Record.create(tmp_path / "centre", "example.org/centre") as record:
        record.append([("charter", charter(record)), ("report", {"number": 1})], at=AT)
        yield record


@pytest.fixture
def desk(record):
    return load_signer(record.log.folder, DESK)


def change(record, signer, event):
    """Say a key *event*; return its number."""
    return submit(record, signer, "key-event", event)


def endorse(record, number, *signers):
    """Let *signers* endorse entry *number*, as they saw it; return the last of these entries."""
    body = {"entry": number, "envelope": record.log.leaf(number).envelope}
    return [submit(record, signer, "endorsement", body) for signer in signers][-1]


def notes(record, number):
    """What `verify` notes of entry *number*; nothing is a fault."""
    record.log.publish()
    found = verify(record.log.folder)
    assert found.faults == ()
    return [text for entry, text in found.notes if entry == number]


def waits(record, number):
    """Whether *number* waits to be endorsed: for the centre, for whoever verifies, and for a mirror."""
    told = number in record.log.authority().waiting
    assert any("holds once" in text for text in notes(record, number)) == told
    base = record.log.folder.parent
    with Mirror.create(base / f"mirror {len(list(base.iterdir()))}", record.log.key) as mirror:
        mirror.sync(folder_source(record.log.folder), AT)
        assert (number in mirror.authority().waiting) == told and mirror.alarms.open() == []
        assert told or [text for entry, text in mirror.alarms.notes() if entry == number], "it is told afterwards"
    return told


def counts(record, signer, side):
    """Whether a report of *signer* for *side* is taken now; if not, it moves nothing where it is put in."""
    said = say(record.log, signer, "report", {"side": side})
    try:
        record.submit([said], AT)
    except Unfit:
        number = put(record.log, say(record.log, signer, "report", {"side": side}))
        assert record.entry(number).refused and notes(record, number)
        return False
    assert not record.entry(record.size - 1).refused
    return True


# The table, written down a second time: a new kind is a new row here too.

MAY = {
    "charter": "desk", "policy": "desk", "key-event": "desk, party", "endorsement": "party", "shred-notice": "desk",
    "terms-version": "desk", "input": "desk, party, person", "report": "desk, party, person",
    "withdrawal": "desk, party, person", "act": "desk, party, person", "established": "desk", "place": "desk",
    "source": "desk", "input-part": "desk, party, person", "judgement": "desk", "weighing": "desk",
    "review": "desk", "model-proposal": "desk", "publication": "desk", "release": "desk", "overdue": "desk",
    "receipt": "party", "fault-accepted": "desk, party",
}  # fmt: skip


def bodies(record, waiting):
    """A body of each kind that fits; *waiting* is an entry that waits for east."""
    return {
        **{kind: {"side": "east", "number": 1} for kind in RULES},
        "charter": charter(record) | {"title": "Another title"},
        "policy": {"text": "quorum none\n"},
        "key-event": certify(new_signer("boris.example/key")),
        "endorsement": {"entry": waiting, "envelope": record.log.leaf(waiting).envelope},
        "shred-notice": {"entries": [1], "reason": "asked"},
        "release": {"entry": 1, "fields": [], "files": [], "to": "A reader"},
        "overdue": {"cosigner": "w1", "size": 1},
        "receipt": {"entry": 1, "leaf": record.log.row(1).leaf_hash.hex()},
        "fault-accepted": {"alarm": 1, "part": "clock", "says": "late", "by": "Anna", "reason": "known"},
    }


SENDERS = {
    "desk": ("desk", None), "party": ("party", EAST), "person of a party": ("person", ANNA),
    "person of the desk": ("person", CLERK), "unknown": ("", STRANGER), "revoked": ("", OLD),
}  # fmt: skip


@pytest.fixture
def crowd(record, desk):
    """Everybody of `SENDERS` has a key, *old* no longer; a further key for west waits to be endorsed."""
    change(record, EAST, certify(ANNA))
    change(record, desk, certify(CLERK))
    change(record, EAST, register(OLD, "east"))
    change(record, OLD, revoke(OLD))
    return record, change(record, desk, register(NORTH, "west"))


def test_every_kind_has_a_row_in_the_table_and_in_this_one():
    assert {
        kind: ", ".join(role for role in ("desk", "party", "person") if role in rule.roles)
        for kind, rule in RULES.items()
    } == MAY
    assert {kind for kind, rule in RULES.items() if rule.whose} == {"input", "report", "withdrawal", "act"}


@pytest.mark.parametrize("sender", SENDERS)
def test_the_centre_takes_of_each_sender_what_its_role_may_say_and_nothing_else(crowd, desk, sender):
    record, waiting = crowd
    role, signer = SENDERS[sender]
    for kind, body in bodies(record, waiting).items():
        said, size = say(record.log, signer or desk, kind, body), record.size
        if role and role in MAY[kind]:
            (taken,) = record.submit([said], AT)
            assert not record.entry(taken.index).refused, kind
        else:
            with pytest.raises(Unfit):
                record.submit([said], AT)
            assert record.size == size, kind
    assert not any("moves nothing" in text for _, text in verify(record.log.folder).notes)


@pytest.mark.parametrize("sender", SENDERS)
def test_what_a_sender_may_not_say_moves_nothing_where_it_is_in_the_log_all_the_same(crowd, desk, tmp_path, sender):
    """The keeper of the log's key writes it past the centre's own checks."""
    record, waiting = crowd
    role, signer = SENDERS[sender]
    before = record.log.authority()
    held = dict(before.holders), before.charter, before.policy, dict(before.shredded), set(before.waiting)
    expected = {}
    for kind, body in bodies(record, waiting).items():
        number = put(record.log, say(record.log, signer or desk, kind, body))
        expected[number] = not (role and role in MAY[kind])
    assert {number: bool(record.entry(number).refused) for number in expected} == expected
    refused = {number for number, why in expected.items() if why}
    record.log.publish()
    found = verify(record.log.folder)
    assert {number for number, text in found.notes if "moves nothing" in text} == refused
    assert found.faults == ()
    with Mirror.create(tmp_path / "mirror", record.log.key) as mirror:
        mirror.sync(folder_source(record.log.folder), AT)
        assert mirror.alarms.open() == []
        assert {number for number, text in mirror.alarms.notes() if "moves nothing" in text} == refused
    if role in ("", "person"):
        after = record.log.authority()
        assert held == (after.holders, after.charter, after.policy, after.shredded, set(after.waiting)), "not moved"
    record.append([("report", {})], at=AT)


def test_a_kind_that_nobody_may_say_is_refused_from_the_desk_too(record, desk):
    with pytest.raises(Unfit, match="no statement is called 'heartbeat'"):
        record.append([("heartbeat", {})], at=AT)
    number = put(record.log, say(record.log, desk, "heartbeat", {}))
    assert record.entry(number).refused == "no statement is called 'heartbeat'"
    assert notes(record, number) == ["this heartbeat moves nothing: no statement is called 'heartbeat'"]


@pytest.mark.parametrize("kind", ["input", "report", "withdrawal"])
def test_a_party_and_its_persons_speak_for_their_own_side_alone(record, desk, kind):
    change(record, EAST, certify(ANNA))
    change(record, desk, certify(CLERK))
    others = [{"side": side} for side in ("west", "centre", "", ["east"], "East")]
    for signer in (EAST, ANNA):
        for body in others if kind == "input" else [*others, {}, {"side": None}]:  # an input need not say whose it is
            with pytest.raises(Unfit, match="a key of east speaks for east alone"):
                submit(record, signer, kind, body)
            number = put(record.log, say(record.log, signer, kind, body))
            assert record.entry(number).refused == "a key of east speaks for east alone"
            assert notes(record, number) == [f"this {kind} moves nothing: a key of east speaks for east alone"]
        for body in ({"side": "east"}, *([{}] if kind == "input" else [])):
            assert not record.entry(submit(record, signer, kind, body)).refused
    for signer in (desk, CLERK):
        for body in [*others, {}]:
            number = submit(record, signer, kind, body)
            assert (record.entry(number).refused, record.entry(number).side) == ("", "centre")


def test_an_entry_tells_whose_it_is(record):
    change(record, EAST, certify(ANNA))
    sides = [record.entry(submit(record, signer, "report", {"side": side})).side for signer, side in
             ((EAST, "east"), (ANNA, "east"), (WEST, "west"))]  # fmt: skip
    assert (sides, record.entry(1).side) == (["east", "east", "west"], "centre")
    assert record.entry(put(record.log, say(record.log, STRANGER, "report", {"side": "east"}))).side == ""


def test_a_charter_is_refused_whose_parties_rules_or_number_cannot_be(record, desk):
    right = charter(record)
    for wrong in (
        {"k": 0}, {"k": 3}, {"k": True}, {"k": "2"}, {"parties": []}, {"parties": {"centre": {"keys": []}}},
        {"parties": {"": {"keys": []}}}, {"parties": {"east": {}}}, {"parties": {"east": {"keys": ["none"]}}},
        {"parties": {"east": {"keys": [str(EAST.verifier)]}, "west": {"keys": [str(EAST.verifier)]}}},
        {"parties": {"east": {"keys": [], "more": 1}}}, {"shredding": {"all": {"kinds": ["report"], "days": -1}}},
        {"shredding": {"all": {"kinds": "report", "days": 1}}}, {"shredding": {"all": {"kinds": [1], "days": 1}}},
        {"desk": "none"},
    ):  # fmt: skip
        with pytest.raises(Unfit):
            record.append([("charter", right | wrong)], at=AT)
        number = put(record.log, say(record.log, desk, "charter", right | wrong))
        assert "not the body of a charter" in record.entry(number).refused
    assert record.log.authority().charter == right


# Keys


def test_the_next_key_of_whoever_has_one_counts_from_the_entry_after(record, desk):
    for signer, by, side in ((NORTH, EAST, "east"), (CLERK, desk, "centre")):
        role = "desk" if by is desk else "party"
        hand, event = author(record.log, signer), register(signer, side, role)
        early = hand.say("report", {"side": side}, AT)
        number = put(record.log, early)
        assert change(record, by, event) == number + 1
        assert record.entry(number).refused == "its sender's key is registered by no statement before it"
        assert not record.entry(put(record.log, hand.say("report", {"side": side}, AT))).refused
        with pytest.raises(Unfit, match="registered already"):
            change(record, by, event)


def test_nobody_registers_or_certifies_a_key_for_somebody_else(record, desk):
    with pytest.raises(Unfit, match="a key of east registers no key of west"):
        change(record, EAST, register(NORTH, "west"))
    with pytest.raises(Unfit, match="a key of east registers no key of centre"):
        change(record, EAST, register(NORTH, "centre", "desk"))
    with pytest.raises(Unfit, match="the log's key is the centre's"):
        change(record, EAST, {"event": "rotate", "vkey": str(NORTH.verifier)})
    for event in (
        register(NORTH, "north", "desk"), register(NORTH, "centre"), register(NORTH, "", "party"),
        register(NORTH, "north", "person"), register(NORTH, "north") | {"more": 1}, {"event": "born"}, {"event": []},
        certify(NORTH) | {"vkey": "none"}, certify(NORTH) | {"side": "west"},
    ):  # fmt: skip
        with pytest.raises(Unfit, match="not the body of a key-event"):
            change(record, desk, event)
    for known in (EAST, desk):
        with pytest.raises(Unfit, match="registered already"):
            change(record, EAST, certify(known))


def test_a_further_key_for_a_party_that_has_one_holds_once_all_parties_endorse_it(record, desk):
    number = change(record, desk, register(NORTH, "west"))
    assert waits(record, number) and not counts(record, NORTH, "west")
    assert notes(record, number) == ["a further key for west: holds once 2 of east, west endorse it; so far nobody"]
    endorse(record, number, EAST)
    assert waits(record, number) and not counts(record, NORTH, "west")
    assert notes(record, number)[0].endswith("so far east")
    early = put(record.log, say(record.log, NORTH, "report", {"side": "west"}))
    held = endorse(record, number, WEST)
    hand = author(record.log, NORTH)
    assert put(record.log, hand.say("report", {"side": "west"}, AT)) == held + 1
    assert not record.entry(held + 1).refused and record.entry(early).refused, "from the entry after, not before"
    assert not waits(record, number)
    assert notes(record, number) == ["a further key for west: holds, endorsed by east, west"]
    for signer in (EAST, WEST):
        with pytest.raises(Unfit, match="waits for no endorsement"):
            endorse(record, number, signer)


def test_an_endorsement_counts_once_a_party_and_only_of_what_it_names(record, desk):
    change(record, EAST, register(OLD, "east"))
    number = change(record, desk, register(NORTH, "west"))
    for body in (
        {"entry": number, "envelope": "0" * 64},
        {"entry": number, "envelope": record.log.leaf(number - 1).envelope},
        {"entry": 1, "envelope": record.log.leaf(1).envelope},
        {"entry": 99, "envelope": record.log.leaf(number).envelope},
    ):
        with pytest.raises(Unfit, match="waits for no endorsement"):
            submit(record, WEST, "endorsement", body)
        put(record.log, say(record.log, WEST, "endorsement", body))
    for body in ({"entry": -1, "envelope": ""}, {"entry": number}, {"entry": True, "envelope": ""}):
        with pytest.raises(Unfit, match="not the body of a endorsement"):
            submit(record, WEST, "endorsement", body)
    endorse(record, number, EAST, OLD, EAST)
    assert waits(record, number), "both keys are of one party"
    endorse(record, number, WEST)
    assert not waits(record, number)


def test_k_of_the_parties_are_enough_where_the_charter_says_so(tmp_path):
    with Record.create(tmp_path, "example.org/centre") as record:
        desk = load_signer(tmp_path, DESK)
        parties = {"east": EAST, "north": NORTH, "west": WEST}
        record.append([("charter", charter(record, parties, k=2))], at=AT)
        number = change(record, desk, register(OLD, "west"))
        endorse(record, number, NORTH)
        assert number in record.log.authority().waiting
        assert notes(record, number)[0].endswith("holds once 2 of east, north, west endorse it; so far north")
        endorse(record, number, EAST)
        assert number not in record.log.authority().waiting and counts(record, OLD, "west")
        with pytest.raises(Unfit, match="waits for no endorsement"):
            endorse(record, number, WEST)


def test_the_first_key_of_a_party_is_the_desks_to_register_and_everybody_is_told(tmp_path):
    with Record.create(tmp_path, "example.org/centre") as record:
        desk = load_signer(tmp_path, DESK)
        record.append([("charter", {"k": 0})], at=AT)
        number = record.register(EAST.verifier, AT, "east").index
        assert notes(record, number) == [f"the desk alone registered the first key of east: {EAST.verifier}"]
        assert counts(record, EAST, "east")
        number = change(record, desk, register(OLD, "east"))
        assert notes(record, number)[0].endswith("holds once 1 of east endorse it; so far nobody"), "no k is all"
        change(record, desk, register(WEST, "west"))
        number = change(record, desk, register(STRANGER, "west"))
        endorse(record, number, WEST)
        assert not counts(record, STRANGER, "west")
        endorse(record, number, EAST)
        assert counts(record, STRANGER, "west")


def test_a_key_for_a_party_that_the_charter_does_not_name_waits_too(record, desk):
    number = change(record, desk, register(NORTH, "north"))
    assert waits(record, number) and not counts(record, NORTH, "north")
    assert "which the charter does not name" in notes(record, number)[0]
    endorse(record, number, EAST, WEST)
    assert not waits(record, number) and counts(record, NORTH, "north")


def test_a_revoked_key_counts_up_to_the_entry_that_revokes_it(record, desk):
    change(record, EAST, certify(ANNA))
    change(record, EAST, register(OLD, "east"))
    for signer, by in ((ANNA, EAST), (OLD, OLD)):
        before = submit(record, signer, "report", {"side": "east"})
        number = change(record, by, revoke(signer))
        assert notes(record, number) == [f"revoke: the key {signer.verifier.name} (east): it got wet"]
        after = put(record.log, say(record.log, signer, "report", {"side": "east"}))
        assert (record.entry(before).refused, record.entry(number).refused) == ("", "")
        assert (after, record.entry(after).refused) == (number + 1, "its sender's key did not count any more")
        with pytest.raises(Unfit, match="no key that counts"):
            change(record, EAST, revoke(signer))
        with pytest.raises(Unfit, match="registered already"):
            change(record, EAST, certify(signer))


@pytest.mark.parametrize("by", ["desk", "west"])
def test_somebody_elses_key_is_revoked_once_the_parties_endorse_it(record, desk, by):
    change(record, EAST, register(OLD, "east"))
    signer = {"desk": desk, "west": WEST}[by]
    number = change(record, signer, revoke(OLD))
    assert waits(record, number) and counts(record, OLD, "east")
    endorse(record, number, *((EAST,) if by == "west" else (EAST, WEST)))
    assert not waits(record, number) and not counts(record, OLD, "east")


def test_a_key_that_was_revoked_before_a_revocation_is_endorsed_stays_revoked_from_then_on(record, desk):
    change(record, EAST, register(OLD, "east"))
    number = change(record, desk, revoke(OLD))
    change(record, EAST, revoke(OLD))
    between = put(record.log, say(record.log, OLD, "report", {"side": "east"}))
    assert record.entry(between).refused
    endorse(record, number, EAST, WEST)
    assert record.entry(between).refused, "what moved nothing then does not now"


def test_the_desks_only_key_is_not_revoked_without_a_next_one(record, desk):
    for event in (revoke(desk), revoke(desk, "lost"), revoke(desk, "lost", next=EAST), revoke(desk, "lost", next=desk)):
        with pytest.raises(Unfit, match=r"followed by a next one|registered already"):
            change(record, desk, event)
    put(record.log, say(record.log, desk, "key-event", revoke(desk)))
    change(record, desk, register(CLERK, "centre", "desk"))
    change(record, CLERK, revoke(desk))
    with pytest.raises(Unfit, match="did not count any more"):
        record.append([("report", {})], at=AT)
    with pytest.raises(Unfit, match="followed by a next one"):
        change(record, CLERK, revoke(CLERK))
    change(record, CLERK, revoke(CLERK, "lost", next=NORTH))
    assert counts(record, NORTH, "east") and not counts(record, CLERK, "east")


def test_where_the_desks_key_is_lost_the_parties_put_a_next_one_in_its_place(record, desk):
    number = change(record, EAST, revoke(desk, "lost", next=NORTH))
    assert waits(record, number)
    assert notes(record, number)[0].endswith("holds once 2 of east, west endorse it; so far east")
    record.append([("report", {})], at=AT)
    with pytest.raises(Unfit, match="proposed in place of a lost one"):  # whoever found the key hinders nothing
        change(record, desk, certify(NORTH))
    put(record.log, say(record.log, desk, "key-event", certify(NORTH)))
    assert not counts(record, NORTH, "centre")
    held = endorse(record, number, WEST)
    with pytest.raises(Unfit, match="did not count any more"):
        record.append([("report", {})], at=AT)
    assert record.size == held + 1 and not waits(record, number)
    told = notes(record, number)
    assert "lost: the key example.org/centre/desk (centre): it got wet" in told and len(told) == 2
    folder = record.log.folder
    record.close()
    (folder / "keys" / "desk.key").write_text(f"{NORTH.private_key()}\n")
    (folder / "keys" / "desk.vkey").write_text(f"{NORTH.verifier}\n")
    with Record.open(folder) as record:
        record.append([("report", {}), ("terms-version", {}), ("charter", charter(record) | {"title": "New"})], at=AT)
        assert record.log.authority().desk().key == NORTH.verifier
        assert not any(one.refused for one in record.entries(held + 1))
        stolen = put(record.log, say(record.log, desk, "terms-version", {}))
        assert record.entry(stolen).refused == "its sender's key did not count any more"


# Policy and charter


def policy_of(least, *names):
    keys = {name: (COSIGNERS[name].verifier, None) for name in names}
    return {"text": encode_policy(Policy(NEUTRAL, (), keys, {NEUTRAL: Group(least, names)})).decode()}


COSIGNERS = {name: Cosigner(f"{name}.example", Ed25519PrivateKey.generate()) for name in ("w1", "w2", "w3", "w4")}


def test_a_weaker_policy_holds_once_the_parties_endorse_it_and_another_at_once(record, desk):
    for strong in (policy_of(2, "w1", "w2", "w3"), policy_of(3, "w1", "w2", "w3"), policy_of(3, "w1", "w2", "w3")):
        submit(record, desk, "policy", strong)
        assert record.log.authority().policy_text == strong["text"]
    for weak in (policy_of(2, "w1", "w2", "w3"), policy_of(3, "w1", "w2", "w4"), {"text": "quorum none\n"}):
        number = submit(record, desk, "policy", weak)
        assert waits(record, number) and notes(record, number)[0].startswith("a weaker policy: holds once 2 of")
        endorse(record, number, WEST)
        assert record.log.authority().policy_text == strong["text"], "still"
        with pytest.raises(Unfit, match="the key of a desk may not make a endorsement"):
            endorse(record, number, desk)
    endorse(record, number, EAST)
    assert not waits(record, number) and record.log.authority().policy_text == weak["text"] == "quorum none\n"
    for wrong in ({"text": "quorum"}, {"text": "quorum none"}, {"text": 1}, {"text": ""}, {}):
        with pytest.raises(Unfit, match="not the body of a policy"):
            submit(record, desk, "policy", wrong)


@pytest.mark.parametrize("name", ["parties", "k", "shredding", "release"])
def test_a_charter_that_changes_what_the_parties_rest_on_waits_for_them(record, desk, name):
    before = charter(record)
    parties = charter(record, {"east": EAST, "west": WEST, "north": NORTH})["parties"]
    changed = {"parties": parties, "k": 1, "shredding": {}, "release": {"names": "asked"}}[name]
    submit(record, desk, "charter", before | {"title": "Another title"})
    assert record.log.authority().charter["title"] == "Another title", "this is the centre's own"
    number = submit(record, desk, "charter", before | {name: changed})
    assert waits(record, number) and notes(record, number)[0].startswith(f"a charter with other {name}: holds once 2")
    assert record.log.authority().charter.get(name) == before.get(name)
    endorse(record, number, EAST)
    assert waits(record, number) and not (name == "parties" and counts(record, NORTH, "north"))
    endorse(record, number, WEST)
    assert record.log.authority().charter[name] == changed and not waits(record, number)
    if name == "parties":
        assert counts(record, NORTH, "north")
    number = submit(record, desk, "charter", before)
    assert waits(record, number), "back again is a change too"
    needed = {"k": "1 of east, west", "parties": "3 of east, north, west"}.get(name, "2 of east, west")
    assert notes(record, number) == [f"a charter with other {name}: holds once {needed} endorse it; so far nobody"]


def test_that_a_log_goes_on_from_another_is_the_centres_word_until_the_parties_endorse_it(tmp_path):
    before = {"origin": "example.org/old", "key": str(NORTH.verifier), "size": 9, "root": "a" * 44}
    (tmp_path / "centre").mkdir()
    with Record.create(tmp_path / "centre", "example.org/centre") as record:
        for wrong in ({}, before | {"size": "9"}, before | {"more": 1}, "example.org/old"):
            with pytest.raises(Unfit, match="not the body of a charter"):
                record.append([("charter", charter(record, succeeds=wrong))], at=AT)
        record.append([("charter", charter(record, succeeds=before))], at=AT)
        says = "this log goes on from example.org/old, 9 entries with the root"
        assert waits(record, 0) and any(says in text and "holds once 2" in text for text in notes(record, 0))
        endorse(record, 0, EAST, WEST)
        assert not waits(record, 0)
        assert any(says in text and text.endswith("holds, endorsed by east, west") for text in notes(record, 0))


# Shredding


def test_a_shred_of_the_centres_own_statements_holds_at_once_and_that_of_a_partys_once_it_endorses(record, desk):
    change(record, EAST, certify(ANNA))
    change(record, desk, certify(CLERK))
    own = [1, submit(record, CLERK, "report", {})]
    east = [submit(record, signer, "report", {"side": "east"}) for signer in (EAST, ANNA)]
    west = submit(record, WEST, "report", {"side": "west"})
    record.shred(own, "asked", AT)
    assert [record.entry(number).body for number in own] == [None, None]
    for entries, parties, other in ((east[:1], [EAST], WEST), ([1, east[1], west], [EAST, WEST], None)):
        kept = [number for number in entries if number not in own]
        notice = record.shred(entries, "asked", AT).index
        assert waits(record, notice) and all(record.entry(number).body for number in kept)
        assert "a shred of a party's statements: holds once" in notes(record, notice)[0]
        if other:
            with pytest.raises(Unfit, match="does not wait for west"):
                endorse(record, notice, other)
        for party in parties:
            assert waits(record, notice)
            endorse(record, notice, party)
        assert not waits(record, notice) and [record.shredded()[number] for number in kept] == [notice] * len(kept)
        assert len(verify(record.log.folder).unfinished) == len(kept), "told until it is done"
        record.destroy()
        assert [record.entry(number).body for number in kept] == [None] * len(kept)
        assert verify(record.log.folder).unfinished == ()


def test_by_a_rule_of_the_charter_a_partys_old_statements_are_shredded_at_once(record, desk):
    report = submit(record, EAST, "report", {"side": "east"})
    withdrawal = submit(record, EAST, "withdrawal", {"side": "east"})
    month = AT + timedelta(days=30)
    early = record.shred([report], "old", month - timedelta(microseconds=1), rule="kept a month").index
    assert waits(record, early), "a microsecond too soon"
    other = record.shred([report, withdrawal], "old", month, rule="kept a month").index
    assert waits(record, other), "the rule is not for withdrawals"
    ruleless = record.shred([report], "old", month).index
    assert waits(record, ruleless), "no rule was named"
    assert record.entry(report).body and record.shredded() == {}
    with pytest.raises(Unfit, match="no rule 'for ever'"):
        record.shred([report], "old", month, rule="for ever")
    notice = record.shred([1, report], "old", month, rule="kept a month").index
    record.shred([1], "again", month)
    assert record.shredded() == {1: notice, report: notice}, "by the first notice that held"
    assert record.entry(report).body is None
    assert verify(record.log.folder).faults == () == verify(record.log.folder).unfinished


def test_a_rule_of_more_days_than_a_calendar_has_covers_nothing_and_harms_nobody(record, desk):
    rule = {"never": {"kinds": ["report"], "days": 10**15}}
    endorse(record, submit(record, desk, "charter", charter(record) | {"shredding": rule}), EAST, WEST)
    report = submit(record, EAST, "report", {"side": "east"})
    assert waits(record, record.shred([report], "old", AT + timedelta(days=900), rule="never").index)


def test_public_statements_and_those_that_are_not_there_are_never_shredded(record, desk):
    change(record, EAST, certify(ANNA))
    for entries in ([0], [1, 2], [99]):
        with pytest.raises(Unfit, match="it is not there, or public"):
            record.shred(entries, "asked", AT)
    for entries in ([0], [1, 2], [5], [8], [99]):  # among them the notice itself, and what comes after it
        put(record.log, say(record.log, desk, "shred-notice", {"entries": entries, "reason": "asked"}))
    put(record.log, say(record.log, desk, "report", {}))
    put(record.log, say(record.log, desk, "report", {}))
    record.close()
    record = Record.open(record.log.folder)  # which reads it all at once
    assert [bool(entry.refused) for entry in record.entries(3)] == [True] * 5 + [False] * 2
    assert record.shredded() == {}
    for body in (
        {"entries": []}, {"entries": [2, 1]}, {"entries": [1, 1]}, {"entries": ["1"]}, {"entries": [True]},
        {"entries": [1], "files": ["0" * 64]},  # it is public: the digest of a file would tell who has the file
    ):  # fmt: skip
        with pytest.raises(Unfit, match="not the body of a shred-notice"):
            submit(record, desk, "shred-notice", body | {"reason": "asked"})
    record.destroy()
    assert all(record.entry(number).body for number in (0, 1, 2))
    record.close()


def test_a_notice_that_does_not_hold_excuses_no_missing_body(record, desk):
    report = submit(record, EAST, "report", {"side": "east"})
    notice = record.shred([report], "asked", AT).index
    with record.log.store.writing():
        record.log.store.shred([report])
    assert [(fault.entry, fault.part) for fault in verify(record.log.folder).faults] == [(report, "body")]
    endorse(record, notice, EAST)
    assert verify(record.log.folder).faults == ()


def test_a_public_statement_that_is_gone_is_a_fault_and_changes_nothing_for_anybody(record, desk, tmp_path):
    number = change(record, EAST, certify(ANNA))
    with record.log.store.writing():
        record.log.store.shred([number])
    assert [(fault.entry, fault.part) for fault in verify(record.log.folder).faults] == [(number, "body")]
    record.close()
    with Record.open(tmp_path / "centre") as record, pytest.raises(RecordError):
        submit(record, ANNA, "report", {"side": "east"})


def test_every_public_kind_has_a_form_that_noise_does_not_fit(record, desk):
    for kind in PUBLIC:
        for body in ({"more": 1}, {"event": 1}, {"entries": {}}, {"text": None}, {"parties": 1}, {"shredding": []}):
            if kind == "charter" and body in ({"more": 1}, {"event": 1}, {"entries": {}}, {"text": None}):
                continue  # a charter says whatever else it likes
            signer = EAST if kind == "endorsement" else desk
            with pytest.raises(Unfit, match="not the body of"):
                submit(record, signer, kind, body)
            assert record.entry(put(record.log, say(record.log, signer, kind, body))).refused
    assert record.log.authority().charter == charter(record)
