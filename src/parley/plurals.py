"""A number with its noun."""


def counted(number: int, one: str, several: str = "") -> str:
    """Return *number* with its noun, as in "1 report", "2 reports"; *several* is another plural than with an s."""
    return f"{number} {one if number == 1 else several or one + 's'}"
