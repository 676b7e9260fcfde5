"""Loading: every fault of a file is told with its line, column and what was expected; the library loads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_truce import AGREEMENT

from parley.model import TermsError
from parley.terms import library_names, library_text, load

FAULTS = {
    "empty": ("", "an empty file"),
    "not YAML": ("format: [1, 2", "1:9: Expected: a ] that closes this ["),
    "not a mapping": ("- 1", "does not fit. Expected: a mapping"),
    "a key that is not known": (AGREEMENT.replace("title:", "titel:"), "field 'titel': Expected: another key"),
    "a missing key": (AGREEMENT.replace("timezone: Asia/Damascus\n", ""), "Expected: the key 'timezone'"),
    "a zone nobody drew": (
        AGREEMENT.replace("zone: road", "zone: raod"),
        "\"raod\" does not fit. Expected: the id of one of the zones of this file. Did you mean 'road'?",
    ),
    "a term nobody knows": (
        AGREEMENT.replace("acts: [air-attack]", "acts: [air-atack]"),
        '"air-atack" is not a known act. Did you mean *air-attack*?',
    ),
    "a time zone nobody knows": (AGREEMENT.replace("Asia/Damascus", "Asia/Damaskus"), "Did you mean 'Asia/Damascus'?"),
    "a day that does not exist": (AGREEMENT.replace("2016-02-27T00:00", "2016-02-30T00:00"), "field 'from'"),
    "a ring that crosses itself": (
        AGREEMENT.replace("[38, 34], [38, 36]", "[38, 36], [38, 34]"),
        "Expected: a ring that does not cross itself",
    ),
    "a strip over the antimeridian": (
        AGREEMENT.replace("[[36.5, 35], [37.5, 35]]", "[[179.5, 35], [-179.5, 35]]"),
        "do not cross the antimeridian",
    ),
    "a line without a width": (AGREEMENT.replace(", within_m: 3500", ""), "line with within_m"),
    "an id that stands twice": (AGREEMENT.replace("- id: shells", "- id: attacks"), "'attacks' is used twice"),
    "a name of two parties": (AGREEMENT.replace("also: [Northland army]", "also: [Southland]"), "also a name of"),
    "a member that is nobody": (AGREEMENT.replace("[south, lanterns]", "[south, nobody]"), '"nobody" does not fit'),
    "an id of those who are no party": (AGREEMENT.replace("- id: south", "- id: independent"), "another id"),
    "a duplicate key": (AGREEMENT + "area: land\n", "a key that stands once in its part"),
    "a longitude off the globe": (AGREEMENT.replace("[36, 34]", "[361, 34]"), "longitude from -180 to 180"),
    "not a number": (AGREEMENT.replace("within_m: 3500", "within_m: .nan"), "zones.1.within_m"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_place_and_what_was_expected(name: str) -> None:
    text, told = FAULTS[name]
    with pytest.raises(TermsError) as caught:
        load(text, "truce.yaml")
    assert told in str(caught.value)
    assert all(problem.file == "truce.yaml" for problem in caught.value.problems)


def test_a_fault_names_line_and_column() -> None:
    text = AGREEMENT.replace("zone: road", "zone: raod")
    with pytest.raises(TermsError) as caught:
        load(text, "truce.yaml")
    (problem,) = caught.value.problems
    line = text.splitlines()[(problem.line or 0) - 1]
    assert line[(problem.column or 0) - 1 :] == "raod"


def test_faults_are_told_in_plain_words_and_none_that_only_follows_from_another() -> None:
    text = """format: parley-terms/1
id: River Truce
title: x
date: soon
timezone: Etc/GMT+8
source: me
from: 2031-05-02T06:00
parties: [east]
clauses: [{id: a, article: 3, says: N, acts: shelling, within_m: far}]
events: []
"""
    with pytest.raises(TermsError) as raised:
        load(text, "own.yaml")
    assert sorted((one.field, one.expected) for one in raised.value.problems) == sorted(
        [
            ("id", "an id of small letters, digits, dots and hyphens, such as river-truce; perhaps 'river-truce'"),
            ("date", "a day such as 2031-04-28"),
            ("source", "keys with values, such as {name: Text signed by both sides}"),
            ("parties.0", "keys with values, such as {id: west, name: Westbank, role: party}"),
            ("clauses.0.acts", "a list, even of one, such as [shelling]"),
            ("clauses.0.article", "text, in quotes where it looks like a number or a day"),
            ("clauses.0.within_m", "another key here; it is a key of zone"),
        ]
    )
    with pytest.raises(TermsError) as raised:
        load(text.replace("[east]", "[]"), "own.yaml")
    assert ("parties", "a list of 1 or more") in [(one.field, one.expected) for one in raised.value.problems]


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(TermsError) as caught:
        load(AGREEMENT.replace("zone: road", "zone: raod").replace("[south, lanterns]", "[south, nobody]"), "x")
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("name", library_names())
def test_every_agreement_of_the_library_loads_and_says_what_is_uncertain(name: str) -> None:
    terms = load(library_text(name), name)
    assert terms.agreement.id == name
    assert terms.agreement.uncertain


def test_a_name_that_is_not_in_the_library_is_refused_with_those_that_are() -> None:
    with pytest.raises(TermsError, match=library_names()[0]):
        library_text("no-such-agreement")


@given(st.integers(0, len(AGREEMENT) - 1), st.text(max_size=4))
@settings(max_examples=150, deadline=None)
def test_no_damage_to_a_file_does_worse_than_a_terms_error(place: int, text: str) -> None:
    try:
        load(AGREEMENT[:place] + text + AGREEMENT[place + 1 :], "truce.yaml")
    except TermsError as error:
        assert error.problems
