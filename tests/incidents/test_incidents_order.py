"""Who reports first, or twice, wins nothing: whatever the order of the record, incidents are the same, ids aside."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from valley_reports import MILL, NOON, Said, at, beside, day, told

from parley.incidents import match, matched
from parley.incidents.compare import key
from parley.incidents.linkage.columns import as_table
from parley.incidents.placed import placed_reports
from parley.incidents.reading import columns_of, in_order
from parley.model import Attribute, Disc, Incident, Interval, RecordedReport

MORNING = at("2031-05-02T09:00", "2031-05-02T12:00")
TIMES = (NOON, NOON, MORNING, day("2031-05-02"), day("2031-05-03"), at("2031-05-01T00:00", "2031-05-06T00:00"))
PLACES = (
    MILL,
    MILL,
    replace(MILL, name="Windmill"),
    replace(MILL, radius_m=15_000, name=""),
    beside(MILL, 150),
    beside(MILL, 900, bearing=30),
    replace(beside(MILL, 6000, bearing=200), name="Ford"),
)
NAMES = ("Northland", "Southland", "Post 3")


@dataclass(frozen=True)
class Story:
    """A report as it is told, whatever entry it gets; `file` 0 is one of its own, else a list of its source."""

    source: str
    file: int
    time: Interval
    place: Disc
    cardinality: str
    act: str | None
    actor: str | None
    deaths: int | None

    def report(self, entry: int, file: str, row: int) -> RecordedReport:
        also: dict[Attribute, Said] = {"act": self.act, "actor": self.actor, "deaths": self.deaths}
        found = told(entry, self.time, self.place, source=self.source, file=file, row=row, reference="", also=also)
        return found.model_copy(update={"report": found.report.model_copy(update={"cardinality": self.cardinality})})


LISTED = Story("Northland", 1, NOON, MILL, "incidents", None, None, None)

stories = st.builds(
    Story,
    source=st.sampled_from(NAMES),
    file=st.sampled_from([0, 0, 1]),
    time=st.sampled_from(TIMES),
    place=st.sampled_from(PLACES),
    cardinality=st.sampled_from(["incidents", "incidents", "incidents", "posts", "aggregate"]),
    act=st.sampled_from([None, "attack", "shelling", "displacement", "fire-accident"]),
    actor=st.sampled_from([None, *NAMES]),
    deaths=st.sampled_from([None, 0, 3]),
)
worlds = st.lists(stories, min_size=2, max_size=8)


def recorded(world: Sequence[Story], order: Sequence[int]) -> list[RecordedReport]:
    """Return the reports of *world*, each at the entry that *order* gives it; its row in its file stays."""
    files = [f"list {one.file} of {one.source}" if one.file else f"file {number}" for number, one in enumerate(world)]
    return [
        story.report(entry, file, row=files[:number].count(file) + 1)
        for number, (story, file, entry) in enumerate(zip(world, files, order, strict=True))
    ]


def shown(incidents: Sequence[Incident], stories_at: dict[int, int]) -> set[tuple[Hashable, ...]]:
    """Return what *incidents* say, with stories for entries and sources for accounts."""
    return {
        (
            frozenset(stories_at[entry] for entry in one.entries),
            one.time.start,
            one.time.end,
            one.place,
            frozenset((link.how, link.weight, link.weights) for link in one.links),
            frozenset(
                (
                    difference.attribute,
                    difference.state,
                    frozenset(
                        (
                            frozenset(one.accounts[number].source for number in saying.accounts),
                            saying.value and key(saying.value),
                        )
                        for saying in difference.sayings
                    ),
                )
                for difference in one.differences
            ),
        )
        for one in incidents
    }


@given(worlds, st.randoms(use_true_random=False))
@settings(max_examples=400, deadline=None)
def test_any_order_of_the_record_gives_the_same_incidents(world: list[Story], dice: Random) -> None:
    here, there = list(range(len(world))), dice.sample(range(50), len(world))
    first, second = match(recorded(world, here)), match(recorded(world, there))
    assert shown(first, {entry: n for n, entry in enumerate(here)}) == shown(
        second, {entry: n for n, entry in enumerate(there)}
    )


@given(worlds, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_some_of_the_reports_have_the_order_and_the_columns_that_they_have_among_all(
    world: list[Story], dice: Random
) -> None:
    reports = placed_reports(recorded(world, dice.sample(range(50), len(world))))
    some = dice.sample(reports, dice.randint(1, len(reports)))
    everywhere, columns = in_order(reports)
    here, few = in_order(some)
    rows = np.array([row for row, one in enumerate(everywhere) if one in some])
    assert here == [everywhere[row] for row in rows]
    assert np.array_equal(as_table(replace(few, entry=rows)), as_table(columns.take(rows)))


def test_rows_that_say_the_same_come_as_they_stand_in_their_file_whatever_came_first() -> None:
    found, _ = in_order(placed_reports(recorded([LISTED, LISTED, LISTED], [2, 0, 1])))
    assert [one.report.origin.record for one in found] == [1, 2, 3]


def test_one_source_makes_a_list_of_each_file_and_two_sources_never_make_one() -> None:
    alone = replace(LISTED, file=0)
    rows = recorded(
        [LISTED, LISTED, alone, replace(LISTED, source="NORTHLAND"), replace(alone, source="Post 3")], range(5)
    )
    rows[3] = rows[3].model_copy(update={"report": rows[3].report.model_copy(update={"origin": rows[0].report.origin})})
    placed = placed_reports(rows)
    source = columns_of(placed).source.tolist()
    assert source[0] == source[1] == source[3]
    assert len({*source}) == 3
    assert [columns_of([one]).source[0] for one in placed] == source


def test_of_two_rows_of_a_list_that_fit_equally_well_none_is_taken_whichever_stands_first() -> None:
    rows = [replace(LISTED, actor="Northland"), replace(LISTED, actor="Southland")]
    for order in ((0, 1, 2), (1, 0, 2), (2, 0, 1), (1, 2, 0)):
        found = matched(recorded([*rows, replace(LISTED, source="Southland", file=0)], order))
        assert {one.entries for one in found.incidents} == {(0,), (1,), (2,)}
        assert [one.entry for one in found.doubts] == [order[2]]


def test_of_two_that_fit_equally_well_neither_the_act_nor_who_came_first_decides() -> None:
    two_days = at("2031-05-01T00:00", "2031-05-03T00:00")
    alone = replace(LISTED, file=0, time=two_days, place=replace(MILL, name=""))
    world = [
        replace(alone, act="attack"),
        replace(alone, source="Southland", act="fire-accident"),
        replace(alone, source="Post 3"),
    ]
    for order in permutations(range(3)):
        found = matched(recorded(world, order))
        assert {one.entries for one in found.incidents} == {(0,), (1,), (2,)}
        assert order[2] in {one.entry for one in found.doubts}


def test_of_two_lists_that_begin_alike_the_rest_decides_which_goes_first() -> None:
    point = replace(MILL, name="")
    early = replace(LISTED, time=at("2031-05-02T10:30"), place=point)
    east, west = beside(MILL, 1100), beside(MILL, 1100, bearing=270)
    north = [early, replace(LISTED, place=east, act="attack")]
    south = [replace(early, source="Southland"), replace(LISTED, source="Southland", place=west, act="presence")]
    post = [replace(early, source="Post 3"), replace(LISTED, source="Post 3", place=point)]
    post.append(replace(post[0], time=at("2031-05-02T16:00")))
    world = [*north, *south, *post]
    told_together = set()
    for order in (range(7), (2, 3, 0, 1, 4, 5, 6), (6, 5, 4, 3, 2, 1, 0)):
        found = match(recorded(world, list(order)))
        told_together.add(frozenset(frozenset(list(order).index(entry) for entry in one.entries) for one in found))
    assert len(told_together) == 1


def test_what_incidents_are_made_of_comes_in_the_order_of_the_record() -> None:
    given = recorded([LISTED, replace(LISTED, source="Post 3"), replace(LISTED, source="Post 4")], [7, 2, 5])
    assert [one.entry for one in placed_reports(given)] == [2, 5, 7]
