"""Statements of others than the desk: parties sign their own; the record takes each once, in order, or says why not."""

import asyncio
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from saying import AT, author, entry, say, submit

from parley.record import BadSignature, Damaged, NotIncluded, Record, Unfit, verify
from parley.record.errors import NotAllowed, NotCosigned, OutOfPlace
from parley.record.formats.canonical import encode_json
from parley.record.formats.cosignature import Cosigner
from parley.record.formats.note import Note, decode_note, encode_note
from parley.record.formats.policy import NEUTRAL, SHARED, Group, Policy
from parley.record.keys import new_signer
from parley.record.log import COSIGNED, Log
from parley.record.outside.tiers import append_overdue, overdue, standing
from parley.record.outside.witnessing import RECORDED
from parley.record.sequencer import Sequencer
from parley.record.statements.author import Author
from parley.record.statements.check import Place
from parley.record.statements.fields import check_disclosed
from parley.record.statements.sealed import receive, release, unseal
from parley.record.statements.statement import leaf_of

EAST, WEST = (new_signer(f"{name}.example/desk") for name in ("east", "west"))
BODY = {
    "number": 1,
    "report": {"source": "Post 3", "claims": [{"deaths": 2}, {"place": "حلب"}], "about": {}},
    "side": "east",
}


@pytest.fixture
def record(tmp_path):
    with Record.create(tmp_path, origin="example.org/centre") as record:
        record.append([("report", {"number": 0})], at=AT)
        record.register(EAST.verifier, at=AT, side="east")
        yield record


def test_a_partys_statement_stands_under_its_own_key_and_is_taken_once(tmp_path, record):
    one = say(record.log, EAST, "report", BODY)
    (taken,) = record.submit([one], AT)
    assert record.submit([one], AT + timedelta(days=1)) == [taken], "resending is the same"
    found = record.entry(taken.index)
    assert (found.sender, found.side, found.body) == (EAST.verifier.digest.hex(), "east", BODY)
    assert submit(record, EAST, "report", BODY | {"number": 2}) == taken.index + 1
    assert verify(tmp_path).faults == () == tuple(entry.index for entry in record.entries() if entry.refused)


def spoilt(envelope):
    """*envelope* with one sign of its signature changed."""
    return envelope[:-20] + (b"B" if envelope[-20:-19] == b"A" else b"A") + envelope[-19:]


def test_several_statements_are_taken_together_or_not_at_all_and_each_once(tmp_path, record):
    hand = author(record.log, EAST)
    said = [hand.say("report", BODY | {"number": n}, AT) for n in range(5)]
    taken = record.submit(said[:3], AT)
    assert [one.index for one in taken] == [2, 3, 4]
    again = record.submit(said[1:4], AT)
    assert (again[:2], again[2].index, record.size) == (taken[1:], 5, 6)

    def after(kind="report", seq=5):
        return Author(EAST, record.log.id, Place(seq, said[4].digest)).say(kind, BODY, AT)

    for bad, error in (
        ([said[4], after()._replace(envelope=b"{}")], Damaged),
        ([said[4], after()._replace(envelope=spoilt(after().envelope))], BadSignature),
        ([said[4], after("terms-version")], NotAllowed),
        ([said[4], after(seq=6)], OutOfPlace),
        ([said[4], say(record.log, WEST, "report", BODY | {"side": "west"})], NotAllowed),
        ([say(record.log, WEST, "report", BODY), said[4]], NotAllowed),
        ([after(), said[4]], OutOfPlace),
    ):
        with pytest.raises(error):
            record.submit(bad, AT)
        assert record.size == 6
    assert record.submit(said, AT)[4].index == 6 and record.submit([], AT) == []
    assert [one.index for one in record.submit(said, AT)] == [2, 3, 4, 5, 6]
    assert [found.body["number"] for found in record.entries(2)] == list(range(5))
    assert verify(tmp_path).faults == ()


PLACE, OTHER = "expected the sender's statement 1", "not the one that the statement commits to"
WHY = {
    "gap": PLACE, "other place": PLACE, "equivocation": PLACE, "unknown sender": "is not known here",
    "unseen checkpoint": "the checkpoint that the statement saw", "other body": OTHER, "other secret": OTHER,
    "short secret": OTHER, "no object": "a body is a JSON object", "no json": "not JSON", "unsigned": "does not verify",
    "no envelope": "not an envelope",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("gap", Unfit), ("other place", Unfit), ("equivocation", Unfit), ("other body", Unfit), ("other secret", Unfit),
        ("unknown sender", Unfit), ("unsigned", BadSignature), ("no envelope", Damaged), ("unseen checkpoint", Unfit),
        ("short secret", Unfit), ("no object", Unfit), ("no json", Damaged),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_nothing_is_recorded(tmp_path, record, monkeypatch, change, error):
    one = say(record.log, EAST, "report", BODY)
    record.submit([one], AT)

    def signed(place=None, saw="", signer=EAST):
        return Author(signer, record.log.id, place or Place(1, one.digest), saw).say("report", BODY, AT)

    fits = signed()
    if change == "short secret":  # for this one alone: it would have every other refused for its secret
        monkeypatch.setattr("parley.record.statements.author.SECRET_SIZE", 31)
    bad = {
        "gap": lambda: signed(Place(2, one.digest)),
        "other place": lambda: signed(Place(1, "0" * 64)),
        "equivocation": lambda: signed(Place(0)),
        "unknown sender": lambda: signed(signer=WEST),
        "unseen checkpoint": lambda: signed(saw="1" * 64),
        "other body": lambda: fits._replace(body=encode_json(BODY | {"number": 2})),
        "other secret": lambda: fits._replace(secret=bytes(32)),
        "short secret": signed,
        "no object": lambda: fits._replace(body=b"[]"),
        "no json": lambda: fits._replace(body=b"{"),
        "unsigned": lambda: fits._replace(envelope=spoilt(fits.envelope)),
        "no envelope": lambda: fits._replace(envelope=b"{}"),
    }[change]()
    size = record.size
    with pytest.raises(error, match=WHY[change]):
        record.submit([bad], AT)
    assert record.size == size and verify(tmp_path).faults == ()


def test_when_a_statement_was_received_is_the_centres_clock_and_never_runs_backwards(tmp_path, record):
    hand = author(record.log, EAST)
    early, late = AT - timedelta(days=10), AT + timedelta(hours=2)
    record.submit([hand.say("report", BODY, early)], late)
    record.submit([hand.say("report", BODY, late)], AT)  # the centre's clock was put back
    record.append([("report", {"number": 3})], at=AT - timedelta(days=1))
    found = list(record.entries(2))
    assert [one.at for one in found] == [early, late, AT - timedelta(days=1)], "what each sender says"
    assert [one.received for one in found] == [late] * 3
    record.close()
    with Record.open(tmp_path) as record:
        record.append([("report", {"number": 4})], at=AT)
        assert record.entry(5).received == late, "nor after opening"
        record.append([("report", {"number": 5})], at=late + timedelta(microseconds=1))
        assert record.entry(6).received == late + timedelta(microseconds=1)
    assert verify(tmp_path).faults == ()


def test_an_entry_received_before_the_one_before_it_is_a_fault(tmp_path, record):
    log, said = record.log, say(record.log, EAST, "report", BODY)

    def make(tail):
        tail.places.clear()
        return [entry(said, AT - timedelta(seconds=1))]

    log.append(make)
    assert [(fault.entry, fault.part) for fault in verify(tmp_path).faults] == [(2, "received")]


def test_a_statement_made_for_another_log_is_refused_and_moves_nothing_where_it_is_in_the_log(tmp_path, record):
    """The same origin, other keys: a centre that begins anew cannot take over what was said to the one before."""
    (tmp_path / "other").mkdir()
    with Record.create(tmp_path / "other", origin=record.origin) as other:
        other.append([("report", {})], at=AT)
        other.register(EAST.verifier, at=AT, side="east")
        said = say(other.log, EAST, "report", BODY)
        other.submit([said], AT)
    with pytest.raises(Unfit, match="another log"):
        record.submit([said], AT)
    assert record.size == 2
    record.log.append(lambda _: [entry(said)])
    assert record.entry(2).refused == "it was made for another log"
    assert [(fault.entry, fault.part) for fault in verify(tmp_path).faults] == [(2, "log")]


def test_fields_are_shown_one_by_one_and_an_empty_pointer_shows_all(record):
    one = say(record.log, EAST, "report", BODY)
    index = record.submit([one], AT)[0].index
    root = bytes.fromhex(leaf_of(one.envelope, "").body_root)
    shown = record.disclose(index, ["/report/claims/1"])
    assert [(field.pointer, field.value) for field in shown] == [("/report/claims/1", {"place": "حلب"})]
    for field in record.disclose(index, [""]):
        check_disclosed(root, field)
    pointers = {field.pointer for field in record.disclose(index, [""])}
    assert pointers == {"/number", "/report/about", "/report/claims/0", "/report/claims/1", "/report/source", "/side"}
    for pointer in ("/report/claims/2", "/num", "number", "/report/claims/1/place"):
        with pytest.raises(NotIncluded):
            record.disclose(index, [pointer])


def test_a_secret_released_to_a_recipient_opens_the_body_for_nobody_else(record):
    body, secret = record.secret(0)
    own, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    released = release(secret, own.public_key())
    sealed, _ = record.log.store.bodies([0])[0]
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
    assert overdue(record, policy, timedelta(hours=1)) == []
    record.append([("report", {"number": 2})], at=AT)
    second = AT + timedelta(hours=2)
    cosigned(record, ["w2", "w3", "w4"], second)
    one, two = standing(record, policy, 0), standing(record, policy, 2)
    assert (one.tier, two.tier) == ("recorded", "recorded")
    assert one.not_after == first + timedelta(seconds=1), "the second smallest: one clock may be wrong"
    assert two.not_before == first + timedelta(seconds=1), "the second largest of those it saw"
    assert two.not_after == second + timedelta(seconds=1) and one.not_before is None
    assert overdue(record, policy, timedelta(hours=1, seconds=1)) == []
    late = overdue(record, policy, timedelta(hours=1))
    assert late == [("west", 2)], "w4 has come meanwhile, and the others are late for less than an hour"
    append_overdue(record, late, second)
    assert overdue(record, policy, timedelta(hours=1)) == [], "said once"
    cosigned(record, ["w2", "w3", "w4"], second + timedelta(hours=1))
    late = overdue(record, policy, timedelta(hours=1))
    assert late == [("w1", 3), ("east", 3)]
    append_overdue(record, late, second)
    assert overdue(record, policy, timedelta(hours=1)) == []
    cosigned(record, ["w1", "w2", "w3", "east", "west"], second)
    assert standing(record, policy, 2).tier == "shared"
    receipt = {"entry": 2, "leaf": record.log.row(2).leaf_hash.hex()}
    submit(record, EAST, "receipt", receipt)
    assert standing(record, policy, 2).tier == "agreed"
    assert standing(record, policy, 0).tier == "shared", "a receipt is for one entry"


def test_many_callers_at_once_each_get_their_own_number_and_a_bad_one_harms_nobody(tmp_path):
    log = Log.create(tmp_path, "example.org/centre")
    entries = [entry(say(log, new_signer(f"desk{n}"), "report", {"number": n})) for n in range(40)]

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
    hand, calls = author(log, EAST), []

    def cosign():
        calls.append(log.key)
        if len(calls) == 2:
            raise NotCosigned("only 1 of 3")

    async def run():
        sequencer = Sequencer(log, cosign)
        first = await sequencer.add(entry(hand.say("report", BODY, AT)))
        with pytest.raises(NotCosigned):
            await sequencer.add(entry(hand.say("report", BODY, AT)))
        return first

    assert asyncio.run(run()) == 0 and len(calls) == 2 and log.signed().size == 2, "what was recorded stands"
    log.close()
