"""What depends on what in a record: under which keys statements are found that may change what each other mean.

Only this module knows it. Two statements that share a key decide together which reports hold; what shares none, by
whatever steps, cannot. A key may tie more than it must, never less.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from parley.incidents import RETOLD, glance
from parley.model import (
    Arrived,
    Bulletin,
    Charter,
    EventReport,
    InputPart,
    Judgement,
    ModelAnswer,
    Receipt,
    RecordedAct,
    RecordedReport,
    RecordedReview,
    RecordedWithdrawal,
    RegisteredPlace,
    RegisteredSource,
    Settled,
    Stated,
    TermsVersion,
    Weighing,
    fold,
)

Key = int

RULES = (Charter, TermsVersion, Weighing, RegisteredPlace, RegisteredSource)
"""What concerns every report: where it changes, everything is derived again."""


def is_rule(one: Stated) -> bool:
    """Whether a statement concerns every report, or incident."""
    return isinstance(one.says, RULES) or (isinstance(one.says, Settled) and one.says.report is None)


def is_known_everywhere(one: Stated) -> bool:
    """Whether every derivation of a part is told of a statement: of rules, and of what the desk established."""
    return is_rule(one) or isinstance(one.says, Settled | Receipt)


def input_of(one: Stated) -> int | None:
    """Return the entry of the input that a statement is, tells of or came with; None of none."""
    match one.says:
        case Arrived():
            return one.entry
        case InputPart(input=input_) | RecordedReport(input=input_) | RecordedWithdrawal(input=input_):
            return input_
        case _:
            return None


def keys_of(one: Stated) -> Iterator[Key]:
    """Yield the keys of a statement."""
    match one.says:
        case RecordedReport():
            yield named_by(one.entry)
            yield from ids_of(one.says)
            yield from about(one.says)
        case RecordedWithdrawal(withdrawal=said):
            yield _key("id", _whose(said.source), fold(said.reference))
        case RecordedAct(act=said):
            yield from map(named_by, (one.entry, said.entry, *(() if said.of is None else (said.of,))))
        case RecordedReview(review=said):
            yield from map(named_by, (one.entry, said.article))
        case ModelAnswer(article=article):
            yield named_by(article)
        case Judgement() as said:
            named = [entry for group in said.groups for entry in group]
            yield named_by(one.entry)
            yield from map(named_by, (*named, *said.supersedes, *(() if said.whole is None else (said.whole,))))
        case Settled(report=report):
            yield from map(named_by, (one.entry, *(() if report is None else (report,))))
        case Receipt(of=entry):
            yield named_by(entry)
        case RegisteredPlace() | RegisteredSource():
            yield named_by(one.entry)


def named_by(entry: int) -> Key:
    """Return the key of all that names the statement at *entry*, and of that itself: an even number, as no other is."""
    return 2 * entry


def ids_of(one: RecordedReport) -> Iterator[Key]:
    """Yield the keys of the lasting ids of a report: its own, and that of what it says it corrects."""
    report = one.report
    if isinstance(report, Bulletin) and report.number:
        yield _key("number", _whose(report.source), fold(report.side), fold(report.counting), report.number)
    if isinstance(report, EventReport) and (report.corrects or report.reference_lasts):
        for said in dict.fromkeys((report.reference, report.corrects)):
            if said:
                yield _key("id", _whose(report.source), fold(said))


def about(one: RecordedReport) -> Iterator[Key]:
    """Yield the key under which reports stand of which one may say what another says."""
    report = one.report
    if isinstance(report, EventReport) and report.channel not in RETOLD:
        seen = (one.astimezone(UTC) if isinstance(one, datetime) else one for one in glance(report))
        yield _key("about", _whose(report.source), len(report.claims), *seen)


_OF_A_SIDE = re.compile(r"(\s*\([^()]*\))+$")


def _whose(source: str) -> str:
    """Return a source's folded name; of one that is named with its side the same as without."""
    return _OF_A_SIDE.sub("", fold(source))


def _key(*said: Any) -> Key:
    """Return an odd number below 2**63 for what is said, the same in every process."""
    return int.from_bytes(blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1 | 1
