"""What the collector does in the middle of a parse must not break it; tests parse sources."""

import ast
import gc
import inspect


class Noisy:
    """In a cycle of its own; parses when it is collected, as a traceback that is logged does."""

    gone = 0

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Noisy.gone += 1
        deeper(10)


def deeper(levels: int) -> None:
    """The count starts at the depth of the caller."""
    if levels:
        deeper(levels - 1)
    else:
        ast.parse("1 + 1")


def test_collector_breaks_no_parse() -> None:
    source, before, thresholds = inspect.getsource(inspect), Noisy.gone, gc.get_threshold()
    gc.collect()
    gc.set_threshold(10)
    try:
        for _ in range(20):
            Noisy()
            ast.parse(source)
    finally:
        gc.set_threshold(*thresholds)
    gc.collect()
    assert Noisy.gone == before + 20
    assert gc.isenabled()
