"""Making small findings by hand from the nouns: one call for each thing that a sentence of a test speaks of."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from parley.model import (
    Account,
    AgreementCard,
    Answer,
    Article,
    Assessment,
    Attribute,
    Block,
    Bulletin,
    Cause,
    Citation,
    Claim,
    ClauseAnswer,
    ClauseAssessment,
    ClauseCard,
    Code,
    Comparison,
    CountItem,
    Crux,
    Deferred,
    Difference,
    Disc,
    DutyState,
    EventReport,
    Findings,
    Incident,
    InputCard,
    Interval,
    Link,
    Origin,
    Problem,
    Proposal,
    Reason,
    RecordedReport,
    Report,
    Saying,
    Span,
    Support,
    TallyRow,
    Teller,
    Value,
    Weight,
    WhyOnlyOne,
)
from parley.publish import Masthead

ZONE = ZoneInfo("Asia/Damascus")
DAY = date(2031, 5, 3)
MASTHEAD = Masthead(
    title="Information centre of Exercise Valley",
    timezone="Asia/Damascus",
    exercise=True,
    note="Everything here is invented.",
    origin="parley.invalid/valley",
    size=20,
    root="ab" * 32,
    verifier_key="parley.invalid/valley+0123abcd+AQID",
)
TRUCE = AgreementCard(
    entry=1,
    id="river-road",
    title="River road truce, 28 April 2031",
    source="nobody's text",
    clauses=(
        ClauseCard(
            id="no-attack",
            article="Article 1",
            says="Neither side attacks the other, or anybody in the truce area, from D-day on.",
        ),
        ClauseCard(id="aid-access", article="Article 3", says="Humanitarian convoys pass."),
        ClauseCard(id="pull-back", article="Article 4", says="Both sides leave the bridge by 2 May."),
        ClauseCard(id="flights", article="Article 5", says="No military flights over the road."),
    ),
    parties={"west": "Ardelmark", "east": "Bellowmar"},
    uncertain=("The end of the truce is disputed.",),
)
NO_PLACE = (Cause(code="not-given", params={"attribute": "place"}),)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    """Local time of the valley."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def instant(hour: int, minute: int = 0, day: date = DAY) -> Interval:
    return Interval(start=at(hour, minute, day), end=at(hour, minute, day))


def whole_days(first: date, count: int = 1) -> Interval:
    return Interval(start=at(0, 0, first), end=at(0, 0, first + timedelta(days=count)))


def place(name: str = "Oskerry Bridge", radius_m: int = 100) -> Disc:
    return Disc(name=name, lat=-48.4402, lon=-123.4012, radius_m=radius_m)


def claims(**said: Value) -> tuple[Claim, ...]:
    return tuple(Claim(attribute=name.replace("_", "-"), value=value) for name, value in said.items())


def origin(name: str, line: int = 1) -> Origin:
    return Origin(digest=name.encode().hex().ljust(64, "0")[:64], name=name, first=line, last=line, record=line)


def card(entry: int, name: str, reports: int, problems: Sequence[Problem] = (), channel: str = "field") -> InputCard:
    digest = origin(name).digest
    return InputCard(entry=entry, name=name, channel=channel, digest=digest, reports=reports, problems=tuple(problems))


def event(source: str, file: str, said: tuple[Claim, ...], **more: Any) -> EventReport:
    return EventReport(source=source, channel="field", origin=origin(file), claims=said, **more)


def recorded(*reports: Report, first: int = 3) -> tuple[RecordedReport, ...]:
    received = datetime(2031, 5, 9, 12, tzinfo=UTC)
    return tuple(
        RecordedReport(entry=entry, received_at=received, side="independent", handle=report.source, report=report)
        for entry, report in enumerate(reports, first)
    )


def answered(
    clause: str,
    answer: Answer,
    because: str,
    *possible: Answer,
    by: tuple[str, ...] = (),
    code: Code = "",
    state: DutyState = "",
) -> ClauseAnswer:
    parts = (
        Reason("the clause was in force", "true", ("2031-05-03 06:30 lies after the start",), ("time",)),
        Reason(
            "the actor was bound by this clause at the time",
            {"breach": "true", "no breach": "true", "not covered": "false", "unknown": "unknown"}[answer],  # type: ignore[arg-type]
            (because,),
            ("actor", "time"),
            ("actor",) if answer == "unknown" else (),
            (Reason("it was one of two", "unknown", (f"nested: {because}",), ("actor",), ("actor",)),),
        ),
    )
    reasons = Reason("this clause was broken", "unknown", (because,), parts=parts)
    if answer == "unknown":
        possible = possible or ("breach", "no breach", "unknown", "not covered")
    return ClauseAnswer(clause, possible or (answer,), Deferred(lambda: reasons), by, code, state)


def unraised(clause: str) -> ClauseAnswer:
    return answered(clause, "unknown", "no account speaks of it", code="not raised")


def assessed(
    accounts: Sequence[ClauseAnswer],
    comparison: Comparison | None = None,
    *,
    agreed: ClauseAnswer | None = None,
    support: Support = "",
    cruxes: tuple[Crux, ...] = (),
    missing: tuple[str, ...] = (),
    silent: tuple[str, ...] = (),
    **more: Any,
) -> ClauseAssessment:
    """A row of answers; where nothing else is said there is one account, or what holds of the first holds of all."""
    return ClauseAssessment(
        accounts[0].clause,
        tuple(accounts),
        agreed or accounts[0],
        comparison or ("one account" if len(accounts) == 1 else "agreed"),
        support,
        cruxes=Deferred(lambda: cruxes),
        missing=Deferred(lambda: missing),
        silent=Deferred(lambda: silent),
        **more,
    )


def findings(
    reports: tuple[RecordedReport, ...] = (),
    incidents: tuple[Incident, ...] = (),
    assessments: tuple[Assessment, ...] = (),
    **more: Any,
) -> Findings:
    empty: dict[str, Any] = {"size": 20, "inputs": (), "agreements": (TRUCE,), "unplaced": {}, "tallies": ()}
    return Findings(reports=reports, incidents=incidents, assessments=assessments, **{**empty, **more})


def incident(number: int, when: Interval, said: dict[str, tuple[Claim, ...]], entries: tuple[int, ...]) -> Incident:
    """An incident with one account for each source and its entry; claims differ where not equal, words never do."""
    accounts = tuple(
        Account(source=source, entries=(entry,), claims=told)
        for (source, told), entry in zip(said.items(), entries, strict=True)
    )
    names: dict[Attribute, None] = {
        claim.attribute: None for account in accounts for claim in account.claims if claim.attribute != "account"
    }
    return Incident(
        id=f"I-{number:04d}",
        time=when,
        place=place(),
        entries=entries,
        links=tuple(
            Link(
                entry,
                entries[0],
                "matched",
                2400,
                (Weight("place", "within 0.4 times the stated doubt", 2200), Weight("time", "on the next day", 200)),
                140,
                0,
            )
            for entry in entries[1:]
        ),
        accounts=accounts,
        differences=tuple(difference(name, accounts) for name in names),
    )


def difference(name: Attribute, accounts: tuple[Account, ...]) -> Difference:
    values = [account.says(name) for account in accounts]
    groups: list[tuple[Value | None, list[int]]] = []
    for index, value in enumerate(values):
        same = next((members for known, members in groups if known == value), None)
        if same is None:
            groups.append((value, [index]))
        else:
            same.append(index)
    spoken = [value for value, _ in groups if value is not None]
    state = (
        "single-source"
        if len(accounts) == 1
        else "disputed"
        if len(spoken) > 1
        else "partly silent"
        if None in values
        else "agreed"
    )
    sayings = tuple(Saying(accounts=tuple(members), value=value) for value, members in groups)
    return Difference(attribute=name, state=state, sayings=sayings)


def bulletin(side: str, items: Sequence[tuple[str, int, str, str]], stated: int, **more: Any) -> Bulletin:
    return Bulletin(
        source=f"{side} Record Office",
        channel="bulletin",
        origin=origin(f"{side}.txt"),
        side=side,
        period=whole_days(DAY),
        counting="ceasefire violations",
        stated_total=stated,
        citation=Citation(publisher=f"{side} Record Office", published=DAY, address="https://exercise.invalid/b"),
        items=tuple(
            CountItem(area=area, count=count, act=act, respondent=by, line=line)
            for line, (area, count, act, by) in enumerate(items, 10)
        ),
        **more,
    )


def row(
    area: str,
    act: str,
    respondent: str | None,
    left: int | None,
    right: int | None,
    both: tuple[int, int] = (0, 0),
    why: WhyOnlyOne | None = None,
) -> TallyRow:
    low, high = both
    return TallyRow(
        area=area, act=act, respondent=respondent, left=left, right=right, both_low=low, both_high=high, why=why
    )


def article(text: str = "", **more: Any) -> Article:
    body = text or "Bellowmar accused Ardelmark of turning back flour. The mission asked that the road be opened."
    given: dict[str, Any] = {
        "source": "Valley Courier",
        "language": "id",
        "origin_key": "flour",
        "published": whole_days(DAY),
        "headline": "Flour for Marrowfen",
        "chain": (
            Teller(who="Valley Press Agency", relation="agency"),
            Teller(who="Valley Courier", relation="outlet", address="https://exercise.invalid/courier"),
        ),
        "proposals": (
            Proposal(
                holder="Bellowmar",
                act="accuse",
                addressee="Ardelmark",
                accused=("Ardelmark",),
                evidence=Span(start=0, end=len(body)),
                mode="indirect",
                time=DAY,
            ),
        ),
    }
    return Article(
        channel="article",
        origin=origin("courier.txt"),
        blocks=(Block(kind="body", span=Span(start=0, end=len(body)), text=body),),
        **{**given, **more},
    )
