"""The record over HTTP: a log for readers and mirrors, a witness for logs, and the one way in which we ask others.

Both servers are ASGI applications of fixed paths; everything that they answer is decided by `log` and `witness`.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import urllib3

from parley.record.errors import Damaged, NotIncluded, RecordError
from parley.record.keys import load_senders
from parley.record.log import Log
from parley.record.rotation import FILE as HISTORY
from parley.record.witness import MOST_BYTES, Answer, Witness
from parley.record.witnessing import Witnessing, load_policy

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Sent = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Sent], Awaitable[None]]
Answers = Callable[[str, str, bytes], Answer]

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
        return Answer(answer.status, data, answer.headers.get("content-type", ""))


def witness_app(witness: Witness, clock: Callable[[], float] = time.time) -> Application:
    """The HTTP interface of tlog-witness."""

    def answer(method: str, path: str, body: bytes) -> Answer:
        if (method, path) == ("POST", "/add-checkpoint"):
            return witness.add_checkpoint(body, int(clock()))
        parts = path.split("/")
        if method == "GET" and len(parts) == 3 and parts[2] == "checkpoint":
            return witness.checkpoint(parts[1])
        return Answer(404, b"a witness answers POST /add-checkpoint and GET /<origin hash>/checkpoint\n")

    return _application(answer)


def log_app(folder: Path) -> Application:
    """The read interface of tlog-tiles for the record in *folder*, and what mirrors need besides.

    `GET /keys/senders` and `GET /keys/log.history` give the public keys; `POST /add-cosignature` takes, from mirrors
    that nobody can call, a checkpoint's note with their cosignatures.
    """
    log = Log.open(folder)

    def answer(method: str, path: str, body: bytes) -> Answer:
        if (method, path) == ("POST", "/add-cosignature"):
            return _take(folder, body)
        if method != "GET":
            return Answer(405, b"only GET\n")
        if path == "/checkpoint":
            return Answer(200, log.newest_note())
        if path == "/keys/senders":
            return Answer(200, "".join(f"{key}\n" for key in load_senders(folder)).encode())
        if path == f"/keys/{HISTORY}":
            file = folder / "keys" / HISTORY
            return Answer(200, file.read_bytes() if file.exists() else b"")
        return Answer(200, log.tile(path.removeprefix("/")), "application/octet-stream")

    return _application(answer)


def _take(folder: Path, body: bytes) -> Answer:
    policy = load_policy(folder)
    if policy is None:
        return Answer(404, b"this log has no policy\n")
    with Witnessing(folder, policy, Asker()) as witnessing:
        taken = witnessing.take(body)
    return Answer(200, f"{taken}\n".encode())


def serve(application: Application, host: str, port: int) -> None:
    """Serve until the process is told to end; raises RecordError where the port cannot be had."""
    import uvicorn

    try:
        uvicorn.run(application, host=host, port=port, log_level="warning", access_log=False, lifespan="off")
    except SystemExit as error:
        raise RecordError(f"http://{host}:{port}/ cannot be served") from error


def _application(answers: Answers) -> Application:
    async def application(scope: Scope, receive: Receive, send: Sent) -> None:
        if scope["type"] != "http":
            return
        body = await _body(receive)
        answer = Answer(413, b"too long\n") if body is None else _answered(answers, scope, body)
        headers = [(b"content-type", answer.kind.encode()), (b"content-length", str(len(answer.body)).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    return application


def _answered(answers: Answers, scope: Scope, body: bytes) -> Answer:
    try:
        return answers(scope["method"], scope["path"], body)
    except NotIncluded as error:
        return Answer(404, f"{error}\n".encode())
    except Damaged as error:
        return Answer(400, f"{error}\n".encode())
    except RecordError as error:
        return Answer(409, f"{error}\n".encode())


async def _body(receive: Receive) -> bytes | None:
    """The body of a request; None for one that is longer than any that is answered."""
    parts, size = [], 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return b"".join(parts)
