"""Where the rows of each reader stand: in a database of his own, so that no query mixes what two may read."""

from collections.abc import Iterator
from pathlib import Path

from parley.model import CENTRE

_OTHERS = "reader-"


def rows_of(folder: Path, reader: str = CENTRE) -> Path:
    """Return where the rows of *reader* stand in *folder*: the centre, or a party by its id."""
    return folder / ("centre.db" if reader == CENTRE else f"{_OTHERS}{reader}.db")


def all_rows(folder: Path) -> Iterator[Path]:
    """Yield every file in *folder* that has rows of any reader, with what SQLite keeps beside it."""
    for name in ("centre.db*", f"{_OTHERS}*.db*"):
        yield from folder.glob(name)
