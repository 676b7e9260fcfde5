"""The packaged agreements, by name."""

from importlib import resources

from parley.model import TermsError
from parley.model.problem import TermsProblem

_FOLDER = resources.files("parley.terms").joinpath("library")


def library_names() -> tuple[str, ...]:
    """Return the names of the packaged agreements, sorted."""
    return tuple(sorted(file.name.removesuffix(".yaml") for file in _FOLDER.iterdir() if file.name.endswith(".yaml")))


def library_text(name: str) -> str:
    """Return the text of the packaged agreement *name*; raise TermsError where there is none."""
    if name not in library_names():
        expected = f"a file, or one of the packaged agreements: {', '.join(library_names())}"
        raise TermsError([TermsProblem(file=name, expected=expected, found=name)])
    return _FOLDER.joinpath(f"{name}.yaml").read_text("utf-8")


def library_cases(name: str) -> str | None:
    """Return the worked cases of the packaged agreement *name*; None where there are none."""
    file = _FOLDER.joinpath("cases").joinpath(f"{name}.yaml")
    return file.read_text("utf-8") if name in library_names() and file.is_file() else None
