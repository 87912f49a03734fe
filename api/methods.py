"""Which methods an address takes, over all routes that share it."""

import re
from functools import cache

from fastapi import FastAPI, Request
from starlette.routing import compile_path


def allowed_methods(request: Request) -> str:
    """The value of `Allow`; empty when no documented route has this path."""
    found = {
        method
        for pattern, methods in _routes(request.app)
        if pattern.fullmatch(request.url.path)
        for method in methods
    }
    return ", ".join(sorted(found))


@cache
def _routes(app: FastAPI) -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    paths = app.openapi()["paths"]
    return [
        (compile_path(path)[0], tuple(method.upper() for method in operations))
        for path, operations in paths.items()
    ]
