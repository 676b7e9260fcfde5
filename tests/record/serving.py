"""A log served over HTTP for tests: on a free port, in a thread of its own."""

import threading
import time
from contextlib import closing, contextmanager

import uvicorn

from parley.record.outside.serving import LogServer


@contextmanager
def served(folder, **options):
    """Serve the record in *folder*; give its URL."""
    with closing(LogServer(folder, **options)) as log:
        server = uvicorn.Server(uvicorn.Config(log.app, port=0, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
