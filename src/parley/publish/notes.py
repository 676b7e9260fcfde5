"""The reasons of a page as numbered notes: each is said once, as a sentence, however many answers rest on it."""

from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from parley.model import ClauseAnswer, Crux, Reason, visible
from parley.publish.answers import asks as asks_of
from parley.publish.words import sentence, truth


class Notes:
    """The statements on which the answers of one page rest, numbered in the order in which they are first needed."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def sentences(self) -> list[str]:
        """Return every note so far as a sentence, the first first."""
        return [f"{sentence(said)}." for said in self._numbers]

    def of(self, *answers: ClauseAnswer) -> Markup:
        """Return the numbers of the statements that decide *answers*, as in "notes 1 to 3 and 7"."""
        return self._links([said for one in answers for said in one.reasons.because])

    def settled_by(self, crux: Crux) -> Markup:
        """Return the numbers of the statements that say what would settle each question of *crux*."""
        asks = zip(asks_of(crux), crux.settled_by, strict=False)
        return self._links([f"“{ask}” would be settled by {evidence}" for ask, evidence in asks])

    def steps(self, reasons: Iterable[Reason]) -> Markup:
        """Return steps of reasoning as a list, each with its notes; those with steps below them open on demand."""
        return _LIST + Markup().join(map(self._step, reasons)) + Markup("</ul>")

    def _step(self, one: Reason) -> Markup:
        # joined, not formatted: a day has thousands of steps; what is no Markup is escaped here too
        said = Markup().join((visible(sentence(one.says)), ": ", truth(one.truth), " ", self._links(one.because)))
        if one.parts:
            parts = (
                Markup("<details><summary>"),
                said,
                Markup("</summary>"),
                self.steps(one.parts),
                Markup("</details>"),
            )
            said = Markup().join(parts)
        return Markup().join((Markup("<li>"), said, Markup("</li>\n")))

    def _links(self, statements: Sequence[str]) -> Markup:
        numbers = sorted({self._numbers.setdefault(one, len(self._numbers) + 1) for one in statements})
        if not numbers:
            return Markup()
        shown = [_link(first, last) for first, last in _runs(numbers)]
        noun = "note" if len(numbers) == 1 else "notes"
        return Markup('<span class="notes-of">{} {}</span>').format(noun, Markup(", ").join(shown))


_LIST = Markup('<ul class="reasons">')


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of every run of *numbers*, which rise."""
    first = last = numbers[0]
    for one in numbers[1:]:
        if one != last + 1:
            yield first, last
            first = one
        last = one
    yield first, last


def _link(first: int, last: int) -> Markup:
    links = [Markup('<a href="#note-{0}">{0}</a>').format(one) for one in dict.fromkeys((first, last))]
    between = Markup(" to ") if last > first + 1 else Markup(", ")
    return between.join(links)
