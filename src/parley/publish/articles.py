"""Articles of the day: who told it, and what awaits review. At most one sentence of each statement is quoted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from parley.model import Article, Reviewed, as_proposed
from parley.publish.daily import ArticleOfDay, Decided, Statement
from parley.publish.local_days import published_on

_SENTENCE_END = re.compile(r"[.!?…。！？؟۔][\"'”’»›)\]]*(?=\s+[^\sa-z])")
_ABBREVIATION = re.compile(r"(?:^|[\s(.])(?:[^\W\d_]|[A-Z][a-z]{1,2})\.$")  # J. Smith, Mr. Smith, Gen. Smith
_MOST_WORDS = 80


def article_of_day(
    entry: int,
    article: Article,
    origins: Mapping[int, int],
    timezone: ZoneInfo,
    reviewed: Sequence[Reviewed] = (),
) -> ArticleOfDay:
    """Return what a daily report shows of *article*; *origins* says which articles are copies of one telling.

    *reviewed* are its proposals with what people decided; without them, all wait.
    """
    copies = (other for other, first in origins.items() if first == origins.get(entry) and other != entry)
    return ArticleOfDay(
        entry=entry,
        source=article.source,
        headline=article.headline,
        language=article.language,
        published=published_on(article, timezone),
        citation=article.citation,
        chain=article.chain,
        copies=tuple(copies),
        flags=article.flags,
        statements=tuple(_statement(article, one) for one in reviewed or _waiting(entry, article)),
    )


def first_sentence(text: str) -> tuple[str, bool]:
    """Return the first sentence of *text* and whether anything was left out. A sentence of 80 words is cut there."""
    for end in _SENTENCE_END.finditer(text):
        if not (end.group().startswith(".") and _ABBREVIATION.search(text[: end.start() + 1])):
            sentence = text[: end.end()]
            break
    else:
        sentence = text
    words = list(re.finditer(r"\S+", sentence))
    if len(words) > _MOST_WORDS:
        sentence = sentence[: words[_MOST_WORDS - 1].end()]
    return sentence.strip(), sentence.strip() != text.strip()


def _waiting(entry: int, article: Article) -> Iterator[Reviewed]:
    for number, proposal in enumerate(article.proposals, start=1):
        yield Reviewed(
            article=entry,
            stands_at=entry,
            number=number,
            proposal=proposal,
            state="proposed",
            needed=proposal.reviewers_needed,
        )


def _statement(article: Article, reviewed: Reviewed) -> Statement:
    proposal = reviewed.proposal
    try:
        evidence, shortened = first_sentence(article.quote(proposal.evidence))
    except ValueError:  # a span outside the text shows as no evidence, which the page says
        evidence, shortened = "", True
    return Statement(
        id=reviewed.id,
        made_by=reviewed.made_by,
        state=reviewed.state,
        decided=tuple(
            Decided(
                entry=one.entry,
                role=one.review.role,
                decision=one.review.decision,
                reason=one.review.reason,
            )
            for one in reviewed.standing
        ),
        reading=_reading(reviewed),
        report=reviewed.report,
        holder=proposal.holder,
        act=proposal.act,
        addressee=proposal.addressee,
        accused=proposal.accused,
        polarity=proposal.polarity,
        between=proposal.between,
        tellers=proposal.tellers,
        hedges=proposal.hedges,
        evidence=evidence,
        shortened=shortened,
        quoted=proposal.quoted,
        time=proposal.time,
        places=tuple(dict.fromkeys(f"{one.said}: {one.name}?" for one in proposal.places)),
        reviewers_needed=reviewed.needed,
    )


def _reading(reviewed: Reviewed) -> str:
    """Return what people take the words to say, where that is not what was proposed."""
    said = reviewed.reading
    if said is None or said == as_proposed(reviewed.proposal):
        return ""
    whom = ", ".join(said.accused) or said.addressee or ""
    words = f"{said.holder}: {said.act} {whom}".strip()
    claims = "; ".join(f"{claim.attribute}: {claim.said}" for claim in said.claims)
    return words + (f"; {said.polarity}" if said.polarity != "asserted" else "") + (f" ({claims})" if claims else "")
