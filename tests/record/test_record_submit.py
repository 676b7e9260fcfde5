"""Statements of others than the desk: parties sign their own; the record takes each once, in order, or says why not."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from parley.record import BadSignature, Damaged, NotIncluded, Record, Unfit, verify
from parley.record.check import Place
from parley.record.cosignature import Cosigner
from parley.record.errors import NotCosigned
from parley.record.fields import check_disclosed
from parley.record.keys import new_signer
from parley.record.log import COSIGNED, Log
from parley.record.note import Note, decode_note, encode_note
from parley.record.policy import NEUTRAL, SHARED, Group, Policy
from parley.record.record import pending
from parley.record.sealed import receive, release, unseal
from parley.record.sequencer import Sequencer
from parley.record.statement import digest, leaf_of
from parley.record.tiers import append_overdue, overdue, standing
from parley.record.witnessing import RECORDED

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)
EAST = new_signer("east.example/desk")
BODY = {"number": 1, "report": {"source": "Post 3", "claims": [{"deaths": 2}, {"place": "حلب"}], "about": {}}}


@pytest.fixture
def record(tmp_path):
    with Record.create(tmp_path, origin="example.org/centre") as record:
        record.append([("report", {"number": 0})], at=AT)
        record.register(EAST.verifier, at=AT, role="party")
        yield record


def signed(body=BODY, place=None, kind="report", saw="", signer=EAST):
    return pending(kind, body, AT, place or Place(), saw, signer)


def test_a_partys_statement_stands_under_its_own_key_and_is_taken_once(tmp_path, record):
    one = signed()
    taken = record.submit(one.envelope, BODY, one.secret)
    assert record.submit(one.envelope, BODY, one.secret) == taken, "resending is the same"
    entry = record.entry(taken.index)
    assert (entry.sender, entry.body) == (EAST.verifier.digest.hex(), BODY)
    two = signed({"number": 2}, Place(1, digest(one.envelope)))
    assert record.submit(two.envelope, {"number": 2}, two.secret).index == taken.index + 1
    assert verify(tmp_path).faults == ()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("gap", Unfit), ("other place", Unfit), ("equivocation", Unfit), ("other body", Unfit), ("other secret", Unfit),
        ("unknown sender", Unfit), ("unsigned", BadSignature), ("no envelope", Damaged), ("unseen checkpoint", Unfit),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_nothing_is_recorded(tmp_path, record, change, error):
    one = signed()
    record.submit(one.envelope, BODY, one.secret)
    after = Place(1, digest(one.envelope))
    two = {
        "gap": signed(place=Place(2, digest(one.envelope))),
        "other place": signed(place=Place(1, "0" * 64)),
        "equivocation": signed({"number": 9}),
        "unknown sender": signed(place=after, signer=new_signer("west.example/desk")),
        "unseen checkpoint": signed(place=after, saw="1" * 64),
    }.get(change, signed(place=after))
    envelope, body, secret = two.envelope, {"number": 9} if change == "equivocation" else BODY, two.secret
    if change == "other body":
        body = BODY | {"number": 2}
    if change == "other secret":
        secret = bytes(32)
    if change == "unsigned":
        envelope = envelope[:-20] + b"A" + envelope[-19:]
    if change == "no envelope":
        envelope = b"{}"
    size = record.size
    with pytest.raises(error):
        record.submit(envelope, body, secret)
    assert record.size == size and verify(tmp_path).faults == ()


def test_fields_are_shown_one_by_one_and_an_empty_pointer_shows_all(record):
    one = signed()
    index = record.submit(one.envelope, BODY, one.secret).index
    root = bytes.fromhex(leaf_of(one.envelope).body_root)
    shown = record.disclose(index, ["/report/claims/1"])
    assert [(field.pointer, field.value) for field in shown] == [("/report/claims/1", {"place": "حلب"})]
    for field in record.disclose(index, [""]):
        check_disclosed(root, field)
    pointers = {field.pointer for field in record.disclose(index, [""])}
    assert pointers == {"/number", "/report/about", "/report/claims/0", "/report/claims/1", "/report/source"}
    for pointer in ("/report/claims/2", "/num", "number", "/report/claims/1/place"):
        with pytest.raises(NotIncluded):
            record.disclose(index, [pointer])


def test_a_secret_released_to_a_recipient_opens_the_body_for_nobody_else(record):
    body, secret = record.secret(0)
    own, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    released = release(secret, own.public_key())
    sealed, _ = record.log.store.bodies(0, 0)[0]
    assert unseal(sealed, receive(released, own)) == body
    for key, data in ((other, released), (own, released[:-1]), (own, b"")):
        with pytest.raises(Damaged):
            receive(data, key)


def cosigned(record, names, time):
    """Keep the newest checkpoint as cosigned by *names* at *time*; return a policy of four witnesses, two parties."""
    keys = {name: COSIGNERS[name].verifier for name in COSIGNERS}
    policy = Policy(
        NEUTRAL,
        ((record.log.key, None),),
        {name: (key, None) for name, key in keys.items()},
        {NEUTRAL: Group(3, ("w1", "w2", "w3", "w4")), SHARED: Group(3, (NEUTRAL, "east", "west"))},
    )
    note = decode_note(record.log.signed_note())
    lines = tuple(COSIGNERS[name].cosign(note.text, int(time.timestamp()) + place) for place, name in enumerate(names))
    data = encode_note(Note(note.text, (*note.signatures, *lines)))
    with record.log.store.writing():
        for name in (COSIGNED, RECORDED, *([SHARED] if policy.is_met(names, SHARED) else [])):
            record.log.store.set_checkpoint(name, data)
        for name in names:
            record.log.store.set_checkpoint(f"by {name}", data)
    return policy


def _cosigner(name):
    return Cosigner(f"{name}.example", Ed25519PrivateKey.generate())


COSIGNERS = {name: _cosigner(name) for name in ("w1", "w2", "w3", "w4", "east", "west")}


def test_an_entry_rises_from_logged_to_recorded_shared_and_agreed(record):
    early = cosigned(record, ["w1", "w2"], AT)
    assert standing(record, early, 0).tier == "logged"
    first = AT + timedelta(hours=1)
    policy = cosigned(record, ["w1", "w2", "w3", "east"], first)
    record.append([("report", {"number": 2})], at=AT)
    second = AT + timedelta(hours=2)
    cosigned(record, ["w2", "w3", "w4"], second)
    one, two = standing(record, policy, 0), standing(record, policy, 2)
    assert (one.tier, two.tier) == ("recorded", "recorded")
    assert one.not_after == first + timedelta(seconds=1), "the second smallest: one clock may be wrong"
    assert two.not_before == first + timedelta(seconds=1), "the second largest of those it saw"
    assert two.not_after == second + timedelta(seconds=1) and one.not_before is None
    assert overdue(record, policy, second + timedelta(minutes=59), timedelta(hours=1)) == []
    late = overdue(record, policy, second + timedelta(hours=2), timedelta(hours=1))
    assert dict(late).keys() == {"w1", "east", "west"}
    append_overdue(record, late, second)
    assert overdue(record, policy, second + timedelta(hours=3), timedelta(hours=1)) == [], "said once"
    cosigned(record, ["w1", "w2", "w3", "east", "west"], second)
    assert standing(record, policy, 2).tier == "shared"
    receipt = {"entry": 2, "leaf": record.log.row(2).leaf_hash.hex()}
    one = signed(receipt, kind="receipt")
    record.submit(one.envelope, receipt, one.secret)
    assert standing(record, policy, 2).tier == "agreed"
    assert standing(record, policy, 0).tier == "shared", "a receipt is for one entry"


def test_many_callers_at_once_each_get_their_own_number_and_a_bad_one_harms_nobody(tmp_path):
    log = Log.create(tmp_path, "example.org/centre")
    entries = [pending("report", {"number": n}, AT, Place(), "", new_signer(f"desk{n}")) for n in range(40)]

    def bad(_):
        raise Unfit("not this one")

    async def run():
        sequencer = Sequencer(log)
        return await asyncio.gather(
            *(sequencer.add(bad if n == 7 else (lambda tail, n=n: entries[n])) for n in range(40)),
            return_exceptions=True,
        )

    results = asyncio.run(run())
    assert isinstance(results[7], Unfit)
    numbers = [number for n, number in enumerate(results) if n != 7]
    assert sorted(numbers) == list(range(39))
    for n, number in enumerate(results):
        assert n == 7 or log.row(number).envelope == entries[n].envelope
    log.close()
    assert (tmp_path / "log" / "tile" / "0" / "000.p" / "39").is_file(), "the static files are up to date"


def test_callers_wait_for_witnesses_and_learn_when_too_few_cosign(tmp_path):
    log = Log.create(tmp_path, "example.org/centre")
    calls = []

    def cosign():
        calls.append(log.key)
        if len(calls) == 2:
            raise NotCosigned("only 1 of 3")

    async def run():
        sequencer = Sequencer(log, cosign)
        first = await sequencer.add(signed())
        with pytest.raises(NotCosigned):
            await sequencer.add(signed(place=Place(1, "")))
        return first

    assert asyncio.run(run()) == 0 and len(calls) == 2 and log.signed().size == 2, "what was recorded stands"
    log.close()
