"""`parley propose`: ask a model of your own what articles say, beside the rules. Off unless this is called."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parley.cli.options import THERE
from parley.cli.screen import print_json, say
from parley.commands import command
from parley.plurals import counted

if TYPE_CHECKING:
    from parley.intake.articles.model.endpoint import Endpoint

KEY = "PARLEY_MODEL_KEY"


@click.command()
@click.argument("folder", type=THERE, required=False)
@click.argument("entries", type=int, nargs=-1)
@click.option("--endpoint", "address", required=True, help="Where your model answers: http://127.0.0.1:8000")
@click.option("--model", required=True, help="The model's name there.")
@click.option("--probe", is_flag=True, help="Try the model on texts of which we know who accuses whom; record nothing.")
@click.option("--seconds", type=click.FloatRange(1, 3600), default=120, show_default=True, help="For one answer.")
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def propose(
    folder: Path | None,
    entries: tuple[int, ...],
    address: str,
    model: str,
    probe: bool,
    seconds: float,
    json_: bool,
) -> None:
    """Ask a model of your own what articles of FOLDER say: those at ENTRIES, or all that it was not asked about yet.

    The endpoint speaks the OpenAI interface (vLLM, llama.cpp, Ollama, LM Studio). The visible text of articles goes
    there, and nowhere else; a key is taken from PARLEY_MODEL_KEY. Every answer is checked and recorded as it came; what
    it proposes waits for people beside what the rules propose. Try a model with --probe before you use it.
    """
    from parley.intake.articles.model.endpoint import Endpoint

    endpoint = Endpoint(address, model, os.environ.get(KEY, ""), seconds)
    if probe:
        if folder is not None:
            raise click.UsageError("--probe takes no FOLDER: it records nothing")
        sys.exit(_probe(endpoint, json_))
    if folder is None:
        raise click.UsageError("say which FOLDER, or --probe")
    _propose(folder, entries, endpoint, json_)


def _propose(folder: Path, entries: tuple[int, ...], endpoint: Endpoint, json_: bool) -> None:
    from parley.centre.folder import Centre
    from parley.cli.record import say_not_cosigned
    from parley.decisions import proposing

    told = []
    with Centre.open(folder, writing=True) as centre:
        chosen = proposing.articles(centre, entries, endpoint.model)
        try:
            for one in proposing.propose(centre, endpoint, chosen):
                told.append(one)
                if not json_:
                    said = one.answer
                    say(
                        f"entry {one.entry}: article {said.article}: {counted(len(said.proposals), 'proposal')}, "
                        f"{len(said.refused)} refused"
                    )
                    for refused in said.refused:
                        say(f"  refused: {refused.what}: {refused.text}")
        finally:
            if told:
                proposing.shown(centre)
    say_not_cosigned(centre)
    if json_:
        from parley.model import in_words

        print_json([in_words(one) for one in told])
    elif any(one.answer.proposals for one in told):
        say(f"next: {command('review', folder)}")
    elif not told:
        say("no article that this model was not asked about yet")


def _probe(endpoint: Endpoint, json_: bool) -> int:
    """Print what the model makes of the probes; return 1 where it turns anybody round, invents or finds nothing."""
    from parley.intake.articles.model.probe import KINDS, run

    outcomes = []
    for one in run(endpoint):
        outcomes.append(one)
        if not one.complete and not json_:
            verdict = "INVERTED" if one.inverted else "invented" if one.invented else "left open"
            say(f"{verdict}: {one.probe.name}, {one.probe.kind}: {_pairs(one.found)}")
    wrong = [one for one in outcomes if one.invented]
    blind = not any(one.found for one in outcomes)
    rows = [
        {
            "probe": kind,
            "asked": len(of := [one for one in outcomes if one.probe.kind == kind]),
            "right": sum(one.complete for one in of),
            "left open": sum(not one.complete and not one.invented for one in of),
            "invented": sum(one.invented and not one.inverted for one in of),
            "inverted": sum(one.inverted for one in of),
        }
        for kind in KINDS
    ]
    if json_:
        print_json({"model": endpoint.model, "usable": not (wrong or blind), "probes": rows})
        return 1 if wrong or blind else 0
    for row in rows:
        say(f"{row['probe']}: " + ", ".join(f"{name} {count}" for name, count in row.items() if name != "probe"))
    told = f"{endpoint.model}: none turned round, none invented, right in {sum(one.complete for one in outcomes)} of "
    told += str(len(outcomes))
    if blind:
        told = f"{endpoint.model}: finds no accusation in any of {len(outcomes)}, or answers in another form: of no use"
    if wrong:
        told = f"{endpoint.model}: turns people round or invents accusations in {len(wrong)} of {len(outcomes)}: "
        told += "do not use it"
    say(told)
    return 1 if wrong or blind else 0


def _pairs(found: frozenset[tuple[str, str]]) -> str:
    return "; ".join(f"{holder} accuses {accused}" for holder, accused in sorted(found)) or "nobody accuses anybody"
