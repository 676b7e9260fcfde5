"""Split views: how many witnesses it takes to stop them, tried out with real cosignatures and real policies.

A log shows history A to some and history B to others, and wants both cosigned by a quorum. A witness cosigns A alone or
B alone; a dishonest one signs both. All 3**n ways in which n witnesses can do that are tried, for every quorum k.
"""

from concurrent.futures import Future
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from itertools import product
from random import Random
from shutil import copytree

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from parley.record import Record
from parley.record.errors import RecordError
from parley.record.formats.checkpoint import Checkpoint, decode_checkpoint, sign_checkpoint
from parley.record.formats.cosignature import Cosigner
from parley.record.formats.note import Note, decode_note, encode_signature
from parley.record.formats.policy import NEUTRAL, SHARED, Group, Policy, decode_policy, encode_policy, neutral_quorum
from parley.record.keys import new_signer
from parley.record.outside.witness import Answer, Witness, decode_request
from parley.record.outside.witnessing import Witnessing

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)
NOW = 1_932_000_000
ORIGIN = "example.org/centre"
MOST = 7  # witnesses
VIEWS = ("A", "B")
BOTH = "AB"  # what a dishonest one cosigns


@cache
def cosigners():
    """Half of them with Ed25519 keys, half with ML-DSA-44."""
    kinds = (Ed25519PrivateKey, MLDSA44PrivateKey)
    return tuple(Cosigner(f"witness.example/{n}", kinds[n % 2].generate()) for n in range(MOST))


@cache
def signed():
    """The log's key, its two checkpoints of one size, and every witness's cosignature under each."""
    log = new_signer(ORIGIN)
    notes = {
        view: decode_note(sign_checkpoint(Checkpoint(ORIGIN, 9, bytes([n]) * 32), log)) for n, view in enumerate(VIEWS)
    }
    lines = {view: [one.cosign(note.text, NOW) for one in cosigners()] for view, note in notes.items()}
    return log.verifier, notes, lines


@cache
def policy(witnesses, least):
    """*least* of *witnesses*, as it comes out of its file."""
    names = tuple(f"w{n}" for n in range(witnesses))
    keys = {name: (cosigners()[n].verifier, None) for n, name in enumerate(names)}
    made = Policy(NEUTRAL, ((signed()[0], None),), keys, {NEUTRAL: Group(least, names)})
    assert decode_policy(encode_policy(made)) == made
    return made


def shown(view, ways):
    """The note of *view* with the cosignatures of those whose way is to sign it."""
    _, notes, lines = signed()
    signatures = [line for line, way in zip(lines[view], ways, strict=False) if view in way]
    return Note(notes[view].text, (*notes[view].signatures, *signatures))


@cache
def split(witnesses):
    """{(f, k): whether one of all assignments with f dishonest witnesses gives both views a quorum of k}."""
    succeeded = {}
    for ways in product((*VIEWS, BOTH), repeat=witnesses):
        present = [policy(witnesses, 1).witnessed(shown(view, ways)) for view in VIEWS]
        for least in range(1, witnesses + 1):
            both = all(policy(witnesses, least).is_met(names) for names in present)
            case = ways.count(BOTH), least
            succeeded[case] = succeeded.get(case, False) or both
    return succeeded


@pytest.mark.parametrize("witnesses", range(1, MOST + 1))
def test_a_split_view_succeeds_exactly_when_2k_is_at_most_n_plus_f(witnesses, record_property):
    found = split(witnesses)
    record_property("assignments", 3**witnesses)
    print(f"n = {witnesses}: {3**witnesses} assignments, {len(found)} pairs (f, k)")
    assert len(found) == (witnesses + 1) * witnesses
    expected = {(bad, least): 2 * least <= witnesses + bad for bad, least in found}
    assert found == expected, f"n = {witnesses}, {3**witnesses} assignments"


def test_the_shipped_quorum_withstands_one_dishonest_witness_from_two_witnesses_on():
    withstands = {n: not any(split(n)[bad, neutral_quorum(n)] for bad in (0, 1)) for n in range(1, MOST + 1)}
    assert withstands == {1: False, 2: True, 3: True, 4: True, 5: True, 6: True, 7: True}
    # From four on it also goes on without one that is silent: three of three would stand still.
    goes_on = {n: n - 1 >= neutral_quorum(n) for n in range(1, MOST + 1)}
    assert goes_on == {1: False, 2: False, 3: False, 4: True, 5: True, 6: True, 7: True}


def test_the_shipped_quorum_bears_a_third_of_the_witnesses_dishonest_and_never_more_than_its_bound():
    borne = {
        n: max((bad for bad in range(n + 1) if not split(n)[bad, neutral_quorum(n)]), default=-1)
        for n in range(1, MOST + 1)
    }
    assert borne == {1: 0, 2: 1, 3: 2, 4: 1, 5: 2, 6: 3, 7: 2}
    assert all(bad >= n // 3 for n, bad in borne.items())
    assert all(bad == 2 * neutral_quorum(n) - n - 1 for n, bad in borne.items()), "what times and tiers count on"


def test_three_of_four_is_shipped_and_two_of_three_would_not_do():
    assert neutral_quorum(4) == 3
    assert not split(4)[1, 3]
    assert split(3)[1, 2]


def test_a_dishonest_witness_counts_once_whatever_it_signs():
    _, notes, _ = signed()
    liar = cosigners()[0]
    lines = tuple(liar.cosign(notes["A"].text, NOW + n) for n in range(9))
    forged = lines[0].__class__(cosigners()[1].verifier.name, cosigners()[1].verifier.key_id, lines[0].signature)
    for extra in (lines, (*lines, forged), (forged, *lines)):
        one = policy(4, 2)
        assert set(one.witnessed(Note(notes["A"].text, (*notes["A"].signatures, *extra)))) == {"w0"}
        assert not one.is_met(one.witnessed(Note(notes["A"].text, extra)))


def test_a_cosignature_under_one_view_is_none_under_the_other():
    _, notes, lines = signed()
    for view, other in (VIEWS, VIEWS[::-1]):
        note = Note(notes[view].text, (*notes[view].signatures, *lines[other]))
        assert policy(MOST, 1).witnessed(note) == {}


def test_a_party_that_signs_anything_does_not_split_what_is_shared():
    """`shared` needs the neutral quorum too: both parties and one neutral witness together split nothing."""
    names = ("w0", "w1", "w2", "w3")
    keys = {name: (cosigners()[n].verifier, None) for n, name in enumerate((*names, "east", "west"))}
    groups = {NEUTRAL: Group(3, names), SHARED: Group(3, (NEUTRAL, "east", "west"))}
    made = Policy(NEUTRAL, ((signed()[0], None),), keys, groups)
    assert decode_policy(encode_policy(made)) == made
    splits = 0
    for ways in product((*VIEWS, BOTH), repeat=6):
        present = [made.witnessed(shown(view, ways)) for view in VIEWS]
        both = all(made.is_met(names, SHARED) for names in present)
        if both:
            splits += 1
            assert ways[4:] == (BOTH, BOTH) and ways[:4].count(BOTH) >= 2
    # Exactly two dishonest: 6 pairs, the two others divided; three: 4 times 2; four: 1.
    assert splits == 12 + 8 + 1, f"{splits} of {3**6} assignments"


# The same with a log in two folders, witnesses that keep their state, and the code that asks them.


class Liar:
    """Cosigns whatever it is shown, and has seen nothing of it when it is asked."""

    def __init__(self, name):
        self._cosigner = Cosigner(name, Ed25519PrivateKey.generate())
        self.keys = (self._cosigner.verifier,)

    def follow(self, log):
        pass

    def close(self):
        pass

    def checkpoint(self, digest):
        return Answer(404)

    def add_checkpoint(self, body, time):
        note = decode_note(decode_request(body).note)
        return Answer(200, encode_signature(self._cosigner.cosign(note.text, time)).encode())


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


TURNS = {"A": "A", "B": "B", "A, then B": "AB", "B, then A": "BA"}  # the views that an honest witness is shown


def cosigned(folder, made, reached):
    """Have the log in *folder* cosigned by the witnesses in *reached* alone; return whether it is met."""

    def send(url, body=None):
        name, _, path = url.removeprefix("https://").partition("/")
        if name not in reached:
            raise OSError("kept away from it")
        if body is None:
            return reached[name].checkpoint(path.removesuffix("/checkpoint"))
        return reached[name].add_checkpoint(body, NOW)

    with Witnessing(folder, made, send) as witnessing:
        try:
            note = decode_note(witnessing.cosign().note)
        except RecordError:
            return None
    return note if made.is_met(made.witnessed(note)) else None


@pytest.mark.parametrize("count", [12, pytest.param(None, marks=pytest.mark.slow)])
@pytest.mark.parametrize("bad", [0, 1, 2])
def test_a_log_in_two_folders_gets_both_cosigned_only_with_two_dishonest_of_four(
    tmp_path, monkeypatch, record_property, on_another_machine, bad, count
):
    monkeypatch.setattr("parley.record.outside.witnessing.ThreadPoolExecutor", Here)
    (tmp_path / "log").mkdir()
    with Record.create(tmp_path / "log", ORIGIN) as record:
        record.append([("report", {"n": n}) for n in range(3)], at=AT)
        key = record.log.key
    for view in VIEWS:
        copytree(tmp_path / "log", tmp_path / view)
        with Record.open(tmp_path / view) as record:
            record.append([("report", {"view": view})] * (2 if view == "A" else 3), at=AT)
        on_another_machine()
    least, both, tried = neutral_quorum(4), [], 0
    assignments = list(product(TURNS, repeat=4 - bad))
    if count is not None:
        decisive = ("A", "B") if bad == 2 else ()
        assignments = [*([decisive] if decisive else []), *Random(f"quorums {bad}").sample(assignments, count)]
    for turn, ways in enumerate(assignments):
        with ExitStack() as stack:
            witnesses = {}
            for n, way in enumerate((*ways, *("liar",) * bad)):
                name = f"witness.example/{n}"
                one = Liar(name) if way == "liar" else Witness.create(tmp_path / f"{turn}-{n}", name)
                one.follow(key)
                stack.callback(one.close)
                witnesses[f"w{n}"] = one
            keys = {name: (one.keys[0], f"https://{name}/") for name, one in witnesses.items()}
            made = Policy(NEUTRAL, ((key, None),), keys, {NEUTRAL: Group(least, tuple(keys))})
            met = {}
            for step, view in enumerate((*VIEWS, *VIEWS[::-1], *VIEWS)):
                reached = {
                    name: witnesses[name]
                    for name, way in zip(witnesses, (*ways, *("liar",) * bad), strict=True)
                    if way == "liar" or view in TURNS[way][: 1 + step // 2]
                }
                note = cosigned(tmp_path / view, made, reached)
                if note is not None:
                    met[view] = decode_checkpoint(note.text).size
            tried += 1
            both += [ways] if len(met) == 2 else []
    assert bool(both) == (2 * least <= 4 + bad), f"{len(both)} of {tried} split with {bad} dishonest"
    record_property("assignments", tried)
    print(f"{tried} assignments of honest witnesses with {bad} dishonest ones: {len(both)} split")


@pytest.mark.parametrize("silent", range(5))
def test_an_honest_log_is_held_up_only_by_more_silent_witnesses_than_the_quorum_spares(tmp_path, monkeypatch, silent):
    monkeypatch.setattr("parley.record.outside.witnessing.ThreadPoolExecutor", Here)
    with ExitStack() as stack:
        record = stack.enter_context(Record.create(tmp_path, ORIGIN))
        record.append([("report", {"n": 1})], at=AT)
        witnesses = {f"w{n}": Witness.create(tmp_path / f"w{n}", f"witness.example/{n}") for n in range(4)}
        for one in witnesses.values():
            stack.callback(one.close)
            one.follow(record.log.key)
        keys = {name: (one.keys[0], f"https://{name}/") for name, one in witnesses.items()}
        made = Policy(NEUTRAL, ((record.log.key, None),), keys, {NEUTRAL: Group(neutral_quorum(4), tuple(keys))})
        reached = dict(list(witnesses.items())[silent:])
        assert (cosigned(tmp_path, made, reached) is not None) == (silent <= 1)
