"""Answers, how accounts compare, and what decides between them, in words: the same on pages and in the terminal."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from zoneinfo import ZoneInfo

from markupsafe import Markup

from parley.model import (
    ATTRIBUTES,
    FACT,
    QUANTITY,
    AgreementCard,
    Answer,
    Attribute,
    ClauseAnswer,
    ClauseAssessment,
    Crux,
    Interval,
    OneOf,
    Position,
    ReadingAssessment,
    Reason,
    Settlement,
    Showing,
    Value,
)
from parley.publish import words
from parley.publish.isolates import foreign

Names = Mapping[str, str]
"""The name of each party of an agreement, by its id."""

UNDISPUTED = "What follows from facts that no account disputes"
AS_WRITTEN = "as written"
"""The `reading` of a clause's plain text, where it stands as a reading beside the one that the file gives."""

FAILED = "this clause could not be applied"
SUPPORT: Mapping[str, str] = {
    "": "",
    "one account": "The breach rests on one account alone.",
    "accuser alone": "The breach rests only on parties that accuse others of it.",
}
_SETTLED: dict[Attribute, str] = {
    "time": "it happened",
    "place": "it happened at",
    "area": "it happened in",
    "means": "the means were",
    "affected": "those affected were",
    "exemption": "the exemption was",
}


def given(one: ClauseAnswer, parties: Names) -> Markup:
    """Return the answer for an account: whose breach it is, what would make it one, how the duty stands."""
    more = [
        FAILED if one.code == "failed" else "",
        would_make_it_one(one),
        f"the duty: {one.state}" if one.state else "",
    ]
    return answer_by(one.shown, one.by, parties) + Markup().join(
        Markup('<br> <span class="quiet">{}</span>').format(text) for text in more if text
    )


def answer_by(answer: Answer | Showing, by: Collection[str], parties: Names) -> Markup:
    """Return an answer as word and mark; of a breach, whose it is."""
    return words.answer(answer) + _by(answer, by, parties)


def would_make_it_one(one: ClauseAnswer) -> str:
    """Return what would have to be so for *one*, which could be a breach, to be one; "" of every other."""
    if one.shown != "could be a breach" or one.code:
        return ""
    why = one.reasons
    open_ = [step.says for step in why.parts if step.truth == "unknown" and not step.says.startswith(why.says)]
    return f"if {'; and '.join(open_)}" if open_ else why.in_a_line


def _by(answer: Answer | Showing, by: Collection[str], parties: Names) -> Markup:
    if answer not in ("breach", "could be a breach") or not by:
        return Markup()
    return Markup(" by {}").format(words.names((parties.get(one, one) for one in by), " or "))


def changes_nothing(clause: ClauseAssessment, other: ReadingAssessment | Position) -> bool:
    """Say whether a reading, or what a holder has all disputes to be, gives each account the clause's own answer."""
    every = ((*one.accounts, one.agreed) for one in (clause, other))
    own, others = ([(one.shown, frozenset(one.by), one.state) for one in given] for given in every)
    return own == others


def unsettled(clause: ClauseAssessment) -> bool:
    """Say whether the accounts leave the answer open between them."""
    return clause.comparison in ("equal", "differ")


def comparison(clause: ClauseAssessment) -> str:
    """Return what an unsettled row is called; "" of every other."""
    if clause.comparison == "equal":
        return equal(clause.accounts[0].shown, [one.by for one in clause.accounts])
    return "the answers differ" if clause.comparison == "differ" else ""


def equal(answer: Showing, by: Iterable[Collection[str]]) -> str:
    """Return what is said of accounts that each give *answer*, where the combinations of what they say do not.

    *by* is, for each account, whose breach it is or may be. Two accounts dispute that where they name no party in
    common; one that leaves more open than another disputes nothing.
    """
    if answer != "breach":
        return f"{answer} on each account, but not on every combination of what they say"
    said = {frozenset(one) for one in by}
    if any(one and other and not one & other for one, other in combinations(said, 2)):
        return "a breach on each account, but by whom is disputed"
    if len(said) > 1:
        return "a breach on each account, but some leave open by whom"
    return "a breach on each account, but not on every combination of what they say"


def opened(clause: ClauseAssessment) -> bool:
    """Say whether the clause has a row of its own: it is broken, or could be, on some account or on what all allow."""
    shown = {one.shown for one in (*clause.accounts, clause.agreed)}
    return clause.raised and not shown.isdisjoint(("breach", "could be a breach"))


def in_a_line(clause: ClauseAssessment) -> Showing:
    """Return under which word a clause without a row of its own stands in one line with others."""
    if not clause.raised:
        return "not raised"
    shown = {one.shown for one in (*clause.accounts, clause.agreed)}
    return shown.pop() if len(shown) == 1 else "in no case a breach"


def article(clause: str, card: AgreementCard) -> str:
    """Return where a clause stands in its instrument, as every version that has it says."""
    every = (one.article for version in card.versions for one in version.clauses if one.id == clause)
    newest = (one.article for one in card.clauses if one.id == clause)
    return " or ".join(dict.fromkeys((*every, *newest))) or clause


def asks(crux: Crux) -> tuple[str, ...]:
    """Return what a crux asks, in words, in the order of its attributes."""
    return crux.asks or tuple(map(words.attribute, crux.attributes))


def by_outcome(ways: Iterable[Settlement], parties: Names) -> dict[Markup, list[Settlement]]:
    """Return *ways* to settle a crux by what follows from each, in the order of the first of each."""
    outcomes: dict[Markup, list[Settlement]] = {}
    for way in ways:
        outcomes.setdefault(answer_by(way.answer, way.by, parties), []).append(way)
    return outcomes


def settlement(way: Settlement, crux: Crux, timezone: ZoneInfo, parties: Names) -> Markup:
    """Return one way to settle *crux* as in "If the actor was A and it happened at T: breach by A"."""
    asked = dict(zip(crux.attributes, asks(crux), strict=True))
    settled = Markup(" and ").join(_settled(name, asked[name], said, timezone) for name, said in way.values)
    return Markup("If {}: {}").format(settled, answer_by(way.answer, way.by, parties))


def _settled(name: str, asked: str, said: Value, timezone: ZoneInfo) -> Markup:
    if name not in ATTRIBUTES and not name.startswith((FACT, QUANTITY)):  # a question about the agreement
        return Markup("the answer to “{}” is {}").format(foreign(asked), words.value(name, said, timezone))
    if name == "exemption" and said == OneOf(any_of=("none",)):
        return Markup("no exemption holds")
    if name == "time" and isinstance(said, Interval) and said.start == said.end:
        return Markup("it happened at {}").format(words.value(name, said, timezone))
    phrase = _SETTLED.get(name, f"the {words.attribute(name)} was")
    return Markup("{} {}").format(phrase, words.value(name, said, timezone))


def left_out(clause: ClauseAssessment) -> Markup:
    """Return what some account leaves out that another tells, where the answers turn on it; else nothing."""
    if not clause.silent:
        return Markup()
    return Markup("{} leaves out: {}. The answers turn on {}.").format(
        "One account" if len(clause.accounts) == 2 else "At least one account",
        words.names(map(words.attribute, clause.silent)),
        "it" if len(clause.silent) == 1 else "them",
    )


def lacking(clause: ClauseAssessment) -> tuple[str, ...]:
    """Return what is missing: on every account, else what the reasons of the unknown answers name."""
    unknown = [one for one in (*clause.accounts, clause.agreed) if one.answer == "unknown"]
    named = (name for one in unknown for step in one.reasons.parts for name in _missing(step))
    return clause.missing or tuple(dict.fromkeys(named))


def _missing(step: Reason) -> Iterator[str]:
    if step.truth == "unknown":
        if not step.parts:
            yield from step.missing
        for part in step.parts:
            yield from _missing(part)
