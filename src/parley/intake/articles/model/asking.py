"""Both questions of one article, asked of a user's model → what it proposes and what was refused, for the record."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from parley.intake.articles.model.answers import Accusations, Checked, Statements, checked
from parley.intake.articles.model.endpoint import Endpoint, Unusable, ask, request
from parley.intake.articles.model.prompt import Shown, again, messages, schema_accused, schema_says, show
from parley.intake.articles.names import Names, standing
from parley.intake.articles.places import Places, standing_places
from parley.model import Article, ModelAnswer, Noun, Refused

KEPT = 16_384
"""Characters of each raw answer that the record keeps."""

Question = Literal["asked-says", "asked-accused"]
A = TypeVar("A", bound=Noun)


@dataclass
class _Log:
    prompts: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    reported: str = ""
    cut: bool = False


def propose_by_model(
    endpoint: Endpoint,
    entry: int,
    article: Article,
    names: Names | None = None,
    places: Places | None = None,
    reverse: bool = False,
) -> ModelAnswer:
    """Return what the model at *endpoint* proposes for *article*, which stands at *entry* of the record.

    Raises:
        ModelError: it cannot be asked. An answer that cannot be used is no error: it is refused, and says so.
    """
    shown = show(article, names or standing(), reverse)
    log = _Log()
    statements: Sequence[Any] = ()
    accusations: Sequence[Any] = ()
    if shown.sentences:
        says = _asked(endpoint, shown, "asked-says", schema_says(shown), Statements, log)
        accused = _asked(endpoint, shown, "asked-accused", schema_accused(shown), Accusations, log)
        statements = says.statements if says else ()
        accusations = accused.accusations if accused else ()
    found: Checked = checked(statements, accusations, shown, places or standing_places(), article.language)
    if shown.left_out:
        found.refused.append(Refused(of="sentence", number=shown.left_out, code="not-shown"))
    return ModelAnswer(
        article=entry,
        endpoint=endpoint.address,
        model=endpoint.model,
        reported=log.reported,
        temperature=0,
        prompts=tuple(log.prompts),
        answers=tuple(log.answers),
        answers_cut=log.cut,
        proposals=tuple(found.proposals),
        refused=(*log.refused, *found.refused),
    )


def _asked(
    endpoint: Endpoint, shown: Shown, question: Question, schema: Mapping[str, Any], kind: type[A], log: _Log
) -> A | None:
    """Ask one question, once more where the answer has not the shape asked for; return None where it still has not."""
    first = messages(shown, question.removeprefix("asked-"), schema)
    for repair in (False, True):
        wanted = again(first, log.refused[-1].text) if repair else first
        try:
            said = ask(endpoint, wanted, schema)
        except Unusable as fault:
            log.prompts.append(hashlib.sha256(request(endpoint, wanted, schema)).hexdigest())
            log.answers.append("")
            log.refused.append(Refused(of=question, code=fault.code, params=fault.params))
            continue
        log.prompts.append(hashlib.sha256(said.request).hexdigest())
        log.answers.append(_kept(said.text))
        log.cut = log.cut or len(said.text) > KEPT
        log.reported = _kept(said.model)
        try:
            return kind.model_validate(_json(said.text))
        except ValidationError as error:
            one = error.errors(include_url=False, include_input=False)[0]
            log.refused.append(Refused(of=question, code="other-shape", params={"type": one["type"]}))
        except (ValueError, RecursionError):
            log.refused.append(Refused(of=question, code="no-json"))
    return None


def _json(text: str) -> Any:
    """Return the JSON of an answer; a code fence around it is taken off, nothing else is looked for."""
    said = text.strip()
    if said.startswith("```") and said.endswith("```") and len(said) > 6:
        said = said[3:-3].removeprefix("json")
    return json.loads(said, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _kept(text: str) -> str:
    """Return the beginning of *text*, without half characters, which no statement can hold."""
    return text[:KEPT].encode("utf-8", "replace").decode()
