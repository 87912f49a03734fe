"""`python -m bench.intake`: what comes in, counted at the end; `bench/intake-results.json`."""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from bench.__main__ import interrupt
from bench.figures import kept_in
from bench.intake.broker import MISSING, mosquitto
from bench.intake.report import printed
from bench.intake.run import FULL, PARTS, QUICK, measure
from bench.stage import FOLDER, staged

RESULTS = Path(__file__).parents[1] / "intake-results.json"


def main() -> int:
    """0 when everything was measured, whatever came of it: a benchmark is no test."""
    given = _parser().parse_args()
    signal.signal(signal.SIGTERM, interrupt)
    sizes = QUICK if given.quick else FULL
    file = given.results or (None if given.only else RESULTS)
    with mosquitto(given.folder.with_name(f"{given.folder.name}-broker")) as broker:
        if broker is None:
            print(f"!!! {MISSING}", file=sys.stderr, flush=True)
        else:
            os.environ.update(broker.environment())  # the worker starts with it
        with staged(given.folder) as stage:
            results = asyncio.run(measure(stage, broker, sizes, set(given.only), kept_in(file)))
    print(printed(results))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers, about two minutes")
    parser.add_argument("--only", nargs="+", default=[], choices=PARTS, help="these parts")
    parser.add_argument("--folder", type=Path, default=FOLDER.with_name("bench-intake"))
    parser.add_argument(
        "--results", type=Path, help="the file written; bench/intake-results.json, if all was"
    )
    return parser


if __name__ == "__main__":
    code = main()
    # The SDK's threads can abort the interpreter while it is torn down.
    sys.stdout.flush()
    os._exit(code)
