"""Marked words in everything that people may say, and everywhere they must not be found."""

import asyncio
from collections.abc import AsyncIterator

import httpx
from temporalio.client import Client

from deploy.demo import town
from deploy.demo.client import Api, Json
from deploy.demo.photos import COMMENT, a_photo
from deploy.local.ports import LOOPBACK
from deploy.local.product import DATABASE, Product
from settings import Settings
from storage.session import Database
from tests.sealing.dump import dumped
from workflows.connection import connect

NAME, PHONE, ADDRESS = "植入某甲", "13987654321", "植入小区九幢九九九"
WORDS = "植入的话"
LAT, LON = "26.9077123", "102.9298765"
MARKS = (NAME, PHONE, ADDRESS, WORDS, LAT, LON, COMMENT.decode())
RESIDENT, HOLDER, CENTRE = "resident_b3", "property_company_a", "command_centre_dispatcher"
SUPERVISOR, ADMINISTRATOR = "command_centre_supervisor", "command_centre_administrator"


class Planter:
    """People who say marked words on one issue, from its whistle to its evaluation."""

    def __init__(self, product: Product) -> None:
        self._api = Api(f"http://{LOOPBACK}:{product.ports.api}", product.home.jwt_secret)
        self._people = town.people()

    async def life(self) -> str:
        """An issue that was led to its end with marked words at every step; its number."""
        picture = await self._api.upload(self._people[RESIDENT], a_photo(WORDS))
        raised = await self._does(
            RESIDENT,
            "/issues",
            {
                "category": "lift_lighting",
                "description": f"{WORDS} {NAME} {PHONE}",
                "grid": town.grid("b3"),
                "position": {"lat": float(LAT), "lon": float(LON), "system": "wgs84"},
                "reporter": {"name": NAME, "phone": PHONE, "address": ADDRESS},
                "pictures": [picture["id"]],
            },
        )
        number: str = raised["number"]
        while (await self._looks(CENTRE, f"/issues/{number}"))["state"] == "reported":  # noqa: ASYNC110 - HTTP rings no bell
            await asyncio.sleep(0.1)
        for who, command, more in (
            (RESIDENT, "urge", {"text": WORDS}),
            (SUPERVISOR, "supervise", {"text": WORDS}),
            (HOLDER, "claim", {}),
            (HOLDER, "note", {"text": f"{WORDS} {ADDRESS}"}),
            (HOLDER, "resolve", {"text": f"{WORDS} {NAME}", "solved": True, "evidence": []}),
            (RESIDENT, "evaluate", {"satisfaction": "satisfied", "solved": True, "text": WORDS}),
        ):
            await self._does(who, f"/issues/{number}/{command}", more)
        await self._looks(HOLDER, "/issues", q=WORDS)
        return number

    async def found(self, number: str) -> Json:
        """What the administrator is handed over of the resident, the issue's part of it."""
        kept = await self._does(ADMINISTRATOR, "/persons/export", {"subject": RESIDENT})
        issues = [each for each in kept["issues"] if each["number"] == number]
        texts = [each["body"] for each in kept["texts"] if each["number"] == number]
        return {"reporter": issues[0]["reporter"]["name"], "texts": texts}

    async def erase(self) -> None:
        await self._does(ADMINISTRATOR, "/persons/erase", {"subject": RESIDENT})

    async def close(self) -> None:
        await self._api.close()

    async def _does(self, who: str, path: str, body: Json) -> Json:
        return await self._api.post(self._people[who], path, body)

    async def _looks(self, who: str, path: str, **params: str) -> Json:
        return await self._api.get(self._people[who], path, **params)


async def everywhere(product: Product) -> dict[str, str]:
    """All that a product leaves behind, by where it lies, as text."""
    settings = Settings(**_told(product))  # type: ignore[arg-type]  # pydantic reads words
    url = product.postgres.url(DATABASE)
    database = Database(url, ring=settings.seal_ring, command_timeout=30)
    try:
        tables = await dumped(database)
    finally:
        await database.close()
    client = await connect(product.temporal.address, "default")
    objects = (product.home.folder / "objects").rglob("*")
    return {
        "tables": tables,
        "histories": "\n".join([each async for each in _histories(client)]),
        "metrics": await _metrics(product),
        "logs": "\n".join(each.read_text("utf-8") for each in product.home.folder.glob("*.log")),
        "objects": "\n".join(
            each.read_bytes().decode("utf-8", "replace") for each in objects if each.is_file()
        ),
    }


def _told(product: Product) -> dict[str, str]:
    said = product.environment().items()
    return {
        name.removeprefix("DISPATCH_").lower(): value
        for name, value in said
        if name.startswith("DISPATCH_")
    }


async def _histories(client: Client) -> AsyncIterator[str]:
    """As bytes of their payloads too, in which JSON lies as it was written."""
    async for run in client.list_workflows():
        history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        for event in history.events:
            yield event.SerializeToString().decode("utf-8", "replace")


async def _metrics(product: Product) -> str:
    ports = (product.ports.api, product.ports.metrics)
    async with httpx.AsyncClient() as http:
        return "\n".join(
            [(await http.get(f"http://{LOOPBACK}:{port}/metrics")).text for port in ports]
        )
