"""Reading a file of what people hold as settled: `established: [{subject, question, value, by, entry, from}]`."""

from pydantic import Field, ValidationError

from parley.model import Established, TermsError
from parley.terms.cases import Shown
from parley.terms.checking.settled import Given, established
from parley.terms.checking.source import read
from parley.terms.checking.stories import Telling
from parley.terms.checking.wording import plain_faults
from parley.terms.language.basics import Part
from parley.terms.language.faults import Fault, perhaps
from parley.terms.terms import Terms


class _File(Part):
    """What a file holds; `agreement` is the id of the agreement that it is about, where it names one."""

    agreement: str | None = None
    established: tuple[Given, ...] = Field(min_length=1)


def load_established(text: str, name: str, terms: Terms, reader: str | None = None) -> tuple[Established, ...]:
    """Return what *text* holds as settled about *terms*; *name* is the file's name for messages.

    Messages quote nothing of what *reader*, a party's id, may not see.

    Raises:
        TermsError: with one problem for each fault, each with line and column.
    """
    source = read(text, name, "what is established", "established: [{subject: …, question: …, value: …}]")
    veil = Shown(terms, reader, source)
    try:
        file = _File.model_validate(source.data)
    except ValidationError as error:
        raise TermsError(
            source.problems(plain_faults(error.errors(), source, _File.model_json_schema()), veil)
        ) from None
    telling = Telling(terms, terms.for_reader(reader))
    if file.agreement not in (None, terms.agreement.id):
        expected = f"the id of this agreement, {terms.agreement.id}"
        telling.faults.append(Fault(("agreement",), expected, perhaps(file.agreement or "", ()), file.agreement or ""))
    found = established([(("established", at), one) for at, one in enumerate(file.established)], telling, None)
    if telling.faults:
        raise TermsError(source.problems(telling.faults, veil))
    return found
