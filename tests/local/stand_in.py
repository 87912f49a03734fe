"""Stands in for the API and the worker: answers one path with its environment."""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from typing_extensions import override


class Answer(BaseHTTPRequestHandler):
    """Says 200 where the product would."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == sys.argv[2] else 404)
        self.end_headers()
        told = {key: value for key, value in os.environ.items() if key.startswith("DISPATCH_")}
        self.wfile.write(json.dumps(told).encode())

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Is silent."""


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
