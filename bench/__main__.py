"""`python -m bench`: prints what the engine costs and writes `bench/results.json`."""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from bench.figures import kept_in
from bench.report import printed
from bench.run import FULL, QUICK, measure
from bench.stage import FOLDER, staged

RESULTS = Path(__file__).parent / "results.json"


def main() -> int:
    """0 when everything was measured, whatever came of it: a benchmark is no test."""
    given = _parser().parse_args()
    signal.signal(signal.SIGTERM, interrupt)
    sizes = QUICK if given.quick else FULL
    if given.open is not None:
        sizes = sizes.with_open(given.open)

    file = given.results or (None if given.only else RESULTS)
    with staged(given.folder) as stage:
        results = asyncio.run(measure(stage, sizes, set(given.only), kept_in(file)))
    print(printed(results))
    return 0


def interrupt(_: int, __: FrameType | None) -> None:
    """Ends as Ctrl-C does, so that no server is left running."""
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers, a few minutes")
    parser.add_argument("--open", type=int, nargs="+", help="open issues for memory and recovery")
    parser.add_argument("--only", nargs="+", default=[], help="these parts")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where its data are kept")
    parser.add_argument(
        "--results", type=Path, help="the file written; bench/results.json, if all was measured"
    )
    return parser


if __name__ == "__main__":
    code = main()
    # The SDK's threads can abort the interpreter while it is torn down.
    sys.stdout.flush()
    os._exit(code)
