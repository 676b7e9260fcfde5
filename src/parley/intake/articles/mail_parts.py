"""What a child process does with the bytes of one mail: header, text, and the files in it, by Python's `email`.

https://www.rfc-editor.org/rfc/rfc5322 and https://www.rfc-editor.org/rfc/rfc2045. Nothing is replaced or made up: what
the library had to mend is told as the mail's damage.
"""

import base64
import email
import json
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

from lxml import html

MOST_PARTS = 1000
MOST_DEPTH = 30

_QUOTING = (
    "//blockquote[@type='cite']",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' gmail_quote ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' moz-cite-prefix ')]",
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' yahoo_quoted ')]",
    "//*[@id='divRplyFwdMsg' or @id='appendonsend']/following-sibling::*",
    "//*[@id='divRplyFwdMsg' or @id='appendonsend']",
)
"""Where a mail in HTML repeats an older one, as programs mark it."""


class TooDeepError(Exception):
    """The parts of the mail are nested deeper than any program nests them, or too many."""


def parse(data: bytes) -> bytes:
    """Return what stands in the mail *data*, as JSON.

    `sender`, `domain`, `subject`, `sent` (ISO 8601, "" where it cannot be read); `body` in base64 with its `charset`,
    `page` whether it is HTML; `files` as `attachments.attachment` takes them; `damage`: what the library had to mend.
    """
    message = email.message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    leaves = list(_leaves(message, 0))
    body = _body(leaves)
    content = _content(body) if body else b""
    files = [_file(leaf) for leaf, _ in leaves if leaf is not body and not _says_the_same(leaf, body, leaves)]
    told = {
        **_header(message),
        "body": base64.b64encode(content).decode(),
        "charset": str(body.get_content_charset("")) if body else "",
        "page": body is not None and body.get_content_type() == "text/html",
        "files": files,
        "damage": sorted({type(defect).__name__ for part, _ in leaves for defect in part.defects} | _of_whole(message)),
    }
    return json.dumps(told).encode("utf-8", "backslashreplace")


Leaf = tuple[Any, frozenset[int]]
"""A part that holds no others, and which containers of alternatives hold it."""


def _leaves(part: Any, depth: int, choices: frozenset[int] = frozenset()) -> Iterator[Leaf]:
    if depth > MOST_DEPTH:
        raise TooDeepError
    if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
        if part.get_content_subtype() == "alternative":
            choices |= {id(part)}
        for inner in part.get_payload()[: MOST_PARTS + 1]:
            yield from _leaves(inner, depth + 1, choices)
    else:
        yield part, choices


def _body(leaves: list[Leaf]) -> Any:
    """Return the part that is the mail's own text: the first plain one that says something, else the first page."""
    if len(leaves) > MOST_PARTS:
        raise TooDeepError
    for wanted in ("text/plain", "text/html"):
        for leaf, _ in leaves:
            apart = leaf.is_attachment() or leaf.get_filename()
            if leaf.get_content_type() == wanted and not apart and _content(leaf).strip():
                return leaf
    return None


def _says_the_same(leaf: Any, body: Any, leaves: list[Leaf]) -> bool:
    """Say whether *leaf* is another form of the *body*, or an empty one."""
    of_body = next((choices for one, choices in leaves if one is body), frozenset())
    others = any(one is leaf and choices & of_body for one, choices in leaves)
    text = leaf.get_content_maintype() == "text" and not leaf.get_filename()
    return text and (others or not _content(leaf).strip())


def _content(part: Any) -> bytes:
    """Return the bytes of *part*, decoded from what the mail was sent in; of a mail inside, the mail's own."""
    if part.get_content_maintype() == "message" and isinstance(part.get_payload(), list):
        return b"\n".join(bytes(inner) for inner in part.get_payload())
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _file(part: Any) -> dict[str, str]:
    name = re.sub(r"[\ud800-\udfff]", "?", str(part.get_filename() or ""))
    data = base64.b64encode(_content(part)).decode()
    return {"name": name, "media_type": part.get_content_type(), "base64": data}


def _header(message: Any) -> dict[str, str]:
    return {
        "sender": _field(lambda: message["from"].addresses[0].display_name),
        "domain": _field(lambda: message["from"].addresses[0].domain),
        "subject": _field(lambda: " ".join(str(message["subject"] or "").split())),
        "sent": _field(lambda: message["date"].datetime.isoformat()),
    }


def _field(read: Any) -> str:
    """Return what *read* gives as text; "" where the field is not there, or not of the form that it should have."""
    try:
        return str(read() or "").encode("utf-8", "replace").decode()
    except Exception:  # whatever the library raises over a field that somebody broke
        return ""


def _of_whole(message: Any) -> set[str]:
    return {type(defect).__name__ for part in message.walk() for defect in part.defects}


def parted(data: bytes) -> bytes:
    """Return the page *data* (UTF-8) without what it repeats of older mails, and the text of that, as JSON."""
    page = re.sub(r"\A\s*<\?xml\b[^>]*>", "", data.decode())
    tree = html.document_fromstring(page, parser=html.HTMLParser(huge_tree=False))
    said = []
    for path in _QUOTING:
        for element in tree.xpath(path):
            if element.getparent() is not None and element.tag != "body":
                text = "\n".join(line for line in (one.strip() for one in element.itertext(with_tail=False)) if line)
                element.drop_tree()
                said += [text] if text else []
    text = " ".join(tree.text_content().split())
    whole = html.tostring(tree, encoding="unicode") if said else page
    return json.dumps({"page": whole, "quoted": "\n\n".join(said), "text": text}).encode()
