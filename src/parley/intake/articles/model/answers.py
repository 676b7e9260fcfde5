"""What a model answered → proposals that pass every check, and what is refused, each with the check that it failed.

Evidence must stand in the sentence that is named, in the visible text; where it stands is found here, not believed.
Names come from the list that was offered, days from what the rules found. Who is accused was asked on its own: where
the two answers differ, only that the sentence accuses is proposed, and who accuses whom is for a person to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from parley.intake.articles.model.prompt import ACTS, NOBODY, POLARITIES, VOICE, Sentence, Shown
from parley.intake.articles.places import Places
from parley.intake.articles.wire import trips
from parley.model import GRAVE, Noun, Proposal, Refused, Span
from parley.model.report import Act, Polarity

_MOST = 300  # statements of one answer
_SHORT = 2_000


class _Said(Noun):
    model_config = ConfigDict(strict=True)

    sentence: str = Field(max_length=20)
    evidence: str = Field(max_length=4_000)
    holder: str = Field(max_length=20)
    act: str = Field(max_length=20)
    accused: list[str] = Field(max_length=20)
    polarity: str = Field(max_length=20)
    tellers: list[str] = Field(max_length=20)
    date: str = Field(max_length=20)


class _Accusation(Noun):
    model_config = ConfigDict(strict=True)

    sentence: str = Field(max_length=20)
    accused: list[str] = Field(max_length=20)
    accusers: list[str] = Field(max_length=20)


class Statements(Noun):
    """The answer to the question who says what."""

    statements: list[Any] = Field(max_length=_MOST)


class Accusations(Noun):
    """The answer to the question who is accused."""

    accusations: list[Any] = Field(max_length=_MOST)


@dataclass
class Checked:
    """Proposals in the order of the text, and what was refused."""

    proposals: list[Proposal] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def checked(
    statements: Sequence[Any], accusations: Sequence[Any], shown: Shown, places: Places, language: str
) -> Checked:
    """Return what holds of both answers; *places* give candidates for the places that a sentence names."""
    found = Checked()
    second = _second(accusations, shown, found)
    accusing: set[str] = set()
    for number, raw in enumerate(statements, start=1):
        try:
            said = _Said.model_validate(raw)
            sentence, span = _evidence(said, shown)
            proposal = _proposal(said, sentence, span, second.get(said.sentence), shown)
        except ValidationError as error:
            found.refused.append(_misshapen(error, "statement", number))
        except _Fault as fault:
            found.refused.append(fault.refused("statement", number))
        else:
            accusing |= {said.sentence} if said.act == "accuse" else set()
            where = sentence.start
            candidates = places.candidates(
                sentence.text, where, places.named(sentence.text, language), frozenset(), language
            )
            proposal = proposal.model_copy(update={"places": candidates})
            if proposal not in found.proposals:
                found.proposals.append(proposal)
    for name, one in second.items():
        if name not in accusing and one.accused:
            found.proposals.append(_open(shown.sentences[name], shown.sentences[name].span, shown))
    found.proposals.sort(key=lambda one: (one.evidence.start, one.evidence.end))
    return found


class _Fault(Exception):  # noqa: N818
    """Raised where a statement fails a check: its code, and what its words name."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    def refused(self, of: Literal["statement", "accusation"], number: int) -> Refused:
        """Return what is recorded of it."""
        return Refused(of=of, number=number, code=self.code, params=self.params)


@dataclass
class _Second:
    accused: set[str] = field(default_factory=set)
    accusers: set[str] = field(default_factory=set)


def _second(accusations: Sequence[Any], shown: Shown, found: Checked) -> dict[str, _Second]:
    """Return who is accused and who accuses in each sentence, by the answer to the second question."""
    second: dict[str, _Second] = {}
    for number, raw in enumerate(accusations, start=1):
        try:
            said = _Accusation.model_validate(raw)
            if said.sentence not in shown.sentences:
                raise _Fault("no-such-sentence", sentence=_short(said.sentence))
            _known((*said.accused, *said.accusers), shown)
        except ValidationError as error:
            found.refused.append(_misshapen(error, "accusation", number))
        except _Fault as fault:
            found.refused.append(fault.refused("accusation", number))
        else:
            one = second.setdefault(said.sentence, _Second())
            one.accused |= set(said.accused)
            one.accusers |= set(said.accusers)
    return second


def _evidence(said: _Said, shown: Shown) -> tuple[Sentence, Span]:
    """Return the sentence and where in the article's text the evidence stands."""
    sentence = shown.sentences.get(said.sentence)
    if sentence is None:
        raise _Fault("no-such-sentence", sentence=_short(said.sentence))
    words = shown.unmarked(said.evidence)
    seen, at = sentence.seen
    start = seen.find(words) if words else -1
    if start < 0:
        raise _Fault("not-in-sentence", sentence=said.sentence)
    first, last = at[start], at[start + len(words) - 1]
    return sentence, Span(start=sentence.start + first, end=sentence.start + last + 1)


def _proposal(said: _Said, sentence: Sentence, span: Span, second: _Second | None, shown: Shown) -> Proposal:
    if said.act not in ACTS or said.polarity not in POLARITIES:
        raise _Fault("not-offered")
    if said.date != NOBODY and said.date not in shown.days:
        raise _Fault("no-such-day")
    _known((said.holder, *said.accused, *said.tellers), shown)
    if said.act != "accuse" and said.accused:
        raise _Fault("accused-by-another-act", act=said.act)
    if said.holder in said.accused:
        raise _Fault("accuses-himself")
    act: Act = said.act  # type: ignore[assignment]  # one of ACTS
    polarity: Polarity = said.polarity  # type: ignore[assignment]
    if said.act in GRAVE and said.holder in (NOBODY, VOICE):
        return _open(sentence, span, shown)
    if said.act == "accuse" and polarity == "asserted" and not _agrees(said, second):
        return _open(sentence, span, shown)
    if said.holder == NOBODY:
        raise _Fault("no-holder")
    accused = tuple(dict.fromkeys(shown.actors[one] for one in said.accused if one in shown.actors))
    return Proposal(
        holder=shown.actors[said.holder],
        act=act,
        addressee=accused[0] if accused else None,
        accused=accused,
        polarity="denied" if act == "deny" and polarity == "asserted" else polarity,
        tellers=tuple(dict.fromkeys(shown.actors[one] for one in said.tellers if one in shown.actors and one != VOICE)),
        mode="indirect",
        evidence=span,
        time=shown.days[said.date].day if said.date != NOBODY else None,
        reviewers_needed=2 if act in GRAVE or trips(sentence.text, lambda: bool(sentence.names)) else 1,
    )


def _agrees(said: _Said, second: _Second | None) -> bool:
    """Say whether the answer to "who is accused?" is the same, and nobody accuses whom it says to be accused."""
    return (
        second is not None
        and second.accused == set(said.accused)
        and said.holder in second.accusers
        and not (second.accused & second.accusers)
        and NOBODY not in said.accused
    )


def _open(sentence: Sentence, span: Span, shown: Shown) -> Proposal:
    """Return that words accuse or deny, and that it is for a person to say who whom."""
    return Proposal(
        holder=shown.actors[VOICE],
        act="unclear" if len(sentence.names) > 1 else "narrate",
        between=sentence.names if len(sentence.names) > 1 else (),
        evidence=span,
        mode="narrated",
        reviewers_needed=2,
    )


def _known(numbers: Sequence[str], shown: Shown) -> None:
    for number in numbers:
        if number != NOBODY and number not in shown.actors:
            raise _Fault("no-such-actor")


def _misshapen(error: ValidationError, of: Literal["statement", "accusation"], number: int) -> Refused:
    """Return what is recorded of a part of another shape: where, and which check; nothing of what was answered."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])[:60]
    return Refused(of=of, number=number, code="other-shape", params={"where": where, "type": first["type"]})


def _short(text: str) -> str:
    return "".join(sign for sign in text[:20] if sign.isalnum())
