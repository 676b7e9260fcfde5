"""How a table's columns become claims: a mapping in YAML (our own format), checked with line and column.

A cell is `{column: NAME}`, or `{is: CONSTANT}`. `values` turns cells into terms, `separator` parts a cell into several
names of which one holds, `none_of` names a cell with those that are denied.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import BeforeValidator, Field, NonNegativeFloat, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from parley.intake.faults import Unreadable, unusable, unusable_for
from parley.intake.mappings.patterns import is_pattern
from parley.intake.text.funnel import LinesOf, lines, utf8
from parley.intake.values.columns import Column, Kind
from parley.intake.values.dates import zone_named
from parley.intake.values.nothing import words
from parley.intake.values.numbers import Decimal, Marks, Thousands
from parley.intake.values.sayings import UNKNOWN, term
from parley.model import EACH, FAMILIES, Input, InputError, Noun, fold, listed
from parley.model.wordings import Parameter

_WANTED = "column-mapping"
COMPARED_ANYWAY = ("place", "time", "name", "link", "words", "deaths", "deaths-civilian", "injured", "act", "means")
"""What `parley match` compares of every two lists, as far as their mappings say where it stands."""


M = TypeVar("M", bound=Noun)


class _Wrong(ValueError):  # noqa: N818  (it carries a fault)
    """Carries a fault through pydantic, which tells where it is."""

    def __init__(self, code: str, /, **params: Parameter) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def _as_text(raw: Any) -> Any:
    """Return a bare number or day of YAML as its text."""
    return str(raw) if isinstance(raw, int | float | date | datetime) and not isinstance(raw, bool) else raw


Text = Annotated[str, BeforeValidator(_as_text)]


class Cell(Noun):
    """Where a text stands: in a column, or always the same."""

    column: Text | None = None
    is_: Text | None = Field(default=None, alias="is")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.column is None) == (self.is_ is None):
            raise _Wrong("column-or-is")
        return self


class Radius(Cell):
    """Where a radius stands: as a number, or as a word for which *values* has the number.

    Args:
        otherwise: the radius where nothing stands that is either; None: that is a fault, as with other numbers.
    """

    values: Mapping[Text, NonNegativeFloat] = {}
    otherwise: NonNegativeFloat | None = None

    @cached_property
    def _meanings(self) -> Mapping[str, float]:
        return {fold(word): radius for word, radius in self.values.items()}

    def meant(self, word: str) -> float | None:
        """Return the radius for which *word* stands in `values`, however it is spelled; None where it is none."""
        return self._meanings.get(fold(word))


class Moment(Cell):
    """Where a day or a time stands; *time*: where the time of day stands that belongs to the day."""

    time: Cell | None = None


class Names(Noun):
    """Where names or terms stand. Without `column` and `is` there must be `none_of`."""

    column: Text | None = None
    is_: Text | None = Field(default=None, alias="is")
    separator: str | None = Field(default=None, min_length=1)
    values: Mapping[Text, str] = {}
    none_of: Cell | None = None

    @cached_property
    def _meanings(self) -> Mapping[str, str]:
        return {fold(word): meant for word, meant in self.values.items()}

    def meant(self, word: str) -> str:
        """Return what `values` makes of *word*, else *word*; a word that stands there as it is goes first."""
        return self.values[word] if word in self.values else self._meanings.get(fold(word), word)

    @cached_property
    def nothing(self) -> frozenset[str]:
        """The words for nothing in these cells: those to which `values` gives no meaning."""
        return frozenset(word for word in words() if word not in self.values and fold(word) not in self._meanings)

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        given = (self.column is not None) + (self.is_ is not None)
        if given > 1 or not (given or self.none_of):
            raise _Wrong("column-or-is")
        return self


class When(Noun):
    """Where start and end stand."""

    start: Moment
    end: Moment | None = None


class Where(Noun):
    """Where a place stands, in two cells or (*at*) in one; without a radius it is as exact as its digits."""

    name: Cell | None = None
    lat: Cell | None = None
    lon: Cell | None = None
    at: Cell | None = None
    radius_km: Radius | None = None
    radius_m: Radius | None = None

    @model_validator(mode="after")
    def _one_radius(self) -> Self:
        if self.radius_km and self.radius_m:
            raise _Wrong("one-radius")
        if (self.lat is None) != (self.lon is None) or not (self.lat or self.at):
            raise _Wrong("lat-and-lon-or-at")
        return self


class HowMany(Noun):
    """Where the bounds of a count stand; a best figure alone is exact."""

    low: Cell | None = None
    best: Cell | None = None
    high: Cell | None = None


class Published(Noun):
    """Where it stands who published a claim, when and under which address."""

    publisher: Cell
    published: Cell | None = None
    address: Cell | None = None


class Claims(Noun):
    """Which cells make which claim."""

    time: When | None = None
    place: Where | None = None
    area: Names | None = None
    act: Names | None = None
    means: Names | None = None
    actor: Names | None = None
    affected: Names | None = None
    object: Names | None = None
    site: Names | None = None
    done: Names | None = None
    calibre: HowMany | None = None
    altitude: HowMany | None = None
    quantity: HowMany | None = None
    facts: Mapping[str, Names] = {}
    exemption: Names | None = None
    deaths: HowMany | None = None
    deaths_civilian: HowMany | None = Field(default=None, alias="deaths-civilian")
    injured: HowMany | None = None
    account: Cell | None = None

    @property
    def made(self) -> frozenset[str]:
        """The attributes that are claimed."""
        fields = type(self).model_fields
        return frozenset(one.alias or name for name, one in fields.items() if getattr(self, name))

    @model_validator(mode="after")
    def _terms_are_known(self) -> Self:
        for family in FAMILIES:
            names: Names | None = getattr(self, family, None)
            for word in (*names.values.values(), *([names.is_] if names.is_ else [])) if names else ():
                try:
                    if word not in (UNKNOWN, ""):
                        term(family, word)
                except Unreadable:
                    raise _Wrong("word-not-a-term", word=word, family=family) from None
        return self


class Compared(Noun):
    """What `parley match` compares of two lists beside the claims: numbers, and words that are equal or not.

    Args:
        words: texts that tell of the event beside `account`, such as a title.
    """

    ranges: Mapping[str, HowMany] = {}
    terms: Mapping[str, Cell] = {}
    words: tuple[Cell, ...] = ()

    @model_validator(mode="after")
    def _calls_nothing_twice(self) -> Self:
        for name in (*self.ranges, *self.terms):
            if name in COMPARED_ANYWAY or (name in self.ranges and name in self.terms):
                raise _Wrong("name-compared-already", name=name)
        return self


class Withdrawn(Cell):
    """Where a row says, by one of *words*, that its source takes back the report with its id; *reason* says why."""

    words: tuple[Text, ...] = ("yes", "true", "1", "withdrawn")
    reason: Cell | None = None

    def says(self, word: str) -> bool:
        """Whether *word* takes a report back; raise Unreadable where it neither does nor says no."""
        if fold(word) in map(fold, self.words):
            return True
        if fold(word) in ("", "no", "false", "0"):
            return False
        raise Unreadable("not-withdrawn", word, words=listed(self.words), field=self.column)


class TableMapping(Noun):
    """How the rows of one kind of table become event reports.

    Args:
        delimiter: between the cells of a line; where None, the one with which the header has the columns.
        sheet: the workbook's sheet; where None, the first that is shown.
        decimal: the mark before the decimals of a number.
        thousands: the mark between thousands, "" where there is none; where None, a number such as 1.000 is not read.
        dates: how days and times are written beside ISO 8601, such as `DD/MM/YYYY HH:mm` (see `patterns`).
        cardinality: how the source tells happenings, as `EventReport` has it.
        corrects: the id of another report of the source, which a row corrects.
        withdrawn: where a row says that the report with its id is taken back.
        keeps_ids: whether a publisher keeps the list, as `EventReport` has it; by default where ids last and the
            mapping itself says that the list is of incidents.
        compare: what is compared of two lists beside the claims; a channel that takes reports in passes it over.
    """

    delimiter: str | None = None
    sheet: Text | None = None
    decimal: Decimal = "."
    thousands: Thousands | None = None
    dates: tuple[str, ...] = ()
    language: str = "und"
    cardinality: Literal["incidents", "posts", "aggregate"] = "incidents"
    timezone: str | None = None
    source: Cell | None = None
    reference: Cell | None = None
    reference_lasts: bool = False
    corrects: Cell | None = None
    withdrawn: Withdrawn | None = None
    keeps_ids: bool = False
    published: Cell | None = None
    citation: Published | None = None
    compare: Compared = Compared()
    claims: Claims

    @model_validator(mode="before")
    @classmethod
    def _publishers_list(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and raw.get("reference_lasts") is True and raw.get("cardinality") == "incidents":
            return {"keeps_ids": True, **raw}
        return raw

    @model_validator(mode="after")
    def _is_usable(self) -> Self:
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '"\r\n'):
            raise _Wrong("not-a-delimiter")
        if wrong := [pattern for pattern in self.dates if not is_pattern(pattern)]:
            raise _Wrong("not-a-pattern", pattern=wrong[0])
        if (self.reference_lasts or self.keeps_ids or self.withdrawn) and self.reference is None:
            raise _Wrong("no-reference")
        if self.decimal == self.thousands:
            raise _Wrong("decimal-is-thousands")
        if self.timezone is not None:
            try:
                zone_named(self.timezone)
            except Unreadable:
                raise _Wrong("no-such-timezone", zone=self.timezone) from None
        return self

    @property
    def tells_in_words(self) -> bool:
        """Whether rows have a text by which `parley match` compares them."""
        return self.claims.account is not None or bool(self.compare.words)

    @property
    def marks(self) -> Marks:
        return Marks(self.decimal, self.thousands)

    def columns(self) -> tuple[str, ...]:
        """Return every column that is named, once each, in the order of the mapping's fields."""
        return tuple(dict.fromkeys(_columns(self)))

    def kinds(self) -> Mapping[str, Column]:
        """Return what each column holds; one that serves twice, by the first of the mapping's fields that asks most."""
        found: dict[str, Column] = {}
        for name, column in sorted(_kinds(self), key=lambda one: one[1].kind == "words"):
            found.setdefault(name, column)
        return found


_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("start", "end", "published"), "time"),
    **dict.fromkeys(("low", "best", "high", "radius_km", "radius_m"), "number"),
    **{"time": "clock", "reference": "id"},
}
"""The kinds of columns by the field that names them; all others hold words."""


def _kinds(noun: Noun, field: str = "") -> Iterator[tuple[str, Column]]:
    if isinstance(noun, Cell | Names) and noun.column is not None:
        if isinstance(noun, Names):
            yield noun.column, Column("words", noun.separator, words() - noun.nothing)
        else:
            group = "time" if field in ("start", "end") else ""
            yield noun.column, Column(_KINDS.get(field, "words"), group=group)
    if isinstance(noun, Names) and noun.none_of is not None and noun.none_of.column is not None:
        yield noun.none_of.column, Column("words", noun.separator, words() - noun.nothing)
        return
    for name in type(noun).model_fields:
        value = getattr(noun, name)
        for one in value.values() if isinstance(value, Mapping) else (value,):
            if isinstance(one, Noun):
                yield from _kinds(one, name)


class Pairing(Noun):
    """The mappings of two lists that are to be matched.

    Args:
        associated: which `terms` of `compare` go together without being equal, as names of two vocabularies do.
        near_km, far_km, days, by_area: how far apart two rows may lie to be compared at all.
        radius_km: how far off a point may be where a mapping names no radius: digits tell how a place was written
            down, not how well it was known.
    """

    left: TableMapping
    right: TableMapping
    associated: tuple[str, ...] = ()
    near_km: float = Field(default=40, gt=0, le=2000)
    far_km: float = Field(default=130, gt=0, le=2000)
    days: int = Field(default=2, ge=0, le=60)
    by_area: bool = False
    radius_km: float = Field(default=5, ge=0, le=20_100)

    @model_validator(mode="after")
    def _associates_what_is_compared(self) -> Self:
        if unknown := [name for name in self.associated if name not in self.left.compare.terms]:
            raise _Wrong("not-compared", name=unknown[0])
        return self


def _columns(noun: Noun) -> Iterator[str]:
    for name in type(noun).model_fields:
        value = getattr(noun, name)
        if name == "column" and value is not None:
            yield value
        elif isinstance(value, Noun):
            yield from _columns(value)
        elif isinstance(value, Mapping):
            for part in value.values():
                if isinstance(part, Noun):
                    yield from _columns(part)


def load_mapping(arrived: Input) -> TableMapping:
    """Return the mapping in *arrived*.

    Raises:
        InputError: no text, no YAML, or no valid mapping; its problem names line and column.
    """
    return _validated(arrived, _raw(arrived), TableMapping)


def load_pairing(arrived: Input) -> "Pairing":
    """Return the mappings of two lists in *arrived*: `left` and `right`, or one for both.

    Raises:
        InputError: as `load_mapping`; no reference, time or place, or the two compare other things.
    """
    raw = _raw(arrived)
    if isinstance(raw, dict) and not {"left", "right"} & set(raw):
        beside = {name: raw[name] for name in raw if name in Pairing.model_fields}
        mapping = _validated(arrived, raw, TableMapping, but=beside)
        options = _validated(arrived, raw, Pairing, but={name: raw[name] for name in raw if name not in beside},
                             more={"left": mapping, "right": mapping})  # fmt: skip
    else:
        options = _validated(arrived, raw, Pairing)
    for side in (options.left, options.right):
        if side.reference is None or side.claims.time is None or side.claims.place is None:
            raise unusable(arrived.name, "nothing-to-match-by")
    if any(set(one) != set(other) for one, other in zip(*map(_compared, (options.left, options.right)), strict=True)):
        raise unusable(arrived.name, "unlike-lists")
    return options


def _compared(side: TableMapping) -> tuple[Mapping[str, HowMany], Mapping[str, Cell]]:
    return side.compare.ranges, side.compare.terms


def _raw(arrived: Input) -> Any:
    data = utf8(arrived, _WANTED)
    for line in lines(data):
        if line.fault:
            column = None if line.fault.offset is None else line.fault.offset + 1
            raise unusable_for(arrived.name, line.fault.within(_WANTED), line.number, column)
    text = data.decode()
    try:
        raw = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (None, None)
        detail = str(error.problem or error.context)
        raise unusable(arrived.name, "not-yaml", "", *where, within=_WANTED, detail=detail) from None
    except ReaderError as error:
        where = LinesOf(text).of(error.position)
        found = repr(error.character)
        raise unusable(arrived.name, "not-yaml", found, *where, within=_WANTED, detail=error.reason) from None
    except RecursionError:
        raise unusable(arrived.name, "yaml-too-deep", within=_WANTED) from None
    except (YAMLError, ValueError) as error:
        detail = next(iter(str(error).splitlines()), "")
        raise unusable(arrived.name, "not-yaml", within=_WANTED, detail=detail) from None
    return raw


def _validated(
    arrived: Input, raw: Any, noun: type[M], but: Collection[str] = (), more: Mapping[str, Any] = MappingProxyType({})
) -> M:
    """Return *raw*, without its fields *but* and with *more*, as a *noun*."""
    data = {**{name: raw[name] for name in raw if name not in but}, **more} if isinstance(raw, dict) else raw
    try:
        return noun.model_validate(data)
    except ValidationError as error:
        raise _invalid(arrived, raw, error, noun) from None


def _invalid(arrived: Input, raw: Any, error: ValidationError, noun: type[Noun]) -> InputError:
    faults = error.errors(include_url=False)
    # A name that nobody knows is often why another is missing: it comes first.
    fault = next((one for one in faults if one["type"] == "extra_forbidden"), faults[0])
    where = [str(part) for part in fault["loc"]]
    line, column = _place(raw, where)
    found = "" if isinstance(fault["input"], dict | list) else str(fault["input"])
    wrong = fault.get("ctx", {}).get("error")
    if isinstance(wrong, _Wrong):
        told = Unreadable(wrong.code, found)
        told.params |= wrong.params
    elif fault["type"] == "extra_forbidden":
        told = Unreadable("not-one-of", found, choices=listed(_fields(noun, where[:-1])))
    elif fault["type"] == "model_type":
        told = Unreadable("not-a-part", found, shapes=listed((f"{{{name}: …}}" for name in _fields(noun, where)), EACH))
    else:
        told = Unreadable("refused", found, type=fault["type"], detail=fault["msg"])
    return unusable_for(arrived.name, told.within("part-of-mapping", where=".".join(where)), line, column)


def _fields(noun: type[Noun], where: list[str]) -> tuple[str, ...]:
    """Return the names of the fields that a mapping, which is a *noun*, may have at *where*."""
    for part in where:
        kind = {field.alias or name: field.annotation for name, field in noun.model_fields.items()}.get(part)
        inside = [one for one in (kind, *get_args(kind)) if isinstance(one, type) and issubclass(one, Noun)]
        noun = inside[0] if inside else noun
    return tuple(field.alias or name for name, field in noun.model_fields.items())


def _place(raw: Any, where: list[str]) -> tuple[int, int]:
    """Return line and column of the field *where*, or of the last part of its path that stands in the file."""
    line, column = 1, 1
    for part in where:
        keys = {str(key): key for key in raw} if isinstance(raw, dict) else {}
        if part not in keys:
            break
        line, column = (place + 1 for place in raw.lc.key(keys[part]))
        raw = raw[keys[part]]
    return line, column
