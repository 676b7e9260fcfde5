"""The daily report as a page: one file, without script or network, escaped by default."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

from markupsafe import Markup

from parley.model import (
    AgreementCard,
    Assessment,
    Attribute,
    ClauseAnswer,
    Incident,
    Showing,
    fold,
    in_short,
    visible,
)
from parley.plurals import counted
from parley.publish import answers, bars, brief, isolates, versions, waiting, words
from parley.publish.daily import ClauseCount, DailyReport, IncidentOfDay
from parley.publish.notes import Notes

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_WAYS = 6
"""Ways to settle a crux that are listed one by one; more are put together by the answer that they give."""
SHOWN: tuple[Showing, ...] = get_args(Showing)
MOST_COLUMNS = 4
"""A table with more accounts than this is stacked on every screen and on paper: no page is that wide."""


class Group(NamedTuple):
    """Accounts of which a clause makes the same: who they are, what it makes of them, and their answers."""

    sources: str
    content: Markup
    answers: tuple[ClauseAnswer, ...]


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
            notes=Notes(),
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
    if report.doubts:
        fit = counted(len(report.doubts), "report fits", "reports fit")
        yield "doubts", f"{fit} two incidents equally: people decide"
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
    return [
        (_named([contents[at][0] for at in which], accounts), content)
        for content, which in _equal([content for _, content in contents]).items()
    ]


def _equal(contents: Iterable[Markup]) -> dict[Markup, list[int]]:
    """Return at which places each of *contents* stands, in the order of the first of them."""
    places: dict[Markup, list[int]] = {}
    for at, content in enumerate(contents):
        places.setdefault(content, []).append(at)
    return places


def _named(sources: Sequence[str], accounts: int) -> str:
    if len(sources) == accounts > 1:
        return f"all {accounts} accounts"
    return (", " if accounts > MOST_COLUMNS else "; ").join(sources)


def each(incident: Incident, said: Iterable[Markup]) -> list[tuple[str, Markup]]:
    """Return (how it is called, what is said of it) for each account of *incident*."""
    return list(zip(called(incident), said, strict=True))


def called(incident: Incident) -> list[str]:
    """Return how each account is called in tables: by its source, or, where there are many, by a letter."""
    if not is_wide(incident):
        return [one.source for one in incident.accounts]
    return [letter(number) for number in range(len(incident.accounts))]


def is_wide(incident: Incident) -> bool:
    """Say whether there are more accounts than a page has room for side by side."""
    return len(incident.accounts) > MOST_COLUMNS


def letter(number: int) -> str:
    """Return A, B, …, Z, AA, … for 0, 1, …, 25, 26, …, as browsers number a list by letters."""
    before, at = divmod(number, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + at)


def counts(row: ClauseCount) -> list[tuple[Markup, int]]:
    """Return what the day's incidents come to under a clause: in words, and how many; only what there is."""
    every = "" if row.equal or row.differing else " on all accounts"
    told = (
        (words.answer("breach") + every, row.all_breach),
        (Markup("of these on one account alone"), row.breach_one_account),
        (Markup("of these on accusers alone"), row.breach_accuser_alone),
        (Markup("the answers differ"), row.differing),
        (Markup("the same on each account, but not on every combination"), row.equal),
        (words.answer("could be a breach") + every, row.all_could_be),
        (words.answer("in no case a breach") + every, row.all_in_no_case),
        (words.answer("no breach") + every, row.all_no_breach),
        (words.answer("not covered") + every, row.all_not_covered),
        (words.answer("not raised") + every, row.not_raised),
    )
    return [(said, count) for said, count in told if count]


def in_lines(assessment: Assessment, card: AgreementCard) -> dict[Showing, dict[str, list[ClauseAnswer]]]:
    """Return the answers of clauses without a row of their own, by the word under which they stand and by article."""
    lines: dict[Showing, dict[str, list[ClauseAnswer]]] = {}
    for clause in assessment.clauses:
        if not answers.opened(clause):
            article = answers.article(clause.clause, card)
            lines.setdefault(answers.in_a_line(clause), {}).setdefault(article, []).extend(clause.accounts)
    return {shown: lines[shown] for shown in SHOWN if shown in lines}


def grouped(incident: Incident, given: Sequence[ClauseAnswer], parties: answers.Names) -> list[Group]:
    """Return who gets which answer: each account by itself, or, where there are many, those with the same together."""
    names, contents = called(incident), [answers.given(one, parties) for one in given]
    if not is_wide(incident):
        return [Group(name, content, (one,)) for name, content, one in zip(names, contents, given, strict=True)]
    return [
        Group(_named([names[at] for at in which], len(given)), content, tuple(given[at] for at in which))
        for content, which in _equal(contents).items()
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
        article=answers.article,
        state=words.state,
        truth=words.truth,
        attribute=words.attribute,
        causes=in_short,
        bits=words.bits,
        sentence=words.sentence,
        language=language,
    )
    environment.tests.update({"web_address": web_address, "opened": answers.opened, "unsettled": answers.unsettled})
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
        language_of=language_of,
        rows=rows,
        in_lines=in_lines,
        grouped=grouped,
        called=called,
        is_wide=is_wide,
        counts=counts,
        brief=brief,
        counted=counted,
        alike=alike,
        each=each,
        most_ways=MOST_WAYS,
    )
    return environment


def _finalize(said: Any) -> Any:
    """Make control characters visible in everything that did not come through a formatter of ours."""
    return visible(said) if isinstance(said, str) and not isinstance(said, Markup) else said


@cache
def _css() -> Markup:
    return Markup(resources.files("parley.publish").joinpath("templates", "daily.css").read_text("utf-8"))  # noqa: S704
