"""`python -m deploy.demo`: an engine from nothing, a day played on it, and what came of it."""

import argparse
import asyncio
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from rich.console import Console

from deploy.demo.day import load_town, play_day
from deploy.demo.ledger import tell
from deploy.demo.stage import FOLDER, AlreadyPlaying, fresh_engine
from deploy.local.migrations import MigrationFailed
from deploy.local.processes import StartFailed
from deploy.local.product import Product
from deploy.reference.load import LoadFailed

_PIPE_WIDTH = 160
_INTERRUPTED = 130
_HOW_TO_ACT = (
    ".venv/bin/python -m deploy.local --folder {folder}"
    " token command_centre_dispatcher --role dispatcher --grid qj"
)


def main() -> int:
    """0 when every issue ended as its story says."""
    given = _parser().parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    console = Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)
    console.print("正在启动 Starting PostgreSQL, Temporal, worker, API ...")
    try:
        with fresh_engine(given.folder, usual_ports=not given.free_ports) as product:
            good = _play(product, console, given.pace)
            if not given.exit:
                _serve(product, console)
    except (AlreadyPlaying, StartFailed, MigrationFailed, LoadFailed, OSError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        console.print("已停止 Stopped.")
        return _INTERRUPTED
    console.print("已停止 Stopped.")
    return 0 if good else 1


def _play(product: Product, console: Console, pace: float) -> bool:
    loaded = load_town(product)
    console.print(f"基础数据 reference data: {loaded.written} 条 entries")
    _show_addresses(product, console)
    began = time.monotonic()
    verdicts = asyncio.run(play_day(product, console, pace))
    good = tell(console, verdicts)
    console.print(f"用时 played in {time.monotonic() - began:.0f} s")
    return good


def _serve(product: Product, console: Console) -> None:
    _show_addresses(product, console)
    token = _HOW_TO_ACT.format(folder=product.home.folder)
    console.print(f"令牌 a token:             {token}", soft_wrap=True)
    console.print("服务继续运行，按 Ctrl-C 停止。Still serving; Ctrl-C stops it.")
    try:
        while True:
            signal.pause()
    except KeyboardInterrupt:
        console.print()


def _show_addresses(product: Product, console: Console) -> None:
    console.print(f"接口文档 API docs:        {product.addresses['API']}")
    console.print(f"流程页面 Temporal's page: {product.addresses['Temporal']}")


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("--exit", action="store_true", help="stop everything at the end")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where its data are kept")
    parser.add_argument(
        "--free-ports", action="store_true", help="take any free ports, never the usual ones"
    )
    parser.add_argument(
        "--pace", type=float, default=1.5, help="seconds that people take before they act"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
