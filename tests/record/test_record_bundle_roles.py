"""Bundles show by the log's own public statements who may have said what; their verifier follows these by itself."""

import json
from collections import Counter
from random import Random

import pytest
import rfc8785
from saying import AT, author, certify, place, put, register, revoke, say, submit
from test_record_authority_laws import FIRST, KEYS, spoken

from parley.record import Record
from parley.record.errors import RecordError
from parley.record.formats.canonical import encode_base64
from parley.record.formats.note import encode_vkey
from parley.record.formats.tlog_proof import encode_tlog_proof
from parley.record.handed import verify_bundle
from parley.record.handed.bundle import make_bundle
from parley.record.keys import DESK, load_signer, new_signer
from parley.record.statements.author import Author, Said
from parley.record.statements.authority import Authority
from parley.record.statements.check import Place
from parley.record.statements.kinds import CHARTER, ENDORSEMENT, KEY_EVENT, PUBLIC, RULES
from parley.record.statements.statement import encode_received, leaf_of

EAST, WEST, NORTH, SOUTH, ANNA, NEXT, OTHER, STRANGER = (
    new_signer(f"{name}.example/key") for name in ("east", "west", "north", "south", "anna", "next", "other", "nobody")
)
REPORT = {"side": "east", "number": 1}
NOT_COUNTED = (
    "keys/events.json: by the log's key events that it shows, the sender's key did not count for this statement"
)


def test_the_verifiers_table_is_that_of_the_record():
    assert verify_bundle.ROLES.keys() == RULES.keys()
    for kind, rule in RULES.items():
        assert set(verify_bundle.ROLES[kind]) == rule.roles, kind
        assert len(verify_bundle.ROLES[kind]) == len(rule.roles), kind


def charter(desk, parties=None, **more):
    """A charter of *parties*, each with its first key."""
    named = {"east": EAST, "west": WEST} if parties is None else parties
    keys = {side: {"keys": [str(signer.verifier)]} for side, signer in named.items()}
    return {"title": "A centre", "desk": str(desk.verifier), "parties": keys, **more}


@pytest.fixture
def record(tmp_path):
    """A centre and two parties, both of which must endorse what needs it."""
    with Record.create(tmp_path, "example.org/centre") as record:
        record.append([("charter", charter(load_signer(tmp_path, DESK)))], at=AT)
        yield record


@pytest.fixture
def desk(record):
    return load_signer(record.log.folder, DESK)


def event(record, signer, body):
    """Say a key event; return its number."""
    return submit(record, signer, "key-event", body)


def endorse(record, number, *signers, **other):
    """Put in that *signers* endorse entry *number*, as they saw it."""
    body = {"entry": number, "envelope": record.log.leaf(number).envelope} | other
    return [put(record.log, say(record.log, signer, "endorsement", body)) for signer in signers]


def files_of(record, index, signer):
    """The files of the bundle of entry *index*, said by *signer*, whether or not it verifies."""
    record.log.publish()
    files = {"policy": f"log {record.log.key}\nquorum none\n".encode(), "keys/log.vkey": f"{record.log.key}\n".encode()}
    row = record.log.row(index)
    events = []
    for shown in record.log.rows(kinds=(CHARTER, KEY_EVENT, ENDORSEMENT)):
        body, secret = record.secret(shown.number)
        proof = [encode_base64(one).decode() for one in record.inclusion_proof(shown.number)]
        events.append({
            "body": body, "envelope": shown.envelope.decode(), "index": shown.number, "leaf": shown.leaf.decode(),
            "proof": proof, "secret": encode_base64(secret).decode(),
        })  # fmt: skip
    return files | {
        "statement.json": row.envelope,
        "leaf.json": row.leaf,
        "proof.tlog-proof": encode_tlog_proof(record.tlog_proof(index)),
        "keys/sender.vkey": f"{signer.verifier}\n".encode(),
        "keys/events.json": rfc8785.dumps(events),
    }


def judged(record, files):
    found = verify_bundle.judge(files, verify_bundle.read_known(record.verifier_key(), None, None))
    assert (found.word == "changed") == (found.wrong is not None)
    return found


def role_in(found):
    """The role and side that a verdict tells, or what is wrong."""
    return found.wrong or next(line for line in found.holds if line.startswith("in the role ")).split(",")[0][12:]


def told(record, index, signer):
    """What the verifier says of entry *index*; `make_bundle` makes a bundle if and only if it proves it."""
    found = judged(record, files_of(record, index, signer))
    try:
        made = make_bundle(record, index, [], {})
    except RecordError as error:
        assert found.wrong is not None, error
    else:
        path = record.log.folder / "made.zip"
        path.write_bytes(made)
        again = verify_bundle.verify_bundle(path, record.verifier_key())
        assert (again.word, again.holds) == ("proved", found.holds)
    return role_in(found)


def says(record, signer, kind="report", body=REPORT):
    """Put in a statement of *signer* past all checks; return what the verifier says of it."""
    return told(record, put(record.log, say(record.log, signer, kind, body)), signer)


# Who has which role


def test_a_party_named_by_the_charter_and_one_registered_by_the_desk_speak_in_their_roles(record, desk):
    assert says(record, EAST) == "party of east"
    assert says(record, desk) == "desk of centre"
    record.append([("charter", charter(desk, {}))], at=AT)  # waits for ever: the parties do not endorse it
    assert says(record, WEST) == "party of west"
    assert event(record, EAST, register(NORTH, "east")) and says(record, NORTH) == "party of east"


def test_the_desk_registers_the_first_key_of_a_party_where_the_charter_names_none(tmp_path):
    with Record.create(tmp_path, "example.org/centre") as record:
        desk = load_signer(tmp_path, DESK)
        record.append([("charter", charter(desk, {}))], at=AT)
        assert says(record, NORTH) == NOT_COUNTED
        for side in ("", "a\nb", "centre"):
            put(record.log, say(record.log, desk, "key-event", register(NORTH, side)))
        assert says(record, NORTH) == NOT_COUNTED, "no such side can be"
        record.register(NORTH.verifier, AT, "north")
        assert says(record, NORTH) == "party of north"
        event(record, desk, register(NEXT, "centre", "desk"))
        assert says(record, NEXT) == "desk of centre"


def test_a_person_is_certified_by_a_party_or_by_the_desk(record, desk):
    event(record, EAST, certify(ANNA))
    event(record, desk, certify(OTHER))
    assert says(record, ANNA) == "person of east"
    assert says(record, OTHER, "input") == "person of centre"
    put(record.log, say(record.log, ANNA, "key-event", certify(NEXT)))
    assert says(record, NEXT) == NOT_COUNTED, "a person certifies nobody"


def test_what_a_role_may_not_make_is_refused_kind_by_kind(record, desk):
    event(record, EAST, certify(ANNA))
    for role, signer, side in (("desk", desk, "centre"), ("party", EAST, "east"), ("person", ANNA, "east")):
        for kind, rule in RULES.items():
            if kind not in PUBLIC:
                said = says(record, signer, kind)
                refused = f"statement.json: the key of a {role} may not make a {kind}"
                assert said == (f"{role} of {side}" if role in rule.roles else refused)
    for signer, kind in ((EAST, "charter"), (ANNA, "key-event"), (desk, "endorsement")):
        assert "may not make a" in says(record, signer, kind, {"title": "x"})


def test_a_key_counts_from_the_entry_after_it_was_registered_until_the_entry_of_its_revocation(record, desk):
    before = put(record.log, say(record.log, NORTH, "report", REPORT))
    number = event(record, EAST, register(NORTH, "east"))
    after = put(record.log, say(record.log, NORTH, "report", REPORT))
    last = put(record.log, say(record.log, NORTH, "report", REPORT))
    gone = event(record, EAST, revoke(NORTH))
    later = put(record.log, say(record.log, NORTH, "report", REPORT))
    assert [number, after, last, gone, later] == list(range(before + 1, before + 6))
    assert [told(record, one, NORTH) for one in (before, after, last, later)] == [
        NOT_COUNTED, "party of east", "party of east", NOT_COUNTED,
    ]  # fmt: skip
    for wrong in (number, gone):  # a statement of its own at these entries cannot be: they are others'
        assert told(record, wrong, EAST) == "party of east"


def test_a_key_makes_the_statement_that_gives_it_away_and_not_the_one_that_gives_it(record):
    """At the very entries: `since` is the entry after the one that registers, `until` the entry after the one that
    revokes."""
    event(record, EAST, register(NORTH, "east"))
    gone = event(record, NORTH, revoke(NORTH))
    assert told(record, gone, NORTH) == "party of east"
    assert says(record, NORTH) == NOT_COUNTED


def test_a_key_that_was_revoked_once_is_not_revoked_again_nor_registered_again(record):
    event(record, EAST, register(NORTH, "east"))
    event(record, EAST, revoke(NORTH))
    put(record.log, say(record.log, EAST, "key-event", revoke(NORTH)))
    put(record.log, say(record.log, EAST, "key-event", register(NORTH, "east")))
    assert says(record, NORTH) == NOT_COUNTED
    between = put(record.log, say(record.log, NORTH, "report", REPORT))
    put(record.log, say(record.log, EAST, "key-event", revoke(NORTH)))
    put(record.log, say(record.log, EAST, "key-event", revoke(NORTH, "lost", next=NEXT)))
    assert told(record, between, NORTH) == NOT_COUNTED
    assert says(record, NEXT) == NOT_COUNTED, "nothing follows a key that does not count"
    put(record.log, say(record.log, EAST, "key-event", register(NEXT, "east")))
    assert says(record, NEXT) == "party of east"
    put(record.log, say(record.log, WEST, "key-event", revoke(WEST, "lost", next=NEXT)))
    assert says(record, WEST) == "party of west", "its next key is another's already, so it was not taken back"


# What needs endorsements


def test_a_further_key_of_a_party_needs_as_many_parties_as_the_charter_says(record, desk):
    number = event(record, desk, register(NORTH, "east"))
    assert says(record, NORTH) == NOT_COUNTED
    endorse(record, number, EAST, EAST)
    assert says(record, NORTH) == NOT_COUNTED, "the same party twice"
    endorse(record, number, WEST, envelope="0" * 64)
    endorse(record, number, WEST, envelope=record.log.leaf(0).envelope)
    endorse(record, number, WEST, entry=0)
    endorse(record, number, WEST, more=1)
    endorse(record, number, WEST, entry=float(number) + 0.5)
    endorse(record, number, desk, STRANGER)
    assert says(record, NORTH) == NOT_COUNTED, "not what stands there, or not of a party"
    before = put(record.log, say(record.log, NORTH, "report", REPORT))
    (held,) = endorse(record, number, WEST)
    assert says(record, NORTH) == "party of east"
    assert told(record, before, NORTH) == NOT_COUNTED
    assert held > before and told(record, held, WEST) == "party of west"


@pytest.mark.parametrize("k", [1, 2, 3])
def test_k_of_three_parties_are_enough(tmp_path, k):
    with Record.create(tmp_path, "example.org/centre") as record:
        desk = load_signer(tmp_path, DESK)
        parties = {"east": EAST, "west": WEST, "north": NORTH}
        record.append([("charter", charter(desk, parties, k=k))], at=AT)
        number = event(record, desk, register(SOUTH, "west"))
        for count, party in enumerate((NORTH, EAST, WEST), 1):
            assert says(record, SOUTH) == ("party of west" if count > k else NOT_COUNTED)
            endorse(record, number, party)
        assert says(record, SOUTH) == "party of west"


@pytest.mark.parametrize("more", [{}, {"k": 0}])
def test_without_a_k_all_parties_that_have_a_key_are_asked(tmp_path, more):
    """Also those that no charter names; a k of 0, which a charter without parties may have, says nothing."""
    with Record.create(tmp_path, "example.org/centre") as record:
        desk = load_signer(tmp_path, DESK)
        record.append([("charter", charter(desk, {}, **more))], at=AT)
        event(record, desk, register(EAST, "east"))
        event(record, desk, register(WEST, "west"))
        number = event(record, desk, register(NORTH, "east"))
        assert says(record, NORTH) == NOT_COUNTED
        endorse(record, number, EAST)
        assert says(record, NORTH) == NOT_COUNTED
        endorse(record, number, WEST)
        assert says(record, NORTH) == "party of east"


def test_how_many_are_asked_is_settled_when_the_change_is_said(record, desk):
    """Neither a later charter that asks for fewer, nor a party that came later, counts for it."""
    number = event(record, desk, register(OTHER, "west"))
    weaker = submit(record, desk, "charter", charter(desk, k=1))
    endorse(record, weaker, EAST, WEST)
    (first,) = endorse(record, number, EAST)
    assert says(record, OTHER) == NOT_COUNTED
    other = event(record, desk, register(NORTH, "north"))
    endorse(record, other, WEST)
    assert says(record, NORTH) == "party of north", "now one is enough"
    endorse(record, number, NORTH)
    assert says(record, OTHER) == NOT_COUNTED, "it waits for east and west, and north was none when it was said"
    endorse(record, number, WEST)
    assert says(record, OTHER) == "party of west" and first


def test_a_charter_that_changes_parties_holds_once_they_endorsed_it(record, desk):
    named = {"east": EAST, "west": WEST, "north": NORTH}
    number = submit(record, desk, "charter", charter(desk, named))
    assert says(record, NORTH) == NOT_COUNTED
    endorse(record, number, EAST)
    assert says(record, NORTH) == NOT_COUNTED
    endorse(record, number, WEST)
    assert says(record, NORTH) == "party of north"
    submit(record, desk, "charter", charter(desk, named) | {"title": "Another"})
    number = event(record, desk, register(SOUTH, "north"))
    endorse(record, number, EAST, WEST)
    assert says(record, SOUTH) == NOT_COUNTED, "three parties are asked now"


def test_a_charter_that_held_once_is_not_brought_back_by_a_late_endorsement(tmp_path):
    with Record.create(tmp_path, "example.org/centre") as record:
        desk = load_signer(tmp_path, DESK)
        parties = {"east": EAST, "west": WEST, "north": NORTH}
        record.append([("charter", charter(desk, parties, k=2))], at=AT)
        weak = submit(record, desk, "charter", charter(desk, parties, k=1))
        endorse(record, weak, EAST, WEST)
        strong = submit(record, desk, "charter", charter(desk, parties, k=3))
        endorse(record, strong, EAST)
        endorse(record, weak, NORTH)
        number = event(record, desk, register(SOUTH, "east"))
        endorse(record, number, EAST, WEST)
        assert says(record, SOUTH) == NOT_COUNTED
        endorse(record, number, NORTH)
        assert says(record, SOUTH) == "party of east"


@pytest.mark.parametrize("more", [{}, {"shredding": {}}, {"release": {}}, {"title": "Another"}])
def test_a_charter_with_another_k_waits_as_one_with_other_parties_does(record, desk, more):
    submit(record, desk, "charter", charter(desk) | more)
    number = submit(record, desk, "charter", charter(desk, k=1) | more)
    other = event(record, desk, register(NORTH, "east"))
    endorse(record, other, EAST)
    assert says(record, NORTH) == NOT_COUNTED
    endorse(record, number, EAST, WEST)
    other = event(record, desk, register(SOUTH, "east"))
    endorse(record, other, EAST)
    assert says(record, SOUTH) == "party of east"


def test_the_desks_next_key_after_a_loss_is_endorsed_by_k_parties(record, desk):
    number = event(record, EAST, revoke(desk, "lost", next=NEXT))
    assert says(record, NEXT) == NOT_COUNTED and says(record, desk) == "desk of centre"
    put(record.log, say(record.log, desk, "key-event", certify(NEXT)))
    put(record.log, say(record.log, desk, "key-event", register(NEXT, "centre", "desk")))
    assert says(record, NEXT) == NOT_COUNTED, "who found the lost key cannot take the next one for something less"
    endorse(record, number, EAST)
    assert says(record, NEXT) == NOT_COUNTED, "east has said so already"
    endorse(record, number, WEST)
    assert says(record, NEXT) == "desk of centre"
    assert says(record, desk) == NOT_COUNTED


def test_the_desks_only_key_is_not_revoked_without_a_next_one(record, desk):
    put(record.log, say(record.log, desk, "key-event", revoke(desk)))
    number = put(record.log, say(record.log, EAST, "key-event", revoke(desk, "lost")))
    endorse(record, number, WEST)
    assert says(record, desk) == "desk of centre"
    event(record, desk, register(NEXT, "centre", "desk"))
    endorse(record, number, WEST)
    assert says(record, desk) == NOT_COUNTED, "now there is another, and what waited holds"
    assert says(record, NEXT) == "desk of centre"


def test_a_party_neither_registers_nor_revokes_keys_of_another_alone(record, desk):
    put(record.log, say(record.log, EAST, "key-event", register(NORTH, "west")))
    put(record.log, say(record.log, EAST, "key-event", register(NEXT, "centre", "desk")))
    assert says(record, NORTH) == says(record, NEXT) == NOT_COUNTED
    number = event(record, EAST, revoke(WEST))
    assert says(record, WEST) == "party of west"
    endorse(record, number, WEST)
    assert says(record, WEST) == NOT_COUNTED


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body | {"more": "x"}, lambda body: body | {"role": "person"}, lambda body: body | {"role": "desk"},
        lambda body: body | {"side": ""}, lambda body: body | {"side": "a\nb"}, lambda body: body | {"side": 1},
        lambda body: body | {"side": "centre"}, lambda body: body | {"event": "Register"},
        lambda body: body | {"event": ["register"]}, lambda body: body | {"event": {}}, lambda body: {},
        lambda body: body | {"vkey": body["vkey"] + "\n"}, lambda body: body | {"vkey": [body["vkey"]]},
        lambda body: body | {"vkey": body["vkey"][:-4]}, lambda body: body | {"vkey": ""},
        lambda body: body | {"recipient": 1}, lambda body: body | {"handles": None},
        lambda body: {name: value for name, value in body.items() if name != "role"},
        lambda body: {name: value for name, value in body.items() if name != "event"},
    ],
)  # fmt: skip
def test_a_key_event_of_another_form_changes_nothing(record, spoil):
    put(record.log, say(record.log, EAST, "key-event", spoil(register(NORTH, "east"))))
    assert says(record, NORTH) == NOT_COUNTED
    assert says(record, EAST) == "party of east"
    put(record.log, say(record.log, EAST, "key-event", register(NORTH, "east") | {"recipient": "x", "handles": "y"}))
    assert says(record, NORTH) == "party of east"


@pytest.mark.parametrize(
    "spoil",
    [
        {"k": 0, "parties": {"east": {"keys": [str(SOUTH.verifier)]}}},
        {"k": 0}, {"k": 3}, {"k": True}, {"k": "1"}, {"k": None}, {"parties": None}, {"parties": []}, {"desk": 1},
        {"desk": ""}, {"parties": {"east": []}}, {"parties": {"east": {"keys": "x"}}}, {"shredding": []},
        {"parties": {"east": {"keys": [1]}}}, {"parties": {"east": {"keys": [], "more": 1}}}, {"succeeds": {}},
        {"parties": {"centre": {"keys": []}}}, {"parties": {"": {"keys": []}}}, {"parties": {"a\n": {"keys": []}}},
        {"parties": {side: {"keys": [str(NORTH.verifier)]} for side in ("east", "west")}}, {"shredding": {"old": {}}},
        {"shredding": {"old": {"kinds": ["report"], "days": -1}}}, {"shredding": {"old": {"kinds": [1], "days": 1}}},
        {"shredding": {"old": {"kinds": [], "days": 1.5}}}, {"succeeds": 1}, {"parties": {"east": {"names": []}}},
    ],
)  # fmt: skip
def test_a_charter_of_another_form_changes_nothing_even_endorsed(record, desk, spoil):
    number = put(record.log, say(record.log, desk, "charter", charter(desk, k=1) | spoil))
    endorse(record, number, EAST, WEST)
    other = event(record, desk, register(SOUTH, "east"))
    endorse(record, other, EAST)
    assert says(record, SOUTH) == NOT_COUNTED, "two parties are asked still"
    endorse(record, other, WEST)
    assert says(record, SOUTH) == "party of east"


def test_a_key_of_small_order_or_with_a_name_that_cannot_be_printed_is_nobodys(record):
    for name, public in (("x.example", bytes([1]) + bytes(31)), ("x\u200e.example", NORTH.verifier.public)):
        body = register(NORTH, "east") | {"vkey": encode_vkey(name, 1, public)}
        put(record.log, say(record.log, EAST, "key-event", body))
    assert len(record.log.authority().holders) == 3
    files = files_of(record, 0, load_signer(record.log.folder, DESK))
    note = verify_bundle.read_proof(files["proof.tlog-proof"])[2]
    assert len(verify_bundle.follow(verify_bundle.read_events(files["keys/events.json"], note), record.log.id)) == 3


# What is done to the statements shown


@pytest.fixture
def shown(record, desk):
    """The files of a bundle of north, whose key the parties endorsed, and its statements about keys."""
    number = event(record, desk, register(NORTH, "east"))
    endorse(record, number, EAST, WEST)
    files = files_of(record, put(record.log, say(record.log, NORTH, "report", REPORT)), NORTH)
    assert role_in(judged(record, files)) == "party of east"
    return files, json.loads(files["keys/events.json"])


def with_events(record, files, events):
    return judged(record, files | {"keys/events.json": rfc8785.dumps(events)}).wrong


def test_any_statement_that_is_left_out_leaves_the_key_without_a_role(record, shown):
    files, events = shown
    assert [json.loads(one["leaf"])["kind"] for one in events] == ["charter", "key-event", "endorsement", "endorsement"]
    for gone in range(len(events)):
        assert with_events(record, files, events[:gone] + events[gone + 1 :]) == NOT_COUNTED
    assert with_events(record, files, []) == NOT_COUNTED
    without = {name: data for name, data in files.items() if name != "keys/events.json"}
    found = judged(record, without)
    assert found.wrong == "keys/events.json: the bundle does not show who gave the sender its key"


def test_statements_out_of_order_or_twice_are_refused(record, shown):
    files, events = shown
    first, second, *rest = events
    for order in ([second, first, *rest], [first, first, second, *rest], events[::-1], [*events, events[-1]]):
        assert with_events(record, files, order) == "keys/events.json: the statements about keys are not in their order"


def test_a_statement_that_is_changed_is_refused(record, shown):
    files, events = shown
    first, second = events[:2]
    hashes = second["proof"]
    for change, said in (
        ({"body": second["body"] | {"side": "west"}}, "does not commit to its body"),
        ({"body": second["body"] | {"more": "x"}}, "does not commit to its body"),
        ({"body": {}}, "does not commit to its body"),
        ({"secret": first["secret"]}, "does not commit to its body"),
        ({"secret": encode_base64(bytes(31)).decode()}, "not a hash"),
        ({"proof": hashes[::-1]}, "is not in the log"),
        ({"proof": hashes[:-1]}, "is not in the log"),
        ({"proof": [*hashes, hashes[0]]}, "is not in the log"),
        ({"proof": hashes * 63}, "not shown as it must be"),
        ({"proof": dict.fromkeys(hashes, 1)}, "not shown as it must be"),
        ({"index": 2}, "is not in the log"),
        ({"index": 2**53 - 1}, "is not in the log"),
        ({"envelope": first["envelope"]}, "does not commit to the statement"),
        ({"leaf": first["leaf"]}, "does not commit to the statement"),
        ({"envelope": first["envelope"], "leaf": first["leaf"]}, "is not in the log"),
    ):
        wrong = with_events(record, files, [first, second | change, *events[2:]])
        assert wrong is not None and wrong.startswith("keys/events.json: ") and said in wrong, (change, wrong)


def test_statements_of_another_log_are_not_in_this_one(record, shown, tmp_path):
    files, events = shown
    (tmp_path / "other").mkdir()
    with Record.create(tmp_path / "other", "example.org/centre") as other:
        desk = load_signer(other.log.folder, DESK)
        other.append([("charter", charter(desk, {"east": NORTH}))], at=AT)
        foreign = json.loads(files_of(other, 0, desk)["keys/events.json"])
    assert with_events(record, files, foreign) == "keys/events.json: entry 0 is not in the log"
    assert with_events(record, files, [events[0], foreign[0] | {"index": 1}]).endswith("entry 1 is not in the log")


def test_a_statement_made_for_another_log_changes_nothing_in_this_one(record):
    hand = Author(EAST, "a" * 64, place(record.log, EAST))
    put(record.log, hand.say("key-event", register(NORTH, "east"), AT))
    assert says(record, NORTH) == NOT_COUNTED


def test_a_statement_about_keys_that_its_sender_did_not_sign_is_refused(record, desk):
    """The keeper of the log's key writes one in the name of east."""
    said = Author(STRANGER, record.log.id, place(record.log, EAST)).say("key-event", register(NORTH, "east"), AT)
    envelope = said.envelope.replace(STRANGER.verifier.digest.hex().encode(), EAST.verifier.digest.hex().encode())
    put(record.log, Said(envelope, said.body, said.secret))
    wrong = "keys/events.json: the sender's signature does not verify"
    assert says(record, NORTH) == says(record, desk) == wrong


def test_entry_0_that_names_no_desk_or_another_one_gives_nobody_a_role(tmp_path):
    wrong = "keys/events.json: entry 0 is no charter that names the key that signed it as the desk's"
    for kind in ("key-event", "policy", "report"):
        (tmp_path / kind).mkdir()
        with Record.create(tmp_path / kind, "example.org/centre") as record:
            own = load_signer(tmp_path / kind, DESK)
            put(record.log, say(record.log, own, kind, {"desk": str(own.verifier)}))
            assert judged(record, files_of(record, 0, own)).wrong == (wrong if kind == "key-event" else NOT_COUNTED)
    for number, desk in enumerate((None, str(NORTH.verifier), 1, "")):
        folder = tmp_path / str(number)
        folder.mkdir()
        with Record.create(folder, "example.org/centre") as record:
            own = load_signer(folder, DESK)
            body = {"title": "T"} | ({} if desk is None else {"desk": desk})
            put(record.log, author(record.log, own).say("charter", body, AT))
            said = says(record, own)
            assert said == wrong or (desk == "" and said.startswith("keys/events.json: not a key")), said


JUNK = (None, True, 0, -1, 1.5, "", "x", "\u0661", [], [None], {}, {"x": 1}, [[]], "A" * 44, 2**53 - 1)


def test_events_of_any_other_shape_get_a_verdict_with_words(record, shown):
    files, events = shown
    for junk in JUNK:
        assert with_events(record, files, junk if junk != [] else None), junk
        assert with_events(record, files, [junk]), junk
        assert with_events(record, files, [events[0], junk, *events[1:]]), junk
        for name in events[0]:
            for place_of in range(2):
                spoilt = list(events)
                spoilt[place_of] = spoilt[place_of] | {name: junk}
                same = rfc8785.dumps(spoilt) == files["keys/events.json"]
                assert (with_events(record, files, spoilt) is None) is same, (name, junk)
            assert with_events(record, files, [{one: value for one, value in events[0].items() if one != name}])
        assert with_events(record, files, [events[0] | {"more": junk}, *events[1:]])
        envelope = json.loads(events[1]["envelope"])
        for outer in (
            junk, envelope | {"signatures": junk}, envelope | {"signatures": [junk]}, envelope | {"payload": junk},
            envelope | {"signatures": [envelope["signatures"][0] | {"keyid": junk}]}, envelope | {"payloadType": junk},
            envelope | {"signatures": [envelope["signatures"][0] | {"sig": junk}]},
        ):  # fmt: skip
            spoilt = [events[0], events[1] | {"envelope": rfc8785.dumps(outer).decode()}, *events[2:]]
            assert with_events(record, files, spoilt), outer
    for data in (b"", b"[", b"[]\n", b"\xff", b"[" * 10**6, b"[1" + b",1" * 1000 + b"]", b'[{"a":1,"a":1}]'):
        assert judged(record, files | {"keys/events.json": data}).wrong


def test_a_body_of_any_shape_in_the_log_changes_nothing_and_stops_nobody(record, desk):
    """Whoever keeps the log can put in what he likes: the statements after it are proved all the same."""
    chance = Random("bodies")
    names = ["event", "vkey", "role", "side", "key", "next", "entry", "envelope", "parties", "k", "shredding", "desk"]
    texts = ["register", "certify", "lost", "revoke", str(SOUTH.verifier), desk.verifier.digest.hex(), "east", "desk"]
    for _ in range(150):
        body = {name: chance.choice([*JUNK, *texts, *texts]) for name in chance.sample(names, chance.randrange(8))}
        kind = chance.choice(["charter", "key-event", "endorsement"])
        put(record.log, say(record.log, chance.choice([desk, EAST, WEST]), kind, body))
    assert says(record, EAST) == "party of east"
    assert says(record, desk) == "desk of centre"
    assert says(record, SOUTH) == NOT_COUNTED


def test_what_it_costs_to_read_statements_about_keys_is_bounded(record, shown):
    files, events = shown
    assert "at most 1000" in with_events(record, files, [events[0]] * 1001)
    key = str(NORTH.verifier)
    many = {"parties": {"east": {"keys": [key] * 4001}}}
    wrong = with_events(record, files, [events[0] | {"body": many}])
    assert "more than 4000 keys" in wrong
    wrong = with_events(record, files, [events[0] | {"body": {str(number): 0 for number in range((1 << 16) + 1)}}])
    assert "a body of more than 65536 fields" in wrong
    wrong = with_events(record, files, [events[0] | {"body": {str(number): 0 for number in range(1 << 16)}}])
    assert "does not commit to its body" in wrong


# Laws


def taken_back(chance, authority):
    """A key event by which somebody of the side of a key takes it back, or certifies another."""
    signers = {key.verifier.digest.hex(): key for key in KEYS}
    digest, holder = chance.choice(list(authority.holders.items()))
    new = chance.choice(KEYS)
    by = chance.choice([one for one, other in authority.holders.items() if other.side == holder.side])
    following = chance.choice([{}, {"next": str(new.verifier)}])
    body = chance.choice([
        certify(new), certify(new), {"event": "revoke", "key": digest, "reason": "wet"},
        {"event": "lost", "key": digest, "reason": "gone"} | following,
    ])  # fmt: skip
    return signers[by], "key-event", body


def endorsed(chance, authority, leaves):
    """An endorsement of something that waits, by somebody who may not have made one yet."""
    number = chance.choice(sorted(authority.waiting))
    sides = authority.waiting[number].sides
    parties = [key for key in KEYS if authority.side(key.verifier.digest.hex()) in sides]
    body = {"entry": number, "envelope": leaves[number].envelope}
    return chance.choice(parties or KEYS), "endorsement", body


def spoilt(chance, body):
    """*body*, or now and then one that cannot be read."""
    if chance.random() < 0.85 or not body:
        return body
    name = chance.choice([*body, "more", "k", "next"])
    return body | {name: chance.choice([*JUNK, str(chance.choice(KEYS).verifier)])}


def history(seed, length):
    """Statements of everybody behind a charter, as events for the verifier and what the record makes of each."""
    chance, log = Random(f"roles {seed}"), "f" * 64
    authority, events, leaves, places = Authority(log), [], [], {}
    for index in range(length):
        waiting = sorted(authority.waiting)
        signer, kind, body = FIRST, "charter", {"desk": str(FIRST.verifier)}
        if index:
            signer, kind, body = spoken(chance.choice, index, lambda number: leaves[number].envelope, waiting)
            if chance.random() < 0.1:
                signer, kind, body = taken_back(chance, authority)
            elif waiting and chance.random() < 0.3:
                signer, kind, body = endorsed(chance, authority, leaves)
            body = spoilt(chance, body)
        elif chance.random() < 0.8:
            parties = dict(zip(("east", "west", "north"), KEYS[1 : chance.randrange(2, 5)], strict=False))
            body = charter(FIRST, parties, **chance.choice([{}, {"k": 1}, {"k": len(parties)}]))
        bound = "e" * 64 if index and chance.random() < 0.03 else log
        hand = Author(signer, bound, places.get(signer, Place()))
        said = hand.say(kind, body, AT)
        places[signer] = hand.place
        leaf = leaf_of(said.envelope, encode_received(AT))
        leaves.append(leaf)
        if index == 0 or kind in PUBLIC:
            authority.take(index, leaf, body, leaves.__getitem__)
        if kind in PUBLIC:
            events.append(verify_bundle.Event(index, verify_bundle.read_statement(said.envelope), body))
        yield authority, list(events), index


def of_record(authority):
    return {
        digest: (str(one.key), one.role, one.side, one.since, one.until) for digest, one in authority.holders.items()
    }


def of_bundle(events):
    found = verify_bundle.follow(iter(events), "f" * 64)
    return {digest: (str(one.key), one.role, one.side, one.since, one.until) for digest, one in found.items()}


def test_the_verifier_finds_the_holders_that_the_record_finds():
    seen = Counter()
    for seed in range(40):
        for authority, events, index in history(seed, 60):
            assert of_bundle(events) == of_record(authority), (seed, index)
        for one in authority.holders.values():
            seen[one.role, one.until is None] += 1
        seen["endorsed"] += sum("endorsed by" in text for _, text in authority.notes)
        seen["refused"] += len(authority.refused)
        seen["waiting"] += len(authority.waiting)
    print(dict(seen))
    assert all(seen[role, counts] > 5 for role in ("desk", "party", "person") for counts in (True, False)), seen
    assert seen["endorsed"] > 50 and seen["refused"] > 100 and seen["waiting"] > 20, seen


@pytest.mark.parametrize("seed", range(3))
def test_a_bundle_proves_what_the_record_says_its_sender_might_make(tmp_path, seed):
    """For every entry of a real record, into which everybody put what he liked."""
    chance, words = Random(f"record {seed}"), Counter()
    with Record.create(tmp_path, "example.org/centre") as record:
        desk, log = load_signer(tmp_path, DESK), record.log
        signers = {FIRST: desk}
        first = charter(desk, {"east": KEYS[1], "west": KEYS[2]}, **chance.choice([{}, {"k": 1}]))
        record.append([("charter", first)], at=AT)
        senders = [desk]
        for index in range(1, 60):
            waiting = sorted(log.authority().waiting)
            signer, kind, body = spoken(chance.choice, index, lambda number: log.leaf(number).envelope, waiting)
            senders.append(signers.get(signer, signer))
            put(log, say(log, senders[-1], kind, body))
        authority = log.authority()
        base = files_of(record, 0, desk)
        for index, signer in enumerate(senders):
            row, leaf = log.row(index), log.leaf(index)
            files = base | {
                "statement.json": row.envelope, "leaf.json": row.leaf,
                "proof.tlog-proof": encode_tlog_proof(record.tlog_proof(index)),
                "keys/sender.vkey": f"{signer.verifier}\n".encode(),
            }  # fmt: skip
            holder = authority.holders.get(leaf.sender)
            might = holder is not None and holder.at(index) and holder.role in RULES[leaf.kind].roles
            said = role_in(judged(record, files))
            assert (said == f"{holder.role} of {holder.side}") if might else (": " in said), (index, said)
            words[might] += 1
    assert min(words[True], words[False]) > 5, words


def test_a_log_keys_event_and_what_is_no_key_event_move_no_roles(record, desk):
    rotation = {"event": "rotate", "vkey": str(NORTH.verifier)}
    put(record.log, say(record.log, desk, "key-event", rotation))
    put(record.log, say(record.log, desk, "report", register(NORTH, "north")))
    assert says(record, NORTH) == NOT_COUNTED
