"""How much of an article waits for two people: the price of the trip wire, which is told wherever articles are."""

from dataclasses import dataclass

from parley.intake.articles.quotes import sentences_in
from parley.model import Article

TOLD = ("headline", "body", "caption")
"""The kinds of blocks whose sentences tell something."""


@dataclass(frozen=True)
class Share:
    """Of *sentences* that tell something, how many wait for two people."""

    by_two: int = 0
    sentences: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(self.by_two + other.by_two, self.sentences + other.sentences)


def share(article: Article) -> Share:
    """Return how many sentences of *article* wait for two people by what the rules propose, and how many there are."""
    evidence = [one.evidence for one in article.proposals if one.reviewers_needed > 1]
    spans = [
        (block.span.start + start, block.span.start + end)
        for block in article.blocks
        if block.kind in TOLD
        for start, end in sentences_in(block.text, article.language)
    ]
    by_two = sum(any(one.start < end and start < one.end for one in evidence) for start, end in spans)
    return Share(by_two, len(spans))
