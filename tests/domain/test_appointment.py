"""A post of somebody: in force for a time, and covered by who may end it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.appointment import Appointment
from domain.ids import GridCode, Subject
from domain.vocabulary import Role
from tests.builders import COUNTY, GRID, NOON, POLICE, an_actor

HOUR = timedelta(hours=1)


def an_appointment(**changes: object) -> Appointment:
    facts: dict[str, Any] = {
        "id": "a" * 32,
        "subject": Subject("s.1"),
        "roles": (Role.STAFF,),
        "department": POLICE,
        "grids": (GRID,),
        "places": (GRID, COUNTY),
        "since": NOON,
        "appointed_by": Subject("a.1"),
    }
    facts.update(changes)
    return Appointment(**facts)


@pytest.mark.parametrize(
    ("until", "after", "in_force"),
    [
        (None, -HOUR, False),
        (None, timedelta(), True),
        (None, 10_000 * HOUR, True),
        (NOON + HOUR, timedelta(minutes=59), True),
        (NOON + HOUR, HOUR, False),
        (NOON, timedelta(), False),
    ],
)
def test_it_is_in_force_from_its_first_instant_and_up_to_its_last(
    until: datetime | None, after: timedelta, in_force: bool
) -> None:
    assert an_appointment(until=until).is_in_force(NOON + after) is in_force


@pytest.mark.parametrize(
    "wrong",
    [
        {"roles": ()},
        {"roles": (Role.STAFF, Role.ENGINE)},
        {"roles": (Role.CAMERA,)},
        {"until": NOON - HOUR},
        {"since": NOON.replace(tzinfo=None)},
        {"until": (NOON + HOUR).replace(tzinfo=None)},
        {"grids": (GRID,) * 101},
    ],
)
def test_what_nobody_is_appointed_to_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"appointment|zone"):
        an_appointment(**wrong)


def test_who_acts_in_it_is_the_actor_that_tokens_have_always_named() -> None:
    assert an_appointment().actor == an_actor(
        Role.STAFF, subject="s.1", department=POLICE, grids=(GRID,)
    )


@pytest.mark.parametrize(
    ("grids", "places", "covered"),
    [
        ((COUNTY,), (GRID, COUNTY), True),
        ((GRID,), (GRID, COUNTY), False),
        ((COUNTY,), (), False),
        ((), (GRID,), False),
        ((GridCode("q"),), (COUNTY,), False),
    ],
)
def test_it_is_covered_by_who_covers_all_its_places(
    grids: tuple[GridCode, ...], places: tuple[GridCode, ...], covered: bool
) -> None:
    administrator = an_actor(Role.ADMINISTRATOR, grids=grids)
    assert an_appointment(places=places).is_covered_by(administrator) is covered
