"""Reference data keeps every version, and one writer at a time makes the next."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.ids import CalendarCode, DepartmentCode, DistrictCode, PolicyCode, Subject
from domain.reference import (
    Absence,
    Department,
    District,
    Post,
    ReferenceKind,
    RoutingRule,
    Staff,
)
from storage.entry_reads import Wanted
from storage.people import People
from storage.reference import ReferenceRepository, StaleVersion, UnknownReference
from storage.session import Database, Unstorable
from storage.views import Entry
from tests.builders import COUNTY, NOON, POLICE, WATER, a_policy
from tests.domain.calendars import SHANGHAI, china_definition

K = ReferenceKind
ADMIN = Subject("admin")


def a_department(code: str = POLICE, name: str = "派出所") -> Department:
    return Department(code=DepartmentCode(code), name=name, name_en="Police", grid=COUNTY)


async def write(
    database: Database,
    kind: ReferenceKind,
    body: object,
    expected: int | None = None,
    *,
    retired: bool = False,
) -> Entry[object]:
    async with database.begin() as session:
        return await ReferenceRepository(session).write(
            kind,
            str(getattr(body, "code", "")),
            body,
            expected_version=expected,
            actor=ADMIN,
            at=NOON,
            retired=retired,
        )


async def test_the_newest_version_is_the_present_one(database: Database) -> None:
    await write(database, K.DEPARTMENT, a_department())
    second = await write(database, K.DEPARTMENT, a_department(name="公安"), 1)
    async with database.read() as session:
        reference = ReferenceRepository(session)
        assert await reference.current(K.DEPARTMENT, POLICE) == second
        first = await reference.version(K.DEPARTMENT, POLICE, 1)
        history = await reference.versions(K.DEPARTMENT, POLICE)
    assert first is not None
    assert (first.body, second.body) == (a_department(), a_department(name="公安"))
    assert [each.version for each in history] == [2, 1]


@pytest.mark.parametrize("expected", [None, 0, 2, 7])
async def test_a_stale_writer_is_refused(database: Database, expected: int | None) -> None:
    await write(database, K.DEPARTMENT, a_department())
    with pytest.raises(StaleVersion) as refused:
        await write(database, K.DEPARTMENT, a_department(name="late"), expected)
    assert refused.value.current == 1


async def test_of_two_writers_one_is_refused(database: Database) -> None:
    await write(database, K.DEPARTMENT, a_department())
    outcomes = await asyncio.gather(
        *(write(database, K.DEPARTMENT, a_department(name=name), 1) for name in "ab"),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["Entry", "StaleVersion"]


async def test_a_body_of_another_kind_or_code_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="no district"):
        await write(database, K.DISTRICT, a_department())
    async with database.begin() as session:
        writing = ReferenceRepository(session).write(
            K.DEPARTMENT, "other", a_department(), expected_version=None, actor=ADMIN, at=NOON
        )
        with pytest.raises(ValueError, match="other"):
            await writing


async def test_a_list_goes_on_after_the_last_code(database: Database) -> None:
    for code in ("b", "a", "a.1", "a_2", "C"):
        await write(database, K.DEPARTMENT, a_department(code))
    async with database.read() as session:
        reference = ReferenceRepository(session)
        first = await reference.list(K.DEPARTMENT, limit=3)
        second = await reference.list(K.DEPARTMENT, after=first.next, limit=3)
    assert [each.code for each in first.items] == ["C", "a", "a.1"]
    assert [each.code for each in second.items] == ["a_2", "b"]
    assert second.next is None


async def test_what_is_retired_is_listed_but_not_in_force(database: Database) -> None:
    await write(database, K.DEPARTMENT, a_department())
    await write(database, K.DEPARTMENT, a_department(), 1, retired=True)
    async with database.read() as session:
        reference = ReferenceRepository(session)
        (listed,) = (await reference.list(K.DEPARTMENT)).items
        assert await reference.departments() == ()
        assert await reference.department_codes() == frozenset()
    assert listed.retired


async def test_staff_and_absences_are_found_by_whom_they_belong_to(database: Database) -> None:
    ann = Staff(code=Subject("ann"), department=POLICE, post=Post.A)
    bob = Staff(code=Subject("bob"), department=WATER)
    leave = Absence(code="l1", staff=ann.code, since=NOON, until=NOON + timedelta(days=1))
    for kind, body in ((K.STAFF, ann), (K.STAFF, bob), (K.ABSENCE, leave)):
        await write(database, kind, body)
    await write(database, K.STAFF, replace(bob, department=POLICE), 1)
    async with database.read() as session:
        reference = ReferenceRepository(session)
        assert {each.code for each in await reference.staff_of(POLICE)} == {"ann", "bob"}
        assert await reference.staff_of(WATER) == ()
        assert await reference.absences_of([ann.code, bob.code]) == (leave,)
        assert await reference.absences_of([]) == ()


async def test_calendars_and_policies_are_read_by_version(database: Database) -> None:
    calendar = replace(china_definition(), code=CalendarCode("cn"))
    await write(database, K.CALENDAR, calendar)
    await write(database, K.CALENDAR, replace(calendar, exceptions=()), 1)
    await write(database, K.SLA_POLICY, a_policy())
    async with database.read() as session:
        reference = ReferenceRepository(session)
        newest = await reference.calendar(calendar.code)
        pinned = await reference.calendar(calendar.code, 1)
        assert (newest.version, newest.definition.exceptions) == (2, ())
        assert (pinned.version, pinned.definition) == (1, calendar)
        assert await reference.policy(PolicyCode("plain"), 1) == a_policy()
        assert [each.body for each in await reference.policies()] == [a_policy()]


async def test_a_district_has_the_zone_of_its_calendar(database: Database) -> None:
    district = District(
        code=DistrictCode("qj"),
        name="巧家",
        name_en="Qiaojia",
        grid=COUNTY,
        calendar=CalendarCode("cn"),
        prefix="QJ",
    )
    await write(database, K.DISTRICT, district)
    await write(database, K.CALENDAR, replace(china_definition(), code=CalendarCode("cn")))
    async with database.read() as session:
        assert await ReferenceRepository(session).zone(district.code) == SHANGHAI
        assert await ReferenceRepository(session).district("qj") == district


async def test_a_district_without_a_calendar_has_no_zone(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(UnknownReference):
            await ReferenceRepository(session).zone(DistrictCode("nowhere"))


async def test_what_does_not_exist_is_told(database: Database) -> None:
    async with database.read() as session:
        reference = ReferenceRepository(session)
        with pytest.raises(UnknownReference):
            await reference.calendar(CalendarCode("none"))
        with pytest.raises(UnknownReference):
            await reference.policy(PolicyCode("none"), 1)
        assert await reference.category("none") is None
        assert await reference.notice_policy("none") is None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM reference_entries",
        "UPDATE reference_entries SET retired = true",
        "UPDATE reference_entries SET body = jsonb_set(body, '{name}', '\"Eve\"')",
        "UPDATE reference_entries SET body = jsonb_set(body, '{name}', '\"\"'), retired = true",
        "TRUNCATE reference_entries",
    ],
)
async def test_a_version_cannot_be_changed(database: Database, statement: str) -> None:
    await write(database, K.STAFF, Staff(code=Subject("ann"), department=POLICE, name="Ann"))
    with pytest.raises(Unstorable, match="append-only"):
        async with database.begin() as session:
            await session.execute(text(statement))


async def test_a_name_of_staff_can_be_erased_from_every_version(database: Database) -> None:
    ann = Staff(code=Subject("ann"), department=POLICE, name="安")
    await write(database, K.STAFF, ann)
    await write(database, K.STAFF, replace(ann, post=Post.A), 1)
    async with database.begin() as session:
        assert await People(session).erase_staff_name(ann.code) == 2
        history = await ReferenceRepository(session).versions(K.STAFF, ann.code)
    assert [each.body.name for each in history] == ["", ""]
    assert history[0].body.post is Post.A


async def test_what_was_foreseen_is_as_if_it_were_asked_for(database: Database) -> None:
    await write(database, K.DEPARTMENT, a_department())
    await write(database, K.DEPARTMENT, a_department(name="公安"), 1)
    await write(database, K.DEPARTMENT, a_department("other"), retired=True)
    wanted = [Wanted(K.DEPARTMENT, POLICE, version) for version in (None, 1, 2, 3)]
    wanted += [Wanted(K.DEPARTMENT, code) for code in ("other", "none")]
    async with database.read() as session:
        asked, foreseeing = ReferenceRepository(session), ReferenceRepository(session)
        await foreseeing.foresee([*wanted, *wanted])
        for each in wanted:
            assert await answer_to(foreseeing, each) == await answer_to(asked, each)


async def answer_to(reference: ReferenceRepository, asked: Wanted) -> Entry[object] | None:
    if asked.version is None:
        return await reference.current(asked.kind, asked.code)
    return await reference.version(asked.kind, asked.code, asked.version)


async def test_what_was_foreseen_costs_no_round_trip(database: Database) -> None:
    await write(database, K.DEPARTMENT, a_department())
    wanted = [Wanted(K.DEPARTMENT, POLICE), Wanted(K.CATEGORY, "none")]
    async with database.read() as session:
        reference = ReferenceRepository(session)
        await reference.foresee(wanted)
    # The transaction is over, so only what is known already can be answered.
    found = [await answer_to(reference, each) for each in wanted]
    assert [each and each.version for each in found] == [1, None]


async def test_who_writes_does_not_go_on_with_what_was_foreseen(database: Database) -> None:
    await write(database, K.DEPARTMENT, a_department())
    async with database.begin() as session:
        reference = ReferenceRepository(session)
        await reference.foresee([Wanted(K.DEPARTMENT, POLICE)])
        second = await reference.write(
            K.DEPARTMENT, POLICE, a_department(), expected_version=1, actor=ADMIN, at=NOON
        )
        assert await reference.current(K.DEPARTMENT, POLICE) == second


async def test_a_birth_chooses_from_what_is_in_force(database: Database) -> None:
    rules = [RoutingRule(code=code, order=1, lead=POLICE) for code in ("b", "a", "c")]
    for kind, body in ((K.SLA_POLICY, a_policy()), (K.DEPARTMENT, a_department())):
        await write(database, kind, body)
    for rule in rules:
        await write(database, K.ROUTING_RULE, rule)
    await write(database, K.ROUTING_RULE, rules[2], 1, retired=True)
    async with database.read() as session:
        reference = ReferenceRepository(session)
        chosen = await reference.choices()
        assert chosen == (
            await reference.policies(),
            await reference.rules(),
            await reference.department_codes(),
        )
    assert [each.code for each in chosen.rules] == ["a", "b"]
