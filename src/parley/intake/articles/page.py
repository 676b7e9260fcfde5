"""HTML → visible text, by trafilatura in a child process with limits; it is what an article's spans count in.

An empty result from bytes that are not empty is an error, never an empty article: libxml2 gives up silently on deep or
huge pages. Dates are read without the wall clock, so that the same page gives the same report on any day.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from parley.intake import confined
from parley.model import Cause, Input, InputError, Problem

MOST_TAGS = 60_000  # 20,000 paragraphs take 0.5 s, 200,000 take 51 s and 743 MB
SECONDS = 10
MEGABYTES = 512

_OPENS = re.compile(
    r"\s*(?:<\?xml\b[^>]*>\s*)?(?:<!--.{0,1000}?-->\s*)?<(?:!doctype\s+html|html|head|body|article|main|section|div|p"
    r"|h1|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[A-Za-z]")


_METADATA = Cause(code="metadata-of-page")


@dataclass(frozen=True)
class Page:
    """What an HTML page, or a mail, shows and says of itself; "" and None where it says nothing.

    `hidden` is what stands in it and a browser does not show; the captions are in `text` too; `quoted` is what a mail
    repeats of older ones. `basis`: what says when it was published.
    """

    text: str
    hidden: str = ""
    quoted: str = ""
    captions: tuple[str, ...] = ()
    title: str = ""
    published: date | None = None
    site: str = ""
    address: str = ""
    basis: Cause = _METADATA


def is_page(arrived: Input, text: str) -> bool:
    """Say whether *text* is HTML rather than plain text."""
    return bool(_OPENS.match(text)) or (
        arrived.name.lower().endswith((".html", ".htm", ".xhtml")) and bool(_TAG.search(text))
    )


def visible(arrived: Input, html: str) -> Page:
    """Return what *html* shows, hides and says of itself; raise InputError where no text can be had from it."""
    tags = len(_TAG.findall(html))
    if tags > MOST_TAGS:
        raise _error(arrived, "too-many-elements", most=MOST_TAGS, elements=tags)
    from parley.intake.articles.extraction import extract

    sent = html.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()
    said = json.loads(confined.call(extract, sent, seconds=SECONDS, megabytes=MEGABYTES, file=arrived.name))
    if said["untold"]:
        raise _error(arrived, "only-for-machines", said=said["untold"][:80])
    if not said["text"]:
        if said["hidden"]:
            raise _error(arrived, "only-hidden-text", hidden=said["hidden"][:80])
        raise _error(arrived, "no-visible-text", bytes=len(arrived.data))
    lines = {" ".join(line.split()) for line in said["text"].splitlines()}
    left_out = [caption for caption in dict.fromkeys(said["captions"]) if caption not in lines]
    return Page(
        text="\n\n".join((said["text"], *left_out)),
        hidden=said["hidden"],
        captions=tuple(said["captions"]),
        title=said["title"],
        published=_day(said["date"]),
        site=said["site"],
        address=_address(said["url"]),
    )


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words[:10])
    except ValueError:
        return None


def _address(words: str) -> str:
    try:
        return words if urlsplit(words).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _error(arrived: Input, code: str, **params: str | int) -> InputError:
    return InputError(Problem(file=arrived.name, code=code, params=params, kept="bytes-as-arrived"))
