"""Where webhooks of the town under fire go: a receiver that keeps what it hears."""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

from typing_extensions import override

from deploy.local.ports import LOOPBACK

Told: TypeAlias = tuple[str, str, str, str]
"""Issue, recipient, template, stage: a fact that somebody is told once."""


class Sink:
    """Takes every message, and drops what it has by its id, as Standard Webhooks asks receivers."""

    def __init__(self) -> None:
        self.messages: dict[str, tuple[Told, ...]] = {}
        self.again = 0
        self._server = ThreadingHTTPServer((LOOPBACK, 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._server.server_port}/notices"

    def heard(self) -> Counter[Told]:
        """How often each fact arrived under an id of its own; more may arrive meanwhile."""
        return Counter(told for message in list(self.messages.values()) for told in message)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                message = self.headers["webhook-id"]
                sink.again += message in sink.messages
                sink.messages[message] = tuple(
                    (each["issue"], body["recipient"], each["template"], each["stage"])
                    for each in body["notices"]
                )
                self.send_response(204)
                self.end_headers()

            @override
            def log_message(self, format: str, *args: object) -> None:
                """Nothing: a run has thousands."""

        return Handler
