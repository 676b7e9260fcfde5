"""Laws of who may say what, over random statements of everybody: what counted once counts for ever, nothing in a log
makes its readers fail, and all who read it come to the same."""

from datetime import timedelta
from hashlib import sha256
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from saying import AT, put, say

from parley.record import Record, verify
from parley.record.formats.cosignature import Cosigner
from parley.record.keys import DESK, load_signer, new_signer
from parley.record.outside.mirror import Mirror, folder_source
from parley.record.statements.authority import Authority
from parley.record.statements.kinds import ENDORSEMENT, PUBLIC
from parley.record.statements.statement import Leaf, encode_received

LOG = "f" * 64
KEYS = [new_signer(f"k{n}.example/key") for n in range(8)]
FIRST = KEYS[0]
SIDES = ("east", "west", "north", "centre")
WITNESS = Cosigner("w.example", Ed25519PrivateKey.generate()).verifier
POLICIES = ["quorum none\n", f"witness w {WITNESS}\nquorum w\n"]


def charter(pick):
    """A charter of up to three parties, with or without k and a rule for shredding."""
    keys = list(KEYS[1:4])
    sides = pick([("east", "west"), ("east",), ("east", "west", "north"), ()])
    body = {"parties": {side: {"keys": [str(key.verifier)]} for side, key in zip(sides, keys, strict=False)}}
    if sides:
        body |= pick([{}, {"k": 1}, {"k": len(sides)}])
    return body | pick([{}, {"shredding": {"old": {"kinds": ["report"], "days": 0}}}, {"title": "Another"}])


def spoken(pick, index, envelope, waiting):
    """One statement as anybody might make it, as entry *index*: its signer, kind and body.

    Args:
        pick: chooses one of a list.
        envelope: gives the digest of the envelope of an earlier entry.
        waiting: the entries that wait to be endorsed, which is what is done most often then.
    """
    key, other, new = pick(KEYS), pick(KEYS), pick(KEYS)
    digest, vkey = other.verifier.digest.hex(), str(other.verifier)
    number = pick(range(index))
    changes = [
        ("charter", charter(pick)),
        ("policy", {"text": pick(POLICIES)}),
        ("key-event", {"event": "register", "vkey": vkey, "role": "party", "side": pick(SIDES[:3])}),
        ("key-event", {"event": "register", "vkey": vkey, "role": "desk", "side": "centre"}),
        ("key-event", {"event": "certify", "vkey": vkey, "name": "Anna"}),
        ("key-event", {"event": "revoke", "key": digest, "reason": "wet"}),
        ("key-event", {"event": "lost", "key": digest, "reason": "gone", **pick([{}, {"next": str(new.verifier)}])}),
        ("shred-notice", {"entries": [number], "reason": "asked", **pick([{}, {"rule": "old"}])}),
    ]
    named = pick([*waiting, number])
    endorsement = ("endorsement", {"entry": named, "envelope": envelope(named)})
    often = 6 if waiting else 0
    kind, body = pick([("report", {"side": pick(SIDES)}), *[pick(changes)] * 3, *[endorsement] * often])
    likely = {"report": KEYS, "endorsement": KEYS[1:4], "key-event": KEYS[:4]}.get(kind, [FIRST])
    return pick([key, *likely * 3]), kind, body


def digest_of(index):
    return sha256(b"%d" % index).hexdigest()


def leaf(index, signer, kind):
    received = encode_received(AT + timedelta(hours=index))
    return Leaf(kind, LOG, signer.verifier.digest.hex(), 0, "", digest_of(index), "d" * 64, received)


class Reader:
    """Somebody who follows a log in memory, entry by entry, and keeps what came out at each."""

    def __init__(self):
        self.authority = Authority(LOG, FIRST.verifier)
        self.said = []

    def read(self, signer, kind, body):
        index = len(self.said)
        self.said.append((leaf(index, signer, kind), body))
        if index == 0 or kind in PUBLIC:
            self.authority.take(index, self.said[index][0], body, lambda number: self.said[number][0])
        return index

    def refusal(self, index):
        return self.authority.refusal(index, *self.said[index])


@st.composite
def logs(draw, least=8, most=40):
    """Statements of everybody, behind a charter of the desk."""

    def pick(options):
        return draw(st.sampled_from(list(options)))

    reader, said = Reader(), [(FIRST, "charter", charter(pick))]
    for index in range(1, draw(st.integers(least, most))):
        reader.read(*said[-1])
        said.append(spoken(pick, index, digest_of, sorted(reader.authority.waiting)))
    return said


@settings(max_examples=150, deadline=None)
@given(logs())
def test_what_counted_once_counts_for_ever_and_what_did_not_never_will(said):
    reader, then = Reader(), []
    for one in said:
        then.append(reader.refusal(reader.read(*one)))
        assert [reader.refusal(index) for index in range(len(then))] == then
        assert reader.authority.desk() is not None, "somebody can always go on with the log"


@settings(max_examples=150, deadline=None)
@given(logs())
def test_a_change_that_waits_holds_once_so_many_parties_endorsed_it_and_not_before(said):
    """Counted again from the statements themselves, by whom each is of."""
    reader, asked = Reader(), {}
    for one in said:
        index = reader.read(*one)
        asked |= {number: (one.least, one.sides, set(one.endorsed)) for number, one in reader.authority.waiting.items()
                  if number == index}  # fmt: skip
        body = reader.said[index][1]
        if one[1] == ENDORSEMENT and not reader.refusal(index):
            assert body["envelope"] == digest_of(body["entry"])
            asked[body["entry"]][2].add(reader.authority.side(one[0].verifier.digest.hex()))
        for number, (least, sides, endorsed) in asked.items():
            assert endorsed <= sides and (number in reader.authority.waiting) == (len(endorsed) < least)
    told = {entry for entry, text in reader.authority.notes if "endorsed by" in text}
    assert told == asked.keys() - reader.authority.waiting.keys()


@settings(max_examples=150, deadline=None)
@given(logs())
def test_a_key_counts_for_one_stretch_which_never_becomes_longer_and_for_one_side(said):
    reader, known = Reader(), {}
    for one in said:
        index = reader.read(*one)
        for digest, holder in reader.authority.holders.items():
            first = holder.role, holder.side, index + 1 if index or holder.role != "desk" else 0, None
            role, side, since, until = known.get(digest, first)
            assert (holder.role, holder.side, holder.since) == (role, side, since), "from the entry after, for ever"
            assert holder.until == until or (until is None and holder.until == index + 1)
            known[digest] = role, side, since, holder.until
        assert reader.authority.holders.keys() == known.keys()


@settings(max_examples=150, deadline=None)
@given(logs())
def test_a_partys_statement_is_shredded_only_if_it_said_so_or_by_a_rule(said):
    reader = Reader()
    for one in said:
        reader.read(*one)
    for number, notice in reader.authority.shredded.items():
        side = reader.authority.side(reader.said[number][0].sender)
        assert number < notice and reader.said[number][0].kind not in PUBLIC
        assert number in reader.said[notice][1]["entries"] and not reader.refusal(notice)
        agreed = [
            index for index, (named, body) in enumerate(reader.said)
            if named.kind == ENDORSEMENT and body["entry"] == notice and not reader.refusal(index)
            and reader.authority.side(named.sender) == side
        ]  # fmt: skip
        moved = not reader.refusal(number)  # else it was nobody's statement, whoever has the key now
        assert agreed or side == "centre" or not moved or reader.said[notice][1].get("rule") == "old"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=4) | st.sampled_from(
        [str(KEYS[5].verifier), KEYS[5].verifier.digest.hex(), "register", "lost", "party", "desk", "east", "report"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["east", "keys", "names", "kinds", "days", "old"]) | st.text(max_size=3), inner, max_size=3
    ),
    max_leaves=8,
)  # fmt: skip
MEMBERS = ("desk", "parties", "k", "shredding", "release", "succeeds", "text", "event", "vkey", "role", "side", "name",
           "key", "reason", "next", "entry", "envelope", "entries", "files", "rule")  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(logs(2, 6), st.data())
def test_no_body_makes_a_reader_fail_wherever_it_stands(said, data):
    reader = Reader()
    for signer, kind, body in said:
        spoilt = dict(body)
        for name in data.draw(st.lists(st.sampled_from(MEMBERS), max_size=3)):
            spoilt[name] = data.draw(JSON)
        for name in data.draw(st.lists(st.sampled_from(sorted(body) or ["none"]), max_size=1)):
            spoilt.pop(name, None)
        kind = data.draw(st.sampled_from([kind, *PUBLIC]))
        index = reader.read(signer, kind, data.draw(st.sampled_from([spoilt, None])))
        assert isinstance(reader.refusal(index), str)
    assert all(str(one) for one in reader.authority.waiting.values())
    assert reader.authority.least <= len(reader.authority.sides)


def state(authority):
    """All that an authority says."""
    waiting = {number: (one.what, one.least, one.sides, one.endorsed) for number, one in authority.waiting.items()}
    return (
        authority.log, authority.size, authority.holders, authority.charter, authority.policy_text,
        authority.shredded, waiting, authority.refused, authority.notes,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_all_who_read_a_log_come_to_the_same_however_often_they_look(tmp_path, seed):
    chance = Random(f"authority {seed}")
    (tmp_path / "centre").mkdir()
    with Record.create(tmp_path / "centre", "example.org/centre") as record:
        desk = load_signer(tmp_path / "centre", DESK)
        log, source = record.log, folder_source(tmp_path / "centre")
        record.append([("charter", charter(chance.choice))], at=AT)
        with Mirror.create(tmp_path / "often", log.key) as often, Mirror.create(tmp_path / "once", log.key) as once:
            for index in range(1, 60):
                signer, kind, body = spoken(
                    chance.choice, index, lambda number: log.leaf(number).envelope, sorted(log.authority().waiting)
                )
                put(log, say(log, desk if signer is FIRST else signer, kind, body))
                if chance.random() < 0.3:
                    log.publish()
                    often.sync(source, AT)
                    log.authority()
                if chance.random() < 0.2:
                    often.close()
                    often = Mirror.open(tmp_path / "often")
            log.publish()
            for mirror in (often, once):
                mirror.sync(source, AT)
                assert mirror.alarms.open() == []
            with Record.open(tmp_path / "centre", reading=True) as anew:
                expected = state(anew.log.authority())
                refused = {entry.index for entry in anew.entries() if entry.refused}
            assert state(log.authority()) == state(often.authority()) == state(once.authority()) == expected
            assert {entry.index for entry in record.entries() if entry.refused} == refused
            assert often.alarms.notes() == once.alarms.notes()
            often.close()
    found = verify(tmp_path / "centre")
    assert found.faults == () and 5 < len(refused) < 55
    assert {number for number, text in found.notes if "moves nothing" in text} == refused
    waiting = {number for number, text in found.notes if "holds once" in text}
    assert waiting == expected[6].keys()
