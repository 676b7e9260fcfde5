"""When two spellings are one name."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=1 << 14)
def fold(name: str) -> str:
    """Return *name* as names are compared: Unicode form (NFKC), case and runs of white space do not matter."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())
