"""`parley terms`: the verbs for agreements. Exit code 1: the check found something; 2: a file is no agreement."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parley.centre.statements import TermsVersion
    from parley.model import Reason

FILE = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


def version_of(name: str) -> TermsVersion:
    """Return the file *name*, or the packaged agreement of that name."""
    from parley.centre.statements import TermsVersion
    from parley.model import Problem, TermsError
    from parley.terms import library_text

    path = Path(name)
    if not path.is_file():
        return TermsVersion(name=name, text=library_text(name))
    try:
        return TermsVersion(name=path.name, text=path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = Problem(
            file=path.name, line=line, expected="UTF-8 text", found=f"byte {error.object[error.start]:#04x}"
        )
        raise TermsError([problem]) from None


@click.group(name="terms")
def terms() -> None:
    """Agreements as data: list, check, show, explain, compare."""


@terms.command(name="list")
def list_() -> None:
    """List the packaged agreements."""
    from parley.terms import library_names, library_text, load

    for name in library_names():
        click.echo(f"{name}: {load(library_text(name), name).agreement.title}")


@terms.command()
@click.argument("files", metavar="TERMS…", nargs=-1, required=True)
def check(files: tuple[str, ...]) -> None:
    """Check agreements (files or packaged names), and run the worked cases that stand beside them.

    The cases of FILE.yaml are looked for in cases/FILE.yaml and FILE.cases.yaml.
    """
    from parley.model import TermsError
    from parley.terms import load

    wrong, unusable = False, False
    for name in files:
        version = version_of(name)
        try:
            loaded = load(version.text, version.name)
        except TermsError as error:
            click.echo(str(error), err=True)
            unusable = True
            continue
        agreement = loaded.agreement
        click.echo(f"{name}: {len(agreement.clauses)} clauses, {len(agreement.parties)} parties: in order")
        cases = _cases_of(name)
        if cases is not None:
            wrong = not _run_cases(loaded, *cases) or wrong
    sys.exit(2 if unusable else 1 if wrong else 0)


@terms.command()
@click.argument("name", metavar="TERMS")
@click.option("--reader", help="A party's id: show the confidential clauses that it may see.")
def show(name: str, reader: str | None) -> None:
    """Show an agreement in plain sentences."""
    from parley.terms import load, plain

    version = version_of(name)
    loaded = load(version.text, version.name)
    click.echo(plain(loaded.for_reader(reader)), nl=False)
    for clause, digest in loaded.hidden_from(reader).items():
        click.echo(f"{clause}: confidential; SHA-256 {digest}")


@terms.command()
@click.argument("name", metavar="TERMS")
@click.argument("report", type=FILE)
@click.option("--as", "channel", help="What the report is. [default: by its ending]")
@click.option("--mapping", type=FILE, help="For a table: which column is what (YAML).")
@click.option("--clause", help="Only this clause.")
def explain(name: str, report: Path, channel: str | None, mapping: Path | None, clause: str | None) -> None:
    """Say why the terms give the answers that they give to the accounts in REPORT, down to each question."""
    from parley.cli_add import by_ending, delivery
    from parley.job import assess_files
    from parley.terms import load

    version = version_of(name)
    loaded = load(version.text, version.name)
    findings = assess_files(loaded, [delivery(report, channel or by_ending(report, mapping), None, mapping)])
    sources = {incident.id: [account.source for account in incident.accounts] for incident in findings.incidents}
    for assessment in findings.assessments:
        for one in assessment.clauses:
            if clause in (None, one.clause):
                for source, answer in zip(sources[assessment.incident], one.accounts, strict=True):
                    click.echo(f"{assessment.incident} {one.clause}, as {source} has it: {answer.answer}")
                    _say_reason(answer.reasons, 1)


@terms.command()
@click.argument("old")
@click.argument("new")
@click.option("--in", "folder", type=FOLDER, help="Also list the answers in this centre that would change.")
def diff(old: str, new: str, folder: Path | None) -> None:
    """Say what changes between two versions of an agreement, and which answers would. Exit code 1 if anything does."""
    from parley.centre.folder import Centre
    from parley.job import derive
    from parley.terms import changed_answers, changes, load

    first, second = (load(version.text, version.name) for version in map(version_of, (old, new)))
    found = list(changes(first, second))
    for change in found:
        click.echo(f"{change.part}: {change.kind}")
        for field, was, now in change.fields:
            click.echo(f"    {field}: {_short(was)} -> {_short(now)}")
    if folder is not None:
        with Centre.open(folder) as centre:
            incidents = derive(centre.stated(), centre.timezone).incidents
        for one in changed_answers(first, second, incidents):
            click.echo(
                f"{one.incident} {one.clause}, {one.source}: {one.was or 'not there'} -> {one.now or 'not there'}"
            )
    sys.exit(1 if found else 0)


@terms.command()
def schema() -> None:
    """Print the JSON Schema of the language, for editors."""
    from parley.terms import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _cases_of(name: str) -> tuple[str, str] | None:
    """Return name and text of the worked cases that stand beside *name*."""
    from parley.terms import library_cases

    path = Path(name)
    if not path.is_file():
        text = library_cases(name)
        return (f"cases/{name}.yaml", text) if text is not None else None
    for beside in (path.parent / "cases" / path.name, path.with_suffix(".cases.yaml")):
        if beside.is_file():
            return beside.name, beside.read_text("utf-8")
    return None


def _run_cases(loaded: Any, name: str, text: str) -> bool:
    """Run the cases of *text*, print those that come out otherwise; return whether all came out as expected."""
    from parley.terms import load_cases, run_cases

    outcomes = run_cases(loaded, load_cases(text, name), name)
    failed = [one for one in outcomes if not one.as_expected]
    for one in failed:
        click.echo(f"  {one.case.case}\n    {one.case.clause}: expected {one.case.answer}, found {one.answer.answer}")
        click.echo(f"    {one.answer.reasons.because}")
    click.echo(f"{name}: {len(outcomes) - len(failed)} of {len(outcomes)} cases come out as expected")
    return not failed


def _say_reason(reason: Reason, depth: int) -> None:
    missing = f" [missing: {', '.join(reason.missing)}]" if reason.missing and not reason.parts else ""
    click.echo(f"{'  ' * depth}{reason.asked}? {reason.truth}: {reason.because}{missing}")
    _say_reasons(reason.parts, depth + 1)


def _say_reasons(reasons: Iterable[Reason], depth: int) -> None:
    for reason in reasons:
        _say_reason(reason, depth)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:99]}…"
