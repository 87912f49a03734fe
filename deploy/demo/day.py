"""A day on a running product: the town's reference data, then all stories at once."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import httpx
from rich.console import Console

from api.tokens import mint
from deploy.demo import town
from deploy.demo.board import Board
from deploy.demo.client import Api
from deploy.demo.ledger import ledger
from deploy.demo.scene import Scene
from deploy.demo.stories import DAY
from deploy.demo.story import Story, Verdict, play_all
from deploy.local.ports import LOOPBACK
from deploy.local.product import Product
from deploy.reference.load import Loaded, load
from deploy.reference.shipped import Shipped
from observability.clock import now


def load_town(product: Product) -> Loaded:
    """Loads the default tables and those of the town, as its administrator would."""
    return load_entries(product, town.reference())


def load_entries(product: Product, entries: Sequence[Shipped]) -> Loaded:
    """Loads reference data as the town's administrator."""
    return load(entries, _url(product), _administrator(product))


def has_districts(product: Product) -> bool:
    """Whether somebody has loaded reference data into this engine already."""
    answer = httpx.get(
        f"{_url(product)}/api/v1/reference/district",
        headers={"Authorization": f"Bearer {_administrator(product)}"},
    )
    answer.raise_for_status()
    return bool(answer.json()["items"])


def _administrator(product: Product) -> str:
    who = town.people()["command_centre_administrator"]
    claims: dict[str, object] = {
        "sub": who.subject,
        "roles": [*who.roles],
        "grids": [*who.grids],
    }
    return mint(product.home.jwt_secret, claims, at=now(), lifetime=timedelta(minutes=10))


async def play_day(product: Product, console: Console, pace: float = 0.0) -> Sequence[Verdict]:
    """Plays every story, shows them as they go, and the ledger at the end."""
    people = town.people()
    onlooker = people["command_centre_supervisor"]
    api = Api(_url(product), product.home.jwt_secret)
    board = Board(api, onlooker, town.names(), console)

    def scene(story: Story) -> Scene:
        board.begins(story, playing := Scene(api, people, pace))
        return playing

    watching = asyncio.create_task(board.follow())
    try:
        verdicts = await play_all(DAY, scene)
        await board.look()
        await _stopped(watching)
        console.print(await ledger(api, onlooker, verdicts))
    finally:
        await _stopped(watching)
        await api.close()
    return verdicts


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _url(product: Product) -> str:
    return f"http://{LOOPBACK}:{product.ports.api}"
