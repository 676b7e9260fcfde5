"""Each reason for which statements are found together is needed: without it, what is kept goes wrong.

A scenario is what stands, and what comes then; it ends as the whole record has it, and without its edge it does not.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kept_growing import ALONE, HILL, MILL, Growing, article, begun, bulletin, claims, event, hours, withdrawal
from kept_moves import LOST, TEXTS
from kept_rows import follows_to_what_is_made

from parley import current, editions, job, publish
from parley.centre.folder import Centre
from parley.centre.statements import state
from parley.derivation import index, kept
from parley.derivation.touched import Key, about, ids_of, keys_of, named_by
from parley.model import (
    Bulletin,
    EventReport,
    Judgement,
    ModelAnswer,
    ReadAs,
    Receipt,
    RecordedAct,
    RecordedReport,
    RecordedReview,
    RecordedWithdrawal,
    RegisteredPlace,
    RegisteredSource,
    Settled,
    Stated,
)

Then = Callable[[], object]
Scenario = Callable[[Growing], Then]
"""Puts what stands; gives what puts what comes then."""
HAPPENED = ReadAs(holder="Post 9", act="assert", claims=claims(time=hours(12.0), place=MILL, act="shelling"))


def corrected_by_its_source(growing: Growing) -> Then:
    growing.bring(event(reference="R-1", lasts=True))
    return lambda: growing.bring(event(reference="R-1", lasts=True, deaths=2))


def corrected_under_another_id(growing: Growing) -> Then:
    growing.bring(event(reference="R-1", lasts=True))
    return lambda: growing.bring(event(reference="R-2", corrects="R-1", deaths=2))


def corrected_in_turn(growing: Growing) -> Then:
    growing.bring(event(reference="R-1", lasts=True))
    growing.bring(event(reference="R-2", corrects="R-1", hour=12.25))
    return lambda: growing.bring(event(reference="R-3", corrects="R-2", hour=12.5))


def bulletin_again(growing: Growing) -> Then:
    growing.bring(bulletin("Westland", 0, 3, number="1/2031"))
    return lambda: growing.bring(bulletin("Westland", 0, 5, number="1/2031"))


def said_twice(growing: Growing) -> Then:
    growing.bring(event(reference="A"))
    return lambda: growing.bring(event(reference="B"))


def corrected_to_what_was_said(growing: Growing) -> Then:
    growing.bring(event(reference="A", deaths=2))
    other = growing.bring(event(reference="B", hour=12.25, deaths=0)).entry
    return lambda: growing.act("correct", other, claims=claims(time=hours(12.0), deaths=2))


def said_what_was_corrected_to(growing: Growing) -> Then:
    other = growing.bring(event(reference="B", hour=12.25, deaths=0)).entry
    growing.act("correct", other, claims=claims(time=hours(12.0), deaths=2))
    return lambda: growing.bring(event(reference="A", deaths=2))


def withdrawn_by_its_source(growing: Growing) -> Then:
    growing.bring(event(reference="R-1", lasts=True))
    return lambda: growing.bring(withdrawals=[withdrawal("Post 1", "R-1")])


def withdrawn_by_people(growing: Growing) -> Then:
    entry = growing.bring(event()).entry
    return lambda: growing.act("withdraw", entry)


def input_withdrawn(growing: Growing) -> Then:
    brought = growing.bring(event(), event(place=HILL))
    return lambda: growing.act("withdraw", brought.input)


def act_undone(growing: Growing) -> Then:
    act = growing.act("withdraw", growing.bring(event()).entry)
    return lambda: growing.act("withdraw", act)


def correction_of_a_correction(growing: Growing) -> Then:
    act = growing.act("correct", growing.bring(event()).entry, claims=claims(deaths=1))
    return lambda: growing.act("correct", act, claims=claims(deaths=2))


def accepted_as_a_correction(growing: Growing) -> Then:
    old, new = growing.bring(event()).entry, growing.bring(event(hour=13.0, source="Post 2", place=HILL)).entry
    return lambda: growing.act("accept", new, of=old)


def shifted_sheet(growing: Growing) -> Then:
    rows = [event("List", MILL, 12.0 + 36 * row) for row in range(4)]

    def numbered(*rows_: Any) -> list[Any]:
        made = enumerate(rows_, 1)
        return [one.model_copy(update={"reference": f"{n}", "reference_lasts": True}) for n, one in made]

    growing.bring(*numbered(*rows))
    return lambda: growing.bring(*numbered(event("List", MILL, 300.0), *rows))


def read_in_an_article(growing: Growing) -> Then:
    entry = growing.bring(article(TEXTS[0])).entry
    return lambda: growing.review(entry, "A", "changed", changes=HAPPENED)


def confirmed_by_a_second(growing: Growing) -> Then:
    entry = growing.bring(article(TEXTS[0])).entry
    read = HAPPENED.model_copy(update={"claims": (*HAPPENED.claims, *claims(deaths=2))})
    made = growing.review(entry, "A", "changed", changes=read)
    return lambda: growing.review(entry, "B", "confirmed", confirms=made)


def proposed_by_a_model(growing: Growing) -> Then:
    entry = growing.bring(article(TEXTS[0])).entry
    return lambda: growing.answer(entry)


def read_in_a_models_answer(growing: Growing) -> Then:
    entry = growing.bring(article(TEXTS[0])).entry
    answer = growing.answer(entry)
    return lambda: growing.review(entry, "A", "changed", answer=answer, changes=HAPPENED)


def review_withdrawn(growing: Growing) -> Then:
    made = growing.review(growing.bring(article(TEXTS[0])).entry, "A", "changed", changes=HAPPENED)
    return lambda: growing.act("withdraw", made)


def judged_apart(growing: Growing) -> Then:
    one, two = growing.bring(event()).entry, growing.bring(event(source="Post 2")).entry
    return lambda: growing.judge("different", [one], [two])


def judged_a_part(growing: Growing) -> Then:
    one, whole = growing.bring(event()).entry, growing.bring(event(source="Post 2")).entry
    return lambda: growing.judge("part-of", [one], whole=whole)


def judgement_withdrawn(growing: Growing) -> Then:
    one, two = growing.bring(event()).entry, growing.bring(event(source="Post 2")).entry
    judgement = growing.judge("different", [one], [two])
    return lambda: growing.judge("withdraw", supersedes=(judgement,))


def judged_and_corrected(growing: Growing) -> Then:
    one = growing.bring(event(reference="R-1", lasts=True)).entry
    two = growing.bring(event(source="Post 2", place=HILL)).entry
    growing.judge("same", [one, two])
    return lambda: growing.bring(event(reference="R-1", lasts=True, deaths=2))


def established(growing: Growing) -> Then:
    entry = growing.bring(event(actor=None)).entry
    return lambda: growing.settle(report=entry, question="actor", value="Westland")


def established_and_undone(growing: Growing) -> Then:
    settled = growing.settle(report=growing.bring(event(actor=None)).entry, question="actor", value="Westland")
    return lambda: growing.act("withdraw", settled)


def established_on_receipts(growing: Growing) -> Then:
    entry = growing.bring(event(actor=None)).entry
    settled = growing.settle(report=entry, question="actor", value="Westland", receipts=True)
    growing.receipt("west", settled)
    return lambda: growing.receipt("east", settled)


def place_undone(growing: Growing) -> Then:
    (place,) = growing.say(state("place", RegisteredPlace(name="Mill", lat=13.2, lon=40.25, radius_m=500)))
    growing.bring(event())
    return lambda: growing.act("withdraw", place)


def waits_and_can_be_read_then(growing: Growing) -> Then:
    growing.bring(event(place=LOST, reference="R-1", lasts=True))
    return lambda: growing.bring(event(reference="R-1", lasts=True))


def several_corrected_as_one(growing: Growing) -> Then:
    brought = growing.bring(event(), event(place=HILL))
    return lambda: growing.act("correct", brought.input, claims=claims(deaths=2))


def said_after_a_place_was_taken_back(growing: Growing) -> Then:
    (place,) = growing.say(state("place", RegisteredPlace(name="Mill", lat=13.2, lon=40.25, radius_m=500)))
    growing.act("withdraw", place)
    return lambda: growing.bring(event())


def a_wider_one_alone_beside_what_pulls_others_in(growing: Growing) -> Then:
    one, far = growing.bring(event()).entry, growing.bring(event(place=HILL, hour=300.0)).entry
    growing.judge("different", [one], [far])
    return lambda: growing.bring(
        event(source="Post 2"), event(source="Post 3", hour=hours(120, 144), cardinality="aggregate")
    )


def beside_a_wider_one_that_is_judged_with_another(growing: Growing) -> Then:
    whole = growing.bring(event(source="Post 3", hour=hours(0, 24), cardinality="aggregate")).entry
    far = growing.bring(event(place=HILL, hour=300.0)).entry
    growing.bring(event())
    growing.judge("different", [whole], [far])
    return lambda: growing.bring(event(source="Post 2"))


def undated_after_its_day_was_published(growing: Growing) -> Then:
    last = hours(24 * (20 + 3 * (ALONE - 1))).start
    findings = current.everything(growing.centre)
    job.publish_days(growing.centre, findings, [last.date()], last)
    return lambda: growing.bring(event(hour=LOST))


def gone_on_after_its_day_was_published(growing: Growing) -> Then:
    begun_ = growing.bring(event(), last=False)
    job.publish_days(growing.centre, current.everything(growing.centre), [hours(12).start.date()], hours(12).start)
    return lambda: growing.go_on(begun_, event(hour=60.0, place=HILL))


FURTHER: tuple[Scenario, ...] = (
    corrected_to_what_was_said, said_what_was_corrected_to, correction_of_a_correction, shifted_sheet,
    read_in_a_models_answer, several_corrected_as_one, said_after_a_place_was_taken_back,
    a_wider_one_alone_beside_what_pulls_others_in, beside_a_wider_one_that_is_judged_with_another,
    undated_after_its_day_was_published, gone_on_after_its_day_was_published,
)  # fmt: skip
"""What is followed without an edge of its own."""


@dataclass(frozen=True)
class Edge:
    """Some of the keys of some statements, and what goes wrong where they are left out."""

    says: type
    keys: Callable[[Stated, Any], Iterable[Key | None]]
    scenarios: tuple[Scenario, ...]

    def of(self, one: Stated) -> set[Key]:
        """Return which keys of a statement are left out without this edge."""
        return (
            {key for key in self.keys(one, one.says) if key is not None} if isinstance(one.says, self.says) else set()
        )


def _named(entry: int | None) -> Key | None:
    return None if entry is None else named_by(entry)


def _corrects(said: RecordedReport) -> bool:
    return isinstance(said.report, EventReport) and bool(said.report.corrects)


def _ids(said: RecordedReport, **otherwise: object) -> Iterable[Key]:
    """Return the keys of an event report's ids, were these otherwise."""
    if isinstance(said.report, Bulletin):
        return ()
    return ids_of(said.model_copy(update={"report": said.report.model_copy(update=otherwise)}))


EDGES: Mapping[str, Edge] = {
    "report, its entry": Edge(
        RecordedReport, lambda one, _: [named_by(one.entry)], (withdrawn_by_people, judged_apart)
    ),
    "report, its id": Edge(
        RecordedReport,
        lambda _, said: () if _corrects(said) else _ids(said),
        (corrected_by_its_source, withdrawn_by_its_source, waits_and_can_be_read_then),
    ),
    "report, its own id where it corrects another": Edge(
        RecordedReport,
        lambda _, said: _ids(said, corrects="", reference_lasts=True) if _corrects(said) else (),
        (corrected_in_turn,),
    ),
    "report, the id that it corrects": Edge(
        RecordedReport,
        lambda _, said: _ids(said, reference="") if _corrects(said) else (),
        (corrected_under_another_id,),
    ),
    "bulletin, its number": Edge(
        RecordedReport,
        lambda _, said: ids_of(said) if isinstance(said.report, Bulletin) else (),
        (bulletin_again,),
    ),
    "report, what it is about": Edge(RecordedReport, lambda _, said: about(said), (said_twice,)),
    "withdrawal, the id": Edge(
        RecordedWithdrawal,
        lambda one, _: keys_of(one),
        (withdrawn_by_its_source,),
    ),
    "act, its entry": Edge(RecordedAct, lambda one, _: [named_by(one.entry)], (act_undone,)),
    "act, what it is upon": Edge(
        RecordedAct, lambda _, said: [named_by(said.act.entry)], (withdrawn_by_people, input_withdrawn, place_undone)
    ),
    "act, what is corrected with it": Edge(
        RecordedAct, lambda _, said: [_named(said.act.of)], (accepted_as_a_correction,)
    ),
    "review, its entry": Edge(RecordedReview, lambda one, _: [named_by(one.entry)], (review_withdrawn,)),
    "review, its article": Edge(
        RecordedReview, lambda _, said: [named_by(said.review.article)], (read_in_an_article, confirmed_by_a_second)
    ),
    "answer, its article": Edge(ModelAnswer, lambda _, said: [named_by(said.article)], (proposed_by_a_model,)),
    "judgement, its entry": Edge(Judgement, lambda one, _: [named_by(one.entry)], (judgement_withdrawn,)),
    "judgement, its reports": Edge(
        Judgement,
        lambda _, said: [named_by(entry) for group in said.groups for entry in group],
        (judged_apart, judged_and_corrected),
    ),
    "judgement, the wider report": Edge(Judgement, lambda _, said: [_named(said.whole)], (judged_a_part,)),
    "judgement, what it supersedes": Edge(
        Judgement, lambda _, said: map(named_by, said.supersedes), (judgement_withdrawn,)
    ),
    "established, its entry": Edge(
        Settled, lambda one, _: [named_by(one.entry)], (established_and_undone, established_on_receipts)
    ),
    "established, its report": Edge(Settled, lambda _, said: [_named(said.report)], (established,)),
    "receipt, what it is for": Edge(Receipt, lambda _, said: [named_by(said.of)], (established_on_receipts,)),
    "place, its entry": Edge(RegisteredPlace | RegisteredSource, lambda one, _: [named_by(one.entry)], (place_undone,)),
}
SCENARIOS = tuple(dict.fromkeys([*(each for edge in EDGES.values() for each in edge.scenarios), *FURTHER]))


@contextmanager
def without(edge: Edge) -> Iterator[None]:
    """Let statements not be found under the keys of *edge*."""

    def left(one: Stated) -> Iterator[Key]:
        return (key for key in keys_of(one) if key not in edge.of(one))

    with pytest.MonkeyPatch.context() as patch:
        for module in (index, kept):
            patch.setattr(module, "keys_of", left)
        if edge is EDGES["report, what it is about"]:
            patch.setattr(kept, "about", lambda _: ())
        yield


def played(scenario: Scenario, folder: Path) -> str:
    """Play *scenario*; return how what is kept then differs from what is made, "" where it does not."""
    growing = begun(folder)
    with closing(growing.centre.record):
        then = scenario(growing)
        current.make(growing.centre)
        then()
        return follows_to_what_is_made(growing.centre) or _days_otherwise(growing.centre)


def _days_otherwise(centre: Centre) -> str:
    """Return the days of which what is derived near them reports otherwise than all findings do."""
    findings = current.everything(centre)
    return " ".join(
        str(day)
        for day in publish.days(findings, centre.timezone)
        if editions.daily_report(centre, current.of_day(centre, day), day)
        != editions.daily_report(centre, findings, day)
    )


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)
def test_what_comes_then_is_followed_to_what_is_made(scenario: Scenario, tmp_path: Path) -> None:
    assert played(scenario, tmp_path / "centre") == ""


@pytest.mark.parametrize("name", EDGES)
def test_without_any_edge_something_goes_wrong(name: str, tmp_path: Path) -> None:
    def goes_wrong(scenario: Scenario) -> bool:
        try:
            return played(scenario, tmp_path / scenario.__name__) != ""
        except KeyError:  # a report is missing where one is drawn
            return True

    with without(EDGES[name]):
        wrong = [goes_wrong(one) for one in EDGES[name].scenarios]
    assert any(wrong)


def test_every_key_of_a_statement_is_of_one_of_these_edges(tmp_path: Path) -> None:
    for scenario in SCENARIOS:
        growing = begun(tmp_path / scenario.__name__)
        with closing(growing.centre.record):
            scenario(growing)()
            for one in growing.centre.stated():
                named = set().union(*(edge.of(one) for edge in EDGES.values()))
                assert set(keys_of(one)) <= named, one
