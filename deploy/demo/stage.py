"""The local engine the demo plays on: fresh at the start, gone at the end."""

import dataclasses
import fcntl
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.migrations import ROOT
from deploy.local.product import UNCOUNTED, Product

FOLDER = ROOT / ".local" / "demo"
"""Beside the data of `make up`, never among them."""


class AlreadyPlaying(Exception):
    """Another demo has the folder; it would lose its engine."""


@contextmanager
def fresh_engine(folder: Path = FOLDER, *, usual_ports: bool = True) -> Iterator[Product]:
    """The whole product with an empty database; stopped again however the block ends.

    On the usual ports where they are free, or on none of them. Nobody is counted: all people of a
    demo, and all callers of a benchmark, are at one address.

    Raises:
        AlreadyPlaying: another demo has this folder.
    """
    with _alone(folder):
        product = _emptied(folder)
        ports = product.home.choose_ports(set(), usual=usual_ports)
        product = dataclasses.replace(product, ports=ports, also=UNCOUNTED)
        try:
            with product.home.locked():
                product.stack.up()
            yield product
        finally:
            with _undisturbed(), product.home.locked():
                product.stack.down()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The lock goes with its process, however that ends."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise AlreadyPlaying(f"另一个演示正在使用 another demo is using {folder}") from held
        yield


def _emptied(folder: Path) -> Product:
    """What an earlier demo left running or lying is removed."""
    product = Product.at(folder)
    with product.home.locked():
        product.stack.down()
        product.postgres.destroy()
        product.home.delete()
    return product


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C does not leave half of the engine running."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
