"""What is not taken as a picture, and how it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus

import pytest
from starlette.requests import ClientDisconnect
from structlog.testing import capture_logs

from api.body import Limits
from tests.api.gallery import look, upload
from tests.api.town import Town, a_key, a_token, fields_of
from tests.builders import GRID_WORKER, RESIDENT
from tests.pictures.album import FrailObjects, a_jpeg, encoded, two_halves
from tests.pictures.test_darkroom import a_film, a_png_that_claims

CHUNK = bytes(64 * 1024)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "picture_not_a_picture"),
        (b"GIF89a", "picture_not_a_picture"),
        (a_png_that_claims(20_000, 20_000), "picture_too_many_pixels"),
        (a_jpeg()[:300], "picture_broken"),
        (a_film("WEBP"), "picture_animated"),
    ],
)
async def test_what_is_no_picture_is_refused_with_its_reason(
    town: Town, objects: FrailObjects, content: bytes, rule: str
) -> None:
    answer = await upload(town, RESIDENT, content)
    assert (answer.status_code, fields_of(answer)) == (422, {"body": rule})
    assert not objects.names
    assert (await upload(town, RESIDENT, a_jpeg())).status_code == HTTPStatus.CREATED


@pytest.mark.parametrize("kind", ["image/gif", "application/json", "text/html", "", "image"])
async def test_other_types_are_not_read_at_all(town: Town, kind: str) -> None:
    answer = await upload(town, RESIDENT, a_jpeg(), kind=kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_the_bytes_decide_not_the_name_of_their_type(town: Town) -> None:
    answer = await upload(town, RESIDENT, encoded(two_halves(), "PNG"), kind="image/webp")
    seen = await look(town, answer.json()["links"]["full"])
    assert seen.headers["Content-Type"] == "image/jpeg"
    assert seen.content.startswith(b"\xff\xd8\xff")


async def test_a_long_body_is_refused_by_its_announced_length(town: Town) -> None:
    answer = await upload(town, RESIDENT, bytes(Limits().pictures + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(("path", "most"), [("/pictures", Limits().pictures), ("/issues", 16_384)])
async def test_a_body_without_end_is_refused_before_it_is_read_whole(
    town: Town, path: str, most: int
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100_000_000:
            sent += len(CHUNK)
            yield CHUNK

    headers = {"Authorization": f"Bearer {a_token(RESIDENT)}", "Idempotency-Key": a_key()}
    headers["Content-Type"] = "image/jpeg" if path == "/pictures" else "application/json"
    answer = await town.http.post(path, content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert most < sent <= most + 2 * len(CHUNK)


async def test_a_picture_of_more_bytes_than_other_bodies_is_taken(town: Town) -> None:
    large = a_jpeg() + bytes(Limits().requests)
    assert (await upload(town, RESIDENT, large)).status_code == HTTPStatus.CREATED


async def stuck() -> AsyncIterator[bytes]:
    yield a_jpeg()[:100]
    await asyncio.Event().wait()


async def gone() -> AsyncIterator[bytes]:
    yield a_jpeg()[:100]
    raise ClientDisconnect


@pytest.mark.parametrize("body", [stuck, gone])
async def test_a_body_that_stops_arriving_is_given_up_and_sent_again(
    town: Town, body: Callable[[], AsyncIterator[bytes]]
) -> None:
    headers = {"Authorization": f"Bearer {a_token(RESIDENT)}", "Idempotency-Key": "k"}
    headers["Content-Type"] = "image/jpeg"
    answer = await town.http.post("/pictures", content=body(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert (await upload(town, RESIDENT, a_jpeg(), key="k")).status_code == HTTPStatus.CREATED


async def test_nobody_uploads_without_a_token_or_a_key(town: Town) -> None:
    headers = {"Content-Type": "image/jpeg", "Idempotency-Key": "k"}
    unknown = await town.http.post("/pictures", content=a_jpeg(), headers=headers)
    assert unknown.status_code == HTTPStatus.UNAUTHORIZED
    headers = {"Content-Type": "image/jpeg", "Authorization": f"Bearer {a_token(RESIDENT)}"}
    keyless = await town.http.post("/pictures", content=a_jpeg(), headers=headers)
    assert fields_of(keyless) == {"Idempotency-Key": "missing"}


async def test_a_caller_keeps_only_so_many_unused_pictures(town: Town) -> None:
    answers = [await upload(town, RESIDENT, a_jpeg(), key=f"k{each}") for each in range(13)]
    assert [each.status_code for each in answers] == [201] * 12 + [409]
    assert answers[-1].json()["code"] == "too_many_pictures"
    assert (await upload(town, RESIDENT, a_jpeg(), key="k0")).status_code == HTTPStatus.CREATED
    assert (await upload(town, GRID_WORKER, a_jpeg())).status_code == HTTPStatus.CREATED
    used = [each.json()["id"] for each in answers[:9]]
    await town.raised(RESIDENT, pictures=used)
    assert (await upload(town, RESIDENT, a_jpeg(), key="k12")).status_code == HTTPStatus.CREATED


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/..%2F..%2Fetc%2Fpasswd/full",
        "/pictures/%00/full",
        "/pictures/" + "A" * 32 + "/full",
        "/pictures/" + "a" * 32 + "/..%2Ffull",
        "/pictures/" + "a" * 32 + "/original",
    ],
)
async def test_no_path_is_a_name_in_the_store(town: Town, path: str) -> None:
    answer = await town.http.get(path, params={"expires": 1, "signature": "x"})
    assert answer.status_code in {404, 422}


async def test_no_log_line_names_a_link_or_what_was_sent(town: Town) -> None:
    with capture_logs() as logs:
        answer = await upload(town, RESIDENT, a_jpeg())
        link = answer.json()["links"]["full"]
        await look(town, link)
    said = str(logs)
    assert "picture_kept" in said
    assert link.split("signature=")[1] not in said


async def test_only_so_many_bodies_are_held_at_once(town: Town) -> None:
    async def one(key: int) -> int:
        headers = {"Authorization": f"Bearer {a_token(RESIDENT)}", "Idempotency-Key": f"k{key}"}
        headers["Content-Type"] = "image/jpeg"
        return (await town.http.post("/pictures", content=stuck(), headers=headers)).status_code

    answers = await asyncio.gather(*(one(each) for each in range(40)))
    assert sorted(answers) == [400] * 32 + [503] * 8
    assert (await upload(town, RESIDENT, a_jpeg())).status_code == HTTPStatus.CREATED
