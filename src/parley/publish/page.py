"""The daily report as a page: one file, without script or network, escaped by default."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from parley.model import Assessment, Attribute, ClauseAssessment, Incident, fold, visible
from parley.plurals import counted
from parley.publish import answers, bars, isolates, versions, waiting, words
from parley.publish.daily import DailyReport, IncidentOfDay

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_WAYS = 6
"""Ways to settle a crux that are listed one by one; more are put together by the answer that they give."""
MOST_COLUMNS = 4
"""A table with more accounts than this is stacked on every screen and on paper: no page is that wide."""


def as_html(report: DailyReport) -> bytes:
    """Return *report* as one HTML file in UTF-8; the same report gives the same bytes."""
    page = (
        _environment()
        .get_template("daily.html")
        .render(
            report=report,
            head=report.masthead,
            zone=ZoneInfo(report.masthead.timezone),
            css=_css(),
            clauses={(card.id, clause.id): clause for card in report.agreements for clause in card.clauses},
            agreements={card.id: card for card in report.agreements},
            open_points=list(open_points(report)),
        )
    )
    return page.encode()


def open_points(report: DailyReport) -> Iterator[tuple[str, str]]:
    """Yield (section, sentence) for what on this day waits for people or does not hold any more."""
    if faults := sum(bool(card.fault) for card in report.agreements):
        yield "faults", f"{counted(faults, 'agreement')} could not be applied"
    if held := len(report.held) + report.more_held:
        yield "held", f"{counted(held, 'report')} {'waits' if held == 1 else 'wait'} for a person"
    states = [[statement.state for statement in one.statements] for one in report.articles]
    waiting = [state for of_one in states for state in of_one if state not in ("confirmed", "rejected")]
    if waiting:
        articles = sum(not {"confirmed", "rejected"}.issuperset(of_one) for of_one in states)
        more = [f"{waiting.count(state)} {state}" for state in ("confirmed by one of two", "contested")]
        more = [text for text in more if not text.startswith("0 ")]
        told = f"{counted(len(waiting), 'statement')} of {counted(articles, 'article')} "
        told += f"{'waits' if len(waiting) == 1 else 'wait'} for people" + (f" ({', '.join(more)})" if more else "")
        yield "articles", told
    if twice := len(report.doubles) + report.more_doubles:
        yield "doubles", f"{counted(twice, 'report')} may have been sent twice: people decide"
    if report.crowds:
        left_out = sum(one.left_out for one in report.crowds)
        yield "crowds", f"{left_out:,} pairs of reports were not compared: there are too many at one place"
    if gone := sum(bool(one.taken_back) for one in report.allegations):
        yield (
            "taken-back",
            f"{counted(gone, 'report')} withdrawn or corrected, on which no incident rests",
        )
    if report.series:
        yield "series", f"{counted(len(report.series), 'remark')} on bulletins beside those that came before them"
    if problems := sum(card.problem_count for card in report.problems):
        yield "problems", f"{counted(problems, 'problem')} of inputs"
    if unread := len(report.unread) + report.more_unread:
        yield "unread", words.unread(unread)


def web_address(address: str) -> bool:
    """Say whether *address* may become a link: http or https, and nothing in it that is not of an address."""
    lowered = address.lower()
    return lowered.startswith(("http://", "https://")) and address.isprintable() and " " not in address


def language_of(entry: IncidentOfDay, source: str) -> str:
    """Return the language in which *source* told of an incident; "" where it is not known or not one."""
    spoken = {told.language for told in entry.told if fold(told.source) == fold(source)}
    return language(spoken.pop()) if len(spoken) == 1 else ""


def rows(incident: Incident) -> tuple[tuple[Attribute, str], ...]:
    """Return every attribute that an account speaks of with its state; "" for words, which nobody can compare."""
    states = {difference.attribute: str(difference.state) for difference in incident.differences}
    for account in incident.accounts:
        for claim in account.claims:
            states.setdefault(claim.attribute, "")
    return tuple(states.items())


def language(tag: str) -> str:
    """Return *tag* for a lang attribute, where "" is what "und" means."""
    return "" if tag == "und" else tag


def alike(contents: Sequence[tuple[str, Markup]], accounts: int) -> list[tuple[str, Markup]]:
    """Return (who, what) with those together who have the same, in the order of the first of them."""
    who: dict[Markup, list[str]] = {}
    for source, content in contents:
        who.setdefault(content, []).append(source)
    return [
        (f"all {accounts} accounts" if len(sources) == accounts else "; ".join(sources), content)
        for content, sources in who.items()
    ]


def each(incident: Incident, said: Iterable[Markup]) -> list[tuple[str, Markup]]:
    """Return (source, what is said of it) for each account of *incident*."""
    return [(one.source, what) for one, what in zip(incident.accounts, said, strict=True)]


def folded(clause: ClauseAssessment) -> bool:
    """Say whether the clause covers the incident on no account: it then stands in one line with others like it."""
    return clause.agreed.answer == "not covered" and all(one.answer == "not covered" for one in clause.accounts)


def opened(clause: ClauseAssessment) -> bool:
    """Say whether the clause has a row of its own: it may cover an account, and some account speaks of it."""
    return clause.raised and not folded(clause)


def uncovered(incident: Incident, assessment: Assessment) -> list[tuple[list[tuple[str, Markup]], list[str]]]:
    """Return ((who, why) of each account, clauses) for the folded clauses, those with the same reasons together."""
    clauses: dict[tuple[str, ...], list[str]] = {}
    for clause in assessment.clauses:
        if folded(clause):
            why = tuple(one.reasons.in_a_line for one in clause.accounts)
            clauses.setdefault(why, []).append(clause.clause)
    return [
        (alike(each(incident, [escape(visible(one)) for one in why]), len(why)), covered)
        for why, covered in clauses.items()
    ]


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("parley.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(
        foreign=isolates.foreign,
        isolated=isolates.isolated,
        coordinates=isolates.coordinates,
        distance=isolates.distance,
        day=isolates.day,
        names=words.names,
        answer=words.answer,
        comparison=answers.comparison,
        state=words.state,
        truth=words.truth,
        attribute=words.attribute,
        bits=words.bits,
        sentence=words.sentence,
        language=language,
    )
    environment.tests.update({"web_address": web_address, "opened": opened, "unsettled": answers.unsettled})
    environment.globals.update(
        answers=answers,
        bars=bars,
        versions=versions,
        waiting=waiting,
        words=words,
        moment=isolates.moment,
        span=isolates.span,
        offset=isolates.offset,
        value=words.value,
        steps=words.steps,
        language_of=language_of,
        rows=rows,
        uncovered=uncovered,
        alike=alike,
        each=each,
        most_columns=MOST_COLUMNS,
        most_ways=MOST_WAYS,
    )
    return environment


def _finalize(said: Any) -> Any:
    """Make control characters visible in everything that did not come through a formatter of ours."""
    return visible(said) if isinstance(said, str) and not isinstance(said, Markup) else said


@cache
def _css() -> Markup:
    return Markup(resources.files("parley.publish").joinpath("templates", "daily.css").read_text("utf-8"))  # noqa: S704
