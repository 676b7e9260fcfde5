"""`parley terms`: the verbs for agreements. Exit code 1: the check found something; 2: a file is no agreement."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.add import CHANNELS, by_ending, delivery
from parley.cli.options import FILE, THERE, as_json
from parley.cli.screen import print_json, say, say_text
from parley.cli.taken import say_problems
from parley.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from parley.model import Reason, TermsProblem, TermsVersion
    from parley.terms import Change, Terms
    from parley.terms.cases import Cases

as_reader = click.option("--reader", help="A party's id: with the confidential clauses that it may see.")


def version_of(name: str) -> TermsVersion:
    """Return the file *name*, or the packaged agreement of that name."""
    from parley.model import TermsVersion
    from parley.terms import library_text
    from parley.terms.checking.source import decoded

    path = Path(name)
    if not path.is_file():
        return TermsVersion(name=name, text=library_text(name))
    return TermsVersion(name=path.name, text=decoded(path.read_bytes(), path.name))


@click.group(name="terms")
def terms() -> None:
    """Agreements as data: list, check, show, explain, compare."""


@terms.command(name="list")
@click.argument("folder", type=THERE, required=False)
@as_json
def list_(folder: Path | None, json_: bool) -> None:
    """List the packaged agreements; of a centre in FOLDER its agreements, and which version applies when."""
    from parley.terms import library_names, library_text, load

    if folder is not None:
        _list_versions(folder, json_)
        return
    titles = {name: load(library_text(name), name).agreement.title for name in library_names()}
    if json_:
        print_json([{"name": name, "title": title} for name, title in titles.items()])
        return
    for name, title in titles.items():
        say(f"{name}: {title}")


_FAMILIES = {"acts": "act", "means": "means", "objects": "object", "degrees": "done", "exemptions": "exemption"}


@terms.command()
@click.argument("family", type=click.Choice(sorted(_FAMILIES)), required=False)
@as_json
def words(family: str | None, json_: bool) -> None:
    """List the words that reports and agreements can use, of one FAMILY or of all, with what people write for them."""
    from parley.model import vocabulary

    chosen = {name: vocabulary(_FAMILIES[name]) for name in ([family] if family else _FAMILIES)}
    if json_:
        print_json(
            [
                {
                    "family": _FAMILIES[of],
                    "term": one.name,
                    "text": one.text,
                    "wider": sorted(one.wider),
                    "also": one.also,
                }
                for of, known in chosen.items()
                for one in known.values()
            ]
        )
        return
    for of, known in chosen.items():
        if not family:
            say(f"{of}:")
        for one in known.values():
            text = f": {one.text}" if one.text != one.name else ""
            say(f"{one.name}{text}{' (also called: ' + ', '.join(one.also) + ')' if one.also else ''}")


def _list_versions(folder: Path, json_: bool) -> None:
    from parley.centre.folder import Centre
    from parley.decisions.adopting import in_force
    from parley.publish.versions import applies, named

    with Centre.open(folder) as centre:
        cards = in_force(centre)
    if json_:
        shown = {"id", "title", "fault", "versions"}
        print_json([card.model_dump(mode="json", include=shown) for card in cards])
        return
    for card in cards:
        say(f"{card.id}: {card.title}{f' ({card.fault})' if card.fault else ''}")
        for version in card.versions:
            say(f"    {applies(version)}: {named(version)}; SHA-256 {version.digest[:16]}…")


@terms.command()
@click.argument("files", metavar="TERMS…", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="End with exit code 1 where there are warnings.")
@as_reader
@as_json
def check(files: tuple[str, ...], strict: bool, reader: str | None, json_: bool) -> None:
    """Check agreements (files or packaged names), and run the worked cases that stand beside them.

    The cases of FILE.yaml are looked for in cases/FILE.yaml and FILE.cases.yaml. What is wrong ends with exit code 2, a
    case that gives another answer with 1; a warning is of something that may not be meant.
    """
    told = [_checked(name, reader, said=not json_) for name in files]
    if json_:
        print_json(told)
    failed = any(one.get("failed") or (strict and one.get("warnings")) for one in told)
    sys.exit(2 if any("problems" in one for one in told) else 1 if failed else 0)


@terms.command()
@click.argument("name", metavar="TERMS")
@as_reader
@as_json
def show(name: str, reader: str | None, json_: bool) -> None:
    """Show an agreement in plain sentences."""
    from parley.terms import load, plain

    version = version_of(name)
    loaded = load(version.text, version.name, reader)
    reader = _reader(reader, loaded)
    if json_:
        shown = loaded.for_reader(reader).agreement.model_dump(mode="json", by_alias=True)
        print_json({"agreement": shown, "confidential": loaded.hidden_from(reader)})
        return
    say_text(plain(loaded.for_reader(reader)))
    for clause, digest in loaded.hidden_from(reader).items():
        say(f"{clause}: confidential; SHA-256 {digest}")


@terms.command()
@click.argument("name", metavar="TERMS")
@click.argument("report", type=FILE)
@click.option("--as", "channel", type=click.Choice(CHANNELS), help="What the report is. [default: by its ending]")
@click.option("--mapping", type=FILE, help="For a table: which column is what (YAML).")
@click.option("--clause", help="Only this clause.")
@as_reader
@as_json
def explain(
    name: str,
    report: Path,
    channel: str | None,
    mapping: Path | None,
    clause: str | None,
    reader: str | None,
    json_: bool,
) -> None:
    """Say why the terms give the answers that they give to the accounts in REPORT, down to each question."""
    from parley.job import assess_files
    from parley.terms import load

    version = version_of(name)
    loaded = load(version.text, version.name, reader)
    reader = _reader(reader, loaded)
    clauses = [one.id for one in loaded.for_reader(reader).agreement.clauses]
    if clause is not None and clause not in clauses:
        raise click.BadParameter(
            f"{clause!r} is not a clause of this agreement. Its clauses: {', '.join(clauses)}.", param_hint="--clause"
        )
    findings = assess_files(loaded, [delivery(report, channel or by_ending(report, mapping), None, mapping)], reader)
    say_problems([problem for card in findings.inputs for problem in card.problems])
    if not findings.reports:
        sys.exit(2)
    if json_:
        from parley.cli.terminal import assessments_data

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
                    say(f"{assessment.incident} {one.clause}, as {source} has it: {answer.answer}")
                    _say_reason(answer.reasons, 1)


@terms.command()
@click.argument("old")
@click.argument("new")
@click.option("--in", "folder", type=THERE, help="Also list the answers in this centre that would change.")
@as_reader
@as_json
def diff(old: str, new: str, folder: Path | None, reader: str | None, json_: bool) -> None:
    """Say what changes between two versions of an agreement, and which answers would. Exit code 1 if anything does.

    Of a confidential clause that --reader may not see, only its digest is compared.
    """
    from parley.centre.folder import Centre
    from parley.current import everything
    from parley.terms import changed_answers, changes, load

    first, second = (load(version.text, version.name, reader) for version in map(version_of, (old, new)))
    reader = _reader(reader, second, first)
    found = list(changes(first, second, reader))
    answers = []
    if folder is not None:
        with Centre.open(folder) as centre:
            incidents = everything(centre).incidents
        answers = list(changed_answers(first, second, incidents, reader))
    if json_:
        print_json({"changes": list(map(asdict, found)), "answers": list(map(asdict, answers))})
        sys.exit(1 if found else 0)
    say_changes(found)
    for one in answers:
        say(f"{one.incident} {one.clause}, {one.source}: {one.was or 'not there'} -> {one.now or 'not there'}")
    sys.exit(1 if found else 0)


def say_changes(found: Iterable[Change]) -> None:
    """Print what changes between two versions."""
    for change in found:
        say(f"{change.part}: {change.kind}")
        for field, was, now in change.fields:
            say(f"    {field}: {_short(was)} -> {_short(now)}")


@terms.command()
def schema() -> None:
    """Print the JSON Schema of the language, for editors."""
    from parley.terms import json_schema

    print_json(json_schema())


def _reader(reader: str | None, *loaded: Terms) -> str | None:
    """Return the id of the party that *reader* names, in the first of *loaded* that has it."""
    from parley.model import fold

    if reader is None:
        return None
    for one in loaded:
        for party in one.agreement.parties:
            if fold(reader) in map(fold, (party.id, party.name, *party.also)):
                return party.id
    parties = ", ".join(party.id for party in loaded[0].agreement.parties)
    raise click.BadParameter(
        f"{reader!r} is not a party of the agreement. Its parties: {parties}.", param_hint="--reader"
    )


def _checked(name: str, reader: str | None, said: bool) -> dict[str, Any]:
    """Check one agreement with its cases; return what there is to tell of it, where *said* after printing it."""
    from parley.model import TermsError
    from parley.terms.cases import doubts
    from parley.terms.load import check

    told: dict[str, Any] = {"name": name}
    warnings: list[TermsProblem] = []
    problems: Sequence[TermsProblem] = ()
    try:
        version = version_of(name)
        checked = check(version.text, version.name, reader)
        loaded, agreement = checked.terms, checked.terms.agreement
        warnings += checked.warnings
        reader = _reader(reader, loaded)
        told |= {"clauses": len(agreement.clauses), "parties": len(agreement.parties)}
        cases = _cases_of(name, loaded, reader)
        if said:
            counts = f"{counted(told['clauses'], 'clause')}, {counted(told['parties'], 'party', 'parties')}"
            worked = counted(len(cases.cases), "worked case") if cases else "no worked cases"
            say(f"{name}: {counts}, {worked}: in order")
        if cases is not None:
            warnings += doubts(loaded, cases, cases.source.name, reader)
            told |= _run_cases(loaded, cases, reader, said)
    except TermsError as error:
        problems = error.problems
    for one in problems:
        say(f"parley: {one}", err=True)
    for one in warnings:
        say(f"warning: {one.fault}", err=True)
    if problems:
        told["problems"] = [one.model_dump(mode="json") for one in problems]
    return told | {"warnings": [one.model_dump(mode="json") for one in warnings]}


def _cases_of(name: str, loaded: Terms, reader: str | None) -> Cases | None:
    """Return the worked cases that stand beside *name*."""
    from parley.terms import library_cases, load_cases
    from parley.terms.checking.source import decoded

    path = Path(name)
    if not path.is_file():
        text = library_cases(name)
        return None if text is None else load_cases(text, f"cases/{name}.yaml", loaded, reader)
    for beside in (path.parent / "cases" / path.name, path.with_suffix(".cases.yaml")):
        if beside.is_file():
            return load_cases(decoded(beside.read_bytes(), beside.name), beside.name, loaded, reader)
    return None


def _run_cases(loaded: Terms, cases: Cases, reader: str | None, said: bool) -> dict[str, Any]:
    """Run *cases*, where *said* print those that come out otherwise; return how many, and those."""
    from parley.terms import run_cases
    from parley.terms.cases import because

    name = cases.source.name
    outcomes = run_cases(loaded, cases, name, reader)
    failed = []
    for one in (one for one in outcomes if not one.as_expected):
        line, column = cases.source.place(("cases", one.number))
        place = {"clause": one.case.clause, "line": line, "column": column}
        if one.case.clause in loaded.hidden_from(reader):
            failed.append(place | {"confidential": True})
            if said:
                say(f"  {name}:{line}:{column}: field 'cases.{one.number}': a case about a confidential clause")
                say("    gives another answer than the case says; --reader PARTY shows it")
            continue
        why = because(loaded, cases, one, reader) or "it rests on a confidential clause; --reader PARTY shows it"
        fields = [{"field": field, "expected": asked, "found": found} for field, asked, found in one.differs]
        first = {"case": one.case.case, "expected": fields[0]["expected"], "found": fields[0]["found"]}
        failed.append(place | first | {"because": why, "fields": fields})
        if said:
            say(f"  {name}:{line}:{column}: {one.case.case}")
            for field in fields:
                of = "" if field["field"] == "answer" else f" {field['field']}"
                say(f"    {one.case.clause}:{of} the case says {field['expected']}, the terms give {field['found']}")
            say(f"    {why}")
    if said:
        say(f"{name}: {len(outcomes) - len(failed)} of {len(outcomes)} cases give the expected answer")
    return {"cases": len(outcomes), "failed": failed}


def _say_reason(reason: Reason, depth: int) -> None:
    missing = f" [missing: {', '.join(reason.missing)}]" if reason.missing and not reason.parts else ""
    say(f"{'  ' * depth}{reason.says}: {reason.truth}. {reason.in_a_line}{missing}")
    _say_reasons(reason.parts, depth + 1)


def _say_reasons(reasons: Iterable[Reason], depth: int) -> None:
    for reason in reasons:
        _say_reason(reason, depth)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:99]}…"
