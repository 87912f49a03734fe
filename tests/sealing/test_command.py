"""`python -m deploy.seal` does what it says, and says how much."""

import asyncio
import base64
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.seal import main
from storage.pictures.album import LOCKED, Album, Variant
from storage.pictures.objects import objects_in
from storage.session import Database
from tests.sealing.dump import dumped
from tests.sealing.test_rotation import NEW, OLD, OLD_FIRST, opened
from tests.sealing.test_tables import NAME, everything
from tests.storage.test_pictures import an_upload, kept

PIXELS = b"\xff\xd8\xff as they lay before"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path) -> None:
    ring = {"new": base64.b64encode(NEW).decode(), "tests": base64.b64encode(OLD).decode()}
    for name, value in {
        "DATABASE_URL": database_url,
        "JWT_SECRET": "s" * 32,
        "SEAL_KEYS": json.dumps(ring),
        "OBJECTS_FOLDER": str(tmp_path),
    }.items():
        monkeypatch.setenv(f"DISPATCH_{name}", value)


async def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert await asyncio.to_thread(main, words) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("told")
async def test_keys_are_turned_and_told(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await everything(database)
    before = await said(capsys, "status")
    assert "wrapped by tests" in before
    assert "        0 open in texts" in before
    assert "2 data keys wrapped" in await said(capsys, "rotate", "--reseal")
    after = await said(capsys, "status")
    assert "wrapped by new" in after
    assert "wrapped by tests" not in after
    assert "The ring: KeyRing(new, tests)" in after
    assert "Destroyed: none" in await said(capsys, "destroy", "--before", "2000-01")
    assert NAME not in before + after


@pytest.mark.usefixtures("told")
async def test_what_is_in_use_is_not_destroyed(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with opened(database_url, OLD_FIRST, 2020) as then:
        await everything(then)
    for before, why in (("2021-01", "InUse: 2020-11"), ("9999-01", "TooRecent: 9999-01")):
        assert await asyncio.to_thread(main, ["destroy", "--before", before]) == 1
        assert why in capsys.readouterr().err


@pytest.mark.usefixtures("told")
async def test_open_pictures_are_locked_and_shown_all_the_same(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    objects = objects_in(tmp_path)
    picture = await kept(database, an_upload())
    async with database.begin() as session:
        await session.execute(text("UPDATE pictures SET key_sealed = NULL"))
    for variant in Variant:
        await objects.put(f"pictures/aa/{picture.id}/{variant}.jpg", PIXELS)
    for locked in (1, 0):
        assert f"{locked} pictures locked" in await said(capsys, "backfill")
        pieces = await Album(database, objects).open(picture.id, Variant.FULL)
        assert pieces is not None
        assert b"".join([each async for each in pieces]) == PIXELS
        assert {each.suffix for each in files_in(tmp_path)} == {LOCKED}
        assert not any(PIXELS in each.read_bytes() for each in files_in(tmp_path))
    assert "before" not in await dumped(database)


def files_in(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def test_a_fresh_key_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-key"]) == 0
    assert len(base64.b64decode(capsys.readouterr().out)) == 32
    with pytest.raises(SystemExit):
        main(["destroy", "--before", "last year"])
