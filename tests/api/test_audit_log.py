"""The audit log as administrators read it, and as they carry it away."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from domain.auditing import About, AuditEntry, Deed, ObjectKind
from domain.ids import GridCode, Subject
from domain.vocabulary import Role
from storage.audit.exporting import check
from storage.session import Database
from tests.api.town import ADMINISTRATOR, Town, fields_of
from tests.audit.chains import KEYS, OTHER_KEYS, an_entry, seal, write
from tests.builders import DISPATCHER, GRID, NOON, OFFICER, an_actor

NARROW = an_actor(Role.ADMINISTRATOR, subject="a.2", grids=(GRID,))
SPAN = {
    "from": (NOON + timedelta(minutes=1)).isoformat(),
    "until": (NOON + timedelta(days=1)).isoformat(),
}
"""Without what is asked in a test: its clock stands at noon."""


async def written(database: Database) -> None:
    """One in a grid, one in another, a way in that lies nowhere."""
    here = About(ObjectKind.ISSUE, "QJ-2026-0000001", GRID)
    there = About(ObjectKind.ISSUE, "QJ-2026-0000002", GridCode("qj.other"))
    failed = {"act": Deed.SIGN_IN_FAILED, "subject": None, "result": "wrong_password"}
    await write(
        database,
        an_entry(1, about=here),
        an_entry(2, about=there, subject=Subject("=cmd()")),
        an_entry(3, about=About(ObjectKind.ACCOUNT, "acc.1"), **failed),
    )
    assert await seal(database) == 3


def ids(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


async def test_the_log_is_read_in_ones_own_grids(town: Town, database: Database) -> None:
    await written(database)
    assert ids(await town.get(NARROW, "/audit", act="reporter_read")) == [1]
    assert ids(await town.get(NARROW, "/audit")) == [1]
    found = await town.get(ADMINISTRATOR, "/audit", **SPAN)
    assert ids(found) == [3, 2, 1]
    item = found.json()["items"][0]
    assert (item["label"], item["result"], item["subject"]) == ("登录失败", "wrong_password", None)
    assert (item["seq"], len(item["hash"])) == (3, 64)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"subject": "p.1"}, [1]),
        ({"object": "acc.1"}, [3]),
        ({"act": "reporter_read"}, [2, 1]),
        ({"from": (NOON + timedelta(minutes=2)).isoformat(), "until": SPAN["until"]}, [3, 2]),
        ({**SPAN, "until": (NOON + timedelta(minutes=2)).isoformat()}, [1]),
    ],
)
async def test_the_log_is_narrowed(
    town: Town, database: Database, asked: dict[str, str], expected: list[int]
) -> None:
    await written(database)
    assert ids(await town.get(ADMINISTRATOR, "/audit", **asked)) == expected


async def test_the_log_is_read_page_by_page(town: Town, database: Database) -> None:
    await written(database)
    first = await town.get(ADMINISTRATOR, "/audit", **SPAN, limit=2)
    more = first.json()["next"]
    rest = await town.get(ADMINISTRATOR, "/audit", **SPAN, limit=2, cursor=more)
    assert (ids(first), ids(rest), rest.json()["next"]) == ([3, 2], [1], None)
    bad = await town.get(ADMINISTRATOR, "/audit", cursor="bad")
    assert fields_of(bad) == {"cursor": "bad_cursor"}


async def test_reading_the_log_is_in_the_log(town: Town, database: Database) -> None:
    await town.get(ADMINISTRATOR, "/audit")
    (item,) = (await town.get(ADMINISTRATOR, "/audit")).json()["items"]
    assert (item["act"], item["subject"]) == ("audit_read", ADMINISTRATOR.subject)


@pytest.mark.parametrize("who", [OFFICER, DISPATCHER])
async def test_nobody_but_administrators_reads_or_exports_it(town: Town, who: object) -> None:
    for path, asked in (("/audit", {}), ("/audit/export", SPAN)):
        answer = await town.get(who, path, **asked)  # type: ignore[arg-type]  # an actor
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_an_export_is_checked_without_the_database(town: Town, database: Database) -> None:
    await written(database)
    answer = await town.get(ADMINISTRATOR, "/audit/export", **SPAN)
    assert answer.headers["content-type"] == "application/x-ndjson"
    head, *entries, end = map(json.loads, answer.text.splitlines())
    assert (head["kind"], head["chain_seq"]) == ("head", 3)
    assert [each["id"] for each in entries] == [1, 2, 3]
    assert (end["kind"], end["entries"]) == ("end", 3)
    given = answer.content
    assert check(given, KEYS) is None
    assert check(given, OTHER_KEYS) is not None
    changed = given.replace(b"p.1", b"p.2")
    assert check(changed, KEYS) == "something between head and end was changed"
    cut = b"".join(given.splitlines(keepends=True)[:-1])
    assert check(cut, KEYS) == "its end is not there, or was not signed with this key"


async def test_an_export_ends_where_its_head_says(town: Town, database: Database) -> None:
    """An entry that is not chained yet may have a lower number than one that is."""
    await written(database)
    await write(database, an_entry(4))
    assert ids(await town.get(ADMINISTRATOR, "/audit", **SPAN)) == [4, 3, 2, 1]
    answer = await town.get(ADMINISTRATOR, "/audit/export", **SPAN)
    head, *entries, _ = map(json.loads, answer.text.splitlines())
    assert head["chain_seq"] == max(each["seq"] for each in entries) == len(entries) == 3


async def test_an_export_for_tables_holds_no_formulas(town: Town, database: Database) -> None:
    await written(database)
    answer = await town.get(ADMINISTRATOR, "/audit/export", **SPAN, format="csv")
    assert check(answer.content, KEYS) is None
    told = "".join(line for line in answer.text.splitlines(True) if not line.startswith("#"))
    rows = list(csv.DictReader(io.StringIO(told)))
    assert [row["subject"] for row in rows] == ["p.1", "'=cmd()", ""]


async def test_an_export_holds_what_its_reader_may_see(town: Town, database: Database) -> None:
    await written(database)
    answer = await town.get(NARROW, "/audit/export", **SPAN)
    assert json.loads(answer.text.splitlines()[-1])["entries"] == 1


async def test_an_export_is_bounded_and_needs_a_key(town: Town, app: FastAPI) -> None:
    long = SPAN | {"until": (NOON + timedelta(days=94)).isoformat()}
    assert fields_of(await town.get(ADMINISTRATOR, "/audit/export", **long)) == {
        "until": "out_of_order"
    }
    app.state.parts = replace(app.state.parts, audit_keys=None)
    answer = await town.get(ADMINISTRATOR, "/audit/export", **SPAN)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_audit_key")


@pytest.mark.parametrize(
    "changes",
    [
        {"particulars": {"name": "王女士"}},
        {"particulars": {"phone": "13800000000"}},
        {"particulars": {"said": "two words"}},
        {"particulars": {"Name": "x"}},
        {"about": About(ObjectKind.ISSUE, "王女士")},
        {"subject": Subject("王女士")},
        {"result": "not done"},
    ],
)
def test_an_entry_cannot_hold_what_people_say(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"audit|particular"):
        an_entry(**changes)  # type: ignore[arg-type]  # as no entry may be


def test_every_act_is_counted_in_its_group() -> None:
    groups = {act: act.group for act in Deed}
    assert groups[Deed.ACCOUNT_READ] == "reading"
    assert groups[Deed.PERSONAL_DATA_ERASED] == groups[Deed.LINK_REVOKED] == "writing"
    assert groups[Deed.SIGNED_IN] == groups[Deed.IDENTITY_BOUND] == "way_in"
    assert isinstance(an_entry(), AuditEntry)
