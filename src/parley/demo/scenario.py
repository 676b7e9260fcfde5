"""A scenario: a charter, agreements, and inputs in their order of arrival, as its `scenario.yaml` lists them."""

from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from ruamel.yaml import YAML

from parley.centre.statements import Delivery
from parley.model import (
    Charter,
    Input,
    Noun,
    TermsVersion,
)
from parley.terms import library_names, library_text


class _Listed(Noun):
    file: str
    channel: str
    source: str | None = None
    mapping: str | None = None


class _Manifest(Noun):
    title: str
    timezone: str
    exercise: bool
    note: str
    terms: tuple[str, ...]
    inputs: tuple[_Listed, ...]


@dataclass(frozen=True)
class Scenario:
    """Everything that the main job needs for one scenario."""

    charter: Charter
    terms: tuple[TermsVersion, ...]
    deliveries: tuple[Delivery, ...]


def load_scenario(name: str) -> Scenario:
    """Return the packaged scenario *name*: `syria` or `exercise`. An agreement is of the library, or beside it."""
    folder = resources.files("parley.demo").joinpath(name)
    listed = _Manifest.model_validate(
        YAML(typ="safe", pure=True).load(folder.joinpath("scenario.yaml").read_text("utf-8"))
    )
    return Scenario(
        charter=Charter(title=listed.title, timezone=listed.timezone, exercise=listed.exercise, note=listed.note),
        terms=tuple(_terms(folder, name) for name in listed.terms),
        deliveries=tuple(
            Delivery(
                input=_input(folder, one.file),
                channel=one.channel,
                source=one.source,
                mapping=_input(folder, one.mapping) if one.mapping else None,
            )
            for one in listed.inputs
        ),
    )


def _terms(folder: Traversable, name: str) -> TermsVersion:
    if name in library_names():
        return TermsVersion(name=name, text=library_text(name))
    return TermsVersion(name=name, text=folder.joinpath(name).read_text("utf-8"))


def _input(folder: Traversable, path: str) -> Input:
    file = folder.joinpath("inputs").joinpath(path)
    return Input(name=path, data=file.read_bytes())
