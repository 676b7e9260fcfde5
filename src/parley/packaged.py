"""The data that comes with Parley: YAML files, each beside the module whose data it is."""

from importlib import resources
from typing import Any


def packaged(package: str, name: str) -> Any:
    """Return the content of the YAML file *name* in *package*."""
    from ruamel.yaml import YAML  # takes long to import, and lists need none of the data

    return YAML(typ="safe").load(resources.files(package).joinpath(name).read_bytes())
