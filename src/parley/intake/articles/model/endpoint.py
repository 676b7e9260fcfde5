"""One request to an OpenAI-compatible address: `POST {base}/v1/chat/completions` with a JSON schema for the answer.

The same request works on vLLM, llama.cpp's server, Ollama and LM Studio; where a server refuses `response_format`, the
request is sent once more without it: the schema stands in the prompt too, and every answer is checked in any case.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import urllib3

from parley.model import ModelError

MOST_ANSWER = 1 << 20
"""Bytes of an answer; what is longer is not read."""

_TRIES = 3
_AGAIN = (429, 500, 502, 503, 504)
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Endpoint:
    """A model of the user's: `address` without /v1/…; `key` goes into the Authorization header where there is one."""

    address: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = 120.0

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.address)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            usable = False
        if not usable or parts.username or parts.password or parts.query or parts.fragment:
            raise ModelError(
                f"{self.address!r}: expected an address such as http://127.0.0.1:8000, without a name, key or query"
            )

    @property
    def url(self) -> str:
        base = self.address.rstrip("/")
        return f"{base}/chat/completions" if base.endswith("/v1") else f"{base}/v1/chat/completions"


@dataclass(frozen=True)
class Said:
    """An answer: the text, the model's name as the server gives it, and the body of the request that it answers."""

    text: str
    model: str
    request: bytes


class Unusable(Exception):  # noqa: N818  (the server's fault, told to the user, never a failure of the program)
    """Raised where an answer came that cannot be used (too long, no JSON, without text): its code, as of `Refused`."""

    def __init__(self, code: str, **params: int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


Sleep = Callable[[float], None]


def ask(
    endpoint: Endpoint,
    messages: Sequence[Mapping[str, str]],
    schema: Mapping[str, Any],
    sleep: Sleep = time.sleep,
) -> Said:
    """Send *messages* and return the answer.

    Raises:
        ModelError: nobody answers, or not with 200, or not in time.
        Unusable: an answer above 1 MiB, or one that is none of this interface.
    """
    wanted = request(endpoint, messages, schema)
    deadline = time.monotonic() + endpoint.seconds
    status, data = _tried(endpoint, wanted, deadline, sleep)
    if status in (400, 422, 501):
        wanted = request(endpoint, messages, None)
        status, data = _tried(endpoint, wanted, deadline, sleep)
    if status != 200:
        raise ModelError(f"{endpoint.url}: the answer has status {status}, not 200")
    try:
        raw = json.loads(data)
        text, model = raw["choices"][0]["message"]["content"], raw.get("model", "")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise Unusable("no-completion") from error
    if not isinstance(text, str):
        raise Unusable("no-text")
    return Said(text, model[:200] if isinstance(model, str) else "", wanted)


def request(endpoint: Endpoint, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any] | None) -> bytes:
    """Return the body of the request; the same arguments give the same bytes."""
    body = {"model": endpoint.model, "messages": list(messages), "temperature": 0, "stream": False}
    if schema is not None:
        shaped = {"name": schema.get("title", "answer"), "strict": True, "schema": schema}
        body["response_format"] = {"type": "json_schema", "json_schema": shaped}
    return json.dumps(body).encode()


def _tried(endpoint: Endpoint, body: bytes, deadline: float, sleep: Sleep) -> tuple[int, bytes]:
    """Return status and body of the answer; try again where nobody answers or the server says that it is busy."""
    for number in range(1, _TRIES + 1):
        try:
            status, data = _sent(endpoint, body, deadline)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            if number == _TRIES or time.monotonic() >= deadline:
                raise ModelError(f"{endpoint.url}: nobody answers ({type(error).__name__})") from error
        else:
            if status not in _AGAIN or number == _TRIES:
                return status, data
        sleep(min(0.5 * 2**number, max(0.0, deadline - time.monotonic())))
    raise AssertionError("unreachable")


def _sent(endpoint: Endpoint, body: bytes, deadline: float) -> tuple[int, bytes]:
    left = max(0.1, deadline - time.monotonic())
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    with urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=min(5.0, left), read=left)) as pool:
        answer = pool.request(
            "POST",
            endpoint.url,
            body=body,
            headers=headers,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        try:
            if int(answer.headers.get("content-length") or 0) > MOST_ANSWER:
                raise Unusable("answer-too-large", most=MOST_ANSWER)
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise Unusable("compressed")
            return answer.status, _read(answer, deadline, endpoint)
        except ValueError as error:
            raise Unusable("unreadable-headers") from error
        finally:
            answer.close()


def _read(answer: urllib3.BaseHTTPResponse, deadline: float, endpoint: Endpoint) -> bytes:
    """Return the whole body, within the limits of size and time: a server may send for ever, a byte a second."""
    parts: list[bytes] = []
    size = 0
    while chunk := answer.read1(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > MOST_ANSWER:
            raise Unusable("answer-too-large", most=MOST_ANSWER)
        if time.monotonic() > deadline:
            raise ModelError(f"{endpoint.url}: no whole answer within {endpoint.seconds:g} s")
    return b"".join(parts)
