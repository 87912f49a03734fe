"""One interface to a folder and to a bucket; what is gone, and what cannot be told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from settings import Settings
from storage.pictures.objects import Bucket, Objects, ObjectsUnreachable, objects_in
from tests.pictures.bucket import TinyS3, a_bucket

NAME = "pictures/ab/abc/full.jpg"
LARGE = bytes(range(256)) * 40_000


def in_bucket(tiny: TinyS3, key: str = "test-key") -> Objects:
    return objects_in(
        Bucket(
            name="dispatch",
            region="cn-north-1",
            endpoint=tiny.endpoint,
            access_key=key,
            secret_key="test-secret",
        )
    )


@asynccontextmanager
async def a_store(kind: str, folder: Path) -> AsyncIterator[Objects]:
    if kind == "folder":
        yield objects_in(folder / "made" / "on demand")
    else:
        async with a_bucket() as tiny:
            yield in_bucket(tiny)


async def read(objects: Objects, name: str = NAME) -> bytes | None:
    pieces = await objects.get(name)
    return None if pieces is None else b"".join([each async for each in pieces])


@pytest.mark.parametrize("kind", ["folder", "bucket"])
async def test_what_was_put_is_got_until_it_is_deleted(kind: str, tmp_path: Path) -> None:
    async with a_store(kind, tmp_path) as objects:
        assert await read(objects) is None
        await objects.put(NAME, b"first")
        await objects.put(NAME, LARGE)
        assert await read(objects) == LARGE
        await objects.delete(NAME)
        await objects.delete(NAME)
        assert await read(objects) is None


async def test_a_bucket_of_its_own_address_has_its_name_in_the_path() -> None:
    async with a_bucket() as tiny:
        await in_bucket(tiny).put(NAME, b"x")
        assert tiny.objects == {f"/dispatch/{NAME}": b"x"}


async def test_a_store_that_cannot_answer_says_so() -> None:
    async with a_bucket() as tiny:
        objects = in_bucket(tiny, key="another-key")
        with pytest.raises(ObjectsUnreachable):
            await objects.put(NAME, b"x")
        with pytest.raises(ObjectsUnreachable):
            await objects.get(NAME)
        with pytest.raises(ObjectsUnreachable):
            await objects.delete(NAME)


async def test_a_folder_that_is_a_file_says_so(tmp_path: Path) -> None:
    objects = objects_in(tmp_path)
    (tmp_path / "pictures").write_text("in the way")
    with pytest.raises(ObjectsUnreachable):
        await objects.put(NAME, b"x")


async def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    objects = objects_in(tmp_path / "in")
    for name in ("../out.jpg", "a/../../out.jpg"):
        with pytest.raises(ValueError, match="illegal"):
            await objects.put(name, b"x")
    await objects.put("/out.jpg", b"x")
    assert not objects_outside(tmp_path)


def objects_outside(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()} - {"in"}


def settings(**given: Any) -> Settings:  # noqa: ANN401
    return Settings(database_url="postgresql+asyncpg://x", jwt_secret=SecretStr("s" * 32), **given)


def test_pictures_lie_in_a_folder_unless_a_bucket_is_named() -> None:
    assert settings(objects_folder=Path("/data")).objects_place == Path("/data")
    place = settings(
        objects_bucket="b", objects_endpoint="https://s3.test", objects_secret_key="shh"
    ).objects_place
    assert isinstance(place, Bucket)
    assert (place.name, place.endpoint, place.secret_key) == ("b", "https://s3.test", "shh")


def test_links_are_signed_with_a_secret_of_their_own_if_there_is_one() -> None:
    assert settings().picture_link_key == b"s" * 32
    assert settings(picture_link_secret="l" * 32).picture_link_key == b"l" * 32
    without = Settings(database_url="x", jwt_secret=None, jwt_jwks_url="https://id.test/keys")
    with pytest.raises(ValueError, match="set picture_link_secret"):
        _ = without.picture_link_key
    with pytest.raises(ValueError, match="picture_link_secret is shorter"):
        settings(picture_link_secret="short")
