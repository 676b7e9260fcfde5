"""An agreement in plain sentences, for those who do not read its file."""

from collections.abc import Iterator

from parley.model import printable, vocabulary
from parley.terms.language import (
    Clause,
    Duty,
    Ending,
    Event,
    Party,
    Prevention,
    Prohibition,
    Quantity,
    Reading,
    Relative,
    Renewal,
    Standard,
    Until,
    When,
    Zone,
)
from parley.terms.terms import Terms


def plain(terms: Terms) -> str:
    """Return the whole agreement as text: who, when, where, each clause with its limits, and what is not sure."""
    return "\n".join(_lines(terms)).rstrip() + "\n"


def _lines(terms: Terms) -> Iterator[str]:
    agreement = terms.agreement
    title = printable(agreement.title)
    yield title
    yield "=" * len(title)
    yield f"Source: {agreement.source.name}. {agreement.source.published}".rstrip()
    if agreement.about:
        yield agreement.about
    yield f"In force from {_when(agreement.start, terms)}{_until(agreement.until, terms)}."
    for extension in agreement.extensions:
        doubt = "" if extension.certain else ", which is disputed"
        yield f"Extended until {_when(extension.until, terms)}{_by(extension.by)}{doubt}."
    if agreement.renewal:
        yield _renewed(agreement.renewal)
    for notice in agreement.notices:
        doubt = "" if notice.certain else ", which is disputed"
        yield f"Notice given by {notice.by} at {_when(notice.given, terms)} ends it after {notice.days} days{doubt}."
    if agreement.area:
        yield f"It covers {terms.zones[agreement.area].name} and nothing outside."
    for area in agreement.excludes.areas:
        yield f"It does not cover {terms.zones[area].name}."
    if agreement.interpreter:
        final = " and nobody else" if agreement.interpreter.final else ""
        yield f"{agreement.interpreter.name}{final} says what it means."
    yield from _section("Who", (_party(party, terms) for party in agreement.parties))
    yield from _section("Events", (_event(event, terms) for event in agreement.events))
    yield from _section("Where", (_zone(zone, terms) for zone in agreement.zones))
    yield from _section(
        "Single facts", (f"{fact.id}: {fact.asks}{_settled(fact.settled_by)}" for fact in agreement.facts)
    )
    yield ""
    yield "Clauses"
    yield "-------"
    for clause in agreement.clauses:
        yield f"{clause.id} ({clause.article}): {clause.says}"
        yield from (f"    {line}" for line in _clause(clause, terms))
    yield from _section("Rival readings", (_reading(one, terms) for one in agreement.readings))
    yield from _section("Not sure", iter(agreement.uncertain))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    told = list(lines)
    if told:
        yield ""
        yield title
        yield "-" * len(title)
        yield from (f"- {line}" for line in told)


def _clause(clause: Clause, terms: Terms) -> Iterator[str]:
    names = {party.id: party.name for party in terms.agreement.parties}
    if isinstance(clause, Prohibition):
        yield f"Forbids {_terms('act', clause.acts)}."
    elif isinstance(clause, Prevention):
        others = " or ".join(names[one] for one in clause.acts_of)
        yield f"Asks to prevent {_terms('act', clause.acts)} by {others}."
        if clause.unless:
            yield f"Kept where {' and '.join(terms.facts[one].asks for one in clause.unless)}."
    elif isinstance(clause, Duty):
        amount = "".join(f", {_quantity(one)}" for one in clause.all_quantities)
        begun = f", begun by {_when(clause.begin_by, terms)}" if clause.begin_by is not None else ""
        yield f"Asks for {_terms('act', clause.does)}{amount} by {_when(clause.by, terms)}{begun}."
        for consent in clause.put_off:
            doubt = "" if consent.certain else ", which is disputed"
            yield f"Put off until {_when(consent.until, terms)}{_by(consent.by)}{doubt}."
        if clause.together_with:
            yield f"Due together with {', '.join(clause.together_with)}."
    elif isinstance(clause, Standard):
        yield f"Open in its words: {clause.judged_by} rules on it."
    else:
        over = f" under {', '.join(clause.over)}" if clause.over else ""
        needs = f", where {' and '.join(terms.facts[one].asks for one in clause.requires)}" if clause.requires else ""
        yield f"Permits {_terms('act', clause.acts)}{over}{needs}."
    if clause.binds:
        yield f"Binds {', '.join(names[one] for one in clause.binds)}."
    if clause.start is not None or clause.until is not None:
        start = f"From {_when(clause.start, terms)}" if clause.start is not None else "In force"
        yield f"{start}{_until(clause.until, terms)}."
    if clause.renewal:
        yield _renewed(clause.renewal)
    for stretch in clause.suspended:
        doubt = "" if stretch.certain else ", which is disputed"
        until = _until(stretch.until, terms)
        yield f"Suspended from {_when(stretch.start, terms)}{until}{_by(stretch.by)}{doubt}."
    if clause.zone:
        yield f"Only in {terms.zones[clause.zone].name}."
    if clause.outside:
        yield f"Not in {terms.zones[clause.outside].name}."
    if not isinstance(clause, Standard) and clause.means:
        yield f"Only with {' or '.join(map(str, clause.means))}."
    if isinstance(clause, Prohibition):
        for grade in clause.grades:
            yield f"With {' or '.join(map(str, grade.means))}: in {terms.zones[grade.zone].name}."
        for exemption in clause.exempt:
            needs = "".join(f"; {terms.facts[one].asks}" for one in exemption.requires)
            yield f"Except {vocabulary('exemption')[exemption.ground].text}: {exemption.says}{needs}."
    if not isinstance(clause, Standard) and clause.objects:
        registered = "registered " if isinstance(clause, Prohibition) and clause.registered else ""
        yield f"Only of {registered}{_terms('object', clause.objects)}."
    if not clause.excluded_groups:
        yield "Holds for excluded groups too."
    if not clause.excluded_areas:
        yield "Holds in excluded areas too."
    if clause.released_by_breach_of:
        yield f"Releases a side when the other has broken {', '.join(clause.released_by_breach_of)}."
    if clause.yields_to:
        yield f"Gives way to {', '.join(clause.yields_to)}."
    if clause.confidential_to is not None:
        yield f"Confidential to {', '.join(names[one] for one in clause.confidential_to)}."
    for language, wording in clause.wording.items():
        yield f"In {language}: {wording}"
    if clause.uncertain:
        yield f"Not sure: {clause.uncertain}"


def _party(party: Party, terms: Terms) -> str:
    said = f"{party.name} ({party.role})"
    if party.of:
        said += f", belongs to {terms.parties[party.of].name}"
    if party.members:
        said += f": {', '.join(terms.parties[one].name for one in party.members)}"
    for one in party.adheres:
        until = f" until {terms.say_time(terms.moment(one.until))}" if one.until else ""
        doubt = "" if one.certain else ", disputed"
        said += f"; adheres from {terms.say_time(terms.moment(one.start))}{until}{doubt}"
    for listed in party.designated:
        until = f" until {terms.say_time(terms.moment(listed.until))}" if listed.until else ""
        said += f"; on the list of {listed.by} from {terms.say_time(terms.moment(listed.start))}{until}"
    if party.note:
        said += f" ({party.note})"
    return said


def _event(event: Event, terms: Terms) -> str:
    if event.unset is not None:
        return f"{event.id}: not known ({event.unset})"
    if event.calm_days is not None and event.since is not None:
        since = _when(event.since, terms)
        return (
            f"{event.id}: when {event.calm_days} days without a breach of {', '.join(event.of)} are full, from {since}"
        )
    if event.fulfilled is not None:
        return f"{event.id}: when {event.fulfilled} is fulfilled"
    assert event.at is not None
    latest = f" or as late as {terms.say_time(terms.moment(event.until))} ({event.why})" if event.until else ""
    return f"{event.id}: {terms.say_time(terms.moment(event.at))}{latest}{_by(event.set_by)}"


def _zone(zone: Zone, terms: Terms) -> str:
    if zone.undefined is not None:
        return f"{zone.name}: not defined ({zone.undefined})"
    if zone.for_party is not None:
        each = "; ".join(
            f"{terms.parties[who].name}: {terms.zones[other].name}" for who, other in zone.for_party.items()
        )
        return f"{zone.name}: {each}"
    if zone.within_m is not None:
        return f"{zone.name}: within {zone.within_m:g} m of a line{_edge(zone)}"
    return f"{zone.name}: an area of {len(zone.polygon or ())} corners{_edge(zone)}"


def _reading(reading: Reading, terms: Terms) -> str:
    held_by = ", ".join(terms.parties[one].name for one in reading.held_by)
    return f"{reading.id}{f' (held by {held_by})' if held_by else ''}: {reading.says}"


def _when(when: When, terms: Terms) -> str:
    if not isinstance(when, Relative):
        return terms.say_time(terms.moment(when))
    if when.end_of_day is not None:
        return f"the end of day {when.end_of_day} from {when.event}"
    if when.days or when.hours:
        count, unit = (when.days, "days") if when.days else (when.hours, "hours")
        return f"{when.event} {'+' if count > 0 else '-'} {abs(count)} {unit}"
    return when.event


def _until(until: Until | None, terms: Terms) -> str:
    if until is None:
        return ""
    if isinstance(until, Ending):
        latest = f" or as late as {_when(until.not_after, terms)}" if until.not_after is not None else ""
        return f" until {_when(until.not_before, terms)}{latest} ({until.why})"
    return f" until {_when(until, terms)}"


def _renewed(renewal: Renewal) -> str:
    return f"Renewed by {renewal.months} months at a time: {renewal.why}."


def _quantity(one: Quantity) -> str:
    """Return how much a duty asks for or allows; a single least number as it is."""
    unit = " ".join(filter(None, (one.unit, one.of and f"({one.of})", one.per and f"each {one.per}")))
    if one.at_most is None:
        return f"{one.at_least or 0:g} {unit}".rstrip()
    least = f"{one.at_least:g} to " if one.at_least is not None else "at most "
    return f"{least}{one.at_most:g} {unit}".rstrip()


def _terms(family: str, names: tuple[str, ...]) -> str:
    return " or ".join(vocabulary(family)[name].text for name in names)


def _edge(zone: Zone) -> str:
    return f", drawn to {zone.edge_m:g} m" if zone.edge_m else ""


def _settled(settled_by: str) -> str:
    return f" (settled by {settled_by})" if settled_by else ""


def _by(whom: str) -> str:
    return f", by {whom}" if whom else ""
