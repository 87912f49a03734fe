"""Lets `ast.parse` run to its end before the garbage collector runs.

Before 3.11.8, CPython counts the depth of the tree that it builds in one place for the whole
process (python/cpython#106905). What the collector finds meanwhile may log a traceback, for
instance of an exception that nobody retrieved; to underline the line, `traceback` parses it, and
the count is that of another call: the first parse ends with `SystemError: AST constructor
recursion depth mismatch`. pytest parses the sources of what fails, and would end with an
INTERNALERROR instead of a report.
"""

import ast
import gc
import sys
from functools import wraps
from typing import Any

MENDED = (3, 11, 8)
_parse = ast.parse


@wraps(_parse)
def undisturbed(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - as `ast.parse`
    """As `ast.parse`."""
    if not gc.isenabled():
        return _parse(*args, **options)
    gc.disable()
    try:
        return _parse(*args, **options)
    finally:
        gc.enable()


if sys.version_info < MENDED:
    ast.parse = undisturbed
