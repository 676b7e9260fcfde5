"""Questions on which answers turn: in words, and what would settle each.

An answer that is open names what is missing: an attribute of the accounts, or something of the agreement itself in
words, such as "whether West had adhered" or "when the clause ended".
"""

import re
from collections.abc import Mapping

from parley.model.attributes import FACT, QUANTITY
from parley.model.base import Noun

EVIDENCE: Mapping[str, str] = {
    "time": "a log that both sides accept (of fire, flights or calls), with its time zone",
    "place": "the place on one map, measured on the ground or from imagery, with its error",
    "act": "an inspection of the place, by both sides or by monitors",
    "means": "fragments, craters or recordings, examined by somebody whom both accept",
    "calibre": "fragments or the crater, measured",
    "altitude": "the track of the flight on a radar or transponder record",
    "actor": "records of units, firing positions or flights at that time",
    "affected": "lists of the dead and wounded, or whoever runs the place",
    "object": "an inspection of what was hit or entered, and the register of notified places",
    "site": "the register of notified places",
    "quantity": "a joint count",
    "done": "an inspection of what was to be done, on the day it was due",
    "exemption": "the order, the notice and the record of what was answered; then a finding",
    "bound": "the instrument in which it accepted, and to whom",
    "start": "whoever was to name that moment",
    "end": "what the parties agreed on the end, in writing",
    "due": "what the parties agreed on the deadline, in writing",
    "suspended": "what the parties agreed on the suspension, in writing",
    "reading": "whoever says what the text means",
    "earlier": "the findings on those incidents",
    "limits": "a map or a line that the parties accept",
}
"""What would settle each kind of question, where an agreement's file says nothing of its own."""

ASKS: Mapping[str, str] = {
    "time": "when it happened",
    "place": "where it happened",
    "act": "which act it was",
    "means": "with what means",
    "calibre": "which calibre",
    "altitude": "at what height",
    "actor": "who acted",
    "affected": "who was affected",
    "object": "what was hit or entered",
    "site": "which object it was",
    "quantity": "how many",
    "done": "how far it was done",
    "exemption": "was the exemption established",
}
"""The attributes of accounts as questions."""

_KINDS = (
    (re.compile(r"whether .* had adhered"), "bound"),
    (re.compile(r"whether .* was a breach"), "earlier"),
    (re.compile(r"when .* of calm were full"), "earlier"),
    (re.compile(r"when the (clause ended|end was)"), "end"),
    (re.compile(r"when .*"), "start"),
    (re.compile(r"whether it was suspended"), "suspended"),
    (re.compile(r"which reading holds"), "reading"),
    (re.compile(r"the limits of .*"), "limits"),
)
"""What is missing of the agreement itself, by the words in which reasons name it."""


class OpenQuestion(Noun):
    """A question that open answers turn on.

    Args:
        agreement, incident: of which of the two it is; the other is "".
        asks: it in words.
        settled_by: who or what could answer it, "" where nobody has said.
        answers: how many open answers of accounts it is missing in, and in how many incidents; `alone`: in how many
            of them nothing else is missing, so that it decides them.
    """

    agreement: str
    incident: str
    asks: str
    settled_by: str
    answers: int
    alone: int
    incidents: int


def is_of_the_agreement(missing: str) -> bool:
    """Say whether what is *missing* is the same for all incidents of an agreement."""
    return any(kind.fullmatch(missing) for kind, _ in _KINDS)


def asked(missing: str) -> str:
    """Return what is *missing* as a question in words."""
    if missing.startswith(FACT):
        return missing.removeprefix(FACT).replace("-", " ")
    if missing.startswith(QUANTITY):
        return f"how many: {missing.removeprefix(QUANTITY).replace('-', ' ')}"
    return ASKS.get(missing, missing)


def settled_by(missing: str) -> str:
    """Return who or what could say what is *missing*; "" where nobody has said."""
    if missing.startswith(QUANTITY):
        return EVIDENCE["quantity"]
    kinds = [kind for words, kind in _KINDS if words.fullmatch(missing)]
    return EVIDENCE.get(kinds[0] if kinds else missing, "")
