"""HTTP, both ways: the one way in which others are asked, and what turns answers into an ASGI application.

What is answered is decided elsewhere: `serving` (a log) and `witness`.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import urllib3

from parley.record.errors import Damaged, NotIncluded, RecordError
from parley.record.outside.witness import MOST_BYTES, Answer, Witness

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Sent = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Sent], Awaitable[None]]

_TIMEOUT = urllib3.Timeout(connect=3, read=10)
_MOST_ANSWER = 32 << 20  # a bundle of 256 entries of 65,535 bytes, and some


class Asker:
    """Sends requests over connections that stay open; usable from many threads at once."""

    def __init__(self) -> None:
        self._pools = urllib3.PoolManager(num_pools=16, maxsize=8, retries=False, timeout=_TIMEOUT)

    def __call__(self, url: str, body: bytes | None = None) -> Answer:
        """POST *body* to *url*, or GET it without one; raises OSError where nobody answers, Damaged for too much."""
        try:
            answer = self._pools.request("GET" if body is None else "POST", url, body=body, preload_content=False)
            data = answer.read(_MOST_ANSWER + 1)
            answer.drain_conn()
            answer.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise OSError(f"{url}: nobody answers ({type(error).__name__})") from error
        if len(data) > _MOST_ANSWER:
            raise Damaged(f"{url}: an answer above {_MOST_ANSWER} bytes")
        return Answer(answer.status, data, answer.headers.get("content-type", ""), tuple(answer.headers.items()))


class Request(NamedTuple):
    """What was asked: HEAD comes as GET."""

    method: str
    path: str
    query: str
    body: bytes


Answers = Callable[[Request], Awaitable[Answer]]


def application(answers: Answers, most_bytes: Mapping[str, int]) -> Application:
    """The ASGI application that answers with *answers*.

    Args:
        most_bytes: how long the body of a POST to a path may be; others have none.
    """

    async def app(scope: Scope, receive: Receive, send: Sent) -> None:
        if scope["type"] != "http":
            return
        head = scope["method"] == "HEAD"
        method, path = "GET" if head else scope["method"], scope["path"]
        body = await _body(receive, most_bytes.get(path, 0) if method == "POST" else 0)
        if body is None:
            answer = Answer(413, b"too long\n", headers=(("connection", "close"),))
        else:
            answer = await _answered(
                answers, Request(method, path, scope.get("query_string", b"").decode("latin-1"), body)
            )
        headers = [("content-type", answer.kind), ("content-length", str(len(answer.body))), *answer.headers]
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": lines})
        await send({"type": "http.response.body", "body": b"" if head else answer.body})

    return app


async def _answered(answers: Answers, request: Request) -> Answer:
    try:
        return await answers(request)
    except NotIncluded as error:
        return Answer(404, f"{error}\n".encode(errors="replace"))
    except Damaged as error:
        return Answer(400, f"{error}\n".encode(errors="replace"))
    except RecordError as error:
        return Answer(409, f"{error}\n".encode(errors="replace"))


async def _body(receive: Receive, most: int) -> bytes | None:
    """The body of a request; None as soon as it is longer than *most*."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


def witness_app(witness: Witness, clock: Callable[[], float] = time.time) -> Application:
    """The HTTP interface of tlog-witness."""

    async def answer(request: Request) -> Answer:
        if (request.method, request.path) == ("POST", "/add-checkpoint"):
            return witness.add_checkpoint(request.body, int(clock()))
        parts = request.path.split("/")
        if request.method == "GET" and len(parts) == 3 and parts[2] == "checkpoint":
            return witness.checkpoint(parts[1])
        return Answer(404, b"a witness answers POST /add-checkpoint and GET /<origin hash>/checkpoint\n")

    return application(answer, {"/add-checkpoint": MOST_BYTES})


def serve(app: Application, host: str, port: int) -> None:
    """Serve until the process is told to end; raises RecordError where the port cannot be had."""
    import uvicorn

    try:
        uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, lifespan="off")
    except SystemExit as error:
        raise RecordError(f"http://{host}:{port}/ cannot be served") from error
