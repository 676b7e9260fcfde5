"""Codes of statements, to be read out over a radio: the first 40 bits of the envelope's digest, and a check digit.

Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O, U; read in any case, with or without hyphens;
the check digit is the number modulo 37, with five signs more than the digits have.
"""

from parley.record.errors import RecordError

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK = f"{_DIGITS}*~$=U"
_READ = {**{digit: digit for digit in _CHECK}, "I": "1", "L": "1", "O": "0"}
_BITS = 40
_LENGTH = _BITS // 5
LENGTH = _LENGTH + 1
"""The signs of a code, its hyphens aside."""


def encode_code(digest: str) -> str:
    """The code of the statement whose envelope has this digest (hex), such as `9FJ3-K2ZQ-8`."""
    value = int(digest[: _BITS // 4], 16)
    text = "".join(_DIGITS[value >> shift & 31] for shift in range(_BITS - 5, -1, -5))
    return f"{text[:4]}-{text[4:]}-{_CHECK[value % 37]}"


def decode_code(text: str) -> str:
    """The first ten hex digits of the digest that a code stands for; the inverse of `encode_code`.

    Raises:
        RecordError: when it is no code, or was misread: it says which.
    """
    signs = [_READ.get(sign) for sign in text.upper() if sign not in "- "]
    if len(signs) != _LENGTH + 1 or None in signs:
        raise RecordError(f"a code has {_LENGTH} letters and digits and a check digit, such as 9FJ3-K2ZQ-8")
    *digits, check = (sign or "" for sign in signs)
    value = 0
    for digit in digits:
        if digit not in _DIGITS:
            raise RecordError(f"{digit!r} can only be the check digit of a code")
        value = value << 5 | _DIGITS.index(digit)
    if _CHECK[value % 37] != check:
        raise RecordError("the check digit does not fit: a sign of the code was misread")
    return f"{value:0{_BITS // 4}x}"
