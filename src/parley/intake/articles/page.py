"""HTML → visible text, through trafilatura, within limits of size; the text is what an article's spans count in.

An empty result from bytes that are not empty is an error, never an empty article: libxml2 gives up silently on deep or
huge pages. Dates are read without the wall clock, so that the same page gives the same report on any day.
"""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from parley.intake.articles.decoding import KEPT
from parley.model import Input, InputError, Problem

MOST_TAGS = 60_000  # 20,000 paragraphs take 0.5 s, 200,000 take 51 s and 743 MB

_OPENS = re.compile(
    r"\s*(?:<\?xml\b[^>]*>\s*)?(?:<!--.{0,1000}?-->\s*)?<(?:!doctype\s+html|html|head|body|article|main|section|div|p"
    r"|h1|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[A-Za-z]")


@dataclass(frozen=True)
class Page:
    """What an HTML page shows and says of itself; "" and None where it says nothing."""

    text: str
    title: str = ""
    published: date | None = None
    site: str = ""
    address: str = ""


def is_page(arrived: Input, text: str) -> bool:
    """Say whether *text* is HTML rather than plain text."""
    return bool(_OPENS.match(text)) or (
        arrived.name.lower().endswith((".html", ".htm", ".xhtml")) and bool(_TAG.search(text))
    )


def visible(arrived: Input, html: str) -> Page:
    """Return the visible text of *html* and its metadata; raise InputError where no text can be had from it."""
    tags = len(_TAG.findall(html))
    if tags > MOST_TAGS:
        raise _error(arrived, f"a page of at most {MOST_TAGS:,} elements", f"{tags:,} elements")
    from trafilatura import bare_extraction

    # A declaration would contradict the text, which is decoded already; lxml refuses such strings.
    html = re.sub(r"\A\s*<\?xml\b[^>]*>", "", html)
    try:
        document = bare_extraction(
            html,
            with_metadata=True,
            include_comments=False,
            date_extraction_params={"original_date": True, "extensive_search": False, "max_date": "9999-12-31"},
        )
    except Exception as error:  # whatever a hostile page sets off in the extractor, the process goes on
        raise _error(arrived, "a page whose text can be extracted", f"{type(error).__name__} while reading") from error
    text = (getattr(document, "text", None) or "").strip()
    if not text:
        raise _error(arrived, "a page with visible text", f"no text in {len(arrived.data):,} bytes")
    said = {name: str(getattr(document, name, None) or "") for name in ("title", "date", "sitename", "url")}
    return Page(text, said["title"].strip(), _day(said["date"]), said["sitename"].strip(), _address(said["url"]))


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


def _error(arrived: Input, expected: str, found: str) -> InputError:
    return InputError(Problem(file=arrived.name, expected=expected, found=found, kept=KEPT))
