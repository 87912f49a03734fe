"""The day of Fuchun estate on the whole product: every story ends as it says."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from rich.console import Console

from deploy.demo.day import load_town, play_day
from deploy.demo.stage import fresh_engine
from deploy.demo.stories import DAY
from deploy.demo.story import Verdict
from deploy.local.product import Product
from deploy.reference.load import Loaded
from tests.e2e.planting import MARKS, NAME, Planter, everywhere


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder: Path = tmp_path_factory.mktemp("demo")
    with fresh_engine(folder, usual_ports=False) as product:
        yield product
    assert not [server.name for server in product.servers if server.is_running]
    product.postgres.destroy()


@pytest.fixture(scope="module")
def loaded(product: Product) -> Loaded:
    return load_town(product)


@pytest.fixture(scope="module")
def verdicts(product: Product, loaded: Loaded) -> Mapping[str, Verdict]:
    assert loaded.written
    console = Console(width=160, force_terminal=False)
    found = asyncio.run(play_day(product, console))
    return {verdict.story.code: verdict for verdict in found}


@pytest.mark.parametrize("code", [story.code for story in DAY])
def test_story_ends_as_it_says(verdicts: Mapping[str, Verdict], code: str) -> None:
    assert verdicts[code].failures == ()


def test_loading_again_writes_nothing(product: Product, loaded: Loaded) -> None:
    again = load_town(product)
    assert again == Loaded(written=0, unchanged=loaded.written + loaded.unchanged)


async def test_what_people_say_is_found_where_it_belongs_and_nowhere_else(
    product: Product, verdicts: Mapping[str, Verdict]
) -> None:
    assert verdicts
    planter = Planter(product)
    try:
        number = await planter.life()
        kept = await planter.found(number)
        assert (kept["reporter"], len(kept["texts"])) == (NAME, 3)
        left = await everywhere(product)
        assert number in left["tables"]
        assert number in left["histories"]
        assert "request_answered" in left["logs"]
        told = [(where, each) for where, text in left.items() for each in MARKS if each in text]
        assert told == []
        await planter.erase()
        assert await planter.found(number) == {"reporter": None, "texts": []}
    finally:
        await planter.close()
