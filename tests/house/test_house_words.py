"""What Parley prints and publishes is plain: words that were found to confuse do not come back."""

import ast
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import parley

SOURCE = Path(parley.__file__).parent
ROOT = SOURCE.parents[1]
CONFUSING = {
    r"\bkept:": "say what was recorded, in a sentence",
    r"\bexpected .{1,60}, found\b": "say what was found, then what was expected",
    r"\w\(s\)": "count: 1 report, 2 reports",
    r"\bexpected views\b": "say what to do next",
    r"\bcosigned by nobody\b|\bbut not cosigned\b": "no witness has confirmed it yet",
    r"\bmade not before \(|no cosignature says": "earliest time: not known",
    r"\bthere is no entry \S+ (in the record of|among the first)\b": "say which entries there are",
    r"\bno shred-notice\b": "say notice of destruction",
    r"\bWhat all accounts support\b": "what follows from facts that no account disputes",
    r"\bopen: breach\b": "could still be: breach, not covered",
    r"\bno set of the disputed facts alone\b": "facts are missing too",
    r"\bWas the act\b|\bwas the act\b": "is this an attack",
    r"\bsays that it does not know: ": "reported as unknown",
    r"\bthe clause covers no account\b|\ba clause covers an account\b": "does not apply to any account",
    r"\b[Pp]roblems of inputs\b": "input problems",
    r"\bsay unchanged what\b": "exact repeats",
    r"\bthe parts make\b": "add up to",
    r"\bTo look at\b": "needs attention",
    r"\bhappenings?\b": "event",
    r"\bis (the|a) report of whoever makes it\b": "counts as a report by",
    r"\bcosts itself (alone|only)\b": "is dropped, the rest is recorded",
    r"\b(goes|go) on behind\b": "continues after",
    r"\bnothing was pinned\b": "consistent with itself",
    r"\babove 0 in favour\b|\bIn all \S* ?bits\b": "match score",
    r"\bunder no signed checkpoint\b": "unfinished",
    r"\bstands there\b|\bstand there\b|\bstands here\b": "say what is, or what it says",
    r"\bis told\b|\bare told\b|\bas told\b": "say, name, list",
    r"\bcomes? out (as|otherwise)\b": "give an answer",
}
"""What was found, as a pattern, and what is clearer (the words of the project: plain words for a tired reader)."""

A_FORMAT = re.compile(r"^\s*(happening:|`?happening`?$)")
"""The key of a reviewer's file, which is a format and no sentence."""

PRINTS = {"say", "say_text", "print_either", "print", "echo", "UsageError", "BadParameter", "fail", "ClickException"}
RAISES = re.compile(r"(Error|Wrong|Unmet|Unusable|Stale|Forked|Damaged|NotIncluded|NotCosigned|Refused|Fault)$")


def texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every text below *node*, an f-string as one text with … for what is filled in."""
    if isinstance(node, ast.JoinedStr):
        parts = [str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values]
        yield node.lineno, "".join(parts)
        for one in node.values:
            if isinstance(one, ast.FormattedValue):
                yield from texts(one.value)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.lineno, node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from texts(child)


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def is_verb(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        ast.unparse(one).endswith((".command()", ".group()")) or ".command(" in ast.unparse(one)
        for one in node.decorator_list
    )


def printed() -> Iterator[tuple[str, str]]:
    """Yield what is printed: by the verbs, in their help and options, and by errors, each with its place."""
    for file in sorted(SOURCE.rglob("*.py")):
        tree, name = ast.parse(file.read_text("utf-8")), str(file.relative_to(SOURCE))
        whole = file.name in ("words.py", "answers.py", "waiting.py", "versions.py", "summary.py", "terminal.py")
        for node in ast.walk(tree):
            found: Iterator[tuple[int, str]] = iter(())
            if isinstance(node, ast.Call):
                said = called(node)
                if said in PRINTS or RAISES.search(said):
                    found = (each for one in (*node.args, *(key.value for key in node.keywords)) for each in texts(one))
                elif said in ("option", "argument", "command", "group"):
                    found = (each for key in node.keywords if key.arg == "help" for each in texts(key.value))
            elif is_verb(node):
                assert isinstance(node, ast.FunctionDef)
                found = iter([(node.lineno, ast.get_docstring(node) or "")])
            elif whole and isinstance(node, ast.Assign | ast.Return | ast.Yield | ast.AnnAssign) and node.value:
                found = texts(node.value)
            yield from ((f"{name}:{line}", text) for line, text in found)


def catalogued() -> Iterator[tuple[str, str]]:
    """Yield the sentences of the catalogue of codes."""
    catalogue: dict[str, Any] = YAML(typ="safe", pure=True).load((SOURCE / "model/wordings.yaml").read_text("utf-8"))
    for section, entries in catalogue.items():
        for code, entry in entries.items():
            for text in entry.values() if isinstance(entry, dict) else entry if isinstance(entry, list) else [entry]:
                yield f"wordings.yaml, {section}, {code}", str(text)


def on_pages() -> Iterator[tuple[str, str]]:
    """Yield what stands on pages beside what is filled in, and the texts that are filled in by the page itself."""
    for file in sorted((SOURCE / "publish/templates").glob("*.html")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            inside = " ".join(re.findall(r'"([A-Z][^"{}<>]*)"', line))
            outside = html.unescape(re.sub(r"{[{%#].*?[}%#]}", "…", line))
            yield f"{file.name}:{number}", f"{re.sub('<[^>]*>', ' ', outside)} {inside}"


def confusing(sentences: Iterator[tuple[str, str]]) -> list[str]:
    """Return where something confusing is said, with what would be clearer."""
    return [
        f"{where}: {found[0]!r}: {clearer}"
        for where, text in sentences
        for pattern, clearer in CONFUSING.items()
        for line in text.splitlines()
        if not A_FORMAT.match(line) and (found := re.search(pattern, line))
    ]


def test_what_is_printed_and_published_is_plain() -> None:
    for read, least in ((printed, 800), (catalogued, 400), (on_pages, 300)):
        sentences = list(read())
        assert len(sentences) > least, read.__name__
        assert confusing(iter(sentences)) == [], read.__name__


@pytest.mark.parametrize(
    "name", sorted(page.name for page in (*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"))
)
def test_what_documents_quote_of_messages_is_plain(name: str) -> None:
    text = (ROOT / name if (ROOT / name).exists() else ROOT / "docs" / name).read_text("utf-8")
    assert confusing(iter([(name, text)])) == []


def test_a_confusing_word_is_noticed_wherever_it_is_said() -> None:
    code = "say(f'{name}: 1 report(s)')\nraise ActError('kept: nothing')\n"
    read = [each for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) for each in texts(node)]
    assert len(confusing((str(line), text) for line, text in read)) == 2
    assert confusing(iter([("a page", "Problems of inputs")])) == ["a page: 'Problems of inputs': input problems"]
    assert confusing(iter([("a format", "happening:               what happened")])) == []
