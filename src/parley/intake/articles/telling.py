"""One verb of a sentence → who told what to whom, by the word order of the language; None where that is not certain."""

from parley.intake.articles import arabic, russian, subject_first
from parley.intake.articles.phrases import after
from parley.intake.articles.sentence import Sentence, Told
from parley.intake.articles.verbs import Verb


def told(sentence: Sentence, verb: Verb) -> Told | None:
    """Return the statement that *verb* tells of, None where the rules are not sure who makes it.

    A question tells of nothing, and neither does what stands under a condition.
    """
    if not verb.acts or asks(sentence) or supposes(sentence, verb):
        return None
    if sentence.grammar.language == "ar":
        return arabic.told(sentence, verb)
    if sentence.grammar.language == "ru":
        return russian.told(sentence, verb)
    if "according" in verb.acts:
        holder = sentence.who(after(sentence.tokens, sentence.beyond(verb), sentence.grammar))
        return Told(verb, "comment", (holder,), closing=True) if holder else None
    return subject_first.told(sentence, verb)


def asks(sentence: Sentence) -> bool:
    """Say whether the sentence, its quotations apart, is a question."""
    return sentence.text.rstrip().endswith(("?", "؟"))


def supposes(sentence: Sentence, verb: Verb) -> bool:
    """Say whether the verb's clause, between commas, holds a word such as "if", or the sentence begins with one."""
    opening = sentence.tokens[0].start if sentence.tokens else sentence.start
    if sentence.grammar.pattern("conditionals").match(sentence.text, opening) and "accuse" in verb.acts.values():
        return True
    start = max(sentence.text.rfind(mark, 0, verb.start) for mark in ",;،؛:") + 1
    ends = [at for mark in ",;،؛" if (at := sentence.text.find(mark, verb.end)) >= 0]
    return bool(
        sentence.grammar.pattern("conditionals").search(sentence.text, start, min(ends, default=len(sentence.text)))
    )
