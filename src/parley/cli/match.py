"""`parley match` and `parley judge`: which reports are of one happening, by what they say and by what people decide."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.csv import guarded, unguarded
from parley.cli.faults import write_out
from parley.cli.options import FILE, THERE
from parley.cli.record import say_not_cosigned
from parley.cli.screen import print_json, say, say_text
from parley.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parley.incidents.lists import Lists, Spec
    from parley.incidents.pairs import Scored
    from parley.model import Findings, Judgement, Problem


@click.command()
@click.argument("left", type=FILE)
@click.argument("right", type=FILE)
@click.option(
    "--mapping",
    type=FILE,
    required=True,
    help="Which column is what (YAML), as for a table; or one each under left and right.",
)
@click.option(
    "--labels",
    type=FILE,
    help="Pairs that people confirmed (CSV: the left id, the right id; nothing there for a row without a partner).",
)
@click.option("--second-opinion", is_flag=True, help="Show too what trees learned from the labels think of each pair.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the pairs here (CSV).")
@click.option("--json", "json_", is_flag=True, help="Print the pairs as JSON, each with its reasons.")
def match(
    left: Path,
    right: Path,
    mapping: Path,
    labels: Path | None,
    second_opinion: bool,
    output: Path | None,
    json_: bool,
) -> None:
    """Say which rows of two lists are about the same event: pairs with their weights and the reasons for each.

    The lists are anything that `parley add --as table` reads, with the same mapping.

    Weights are learned from the lists alone, and from confirmed pairs where those that are held out say that it helps.
    A pair is a link where its chance, as links of such lists turned out, is .5 or more; least and most are the range of
    that. Where several rows fit about as well, the best is called unclear and its rivals are named: people tell.
    Rows that cannot be read are listed and left out (exit code 1).
    """
    from parley.incidents.pairs import link, score, sure

    lists, spec, problems = lists_to_match(left, right, mapping)
    for problem in problems:
        say(f"parley: {problem}", err=True)
    known, looked_at, unknown = _known(labels, lists) if labels else (set(), set(), [])
    for line in unknown:
        say(f"parley: {line}", err=True)
    scored = score(lists, spec, known)
    links, unclear = sure(scored, link(lists, scored.compared.pairs, scored.weight))
    opinion = _opinion(lists, scored, known, looked_at) if second_opinion else None
    rows = [*_rows(lists, scored, links, "link", opinion), *_rows(lists, scored, unclear, "unclear", opinion)]
    if json_:
        print_json(rows)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    second = ("second",) if second_opinion else ()
    writer.writerow(("left", "right", "kind", "bits", "chance", "least", "most", *second, "rivals", "reasons"))
    for row in rows:
        reasons = "; ".join(f"{one['field']}: {one['level']} ({one['bits']:+.1f})" for one in row["reasons"])
        rivals = guarded("; ".join(row["rivals"]))
        numbers = [f"{row[name]:.3f}" for name in ("bits", "chance", "least", "most", *second)]
        writer.writerow((guarded(row["left"]), guarded(row["right"]), row["kind"], *numbers, rivals, reasons))
    if output:
        write_out(output, table.getvalue().encode())
        say(f"{output}: written", err=True)
    elif not json_:
        say_text(table.getvalue())
    say(
        f"{lists.left} and {len(lists.ids) - lists.left} rows, {len(scored.compared.pairs)} pairs compared, "
        f"{len(links)} linked, {len(unclear)} unclear" + (_learned(scored.learned_from, len(known)) if known else ""),
        err=True,
    )
    sys.exit(1 if problems or unknown else 0)


def _learned(learned_from: int, confirmed: int) -> str:
    """Return what became of the confirmed pairs."""
    pairs = counted(confirmed, "confirmed pair")
    if learned_from:
        return f", learned from {pairs}"
    return f"; the weights stay as they are without the {pairs}: they are too few to show that learning from them helps"


def lists_to_match(left: Path, right: Path, mapping: Path) -> tuple[Lists, Spec, Sequence[Problem]]:
    """Return both lists, how they are compared, and what is wrong with them; raise InputError."""
    from parley.incidents.lists import Spec, lists_of
    from parley.intake.mappings.list_to_match import read_list
    from parley.intake.mappings.mapping import load_pairing
    from parley.model import Input

    pairing = load_pairing(Input(mapping.name, mapping.read_bytes()))
    read = [
        read_list(Input(file.name, file), side, pairing.radius_km)
        for file, side in ((left, pairing.left), (right, pairing.right))
    ]
    spec = Spec(
        claims=pairing.left.claims.made & pairing.right.claims.made,
        ranges=tuple(sorted(pairing.left.compare.ranges)),
        terms=tuple(sorted(pairing.left.compare.terms)),
        words=pairing.left.tells_in_words and pairing.right.tells_in_words,
        associated=pairing.associated,
        near_km=pairing.near_km,
        far_km=pairing.far_km,
        days=pairing.days,
        by_area=pairing.by_area,
    )
    return lists_of(read[0].rows, read[1].rows, spec), spec, [one for side in read for one in side.problems]


def _opinion(lists: Lists, scored: Scored, known: set[tuple[int, int]], looked_at: set[int]) -> list[float]:
    from parley.incidents.rerank import second_opinion

    try:
        opinion: list[float] = second_opinion(lists, scored, known, looked_at).tolist()
    except ImportError:
        raise click.UsageError("a second opinion needs scikit-learn: pip install 'parley-centre[learning]'") from None
    return opinion


def _known(labels: Path, lists: Lists) -> tuple[set[tuple[int, int]], set[int], list[str]]:
    """Return the confirmed pairs by rows, the left rows looked at, and a sentence for each line that names no row."""
    left = {name: row for row, name in enumerate(lists.ids[: lists.left])}
    right = {name: row + lists.left for row, name in enumerate(lists.ids[lists.left :])}
    known, looked_at, unknown = set(), set(), []
    try:
        lines = list(csv.reader(io.StringIO(labels.read_text("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.BadParameter(f"{labels} is not a CSV table in UTF-8: {error}.", param_hint="--labels") from None
    for number, written in enumerate(lines, start=1):
        known_ids = zip(written, (left, right), strict=False)
        cells = [cell if cell in ids else unguarded(cell) for cell, ids in known_ids]  # as they are written here
        if len(cells) >= 2 and cells[0] in left and (cells[1] in right or not cells[1]):
            looked_at.add(left[cells[0]])
            known |= {(left[cells[0]], right[cells[1]])} if cells[1] else set()
        elif number > 1 and cells:
            unknown.append(f"{labels.name}:{number}: {cells[:2]} are not ids of both lists. The other pairs were used.")
    return known, looked_at, unknown


def _rows(
    lists: Lists, scored: Scored, links: Sequence[int], kind: str, opinion: Sequence[float] | None
) -> Iterator[dict[str, Any]]:
    from parley.incidents.pairs import explain, rivals

    pairs = scored.compared.pairs
    for number in links:
        yield {
            "left": lists.ids[int(pairs.left[number])],
            "right": lists.ids[int(pairs.right[number])],
            "kind": kind,
            "rivals": [lists.ids[row] for row in rivals(scored, number)] if kind == "unclear" else [],
            "bits": round(int(scored.weight[number]) / 1000, 3),
            **{name: round(float(getattr(scored, name)[number]), 3) for name in ("chance", "least", "most")},
            **({"second": round(opinion[number], 3)} if opinion else {}),
            "reasons": [
                {"field": field, "level": level, "bits": weight / 1000}
                for field, level, weight in explain(lists, scored, number)
            ],
        }


@click.command()
@click.argument("folder", type=THERE)
@click.argument(
    "kind", type=click.Choice(["same", "different", "part-of", "split", "merge", "withdraw"]), required=False
)
@click.argument("what", nargs=-1)
@click.option("--part", "parts", multiple=True, help="For split: entries of one part, with commas; once for each part.")
@click.option("--whole", type=int, help="For part-of: the entry of the report that is about several events.")
@click.option("--supersede", "supersedes", type=int, multiple=True, help="A judgement (its entry) that holds no more.")
@click.option("--by", help="Who judges.")
@click.option("--role", default="", help="As what.")
@click.option("--reason", help="Why.")
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def judge(
    folder: Path,
    kind: str | None,
    what: tuple[str, ...],
    parts: tuple[str, ...],
    whole: int | None,
    supersedes: tuple[int, ...],
    by: str | None,
    role: str,
    reason: str | None,
    json_: bool,
) -> None:
    """Decide which reports of FOLDER are about the same event. It is recorded, and matching obeys it from then on.

    \b
    parley judge FOLDER                             list the judgements that hold
    parley judge FOLDER same 12 15                  these reports are about the same event
    parley judge FOLDER different 12 15             no two of these are
    parley judge FOLDER part-of 12 --whole 40       report 40 is about 12's event, among others
    parley judge FOLDER merge I-00012 I-00015       these incidents are one
    parley judge FOLDER split I-00012 --part 12,13  these reports are another incident than the rest
    parley judge FOLDER withdraw 88                 judgement 88 holds no more
    """
    from parley.centre.folder import Centre
    from parley.current import about, everything, named
    from parley.decisions.judging import judge as record

    if kind is None:
        with Centre.open(folder) as centre:
            _list(everything(centre), json_)
        return
    if not by or not by.strip() or not reason or not reason.strip():
        raise click.UsageError("a judgement says who made it (--by) and why (--reason)")
    with Centre.open(folder, writing=True) as centre:
        findings = about(centre, {entry for one in what for entry in named(centre, one)})
        judgement = _judgement(findings, kind, what, parts, whole, supersedes, by, role, reason)
        recorded, moved = record(centre, judgement)
    say_not_cosigned(centre)
    if json_:
        print_json(recorded.model_dump(mode="json"))
        return
    say(f"entry {recorded.entry}: {kind}, by {by}: {reason}")
    said = {entry for group in judgement.groups for entry in group}
    for one in moved.findings.incidents:
        if said & set(one.entries) or (one.id, one.entries) in moved.after:
            say(f"{one.id}: entries {', '.join(map(str, one.entries))}")


@click.command()
@click.argument("folder", type=THERE)
@click.option("--by", required=True, help="Who takes them up.")
@click.option("--reason", required=True, help="Why.")
@click.option("--json", "json_", is_flag=True, help="Print the table as JSON.")
def weigh(folder: Path, by: str, reason: str, json_: bool) -> None:
    """Learn the weights of matching from FOLDER's own reports, and from what people judged to be the same.

    They stand in the record and are used from then on, instead of those that come with Parley.
    """
    from parley.centre.folder import Centre
    from parley.decisions.judging import weigh as take_up

    with Centre.open(folder, writing=True) as centre:
        said, before, after = take_up(centre, by, reason)
    say_not_cosigned(centre)
    if json_:
        print_json(said.model_dump(mode="json"))
        return
    groups = [{one.entries for one in findings.incidents} for findings in (before, after)]
    say(
        f"learned from {said.reports} reports and {said.confirmed} confirmed pairs; "
        f"every pair starts with a score of {said.start / 1000:+.1f} bits"
    )
    for field, weights in said.fields.items():
        say(f"{field}: {' '.join(f'{weight / 1000:+.1f}' for weight in weights)}")
    say(
        f"{len(before.incidents)} incidents before, {len(after.incidents)} now; "
        f"{len(groups[1] - groups[0])} are other sets of reports than before"
    )


def _judgement(
    findings: Findings,
    kind: str,
    what: tuple[str, ...],
    parts: tuple[str, ...],
    whole: int | None,
    supersedes: tuple[int, ...],
    by: str,
    role: str,
    reason: str,
) -> Judgement:
    from pydantic import ValidationError

    from parley.decisions import judging
    from parley.model import Judgement

    try:
        if kind == "merge":
            return judging.merge(findings, what, by, role, reason, supersedes)
        if kind == "split":
            if len(what) != 1 or not parts:
                raise click.UsageError("split takes one incident and at least one --part of its entries")
            return judging.split(
                findings, what[0], [_entries(part.split(",")) for part in parts], by, role, reason, supersedes
            )
        entries = _entries(what)
        if twice := next((one for one in entries if entries.count(one) > 1), None):
            raise click.UsageError(f"entry {twice} is named twice")
        if (kind == "part-of") != (whole is not None) or whole in entries:
            raise click.UsageError(
                "part-of, and it alone, takes --whole: another report, which is about several events"
            )
        groups = tuple((entry,) for entry in entries) if kind == "different" else (entries,)
        return Judgement(
            kind=kind,
            groups=() if kind == "withdraw" else groups,
            whole=whole,
            supersedes=(*supersedes, *entries) if kind == "withdraw" else supersedes,
            by=by,
            role=role,
            reason=reason,
        )
    except ValidationError as error:
        raise click.UsageError(error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")) from None


def _entries(said: Sequence[str]) -> tuple[int, ...]:
    for one in said:
        if not one.strip().isdecimal():
            raise click.UsageError(f"{one!r} is not an entry of the record. Entries are whole numbers.")
    return tuple(int(one) for one in said)


def _list(findings: Findings, json_: bool) -> None:
    if json_:
        rows = [
            {**one.model_dump(mode="json"), "superseded_by": findings.superseded.get(one.entry)}
            for one in findings.judgements
        ]
        print_json(rows)
        return
    for one in findings.judgements:
        said = one.judgement
        groups = " | ".join(", ".join(map(str, group)) for group in said.groups)
        whole = f" of {said.whole}" if said.whole is not None else ""
        ended = f"; superseded by {findings.superseded[one.entry]}" if one.entry in findings.superseded else ""
        say(f"{one.entry}: {said.kind} {groups}{whole}, by {said.by}: {said.reason}{ended}")
    if not findings.judgements:
        say("no judgements yet")
