"""Cells of the CSV that Parley writes: none of them becomes a formula in a spreadsheet program.

A cell that begins with = + - @, a tab or a line end would be calculated where it is opened (OWASP, "CSV Injection"). It
gets one ' before it, and so does one that begins with ': who reads the file takes one ' away from every cell that
begins with it, and has what was there. Numbers that Parley itself writes stay as they are.
"""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(text: str) -> str:
    """Return *text* as a cell that is text; the inverse of `unguarded`."""
    return f"'{text}" if text.startswith((*FORMULA, "'")) else text


def unguarded(cell: str) -> str:
    """Return the text that `guarded` made *cell* of."""
    return cell.removeprefix("'")
