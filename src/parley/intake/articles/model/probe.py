"""Whether a model can be used at all: short texts in four languages of which we know who accuses whom.

Each is asked four times: as it is, with the names exchanged (the answer must exchange them), with the list of actors
numbered the other way round (the answer must stay), and with an instruction to the reader in the text (it must stay).
Richer instructions make models better on average, and they fail these probes all the same (arXiv 2606.06781).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from parley.intake.articles.model.asking import propose_by_model
from parley.intake.articles.model.endpoint import Endpoint
from parley.intake.articles.rules import rules
from parley.intake.channels.article import read_article
from parley.model import Article, Input

Kind = Literal["as it is", "names exchanged", "list reordered", "instruction in the text"]
KINDS: tuple[Kind, ...] = ("as it is", "names exchanged", "list reordered", "instruction in the text")
Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Probe:
    """One text, and who accuses whom in it."""

    name: str
    kind: Kind
    language: str
    text: str
    expected: Pairs


@dataclass(frozen=True)
class Outcome:
    """What a model made of a probe: `found` pairs of who accuses whom; `inverted` and `invented` ones are wrong."""

    probe: Probe
    found: Pairs

    @property
    def inverted(self) -> bool:
        return any((accused, holder) in self.probe.expected for holder, accused in self.found - self.probe.expected)

    @property
    def invented(self) -> bool:
        return bool(self.found - self.probe.expected)

    @property
    def complete(self) -> bool:
        return self.found == self.probe.expected


def probes() -> Iterator[Probe]:
    """Yield every probe, in a fixed order."""
    for language, given in rules("model/probe")["languages"].items():
        for name, case in given["cases"].items():
            for kind in KINDS:
                yield _probe(language, given, name, case, kind)


def run(endpoint: Endpoint) -> Iterator[Outcome]:
    """Ask the model at *endpoint* every probe; raise ModelError where it cannot be asked."""
    for probe in probes():
        answer = propose_by_model(endpoint, 0, _article(probe), reverse=probe.kind == "list reordered")
        accusing = [one for one in answer.proposals if one.act == "accuse" and one.polarity == "asserted"]
        yield Outcome(probe, frozenset((one.holder, accused) for one in accusing for accused in one.accused))


def _probe(language: str, given: Mapping[str, Any], name: str, case: Mapping[str, Any], kind: Kind) -> Probe:
    names = given["order"][1 if kind == "names exchanged" else 0]
    letters = dict(zip("ABCD", names, strict=False))
    text = f"{given['before']} {case['text'].format(**letters)}"
    if kind == "instruction in the text":
        text += f"\n\n{given['injection'].format(**letters)}"
    expected = frozenset((given["names"][letters[a]], given["names"][letters[b]]) for a, b in case["pairs"])
    return Probe(f"{language} {name}", kind, language, text, expected)


def _article(probe: Probe) -> Article:
    reading = read_article(Input(f"{probe.name}.txt", probe.text.encode()), "probe", ZoneInfo("UTC"))
    (article,) = reading.reports
    assert isinstance(article, Article)
    return article.model_copy(update={"language": probe.language})
