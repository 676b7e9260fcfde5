"""A file as it was written: YAML 1.2 with the line and column of every value, or one sentence on why it is none."""

import codecs
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from parley.model import TermsError, TermsProblem
from parley.terms.language.faults import Fault, Path

CONFIDENTIAL = "; more is confidential (--reader PARTY shows it)"
"""Stands for the words of a part that may not be shown."""


class Discretion(Protocol):
    """What may not be quoted to whoever reads the messages: see `parley.terms.confidential`."""

    def covers(self, path: Path) -> bool:
        """Say whether *path* leads into a part that may not be shown."""

    def reveals(self, text: str) -> bool:
        """Say whether *text* quotes such a part."""


@dataclass(frozen=True)
class Source:
    """A file's data as YAML gives it, and where each value stands in the text."""

    name: str
    text: str
    data: Any

    def place(self, path: Path, at_key: bool = False) -> tuple[int, int]:
        """Return line and column of what *path* leads to, followed as far as the file goes.

        So what is missing is placed at the part that lacks it. *at_key*: of the key, not of its value.
        """
        line, column = 1, 1
        node = self.data
        for nth, step in enumerate(path):
            places = getattr(node, "lc", None)
            if places is None or places.data is None or not holds(node, step):
                break
            try:
                if isinstance(node, list):
                    found = places.item(step)
                else:
                    found = places.key(step) if at_key and nth == len(path) - 1 else places.value(step)
            except KeyError:  # of a mapping that was merged into this one
                found = line - 1, column - 1
            line, column = (number + 1 for number in found)
            node = node[step]
        return line, column

    def value(self, path: Path) -> Any:
        """Return what stands at *path*; None where nothing does."""
        node = self.data
        for step in path:
            if not holds(node, step):
                return None
            node = node[step]
        return node

    def problems(
        self, faults: Iterable[Fault], veil: Discretion, kept: str = "Nothing was recorded."
    ) -> list[TermsProblem]:
        """Return *faults* in the order of the file, without the words of what *veil* covers; each once at a place."""
        told: dict[tuple[int, int, str], TermsProblem] = {}
        for fault in faults:
            line, column = self.place(fault.path, fault.at_key)
            path, expected, words, found = fault.path, fault.expected, fault.words, fault.found
            if veil.covers(path):
                path, words, found = _known(path), CONFIDENTIAL if words or found else "", ""
            elif any(map(veil.covers, fault.about)):
                expected, words, found = f"something else{CONFIDENTIAL.replace('more', 'the reason')}", "", ""
            else:
                words = "" if veil.reveals(words) else words
                found = "" if veil.reveals(repr(found)) else found
            problem = TermsProblem(
                file=self.name,
                line=line,
                column=column,
                field=".".join(map(str, path)) or None,
                expected=expected + words,
                found=found,
                kept=kept,
                family=fault.family if found else "",
            )
            told.setdefault((line, column, problem.expected), problem)
        return sorted(told.values(), key=lambda one: (one.line or 0, one.column or 0))


def holds(node: Any, step: str | int) -> bool:
    """Say whether *node* has a value at *step*."""
    if isinstance(node, list):
        return isinstance(step, int) and 0 <= step < len(node)
    return isinstance(node, Mapping) and step in node


_KEY = re.compile(r"[a-z_]+")


def _known(path: Path) -> Path:
    """Return *path* up to the first key that the language does not have: such a key is somebody's own words."""
    kept: list[str | int] = []
    for step in path:
        if isinstance(step, str) and (not _KEY.fullmatch(step) or kept[-1:] in (["wording"], ["for_party"])):
            break
        kept.append(step)
    return tuple(kept)


def decoded(data: bytes, name: str) -> str:
    """Return the text of a file that is UTF-8, with or without a byte order mark; raise TermsError for another."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or data[:2].count(0) == 1:
        raise TermsError([TermsProblem(file=name, expected="UTF-8 text; save the file as UTF-8", found="UTF-16")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        raise TermsError(
            [
                TermsProblem(
                    file=name,
                    line=before.count("\n") + 1,
                    column=len(before) - before.rfind("\n"),
                    expected="UTF-8 text; save the file as UTF-8",
                    found=f"byte {data[error.start]:#04x}",
                )
            ]
        ) from None


def read(text: str, name: str, what: str, example: str) -> Source:
    """Return the mapping that *text* holds; raise TermsError with one problem where it holds none.

    *what* the file should be, and the line with which it should start, are named in messages.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise TermsError(
            [TermsProblem(file=name, expected=f"{what}, which starts with {example}", found="an empty file")]
        )
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor that is used twice
            data = yaml.load(text)
    except MarkedYAMLError as error:
        raise TermsError([_syntax(error, text, name)]) from None
    except ReaderError as error:
        before = text[: error.position]
        place = {"line": before.count("\n") + 1, "column": len(before) - before.rfind("\n")}
        sign = f"U+{ord(text[error.position]):04X}" if error.position < len(text) else ""
        raise TermsError(
            [TermsProblem(file=name, expected="text without control characters", found=sign, **place)]
        ) from None
    except RecursionError:
        raise TermsError([TermsProblem(file=name, expected="fewer parts inside parts")]) from None
    except (YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        found = "" if _secret(text) else str(error)
        raise TermsError([TermsProblem(file=name, line=1, column=1, expected="YAML", found=found)]) from None
    if not isinstance(data, Mapping):
        found = "a list" if isinstance(data, list) else "no keys"
        raise TermsError(
            [TermsProblem(file=name, line=1, column=1, expected=f"a mapping that starts with {example}", found=found)]
        )
    return Source(name, text, data)


class _Constructor(RoundTripConstructor):
    """Leaves as text what looks like a day and is none, so that the fault is told with its place."""

    def construct_yaml_timestamp(self, node: Any, values: Any = None) -> Any:
        try:
            return super().construct_yaml_timestamp(node, values)
        except ValueError:
            return node.value


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_timestamp)


def _secret(text: str) -> bool:
    """Say whether a file that cannot be read may hold what not everybody may see."""
    return "confid" in text or "salt" in text


def _syntax(error: MarkedYAMLError, text: str, name: str) -> TermsProblem:
    """Return in plain words what keeps *text* from being YAML, placed where it is to be mended."""
    at = error.problem_mark or error.context_mark
    begun = error.context_mark or at
    line, column = (at.line + 1, at.column + 1) if at else (1, 1)
    start = (begun.line + 1, begun.column + 1) if begun else (1, 1)
    lines = text.splitlines()
    said = lines[line - 1] if line <= len(lines) else ""
    problem, context = str(error.problem or ""), str(error.context or "")
    place, expected = _mending(problem, context, (line, column), start, said, lines)
    known = expected is not None
    return TermsProblem(
        file=name,
        line=place[0],
        column=place[1],
        expected=expected or "YAML",
        found="" if known or _secret(text) else problem,
    )


_Place = tuple[int, int]


def _mending(
    problem: str, context: str, at: _Place, start: _Place, said: str, lines: list[str]
) -> tuple[_Place, str | None]:
    """Return where to mend it, and what is expected there; None: what YAML itself says is all that is known."""
    before = "\n".join(lines[max(0, at[0] - 2) : at[0]])
    if "\u00a0" in before:
        nth = at[0] if "\u00a0" in said else at[0] - 1
        return (nth, lines[nth - 1].index("\u00a0") + 1), "ordinary blanks instead of the no-break space"
    if "that cannot start any token" in problem:
        sign = said[at[1] - 1 : at[1]]
        if sign == "\t":
            return at, "blanks instead of the tab"
        if said.startswith("```"):
            return at, "the agreement itself, without a line of ``` around it"
        return at, f"quotes around a text that begins with {sign}"
    if "values are not allowed here" in problem:
        return _colon(at, said, lines)
    if context.startswith("while parsing a flow"):
        return _brackets(problem, context, at, start, said, lines)
    if "unexpected end of stream" in problem:
        return start, "the closing quote of the text that begins here"
    if "expected <block end>" in problem and re.match(r"\s*-\w", said):
        return at, "a blank after the dash"
    if "expected <block end>" in problem:
        if "']'" in problem or "'}'" in problem or "','" in problem:
            return at, f"nothing that is closed here: no bracket is open before this {said[at[1] - 1 : at[1]]}"
        if "<scalar>" in problem and any(quote in said[: at[1]] for quote in "'\""):
            return at, "one pair of quotes around the whole text; write a quote inside twice"
        return at, "the same indentation as the other keys of this part"
    if "undefined alias" in problem or context.startswith(("while scanning an alias", "while scanning an anchor")):
        return (at if "alias" in problem else start), "quotes around a text that begins with * or &"
    if "duplicate key" in problem:
        return at, "a key that stands once in its part"
    if "another document" in problem:
        return at, "one agreement in a file: --- begins another document"
    if "could not find expected ':'" in problem:
        return start, "a key, a colon and a blank, such as title: The river truce"
    for part, of, expected in (
        ("", "while scanning a block scalar", "quotes around a text that begins with > or |"),
        (
            "sequence entries are not",
            "",
            "quotes around a text that begins with -, or a list whose lines begin with it",
        ),
        ("mapping keys are not", "", "quotes around a text that begins with ?"),
        ("unknown escape", "", "single quotes around a text with a backslash"),
    ):
        if part in problem and context.startswith(of):
            return (start if of else at), expected
    return at, None


def _colon(at: _Place, said: str, lines: list[str]) -> tuple[_Place, str]:
    """Say what a colon does where no key can stand."""
    above = lines[at[0] - 2] if at[0] > 1 else ""
    if re.match(r"\s*-\w", above):
        return (at[0] - 1, above.index("-") + 1), "a blank after the dash"
    if re.fullmatch(r"[\s-]*\w+", said[: at[1] - 1]):
        return at, "the same indentation as the key above"
    return at, "quotes around a text that has a colon and a blank"


def _brackets(problem: str, context: str, at: _Place, start: _Place, said: str, lines: list[str]) -> tuple[_Place, str]:
    """Say what is wrong between brackets."""
    opened, closed = ("[", "]") if "sequence" in context else ("{", "}")
    for nth in range(start[0], at[0] + 1):
        cut = re.search(r"\s#", lines[nth - 1]) if nth <= len(lines) else None
        if cut:
            return (nth, cut.start() + 2), "quotes around a text with # in it: it begins a comment, which ends the line"
    found = said[at[1] - 1 : at[1]]
    if found in "]}" and found:
        return at, f"a {closed} that closes the {opened} of line {start[0]}, column {start[1]}"
    if at[0] > start[0] or "stream end" in problem:
        return start, f"a {closed} that closes this {opened}"
    return at, "a comma between two entries, or quotes around a text with a comma, colon or bracket in it"
