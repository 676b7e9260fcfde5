"""When a policy is weaker than the one before: exactly when some witnesses are enough for it that were not before."""

from dataclasses import replace
from functools import cache
from itertools import combinations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import event, given, settings
from hypothesis import strategies as st

from parley.record.formats.cosignature import Cosigner
from parley.record.formats.policy import (
    NEUTRAL,
    SHARED,
    Group,
    Policy,
    decode_policy,
    encode_policy,
    is_weaker,
    neutral_quorum,
)

MOST = 4  # keys of witnesses


@cache
def key(number):
    return Cosigner(f"witness.example/{number}", Ed25519PrivateKey.generate()).verifier


def enough(policy, name, keys):
    """Whether the witnesses with *keys* are enough for *name*, by what tlog-policy says of it."""
    if name == "none":
        return True
    if name in policy.witnesses:
        return policy.witnesses[name][0].public in keys
    group = policy.groups[name]
    return sum(enough(policy, member, keys) for member in group.members) >= group.least


def weaker(new, old):
    """The same as `is_weaker`, by trying every set of keys that there is."""
    if SHARED in old.groups and SHARED not in new.groups:
        return True
    tiers = [(new.quorum, old.quorum), *([(SHARED, SHARED)] if SHARED in old.groups else [])]
    every = [key(number).public for number in range(MOST)]
    chosen = [frozenset(keys) for count in range(MOST + 1) for keys in combinations(every, count)]
    return any(enough(new, after, keys) and not enough(old, before, keys) for after, before in tiers for keys in chosen)


@st.composite
def policies(draw):
    """A policy of up to four witnesses under any names, with groups of them and of groups, and perhaps `shared`."""
    numbers = draw(st.lists(st.integers(0, MOST - 1), unique=True, max_size=MOST))
    names = draw(st.permutations(["a", "b", "c", "d"]))
    witnesses = {name: (key(number), None) for name, number in zip(names, numbers, strict=False)}
    groups, free = {}, list(witnesses)
    for name in ("g", "h", SHARED):
        if free and draw(st.booleans()):
            members = draw(st.lists(st.sampled_from(free), unique=True, min_size=1))
            groups[name] = Group(draw(st.integers(1, len(members))), tuple(members))
            free = [*(one for one in free if one not in members), name]
    return Policy(draw(st.sampled_from(["none", *witnesses, *groups])), (), witnesses, groups)


@settings(max_examples=600, deadline=None)
@given(policies(), policies())
def test_a_policy_is_weaker_exactly_when_some_witnesses_are_enough_that_were_not_before(new, old):
    assert decode_policy(encode_policy(new)) == new
    event(f"weaker: {weaker(new, old)}, shared before: {SHARED in old.groups}")
    assert is_weaker(new, old) == weaker(new, old)


@settings(max_examples=200, deadline=None)
@given(policies(), policies(), policies())
def test_no_policy_is_weaker_than_itself_and_steps_that_are_not_lead_to_none_that_is(one, two, three):
    assert not is_weaker(one, one)
    if not is_weaker(two, one) and not is_weaker(three, two):
        assert not is_weaker(three, one)


def of(least, numbers, shared=(), names="w"):
    """*least* of the witnesses with these keys; *shared* are the parties' own beside them."""
    neutral = tuple(f"{names}{number}" for number in numbers)
    keys = {f"{names}{number}": (key(number), None) for number in (*numbers, *shared)}
    groups = {NEUTRAL: Group(least, neutral)}
    if shared:
        groups[SHARED] = Group(1 + len(shared), (NEUTRAL, *(f"{names}{number}" for number in shared)))
    return Policy(NEUTRAL, (), keys, groups)


def test_a_witness_of_ones_own_in_the_place_of_another_is_weaker_and_another_name_is_not():
    old = of(3, range(4))
    assert is_weaker(of(3, [0, 1, 2, 9]), old) and is_weaker(of(2, range(4)), old) and is_weaker(of(3, range(5)), old)
    assert is_weaker(Policy("none"), old) and is_weaker(replace(old, quorum="w0"), old)
    for same in (of(3, range(4), names="other"), of(3, [3, 1, 0, 2]), of(4, range(4)), of(4, range(5))):
        assert not is_weaker(same, old)
    assert is_weaker(of(3, [0, 1, 2], names="w"), of(4, range(4))), "one fewer has to agree"
    assert not is_weaker(of(3, [0, 1, 2]), old), "the one that is gone was never needed with these three"


def test_shared_may_be_added_but_neither_go_nor_ask_for_less():
    old = of(3, range(4), shared=(7, 8))
    assert is_weaker(of(3, range(4)), old) and not is_weaker(old, of(3, range(4)))
    assert is_weaker(of(3, range(4), shared=(7,)), old), "one party alone"
    assert is_weaker(of(3, range(4), shared=(7, 9)), old), "another in its place"
    assert not is_weaker(of(4, range(4), shared=(7, 8)), old)
    assert is_weaker(replace(old, groups=old.groups | {SHARED: Group(2, old.groups[SHARED].members)}), old)


def test_one_more_witness_by_the_neutral_rule_is_weaker_only_where_the_rule_asks_for_no_more():
    """From 3 of 3 to 3 of 4 and from 5 of 6 to 5 of 7 the newcomer can stand in for one that was needed."""
    found = {
        n: is_weaker(of(neutral_quorum(n + 1), range(n + 1)), of(neutral_quorum(n), range(n))) for n in range(1, 9)
    }
    assert found == {1: False, 2: False, 3: True, 4: False, 5: False, 6: True, 7: False, 8: False}


@pytest.mark.parametrize("count", [14, 15, 40])
def test_of_many_witnesses_anything_but_the_same_policy_may_be_called_weaker_and_quickly(count):
    old = of(neutral_quorum(count), range(count))
    assert not is_weaker(of(neutral_quorum(count), range(count)), old)
    assert is_weaker(of(neutral_quorum(count) - 1, range(count)), old)
    assert is_weaker(of(neutral_quorum(count), [*range(count - 1), 99]), old)
    assert is_weaker(of(neutral_quorum(count), range(count), names="other"), old) == (count > 14)
    assert is_weaker(of(3, range(3)), old), "from many to few is tried in full"


def test_a_group_of_groups_asks_for_what_its_witnesses_must_do():
    nested = Policy(
        "g2",
        (),
        {"a": (key(0), None), "b": (key(1), None)},
        {"g0": Group(1, ("a",)), "g1": Group(1, ("b",)), "g2": Group(2, ("g0", "g1"))},
    )
    assert not is_weaker(nested, of(2, [0, 1])) and not is_weaker(of(2, [0, 1]), nested)
    assert is_weaker(replace(nested, groups=nested.groups | {"g2": Group(1, ("g0", "g1"))}), nested)
