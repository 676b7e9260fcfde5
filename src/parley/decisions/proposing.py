"""What a user's own model proposes for articles of a centre, recorded beside what the rules propose."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from parley.centre.folder import Centre, now
from parley.centre.statements import state
from parley.current import follow
from parley.intake.articles.model.asking import propose_by_model
from parley.intake.articles.model.endpoint import Endpoint
from parley.intake.articles.names import with_parties
from parley.job import party_names
from parley.model import Article, ModelAnswer, ModelError, RecordedAnswer, RecordedReport


def articles(centre: Centre, entries: Collection[int], model: str) -> list[RecordedReport]:
    """Return the articles at *entries*; without any, all that *model* was not asked about yet.

    Raises:
        ModelError: an entry is no article.
    """
    there: dict[int, RecordedReport] = {}
    asked: set[int] = set()
    for one in centre.stated():
        if isinstance(one.says, RecordedReport) and isinstance(one.says.report, Article):
            there[one.entry] = one.says
        elif isinstance(one.says, ModelAnswer) and one.says.model == model:
            asked.add(one.says.article)
    for entry in entries:
        if entry not in there:
            raise ModelError(f"entry {entry} is no article; `parley review FOLDER --all` lists those that are")
    return [recorded for entry, recorded in there.items() if entry in entries or (not entries and entry not in asked)]


def propose(
    centre: Centre, endpoint: Endpoint, chosen: Collection[RecordedReport], clock: Callable[[], datetime] = now
) -> Iterator[RecordedAnswer]:
    """Ask about each article and record the answer at once, so that what was asked is kept where a later one fails."""
    names = with_parties(party_names(centre))
    for recorded in chosen:
        assert isinstance(recorded.report, Article)
        answer = propose_by_model(endpoint, recorded.entry, recorded.report, names)
        at = clock()
        (appended,) = centre.record.append([state("model-proposal", answer)], at=at)
        yield RecordedAnswer(entry=appended.index, received_at=at, answer=answer)


def shown(centre: Centre) -> None:
    """Write the views again, with what was proposed."""
    follow(centre)
