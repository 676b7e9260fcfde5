"""A model server for tests: answers on a local port with whatever a function makes of the request."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Raw:
    """An answer as bytes, sent as it is; `forever` sends it again and again."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    forever: bool = False
    pause: float = 0.0


@dataclass(frozen=True)
class Asked:
    """What a request shows of the article: which question it is, and the numbers of sentences, actors and days."""

    question: str
    sentences: Mapping[str, str]
    actors: Mapping[str, str]
    days: Mapping[str, str]
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    def number(self, name: str) -> str:
        return next(number for number, one in self.actors.items() if one == name)


Answers = Callable[[Asked], "Raw | str | Mapping[str, Any]"]


def read_request(body: Mapping[str, Any], headers: Mapping[str, str]) -> Asked:
    system, user = body["messages"][0]["content"], body["messages"][1]["content"]
    question = "accused" if "who is accused, and then who accuses" in system else "says"
    mark = re.search(r"written (\S)\.", system)
    assert mark
    head, _, rest = user.partition("\n\n" + re.search(r"hold ([0-9a-f]{24})", system)[1] + "\n")  # type: ignore[index]
    sentences = dict(line.split(" ", 1) for line in rest.splitlines() if re.match(r"s\d+ ", line))
    actors = dict(re.findall(r"^(a\d+): (.*)$", head, re.MULTILINE))
    days = dict(re.findall(r"^(d\d+): (.*)$", head, re.MULTILINE))
    return Asked(question, sentences, actors, days, body, headers)


@contextmanager
def model_server(answers: Answers) -> Iterator[tuple[str, list[Asked]]]:
    """Serve while the block runs; give the address and the list of what was asked so far."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            one = read_request(body, dict(self.headers))
            asked.append(one)
            said = answers(one)
            if not isinstance(said, Raw):
                text = said if isinstance(said, str) else json.dumps(said)
                said = Raw(json.dumps({"model": "fake-1", "choices": [{"message": {"content": text}}]}).encode())
            try:
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                if not said.forever:
                    self.send_header("Content-Length", str(len(said.body)))
                self.end_headers()
                self.wfile.write(said.body)
                while said.forever:
                    time.sleep(said.pause)
                    self.wfile.write(said.body)
            except OSError:
                pass

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
