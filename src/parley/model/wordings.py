"""Codes and parameters → words: what a problem or a flag says to people, from `wordings.yaml`.

A record holds the code and the parameters alone, so that words can be made better, or be of another language, and no
record changes. A code that the catalogue does not have, as a record of a later version may hold, is shown as it stands.
"""

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, SerializationInfo, TypeAdapter

from parley.invisible import printable
from parley.packaged import packaged

Parameter = str | int | float

MOST_SIGNS = 200
"""Characters of a parameter."""
WITHIN = "within"
"""The parameter that names what holds the fault, or what should have come instead of it: a code of its own section."""
EACH = " | "
"""Stands between the members of a parameter that is shown member by member (`each`)."""

_WHOLE = 2**53 - 1  # the largest whole number that JSON holds exactly (RFC 8785)
_STAR = re.compile(r"(?<=['\"])\*")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]")

Section = Literal["problems", "within", "kept", "flags", "changes", "warnings", "causes", "refused", "words"]


def bounded(parameter: Parameter) -> Parameter:
    """Return *parameter* fit for a record: text short and without half characters, numbers that JSON holds."""
    if isinstance(parameter, str):
        text = parameter[: MOST_SIGNS + 1].encode("utf-8", "backslashreplace").decode()
        return text if len(text) <= MOST_SIGNS else f"{text[: MOST_SIGNS - 1]}…"
    if not math.isfinite(parameter) or abs(parameter) > _WHOLE:
        return str(parameter)[:MOST_SIGNS]
    return parameter


def _bounded(params: Mapping[str, Parameter]) -> Mapping[str, Parameter]:
    return {name: bounded(value) for name, value in params.items()}


Params = Annotated[Mapping[str, Parameter], AfterValidator(_bounded)]


def listed(names: Iterable[str], between: str = ", ") -> str:
    """Return *names* as one parameter; those for which there is no room are left out, which the end shows."""
    text = ""
    for name in names:
        longer = f"{text}{between}{name}" if text else name
        if len(longer) > MOST_SIGNS - 2:
            return f"{text} …" if text else f"{name[: MOST_SIGNS - 1]}…"
        text = longer
    return text


def problem_words(code: str, params: Mapping[str, Parameter]) -> tuple[str, str]:
    """Return what would have been right, and what was found instead ("" where nothing stood there)."""
    entry = _catalogue()["problems"].get(code)
    quoted = str(params.get("found", ""))
    if entry is None:
        return _plain(code, params), quoted
    told: Mapping[str, str] = {"expected": entry} if isinstance(entry, str) else entry
    try:
        expected = _framed(_filled(told["expected"], params), params)
        return expected, _filled(told["found"], {"found": "", **params}) if "found" in told else quoted
    except _NOT_FILLED:
        return _plain(code, params), quoted


def problem_sentence(code: str, params: Mapping[str, Parameter]) -> str:
    """Return what is wrong as sentences: those of the code's own (`says`), or what was found and what was expected."""
    entry = _catalogue()["problems"].get(code)
    told: Mapping[str, str] = entry if isinstance(entry, Mapping) else {}
    if "says" in told and WITHIN not in params and params.get("found", "") != "":
        try:
            return _filled(told["says"], {**params, **_meant(params)})
        except _NOT_FILLED:
            pass
    return wrong(*problem_words(code, params), quoted="found" not in told)


def _meant(params: Mapping[str, Parameter]) -> dict[str, str]:
    """Return the term of the vocabulary that may be meant by what stood there; nothing where none is near."""
    from parley.model.vocabulary import nearest  # which knows nouns that hold flags

    near = nearest(str(params["family"]), str(params["found"])) if "family" in params else None
    return {"near": near} if near else {}


def wrong(expected: str, found: str, quoted: bool) -> str:
    """Return in sentences what was *found*, a quotation where *quoted*, and what was *expected* instead of it."""
    seen = shorten(found) if found and quoted else found
    first = f"{seen} does not fit." if quoted and found else f"Found {printable(found)}." if found else ""
    return " ".join(filter(None, (first, f"Expected: {expected}." if expected else "")))


def shorten(text: str, limit: int = 80) -> str:
    """Quote *text* for a message: what nobody sees written out, at most *limit* characters."""
    return f'"{printable(text if len(text) <= limit else text[: limit - 1] + "…")}"'


def words(section: Section, code: str, params: Mapping[str, Parameter]) -> str:
    """Return what *code* of *section* says of *params*."""
    template = _form(code, 1) if section == "words" else _catalogue()[section].get(code)
    try:
        return _plain(code, params) if template is None else _filled(template, params)
    except _NOT_FILLED:
        return _plain(code, params)


_BESIDE = {"in_words": True}
"""The context of a dump that gives the words of problems and flags beside their codes."""


def in_words(noun: Any) -> dict[str, Any]:
    """Return *noun* as data for readers outside: as it is recorded, and the words of all that is coded beside."""
    data: dict[str, Any] = _adapter(noun.__class__).dump_python(noun, mode="json", context=_BESIDE)
    return data


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def json_in_words(noun: BaseModel) -> str:
    """Return what `in_words` does, as JSON on one line."""
    return noun.model_dump_json(context=_BESIDE)


def wants_words(info: SerializationInfo) -> bool:
    """Say whether a dump is one that gives words beside codes."""
    return bool(info.context and info.context.get("in_words"))


def _framed(expected: str, params: Mapping[str, Parameter]) -> str:
    """Return *expected* as something about what holds it: "a header: text in UTF-8"."""
    if WITHIN not in params:
        return expected
    template: str = _catalogue()["within"][str(params[WITHIN])]
    if "{expected}" in template:
        return _filled(template, {**params, "expected": expected})
    frame = _filled(template, params)
    return f"{frame}: {expected}" if expected else frame


def _plain(code: str, params: Mapping[str, Parameter]) -> str:
    """Return *code* and *params* as they are, where there are no words for them; what stood there is told apart."""
    told = ", ".join(f"{name}={value}" for name, value in params.items() if name != "found")
    return f"{code} ({told})" if told else code


_NOT_FILLED = (LookupError, ValueError, TypeError, AttributeError)


def _filled(template: str, params: Mapping[str, Parameter]) -> str:
    """Return *template* with *params* in it, without the parts in [[ ]] that ask for one which is not given."""
    if "{" not in template:
        return template
    chosen = _OPTIONAL.sub(lambda part: part[1] if _given(part[1], params) else "", template)
    return _Words(params).vformat(chosen, (), params)


def _given(template: str, params: Mapping[str, Parameter]) -> bool:
    return all(params.get(name, "") != "" for name in asked(template))


def asked(template: str, optional: bool = True) -> frozenset[str]:
    """Return the names of the parameters that *template* asks for; those that may lack only where *optional*."""
    seen = template.replace("[[", "").replace("]]", "") if optional else _OPTIONAL.sub("", template)
    return frozenset(name for _, name, _, _ in Formatter().parse(seen) if name)


class _Words(Formatter):
    """Fills templates; beside Python's format specifications it knows those that `wordings.yaml` explains."""

    def __init__(self, params: Mapping[str, Parameter]) -> None:
        self._params = params

    def format_field(self, value: Any, format_spec: str) -> str:
        kind, _, rest = format_spec.partition(" ")
        match kind:
            case "terms":
                from parley.model.vocabulary import vocabulary  # which knows nouns that hold flags

                return ", ".join(vocabulary(str(value)))
            case "word":
                return _form(value, 1)
            case "by":
                return _form(value, self._params[rest])
            case "count":
                return f"{value:,} {_form(rest, value)}"
            case "of":
                return _form(f"{rest}-{value}", 1, str(value))
            case "quoted":
                return shorten(str(value))
            case "expected":
                return problem_words(str(value), self._params)[0]
            case "several":
                return _form(value, 2)
            case "or":
                return str(value) or rest
            case "each":
                return str(value).replace(EACH, rest)
            case "starred":
                return _STAR.sub(rest, str(value))
        try:
            return format(value, format_spec)
        except ValueError:  # a number that was too large for a record, and is a text
            return str(value)


def _form(word: object, number: Parameter, otherwise: str | None = None) -> str:
    """Return the form of *word* that goes with *number*; *otherwise*, or the code itself, where there is no word."""
    forms = _catalogue()["words"].get(str(word), otherwise if otherwise is not None else str(word))
    if isinstance(forms, str):
        return forms
    one, many = forms
    return str(one if number == 1 else many)


@cache
def _catalogue() -> Mapping[str, Mapping[str, Any]]:
    read: Mapping[str, Mapping[str, Any]] = packaged("parley.model", "wordings.yaml")
    return read
