"""A picture from its upload to the eyes of who may see it, over HTTP."""

import hashlib
from http import HTTPStatus

from tests.api.gallery import ELSEWHERE, MINUTES, look, shown, upload, uploaded
from tests.api.town import Town
from tests.builders import GRID_WORKER, RESIDENT
from tests.pictures.album import FrailObjects, StoppedClock, a_jpeg, a_photo_with_secrets, opened


async def test_a_picture_comes_with_the_whistle_and_is_seen_by_link(town: Town) -> None:
    photo = a_photo_with_secrets()
    picture = await uploaded(town, RESIDENT, photo)
    number = await town.raised(RESIDENT, pictures=[picture])
    [seen] = await shown(town, GRID_WORKER, number)
    assert (seen["id"], seen["role"], seen["version"]) == (picture, "before", 0)
    assert seen["label"] == "处置前"
    assert seen["sha256"] == hashlib.sha256(photo).hexdigest()
    full = await look(town, seen["links"]["full"])
    assert (full.status_code, full.headers["Content-Type"]) == (200, "image/jpeg")
    assert opened(full.content).size == (32, 64)
    assert full.headers["X-Content-Type-Options"] == "nosniff"
    assert full.headers["Content-Disposition"] == "inline"
    thumbnail = await look(town, seen["links"]["thumbnail"])
    assert opened(thumbnail.content).size == (32, 64)


async def test_a_link_is_over_after_minutes(town: Town, clock: StoppedClock) -> None:
    number = await town.raised(RESIDENT, pictures=[await uploaded(town, RESIDENT)])
    [seen] = await shown(town, RESIDENT, number)
    clock.at += 5 * MINUTES
    assert (await look(town, seen["links"]["full"])).status_code == HTTPStatus.OK
    clock.at += MINUTES
    late = await look(town, seen["links"]["full"])
    assert (late.status_code, late.json()["code"]) == (403, "link_expired")
    [again] = await shown(town, RESIDENT, number)
    assert (await look(town, again["links"]["full"])).status_code == HTTPStatus.OK


async def test_who_may_not_see_the_issue_gets_no_link(town: Town) -> None:
    number = await town.raised(RESIDENT, pictures=[await uploaded(town, RESIDENT)])
    for path in (f"/issues/{number}", f"/issues/{number}/timeline"):
        assert (await town.get(ELSEWHERE, path)).status_code == HTTPStatus.NOT_FOUND


async def test_a_link_is_good_for_its_own_picture_alone(town: Town) -> None:
    one, other = [await uploaded(town, RESIDENT) for _ in "12"]
    number = await town.raised(RESIDENT, pictures=[one])
    [seen] = await shown(town, RESIDENT, number)
    link = seen["links"]["thumbnail"]
    expires = link.split("expires=")[1].split("&")[0]
    forged = (
        link.replace(one, other),
        link.replace("/thumbnail", "/full"),
        link.replace(expires, str(int(expires) + 1)),
        link[:-1],
        link[:-1] + "%00",
    )
    answers = [await look(town, each) for each in forged]
    assert [each.status_code for each in answers] == [HTTPStatus.NOT_FOUND] * len(forged)


async def test_the_same_key_is_the_same_picture(town: Town, objects: FrailObjects) -> None:
    first = await upload(town, RESIDENT, a_jpeg(), key="k")
    again = await upload(town, RESIDENT, a_jpeg(), key="k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = await upload(town, RESIDENT, a_jpeg(80, 40), key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (await upload(town, GRID_WORKER, a_jpeg(80, 40), key="k")).status_code == 201
    assert len(objects.names) == 4


async def test_an_upload_that_broke_is_finished_by_the_same_again(
    town: Town, objects: FrailObjects
) -> None:
    objects.is_away = True
    broken = await upload(town, RESIDENT, a_jpeg(), key="k")
    assert (broken.status_code, broken.json()["code"]) == (503, "pictures_unavailable")
    assert broken.headers["Retry-After"] == "3"
    objects.is_away = False
    whole = await upload(town, RESIDENT, a_jpeg(), key="k")
    assert (await look(town, whole.json()["links"]["full"])).status_code == HTTPStatus.OK
