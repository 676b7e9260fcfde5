"""The verbs by which people act upon reports: correct, withdraw, note, establish. The desk's, and on a party's node its
own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.options import FOLDER, as_json
from parley.cli.record import say_not_cosigned
from parley.cli.screen import print_json, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from parley.decisions.acting import Desk, Done
    from parley.model import Act, Findings, RecordedReport

by_option = click.option("--by", required=True, envvar="PARLEY_OFFICER", help="Who does it. [default: $PARLEY_OFFICER]")
role_option = click.option("--role", default="", help="As what, such as duty officer.")
reason_option = click.option("--reason", required=True, help="Why.")

_ENTRY = "ENTRY is an entry's number, `last`, a receipt's code, an incident I-n, or the source's own id (SOURCE/ID)."


@click.command(epilog=_ENTRY)
@click.argument("folder", type=FOLDER)
@click.argument("entry")
@click.argument("changes", nargs=-1, metavar="[FIELD=VALUE]…")
@click.option("--with", "with_", metavar="ENTRY", help="The report at this entry is the correction.")
@click.option("--accept", is_flag=True, help="ENTRY waits, and is the correction that it looks like.")
@click.option("--apart", is_flag=True, help="ENTRY is a report of its own, whatever id it has.")
@by_option
@role_option
@reason_option
@as_json
def correct(
    folder: Path,
    entry: str,
    changes: tuple[str, ...],
    with_: str | None,
    accept: bool,
    apart: bool,
    by: str,
    role: str,
    reason: str,
    json_: bool,
) -> None:
    """Correct the report ENTRY: say what it says instead, name its correction, or decide on a report that waits.

    FIELD is time, start, end, place, lat, lon, radius_m, act, means, actor, deaths … as in a field report; FIELD= alone
    takes the claim back. An input's entry decides on all of its reports that wait.
    """
    if sum(map(bool, (changes, with_, accept, apart))) != 1:
        raise click.UsageError("say what changes: FIELD=VALUE, --with ENTRY, --accept or --apart")
    given = _pairs(changes)

    def made(desk: Desk) -> Act:
        from parley.decisions import acting
        from parley.model import Act

        at = acting.meant(desk, entry)
        if given:
            said = acting.correction(desk, at, given, by, reason)
            return said.model_copy(update={"role": role})
        if with_ is not None:
            at, of = acting.meant(desk, with_), desk.findings.revisions.holding(at)
            return Act(does="accept", entry=at, of=of, by=by, role=role, reason=reason)
        return Act(does="accept" if accept else "apart", entry=at, by=by, role=role, reason=reason)

    _act(folder, (entry,) if with_ is None else (entry, with_), made, json_)


@click.command(epilog=_ENTRY)
@click.argument("folder", type=FOLDER)
@click.argument("entry")
@by_option
@role_option
@reason_option
@as_json
def withdraw(folder: Path, entry: str, by: str, role: str, reason: str, json_: bool) -> None:
    """Withdraw the report ENTRY: it rests in the record and moves nothing.

    An input's entry withdraws all that it brought; the entry of an act, or of what was established, undoes that.
    """

    def made(desk: Desk) -> Act:
        from parley.decisions import acting
        from parley.model import Act

        at = acting.meant(desk, entry)
        return Act(does="withdraw", entry=at, by=by, role=role, reason=reason)

    _act(folder, (entry,), made, json_)


@click.command(epilog=_ENTRY)
@click.argument("folder", type=FOLDER)
@click.argument("entry")
@click.argument("text")
@by_option
@role_option
@as_json
def note(folder: Path, entry: str, text: str, by: str, role: str, json_: bool) -> None:
    """Put a note beside the report ENTRY. It changes no answer."""

    def made(desk: Desk) -> Act:
        from parley.decisions import acting
        from parley.model import Act

        return Act(does="note", entry=acting.meant(desk, entry), by=by, role=role, reason=text)

    _act(folder, (entry,), made, json_)


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("subject")
@click.argument("settles", metavar="QUESTION=VALUE")
@click.option("--agreement", help="The id of the agreement, where several have the subject.")
@click.option("--from", "start", help="From when it holds, in the agreement's zone. [default: for ever]")
@click.option("--receipts", is_flag=True, help="It holds once every party has confirmed it with a receipt of its own.")
@by_option
@reason_option
@as_json
def establish(
    folder: Path,
    subject: str,
    settles: str,
    agreement: str | None,
    start: str | None,
    receipts: bool,
    by: str,
    reason: str,
    json_: bool,
) -> None:
    """Record what is settled of SUBJECT: an incident (I-n), a party, a clause or an agreement, by its id.

    QUESTION is actor, act, exemption, breach (CLAUSE:yes or CLAUSE:no) … of an incident; bound of a party; reading or
    consent of a clause. See "What people establish" in docs/terms.md. The terms are applied with it from then on.
    """
    from parley.centre.folder import Centre
    from parley.decisions import acting

    ((question, value),) = _pairs((settles,)).items()
    with Centre.open(folder, writing=True) as centre:
        desk = acting.desk_of(centre, subject)
        said = acting.settled(
            centre,
            desk,
            subject,
            question,
            value,
            agreement=agreement,
            start=start,
            receipts=receipts,
            by=by,
            reason=reason,
        )
        done = acting.establish(centre, desk, said)
    say_not_cosigned(centre)
    changed = list(done.moved.answers)
    if json_:
        print_json({"entry": done.entry, **said.model_dump(mode="json"), "incidents_changed": changed})
        return
    when = "as soon as every party has confirmed it with a receipt: `parley say NODE --receipt " + f"{done.entry}`"
    say(f"Recorded as entry {done.entry}: {subject} {question} = {value}, by {by}: {reason}")
    say(f"It holds {when if receipts else 'from now on; `parley withdraw` with this entry undoes it'}.")
    say(f"Answers change in {', '.join(changed)}." if changed else "No answer changes.")


def _pairs(said: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in said:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"{one!r} is not FIELD=VALUE, such as deaths=2.")
        if name.strip() in found:
            raise click.UsageError(f"{name.strip()} is said twice")
        found[name.strip()] = value
    return found


def _act(folder: Path, named: tuple[str, ...], made: Callable[[Desk], Act], json_: bool) -> None:
    """Record the act upon what is *named* that *made* gives, and say what came of it; on a party's node send it."""
    from parley.centre.folder import Centre
    from parley.decisions import acting
    from parley.node import is_node

    if is_node(folder):
        _act_on_node(folder, made, json_)
        return
    with Centre.open(folder, writing=True) as centre:
        desk = acting.desk_of(centre, *named)
        said = _made(made, desk)
        done = acting.act(centre, desk, said)
    say_not_cosigned(centre)
    if json_:
        from parley.model import in_words

        ids = sorted({id_ for id_, _ in done.moved.before | done.moved.after})
        print_json({"entry": done.entry, "act": in_words(said), "incidents_changed": ids})
        return
    say(f"Recorded as entry {done.entry}: {_in_words(said, done)}, by {said.by}: {said.reason}")
    _say_claims(said, done, centre.timezone)
    _say_incidents(done)


def _made(made: Callable[[Desk], Act], desk: Desk) -> Act:
    from pydantic import ValidationError

    try:
        return made(desk)
    except ValidationError as error:
        said = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise click.UsageError(f"{said}; nothing was recorded") from None


def _act_on_node(folder: Path, made: Callable[[Desk], Act], json_: bool) -> None:
    """Sign the act that *made* gives of what the party said, and send it."""
    from parley.centre.statements import state_act
    from parley.cli.party import say_and_send
    from parley.decisions import acting
    from parley.node import desk_of, load

    desk = desk_of(load(folder))
    said = _made(made, desk)
    acting.check(desk, said)
    say_and_send(folder, [state_act(said, desk.side)], "logged", json_)


def _in_words(said: Act, done: Done) -> str:
    name = _named(done.before, said.entry)
    match said.does:
        case "correct":
            return f"correction of {name}"
        case "withdraw":
            return f"withdrawal of {name}"
        case "note":
            return f"note on {name}"
        case "accept":
            return f"{name} is a correction" + (f" of entry {said.of}" if said.of is not None else "")
        case _:
            return f"{name} is a report of its own"


def _named(findings: Findings, entry: int) -> str:
    from parley.model import printable

    for one in findings.reports:
        if one.entry == entry:
            return f"entry {entry} of {printable(one.report.source)}"
    return f"entry {entry}"


def _say_claims(said: Act, done: Done, zone: ZoneInfo) -> None:
    """Say what a correction changes, attribute by attribute: after, before."""
    from parley.model import printable
    from parley.publish import words

    was = _claims({one.entry: one for one in done.before.reports}.get(said.entry))
    now = {**{claim.attribute: claim.value for claim in said.claims}, **dict.fromkeys(said.without)}
    for attribute, value in now.items():
        new, old = (
            words.value(attribute, one, zone).striptags() if one is not None else "not mentioned"
            for one in (value, was.get(attribute))
        )
        say(f"  {attribute}: {printable(new)} (before: {printable(old)})")


def _claims(recorded: RecordedReport | None) -> dict[str, Any]:
    from parley.model import EventReport

    report = recorded.report if recorded else None
    return {claim.attribute: claim.value for claim in report.claims} if isinstance(report, EventReport) else {}


def _say_incidents(done: Done) -> None:
    before, after = done.moved.before, done.moved.after
    was = dict(before)
    for id_, entries in sorted(after):
        if was.get(id_) != entries:
            say(f"  {id_}: now reports {', '.join(map(str, entries))}")
    there = {id_ for id_, _ in after}
    for id_, _ in sorted(before):
        if id_ not in there:
            say(f"  {id_}: holds no report any more")


VERBS = (correct, withdraw, note, establish)
