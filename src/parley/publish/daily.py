"""The daily report as data, `parley-daily/1`: the schema of the JSON, and all that the page is made from.

Claims, answers and counts are held as the model has them; nothing here is rounded, merged or put into words.
"""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from parley.invisible import escaped
from parley.model import (
    AgreementCard,
    Assessment,
    Bulletin,
    Cause,
    Citation,
    Claim,
    Crowd,
    Doubles,
    Doubt,
    Flag,
    Incident,
    InputCard,
    Interval,
    Link,
    Noun,
    OpenQuestion,
    ReportWarning,
    SeriesFinding,
    Tally,
    Teller,
    Unread,
    json_in_words,
)
from parley.publish.acts import Acted
from parley.publish.edition import Edition

TakenBack = Literal["", "withdrawn", "replaced"]
"""Whether a report was withdrawn or corrected since; "" where it stands."""

NOTES = (
    "Every claim belongs to the source that made it. Accounts stand side by side; the centre merges none.",
    "“Unknown” is an answer, with its reason. It never means “no”.",
    "No report is not “nothing happened”. Equal totals are not agreement.",
)


class Masthead(Noun):
    """What stands at the head of every report: the centre, and the state of the record that the report rests on.

    Args:
        timezone: name in the tz database; days begin and end at its midnight.
        cutoff: local time of day (HH:MM) at which reporting closes; what comes later is marked. "" where none is fixed.
        exercise: everything in the report is invented, and every page says so.
        note: what the centre says of itself, in a sentence or two.
        origin, size, root, verifier_key: the record's name, its entries, their root hash (hex) and its public key.
    """

    title: str
    timezone: str
    cutoff: str = ""
    exercise: bool = False
    note: str = ""
    origin: str
    size: int
    root: str
    verifier_key: str


class Heard(Noun):
    """A source that reported on the day: how many of its event reports, bulletins and articles concern the day.

    Event reports that it withdrew or replaced since are `taken_back`, and no `events`.
    """

    source: str
    events: int = 0
    bulletins: int = 0
    articles: int = 0
    taken_back: int = 0


class Unobserved(Noun):
    """Areas that a bulletin's publisher says it could not observe in the period."""

    source: str
    entry: int
    areas: tuple[str, ...]


class Coverage(Noun):
    """Who reported on this day, and who reported on other days only; in the order of the record."""

    heard: tuple[Heard, ...]
    silent: tuple[str, ...]
    unobserved: tuple[Unobserved, ...]


class AreaCount(Noun):
    """Incidents of one area beside those of the day before.

    Several `areas` mean that accounts name different ones, no area that no account names one.
    """

    areas: tuple[str, ...]
    today: int
    previous: int


class Resting(Noun):
    """On what the incidents of a day rest; each is counted once.

    Args:
        rival: two accounts exclude each other on something.
        one_account, accuser_alone: there is one account; or every breach rests on parties alone that accuse others.
        several: the rest.
    """

    rival: int = 0
    several: int = 0
    one_account: int = 0
    accuser_alone: int = 0


class ClauseCount(Noun):
    """In how many of the day's incidents the accounts lead to which answer; each incident is counted once.

    Args:
        all_breach, all_could_be, all_in_no_case, all_no_breach, all_not_covered: the answer is the same whatever
            combination of what the accounts say is so, or there is only one account.
        breach_one_account, breach_accuser_alone: how many of `all_breach` rest on one account alone, or only on parties
            that accuse others.
        equal: each account alone gives the same answer, and the combinations do not; `equal_breach` where it is breach.
        differing: the answers differ.
        not_raised: no account speaks of what the clause is about.
    """

    agreement: str
    clause: str
    all_breach: int
    breach_one_account: int
    breach_accuser_alone: int
    all_no_breach: int
    all_could_be: int
    all_in_no_case: int
    all_not_covered: int
    equal: int
    equal_breach: int
    differing: int
    not_raised: int


class Told(Noun):
    """The report behind an entry, as far as readers need it beside an incident or an allegation.

    `late` is when it was received, where that was after the cut-off; `acts` are what people did to it.
    """

    entry: int
    source: str
    reference: str
    first_hand: bool | None
    language: str
    published: Interval | None
    citation: Citation | None
    flags: tuple[Flag, ...]
    file: str
    digest: str
    first_line: int
    last_line: int
    link: Link | None = None
    late: AwareDatetime | None = None
    acts: tuple[Acted, ...] = ()
    warnings: tuple[ReportWarning, ...] = ()


class HeldReport(Noun):
    """A report that waits for a person and counts nowhere; `beside` is what it would correct."""

    entry: int
    source: str
    reference: str
    why: Cause
    beside: int | None


class Judged(Noun):
    """What a person judged of reports, by their entries; the record has the name, the page the role."""

    entry: int
    kind: str
    groups: tuple[tuple[int, ...], ...]
    whole: int | None
    role: str
    reason: str


class IncidentOfDay(Noun):
    """An incident that began on the day, the reports it was made from and its assessments, one for each agreement.

    `judged` is what people decided on any of its reports: also that another report is of another happening.
    """

    incident: Incident
    told: tuple[Told, ...]
    assessments: tuple[Assessment, ...]
    judged: tuple[Judged, ...] = ()


class Continuing(Noun):
    """An incident whose time reaches into the day from an earlier one; it stands in the report of `first_day`."""

    id: str
    place: str
    first_day: date
    last_day: date


class Allegation(Noun):
    """An event report that made no incident, with the reason and what it claims.

    `taken_back` says whether its source withdrew or replaced it; an allegation that stands has "".
    """

    told: Told
    why: tuple[Cause, ...]
    taken_back: TakenBack = ""
    claims: tuple[Claim, ...]


class BulletinOfDay(Noun):
    """A bulletin whose period touches the day, and the first and last local day that it touches.

    Where these are several its counts are of all of them together: how much falls on the day is not known.
    One that was taken back stands here as it came, and in no tally.
    """

    entry: int
    taken_back: TakenBack = ""
    bulletin: Bulletin
    first_day: date
    last_day: date
    late: AwareDatetime | None = None


class Decided(Noun):
    """What one person decided on a statement; the record has the name, the page the role."""

    entry: int
    role: str
    decision: str
    reason: str


class Statement(Noun):
    """A statement proposed for review: who is said to hold it, what act it is, and at most one sentence of evidence.

    Args:
        id: entry and number, by which it is reviewed.
        made_by: the model that proposed it; "" for the rules.
        state, decided: what people decided so far; see `Reviewed`.
        reading: what it is confirmed to say where that is not what was proposed, in a line.
        report: the entry under which it supports incidents.
    """

    id: str
    made_by: str = ""
    state: str = "proposed"
    decided: tuple[Decided, ...] = ()
    reading: str = ""
    report: int | None = None
    holder: str
    act: str
    addressee: str | None
    accused: tuple[str, ...]
    polarity: str
    between: tuple[str, ...]
    tellers: tuple[str, ...]
    hedges: tuple[str, ...]
    evidence: str
    shortened: bool
    quoted: bool
    time: date | None
    places: tuple[str, ...]
    reviewers_needed: int


class ArticleOfDay(Noun):
    """An article published on the day: its chain of tellers (original first) and the statements that await review.

    `copies` are the entries of other articles of the same telling: together they count as one source. Of an article
    that was taken back no statement awaits review.
    """

    entry: int
    source: str
    headline: str
    language: str
    published: date | None
    citation: Citation | None
    chain: tuple[Teller, ...]
    copies: tuple[int, ...]
    flags: tuple[Flag, ...]
    statements: tuple[Statement, ...]
    late: AwareDatetime | None = None
    taken_back: TakenBack = ""


class Elsewhere(Noun):
    """An input with problems that also gave reports of this day; its problems stand in the report of `listed_on`."""

    entry: int
    name: str
    problems: int
    listed_on: date


class DailyReport(Noun):
    """One day of a centre. `number` is the day's number in the year, n/yyyy, so that a day left out shows as a gap.

    Reports and inputs that concern no day (`undated`: how many) stand in the report of the latest day that was
    known when they came; the others only say so. `held` are the reports of this day that wait for a person: the
    first hundred, and how many more. `unread` are statements of the record that cannot be read, and may concern any
    day: the first hundred, and how many more there are. `doubles` say the same under different ids and wait for
    people: the first hundred of those that begin on this day. `questions` are those on which most answers of the
    day turn. `doubts` are reports that begin on this day and fit two incidents equally. `crowds` are reports of this
    day of which not all pairs were compared.
    """

    format: Literal["parley-daily/1"] = "parley-daily/1"
    number: str
    day: date
    period: Interval
    masthead: Masthead
    notes: tuple[str, ...] = NOTES
    agreements: tuple[AgreementCard, ...]
    coverage: Coverage
    previous_day: date
    areas: tuple[AreaCount, ...]
    clauses: tuple[ClauseCount, ...]
    resting: Resting = Resting()
    incidents: tuple[IncidentOfDay, ...]
    questions: tuple[OpenQuestion, ...] = ()
    more_questions: int = 0
    continuing: tuple[Continuing, ...]
    doubles: tuple[Doubles, ...] = ()
    more_doubles: int = 0
    doubts: tuple[Doubt, ...] = ()
    crowds: tuple[Crowd, ...] = ()
    allegations: tuple[Allegation, ...]
    tallies: tuple[Tally, ...]
    series: tuple[SeriesFinding, ...] = ()
    bulletins: tuple[BulletinOfDay, ...]
    articles: tuple[ArticleOfDay, ...]
    inputs: tuple[InputCard, ...]
    problems: tuple[InputCard, ...]
    problems_elsewhere: tuple[Elsewhere, ...]
    undated: int
    held: tuple[HeldReport, ...] = ()
    more_held: int = 0
    unread: tuple[Unread, ...] = ()
    more_unread: int = 0
    edition: Edition = Edition()


def as_json(report: DailyReport) -> bytes:
    """Return *report* as one line of UTF-8 JSON, unseen signs as escapes; the same report gives the same bytes."""
    return escaped(json_in_words(report)).encode() + b"\n"
