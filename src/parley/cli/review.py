"""`parley review`: what articles are read to say and waits for people, and what a person decides on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.add import two_people
from parley.cli.lists import Output, formats
from parley.cli.options import FILE, THERE
from parley.cli.screen import print_json, say
from parley.commands import command

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from parley.centre.folder import Centre
    from parley.model import Article, Findings, ReadAs, Reviewed


@click.command()
@click.argument("folder", type=THERE)
@click.argument("id_", metavar="[ENTRY:N]", required=False)
@click.option("--confirm", "confirmed", is_flag=True, help="The article says what is proposed.")
@click.option("--reject", "rejected", is_flag=True, help="It does not say so.")
@click.option("--unclear", "unclear", is_flag=True, help="The words do not tell.")
@click.option("--withdraw", "withdrawn", is_flag=True, help="You take back what you decided before.")
@click.option("--change", type=FILE, help="It says something else, or what happened by it: YAML, see above.")
@click.option("--version", type=int, help="With --confirm: the entry of the review whose changes you confirm.")
@click.option("--by", help="Who decides.")
@click.option("--role", default="", help="As what.")
@click.option("--reason", help="Why.")
@click.option("--all", "all_", is_flag=True, help="List what is decided too.")
@formats()
def review(
    folder: Path,
    id_: str | None,
    confirmed: bool,
    rejected: bool,
    unclear: bool,
    withdrawn: bool,
    change: Path | None,
    version: int | None,
    by: str | None,
    role: str,
    reason: str | None,
    all_: bool,
    output: Output,
) -> None:
    """List what articles of FOLDER are read to say, as far as it waits for people; or decide on one statement.

    What accuses, denies, admits, or ties a party to violence or a toll is decided by two different people; the rest by
    one. Nothing supports an incident before that. A person's later decision takes the place of the earlier one; where
    two people differ it is contested.

    \b
    A file for --change; only what differs, and what is claimed to have happened:
      holder: John Kerry
      statement: accuse        or deny, criticise, doubt, request, propose, promise, comment, assert, narrate
      accused: [Russia]        also addressee, polarity (asserted, denied, negated), tellers
      happening:               the fields of a field report; with a time and a place it supports incidents
        observed: 2016-08-02
        place: 1               a candidate as listed, or {name, lat, lon, radius_m}
        act: air-attack
        actor: Russia
        deaths: {low: 10, high: 12}
    """
    from parley.centre.folder import Centre
    from parley.current import about
    from parley.decisions.reviewing import proposal

    given = {
        "confirmed": confirmed,
        "rejected": rejected,
        "unclear": unclear,
        "withdrawn": withdrawn,
        "changed": change is not None,
    }
    chosen = [name for name, said in given.items() if said]
    if len(chosen) > 1:
        raise click.UsageError(f"one decision at a time, found {' and '.join(chosen)}")
    if not chosen:
        with Centre.open(folder) as centre:
            findings, zone = about(centre, _articles(centre, id_, all_)), centre.timezone
        if by or reason or version is not None:
            raise click.UsageError("say what you decide: --confirm, --reject, --unclear, --change or --withdraw")
        shown = (
            [proposal(findings, id_)]
            if id_
            else [one for one in findings.reviews.proposals if all_ or one.state not in ("confirmed", "rejected")]
        )
        _list(findings, shown, zone, output, all_)
        return
    if output.format not in ("text", "json") or output.file is not None:
        raise click.UsageError("a decision is printed as text or with --json; only the list goes to a file")
    if id_ is None:
        raise click.UsageError(f"say which statement: ENTRY:N, as `{command('review', folder)}` lists them")
    if not by or not by.strip() or not reason or not reason.strip():
        raise click.UsageError("a review says who made it (--by) and why (--reason)")
    _decide(folder, id_, chosen[0], change, version, by, role, reason, not output.is_text)


def _decide(
    folder: Path,
    id_: str,
    decision: Any,
    change: Path | None,
    version: int | None,
    by: str,
    role: str,
    reason: str,
    json_: bool,
) -> None:
    from parley.centre.folder import Centre, now
    from parley.cli.record import say_not_cosigned
    from parley.current import about
    from parley.decisions.reviewing import article, decide, proposal, record
    from parley.intake.articles.changes import read_changes
    from parley.model import Input

    with Centre.open(folder, writing=True) as centre:
        findings = about(centre, _articles(centre, id_, True))
        one = proposal(findings, id_)
        changes = None
        if change is not None:
            changes = read_changes(Input(change.name, change.read_bytes()), one.proposal, centre.timezone)
        made = decide(
            findings, id_, decision, by=by, role=role, reason=reason, at=now(), changes=changes, version=version
        )
        recorded, after = record(centre, made)
        zone = centre.timezone
    say_not_cosigned(centre)
    one = proposal(after, id_)
    if json_:
        print_json(_data(article(after, one), one, zone))
        return
    say(f"entry {recorded.entry}: {id_} {decision} by {_plain(made.by)}: {_plain(reason)}")
    say(f"{id_} is now: {_state(one)}")
    if one.report is not None:
        found = [incident.id for incident in after.incidents if one.report in incident.entries]
        say(f"it is a report of {_plain(one.reading.holder if one.reading else '')}, in {', '.join(found)}")
    elif one.state == "confirmed" and one.reading and not one.reading.happening:
        say("it says no time and place of what happened: it stays a statement, and supports no incident")


def _articles(centre: Centre, id_: str | None, all_: bool) -> set[int]:
    """Return the article, or the model's answer, of the proposal *id_*; without one, all whose proposals are listed."""
    from parley.current import to_review

    at = (id_ or "").partition(":")[0]
    return {int(at)} if at.isdecimal() and len(at) < 19 else to_review(centre, all_)


def _list(findings: Findings, shown: list[Reviewed], zone: ZoneInfo, output: Output, all_: bool) -> None:
    articles: dict[int, Any] = {one.entry: one.report for one in findings.reports if one.report.kind == "article"}
    if not output.is_text:
        from parley.publish import lists

        data = [_data(articles[one.article], one, zone) for one in shown]
        output.put(lambda: data, lists.REVIEWS, lambda: lists.review_rows(data))
        return
    before = None
    for one in shown:
        text = articles[one.article]
        if one.article != before:
            before = one.article
            published = f", published {text.published.start.astimezone(zone).date()}" if text.published else ""
            say()
            say(f"entry {one.article}: {_plain(text.headline or text.origin.name)}")
            say(f"  {_plain(text.source)}{published}; language {text.language}")
            say(f"  {two_people([text])}")
            for flag in text.flags:
                say(f"  note: {_plain(flag.text)} ({flag.code})")
        _say(one, text)
    for entry, why in findings.reviews.stray.items():
        say()
        say(f"the review at entry {entry} decides nothing: {why.text}")
    if not shown:
        say("no statements of articles" if all_ else "no statement of an article waits for review")


def _say(one: Reviewed, text: Article) -> None:
    from parley.model import in_short

    say()
    say(f"  {one.id}  {_state(one)}" + (f", proposed by the model {_plain(one.made_by)}" * bool(one.made_by)))
    say(f"    “{_plain(_in_sentence(text, one))}”")
    say(f"    read as: {_words(_proposed(one))}")
    if one.proposal.between:
        say(f"    between: {', '.join(map(_plain, one.proposal.between))} (who accuses whom is for you to say)")
    if one.proposal.hedges:
        say(f"    held back by: {', '.join(map(_plain, one.proposal.hedges))}")
    if one.proposal.time:
        say(f"    said on: {one.proposal.time}")
    for number, place in enumerate(one.proposal.places, start=1):
        say(
            f"    place {number}: {_plain(place.said)}: {place.name}, {place.within} "
            f"({place.lat:.3f}, {place.lon:.3f} ± {place.radius_m / 1000:g} km; {_plain(in_short(place.why))})"
        )
    for other in one.standing:
        said, version = other.review, ""
        if said.changes:
            version = f" to: {_words(said.changes)} (--version {other.entry})"
        elif said.confirms:
            version = f" as review {said.confirms} changed it"
        role = f", {_plain(said.role)}" if said.role else ""
        say(f"    entry {other.entry}: {said.decision} by {_plain(said.by)}{role}{version}: {_plain(said.reason)}")


def _state(one: Reviewed) -> str:
    match one.state:
        case "proposed":
            return f"waits for {one.needed} {'person' if one.needed == 1 else 'people'}"
        case "confirmed by one of two":
            return "confirmed by one of two, waits for another person"
        case "contested":
            return "contested: the decisions differ"
        case "unclear":
            return "unclear to who looked at it, waits"
    return one.state


def _proposed(one: Reviewed) -> ReadAs:
    from parley.model import as_proposed

    return as_proposed(one.proposal)


def _words(said: ReadAs) -> str:
    """Return a reading in a line: who does what to whom, and what is claimed of what happened."""
    whom = ", ".join(said.accused) or said.addressee or ""
    words = f"{said.holder}: {said.act}" + (f" {whom}" if whom else "")
    words += f" ({said.polarity})" if said.polarity != "asserted" else ""
    words += f", as reported by {', reporting what was said by '.join(said.tellers)}" if said.tellers else ""
    claims = "; ".join(f"{claim.attribute} {claim.said}" for claim in said.claims)
    return _plain(words + (f" | claims: {claims}" if claims else ""))


def _in_sentence(text: Article, one: Reviewed) -> str:
    """Return the sentence of the evidence; where the evidence is a part of it, marked with ⟦ ⟧."""
    from parley.intake.articles.quotes import sentences_in

    span = one.proposal.evidence
    for block in text.blocks:
        if block.span.start <= span.start and span.end <= block.span.end:
            start, end = span.start - block.span.start, span.end - block.span.start
            for a, b in sentences_in(block.text, text.language):
                if a <= start and end <= b and (start, end) != (a, b):
                    return f"{block.text[a:start]}⟦{block.text[start:end]}⟧{block.text[end:b]}"
            return block.text[start:end]
    return ""


def _data(text: Article, one: Reviewed, zone: ZoneInfo) -> dict[str, Any]:
    from parley.intake.articles.share import share
    from parley.model import evidence_digest, in_words

    counted = share(text)
    return {
        "id": one.id,
        **in_words(one),
        "sentence": _in_sentence(text, one),
        "evidence_digest": evidence_digest(text, one.proposal),
        "of": {
            "entry": one.article,
            "headline": text.headline,
            "source": text.source,
            "language": text.language,
            "sentences": {"by_two": counted.by_two, "all": counted.sentences},
            "published": text.published.start.astimezone(zone).date().isoformat() if text.published else None,
            "flags": list(map(in_words, text.flags)),
        },
    }


def _plain(text: str) -> str:
    """Return *text* on one line, without what a terminal would obey or a reader could not see."""
    from parley.model import printable

    return printable(text)
