"""Two lists: chances that hold, what a label moves, what a post and an address are."""

from dataclasses import replace

import numpy as np
import pytest

from parley.incidents.linkage.calibration import Curve, curve_of
from parley.incidents.linkage.columns import (
    AGGREGATE,
    INCIDENTS,
    MINUTES_OF_DAY,
    NOWHERE,
    POSTS,
    WORD_COLUMNS,
    Columns,
    Range,
    place_columns,
)
from parley.incidents.lists import Lists, Spec
from parley.incidents.pairs import Scored, explain, link, rivals, score, sure

SPEC = Spec()


def rows(count: int, seed: int, apart_km: float = 0.2, shared: float = 1.0, towns: int = 0) -> Lists:
    """Return two lists of *count* happenings, of which both tell of a part *shared*, each of a day, place, name and
    toll; in so many *towns*, or each in a place of its own."""
    dice = np.random.default_rng(seed)
    happening = np.concatenate([np.arange(count), np.arange(count) + round((1 - shared) * count)])
    total = int(happening.max()) + 1
    town = dice.integers(0, towns, total) if towns else np.arange(total)
    lat, lon = dice.uniform(45, 48, total)[town], dice.uniform(8, 11, total)[town]
    off = dice.normal(0, apart_km / 111, (2, 2 * count))
    day = np.arange(total) if not towns else dice.integers(0, 90, total)
    dead, none = dice.integers(0, 12, total)[happening], np.zeros(2 * count, dtype=np.int64)
    start = (18_000 + day[happening]) * MINUTES_OF_DAY
    names = np.zeros((2 * count, 4), dtype=np.int64)
    names[:, 0] = 1000 + town[happening]
    columns = Columns(
        entry=np.arange(2 * count, dtype=np.int64),
        source=np.repeat([0, 1], count).astype(np.int64),
        in_list=none,
        words=none,
        cardinality=none + INCIDENTS,
        start=start,
        end=start + MINUTES_OF_DAY,
        **place_columns(lat[happening] + off[0], lon[happening] + off[1], np.full(2 * count, 2000.0)),
        names=names,
        area=none,
        link=none,
        origin=none,
        ranges={"deaths": Range(dead, dead)},
        terms={},
    )
    ids = tuple(f"a{one}" for one in happening[:count]) + tuple(f"b{one}" for one in happening[count:])
    return Lists(columns, ids, count)


def without_place(lists: Lists, row: int) -> Lists:
    lat, lon = lists.columns.lat.copy(), lists.columns.lon.copy()
    lat[row] = lon[row] = NOWHERE
    return replace(lists, columns=replace(lists.columns, lat=lat, lon=lon))


def chance_of(lists: Lists, scored: Scored) -> dict[tuple[str, str], float]:
    pairs = scored.compared.pairs
    return {
        (lists.ids[left], lists.ids[right]): chance
        for left, right, chance in zip(pairs.left.tolist(), pairs.right.tolist(), scored.chance.tolist(), strict=True)
    }


@pytest.mark.parametrize(("count", "seed"), [(40, 2), (40, 3), (120, 4)])
def test_clean_pairs_are_near_certain_whatever_another_row_lost(count: int, seed: int) -> None:
    lists = rows(count, seed)
    before = chance_of(lists, score(lists, SPEC))
    for id_ in range(count):
        assert before[f"a{id_}", f"b{id_}"] > 0.98
    for spoilt in (0, count // 2):
        after = chance_of(lists, score(without_place(lists, spoilt), SPEC))
        assert all(after[f"a{id_}", f"b{id_}"] > 0.98 for id_ in range(count) if id_ != spoilt)


@pytest.mark.parametrize("seed", range(6))
def test_spoiling_one_row_changes_the_chances_near_it_alone(seed: int) -> None:
    lists = rows(150, seed, apart_km=2, shared=0.5, towns=30)
    before = chance_of(lists, score(lists, SPEC))
    spoilt = int(np.random.default_rng(seed).integers(0, 150))
    after = chance_of(lists, score(without_place(lists, spoilt), SPEC))
    others = [pair for pair in before if pair in after and lists.ids[spoilt] not in pair]
    assert len(others) > 150
    near = {pair[1] for pair in before if pair[0] == lists.ids[spoilt]}
    assert max(abs(after[pair] - before[pair]) for pair in others if pair[1] not in near) < 0.05


def test_chances_of_invented_lists_hold_within_their_range() -> None:
    lists = rows(600, 9, apart_km=2, shared=0.5, towns=60)
    scored = score(lists, SPEC)
    stated = np.array(sure(scored, link(lists, scored.compared.pairs, scored.weight))[0])
    pairs = scored.compared.pairs
    true = np.array([lists.ids[a][1:] == lists.ids[b][1:] for a, b in zip(pairs.left, pairs.right, strict=True)])
    assert scored.chance[stated].min() >= 0.5
    assert scored.least[stated].mean() - 0.02 <= true[stated].mean() <= scored.most[stated].mean() + 0.02


def test_curves_keep_the_order_of_chances_and_their_ranges() -> None:
    said = np.linspace(0, 1, 101)
    plain = Curve(bits=0, slope=1, doubt=0.5)
    assert plain.of(said) == pytest.approx(said, abs=1e-9)
    for kind in (INCIDENTS, AGGREGATE, POSTS):
        curve = curve_of(np.array([INCIDENTS, kind]))
        assert (np.diff(curve.of(said)) > 0).all()
        assert (curve.moved(-curve.doubt).of(said) < curve.moved(curve.doubt).of(said)).all()
    assert len({curve_of(np.array([kind])) for kind in (INCIDENTS, AGGREGATE, POSTS)}) == 3


def posts_of(lists: Lists, copies: int) -> Lists:
    """Return the left list, and *copies* posts for each row of the right one."""
    old = lists.columns
    right = np.repeat(np.arange(lists.left, len(old)), copies)
    columns = old.take(np.concatenate([np.arange(lists.left), right]))
    kinds = np.where(columns.source == 1, POSTS, INCIDENTS)
    entry = np.arange(len(columns), dtype=np.int64)
    ids = (*lists.ids[: lists.left], *(f"{lists.ids[row]}.{at}" for at, row in enumerate(right.tolist())))
    return Lists(replace(columns, cardinality=kinds, entry=entry), ids, lists.left)


def test_an_incident_takes_all_posts_that_are_about_it_and_none_is_the_others_rival() -> None:
    lists = posts_of(rows(12, 5), copies=3)
    scored = score(lists, SPEC)
    stand, unclear = sure(scored, link(lists, scored.compared.pairs, scored.weight))
    assert (len(stand), unclear) == (36, [])
    assert all(rivals(scored, number) == [] for number in stand)


def test_a_post_that_fits_two_incidents_as_well_is_unclear_and_names_the_other() -> None:
    lists = posts_of(rows(12, 5), copies=3)
    old = lists.columns
    twin = old.take(np.concatenate([[0], np.arange(len(old))]))
    lists = Lists(replace(twin, entry=np.arange(len(twin))), ("twin", *lists.ids), lists.left + 1)
    scored = score(lists, SPEC)
    stand, unclear = sure(scored, link(lists, scored.compared.pairs, scored.weight))
    assert (len(stand), len(unclear)) == (33, 3)
    assert {(lists.ids[scored.compared.pairs.left[one]], lists.ids[rivals(scored, one)[0]]) for one in unclear} in (
        {("twin", "a0")},
        {("a0", "twin")},
    )


@pytest.mark.parametrize("named", [False, True])
def test_one_address_alone_proposes_no_pair_and_is_a_reason_where_both_give_one(named: bool) -> None:
    lists = rows(20, 6)
    cited = np.tile(np.arange(1, 21), 2)
    names = lists.columns.names * 0
    names[:, 0] = np.arange(1, 41) * named  # no name twice
    lost = replace(lists.columns, link=cited, names=names)
    for row in (0, 20):
        lost.lat[row] = lost.lon[row] = NOWHERE
    lists = replace(lists, columns=lost)
    scored = score(lists, SPEC)
    assert ("a0", "b0") not in chance_of(lists, scored)
    number = int(np.flatnonzero(scored.compared.pairs.left == 1)[0])
    fields = {field: level for field, level, _ in explain(lists, scored, number)}
    assert fields["link"] == "the same address cited" and ("name" in fields) == named
    plain = rows(20, 6)
    assert "link" not in {field for field, _, _ in explain(plain, score(plain, SPEC), 0)}


def test_the_days_of_a_mapping_are_those_of_every_way_to_be_compared() -> None:
    lists = rows(20, 7)
    late = np.where(lists.columns.source == 1, 4 * MINUTES_OF_DAY, 0)
    lists = replace(
        lists, columns=replace(lists.columns, start=lists.columns.start + late, end=lists.columns.end + late)
    )
    assert not [pair for pair in chance_of(lists, score(lists, SPEC)) if pair[0][1:] == pair[1][1:]]
    for kept, days in ((True, 5), (True, 4), (False, 3)):
        found = chance_of(lists, score(lists, replace(SPEC, days=days)))
        assert (("a3", "b3") in found) == kept
    cited = replace(lists, columns=replace(lists.columns, link=np.tile(np.arange(1, 21), 2)))
    assert ("a3", "b3") not in chance_of(cited, score(cited, SPEC))
    far = replace(lists.columns, lat=np.full(40, NOWHERE), lon=np.full(40, NOWHERE))
    lists = replace(lists, columns=far)
    assert ("a3", "b3") in chance_of(lists, score(lists, replace(SPEC, days=5)))


def labelled(lists: Lists, first: int, count: int) -> set[tuple[int, int]]:
    right = {name[1:]: row for row, name in enumerate(lists.ids) if row >= lists.left}
    left = [(row, right[name[1:]]) for row, name in enumerate(lists.ids[: lists.left]) if name[1:] in right]
    return set(left[first : first + count])


@pytest.mark.filterwarnings("error")
def test_few_labels_move_nothing_and_many_that_tell_something_do() -> None:
    lists = rows(400, 8, apart_km=2, shared=0.7, towns=25)
    tolls = lists.columns.ranges["deaths"].low.copy()
    tolls[lists.columns.source == 1] *= 4  # one list counts four times as many: nobody can know that beforehand
    lists = replace(lists, columns=replace(lists.columns, ranges={"deaths": Range(tolls, tolls)}))
    plain = score(lists, SPEC)
    for count in (1, 19):
        few = score(lists, SPEC, labelled(lists, 0, count))
        assert few.learned_from == 0 and (few.weight == plain.weight).all()
    many = score(lists, SPEC, labelled(lists, 0, 280))
    assert many.learned_from > 100 and many.weights.fields["deaths"][7] > plain.weights.fields["deaths"][7] + 300


def test_what_labels_of_some_weeks_tell_must_hold_in_others() -> None:
    lists = rows(400, 8, apart_km=2, shared=0.7, towns=25)
    low = lists.columns.ranges["deaths"].low + 1
    order = np.argsort(np.argsort(lists.columns.start))
    factor = np.where(lists.columns.source == 1, np.array([1, 2, 4, 30, 1])[order * 5 // 800], 1)
    tolls = np.where(order * 5 // 800 == 4, 0, low * factor)  # in each stretch of time the lists differ otherwise
    lists = replace(lists, columns=replace(lists.columns, ranges={"deaths": Range(tolls, tolls)}))
    plain = score(lists, SPEC)
    found = score(lists, SPEC, labelled(lists, 0, 280))
    assert found.learned_from == 0 and (found.weight == plain.weight).all()


def test_labels_that_tell_nothing_new_move_nothing() -> None:
    lists = rows(400, 8)
    plain = score(lists, SPEC)
    assert (score(lists, SPEC, labelled(lists, 0, 200)).weight == plain.weight).all()


def test_lists_without_words_have_no_reason_of_words() -> None:
    lists = rows(20, 6)
    bits = np.zeros((40, 1 + WORD_COLUMNS), dtype=np.int64)
    bits[:, 0], bits[:, 1] = 1, np.tile(1 << np.arange(20), 2)
    with_words = replace(lists, columns=replace(lists.columns, texts={"words": bits}))
    scored = score(with_words, replace(SPEC, words=True))
    assert ("words", "a telling word in common") in {(a, b) for a, b, _ in explain(with_words, scored, 0)}
    assert "words" not in {field for field, _, _ in explain(lists, score(lists, SPEC), 0)}
