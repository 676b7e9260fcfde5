"""One value, one sequence of bytes: canonical JSON (RFC 8785), strict base64 (RFC 4648), UTC times (RFC 3339).

Each `decode_*` accepts exactly what its `encode_*` writes. Were two spellings of one value allowed, two readers could
take the same signed bytes for different things.
"""

import json
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import rfc8785

from parley.record.errors import Damaged

_MAX_INTEGER = 2**53 - 1
_encode: Callable[[Any], str] = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def encode_json(value: Any) -> bytes:
    """The canonical JSON (RFC 8785) of *value*: of dict, list, tuple, str, int, float, bool and None.

    Raises:
        ValueError: for anything else, and for numbers of 2^53 and above, that JSON readers do not agree on.
    """
    try:
        # orjson writes the same bytes a hundred times faster wherever neither the order of keys in UTF-16 nor the
        # spelling of numbers in ECMAScript comes into play.
        if _is_plain(value):
            return _encode_plain(value)
        data = rfc8785.dumps(value)
        if rfc8785.dumps(json.loads(data)) != data:
            raise ValueError("the value does not survive being written and read")
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return data


def encoder_for(whole: Any) -> Callable[[Any], bytes]:
    """An `encode_json` for parts of *whole*, which is looked at once: the quick one where every part is plain."""
    return _encode_plain if _is_plain(whole) else encode_json


def _encode_plain(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # half a surrogate pair, or 255 levels: the standard library says what becomes of it
        return _encode(value).encode()


def decode_json(data: bytes) -> Any:
    """The value of canonical JSON; the inverse of `encode_json`.

    Raises:
        Damaged: for anything that `encode_json` does not write.
    """
    try:
        value = _loads(data)
        if encode_json(value) == data:
            return value
    except (ValueError, RecursionError) as error:
        raise Damaged(f"not JSON: {error}") from error
    raise Damaged("not canonical JSON")


def _loads(data: bytes) -> Any:
    """The value of JSON: the quick reader first, the standard library's for what that one does not read."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data.decode())


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-_MAX_INTEGER <= value <= _MAX_INTEGER)
    if kind is float:
        return bool(1e-4 <= abs(value) < _MAX_INTEGER and not value.is_integer())
    # No call for words, since every body is looked at.
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii() or not (type(item) is str or _is_plain(item)):
                return False
        return True
    return kind in (list, tuple) and all(type(item) is str or _is_plain(item) for item in value)


def encode_base64(data: bytes) -> bytes:
    """Standard base64 with padding, no newline."""
    return b2a_base64(data, newline=False)


def decode_base64(text: bytes) -> bytes:
    """The inverse of `encode_base64`; raises Damaged for any other spelling, unused bits that are set included."""
    try:
        data = a2b_base64(text, strict_mode=True)
    except Base64Error as error:
        raise Damaged(f"not base64: {error}") from error
    if b2a_base64(data, newline=False) != text:
        raise Damaged("not canonical base64")
    return data


def encode_time(moment: datetime) -> str:
    """RFC 3339 in UTC with `Z`, to the microsecond where there is one; raises ValueError for a time without a zone."""
    if moment.utcoffset() is None:
        raise ValueError("the time has no zone")
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def decode_time(text: str) -> datetime:
    """The inverse of `encode_time`; raises Damaged for any other spelling."""
    try:
        moment = datetime.fromisoformat(text)
        if encode_time(moment) == text:
            return moment
    except (ValueError, OverflowError) as error:
        raise Damaged(f"not a time: {error}") from error
    raise Damaged("not a time in UTC")
