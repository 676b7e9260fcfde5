"""A centre that statements are put into one by one, and the statements themselves, short to write."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from parley import job
from parley.centre.folder import Centre
from parley.centre.handles import SECRET_SIZE, Handles
from parley.centre.statements import state, state_act, state_reading, state_review
from parley.model import (
    Act,
    Arrived,
    Article,
    Block,
    Bulletin,
    Charter,
    Claim,
    Count,
    CountItem,
    Disc,
    EventReport,
    Interval,
    Judgement,
    ModelAnswer,
    OneOf,
    Origin,
    Proposal,
    Reading,
    Report,
    Review,
    Settled,
    Span,
    Teller,
    TermsVersion,
    Unknown,
    Value,
    Withdrawal,
    evidence_digest,
)
from parley.record.formats.note import Signer
from parley.record.keys import new_signer
from truce import TRUCE
from unchecked import author, put

AT = datetime(2031, 6, 1, tzinfo=UTC)
DAY = datetime(2031, 5, 2, tzinfo=UTC)
TERMS = f"{TRUCE}  - {{id: raids, article: '2', says: No raid., acts: [advance], released_by_breach_of: [attacks]}}\n"
MILL = Disc(name="Mill", lat=12.5, lon=40.25, radius_m=200)
BRIDGE = Disc(name="Bridge", lat=12.506, lon=40.25, radius_m=200)
HILL = Disc(name="Hill", lat=12.8, lon=40.25, radius_m=300)
NOWHERE = Origin(digest="", name="", first=1, last=1)
ALONE = 12
"""So many reports are alone on their days, and lie where no further one moves the box of all."""


def hours(start: float, end: float | None = None) -> Interval:
    """Return the time from *start* hours after the first day began; *end*: until when."""
    begin = DAY + timedelta(hours=start)
    return Interval(start=begin, end=begin if end is None else DAY + timedelta(hours=end))


def one(name: str) -> OneOf:
    return OneOf(any_of=(name,))


def claims(**said: Value | str | int | None) -> tuple[Claim, ...]:
    """Return claims; a number is an exact count, a string one name, None nothing."""

    def value(one_: Value | str | int) -> Value:
        if isinstance(one_, int):
            return Count(low=one_, best=one_, high=one_)
        return one(one_) if isinstance(one_, str) else one_

    return tuple(
        Claim(attribute=name.replace("_", "-"), value=value(given), said=repr(given))
        for name, given in said.items()
        if given is not None
    )


def event(
    source: str = "Post 1",
    place: Value = MILL,
    hour: float | Interval | Unknown = 12.0,
    *,
    reference: str = "",
    lasts: bool = False,
    corrects: str = "",
    channel: str = "field",
    keeps_ids: bool = False,
    cardinality: str = "incidents",
    published: float | None = None,
    act: str | None = "shelling",
    actor: Value | str | None = "Eastland",
    **more: Value | str | int | None,
) -> EventReport:
    """Return a report of one happening; where it stands in a file is said when it is brought."""
    time = hour if isinstance(hour, Interval | Unknown) else hours(hour)
    return EventReport(
        source=source,
        channel=channel,
        origin=NOWHERE,
        published=None if published is None else hours(published),
        reference=reference,
        reference_lasts=lasts,
        corrects=corrects,
        keeps_ids=keeps_ids,
        cardinality=cardinality,  # type: ignore[arg-type]
        claims=claims(time=time, place=place, act=act, actor=actor, **more),
    )


def bulletin(
    side: str, day: int, count: int, *, publisher: str = "", number: str = "", days: int = 1, other: str = "Eastland"
) -> Bulletin:
    """Return what *side* counts from one *day* on, from 0."""
    return Bulletin(
        source=publisher or f"{side} Office",
        channel="bulletin",
        origin=NOWHERE,
        side=side,
        period=hours(24 * day, 24 * (day + days)),
        counting="ceasefire violations",
        stated_total=count,
        number=number,
        items=(CountItem(area="Middle Reach", count=count, act="shelling", respondent=other, line=4),),
    )


def article(text: str, source: str = "Courier", key: str = "", day: int = 0) -> Article:
    """Return an article of one sentence, in which Eastland is said to comment."""
    return Article(
        source=source,
        channel="article",
        origin=NOWHERE,
        published=hours(24 * day, 24 * day + 24),
        origin_key=key or text,
        headline="",
        blocks=(Block(kind="body", span=Span(start=0, end=len(text)), text=text),),
        chain=(Teller(who=source, relation="outlet"),),
        proposals=(proposal(text),),
    )


def proposal(text: str) -> Proposal:
    return Proposal(holder="Post 9", act="assert", evidence=Span(start=0, end=len(text)))


def withdrawal(source: str, reference: str) -> Withdrawal:
    return Withdrawal(source=source, channel="field", reference=reference, origin=NOWHERE)


@dataclass(frozen=True)
class Brought:
    """An input in the record, and what it brought so far, by their entries."""

    input: int
    digest: str
    entries: list[int] = field(default_factory=list)

    @property
    def entry(self) -> int:
        """The entry of the one report that it brought."""
        (found,) = self.entries
        return found


class Growing:
    """Puts statements into a centre; every method returns the entries of what it put."""

    def __init__(self, centre: Centre, sides: Sequence[str] = ("west", "east")) -> None:
        self.centre = centre
        self.handles = job.handles(centre)
        self.keys: dict[str, Signer] = {}
        self.articles: dict[int, Article] = {}
        self.brought: list[Brought] = []
        for side in sides:
            self.keys[side] = new_signer(f"{side}.example/desk")
            centre.record.register(self.keys[side].verifier, AT, side)

    def say(self, *statements: Any) -> list[int]:
        """Put what the desk says."""
        return [appended.index for appended in self.centre.record.append(statements, at=AT)]

    def bring(
        self,
        *reports: Report,
        withdrawals: Sequence[Withdrawal] = (),
        last: bool = True,
        like: Brought | None = None,
    ) -> Brought:
        """Put an input with what it brings; *last*: it is read to its end; *like*: it is the same file as that."""
        number = self.centre.record.size
        digest = like.digest if like else hashlib.sha256(str(number).encode()).hexdigest()
        arrived = Arrived(
            name=f"{number}.json",
            channel="field",
            digest=digest,
            size=1,
            source=None,
            side=None,
            handle=None,
            mapping=None,
        )
        (input_,) = self.say(state("input", arrived))
        brought = Brought(input_, digest)
        self.brought.append(brought)
        self.go_on(brought, *reports, withdrawals=withdrawals, last=last)
        return brought

    def go_on(
        self, brought: Brought, *reports: Report, withdrawals: Sequence[Withdrawal] = (), last: bool = True
    ) -> list[int]:
        """Put a further part of an input."""
        rows = len(brought.entries)
        several = rows + len(reports) > 1 or not last
        lying = [
            one_.model_copy(
                update={
                    "origin": Origin(
                        digest=brought.digest, name="f", first=row, last=row, record=row if several else None
                    )
                }
            )
            for row, one_ in enumerate(reports, rows + 1)
        ]
        reading = Reading(tuple(lying), withdrawals=tuple(withdrawals), rows=rows + len(lying))
        entries = self.say(*state_reading(reading, brought.input, last, self.handles))
        new = entries[: len(lying)]
        brought.entries.extend(new)
        self.articles |= {entry: said for entry, said in zip(new, lying, strict=True) if isinstance(said, Article)}
        return entries

    def by_a_side(self, side: str, report: Report) -> int:
        """Put a report that a party's own key says; return its entry."""
        hand = author(self.centre.record, self.keys[side])
        number = hand.place.seq
        digest = hashlib.sha256(f"own {self.centre.record.size}".encode()).hexdigest()
        called = Handles(bytes(SECRET_SIZE), self.handles.parties, side=side)
        arrived = Arrived(
            name="own.json", channel="field", digest=digest, size=1, source=None, side=None, handle=None, mapping=None
        )
        lying = report.model_copy(update={"origin": Origin(digest=digest, name="own.json", first=1, last=1)})
        said = [state("input", arrived), *state_reading(Reading((lying,)), number, True, called)]
        return self.sign(side, *said)[1]

    def sign(self, side: str, *statements: Any) -> list[int]:
        """Put what a party's own key says."""
        hand = author(self.centre.record, self.keys[side])
        said = [hand.say(kind, body, AT) for kind, body in statements]
        return [appended.index for appended in self.centre.record.submit(said, AT)]

    def unreadable(self) -> list[int]:
        """Put a statement that nobody can read."""
        return put(self.centre.record, [("rumour", {"x": self.centre.record.size})], AT)

    def act(self, does: str, entry: int, side: str = "centre", **more: Any) -> int:
        (found,) = self.say(state_act(Act(does=does, entry=entry, by="A", reason="b", **more), side))  # type: ignore[arg-type]
        return found

    def judge(self, kind: str, *groups: Sequence[int], **more: Any) -> int:
        said = Judgement(kind=kind, groups=tuple(map(tuple, groups)), by="A", reason="b", **more)  # type: ignore[arg-type]
        (found,) = self.say(state("judgement", said))
        return found

    def settle(self, **said: Any) -> int:
        (found,) = self.say(state("established", Settled(by="A", reason="b", **said)))
        return found

    def receipt(self, side: str, entry: int) -> list[int]:
        leaf = self.centre.record.log.row(entry).leaf_hash.hex()
        return self.sign(side, ("receipt", {"entry": entry, "leaf": leaf}))

    def review(self, article_: int, by: str, decision: str, *, answer: int | None = None, **more: Any) -> int:
        said = self.articles[article_]
        made = Review(
            article=article_,
            model_answer=answer,
            number=1,
            evidence=evidence_digest(said, said.proposals[0]),
            decision=decision,  # type: ignore[arg-type]
            by=by,
            reason="b",
            at=AT,
            **more,
        )
        (found,) = self.say(state_review(made, self.handles))
        return found

    def answer(self, article_: int) -> int:
        """Put what a model proposes for an article: what the rules do."""
        said = ModelAnswer(
            article=article_,
            endpoint="https://model.invalid",
            model="m",
            prompts=("ab" * 32,),
            answers=("{}",),
            proposals=self.articles[article_].proposals,
        )
        (found,) = self.say(state("model-proposal", said))
        return found

    def take_up(self, text: str = TERMS, **more: Any) -> list[int]:
        return self.say(state("terms-version", TermsVersion(name="truce.yaml", text=text, **more)))


def begun(folder: Path, called: Callable[[str], str] = str) -> Growing:
    """Return a centre with an agreement, and with reports that no other is near; *called*: what names are there."""
    centre = Centre.create(folder, Charter(title="Exercise", timezone="UTC", cutoff="19:30"), at=AT)
    centre.take_up([TermsVersion(name="truce.yaml", text=called(TERMS))], at=AT)
    growing = Growing(centre, (called("west"), called("east")))
    for number in range(ALONE):
        place = Disc(lat=12.45 + number % 4 * 0.1, lon=40.15 + number // 4 * 0.2, radius_m=200)
        growing.bring(event(f"Far {number}", place, 24 * (20 + 3 * number), actor=called("Eastland")))
    return growing
