"""Checking: an ordinary slip ends in one clear message where it is to be mended; what may not be meant is told."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.model import TermsError
from parley.terms import library_names, library_text, load, load_cases, run_cases
from parley.terms.cases import doubts
from parley.terms.checking import rehearsal
from parley.terms.load import check

AGREEMENT = """\
format: parley-terms/1
id: river-truce
title: The river truce
date: 2031-04-28
timezone: Europe/Kyiv
source: {name: Text signed by both sides, published: 28 April 2031}
from: 2031-05-02T06:00
until: 2031-12-01T00:00
parties:
  - {id: west, name: Westbank, role: party, also: [Westbank army], adheres: [{from: 2031-05-01}]}
  - {id: east, name: Eastbank, role: party, adheres: [{from: 2031-05-01, until: 2031-11-01}]}
  - {id: gang, name: The Gang, role: group, designated: [{by: UN list, from: 2030-01-01}]}
excludes: {lists: [UN list]}
events:
  - {id: d-day, at: 2031-05-02T06:00, set_by: the mediator}
facts:
  - {id: announced, asks: Was it announced, settled_by: the radio log}
lines:
  - {id: river, name: the river, points: [[36.1, 34.2], [36.4, 34.3]]}
zones:
  - {id: bank, name: the river bank, line: river, within_m: 3000, edge_m: 100, names: [Upper Bank]}
  - {id: town, name: the town, polygon: [[36.0, 34.0], [36.2, 34.0], [36.2, 34.2], [36.0, 34.2]]}
clauses:
  - id: attacks
    article: Article 1
    says: Neither side attacks the other.
    acts: [attack]
    exempt: [{ground: self-defence, says: where announced, requires: [announced]}]
  - id: guns
    article: Article 2
    says: No guns near the river.
    zone: bank
    acts: [presence]
    means: [mortar, {kind: artillery, calibre_from_mm: 100}]
  - id: pull-back
    article: Article 3
    kind: duty
    says: Both sides withdraw.
    does: [withdrawal]
    binds: [west]
    begin_by: d-day + 3 days
    by: d-day + 14 days
"""
SQUARE = "[[36.0, 34.0], [36.2, 34.0], [36.2, 34.2], [36.0, 34.2]]"
EXEMPT = "exempt: [{ground: self-defence, says: where announced, requires: [announced]}]"
ANY = "by: d-day + 14 days"


def test_the_agreement_and_the_cases_below_are_in_order() -> None:
    checked = check(AGREEMENT, "truce.yaml")
    assert checked.warnings == ()
    cases = load_cases(CASES, "truce.cases.yaml")
    assert all(one.as_expected for one in run_cases(checked.terms, cases, "truce.cases.yaml"))
    assert doubts(checked.terms, cases, "truce.cases.yaml") == ()


# The slips of somebody who writes a file by hand: what stands there instead, what the message points at, and says.

# fmt: off
SLIPS = {
    "a misspelt key": ("title:", "titel:", "titel", "Did you mean 'title'"),
    "a misspelt key of a clause": ("    acts: [attack]", "    act: [attack]", "act:", "Did you mean 'acts'"),
    "a misspelt key of a zone": ("polygon:", "poligon:", "poligon", "Did you mean 'polygon'"),
    "a capital letter": ("title:", "Title:", "Title", "Did you mean 'title'"),
    "a hyphen for an underscore": ("set_by", "set-by", "set-by", "Did you mean 'set_by'"),
    "a key of another part": ("    zone: bank", "    zone: bank\n    within_m: 5", "within_m", "it is a key of zone"),
    "a key of nothing": ("    zone: bank", "    colour: red", "colour", "one of id, article, says"),
    "a misspelt term": ("[attack]", "[atack]", "atack", "Did you mean *attack*"),
    "an underscore in a term": ("self-defence", "self_defence", "self_defence", "Did you mean *self-defence*"),
    "no such term": ("[attack]", "[flyover]", "flyover", "mean *overflight*? `parley terms words acts` lists all."),
    "a misspelt weapon": ("kind: artillery", "kind: artilery", "artilery", "Did you mean *artillery*"),
    "a misspelt party": ("binds: [west]", "binds: [wset]", "wset", "Did you mean 'west'"),
    "the name of a party for its id": ("binds: [west]", "binds: [Westbank]", "Westbank", "Did you mean 'west'"),
    "a misspelt zone": ("zone: bank", "zone: bnak", "bnak", "Did you mean 'bank'"),
    "no such zone": ("zone: bank", "zone: harbour", "harbour", "(here: bank, town)"),
    "a misspelt fact": ("requires: [announced]", "requires: [anounced]", "anounced", "Did you mean 'announced'"),
    "a misspelt event": (ANY, "by: dday + 14 days", "dday", "Did you mean 'd-day'"),
    "a misspelt line": ("line: river", "line: rivr", "rivr", "Did you mean 'river'"),
    "a misspelt kind": ("kind: duty", "kind: dutty", "dutty", "Did you mean 'duty'"),
    "a misspelt role": ("role: group", "role: gruop", "gruop", "Did you mean 'group'"),
    "no such role": ("role: group", "role: militia", "militia", "one of party, guarantor, group"),
    "a misspelt time zone": ("Europe/Kyiv", "Europe/Kiyv", "Europe/Kiyv", "Did you mean 'Europe/Kyiv'"),
    "a city for a time zone": ("Europe/Kyiv", "Kyiv", "Kyiv", "Did you mean 'Europe/Kyiv'"),
    "an offset for a time zone": ("Europe/Kyiv", "UTC+2", "UTC+2", "Did you mean 'Etc/GMT-2'"),
    "no blanks around the sign": (ANY, "by: d-day+14 days", "d-day+14", "Did you mean 'd-day + 14 days'"),
    "no blanks at all": (ANY, "by: d-day+14days", "d-day+14", "Did you mean 'd-day + 14 days'"),
    "weeks": (ANY, "by: d-day + 2 weeks", "d-day", "Did you mean 'd-day + 14 days'"),
    "days after": (ANY, "by: 14 days after d-day", "14 days", "Did you mean 'd-day + 14 days'"),
    "a capital in an event": (ANY, "by: D-day + 14 days", "D-day", "Did you mean 'd-day + 14 days'"),
    "a day in words": (ANY, "by: 10 January 2031", "10 January", "Did you mean 2031-01-10"),
    "a day with dots": (ANY, "by: 10.01.2031", "10.01", "Did you mean 2031-01-10"),
    "a day with strokes": (ANY, "by: 01/10/2031", "01/10", "a time such as 2031-05-02T06:00"),
    "no such day": (ANY, "by: 2031-02-30", "2031-02-30", "the days of 2031-02 are 1 to 28"),
    "no such month": ("until: 2031-12-01T00:00", "until: 2031-13-01", "2031-13", "the months are 1 to 12"),
    "24 o'clock": ("until: 2031-12-01T00:00", "until: 2031-12-01T24:00", "2031-12", "Did you mean 2031-12-02T00:00"),
    "no such hour": ("until: 2031-12-01T00:00", "until: 2031-12-01T25:00", "2031-12", "the hours are 00:00 to 23:59"),
    "one digit of an hour": ("until: 2031-12-01T00:00", "until: 2031-12-01T6:00", "2031", "mean 2031-12-01T06:00"),
    "an hour alone": ("from: 2031-05-02T06:00", "from: 06:00", "06:00", "a time such as 2031-05-02T06:00"),
    "a year alone": ("from: 2031-05-02T06:00", "from: 2031", "2031", "a time such as 2031-05-02T06:00"),
    "a year alone, of an adherence": ("[{from: 2031-05-01}]", "[{from: 2031}]", "2031", "a time such as"),
    "an adherence in words": ("[{from: 2031-05-01}]", "[{from: 1 May 2031}]", "1 May", "Did you mean 2031-05-01"),
    "a date in words": ("date: 2031-04-28", "date: 28 April 2031", "28 April", "Did you mean 2031-04-28"),
    "a date of the last day": ("date: 2031-04-28", "date: 9999-12-31", "9999", "a day in the years 1900 to 2199"),
    "a date with an hour": ("date: 2031-04-28", "date: 2031-04-28T12:00", "2031-04-28T", "Did you mean 2031-04-28"),
    "a tab": ("    says: No guns", "\tsays: No guns", "\tsays", "blanks instead of the tab"),
    "a no-break space": ("    zone: bank", "\u00a0   zone: bank", "\u00a0", "ordinary blanks"),
    "one adherence, no list": ("adheres: [{from: 2031-05-01}]", "adheres: {from: 2031-05-01}", "{from", "[{from: 2031"),
    "one act, no list": ("acts: [attack]", "acts: attack", "attack", "such as [attack]"),
    "one party, no list": ("binds: [west]", "binds: west", "west", "such as [west]"),
    "one name, no list": ("also: [Westbank army]", "also: Westbank army", "Westbank army", "such as [Westbank army]"),
    "an exemption as a text": (EXEMPT, "exempt: self-defence", "self-defence", "such as [{ground: self-defence, says:"),
    "exemptions as texts": (EXEMPT, "exempt: [self-defence]", "self-defence", "keys with values, such as {ground:"),
    "a number for an article": (
        "article: Article 3", "article: 3", "3", "text, in quotes where it looks like a number"),
    "a yes for a text": ("says: No guns near the river.", "says: true", "true", "text, in quotes"),
    "nothing behind the colon": (
        "says: No guns near the river.", "says:", "says:", "such as says: it in our own words"),
    "an empty list": ("acts: [attack]", "acts: []", "[]", "a list of 1 or more"),
    "a colon in a text": ("says: Neither", "says: Rule: neither", ": neither", "quotes around a text that has a colon"),
    "a # in a text between brackets": ("says: where", "says: where #1", "#1", "quotes around a text with # in it"),
    "a % first in a text": ("says: No guns near", "says: %5 of guns", "%5", "quotes around a text that begins with %"),
    "an @ first in a text": ("says: No guns near", "says: @west", "@west", "quotes around a text that begins with @"),
    "a * first in a text": ("says: No guns near", "says: *No*", "*No", "quotes around a text that begins with *"),
    "an alias of nothing": ("zone: bank", "zone: *bank", "*bank", "quotes around a text that begins with *"),
    "no closing bracket": ("acts: [presence]", "acts: [presence", "[presence", "a ] that closes this ["),
    "no bracket inside braces": ("[announced]}", "[announced}", "}]", "a ] that closes the [ of line 28, column 70"),
    "a bracket too many": ("acts: [presence]", "acts: [presence]]", "]", "no bracket is open before this ]"),
    "no closing quote": ("says: No guns near", 'says: "No guns near', '"No guns', "the closing quote of the text"),
    "a quote inside quotes": (
        "says: No guns near the river.", "says: 'the river's bank'", "s bank", "write a quote inside"),
    "a unit": (
        "calibre_from_mm: 100", "calibre_from_mm: 100mm", "100mm", "a unit, such as 100. Did you mean 100?"),
    "kilometres": ("within_m: 3000", "within_m: 3 km", "3 km", "a number without a unit"),
    "a comma for thousands": ("within_m: 3000", "within_m: 3,000", "000", "a number without a comma in it"),
    "below zero": ("edge_m: 100", "edge_m: -100", "-100", "a number of 0 or more"),
    "a duty without a time": (f"    {ANY}\n", "", "id: pull-back", "the key 'by', such as by: 2031-05-10T12:00"),
    "a duty without an act": (
        "    does: [withdrawal]\n", "", "id: pull-back", "the key 'does', such as does: [withdrawal]"),
    "a clause without acts": ("    acts: [attack]\n", "", "id: attacks", "the key 'acts', such as acts: [attack]"),
    "an exemption without words": ("says: where announced, ", "", "{ground", "the key 'says'"),
    "another version of the format": ("parley-terms/1", "parley-terms/2", "parley-terms/2", "Expected: parley-terms/1"),
    "no format": (
        "format: parley-terms/1\n", "", "id: river-truce", "the key 'format', such as format: parley-terms/1"),
    "an id twice": ("id: guns", "id: attacks", "attacks", "an id that is used once"),
    "a party twice": ("id: east", "id: west", "west", "an id that is used once"),
    "a name twice": ("name: Eastbank", "name: westbank", "westbank", "also a name of 'west'"),
    "a key twice": ("    zone: bank", "    zone: bank\n    zone: town", "zone: town", "a key that stands once"),
    "blanks in an id": ("id: river-truce", "id: River Truce", "River", "Did you mean 'river-truce'"),
    "a source as a text": (
        "source: {name: Text signed by both sides, published: 28 April 2031}", "source: Ours", "Ours", "{name:"),
    "a list for one zone": ("zone: bank", "zone: [bank]", "[bank]", "one id, such as road"),
    "a zone drawn in a clause": ("zone: bank", "zone: {polygon: []}", "{polygon", "one id, such as road"),
    "an act for a clause": (
        "    zone: bank", "    yields_to: [presence]", "presence", "(here: attacks, guns, pull-back)"),
    "no blank behind a dash": ("  - id: guns", "  -id: guns", "-id", "a blank after the dash"),
    "one blank too few": ("    zone: bank", "   zone: bank", "zone", "the same indentation"),
    "two blanks too many": ("    zone: bank", "      zone: bank", ": bank", "the same indentation as the key above"),
    "no colon": ("title: The river truce", "title The river truce", "title", "a key, a colon and a blank"),
    "no blank behind a colon": (
        "title: The river truce", "title:The river truce", "title", "a key, a colon and a blank"),
    "no blank behind a colon, in braces": ("name: Westbank,", "name:Westbank,", "name:W", "mean 'name: Westbank'"),
    "no comma": ("name: Westbank, role", "name: Westbank role", ": party", "a comma between two entries"),
    "perhaps": ("[{from: 2031-05-01}]", "[{from: 2031-05-01, certain: maybe}]", "maybe", "true or false"),
    "two documents": ("events:", "---\nevents:", "---", "one agreement in a file"),
    "a control code": ("No guns", "No\x07 guns", "\x07", "text without control characters"),
    "a fence of backquotes": ("format:", "```yaml\nformat:", "```", "without a line of ``` around it"),
    "two corners": (SQUARE, "[[36.0, 34.0], [36.2, 34.0]]", "[[36.0", "a list of 3 or more"),
    "latitude first, off the globe": ("[[36.0, 34.0]", "[[34.0, 136.0]", "[34.0", "perhaps [136, 34]"),
    "degrees": ("[[36.0, 34.0]", "[[36°E, 34°N]", "[36°E", "[longitude, latitude] in degrees, such as"),
    "commas in numbers": ("[[36.0, 34.0]", '[["36,0", "34,0"]', '["36,0"', "[longitude, latitude] in degrees"),
    "no pairs": (SQUARE, "[36.0, 34.0, 36.2, 34.0, 36.2, 34.2]", "36.0", "[longitude, latitude] in degrees"),
    "rings as in GeoJSON": (SQUARE, f"[{SQUARE}]", "[[36.0", "one list of corners, not a list of rings"),
    "named coordinates": ("[[36.0, 34.0]", "[{lat: 34, lon: 36}", "{lat", "[longitude, latitude] in degrees"),
    "a height": ("[[36.0, 34.0]", "[[36.0, 34.0, 100]", "[36.0", "[longitude, latitude] in degrees"),
    "a zone with two shapes": (
        f"polygon: {SQUARE}", f"polygon: {SQUARE}, undefined: later", "{id: town", "exactly one of"),
    "an associated force of nobody": ("role: group,", "role: associated,", "{id: gang", "such as of: west"),
    "a collective of nobody": ("role: group,", "role: collective,", "{id: gang", "members: [west, east]"),
    "a calm of nothing": (
        "at: 2031-05-02T06:00, set_by", "calm_days: 7, set_by", "{id: d-day", "of: [attacks], since: d-day"),
    "one reader, no list": ("    zone: bank", "    confidential_to: west", "west", "a list, even of one"),
    "a salt without a secret": (
        "    zone: bank", "    salt: abc", "salt", "a clause that everybody may read needs no salt"),
    "worked cases": (AGREEMENT, "agreement: x\ncases: []", "agreement", "the cases are checked with the agreement"),
    "nothing": (AGREEMENT, "", "", "an agreement, which starts with format: parley-terms/1"),
    "a list": (AGREEMENT, "- a", "- a", "a mapping that starts with format: parley-terms/1"),
    "one line of words": (AGREEMENT, "The river truce", "The", "a mapping that starts with format: parley-terms/1"),
}
# fmt: on


def pointed(text: str, line: int | None, column: int | None) -> str:
    """Return the text to which a message points."""
    return "\n".join(text.splitlines()[(line or 1) - 1 :])[(column or 1) - 1 :]


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_an_agreement_is_told_once_where_it_is_to_be_mended(name: str) -> None:
    old, new, at, told = SLIPS[name]
    text = AGREEMENT.replace(old, new, 1)
    assert text != AGREEMENT
    with pytest.raises(TermsError) as caught:
        check(text, "truce.yaml")
    (problem,) = caught.value.problems
    assert told in str(problem)
    assert pointed(text, problem.line, problem.column).startswith(at)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        ("format:", "\ufeffformat:"),
        ("[[36.0, 34.0]", '[["36.0", "34.0"]'),
        ("[{from: 2031-05-01}]", "[{from: 2031-05-01, certain: no}]"),
        ("until: 2031-12-01T00:00", "until: 2031-12-01 00:00"),
        ("until: 2031-12-01T00:00", "until: 2031-12-01T00:00Z"),
        ("until: 2031-12-01T00:00", "until: 2031-12-01T00:00:00+02:00"),
    ],
)
def test_what_can_be_read_in_one_way_only_is_no_slip(old: str, new: str) -> None:
    assert check(AGREEMENT.replace(old, new), "truce.yaml").warnings == ()


def test_a_file_with_several_slips_tells_each_in_the_order_of_its_lines() -> None:
    text = AGREEMENT.replace("[attack]", "[atack]").replace("kind: duty", "kind: dutty").replace("titel", "title")
    text = text.replace("role: group", "role: gruop").replace("title:", "titel:")
    with pytest.raises(TermsError) as caught:
        check(text, "truce.yaml")
    assert [one.field for one in caught.value.problems] == [
        "titel",
        "parties.2.role",
        "clauses.0.acts.0",
        "clauses.2.kind",
    ]


def test_a_file_that_holds_itself_is_refused() -> None:
    with pytest.raises(TermsError):
        load(AGREEMENT.replace("parties:\n", "parties: &them\n  - *them\n"), "truce.yaml")


# Dates in the wrong order

EVENT = "{id: d-day, at: 2031-05-02T06:00, set_by: the mediator}"
# fmt: off
DISORDER = {
    "the agreement": ("until: 2031-12-01", "until: 2031-05-01", "2031-05-01", "an end that is after the start"),
    "the agreement, empty": ("until: 2031-12-01T00:00", "until: 2031-05-02T06:00", "2031-05-02", "after the start"),
    "a disputed end": (
        "until: 2031-12-01T00:00",
        "until: {not_before: 2031-12-01, not_after: 2031-11-01, why: so}",
        "2031-11-01",
        "not before not_before",
    ),
    "a clause": (
        "    zone: bank", "    from: 2031-08-01\n    until: 2031-07-01", "2031-07", "after the start, 2031-08-01"),
    "a clause with the agreement's start": ("    zone: bank", "    until: 2031-05-01", "2031-05-01", "after the start"),
    "a clause from the agreement's end": (
        "    zone: bank", "    from: 2031-12-01", "2031-12", "before the end of the agreement"),
    "an adherence": ("until: 2031-11-01}", "until: 2031-04-01}", "2031-04-01", "after the start, 2031-05-01"),
    "a designation": ("from: 2030-01-01}", "from: 2030-01-01, until: 2029-01-01}", "2029", "after the start"),
    "an event": (
        EVENT, EVENT.replace("set_by", "until: 2031-05-01, why: disputed, set_by"), "2031-05-01", "after `at`"),
    "an event in two zones": (
        EVENT,
        EVENT.replace("set_by", "until: 2031-05-02T02:00Z, why: disputed, set_by"),
        "2031-05-02T02:00Z",
        "after `at`",
    ),
    "a duty begun after it is due": ("begin_by: d-day + 3", "begin_by: d-day + 30", "d-day + 30", "not after `by`"),
    "an extension": (
        "events:", "extensions: [{until: 2031-05-01}]\nevents:", "2031-05-01", "a new end that is after the start"),
    "a suspension": (
        "    zone: bank", "    suspended: [{from: 2031-08-01, until: 2031-07-01}]", "2031-07", "after the start"),
}
# fmt: on


@pytest.mark.parametrize("name", DISORDER)
def test_a_period_that_is_empty_or_reversed_is_refused(name: str) -> None:
    old, new, at, told = DISORDER[name]
    text = AGREEMENT.replace(old, new, 1)
    assert text != AGREEMENT
    with pytest.raises(TermsError) as caught:
        load(text, "truce.yaml")
    (problem,) = caught.value.problems
    assert told in problem.expected
    assert pointed(text, problem.line, problem.column).startswith(at)


def test_times_that_count_from_an_event_that_is_not_known_are_compared_with_each_other_alone() -> None:
    unset = AGREEMENT.replace("at: 2031-05-02T06:00, set_by", "unset: nobody named it, set_by")
    assert load(unset, "truce.yaml")
    with pytest.raises(TermsError, match="not after `by`"):
        load(unset.replace("begin_by: d-day + 3", "begin_by: d-day + 30"), "truce.yaml")


# What may not be meant

PERMIT = """\
  - {id: works, article: Article 5, says: No works., acts: [fortification]}
  - {id: posts, article: Article 6, kind: permission, says: Posts stay., acts: [presence], over: [guns]}
"""
TWINS = """\
readings:
  - {id: air, says: from the air alone, clauses: [attacks], acts: [air-attack]}
  - {id: twin, says: by aircraft, clauses: [attacks], acts: [air-attack]}
clauses:
"""
READINGS = "readings:\n  - {id: same, says: as it is, clauses: [attacks], acts: [attack]}\n"
# fmt: off
CAUTIONS = {
    "a list that nobody bears": ("lists: [UN list]", "lists: [U.N. list]", "U.N.", "Did you mean 'UN list'"),
    "a list without any designation": (
        ", designated: [{by: UN list, from: 2030-01-01}]", "", "UN list", "nobody is designated"),
    "a party that adheres to nothing": (", adheres: [{from: 2031-05-01}]", "", "{id: west", "since when it adheres"),
    "a strip narrower than its edge": (
        "edge_m: 100", "edge_m: 5000", "3000", "a strip that is wider than its edge_m (5000 m)"),
    "an area narrower than its edge": (
        f"polygon: {SQUARE}", f"polygon: {SQUARE}, edge_m: 20000", "[[36.0", "wider than its edge_m"),
    "longitude and latitude exchanged": (
        SQUARE, "[[34.0, 36.0], [34.0, 36.2], [34.2, 36.2]]", "[[34.0", "they seem exchanged"),
    "a clause that yields to one about other acts": (
        "    acts: [attack]",
        "    acts: [attack]\n    yields_to: [guns]",
        "guns",
        "'guns' says nothing of attack, but of presence",
    ),
    "a permission of what is not forbidden": (
        "clauses:\n",
        f"clauses:\n{PERMIT.replace('over: [guns]', 'over: [works]')}",
        "works]",
        "'works' says nothing of presence",
    ),
    "a permission over a permission": (
        "clauses:\n",
        "clauses:\n" + PERMIT + PERMIT.split("\n")[1].replace("posts", "more").replace("[guns]", "[posts]") + "\n",
        "posts]",
        "is a permission",
    ),
    "exceptions that conflict": (
        "    zone: bank\n", "    yields_to: [quiet]\n", "guns]", "Did you mean over: [guns, quiet]"),
    "a notice by nobody": (
        "events:", "notices: [{by: Westbnk, given: 2031-06-01, days: 14}]\nevents:", "Westbnk", "mean 'Westbank'"),
    "a notice before the start": (
        "events:", "notices: [{by: west, given: 2031-05-01}]\nevents:", "2031-05-01", "after the start"),
    "a notice after the end": (
        "events:", "notices: [{by: west, given: 2031-12-05}]\nevents:", "2031-12-05", "before the end"),
    "an extension to an earlier end": (
        "events:", "extensions: [{until: 2031-11-01}]\nevents:", "2031-11-01", "later than the one before"),
    "a renewal known before the end": (
        "events:", "renewal: {months: 6, known_until: 2031-11-01, why: so}\nevents:", "2031-11", "not before the end"),
    "a renewal of no end": (
        "until: 2031-12-01T00:00\n",
        "renewal: {months: 6, known_until: 2031-12-01, why: so}\n",
        "{months",
        "there is no `until`",
    ),
    "a start before the signature": (
        "date: 2031-04-28", "date: 2031-05-28", "2031-05-02T06", "not before the day of the agreement"),
    "an adherence that ended before": (
        "until: 2031-11-01}", "until: 2031-05-02}", "2031-05-02", "beyond the start of the agreement"),
    "adherences that overlap": (
        "[{from: 2031-05-01}]", "[{from: 2031-05-01}, {from: 2031-08-01}]", "2031-08-01", "ends before the next"),
    "a duty due before it holds": (
        "begin_by: d-day + 3 days\n    by: d-day + 14 days", "by: 2031-05-01", "2031-05-01", "comes into force"),
    "a hearing put off to an earlier day": (
        ANY, f"{ANY}\n    put_off: [{{until: 2031-05-10}}]", "2031-05-10", "later than `by`"),
    "an hour that is skipped": (
        "until: 2031-11-01}", "until: 2032-03-28T03:30}", "2032-03-28T03:30", "2032-03-28T04:30 (01:30 UTC) is taken"),
    "an hour that comes twice": (
        "until: 2031-11-01}",
        "until: 2031-10-26T03:30}",
        "2031-10-26T03:30",
        "at 00:30 and at 01:30 UTC; the first is taken",
    ),
    "a counted time that comes twice": (
        "at: 2031-05-02T06:00, set_by", "at: 2031-10-23T03:30, set_by", "d-day + 3 days", "comes twice"),
    "a reading that changes nothing": ("clauses:\n", f"{READINGS}clauses:\n", "{id: same", "acts stands there already"),
    "two readings that are one": ("clauses:\n", TWINS, "{id: twin", "another change than that of a rival"),
    "no salt": (
        "    zone: bank", "    confidential_to: [west]\n    zone: bank", "id: guns", "a salt of random letters"),
    "a short salt": (
        "    zone: bank",
        "    confidential_to: [west]\n    zone: bank\n    salt: abc",
        "abc",
        "8 random letters or more",
    ),
    "nobody may see it": (
        "    zone: bank", "    confidential_to: []\n    zone: bank\n    salt: abcdefgh", "[]", "now nobody may"),
    "a comment in a text": (
        "says: No guns near the river.", "says: No guns near post #3 or so.", "No guns", "it begins a comment"),
}
# fmt: on


@pytest.mark.parametrize("name", CAUTIONS)
def test_what_may_not_be_meant_is_a_warning_with_its_place_and_loads_all_the_same(name: str) -> None:
    old, new, at, told = CAUTIONS[name]
    text = AGREEMENT.replace(old, new, 1)
    assert text != AGREEMENT
    if name == "exceptions that conflict":
        quiet = "  - {id: quiet, article: Article 4, says: Nobody stays., acts: [presence]}\n"
        text = text.replace("clauses:\n", f"clauses:\n{quiet}{PERMIT}")
    load(text, "truce.yaml")
    reader = "west" if "confidential" in text else None
    (warning,) = check(text, "truce.yaml", reader).warnings
    assert told in str(warning), str(warning)
    assert pointed(text, warning.line, warning.column).startswith(at)


def test_a_reading_that_is_needed_to_say_who_holds_what_is_written_is_no_warning() -> None:
    held = READINGS.replace("says: as it is", "held_by: [east], says: as it is")
    rival = "  - {id: air, held_by: [west], says: from the air alone, clauses: [attacks], acts: [air-attack]}\n"
    assert check(AGREEMENT.replace("clauses:\n", f"{held}{rival}clauses:\n", 1), "truce.yaml").warnings == ()


def test_a_permission_over_a_duty_is_refused() -> None:
    text = AGREEMENT.replace("clauses:\n", "clauses:\n" + PERMIT.replace("over: [guns]", "over: [pull-back]"), 1)
    with pytest.raises(TermsError) as caught:
        load(text, "truce.yaml")
    (problem,) = caught.value.problems
    assert "'pull-back' is a duty" in problem.expected
    assert pointed(text, problem.line, problem.column).startswith("pull-back]")


def test_a_zone_of_a_few_metres_and_every_clause_can_be_evaluated_once_they_are_in_order() -> None:
    small = "[[36.0, 34.0], [36.0001, 34.0], [36.0001, 34.0001]]"
    assert check(AGREEMENT.replace(SQUARE, small), "truce.yaml").warnings == ()


@pytest.mark.parametrize(
    ("broken", "field"), [("shape", "zones.0"), ("assess_all", "clauses"), ("_failure", "clauses.0")]
)
def test_what_cannot_be_evaluated_is_refused_with_its_place(
    monkeypatch: pytest.MonkeyPatch, broken: str, field: str
) -> None:
    def fails(*given: object) -> str:
        if broken == "_failure":
            return "it failed" if given[1] == 0 else ""
        raise ZeroDivisionError("it failed")

    monkeypatch.setattr(rehearsal, broken, fails)
    with pytest.raises(TermsError, match="it failed") as caught:
        check(AGREEMENT, "truce.yaml")
    assert caught.value.problems[0].field == field
    load(AGREEMENT, "truce.yaml")


KNOWN = {"syria-2016-09-09-arrangement": "zones.3.within_m"}
"""What the packaged agreements are warned of, and why they stay: see their `uncertain`."""


@pytest.mark.parametrize("name", library_names())
def test_the_packaged_agreements_are_warned_of_nothing_else(name: str) -> None:
    assert {one.field for one in check(library_text(name), name).warnings} <= {KNOWN.get(name)}


# Worked cases

CASES = """\
agreement: river-truce
base: {time: 2031-05-10T12:00, act: shelling, actor: Westbank, affected: Eastbank}
cases:
  - {case: Before the start, clause: attacks, facts: {time: 2031-05-02T05:59}, answer: not covered}
  - {case: In the truce, clause: attacks, answer: breach}
  - case: Announced
    clause: attacks
    facts: {exemption: self-defence, known: {announced: yes}}
    answer: no breach
  - case: Guns
    clause: guns
    facts: {act: presence, means: artillery, calibre: 120, place: {at: [34.25, 36.25], within_m: 100, name: Bank}}
    answer: breach
    after: [{time: 2031-05-09T12:00}]
"""
PLACE = "place: {at: [34.25, 36.25], within_m: 100, name: Bank}"
KNOWS = "known: {announced: yes}"
AFTER = "time: 2031-05-09T12:00"
SETTLED = "    answer: no breach\n    established: [{subject: %s}]"
# fmt: off
CASE_SLIPS = {
    "another agreement": (
        "agreement: river-truce", "agreement: river-treaty", "river-treaty", "cases of the agreement 'river-truce'"),
    "a misspelt clause": ("clause: guns", "clause: gun", "gun", "Did you mean 'guns'"),
    "no such clause": ("clause: guns", "clause: harbour", "harbour", "(here: attacks, guns, pull-back)"),
    "a hyphen in an answer": ("answer: breach}", "answer: no-breach}", "no-breach", "Did you mean 'no breach'"),
    "an underscore in an answer": ("answer: breach}", "answer: not_covered}", "not_covered", "mean 'not covered'"),
    "a capital in an answer": ("answer: breach}", "answer: Breach}", "Breach", "Did you mean 'breach'"),
    "no such answer": ("answer: breach}", "answer: maybe}", "maybe", "one of breach, no breach, unknown, not covered"),
    "no answer": (", answer: breach}", "}", "{case: In", "the key 'answer', such as answer: no breach"),
    "no clause": (", clause: attacks, answer: breach}", ", answer: breach}", "{case: In", "the key 'clause', such as"),
    "no base": (
        "base: {time: 2031-05-10T12:00, act: shelling, actor: Westbank, affected: Eastbank}\n",
        "",
        "agreement",
        "the key 'base'",
    ),
    "a misspelt key": ("facts: {time", "fact: {time", "fact:", "Did you mean 'facts'"),
    "a misspelt attribute": ("calibre: 120", "caliber: 120", "caliber", "Did you mean 'calibre'"),
    "no such attribute": ("calibre: 120", "victims: 120", "victims", "one of time, place, area"),
    "a misspelt term": ("means: artillery", "means: artilery", "artilery", "Did you mean *artillery*"),
    "a misspelt fact": (KNOWS, "known: {anounced: yes}", "anounced", "Did you mean 'announced'"),
    "facts as a list": (KNOWS, "known: [announced]", "[announced]", "such as {announced: yes}"),
    "a fact that may be": (KNOWS, "known: {announced: maybe}", "maybe", "yes or no"),
    "a unit": ("calibre: 120", "calibre: 120mm", "120mm", "a number without a unit"),
    "a time in words": (AFTER, "time: 9 May 2031 12:00", "9 May", "Did you mean 2031-05-09T12:00"),
    "no such day": (AFTER, "time: 2031-02-30", "2031-02-30", "the days of 2031-02 are 1 to 28"),
    "an end before the start": (
        AFTER, "time: [2031-05-09, 2031-05-08]", "[2031", "an end that is not before the start"),
    "a place as a text": (PLACE, "place: Bank", "Bank", "a place such as {at: [latitude, longitude]"),
    "a place off the globe": ("at: [34.25, 36.25]", "at: [134.25, 36.25]", "[134.25", "perhaps [36.25, 134.25]"),
    "metres with a unit": ("within_m: 100", "within_m: 100 m", "100 m", "a number without a unit"),
    "a misspelt key of a place": ("within_m: 100", "within: 100", "within:", "Did you mean 'within_m'"),
    "a reading of none": ("clause: guns", "clause: guns\n    reading: wide", "wide", "it has none"),
    "facts of a case as a list": (
        "facts: {time: 2031-05-02T05:59}", "facts: [time]", "[time]", "such as {act: shelling}"),
    "one earlier incident, no list": (f"after: [{{{AFTER}}}]", f"after: {{{AFTER}}}", "{time", "a list, even of one"),
    "no name": ("actor: Westbank", "actor: []", "[]", "a name, or a list of names"),
    "a number for a name": ("actor: Westbank", "actor: 5", "5", "a name, or a list of names"),
    "a misspelt not": ("actor: Westbank", "actor: {nott: [Westbank]}", "nott", "Did you mean 'not'"),
    "half a death": ("act: presence,", "act: presence, deaths: 1.5,", "1.5", "whole numbers"),
    "deaths in words": ("act: presence,", "act: presence, deaths: many,", "many", "a number"),
    "done in part": ("act: presence,", "act: presence, done: partly,", "partly", "`parley terms words degrees`"),
    "a tab": ("    clause: guns", "\tclause: guns", "\tclause", "blanks instead of the tab"),
    "a colon": ("case: In the truce", "case: In: the truce", ": the truce", "quotes around a text with a comma, colon"),
    "no closing brace": ("name: Bank}}", "name: Bank}", "{act", "a } that closes this {"),
    "an empty file": (CASES, "", "", "worked cases, which starts with agreement: river-truce"),
    "the agreement": (CASES, AGREEMENT, "format", "worked cases, which start with agreement: river-truce"),
    "both facts and accounts": (
        "    answer: no breach", "    answer: no breach\n    accounts: [{}]", "facts", "or else accounts"),
    "no such comparison": ("    answer: no breach", "    comparison: agred", "agred", "Did you mean 'agreed'"),
    "something settled about nobody": (
        "    answer: no breach", SETTLED % "wset, question: bound, value: yes", "wset", "Did you mean 'west'"),
    "no such question": (
        "    answer: no breach", SETTLED % "west, question: boud, value: yes", "boud", "Did you mean 'bound'"),
    "a question about something else": (
        "    answer: no breach", SETTLED % "west, question: reading, value: x", "reading", "about such a subject"),
    "settled as maybe": (
        "    answer: no breach", SETTLED % "west, question: bound, value: maybe", "maybe", "yes or no"),
    "consent to no time": (
        "    answer: no breach", SETTLED % "pull-back, question: consent, value: soon", "soon", "a time such as"),
    "a breach of no clause": (
        "    answer: no breach", SETTLED % "I-00001, question: breach, value: yes", "yes", "CLAUSE:yes or CLAUSE:no"),
    "settled in no incident": (
        "    answer: no breach",
        SETTLED % "I-00002, question: actor, value: west",
        "I-00002",
        "an incident such as I-00001",
    ),
    "settled without a subject": (
        "    answer: no breach",
        "    answer: no breach\n    established: [{question: actor}]",
        "{question",
        "the key 'subject'",
    ),
}
# fmt: on


@pytest.mark.parametrize("name", CASE_SLIPS)
def test_a_slip_in_a_case_is_told_once_where_it_is_to_be_mended(name: str) -> None:
    old, new, at, told = CASE_SLIPS[name]
    text = CASES.replace(old, new, 1)
    assert text != CASES
    terms = load(AGREEMENT, "truce.yaml")
    with pytest.raises(TermsError) as caught:
        run_cases(terms, load_cases(text, "truce.cases.yaml", terms), "truce.cases.yaml")
    (problem,) = caught.value.problems
    assert told in str(problem)
    assert pointed(text, problem.line, problem.column).startswith(at), pointed(text, problem.line, problem.column)[:20]


def test_all_slips_of_a_file_of_cases_are_told_at_once() -> None:
    terms = load(AGREEMENT, "truce.yaml")
    text = (
        CASES.replace("clause: guns", "clause: gun")
        .replace(KNOWS, "known: {anounced: yes}")
        .replace("shelling", "shellin")
    )
    with pytest.raises(TermsError) as caught:
        run_cases(terms, load_cases(text, "c.yaml"), "c.yaml")
    assert [one.field for one in caught.value.problems] == [
        "base.act",
        "cases.2.facts.known.anounced",
        "cases.3.clause",
    ]


# fmt: off
CASE_DOUBTS = {
    "a misspelt actor": ("actor: Westbank", "actor: Westbnak", "Westbnak", "Did you mean 'Westbank'"),
    "a misspelt name of those affected": ("affected: Eastbank", "affected: [Eastbnk]", "Eastbnk", "mean 'Eastbank'"),
    "a misspelt name of who it was not": (
        "actor: Westbank", "actor: {not: [Westbnk]}", "Westbnk", "Did you mean 'Westbank'"),
    "a misspelt area": ("actor: Westbank", "actor: Westbank, area: Uper Bank", "Uper Bank", "mean 'Upper Bank'"),
    "an hour that is skipped": (AFTER, "time: 2031-03-30T03:30", "2031-03-30", "2031-03-30T04:30 (01:30 UTC) is taken"),
    "an hour that comes twice": (AFTER, "time: [2031-10-25, 2031-10-26T03:30]", "2031-10-26", "the first is taken"),
    "latitude and longitude exchanged": ("at: [34.25, 36.25]", "at: [36.25, 34.25]", "[36.25", "they seem exchanged"),
}
# fmt: on


@pytest.mark.parametrize("name", CASE_DOUBTS)
def test_what_may_not_be_meant_in_a_case_is_a_warning(name: str) -> None:
    old, new, at, told = CASE_DOUBTS[name]
    text = CASES.replace(old, new, 1)
    terms = load(AGREEMENT, "truce.yaml")
    (warning,) = doubts(terms, load_cases(text, "c.yaml"), "c.yaml")
    assert told in str(warning)
    assert pointed(text, warning.line, warning.column).startswith(at)


def test_a_misspelt_name_of_a_registered_object_is_a_warning() -> None:
    terms = load(AGREEMENT.replace("clauses:\n", "sites: [{id: dam, name: Great Dam, is: dam}]\nclauses:\n"), "t.yaml")
    cases = load_cases(CASES.replace("actor: Westbank", "actor: Westbank, site: Graet Dam"), "c.yaml")
    (warning,) = doubts(terms, cases, "c.yaml")
    assert (warning.field, warning.found) == ("base.site", "Graet Dam")
    assert "perhaps 'Great Dam'" in warning.expected


@given(st.integers(0, 10**9))
@settings(max_examples=100, deadline=None)
def test_no_damage_to_a_file_of_cases_does_worse_than_a_terms_error(seed: int) -> None:
    dice = random.Random(seed)
    junk = (
        "null",
        "[]",
        "{}",
        "-1",
        "1e400",
        ".nan",
        "2031-02-30",
        "9999-12-31",
        "&a [*a]",
        "? a",
        "}",
        "'",
        "#",
        "\t",
    )
    text = CASES
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(text))
        text = text[:at] + dice.choice(junk) + text[at + dice.randrange(6) :]
    terms = load(AGREEMENT, "truce.yaml")
    try:
        cases = load_cases(text, "c.yaml", terms)
        doubts(terms, cases, "c.yaml")
        run_cases(terms, cases, "c.yaml")
    except TermsError as error:
        assert error.problems


@pytest.mark.parametrize(
    "new",
    [
        "actor: Martians",
        "actor: WESTBANK",
        "actor: westbank army",
        "actor: west",
        "actor: null",
        "actor: {unknown: night}",
    ],
)
def test_a_stranger_or_another_spelling_is_no_warning(new: str) -> None:
    cases = load_cases(CASES.replace("actor: Westbank", new), "c.yaml")
    assert doubts(load(AGREEMENT, "truce.yaml"), cases, "c.yaml") == ()


def test_times_are_read_the_same_with_an_offset_in_quotes_or_without() -> None:
    terms = load(AGREEMENT, "truce.yaml")
    for time in ("2031-05-02T05:59", "2031-05-02T02:59Z", '"2031-05-02T02:59:00+00:00"', "2031-05-02 05:59:00+03:00"):
        cases = load_cases(CASES.replace("2031-05-02T05:59", time), "c.yaml")
        assert run_cases(terms, cases, "c.yaml")[0].as_expected


def test_every_kind_of_value_can_be_told() -> None:
    story = (
        "act: {any: [presence, entry], not: attack}, means: {not: [aircraft]},"
        "actor: {any: [Westbank, Eastbank], not: [Eastbank]},"
        "deaths: 3, injured: [2, 5], deaths-civilian: {low: 1, high: 2}, quantity: [1, null], altitude: [100, 200],"
        "done: no, 'fact:announced': no, object: {unknown: it was dark}, account: He saw guns., exemption: none"
    )
    text = CASES.replace("act: presence, means: artillery, calibre: 120", story).replace(
        "answer: breach\n", "answer: unknown\n"
    )
    terms = load(AGREEMENT, "truce.yaml")
    assert run_cases(terms, load_cases(text, "c.yaml"), "c.yaml")[3].as_expected


def test_a_case_may_have_rival_accounts_and_what_is_settled() -> None:
    terms = load(AGREEMENT, "truce.yaml")
    text = CASES + (
        "  - case: It was not us\n    clause: guns\n    accounts: [{act: presence, means: mortar, area: Upper Bank},"
        " {act: presence, means: small-arms, area: Upper Bank}]\n    agreed: unknown\n    comparison: differ\n"
        "  - {case: Not bound, clause: attacks, answer: not covered,"
        " established: [{subject: west, question: bound, value: no, by: the commission, entry: 7, from: 2031-05-01}]}\n"
    )
    outcomes = run_cases(terms, load_cases(text, "c.yaml"), "c.yaml")
    assert [one.differs for one in outcomes] == [()] * 6
    wrong = run_cases(terms, load_cases(text.replace("comparison: differ", "comparison: equal"), "c.yaml"), "c.yaml")
    assert wrong[4].differs == (("comparison", "equal", "differ"),)
