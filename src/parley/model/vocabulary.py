"""The terms of the vocabulary: how they contain one another, and what one says of others (data: `vocabulary.yaml`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from parley.model.assessment import Truth
from parley.packaged import packaged


@dataclass(frozen=True)
class Term:
    """A term of the vocabulary.

    Args:
        text: the term for readers.
        wider: all wider terms, transitively.
        calibre_mm: the calibre of a named system.
        aspect: the one side of a happening that the term is about.
        raises: of an object, the aspects of which an act on it makes people ask.
        also: words that people write for it, none of which is a term.
        counted: whether its text takes an article.
    """

    name: str
    text: str
    wider: frozenset[str]
    calibre_mm: float | None = None
    aspect: str = ""
    raises: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()
    counted: bool = False

    @property
    def named(self) -> str:
        """The term as it stands in a sentence: "an attack", "shelling"."""
        return f"{'an' if self.text[0] in 'aeiou' else 'a'} {self.text}" if self.counted else self.text


@dataclass(frozen=True)
class Aspect:
    """A side of a happening, of which it has several: use of force, presence, access, and so on.

    Of an `exclusive` aspect two acts exclude each other where neither contains the other. `excludes` names the aspects
    of which nothing happened where this one is claimed.
    """

    text: str
    exclusive: bool
    excludes: frozenset[str]


FAMILIES = ("act", "means", "object", "done", "exemption")
"""The attributes whose names are terms; those of the others are names, of which none contains another."""


@cache
def _data() -> Mapping[str, Mapping[str, Any]]:
    read: Mapping[str, Mapping[str, Any]] = packaged("parley.model", "vocabulary.yaml")
    return read


@cache
def vocabulary(family: str) -> Mapping[str, Term]:
    """Return the terms of *family*, one of `FAMILIES`, by name; raise KeyError for another family."""
    raw, also = _data()[family], _data()["also"].get(family, {})

    def wider(name: str) -> frozenset[str]:
        direct = raw[name].get("is", [])
        return frozenset(direct).union(*(wider(parent) for parent in direct))

    return {
        name: Term(
            name,
            entry["text"],
            wider(name),
            entry.get("calibre_mm"),
            entry.get("aspect", family),
            frozenset(entry.get("raises", ())),
            tuple(also.get(name, ())),
            name in _data()["counted"].get(family, ()),
        )
        for name, entry in raw.items()
    }


def nearest(family: str, said: str) -> str | None:
    """Return the term of *family* that *said* may be meant for, by its name, its text or another word for it."""
    words = {word.casefold(): term.name for term in vocabulary(family).values() for word in (*term.also, term.text)}
    words |= {name: name for name in vocabulary(family)}
    near = get_close_matches(said.strip().casefold(), words, n=1, cutoff=_ALIKE)
    return words[near[0]] if near else None


_ALIKE = 0.8
"""How alike two words are (difflib's ratio): a letter or two off, and not another word that only rhymes."""


def known_term(family: str, name: str) -> str:
    """Return *name*; raise ValueError where it is no term of *family*."""
    if name not in vocabulary(family):
        raise ValueError(f"{name!r} is no term of {family}")
    return name


@cache
def aspects() -> Mapping[str, Aspect]:
    """Return the aspects of acts by name."""
    return {
        name: Aspect(entry["text"], entry.get("exclusive", False), frozenset(entry.get("excludes", ())))
        for name, entry in _data()["aspect"].items()
    }


def is_a(family: str, said: str, asked: str) -> Truth:
    """Say whether what is called *said* is an *asked*: true, false, or unknown where *said* is the wider term.

    Raises KeyError where either is not in the family.
    """
    terms = vocabulary(family)
    if said == asked or asked in terms[said].wider:
        return "true"
    return "unknown" if said in terms[asked].wider else "false"


@cache
def narrower(family: str, name: str) -> frozenset[str]:
    """Return *name* and every term that it contains."""
    return frozenset(term.name for term in vocabulary(family).values() if name == term.name or name in term.wider)


@cache
def follows(family: str, name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return which terms of *family* are so, and which are not, where *name* is; it is silent about all others.

    Raises KeyError where *name* is not in the family.
    """
    terms = vocabulary(family)
    so = terms[name].wider | {name}
    denied: set[str] = set()
    for one in so:
        exclusive = family != "act" or aspects()[terms[one].aspect].exclusive
        for other in terms.values():
            beside = exclusive and other.aspect == terms[one].aspect
            if beside and other.name not in narrower(family, one) and other.name not in terms[one].wider:
                denied.add(other.name)
            if family == "act" and other.aspect in aspects()[terms[one].aspect].excludes:
                denied.add(other.name)
    return so, frozenset(denied) - so


def exclude_each_other(family: str, one: str, other: str) -> bool:
    """Say whether *one* and *other*, terms of *family*, cannot both be so."""
    return other in follows(family, one)[1] or one in follows(family, other)[1]


@cache
def aspects_of(act: str) -> frozenset[str]:
    """Return the aspects of which a claim of *act* speaks: its own, and those of what it also is."""
    terms = vocabulary("act")
    return frozenset(terms[name].aspect for name in (act, *terms[act].wider))


@cache
def means_of(act: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the means that an *act* always has, and those that it never has, in every term that each contains."""
    raw, terms = _data()["act"], vocabulary("act")
    named = [raw[name] for name in (act, *sorted(terms[act].wider))]
    has = {wider for entry in named for name in entry.get("has", ()) for wider in follows("means", name)[0]}
    without = {low for entry in named for name in entry.get("without", ()) for low in narrower("means", name)}
    return frozenset(has), frozenset(without - has)


def raised_by(objects: Iterable[str]) -> frozenset[str]:
    """Return the aspects of which acts on *objects* make people ask."""
    terms = vocabulary("object")
    return frozenset(one for name in objects for wide in (name, *terms[name].wider) for one in terms[wide].raises)
