"""`parley terms`: the verbs for agreements. Exit code 1: the check found something; 2: a file is no agreement."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli_add import CHANNELS, by_ending, delivery, say_problems
from parley.cli_json import print_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parley.centre.statements import TermsVersion
    from parley.model import Reason

FILE = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
as_json = click.option("--json", "json_", is_flag=True, help="Print data for machines instead of text.")


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
@as_json
def list_(json_: bool) -> None:
    """List the packaged agreements."""
    from parley.terms import library_names, library_text, load

    titles = {name: load(library_text(name), name).agreement.title for name in library_names()}
    if json_:
        print_json([{"name": name, "title": title} for name, title in titles.items()])
        return
    for name, title in titles.items():
        click.echo(f"{name}: {title}")


@terms.command()
@click.argument("files", metavar="TERMS…", nargs=-1, required=True)
@as_json
def check(files: tuple[str, ...], json_: bool) -> None:
    """Check agreements (files or packaged names), and run the worked cases that stand beside them.

    The cases of FILE.yaml are looked for in cases/FILE.yaml and FILE.cases.yaml.
    """
    from parley.model import TermsError
    from parley.terms import load

    told: list[dict[str, Any]] = []
    for name in files:
        version = version_of(name)
        try:
            loaded = load(version.text, version.name)
        except TermsError as error:
            click.echo(str(error), err=True)
            told.append({"name": name, "problems": [one.model_dump(mode="json") for one in error.problems]})
            continue
        agreement = loaded.agreement
        told.append({"name": name, "clauses": len(agreement.clauses), "parties": len(agreement.parties)})
        if not json_:
            click.echo(f"{name}: {len(agreement.clauses)} clauses, {len(agreement.parties)} parties: in order")
        cases = _cases_of(name)
        if cases is not None:
            told[-1] |= _run_cases(loaded, *cases, said=not json_)
    if json_:
        print_json(told)
    sys.exit(2 if any("problems" in one for one in told) else 1 if any(one.get("failed") for one in told) else 0)


@terms.command()
@click.argument("name", metavar="TERMS")
@click.option("--reader", help="A party's id: show the confidential clauses that it may see.")
@as_json
def show(name: str, reader: str | None, json_: bool) -> None:
    """Show an agreement in plain sentences."""
    from parley.terms import load, plain

    version = version_of(name)
    loaded = load(version.text, version.name)
    if json_:
        shown = loaded.for_reader(reader).agreement.model_dump(mode="json", by_alias=True)
        print_json({"agreement": shown, "confidential": loaded.hidden_from(reader)})
        return
    click.echo(plain(loaded.for_reader(reader)), nl=False)
    for clause, digest in loaded.hidden_from(reader).items():
        click.echo(f"{clause}: confidential; SHA-256 {digest}")


@terms.command()
@click.argument("name", metavar="TERMS")
@click.argument("report", type=FILE)
@click.option("--as", "channel", type=click.Choice(CHANNELS), help="What the report is. [default: by its ending]")
@click.option("--mapping", type=FILE, help="For a table: which column is what (YAML).")
@click.option("--clause", help="Only this clause.")
@as_json
def explain(
    name: str, report: Path, channel: str | None, mapping: Path | None, clause: str | None, json_: bool
) -> None:
    """Say why the terms give the answers that they give to the accounts in REPORT, down to each question."""
    from parley.job import assess_files
    from parley.terms import load

    version = version_of(name)
    loaded = load(version.text, version.name)
    clauses = [one.id for one in loaded.agreement.clauses]
    if clause is not None and clause not in clauses:
        raise click.BadParameter(f"expected one of {', '.join(clauses)}, found {clause!r}", param_hint="--clause")
    findings = assess_files(loaded, [delivery(report, channel or by_ending(report, mapping), None, mapping)])
    say_problems([problem for card in findings.inputs for problem in card.problems])
    if not findings.reports:
        sys.exit(2)
    if json_:
        from parley.terminal import assessments_data

        told = assessments_data(findings)
        for one in (assessment for row in told for assessment in row["assessments"]):
            one["clauses"] = [each for each in one["clauses"] if clause in (None, each["clause"])]
        print_json(told)
        return
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
@as_json
def diff(old: str, new: str, folder: Path | None, json_: bool) -> None:
    """Say what changes between two versions of an agreement, and which answers would. Exit code 1 if anything does."""
    from parley.centre.folder import Centre
    from parley.job import derive
    from parley.terms import changed_answers, changes, load

    first, second = (load(version.text, version.name) for version in map(version_of, (old, new)))
    found = list(changes(first, second))
    answers = []
    if folder is not None:
        with Centre.open(folder) as centre:
            incidents = derive(centre.stated(), centre.timezone).incidents
        answers = list(changed_answers(first, second, incidents))
    if json_:
        print_json({"changes": list(map(asdict, found)), "answers": list(map(asdict, answers))})
        sys.exit(1 if found else 0)
    for change in found:
        click.echo(f"{change.part}: {change.kind}")
        for field, was, now in change.fields:
            click.echo(f"    {field}: {_short(was)} -> {_short(now)}")
    for one in answers:
        click.echo(f"{one.incident} {one.clause}, {one.source}: {one.was or 'not there'} -> {one.now or 'not there'}")
    sys.exit(1 if found else 0)


@terms.command()
def schema() -> None:
    """Print the JSON Schema of the language, for editors."""
    from parley.terms import json_schema

    print_json(json_schema())


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


def _run_cases(loaded: Any, name: str, text: str, said: bool) -> dict[str, Any]:
    """Run the cases of *text*, where *said* print those that come out otherwise; return how many, and those."""
    from parley.terms import load_cases, run_cases

    outcomes = run_cases(loaded, load_cases(text, name), name)
    failed = [one for one in outcomes if not one.as_expected]
    for one in failed if said else ():
        click.echo(f"  {one.case.case}\n    {one.case.clause}: expected {one.case.answer}, found {one.answer.answer}")
        click.echo(f"    {one.answer.reasons.because}")
    if said:
        click.echo(f"{name}: {len(outcomes) - len(failed)} of {len(outcomes)} cases come out as expected")
    return {
        "cases": len(outcomes),
        "failed": [
            {
                "case": one.case.case,
                "clause": one.case.clause,
                "expected": one.case.answer,
                "found": one.answer.answer,
                "because": one.answer.reasons.because,
            }
            for one in failed
        ],
    }


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
