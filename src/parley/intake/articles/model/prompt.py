"""An article → what its text is shown as to a model: numbered sentences marked as data, and closed lists.

Marking data by what stands between its words ("spotlighting", arXiv 2403.14720) makes instructions in a text weaker,
not harmless: nothing rests on it but on the checks in `answers`.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from parley.intake.articles.names import Names
from parley.intake.articles.quotes import sentences_in
from parley.intake.articles.rules import rules
from parley.model import Article, DateMention, Span

VOICE = "a0"
NOBODY = "none"
ACTS = ("accuse", "deny", "criticise", "doubt", "request", "propose", "promise", "comment", "assert")
POLARITIES = ("asserted", "denied", "negated")

_MOST_SENTENCES = 120
_MOST_CHARACTERS = 20_000
_MARKS = ("^", "ˆ", "¤", "▁", "\ue000", "\ue001")


@dataclass(frozen=True)
class Sentence:
    """A sentence of the body: `start` in the article's text, its words, and the known names in it in text order."""

    start: int
    text: str
    names: tuple[str, ...]

    @property
    def span(self) -> Span:
        return Span(start=self.start, end=self.start + len(self.text))

    @cached_property
    def seen(self) -> tuple[str, Sequence[int]]:
        """What the model sees: unseen characters left out, blanks one; for each character its offset in `text`."""
        kept: list[str] = []
        at: list[int] = []
        for offset, sign in enumerate(self.text):
            if sign.isspace():
                if kept and kept[-1] != " ":
                    kept.append(" ")
                    at.append(offset)
            elif unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"):
                kept.append(sign)
                at.append(offset)
        return "".join(kept), at


@dataclass(frozen=True)
class Shown:
    """What a model is shown of one article, by the numbers under which it may name it."""

    sentences: Mapping[str, Sentence]
    actors: Mapping[str, str]
    days: Mapping[str, DateMention]
    left_out: int = 0

    @cached_property
    def mark(self) -> str:
        """A sign that stands for blanks and occurs nowhere in the text."""
        text = "".join(one.text for one in self.sentences.values())
        return next((sign for sign in _MARKS if sign not in text), _MARKS[0])

    @cached_property
    def fence(self) -> str:
        """Words that the text cannot hold: they are made of all of it."""
        text = "\n".join(one.text for one in self.sentences.values())
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]

    def marked(self, text: str) -> str:
        return text.replace(" ", self.mark)

    def unmarked(self, text: str) -> str:
        """Return *text* as a model may have copied it, with blanks for the marks."""
        return " ".join(text.replace(self.mark, " ").split())


def show(article: Article, names: Names, reverse: bool = False) -> Shown:
    """Return what is shown of *article*: visible body text only, what *names* know in it, days that the rules found.

    *reverse* numbers the actors the other way round: a probe, which must change no answer.
    """
    published = next((one.day for one in article.dates if one.role == "published"), None)
    blocks = [block for block in article.paragraphs if len(block.text) <= _MOST_CHARACTERS]
    full = names.full_names([block.text for block in blocks], article.language)
    found: list[Sentence] = []
    left_out = len(article.paragraphs) - len(blocks)
    size = 0
    for block in blocks:
        mentions = names.mentions(block.text, article.language, published, full)
        for start, end in sentences_in(block.text, article.language):
            size += end - start
            if len(found) >= _MOST_SENTENCES or size > _MOST_CHARACTERS:
                left_out += 1
                continue
            named = tuple(dict.fromkeys(one.name for one in mentions if start <= one.start < end))
            found.append(Sentence(block.span.start + start, block.text[start:end], named))
    actors = list(dict.fromkeys(name for one in found for name in one.names))
    if reverse:
        actors.reverse()
    days = [one for one in article.dates if one.evidence is not None]
    return Shown(
        {f"s{number}": one for number, one in enumerate(found, start=1)},
        {VOICE: article.source, **{f"a{number}": name for number, name in enumerate(actors, start=1)}},
        {f"d{number}": one for number, one in enumerate(days, start=1)},
        left_out,
    )


def messages(shown: Shown, question: str, schema: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the request for *question*, "says" or "accused"; the same article gives the same bytes."""
    texts = _texts()
    said = texts["common"].format(fence=shown.fence, mark=shown.mark) + "\n" + texts[question]
    said += f"\nAnswer with one JSON object of this schema and nothing else:\n{json.dumps(schema)}\n"
    actors = "".join(f"{number}: {name}\n" for number, name in shown.actors.items() if number != VOICE)
    days = "".join(f"{number}: {one.day.isoformat()}\n" for number, one in shown.days.items())
    sentences = "".join(f"{number} {shown.marked(one.seen[0])}\n" for number, one in shown.sentences.items())
    text = (
        f"Actors:\n{VOICE}: the article's own voice\n{actors}{NOBODY}: not in this list\n\n"
        f"Days:\n{days}{NOBODY}: not said\n\n{shown.fence}\n{sentences}{shown.fence}\n"
    )
    return [{"role": "system", "content": said}, {"role": "user", "content": text}]


def again(asked: Sequence[Mapping[str, str]], why: str) -> list[dict[str, str]]:
    """Return the same request once more, saying in our words *why* the first answer was refused."""
    return [*map(dict, asked), {"role": "user", "content": _texts()["again"].format(why=why)}]


def schema_says(shown: Shown) -> dict[str, Any]:
    """Return the JSON schema of the answer to the question "says"."""
    actor = {"enum": [*shown.actors, NOBODY]}
    return _list_of(
        "statements",
        {
            "sentence": {"enum": list(shown.sentences)},
            "evidence": {"type": "string"},
            "holder": actor,
            "act": {"enum": list(ACTS)},
            "accused": {"type": "array", "items": actor},
            "polarity": {"enum": list(POLARITIES)},
            "tellers": {"type": "array", "items": actor},
            "date": {"enum": [*shown.days, NOBODY]},
        },
    )


def schema_accused(shown: Shown) -> dict[str, Any]:
    """Return the JSON schema of the answer to the question "accused"."""
    actors = {"type": "array", "items": {"enum": [*shown.actors, NOBODY]}}
    sentence = {"enum": list(shown.sentences)}
    return _list_of("accusations", {"sentence": sentence, "accused": actors, "accusers": actors})


def _list_of(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    one = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {
        "title": name,
        "type": "object",
        "properties": {name: {"type": "array", "items": one}},
        "required": [name],
        "additionalProperties": False,
    }


def _texts() -> Mapping[str, str]:
    found: Mapping[str, str] = rules("model/prompt")
    return found
