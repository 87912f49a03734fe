"""Ids that stay for ever are nobody's number."""

from datetime import timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from api.schemas.opaque import is_personal
from api.tokens import mint
from observability.clock import now
from tests.api.town import ADMINISTRATOR, SECRET, Town, a_whistle, fields_of
from tests.builders import GRID_WORKER, RESIDENT

PHONES = ("13800138000", "+8613800138000", "8613800138000", "138-0013-8000", "0871-65551234")
CARDS = ("110101199003074514", "11010119900307451x", "110101900307451")


@pytest.mark.parametrize("number", [*PHONES, *CARDS])
@pytest.mark.parametrize("around", ["{}", "tel:{}", "wx_{}", "resident-{}-1", "p{}"])
def test_a_persons_number_is_known_wherever_it_stands(number: str, around: str) -> None:
    assert is_personal(around.format(number))


@pytest.mark.parametrize(
    "word",
    [
        "r.1",
        "resident_b2",
        "0b6f4a52-6c1e-4f57-9d6e-5a1d4f2f8c11",
        "a1381234567890123456789012345678",
        "00000000-0000-0000-0000-a13812345678",
        "1764000000",
        "1764000000000",
        "138001380001",
        "12800138000",
        "110101199013074514",
        "QJ-2026-0000001",
        "01J9ZK3V7Q8X",
    ],
)
def test_an_opaque_id_is_nobodys_number(word: str) -> None:
    assert not is_personal(word)


def test_no_uuid_looks_like_a_number() -> None:
    digits = [UUID(int=n * 0x0123456789ABCDEF0FEDCBA987654321 % 2**128) for n in range(1, 20_000)]
    assert not [each for each in digits if is_personal(str(each)) or is_personal(each.hex)]


@pytest.mark.parametrize("number", [PHONES[0], CARDS[0]])
async def test_a_resident_is_not_named_by_a_number(town: Town, number: str) -> None:
    answer = await town.post(GRID_WORKER, "/issues", a_whistle(resident=number))
    assert (answer.status_code, fields_of(answer)) == (422, {"resident": "personal_number"})
    assert number not in answer.text


@pytest.mark.parametrize("number", [PHONES[1], CARDS[1]])
async def test_a_key_is_not_a_number(town: Town, number: str) -> None:
    answer = await town.post(RESIDENT, "/issues", a_whistle(), key=number)
    assert (answer.status_code, fields_of(answer)) == (422, {"Idempotency-Key": "personal_number"})


async def test_a_member_of_staff_is_not_coded_by_a_number(town: Town) -> None:
    body = {"entry": {"department": "police"}}
    answer = await town.post(ADMINISTRATOR, "/reference/staff/13800138000", body)
    assert (answer.status_code, fields_of(answer)) == (422, {"entry.code": "personal_number"})


async def test_a_token_whose_subject_is_a_number_is_refused_and_the_provider_told_why(
    town: Town,
) -> None:
    claims: dict[str, object] = {"sub": "13800138000", "roles": ["resident"]}
    bearer = mint(SECRET, claims, at=now(), lifetime=timedelta(hours=1))
    with capture_logs() as logs:
        answer = await town.http.get("/issues", headers={"Authorization": f"Bearer {bearer}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert "opaque" in answer.headers["WWW-Authenticate"]
    assert "token_names_a_person" in {each["event"] for each in logs}
    assert "13800138000" not in f"{logs} {answer.text} {answer.headers}"
