"""A damaged file is refused with a sentence, or works: it never ends in another error."""

import random
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.model import TermsError
from parley.terms import assess_all, library_cases, library_names, library_text, load, load_cases, plain
from parley.terms.cases import incident

TEXTS = {name: library_text(name) for name in library_names()}
STORIES = {name: load_cases(library_cases(name) or "", name) for name in TEXTS}
WORDS = (
    "null",
    "[]",
    "{}",
    "0",
    "-1",
    "1e400",
    ".nan",
    "2031-02-30",
    "9999-12-31",
    "0001-01-01",
    "'x'",
    "true",
    "&a [*a]",
)


def damaged(text: str, dice: random.Random) -> str:
    """Return *text* with some lines dropped, doubled, swapped or indented, and some values replaced."""
    lines = text.splitlines()
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(lines))
        match dice.randrange(6):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[at])
            case 2:
                lines[at] = "  " + lines[at]
            case 3:
                lines[at] = re.sub(r": [^,}\]]+", f": {dice.choice(WORDS)}", lines[at], count=1)
            case 4:
                lines[at] = re.sub(r"\[([^\[\]]*)\]", f"[{dice.choice(WORDS)}]", lines[at], count=1)
            case 5:
                other = dice.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
        if not lines:
            return ""
    return "\n".join(lines)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.integers(0, 10**9))
def test_a_damaged_agreement_is_refused_with_a_sentence_or_works(name: str, seed: int) -> None:
    text = damaged(TEXTS[name], random.Random(seed))
    try:
        terms = load(text, "damaged.yaml")
    except TermsError as error:
        assert "Expected: " in str(error) or "is not a known" in str(error)
        return
    assert plain(terms)
    cases = STORIES[name]
    told = []
    for number, case in enumerate(cases.cases[:6], start=1):
        story = {key: value for key, value in {**cases.base, **case.facts}.items() if key != "known"}
        told.append(incident(terms, number, story))
    for assessment in assess_all(terms, told):
        assert all(answer.reasons.in_a_line for clause in assessment.clauses for answer in clause.accounts)
