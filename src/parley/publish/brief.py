"""A day in plain words: what happened, who says so, what differs, and what would decide it.

Sentences are short, each says one thing, and every name stands as its source wrote it. The incidents in which most
accounts rival each other come first; nothing of the order depends on which side says what.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from parley.model import (
    AgreementCard,
    Assessment,
    Attribute,
    Count,
    Incident,
    Showing,
    Unknown,
)
from parley.plurals import counted
from parley.publish import answers, words
from parley.publish.daily import DailyReport, Heard, IncidentOfDay
from parley.publish.isolates import foreign, isolated, span

MOST_TOLD = 3
"""Incidents of a day that are told in words; the others are counted."""
MOST_NAMED = 3
"""Sources, names or values in one sentence; the others are counted."""

_LABELS: Mapping[Attribute, str] = {"act": "What happened", "object": "What was hit", "actor": "Who acted"}

Told = tuple[str, list[Markup]]
"""An incident's id, and its sentences."""


def lead(report: DailyReport) -> list[Markup]:
    """Return the sentences that say how much the day holds."""
    if not report.incidents:
        return [Markup("No incident was made from what was reported of this day. That is not “nothing happened”.")]
    resting = report.resting
    kinds = (
        (resting.rival, "with accounts that exclude each other"),
        (resting.several, "with several accounts that do not"),
        (resting.one_account, "of one account alone"),
        (resting.accuser_alone, "on the word of an accuser alone"),
    )
    told = "; ".join(f"{count} {kind}" for count, kind in kinds if count)
    return [Markup("The centre holds {} of this day: {}.").format(counted(len(report.incidents), "incident"), told)]


def told(report: DailyReport) -> Iterator[Told]:
    """Yield the incidents of the day that most is said of, each in a few sentences."""
    cards = {card.id: card for card in report.agreements}
    zone = ZoneInfo(report.masthead.timezone)
    for entry in sorted(report.incidents, key=_weight)[:MOST_TOLD]:
        yield entry.incident.id, list(_sentences(entry, cards, zone))


def heard(one: Heard) -> str:
    """Return what a source told of the day, as in "2 reports of events, 1 bulletin"."""
    said = (
        counted(one.events, "report of an event", "reports of events") if one.events else "",
        counted(one.bulletins, "bulletin") if one.bulletins else "",
        counted(one.articles, "article") if one.articles else "",
        f"{one.taken_back} withdrawn or corrected" if one.taken_back else "",
    )
    return ", ".join(filter(None, said))


def _weight(entry: IncidentOfDay) -> tuple[int, int, str]:
    incident = entry.incident
    disputed = sum(one.state == "disputed" for one in incident.differences)
    return -disputed, -len(incident.accounts), incident.id


def _sentences(entry: IncidentOfDay, cards: Mapping[str, AgreementCard], zone: ZoneInfo) -> Iterator[Markup]:
    incident = entry.incident
    where = foreign(incident.place.name) if incident.place.name else Markup("Place without a name")
    yield Markup("{}, {}.").format(where, span(incident.time, zone))
    yield _by_whom(incident)
    for attribute, label in _LABELS.items():
        if shown := _claimed(incident, attribute, zone):
            yield Markup("{}: {}.").format(label, shown)
    if deaths := _range(incident, "deaths"):
        yield Markup("Deaths: {}.").format(deaths)
    if differing := [words.attribute(one.attribute) for one in incident.differences if one.state == "disputed"]:
        yield Markup("The accounts exclude each other on {}.").format(words.in_a_row(map(Markup.escape, differing)))
    for assessment in entry.assessments:
        if shown := _gravest(assessment):
            yield Markup("Under “{}”: {}.").format(foreign(cards[assessment.agreement].title), shown)
    if asks := _asks(entry):
        yield Markup("What would decide it: {}.").format(asks)


def _by_whom(incident: Incident) -> Markup:
    sources = [foreign(account.source) for account in incident.accounts]
    if len(sources) == 1:
        return Markup("Told by {} alone.").format(sources[0])
    return Markup("Told by {}.").format(words.in_a_row(_first(sources, "other")))


def _claimed(incident: Incident, attribute: Attribute, zone: ZoneInfo) -> Markup:
    """Return what is claimed of *attribute*, the claim of most accounts first, with how many make it."""
    said: Counter[Markup] = Counter()
    for account in incident.accounts:
        known = (one for one in account.possible().get(attribute, ()) if not isinstance(one, Unknown))
        said.update(list(dict.fromkeys(words.value(attribute, one, zone) for one in known)))
    ranked = sorted(said, key=lambda one: -said[one])  # of equally many, in the order of the accounts
    shown = [one if len(incident.accounts) == 1 else Markup("{} ({})").format(one, said[one]) for one in ranked]
    return Markup("; ").join(_first(shown, "other claim"))


def _range(incident: Incident, attribute: Attribute) -> Markup:
    counts = [
        value
        for account in incident.accounts
        for value in account.possible().get(attribute, ())
        if isinstance(value, Count)
    ]
    if not counts:
        return Markup()
    low, highs = min(one.low for one in counts), [one.high for one in counts]
    if None in highs:
        return Markup("at least {}").format(isolated(low))
    high = max(one for one in highs if one is not None)
    return isolated(low) if low == high else Markup("{} to {}").format(isolated(low), isolated(high))


def _gravest(assessment: Assessment) -> Markup:
    """Return on how many accounts the gravest answer of any clause is which."""
    grave: tuple[Showing, ...] = ("breach", "could be a breach", "in no case a breach", "no breach", "not covered")
    raised = [[one.shown for one in clause.accounts] for clause in assessment.clauses if clause.raised]
    counts = Counter(min(of_one, key=grave.index) for of_one in zip(*raised, strict=True))
    found = [
        Markup("{} on {}").format(words.answer(one), counted(counts[one], "account")) for one in grave if counts[one]
    ]
    return Markup(", ").join(found)


def _asks(entry: IncidentOfDay) -> Markup:
    """Return the questions that decide most clauses of an incident, the one that decides most first."""
    asked: Counter[str] = Counter()
    for assessment in entry.assessments:
        for clause in assessment.clauses:
            if clause.raised and answers.opened(clause):
                asked.update(list(dict.fromkeys(ask for crux in clause.cruxes for ask in answers.asks(crux))))
    ranked = sorted(asked, key=lambda one: -asked[one])
    return Markup("; ").join(_first([foreign(one) for one in ranked], "other question"))


def _first(shown: Sequence[Markup], noun: str) -> list[Markup]:
    """Return the first of *shown*, and how many more there are."""
    if len(shown) <= MOST_NAMED:
        return list(shown)
    return [*shown[:MOST_NAMED], Markup.escape(counted(len(shown) - MOST_NAMED, noun))]
