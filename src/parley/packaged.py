"""The data that comes with Parley: YAML files, each beside the module whose data it is."""

from importlib import resources
from typing import Any

from ruamel.yaml import YAML


def packaged(package: str, name: str) -> Any:
    """Return the content of the YAML file *name* in *package*."""
    return YAML(typ="safe").load(resources.files(package).joinpath(name).read_bytes())
