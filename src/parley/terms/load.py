"""Reading an agreement's file: YAML 1.2, every fault with its line and column, all faults at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import ValidationError

from parley.model import TermsError, TermsProblem
from parley.terms.checking.cautions import cautions
from parley.terms.checking.order import disordered
from parley.terms.checking.rehearsal import rehearsed
from parley.terms.checking.source import Source, read
from parley.terms.checking.times import time_meant
from parley.terms.checking.wording import TIME, plain_faults
from parley.terms.confidential import Veil
from parley.terms.language import Agreement, faults
from parley.terms.language.faults import Fault, parts
from parley.terms.terms import Terms
from parley.terms.zones import shape_fault

KEPT = "The agreement holds as it is written."
"""What of a file is kept about which there is only a caution."""


FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True)
class Checked:
    """An agreement with what may not be meant in it."""

    terms: Terms
    warnings: tuple[TermsProblem, ...]


def load(text: str, name: str, reader: str | None = None) -> Terms:
    """Return the terms that *text* holds; *name* is the file's name for messages.

    Messages quote nothing of a confidential clause, or of what only such clauses use, which *reader*, a party's id, may
    not see; None: which not everybody may see.

    Raises:
        TermsError: with one problem for each fault, each with line and column.
    """
    return _load(text, name, reader)[0]


def check(text: str, name: str, reader: str | None = None) -> Checked:
    """Return the terms that *text* holds, as `load` does, with a problem for each thing in it that may not be meant.

    Raises:
        TermsError: as `load` does, and where a zone cannot be built or a clause not be evaluated.
    """
    terms, source, veil = _load(text, name, reader)
    if failures := source.problems(rehearsed(terms), veil):
        raise TermsError(failures)
    return Checked(terms, tuple(source.problems(cautions(terms.agreement, source), veil, KEPT)))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the language, which completes and checks a file while it is written."""
    schema = Agreement.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "parley-terms/1"}


def _load(text: str, name: str, reader: str | None) -> tuple[Terms, Source, Veil]:
    source = read(text, name, "an agreement", "format: parley-terms/1")
    veil = Veil(source.data, reader)
    if "format" not in source.data and "cases" in source.data and "agreement" in source.data:
        expected = "an agreement, which starts with format: parley-terms/1; the cases are checked with the agreement"
        raise TermsError(source.problems([Fault((), expected, "", "worked cases")], veil))
    try:
        agreement = Agreement.model_validate(source.data)
    except ValidationError as error:
        raise TermsError(source.problems(plain_faults(error.errors(), source, _schema()), veil)) from None
    found = source.problems(_faults(agreement, source), veil)
    if found:
        raise TermsError(found)
    return Terms(agreement), source, veil


@cache
def _schema() -> dict[str, Any]:
    return Agreement.model_json_schema(by_alias=True)


def _faults(agreement: Agreement, source: Source) -> Iterable[Fault]:
    """Yield every fault between the parts of *agreement*."""
    for fault in faults(agreement):
        meant = time_meant(fault.found) if fault.expected.startswith(TIME) else ""
        yield fault._replace(words=meant) if meant else fault
    for at, zone in enumerate(agreement.zones):
        if expected := shape_fault(zone):
            yield Fault(("zones", at), expected)
    if not FIRST_YEAR <= agreement.date.year <= LAST_YEAR:
        expected = f"a day in the years {FIRST_YEAR} to {LAST_YEAR}, such as 2031-04-28"
        yield Fault(("date",), expected, "", str(agreement.date))
    yield from (fault for fault, refused in disordered(agreement) if refused)
    for path, part in parts(agreement):
        for field, info in type(part).model_fields.items():
            where = (*path, info.alias or field)
            given = source.value(where)
            number = isinstance(given, int | float) or (isinstance(given, str) and given.isdigit() and len(given) != 8)
            if isinstance(getattr(part, field), date | datetime) and number:
                yield Fault(where, TIME, "", str(given))  # pydantic counts it in seconds from 1970
