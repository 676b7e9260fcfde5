"""`parley terms`: what the verbs for agreements print, and their exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from parley.cli.main import main
from parley.terms import library_names, library_text

NAME = "libya-2020-10-23-ceasefire"
SCHEMA = Path(__file__).parents[2] / "docs" / "parley-terms-1.schema.json"


def terms(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["terms", *map(str, arguments)])


def test_every_packaged_agreement_is_listed() -> None:
    listed = terms("list").output
    assert all(name in listed for name in library_names())


def test_check_runs_the_cases_beside_an_agreement() -> None:
    done = terms("check", NAME)
    assert done.exit_code == 0
    assert "23 of 23 cases give the expected answer" in done.output


def test_check_names_a_case_that_comes_out_otherwise_and_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(library_text(NAME))
    cases = {
        "agreement": NAME,
        "base": {},
        "cases": [{"case": "nothing known", "clause": "ceasefire", "answer": "breach"}],
    }
    (tmp_path / "own.cases.yaml").write_text(json.dumps(cases))
    done = terms("check", tmp_path / "own.yaml")
    assert done.exit_code == 1
    assert "own.cases.yaml:1:" in done.output
    assert "nothing known" in done.output
    assert "the case says breach, the terms give unknown" in done.output


@pytest.mark.parametrize(
    "case",
    [
        {"case": "a", "clause": "nowhere", "answer": "breach"},
        {"case": "a", "clause": "ceasefire", "answer": "maybe"},
        {"case": "a", "clause": "ceasefire", "answer": "breach", "facts": {"act": "shooting stars"}},
        {"case": "a", "clause": "ceasefire", "answer": "breach", "facts": {"time": "noon"}},
        {"case": "a", "clause": "ceasefire", "answer": "breach", "facts": {"known": {"nothing": "yes"}}},
        {"case": "a", "clause": "ceasefire", "answer": "breach", "facts": {"place": {"lat": 3}}},
        {"case": "a", "clause": "ceasefire", "answer": "breach", "facts": {"nonsense": "x"}},
    ],
)
def test_a_case_that_cannot_be_run_is_told_in_a_sentence(tmp_path: Path, case: dict[str, object]) -> None:
    (tmp_path / "own.yaml").write_text(library_text(NAME))
    (tmp_path / "own.cases.yaml").write_text(json.dumps({"agreement": NAME, "base": {}, "cases": [case]}))
    done = terms("check", tmp_path / "own.yaml")
    assert done.exit_code == 2
    assert "parley: own.cases.yaml" in done.output
    assert "Traceback" not in done.output


def test_check_of_a_faulty_file_names_line_and_column_and_ends_with_2(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(library_text(NAME).replace("uncertain:", "uncertan:", 1))
    done = terms("check", bad)
    assert done.exit_code == 2
    assert "bad.yaml:" in done.output
    assert "Did you mean 'uncertain'?" in done.output


WARNED = """\
format: parley-terms/1
id: truce
title: A truce
date: 2031-04-28
timezone: Etc/UTC
source: {name: Ours}
from: 2031-05-02T06:00
parties: [{id: west, name: Westbank, role: party, adheres: [{from: 2031-05-01}]}]
notices: [{by: Westbnk, given: 2031-06-01, days: 14}]
clauses: [{id: attacks, article: "1", says: No attacks., acts: [attack]}]
"""
WARNED_CASES = """\
agreement: truce
base: {time: 2031-05-10T12:00, act: shelling, actor: Westbnak}
cases: [{case: One, clause: attacks, answer: unknown}]
"""


def test_a_warning_is_told_beside_what_is_in_order_and_ends_with_1_only_where_that_is_asked(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(WARNED)
    (tmp_path / "own.cases.yaml").write_text(WARNED_CASES)
    done = terms("check", tmp_path / "own.yaml")
    assert done.exit_code == 0
    assert "own.yaml: 1 clause, 1 party, 1 worked case: in order" in done.stdout
    assert done.stderr.splitlines() == [
        "warning: own.yaml:9:16: field 'notices.0.by': \"Westbnk\" does not fit. Expected: a party of this file. "
        "Did you mean 'Westbank'?",
        "warning: own.cases.yaml:2:54: field 'base.actor': \"Westbnak\" does not fit. "
        "Expected: a name that the agreement has. Did you mean 'Westbank'?",
    ]
    assert terms("check", tmp_path / "own.yaml", "--strict").exit_code == 1
    (told,) = json.loads(terms("check", tmp_path / "own.yaml", "--json").stdout)
    assert [(one["line"], one["column"]) for one in told["warnings"]] == [(9, 16), (2, 54)]
    assert (told["clauses"], told["parties"], told["cases"], told["failed"]) == (1, 1, 1, [])


def test_a_file_that_is_wrong_does_not_keep_the_others_from_being_checked(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(WARNED.replace("acts: [attack]", "acts: [atack]"))
    (tmp_path / "cased.yaml").write_text(WARNED)
    (tmp_path / "cased.cases.yaml").write_text(WARNED_CASES.replace("agreement: truce", "agreement: peace"))
    done = terms("check", tmp_path / "bad.yaml", tmp_path / "cased.yaml", "no-such", NAME)
    assert done.exit_code == 2
    assert "parley: bad.yaml:10:" in done.stderr
    assert "parley: cased.cases.yaml:1:12: field 'agreement': \"peace\" does not fit. Expected: cases of" in done.stderr
    assert "warning: cased.yaml:9:16" in done.stderr
    assert "no-such" in done.stderr
    assert f"{NAME}: " in done.stdout


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (WARNED.encode("utf-16"), '"UTF-16" does not fit. Expected: UTF-8 text; save the file as UTF-8'),
        (WARNED.encode("utf-16-le"), '"UTF-16" does not fit. Expected: UTF-8 text; save the file as UTF-8'),
        (
            WARNED.replace("A truce", "Dé truce").encode("latin-1"),
            ':3:9: "byte 0xe9" does not fit. Expected: UTF-8 text; save the file as UTF-8',
        ),
    ],
)
def test_a_file_in_another_encoding_is_refused_with_its_place(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "own.yaml").write_bytes(data)
    done = terms("check", tmp_path / "own.yaml")
    assert done.exit_code == 2
    assert told in done.output
    (tmp_path / "own.yaml").write_text(WARNED)
    (tmp_path / "own.cases.yaml").write_bytes(data)
    assert told in terms("check", tmp_path / "own.yaml").output


def test_a_byte_order_mark_and_the_line_ends_of_windows_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(b"\xef\xbb\xbf" + WARNED.replace("\n", "\r\n").encode())
    done = terms("check", tmp_path / "own.yaml")
    assert done.exit_code == 0
    assert "warning: own.yaml:9:16" in done.stderr


def test_a_reader_may_be_named_in_any_way_and_must_be_a_party(tmp_path: Path) -> None:
    text = WARNED.replace("says: No attacks.", "says: No attacks., confidential_to: [west], salt: abcdefgh")
    (tmp_path / "own.yaml").write_text(text)
    for reader in ("west", "Westbank", "WESTBANK"):
        assert "No attacks." in terms("show", tmp_path / "own.yaml", "--reader", reader).output
    assert "No attacks." not in terms("show", tmp_path / "own.yaml").output
    done = terms("show", tmp_path / "own.yaml", "--reader", "wets")
    assert done.exit_code == 2
    assert "'wets' is not a party of the agreement. Its parties: west" in done.output


def test_show_is_a_plain_reading() -> None:
    shown = terms("show", "ukraine-2015-02-12-minsk-ii").output
    assert "Forbids presence of forces or weapons." in shown
    assert "gun artillery of 100 mm or more" in shown


def test_show_gives_the_digest_of_what_the_reader_may_not_see(tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    text = library_text(NAME).replace(
        '{id: ceasefire, article: "1"', '{id: ceasefire, confidential_to: [gna], article: "1"'
    )
    secret.write_text(text)
    assert "ceasefire: confidential; SHA-256 " in terms("show", secret).output
    assert "confidential; SHA-256" not in terms("show", secret, "--reader", "gna").output


def test_explain_goes_down_to_the_single_questions(tmp_path: Path) -> None:
    report = tmp_path / "post.json"
    story = {"id": "1", "source": "Post", "observed": {"start": "2020-11-20T12:00:00+02:00"}, "act": "shelling"}
    place = {
        "place": {"name": "Sirte", "lat": 31.2, "lon": 16.59, "radius_m": 300},
        "actor": "LNA",
        "affected": "civilians",
    }
    report.write_text(json.dumps(story | place))
    shown = terms("explain", NAME, report, "--clause", "ceasefire").output
    assert "as Post has it: breach" in shown
    assert "the clause was in force: true" in shown


def test_diff_names_what_changed_and_ends_with_1(tmp_path: Path) -> None:
    newer = tmp_path / "newer.yaml"
    newer.write_text(library_text(NAME).replace("signed + 90 days", "signed + 60 days"))
    done = terms("diff", NAME, newer)
    assert done.exit_code == 1
    assert "clauses foreign-fighters: changed" in done.output
    assert terms("diff", NAME, NAME).exit_code == 0


def test_the_published_schema_is_that_of_the_program() -> None:
    assert json.loads(SCHEMA.read_text()) == json.loads(terms("schema").output)


def test_assess_applies_a_confidential_clause_for_those_who_may_see_it_only(tmp_path: Path) -> None:
    secret, report = tmp_path / "secret.yaml", tmp_path / "post.json"
    secret.write_text(library_text(NAME).replace("{id: ceasefire,", "{id: ceasefire, confidential_to: [gna],"))
    story = {"id": "1", "source": "Post", "observed": {"start": "2020-11-20T12:00:00+02:00"}, "act": "shelling"}
    report.write_text(json.dumps(story | {"place": {"lat": 31.2, "lon": 16.59, "radius_m": 300}, "actor": "LNA"}))
    run = CliRunner()
    for reader, seen in (([], False), (["--reader", "lna"], False), (["--reader", "gna"], True)):
        shown = run.invoke(main, ["assess", str(secret), str(report), *reader]).output
        assert ("ceasefire: Post" in shown) is seen
