"""Values, marks and reasons in words. Every mark has a word beside it, so that nothing hangs on colour or shape."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from markupsafe import Markup

from parley.model import (
    FACT,
    FAMILIES,
    QUANTITY,
    Amount,
    Answer,
    Attribute,
    Count,
    Disc,
    Interval,
    Judgement,
    OneOf,
    Said,
    Showing,
    Truth,
    Unknown,
    Value,
    WhyOnlyOne,
    Words,
    vocabulary,
)
from parley.plurals import counted
from parley.publish.isolates import coordinates, distance, foreign, isolated, span

ATTRIBUTES: dict[Attribute, str] = {
    "time": "time",
    "place": "place",
    "area": "area",
    "act": "act",
    "means": "means",
    "calibre": "calibre",
    "altitude": "altitude",
    "actor": "actor",
    "affected": "affected",
    "object": "object",
    "site": "site",
    "quantity": "quantity",
    "done": "how far it was done",
    "exemption": "exemption claimed",
    "deaths": "deaths",
    "deaths-civilian": "civilian deaths",
    "injured": "injured",
    "account": "in brief",
}
_UNITS = {"calibre": " mm", "altitude": " m"}
ANSWERS: dict[Answer | Showing, str] = {
    "breach": "▲",
    "could be a breach": "△",
    "in no case a breach": "◇",
    "no breach": "○",
    "not covered": "–",
    "not raised": "·",
    "unknown": "?",
}
"""The sign of each answer as it is shown; "unknown" stands only where several ways lead to it."""
STATES = {"agreed": "=", "compatible": "≈", "disputed": "≠", "partly silent": "◐", "single-source": "•"}
TRUTHS: dict[Truth, tuple[str, str]] = {"true": ("✓", "yes"), "false": ("✕", "no"), "unknown": ("?", "unknown")}
ONLY_ONE: dict[WhyOnlyOne, str] = {
    "not recorded": "not recorded: the other side lists nothing of this kind there",
    "excluded party": "excluded party: the other side's rule does not count this respondent",
    "outside the area": "outside the area: the other side's bulletin does not cover it",
    "no observation": "no observation: the other side says that it could not observe there",
    "not itemised": "not itemised: the other side may count it in a total, or in a wider or narrower item",
    "counted none": "counted none: the other side reports 0",
    "silent": "silent: the other side says nothing of this area, nor which areas it covers",
    "none can be given": "both count some; no reason for the difference can be given",
}
SAID: dict[Said, str] = {
    "counted": "counted",
    "elsewhere": "in another area",
    "not recorded": "covered, no item",
    "silent": "nothing said",
    "outside the area": "not covered",
    "no observation": "not observed",
}
ACTS = {
    "accuse": "accuses",
    "deny": "denies",
    "criticise": "criticises",
    "doubt": "doubts",
    "request": "asks",
    "propose": "proposes",
    "promise": "promises",
    "comment": "comments",
    "assert": "states",
    "narrate": "narrates",
    "unclear": "tells of an accusation; who accuses whom is not clear, among",
}
RELATIONS = {
    "original": "original",
    "agency": "news agency",
    "quoted": "quoted by",
    "outlet": "outlet",
    "re-poster": "re-posted by",
}
STATEMENTS = {
    "charter": "the centre's charter",
    "policy": "the policy: which witnesses must cosign",
    "key-event": "an event of a key",
    "endorsement": "an endorsement of a change of the rules",
    "shred-notice": "a notice that inputs were destroyed",
    "receipt": "a party's receipt: it has a statement",
    "overdue": "a note that a witness is overdue",
    "release": "a note of what was handed out, and to whom",
    "fault-accepted": "a person's word that a known fault is accepted",
    "terms-version": "the text of an agreement",
    "input": "an input, as it arrived",
    "input-part": "how far an input was read",
    "report": "a report",
    "withdrawal": "a source's withdrawal",
    "act": "an act upon a report",
    "established": "something settled",
    "judgement": "a judgement: which reports are of one event",
    "weighing": "weights of matching",
    "review": "a review of what an article says",
    "model-proposal": "a model's answer about an article",
    "publication": "a published file",
}
"""What each kind of statement is, in words; a kind of a later version is shown by its name."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_in_words(day: date) -> str:
    """Return *day* as in "Saturday 17 September 2016", whatever the locale of the machine."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def sentence(text: str) -> str:
    """Return *text* with a capital first letter; the rest, with names in it, stays as it is."""
    return text[:1].upper() + text[1:]


def attribute(name: str) -> str:
    """Return the attribute *name* (or any other thing that is missing) as readers see it."""
    if name.startswith(FACT):
        return name.removeprefix(FACT).replace("-", " ")
    if name.startswith(QUANTITY):
        return f"quantity of {name.removeprefix(QUANTITY).replace('-', ' ')}"
    return ATTRIBUTES.get(name, name)


def said(count: int | None, instead: Said) -> str:
    """Return a count, 0 too; where there is none, what the side says of the area instead."""
    return SAID[instead] if count is None else str(count)


def bits(weight: int) -> str:
    """Return a weight in thousandths of a bit with its sign, in bits to one decimal."""
    return f"{weight / 1000:+.1f}".replace("-", "−")


@cache
def answer(given: Answer | Showing, heading: bool = False) -> Markup:
    """Return an answer as word and mark; with a capital letter where it begins a line."""
    return _mark("answer", given, ANSWERS[given], sentence(given) if heading else given)


@cache
def state(given: str) -> Markup:
    """Return the state of an attribute as word and mark."""
    return _mark("state", given, STATES[given], given)


@cache
def truth(given: Truth) -> Markup:
    """Return what came out of one step of the reasons as word and mark."""
    sign, word = TRUTHS[given]
    return _mark("truth", word, sign, word)


def names(given: Iterable[str], between: str = ", ") -> Markup:
    """Return names of others, each isolated, joined by *between*."""
    return Markup.escape(between).join(foreign(name) for name in given)


def value(name: str, said: Value, timezone: ZoneInfo) -> Markup:
    """Return *said*, a value of the attribute *name*, in words."""
    match said:
        case Interval():
            return span(said, timezone)
        case Disc():
            where = Markup("{}, within {}").format(coordinates(said), distance(said.radius_m))
            return Markup("{} ({})").format(foreign(said.name), where) if said.name else where
        case OneOf():
            shown = [Markup(" or ").join(term(name, one) for one in said.any_of)] if said.any_of else []
            shown += [Markup("not {}").format(term(name, one)) for one in said.none_of]
            return Markup("; ").join(shown)
        case Count():
            return Markup.escape(_count(said))
        case Amount():
            return Markup.escape(_amount(said, _UNITS.get(name, "")))
        case Words():
            return foreign(said.text)
        case Unknown(lost=True):
            return foreign(said.why.text)
        case Unknown():
            return Markup("reported as unknown: {}").format(foreign(said.why.text))


def judged(kind: str, groups: Sequence[Sequence[int]], whole: int | None) -> Markup:
    """Return what a judgement says of reports, by their entries, as in "entries 12 and 15 are about the same event"."""
    told = [entries(group) for group in groups]
    if kind == "part-of":
        return Markup("{} is about the event of {}, among others").format(entries([whole or 0]), told[0])
    if len(groups) == 1:
        return Markup("{} are about the same event").format(told[0])
    return Markup("these are about different events: {}").format(Markup("; ").join(told))


def judgement(said: Judgement) -> Markup:
    """Return what a judgement says, also of one that only withdraws others."""
    if said.groups:
        return judged(said.kind, said.groups, said.whole)
    return Markup("withdraws the judgement of {}").format(entries(said.supersedes))


def unread(count: int) -> str:
    """Return how many statements could not be read, and what came of it."""
    return f"{counted(count, 'statement')} could not be read and changed nothing"


def entries(numbers: Sequence[int]) -> Markup:
    """Return entries of the record in a row, as in "entries 12, 15 and 18"."""
    noun = "entry" if len(numbers) == 1 else "entries"
    return Markup("{} {}").format(noun, in_a_row(isolated(one) for one in numbers))


def in_a_row(shown: Iterable[Markup]) -> Markup:
    """Return one thing or more as in "A, B and C"."""
    *before, last = shown
    return Markup("{} and {}").format(Markup(", ").join(before), last) if before else last


def term(name: str, said: str) -> Markup:
    """Return a term of the vocabulary as its text, another name as it was given."""
    if name in FAMILIES:
        known = vocabulary(name).get(said)
        if known:
            return Markup.escape(known.text)
    return foreign(said)


def _count(said: Count) -> str:
    if said.high is None:
        own = f" (the source's own figure: {said.best})" if said.best not in (None, said.low) else ""
        return f"at least {said.low}{own}"
    if said.low == said.high:
        return str(said.low)
    own = f" (the source's own figure: {said.best})" if said.best is not None else ""
    return f"{said.low} to {said.high}{own}"


def _amount(said: Amount, unit: str) -> str:
    if said.high is None:
        return f"at least {said.low:g}{unit}"
    return f"{said.low:g}{unit}" if said.low == said.high else f"{said.low:g} to {said.high:g}{unit}"


def _mark(kind: str, word: str, sign: str, shown: str) -> Markup:
    return Markup('<span class="{} {}">{} <span class="sign" aria-hidden="true">{}</span></span>').format(
        kind, word.replace(" ", "-"), shown, sign
    )
