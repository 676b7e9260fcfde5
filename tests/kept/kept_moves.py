"""Statements of every kind about the same few sources, places, hours and ids, as dice have it: most of them meet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from kept_growing import (
    BRIDGE,
    HILL,
    MILL,
    TERMS,
    Brought,
    Growing,
    article,
    bulletin,
    claims,
    event,
    hours,
    withdrawal,
)

from parley import current, job
from parley.centre.statements import state
from parley.incidents.linkage.weights import shipped
from parley.model import (
    UNREADABLE,
    Cause,
    EventReport,
    ReadAs,
    RegisteredPlace,
    RegisteredSource,
    Report,
    Unknown,
    Weighing,
)

SOURCES = ("Post 1", "Post 2", "Westland", "Eastland", "Post 2 (east)")
PLACES = (MILL, MILL, BRIDGE, HILL)
HOURS = (11.5, 12.0, 12.0, 12.25, 30.0, 50.0)
ACTS = ("shelling", "shelling", "gunfire", "advance")
IDS = ("R-1", "R-2", "R-3", "R-4")
LOST = Unknown(why=Cause(code=UNREADABLE, params={"found": "x"}))
TEXTS = (
    "Post 9 said that the mill had been shelled at noon and that nobody had been hurt by it on that day",
    "Post 9 said that the mill had been shelled at noon and that nobody had been hurt by it, so a man",
    "Post 9 denied that anything had been brought over the bridge in the night before the market day",
)


@dataclass
class Dice:
    """What is drawn, and what was put so far that later statements may name, by their entries."""

    growing: Growing
    random: Random
    reports: list[int] = field(default_factory=list)
    said: list[tuple[int, EventReport]] = field(default_factory=list)
    acts: list[int] = field(default_factory=list)
    judgements: list[int] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    rules: list[int] = field(default_factory=list)
    answers: list[tuple[int, int]] = field(default_factory=list)
    changes: list[tuple[int, int]] = field(default_factory=list)
    sheet: list[EventReport] = field(default_factory=list)
    short: list[Brought] = field(default_factory=list)

    def of(self, some: Any) -> Any:
        return self.random.choice(some)

    def event(self, **more: Any) -> EventReport:
        given: dict[str, Any] = {
            "source": self.of(SOURCES),
            "place": self.of(PLACES),
            "hour": self.of(HOURS),
            "act": self.of(ACTS),
            "actor": self.of(("Eastland", "Westland", None)),
            "deaths": self.of((None, None, 0, 2)),
        }
        return event(**{**given, **more})

    def bring(self, *reports: Report, like: Brought | None = None, **more: Any) -> Brought:
        brought = self.growing.bring(*reports, like=like, **more)
        self.know(brought.entries, reports)
        return brought

    def know(self, entries: list[int], reports: tuple[Report, ...]) -> None:
        for entry, report in zip(entries, reports, strict=True):
            if isinstance(report, EventReport):
                self.said.append((entry, report))
                self.reports.append(entry)


def report(dice: Dice) -> None:
    dice.bring(dice.event())


def same_again(dice: Dice) -> None:
    """What was said before, under another id, or under none, or from the same file."""
    if dice.said:
        _, said = dice.of(dice.said)
        like = dice.of((None, None, dice.of(dice.growing.brought)))
        dice.bring(said.model_copy(update={"reference": dice.of(("", "X-1", said.reference))}), like=like)


def lasting(dice: Dice) -> None:
    """A report under an id that lasts, or one that corrects it; now and then wholly elsewhere."""
    corrects = dice.of(("", "", dice.of(IDS)))
    hour = dice.of(HOURS)
    published = dice.of((None, None, 60.0, 61.0))
    dice.bring(
        dice.event(
            source="Post 1",
            reference=dice.of(IDS),
            lasts=True,
            corrects=corrects,
            hour=dice.of((hour, hour, hour + 100)),
            published=published,
        )
    )


def sheet(dice: Dice) -> None:
    """A sheet, which is sent again with a row more, with rows changed, or with every id shifted by one."""
    rows = list(dice.sheet)
    what = dice.of(("more", "changed", "shifted", "same"))
    if not rows:
        rows = [dice.event(source="List", hour=hours(12 + 36 * row), place=PLACES[row]) for row in range(4)]
    if what == "changed":
        row = dice.random.randrange(len(rows))
        rows[row] = dice.event(source="List")
    if what in ("more", "shifted"):
        rows.insert(0 if what == "shifted" else len(rows), dice.event(source="List", hour=hours(200.0 + len(rows))))
    rows = [
        one.model_copy(update={"reference": f"{number}", "reference_lasts": True, "keeps_ids": True})
        for number, one in enumerate(rows, 1)
    ]
    dice.sheet[:] = rows
    dice.bring(*rows)


def lost(dice: Dice) -> None:
    """A report of which the time, the place or the actor could not be read."""
    what = dice.of(("hour", "place", "actor"))
    dice.bring(dice.event(source="Post 1", reference=dice.of(IDS), lasts=dice.of((True, False)), **{what: LOST}))


def wider(dice: Dice) -> None:
    place = replace(dice.of((MILL, HILL)), name="", radius_m=8000)
    begin = dice.of((0, 24))
    dice.bring(dice.event(place=place, hour=hours(begin, begin + 24), cardinality="aggregate", act="attack"))


def withdrawn(dice: Dice) -> None:
    dice.growing.bring(withdrawals=[withdrawal(dice.of(("Post 1", "List", "Post 2")), dice.of((*IDS, "1", "2")))])


def act(dice: Dice) -> None:
    """An act upon a report, an input, another act, or what the desk put."""
    inputs = [one.input for one in dice.growing.brought]
    some = dice.of((dice.reports, dice.reports, inputs, dice.acts, dice.settled, list(dice.growing.articles)))
    if not some or not dice.reports:
        return
    entry, does = dice.of(some), dice.of(("correct", "withdraw", "withdraw", "note", "accept", "accept", "apart"))
    more: dict[str, Any] = {}
    if does == "correct":
        more["claims"] = claims(time=hours(dice.of(HOURS)), deaths=dice.of((0, 1, 2)))
    if does == "accept" and (of := dice.of(dice.reports)) != entry:
        more["of"] = dice.of((None, of))
    made = dice.growing.act(does, entry, dice.of(("centre", "centre", "west")), **more)
    dice.acts.append(made)
    if does == "correct":
        dice.reports.append(made)


def told(dice: Dice) -> None:
    """An article; now and then one that copies another."""
    text = dice.of(TEXTS)
    dice.bring(article(text, source=dice.of(("Courier", "Herald")), day=dice.of((0, 1))))


def reviewed(dice: Dice) -> None:
    if not dice.growing.articles:
        return
    entry = dice.of(list(dice.growing.articles))
    of_models = [answer for of, answer in dice.answers if of == entry]
    answer = dice.of([None, *of_models])
    changes = [made for of, made in dice.changes if of == (entry if answer is None else answer)]
    decision = dice.of(("changed", "changed", "confirmed", "confirmed", "rejected", "withdrawn"))
    more: dict[str, Any] = {}
    if decision == "changed":
        happened = claims(time=hours(12.0), place=MILL, act="shelling", deaths=dice.of((None, 2)))
        more["changes"] = ReadAs(holder=dice.of(("Post 9", "Post 1")), act="assert", claims=happened)
    if decision == "confirmed" and changes:
        more["confirms"] = dice.of(changes)
    made = dice.growing.review(entry, dice.of(("A", "B", "C")), decision, answer=answer, **more)
    dice.reports.append(made)
    if decision == "changed":
        dice.changes.append((entry if answer is None else answer, made))


def answered(dice: Dice) -> None:
    if dice.growing.articles:
        entry = dice.of(list(dice.growing.articles))
        dice.answers.append((entry, dice.growing.answer(entry)))


def counted(dice: Dice) -> None:
    side, other = dice.of((("Westland", "Eastland"), ("Eastland", "Westland")))
    number = dice.of(("", "1/2031", "2/2031"))
    publisher = dice.of(("", "", "Joint Office"))
    day, days = dice.of((0, 1, 2)), dice.of((1, 1, 3))
    dice.bring(
        bulletin(side, day, dice.of((1, 2, 5)), publisher=publisher, number=number, other=other, days=days),
    )


def judged(dice: Dice) -> None:
    if len(set(dice.reports)) < 4:
        return
    kind = dice.of(("same", "merge", "different", "split", "part-of", "withdraw"))
    one, two, three = dice.random.sample(sorted(set(dice.reports)), 3)
    superseded = tuple(dice.random.sample(dice.judgements, min(len(dice.judgements), dice.of((0, 0, 1, 2)))))
    groups: Mapping[str, list[list[int]]] = {
        "same": [[one, two]],
        "merge": [[one, two, three]],
        "different": [[one], [two]],
        "split": [[one, two], [three]],
        "part-of": [[one, two]],
        "withdraw": [],
    }
    if kind == "withdraw" and not superseded:
        return
    more = {"whole": three} if kind == "part-of" else {}
    dice.judgements.append(dice.growing.judge(kind, *groups[kind], supersedes=superseded, **more))


def settled(dice: Dice) -> None:
    if dice.reports:
        question, value = dice.of((("actor", "Westland"), ("actor", "Eastland"), ("act", "shelling")))
        receipts = dice.of((True, False))
        made = dice.growing.settle(report=dice.of(dice.reports), question=question, value=value, receipts=receipts)
        dice.settled.append(made)


def receipt(dice: Dice) -> None:
    if dice.settled:
        dice.growing.receipt(dice.of(("west", "east")), dice.of(dice.settled))


def by_a_side(dice: Dice) -> None:
    source = dice.of(("Eastland", "Post 2"))
    said = dice.event(source=source, reference=dice.of(IDS), lasts=dice.of((True, False)))
    dice.reports.append(dice.growing.by_a_side("east", said))


def unreadable(dice: Dice) -> None:
    dice.growing.unreadable()


def cut_short(dice: Dice) -> None:
    """A part of an input, and at another time the rest of one."""
    if dice.short and dice.of((True, False)):
        going = dice.short.pop()
        before = len(going.entries)
        reports = (dice.event(source="Post 2"),)
        dice.growing.go_on(going, *reports, last=dice.of((True, False)))
        dice.know(going.entries[before:], reports)
    else:
        first = dice.bring(dice.event(source="Post 2", reference="2", lasts=True), last=False)
        dice.short.append(first)


def registered(dice: Dice) -> None:
    if dice.of((True, False)):
        said = RegisteredPlace(name=dice.of(("Mill", "Ford")), lat=13.2, lon=40.25, radius_m=500)
        (made,) = dice.growing.say(state("place", said))
    else:
        (made,) = dice.growing.say(state("source", RegisteredSource(name="Post 7", side="west")))
    dice.rules.append(made)


def undone(dice: Dice) -> None:
    """A rule that is taken back."""
    if dice.rules:
        dice.growing.act("withdraw", dice.of(dice.rules))


def rules(dice: Dice) -> None:
    """Another version of the agreement, other weights, or something that is established of a party."""
    match dice.of(("terms", "weights", "party")):
        case "terms":
            text = TERMS.replace("[advance]", dice.of(("[advance]", "[gunfire]")))
            dice.growing.take_up(text, start=hours(48.0).start, by="A")
        case "weights":
            fields, start = dict(shipped().fields), shipped().start + dice.of((0, 500))
            table = Weighing(fields=fields, start=start, reports=1, confirmed=0, by="A", reason="b")
            dice.growing.say(state("weighing", table))
        case "party":
            made = dice.growing.settle(
                subject="east", agreement="truce", question="bound", value=dice.of(("yes", "no"))
            )
            dice.rules.append(made)


def published(dice: Dice) -> None:
    centre, day = dice.growing.centre, hours(dice.of(HOURS)).start.date()
    job.publish_days(centre, current.everything(centre), [day], hours(1000).start)


MOVES: Mapping[Callable[[Dice], None], int] = {
    report: 6, same_again: 4, lasting: 6, sheet: 3, lost: 2, wider: 3, withdrawn: 2, act: 8, told: 3, reviewed: 5,
    answered: 1, counted: 4, judged: 5, settled: 2, receipt: 2, by_a_side: 2, unreadable: 1, cut_short: 2,
    published: 2,
}  # fmt: skip
"""What may come, and how often."""
SELDOM = (registered, rules, undone)
"""What concerns everything, so that all is made again."""
