"""What of an agreement may be shown to whom: confidential clauses, and the parts of the file that only they use.

Whoever may not see a clause sees its id and its digest. Of events, facts, lines, zones, sites and readings they see
those alone that a visible clause, the agreement as a whole, or another visible part uses; parties stay, since accounts
name them. All this is worked out on plain data, as a file gives it, so that it holds for the faults of a file that is
not valid too: what cannot be made out is not shown.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache, cached_property
from typing import Any

from parley.model import is_a, vocabulary
from parley.terms.language import Agreement
from parley.terms.language.faults import REFERENCES, Path, closest

USED = ("events", "facts", "lines", "zones", "sites", "readings")
"""The sections whose parts are shown where something that is shown uses them."""

_PROSE = frozenset(
    [
        "id",
        "says",
        "asks",
        "name",
        "also",
        "names",
        "title",
        "about",
        "why",
        "source",
        "note",
        "unset",
        "undefined",
        "uncertain",
        "settled_by",
        "declared_to",
        "judged_by",
        "set_by",
        "unit",
        "address",
        "published",
        "timezone",
        "role",
        "kind",
        "article",
        "salt",
    ]
)
"""Fields in which a word is no reference, whatever it is."""

Part = tuple[str, int]
"""A part: its section, and which one of it."""


class Veil:
    """What *reader*, a party's id, may not see of a file's *data*; None: what not everybody may see."""

    def __init__(self, data: Any, reader: str | None) -> None:
        self._data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        secret = {part for part in self._parts("clauses") if not _may_see(self._of(part), reader)}
        # A file so damaged that a mark of confidence stands outside the clauses shows nothing.
        marked = sum(_marked(self._of(part)) for part in self._parts("clauses"))
        self._all = sum(1 for _ in _marks(self._data)) > marked
        self.hidden: frozenset[Part] = frozenset()
        if secret:
            seen = [part for part in self._parts("clauses") if part not in secret]
            whole = {key: value for key, value in self._data.items() if key not in (*USED, "clauses")}
            used = self._reached([whole, *map(self._of, seen)], {*seen})
            every = {part for name in USED for part in self._parts(name)}
            self.hidden = frozenset(secret | (every - used))

    def __bool__(self) -> bool:
        return bool(self.hidden) or self._all

    def covers(self, path: Path) -> bool:
        """Say whether *path* leads into a part that may not be shown."""
        return self._all or path[:2] in self.hidden

    def reveals(self, text: str) -> bool:
        """Say whether *text* quotes a name, an id or other words of such a part."""
        return self._all or bool(self._words and self._words.search(text))

    @cached_property
    def _words(self) -> re.Pattern[str] | None:
        """Every text of the hidden parts that stands nowhere else in the file, as a whole word."""
        hidden = {text for part in self.hidden for _, text in _texts(self._of(part))}
        rest = {key: value for key, value in self._data.items() if key not in (*USED, "clauses")}
        seen = [part for name in (*USED, "clauses") for part in self._parts(name) if part not in self.hidden]
        shown = {text for one in (rest, *map(self._of, seen)) for _, text in _texts(one)}
        ids = {name for section, at in self.hidden if section == "clauses" and (name := _id(self._of((section, at))))}
        words = sorted(re.escape(text) for text in (hidden - shown - _closed()) | ids)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])") if words else None

    def used_by(self, part: Part) -> list[Part]:
        """Return the hidden parts that *part* uses, in the order of the sections."""
        reached = self._reached([self._of(part)], {part})
        return [(name, at) for name in USED for _, at in self._parts(name) if (name, at) in reached & self.hidden]

    def _parts(self, section: str) -> Iterator[Part]:
        found = self._data.get(section)
        yield from ((section, at) for at in range(len(found) if isinstance(found, list | tuple) else 0))

    def _of(self, part: Part) -> Any:
        return self._data[part[0]][part[1]]

    def _reached(self, seeds: Iterable[Any], clauses: Set[Part]) -> set[Part]:
        """Return *clauses* and the parts that *seeds* use, themselves or by others."""
        found = set(clauses)
        ids = {_id(self._of(part)) for part in clauses}
        ahead = list(seeds)
        for part in self._parts("readings"):
            named = _get(self._of(part), "clauses")
            if ids & set(_strings(named)) or (ids and not named):
                found.add(part)
                ahead.append(self._of(part))
        objects: set[str] = set()
        while ahead:
            for section, name in _references(ahead.pop()):
                if section == "objects":
                    objects.add(name)
                for part in self._parts(section) if section in USED else ():
                    if part not in found and _id(self._of(part)) == name:
                        found.add(part)
                        ahead.append(self._of(part))
        found |= {part for part in self._parts("sites") if _related(_get(self._of(part), "is"), objects)}
        return found


def seen_by(reader: str | None, agreement: Agreement) -> Agreement:
    """Return *agreement* without what *reader*, a party's id, may not see; None: without what not everybody may see."""
    veil = Veil(_plain(agreement), reader)
    if not veil:
        return agreement
    sections = {
        name: tuple(one for at, one in enumerate(getattr(agreement, name)) if (name, at) not in veil.hidden)
        for name in (*USED, "clauses")
    }
    return agreement.model_copy(update=sections)


def sealed(agreement: Agreement) -> dict[str, str]:
    """Return the digests of the confidential clauses, by id: SHA-256 of sorted JSON, the salt included.

    The digest is of the clause as the file gives it. Where parts of the file serve confidential clauses alone, it is of
    `{"clause": …, "parts": {SECTION: […]}}` with those that the clause uses, so that no part changes unseen either.
    """
    data = agreement.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    veil = Veil(data, None)
    digests = {}
    for at, clause in enumerate(agreement.clauses):
        if clause.confidential_to is None:
            continue
        told: dict[str, Any] = data["clauses"][at]
        parts: dict[str, list[Any]] = {}
        for section, nth in veil.used_by(("clauses", at)):
            parts.setdefault(section, []).append(data[section][nth])
        text = json.dumps({"clause": told, "parts": parts} if parts else told, sort_keys=True)
        digests[clause.id] = hashlib.sha256(text.encode()).hexdigest()
    return digests


def _plain(agreement: Agreement) -> dict[str, Any]:
    if all(clause.confidential_to is None for clause in agreement.clauses):
        return {}
    return agreement.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _may_see(clause: Any, reader: str | None) -> bool:
    """Say whether *reader* may see *clause*; of one with a misspelt key or a salt alone, nobody may."""
    if not isinstance(clause, Mapping):
        return True
    if "confidential_to" not in clause:
        return not _marked(clause)
    allowed = clause["confidential_to"]
    return allowed is None or reader in ([allowed] if isinstance(allowed, str) else _strings(allowed))


def _marked(part: Any) -> bool:
    """Say whether *part* has a key that makes it confidential, or seems to be meant for it."""
    return isinstance(part, Mapping) and any(key == "salt" or closest(str(key), ("confidential_to",)) for key in part)


def _marks(value: Any) -> Iterator[Any]:
    """Yield every part below *value* that is marked so, whatever it is."""
    ahead, met = [value], set[int]()
    while ahead:
        one = ahead.pop()
        if id(one) in met or not isinstance(one, Mapping | list | tuple):
            continue
        met.add(id(one))
        if _marked(one):
            yield one
        ahead += one.values() if isinstance(one, Mapping) else one


def _references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield each section of which something below *value* may name a part, and that part's id."""
    for key, text in _texts(value):
        if key == "objects" or key == "line":
            yield ("lines" if key == "line" else key), text
        elif key in REFERENCES:
            yield REFERENCES[key], text
        # A time that counts from an event: in a file in one text, in the model the key `event`.
        counted = _COUNTED.fullmatch(text) if key not in _PROSE else None
        if counted:
            yield "events", counted[1]


_COUNTED = re.compile(r"(?:end of day \d+ from )?([a-z0-9][a-z0-9.-]*)(?:\s*[+-]\s*\d+\s*\w+)?")


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """Yield every text below *value* with its key; each part once, so that one that holds itself ends too."""
    ahead, met = [("", value)], set[int]()
    while ahead:
        key, one = ahead.pop()
        if isinstance(one, str):
            yield key, one.strip()
        elif id(one) in met:
            continue
        elif isinstance(one, Mapping):
            met.add(id(one))
            # The keys below these are the file's own: whose zone it is, and in which language it is worded.
            field = {"for_party": "zone", "wording": "says"}.get(key)
            ahead += [(field or str(name), below) for name, below in one.items()]
        elif isinstance(one, list | tuple):
            met.add(id(one))
            ahead += [(key, below) for below in one]


def _related(kind: Any, objects: Set[str]) -> bool:
    """Say whether a site of *kind* may be one of *objects*."""
    known = vocabulary("object")
    return kind in known and any(is_a("object", kind, one) != "false" for one in objects if one in known)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        yield from (one for one in value if isinstance(one, str))


def _get(part: Any, key: str) -> Any:
    return part.get(key) if isinstance(part, Mapping) else None


def _id(part: Any) -> Any:
    found = _get(part, "id")
    return found if isinstance(found, str) else None


@cache
def _closed() -> frozenset[str]:
    """Return the words of the language itself: they tell nothing."""
    terms = (term for family in ("act", "means", "object", "exemption") for term in vocabulary(family))
    return frozenset(("", *terms, "prohibition", "prevention", "duty", "standard", "permission"))
