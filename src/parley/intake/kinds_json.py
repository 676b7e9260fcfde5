"""What the JSON of a file is: features of a map, a chat, reports from the field, a list of ACLED or UCDP, or other."""

import re

from parley.intake.faults import Unreadable
from parley.intake.text.json_text import Part, fields, items, parts

_STRING = r"\"(?:[^\"\\\n]|\\.){0,2000}\""
_BEGINS = re.compile(
    rf"\x1e?\s*(?:(?:\[\s*)*\{{\s*(?:{_STRING}\s*:|\}}\s*\Z)|(?:\[\s*)+{_STRING}\s*[,\]]|\[[\[\]{{}},\s]{{2,}}"
    r"|\[\s*(?:-?\d[\d.]*\s*,\s*){3})"
)
_SIGNS = tuple(
    (kind, tuple(map(re.compile, signs)))
    for kind, *signs in (
        ("telegram", r'"messages"\s*:\s*\[', r'"date_unixtime"|"from_id"|"type"\s*:\s*"message"'),
        ("telegram", r'"chats"\s*:\s*\{\s*"(?:about|list)"'),
        ("signal", r'"(?:sourceUuid|sourceServiceId|conversationId|chatItem)"\s*:|"envelope"\s*:\s*\{\s*"source'),
        ("geojson", r'"type"\s*:\s*"Feature(?:Collection)?"|"features"\s*:\s*\['),
        ("geojson", r'"coordinates"\s*:\s*\[', r'"type"\s*:\s*"(?:Multi)?(?:Point|LineString|Polygon)"'),
        ("acled", r'"event_id_cnty"'),
        ("ucdp-ged", r'"type_of_violence"'),
        ("hxl", r'\[\s*"#[a-z]+[+"]'),
    )
)
"""For each kind the signs that all show in it."""
_MOST_MEMBERS = 20


def looks_like_json(begin: str) -> bool:
    """Say whether *begin* starts like JSON, and not like a text that starts with a bracket."""
    return bool(_BEGINS.match(begin))


def kind_of_json(begin: str) -> str:
    """Return the kind of a file that starts with *begin*, JSON that may be cut off."""
    for kind, signs in _SIGNS:
        if all(sign.search(begin) for sign in signs):
            return kind
    return "field" if _of_reports(begin) else "json"


def _is_row(begin: str, part: Part) -> bool:
    """Say whether *part* is a list of cells, of several and among them a text: a row of a table."""
    try:
        cells = items(begin, part) if begin.startswith("[", part.start) else []
    except Unreadable:
        return False
    return len(cells) > 1 and any(isinstance(one.value, str) for one in cells)


def _of_reports(begin: str) -> bool:
    """Say whether any of the first objects is mostly made of the fields of a report, or none can be told apart."""
    from parley.intake.channels.field import KNOWN

    told = False
    for number, part in enumerate(parts(begin)):
        if number == _MOST_MEMBERS:
            break
        try:
            names = fields(begin, part).keys()
        except Unreadable:
            if _is_row(begin, part):
                return False
            continue
        told = True
        if 2 * len(names & set(KNOWN)) >= len(names):
            return True
    return not told
