"""Confidential clauses: for those who may not see one, neither it nor anything that only it uses shows anywhere."""

import json
import random
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.cli.main import main
from parley.model import TermsError
from parley.terms import assess_all, changes, library_names, library_text, load, load_cases, plain, run_cases
from parley.terms.cases import incident
from parley.terms.language import faults
from parley.terms.load import check

# Every text of a confidential clause, and of what only such clauses use, has the word SECRET in it; every id "secret".
AGREEMENT = """\
format: parley-terms/1
id: river-truce
title: The river truce
date: 2031-04-28
timezone: Europe/Kyiv
source: {name: Text signed by both sides}
from: d-day
area: country
parties:
  - {id: west, name: Westbank, role: party, adheres: [{from: 2031-05-01}]}
  - {id: east, name: Eastbank, role: party, adheres: [{from: 2031-05-01}]}
excludes: {areas: [island]}
events:
  - {id: d-day, at: 2031-05-02T06:00}
  - {id: opening, calm_days: 7, of: [depot-secrecy], since: d-day}
  - {id: secret-hour, at: 2031-05-20T06:00, until: 2031-05-21T06:00, why: SECRETWHY, set_by: SECRETS}
  - {id: secret-open, unset: SECRETUNSET}
  - {id: secret-base, at: 2031-05-22T06:00}
  - {id: secret-calm, calm_days: 3, of: [attacks], since: secret-base + 2 days}
facts:
  - {id: announced, asks: Was it announced}
  - {id: secret-fact, asks: SECRETFACT was the depot told, settled_by: SECRETLOG}
  - {id: secret-ruling, asks: SECRETRULING}
lines:
  - {id: secret-line, name: SECRETLINE, as_of: SECRETDAY, points: [[36.1, 34.2], [36.4, 34.3]], source: SECRETMAP}
zones:
  - {id: country, name: the country, polygon: [[35, 33], [39, 33], [39, 36], [35, 36]]}
  - {id: island, name: the island, polygon: [[35.1, 33.1], [35.2, 33.1], [35.2, 33.2]]}
  - {id: secret-depot, name: SECRETDEPOT, polygon: [[36, 34], [36.1, 34], [36.1, 34.1]], names: [SECRETAREA]}
  - {id: secret-bank, name: SECRETBANK, line: secret-line, within_m: 3000}
  - {id: secret-map, name: SECRETMAP, undefined: SECRETREASON}
  - {id: secret-own, name: SECRETOWN, for_party: {west: secret-bank, east: secret-map}}
sites:
  - {id: plant, name: the plant, is: power-plant}
  - {id: secret-camp, name: SECRETCAMP, also: [SECRETALIAS], is: displaced, source: SECRETLIST}
clauses:
  - id: attacks
    article: Article 1
    says: Neither side attacks the other.
    acts: [attack]
    yields_to: [depot-secrecy]
    exempt: [{ground: self-defence, says: where announced, requires: [announced]}]
  - {id: energy, article: Article 2, says: No attack on works., acts: [attack], objects: [energy], registered: true}
  - {id: bridge, article: Article 3, says: After seven calm days the bridge opens., from: opening, acts: [deny-access]}
  - id: depot-secrecy
    article: SECRETARTICLE
    says: SECRETCLAUSE
    acts: [presence]
    zone: secret-depot
    outside: secret-own
    from: secret-hour + 3 days
    until: {not_before: secret-open + 300 days, why: SECRETEND}
    objects: [displaced]
    exempt: [{ground: self-defence, article: SECRETSUB, says: SECRETGROUND, requires: [secret-fact]}]
    suspended: [{from: secret-base + 30 days, by: SECRETSUSPENDER, source: SECRETLETTER}]
    confidential_to: [west]
    salt: SECRETSALT0123
    wording: {SECRETTONGUE: SECRETWORDING}
    source: SECRETORIGIN
    uncertain: SECRETDOUBT
  - id: spirit-of-it
    kind: standard
    article: SECRETARTICLE2
    says: SECRETSPIRIT
    ruling: secret-ruling
    judged_by: SECRETJUDGE
    from: secret-calm
    confidential_to: [west]
    salt: SECRETSALT4567
readings:
  - {id: narrow, says: of big attacks, clauses: [attacks], acts: [air-attack]}
  - {id: secret-reading, says: SECRETREADING, clauses: [depot-secrecy], acts: [entry], source: SECRETLAWYER}
"""
CASES = """\
agreement: river-truce
base: {time: 2031-05-26T12:00, act: presence, actor: Westbank, place: {at: [34.05, 36.07]}, known: {secret-fact: no}}
cases:
  - {case: "SECRETCASE", clause: depot-secrecy, answer: not covered, because: SECRETBECAUSE}
  - {case: "An attack", clause: attacks, facts: {act: air-attack, known: {}}, answer: breach}
"""
SECRET = re.compile("secret", re.IGNORECASE)
LOADED = load(AGREEMENT, "truce.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "truce.yaml").write_text(AGREEMENT)
    (tmp_path / "truce.cases.yaml").write_text(CASES)
    (tmp_path / "newer.yaml").write_text(AGREEMENT.replace("SECRETCLAUSE", "SECRETCHANGE"))
    story = {"id": "1", "source": "Post", "observed": {"start": "2031-05-26T12:00:00+03:00"}, "act": "presence"}
    place = {"place": {"lat": 34.05, "lon": 36.07, "radius_m": 300}, "actor": "Westbank", "affected": "Eastbank"}
    (tmp_path / "post.json").write_text(json.dumps(story | place))
    return tmp_path


def parley(folder: Path, *words: str) -> str:
    """Return all that a command prints, on both streams."""
    given = [str(folder / word) if (folder / word).is_file() else word for word in words]
    done = CliRunner().invoke(main, given)
    assert "Traceback" not in done.output
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return done.output


VERBS = [
    ("terms", "show", "truce.yaml"),
    ("terms", "check", "truce.yaml"),
    ("terms", "diff", "truce.yaml", "newer.yaml"),
    ("terms", "explain", "truce.yaml", "post.json"),
    ("assess", "truce.yaml", "post.json"),
]


@pytest.mark.parametrize("verb", [*VERBS, *((*verb, "--json") for verb in VERBS)], ids=" ".join)
def test_no_verb_shows_a_confidential_clause_or_what_only_it_uses_to_those_who_may_not_see_it(
    folder: Path, verb: tuple[str, ...]
) -> None:
    for reader in ((), ("--reader", "east")):
        shown = parley(folder, *verb, *reader)
        assert shown
        assert not SECRET.search(shown), shown
    assert SECRET.search(parley(folder, *verb, "--reader", "west"))


def test_those_who_may_see_it_see_all_of_it() -> None:
    assert LOADED.for_reader("west") is LOADED
    assert LOADED.hidden_from("west") == {}


def test_a_part_that_something_visible_uses_stays() -> None:
    seen = LOADED.for_reader(None).agreement
    assert [one.id for one in seen.clauses] == ["attacks", "energy", "bridge"]
    assert [one.id for one in seen.events] == ["d-day", "opening"]
    assert [one.id for one in seen.facts] == ["announced"]
    assert [one.id for one in seen.zones] == ["country", "island"]
    assert [one.id for one in seen.sites] == ["plant"]
    assert [one.id for one in seen.readings] == ["narrow"]
    assert [one.id for one in seen.parties] == ["west", "east"]


@pytest.mark.parametrize("name", library_names())
def test_what_is_left_when_any_clause_is_hidden_lacks_nothing_that_it_uses(name: str) -> None:
    agreement = load(library_text(name), name).agreement
    story = {"time": f"{agreement.date}T12:00", "act": "attack", "actor": agreement.parties[0].name}
    for clause in agreement.clauses:
        hidden = clause.model_copy(update={"confidential_to": ()})
        clauses = tuple(hidden if one is clause else one for one in agreement.clauses)
        if len(clauses) == 1:
            continue
        seen = type(LOADED)(agreement.model_copy(update={"clauses": clauses})).for_reader(None)
        lacking = [fault for fault in faults(seen.agreement) if fault.found not in ("", clause.id)]
        assert not lacking
        assert plain(seen)
        assert len(assess_all(seen, [incident(seen, 1, story)])[0].clauses) == len(clauses) - 1


# Digests


def test_a_hidden_clause_that_changed_shows_that_its_digest_changed_and_nothing_else() -> None:
    newer = load(AGREEMENT.replace("SECRETCLAUSE", "SECRETCHANGE"), "newer.yaml")
    (change,) = changes(LOADED, newer)
    assert (change.part, change.kind) == ("confidential depot-secrecy", "changed")
    ((field, was, now),) = change.fields
    assert field == "digest"
    assert was == LOADED.hidden_from(None)["depot-secrecy"] != now == newer.hidden_from(None)["depot-secrecy"]
    (seen,) = changes(LOADED, newer, "west")
    assert seen.fields == (("says", "SECRETCLAUSE", "SECRETCHANGE"),)


@pytest.mark.parametrize(
    "word", ["SECRETFACT", "36.1, 34.1", "SECRETLINE", "SECRETREADING", "SECRETALIAS", "SECRETWHY"]
)
def test_a_part_that_only_a_hidden_clause_uses_does_not_change_unseen(word: str) -> None:
    changed = load(AGREEMENT.replace(word, {"36.1, 34.1": "36.1, 34.2"}.get(word, "SECRETOTHER"), 1), "newer.yaml")
    was, now = LOADED.hidden_from(None), changed.hidden_from(None)
    assert was["depot-secrecy"] != now["depot-secrecy"]
    assert was["spirit-of-it"] == now["spirit-of-it"]
    assert [one.part for one in changes(LOADED, changed)] == ["confidential depot-secrecy"]


def test_a_digest_does_not_depend_on_who_looks_nor_on_what_everybody_sees() -> None:
    assert LOADED.hidden_from("east") == LOADED.hidden_from(None)
    other = load(AGREEMENT.replace("title: The river truce", "title: Another"), "newer.yaml")
    assert LOADED.hidden_from(None) == other.hidden_from(None)


# Messages

BROKEN = {
    "a misspelt term": ("acts: [presence]", "acts: [SECRETACT]"),
    "a misspelt key": ("    zone: secret-depot", "    SECRETKEY: 3"),
    "a misspelt zone": ("    zone: secret-depot", "    zone: secret-depto"),
    "a misspelt event": ("from: secret-hour", "from: secret-huor"),
    "a misspelt party": ("confidential_to: [west]\n    salt: SECRETSALT0123", "confidential_to: [SECRETPARTY]"),
    "a misspelt key of confidence": (
        "    confidential_to: [west]\n    salt: SECRETSALT0123",
        "    confidental_to: [west]",
    ),
    "a key of confidence in the wrong part": (
        "acts: [presence]",
        "acts: [presence]\n    grades: [{confidential_to: [west]}]",
    ),
    "a missing key": ("    says: SECRETCLAUSE\n", ""),
    "a number for a text": ("says: SECRETCLAUSE", "says: [SECRETCLAUSE]"),
    "a name twice": ("name: SECRETCAMP", "name: the plant"),
    "a name of a visible part twice": ("name: the plant", "name: SECRETCAMP"),
    "an id twice": ("id: secret-fact", "id: secret-ruling"),
    "a zone without a shape": ("line: secret-line, within_m: 3000", "undefined: SECRETWHY, within_m: 3000"),
    "a ring that crosses itself": (
        "[[36, 34], [36.1, 34], [36.1, 34.1]]",
        "[[36, 34], [36.1, 34.1], [36.1, 34], [36, 34.1]]",
    ),
    "an end before the start": ("until: 2031-05-21T06:00, why: SECRETWHY", "until: 2031-05-19T06:00, why: SECRETWHY"),
    "a clause's section misspelt": ("clauses:\n  - id: attacks", "cluases:\n  - id: attacks"),
    "no colon": ("says: SECRETCLAUSE", "says SECRETCLAUSE"),
    "a key twice": ("says: SECRETCLAUSE", "says: SECRETCLAUSE\n    says: SECRETAGAIN"),
    "an alias": ("says: SECRETCLAUSE", "says: *SECRETCLAUSE"),
    "a bracket": ("requires: [secret-fact]", "requires: [secret-fact"),
    "a visible clause with a misspelt zone": (
        "id: attacks\n",
        "id: attacks\n    zone: secret-depo\n".replace("secret-", "sec"),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_of_a_hidden_part_is_told_by_its_place_and_never_quoted(name: str) -> None:
    old, new = BROKEN[name]
    text = AGREEMENT.replace(old, new, 1)
    assert text != AGREEMENT
    with pytest.raises(TermsError) as caught:
        load(text, "truce.yaml")
    assert all(problem.line and problem.column for problem in caught.value.problems)
    assert not SECRET.search(str(caught.value)), str(caught.value)


def test_a_reader_who_may_see_the_clause_is_told_in_full() -> None:
    text = AGREEMENT.replace("    zone: secret-depot", "    zone: secret-depto")
    with pytest.raises(TermsError, match="Did you mean 'secret-depot'"):
        load(text, "truce.yaml", "west")
    with pytest.raises(TermsError, match="--reader PARTY shows it"):
        load(text, "truce.yaml", "east")


def test_a_warning_about_a_hidden_part_is_told_by_its_place_alone() -> None:
    text = AGREEMENT.replace("salt: SECRETSALT0123", "source: SECRETS").replace("    source: SECRETORIGIN\n", "")
    text = text.replace("line: secret-line, within_m: 3000", "line: secret-line, within_m: 3000, edge_m: 4000")
    warnings = check(text, "truce.yaml").warnings
    assert {one.field for one in warnings} == {"clauses.0.yields_to.0", "clauses.3", "zones.3.within_m"}
    assert not any(
        "presence" in str(one) for one in warnings
    )  # the act of the hidden clause, to which a visible one yields
    assert not any(SECRET.search(str(one)) for one in warnings)


CASE_SLIPS = {
    "a fact": ("known: {secret-fact: no}", "known: {secret-fcat: no}"),
    "an area": ("at: [34.05, 36.07]}", "at: [34.05, 36.07]}, area: SECRETARAE"),
    "a reading": ("clause: depot-secrecy,", "clause: depot-secrecy, reading: secret-raeding,"),
    "a term": ("clause: depot-secrecy,", "clause: depot-secrecy, facts: {act: SECRETACT},"),
    "a key": ("clause: depot-secrecy,", "clause: depot-secrecy, SECRETKEY: x,"),
    "an answer": ("answer: not covered, because: SECRETBECAUSE", "answer: SECRETANSWER"),
}


@pytest.mark.parametrize("name", CASE_SLIPS)
def test_a_slip_in_a_case_about_a_hidden_clause_is_not_quoted(folder: Path, name: str) -> None:
    old, new = CASE_SLIPS[name]
    (folder / "truce.cases.yaml").write_text(CASES.replace(old, new))
    assert CASES.replace(old, new) != CASES
    shown = parley(folder, "terms", "check", "truce.yaml")
    assert re.search(r"truce\.cases\.yaml:\d+:\d+", shown)
    assert not SECRET.search(shown), shown
    assert SECRET.search(parley(folder, "terms", "check", "truce.yaml", "--reader", "west"))


def test_a_case_about_a_hidden_clause_that_fails_is_told_by_its_place(folder: Path) -> None:
    shown = parley(folder, "terms", "check", "truce.yaml")
    assert "truce.cases.yaml:4:5: field 'cases.0': a case about a confidential clause" in shown
    assert "1 of 2 cases give the expected answer" in shown
    (told,) = json.loads(CliRunner().invoke(main, ["terms", "check", str(folder / "truce.yaml"), "--json"]).stdout)
    assert told["failed"] == [{"clause": "depot-secrecy", "line": 4, "column": 5, "confidential": True}]


def test_a_visible_case_that_fails_because_of_a_hidden_clause_does_not_say_how(folder: Path) -> None:
    cases = load_cases(CASES.replace("answer: breach}", "answer: not covered}"), "c.yaml", LOADED)
    (_, second) = run_cases(LOADED, cases, "c.yaml")
    assert not second.as_expected
    (folder / "truce.cases.yaml").write_text(CASES.replace("answer: breach}", "answer: not covered}"))
    shown = parley(folder, "terms", "check", "truce.yaml")
    assert "An attack" in shown
    assert not SECRET.search(shown)


# Whatever is broken

WORDS = (
    "SECRETJUNK",
    "[SECRETJUNK]",
    "{SECRETJUNK: 1}",
    "null",
    "2031-02-30",
    "'SECRET: #junk'",
    "secret-depot",
    "*SECRET",
    "12",
)


def damaged(text: str, dice: random.Random) -> str:
    """Return *text* with some of its secret lines dropped, doubled, indented, or with another value."""
    lines = text.splitlines()
    for _ in range(dice.randrange(1, 4)):
        places = [at for at, line in enumerate(lines) if SECRET.search(line) and "confidential_to" not in line]
        if not places:
            break
        at = dice.choice(places)
        match dice.randrange(6):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[at])
            case 2:
                lines[at] = "  " + lines[at]
            case 3:
                lines[at] = re.sub(r": [^,}\]]+", f": {dice.choice(WORDS)}", lines[at], count=1)
            case 4:
                lines[at] = re.sub(r"\[([^\[\]]*)\]", f"[{dice.choice(WORDS)}]", lines[at], count=1)
            case 5:
                lines[at] = lines[at].replace(dice.choice((":", ",", "-", "}", "]")), "", 1)
    return "\n".join(lines)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_however_a_file_is_broken_no_message_quotes_what_is_confidential(folder: Path, seed: int) -> None:
    dice = random.Random(seed)
    (folder / "truce.yaml").write_text(damaged(AGREEMENT, dice))
    (folder / "truce.cases.yaml").write_text(damaged(CASES, dice) if dice.randrange(2) else CASES)
    for verb in (
        ("terms", "check", "truce.yaml"),
        ("terms", "show", "truce.yaml"),
        ("terms", "check", "truce.yaml", "--json"),
    ):
        shown = parley(folder, *verb)
        assert not SECRET.search(shown), shown
