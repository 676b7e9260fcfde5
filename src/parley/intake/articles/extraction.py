"""What a child process does with an HTML page: its visible text, its captions, and what is in it but cannot be seen.

Text that cannot be seen is what the page holds and a browser does not show: hidden by an attribute, by a style of the
element or of its class, folded away, or in a template. It is never dropped: a bulletin with hidden words is a finding.
A page that hides nothing worth a sentence is extracted once, the others a second time with everything in them.
What a page tells machines (JSON-LD) says when it was published and by whom; an article that stands only there is not
read, for nobody sees it: that is told.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import trafilatura
from lxml import etree, html

MOST_HIDDEN = 20_000
"""Characters of hidden text that are kept."""

_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*\.?0+\s*(?:;|!|$)"
    r"|font-size\s*:\s*0*\.?0+(?:px|pt|em|rem|%)?\s*(?:;|!|$)|(?:left|top|right|text-indent)\s*:\s*-\d{3,}"
    r"|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%|(?:^|[;{\s])(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_WHITE = ("white", "#fff", "#ffffff", "rgb(255,255,255)")
_RULE = re.compile(r"([^{}@]{1,300})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?(?:[.#][\w-]+)+", re.IGNORECASE)
_WORD = re.compile(r"\w{2,}")
_ENOUGH_WORDS = 4
_ARTICLE = re.compile("Article|Posting|Report")
_TEXTS = ("articleBody", "text", "description")
_NO_TEXT = frozenset({"script", "style", "noscript", "head", "svg", "iframe", "object"})


def extract(data: bytes) -> bytes:
    """Return what the HTML page *data* (UTF-8) holds, as JSON.

    text, title, date, site, url, captions, hidden; `untold`: what an article says that stands only in JSON-LD.
    """
    page = data.decode()
    # A declaration would contradict the text, which is decoded already; lxml refuses such strings.
    page = re.sub(r"\A\s*<\?xml\b[^>]*>", "", page)
    tree = html.document_fromstring(page, parser=html.HTMLParser(huge_tree=False))
    hidden = _take_out(tree)
    written = _drop_code(tree)
    captions = [" ".join(one.text_content().split()) for one in tree.iter("figcaption")]
    found = _document(tree)
    seen = _lines(found["text"])
    unseen: list[str] = []
    if any(len(_WORD.findall(one)) >= _ENOUGH_WORDS for one in hidden):
        whole = _document(html.document_fromstring(_with_all(page)))["text"]
        unseen = [line for line in whole.splitlines() if _key(line) and _key(line) not in seen]
        said = "\n".join(map(_key, unseen))
        unseen += [one for one in hidden if len(_WORD.findall(one)) >= _ENOUGH_WORDS and _key(one) not in said]
    text = "\n".join(dict.fromkeys(one.strip() for one in unseen if _key(one) not in seen))[:MOST_HIDDEN]
    untold = _untold(written, found["text"])
    answer = {**found, "captions": [one for one in captions if one], "hidden": text, "untold": untold}
    return json.dumps(answer, ensure_ascii=True).encode()


def _document(tree: Any) -> dict[str, str]:
    head = tree.find("head")
    if head is not None:  # the search for an author, whom nobody asks for, ends where one is named
        head.insert(0, html.Element("meta", name="author", content="not asked"))
    document = trafilatura.bare_extraction(
        tree,
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"original_date": True, "extensive_search": False, "max_date": "9999-12-31"},
    )
    names = {"text": "text", "title": "title", "date": "date", "site": "sitename", "url": "url"}
    return {name: str(getattr(document, theirs, None) or "").strip() for name, theirs in names.items()}


def _take_out(tree: Any) -> list[str]:
    """Take what cannot be seen out of *tree*; return its texts, those of scripts and styles not among them."""
    styles = _hiding_classes(tree)
    taken = []
    for element in list(tree.iter(etree.Element)):
        if element.getparent() is None or element.tag in _NO_TEXT or element.tag == "body":
            continue
        if _is_unseen(element, styles):
            text = " ".join(" ".join(element.itertext(with_tail=False)).split())
            if text:
                taken.append(text[:MOST_HIDDEN])
            element.drop_tree()
    return taken


def _drop_code(tree: Any) -> str:
    """Drop scripts and styles from *tree*, which is searched many times over, but for what a page says of itself.

    Return the longest text of an article in that, which is taken out.
    """
    texts = [""]
    for element in list(tree.iter("script", "style")):
        said = None
        if element.get("type", "").strip().lower() == "application/ld+json":
            with suppress(ValueError, RecursionError):
                said = json.loads(element.text or "")
                texts += _taken_from(said)
        if said is None:
            element.drop_tree()
        else:
            element.text = json.dumps(said)
    return max(texts, key=len)


def _taken_from(said: Any) -> Iterator[str]:
    """Take the texts of articles out of what a page says of itself; yield them."""
    for part in list(said.values()) if isinstance(said, dict) else said if isinstance(said, list) else ():
        yield from _taken_from(part)
    if isinstance(said, dict) and _ARTICLE.search(str(said.get("@type", ""))):
        yield from (text for name in _TEXTS if isinstance(text := said.pop(name, None), str))


def _untold(written: str, shown: str) -> str:
    """Return the beginning of *written*, an article for machines, where the page shows less, and no line of it."""
    words = _key(written)
    lines = [line for line in _keys(shown) if len(line.split()) >= _ENOUGH_WORDS]
    less = len(words) > len(_key(shown))
    return written[:MOST_HIDDEN] if less and not any(line in words for line in lines) else ""


def _is_unseen(element: Any, hiding: frozenset[str]) -> bool:
    if element.tag == "template" or "hidden" in element.attrib:
        return True
    if element.getparent().tag == "details" and "open" not in element.getparent().attrib and element.tag != "summary":
        return True
    style = element.get("style", "")
    if style and (_UNSEEN.search(style) or _white_on_white(element, style)):
        return True
    names = {f".{name}" for name in element.get("class", "").split()} | {f"#{element.get('id')}"}
    return not names.isdisjoint(hiding)


def _white_on_white(element: Any, style: str) -> bool:
    colour = _COLOUR.search(style)
    if not colour:
        return False
    ink = colour[1].replace(" ", "").lower()
    for one in (element, *element.iterancestors()):
        ground = _BACKGROUND.search(one.get("style", ""))
        if ground:
            return ground[1].replace(" ", "").lower() in ({*_WHITE} if ink in _WHITE else {ink})
    return ink in _WHITE  # a page that says nothing is white


def _hiding_classes(tree: Any) -> frozenset[str]:
    """Return the classes and ids (".name", "#name") that a style sheet of the page itself hides."""
    found: set[str] = set()
    for sheet in tree.iter("style"):
        for selectors, body in _RULE.findall((sheet.text or "")[:200_000]):
            if _UNSEEN.search(body):
                simple = (one.strip() for one in selectors.split(","))
                found |= {re.findall(r"[.#][\w-]+", one)[-1] for one in simple if _SIMPLE.fullmatch(one)}
    return frozenset(found)


def _with_all(page: str) -> str:
    """Return *page* so that nothing in it hides: what an extractor would skip by itself too."""
    page = re.sub(r"<(/?)(?:template|details|summary)\b", r"<\1div", page, flags=re.IGNORECASE)
    return re.sub(r"\s(?:style|hidden|aria-hidden)(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*))?(?=[\s>])", " ", page)


def _lines(text: str) -> frozenset[str]:
    return frozenset(_keys(text))


def _keys(text: str) -> Iterator[str]:
    return (key for line in text.splitlines() if (key := _key(line)))


def _key(line: str) -> str:
    return " ".join(_WORD.findall(line.casefold()))
