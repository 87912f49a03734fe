"""The ways of a password, and of the session that it opens."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from typing_extensions import override

from api.problems import ApiCode, Problem
from api.schemas.accounts import SignIn
from api.ways_in.addresses import Addresses
from api.ways_in.passwords import Passwords, Verdict
from api.ways_in.sessions import WaysIn
from api.ways_in.signing_in import sign_in
from observability.clock import now
from storage.session import Database
from tests.api.signing_in import (
    CHEAP,
    PASSWORD,
    STAFF,
    WORKER,
    Person,
    Watchmaker,
    an_entrance,
    at_work,
    hired,
)
from tests.api.test_source_tokens import rows_of
from tests.api.town import ADMINISTRATOR, Town
from tests.builders import GRID, NOON, POLICE
from tests.pictures.album import StoppedClock

HOUR = timedelta(hours=1)


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


async def test_who_knows_the_password_acts_in_the_appointment(town: Town) -> None:
    lin = await at_work(town, STAFF)
    me = (await lin.gets("/me")).json()
    assert (me["subject"], me["roles"], me["department"]) == ("s.lin", ["staff"], POLICE)
    assert (me["way"], me["login"], len(me["appointments"])) == ("password", "lin", 1)
    assert (await lin.gets("/issues")).status_code == 200


async def test_nothing_else_is_allowed_before_a_given_password_is_changed(town: Town) -> None:
    lin = await hired(town)
    assert (await lin.signs_in()).json()["must_change_password"] is True
    assert said(await lin.gets("/issues")) == (403, "password_change_needed")
    assert (await lin.gets("/me")).json()["must_change_password"] is True
    answer = await lin.posts("/me/password", password=lin.password, new_password=PASSWORD)
    assert answer.json()["must_change_password"] is False
    assert (await lin.gets("/issues")).status_code == 200


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(town: Town) -> None:
    lin = await at_work(town)
    wrong, unknown = Person(town.http, lin.login, "wrong"), Person(town.http, "nobody", "wrong")
    answers = [await each.signs_in() for each in (wrong, unknown)]
    assert [said(each) for each in answers] == [(401, "sign_in_failed")] * 2
    first, second = [each.json() | {"request_id": ""} for each in answers]
    assert first == second
    assert [each.headers["WWW-Authenticate"] for each in answers] == ["Bearer"] * 2


@pytest.mark.parametrize("login", ["lin", "nobody"])
async def test_guessing_is_locked_out_whether_anybody_has_the_name(
    town: Town, clock: StoppedClock, login: str
) -> None:
    lin = await at_work(town)
    guesser = Person(town.http, login, "wrong")
    assert [said(await guesser.signs_in())[0] for _ in range(6)] == [401] * 5 + [429]
    locked = await guesser.signs_in()
    assert said(locked) == (429, "sign_in_locked")
    assert locked.headers["Retry-After"] == locked.json()["params"]["seconds"] == "30"
    right = Person(town.http, login, PASSWORD)
    assert said(await right.signs_in())[0] == 429, "the right password opens no lock"
    assert (await lin.gets("/me")).status_code == 200, "who is in stays in"
    clock.at += timedelta(seconds=30)
    assert said(await right.signs_in())[0] == (200 if login == "lin" else 401)


async def test_guessing_all_at_once_gets_no_further(town: Town) -> None:
    await hired(town)
    guesses = [Person(town.http, "lin", f"wrong-{turn}").signs_in() for turn in range(12)]
    answers = await asyncio.gather(*guesses)
    assert sorted(said(each)[0] for each in answers) == [401] * 5 + [429] * 7


async def test_an_address_that_asks_too_often_is_held_back(app: FastAPI, town: Town) -> None:
    object.__setattr__(app.state.parts.ways_in, "addresses", Addresses(2, now))
    guesser = Person(town.http, "nobody", "wrong")
    assert [said(await guesser.signs_in())[1] for _ in "12"] == ["sign_in_failed"] * 2
    held = await guesser.signs_in()
    assert said(held) == (429, "too_many_attempts")
    assert 1 <= int(held.headers["Retry-After"]) <= 61


async def test_tokens_go_on_by_refreshing(town: Town, clock: StoppedClock) -> None:
    lin = await at_work(town)
    before = lin.access
    clock.at += timedelta(minutes=10)
    assert said(await lin.gets("/me")) == (401, "token_expired")
    assert (await lin.refreshes()).status_code == 200
    assert lin.access != before
    assert (await lin.gets("/me")).status_code == 200


async def test_a_refresh_token_that_comes_twice_ends_the_session_for_everybody(
    town: Town, ticks: Watchmaker
) -> None:
    lin = await at_work(town)
    stolen = lin.refresh
    await lin.refreshes()
    thief = Person(town.http, "", "")
    assert said(await thief.refreshes(stolen)) == (401, "session_over")
    assert said(await lin.refreshes()) == (401, "session_over"), "the owner notices"
    ticks.later()
    assert said(await lin.gets("/me")) == (401, "session_over")
    assert (await lin.signs_in()).status_code == 200


@pytest.mark.parametrize("after", [timedelta(hours=24), timedelta(days=30)])
async def test_who_does_not_come_back_signs_in_again(
    town: Town, clock: StoppedClock, after: timedelta
) -> None:
    lin = await at_work(town)
    clock.at += after
    assert said(await lin.refreshes()) == (401, "session_over")


async def test_after_the_longest_everybody_signs_in_again(town: Town, clock: StoppedClock) -> None:
    lin = await at_work(town)
    for _ in range(30):
        clock.at += 23 * HOUR
        assert (await lin.refreshes()).status_code == 200
    clock.at += 23 * HOUR
    refreshed = [(await lin.refreshes()).status_code]
    clock.at += 7 * HOUR
    refreshed.append((await lin.refreshes()).status_code)
    assert refreshed == [200, 401]


async def test_signing_out_ends_this_session_within_seconds(town: Town, ticks: Watchmaker) -> None:
    lin = await at_work(town)
    elsewhere = Person(town.http, lin.login, PASSWORD)
    await elsewhere.signs_in()
    assert (await lin.posts("/sign-out")).json() == {"sessions": 1}
    ticks.later(2.0)
    assert said(await lin.gets("/me")) == (401, "session_over")
    assert said(await lin.refreshes()) == (401, "session_over")
    assert (await elsewhere.gets("/me")).status_code == 200


async def test_signing_out_everywhere_ends_all(town: Town, ticks: Watchmaker) -> None:
    lin = await at_work(town)
    elsewhere = Person(town.http, lin.login, PASSWORD)
    await elsewhere.signs_in()
    assert (await lin.posts("/sign-out-everywhere")).json() == {"sessions": 2}
    ticks.later(2.0)
    for each in (lin, elsewhere):
        assert said(await each.gets("/me")) == (401, "session_over")


async def test_a_new_password_ends_what_the_old_one_opened(town: Town, ticks: Watchmaker) -> None:
    lin = await at_work(town)
    elsewhere = Person(town.http, lin.login, PASSWORD)
    await elsewhere.signs_in()
    new = "another good password"
    wrong = await lin.posts("/me/password", password="not mine", new_password=new)
    assert said(wrong) == (401, "sign_in_failed")
    weak = await lin.posts("/me/password", password=PASSWORD, new_password="lin lin lin 1")
    assert said(weak) == (422, "invalid_input")
    assert "lin lin" not in weak.text
    done = await lin.posts("/me/password", password=PASSWORD, new_password=new)
    assert done.status_code == 200
    ticks.later()
    assert said(await elsewhere.gets("/me")) == (401, "session_over")
    assert (await lin.gets("/me")).status_code == 200
    assert said(await elsewhere.signs_in()) == (401, "sign_in_failed")


async def test_a_password_that_is_changed_while_it_is_looked_at_opens_nothing(
    town: Town, ways_in: WaysIn, database: Database
) -> None:
    """Else a session would outlive the change that was to end it."""
    lin = await at_work(town)
    looked, changed = asyncio.Event(), asyncio.Event()

    class Slow(Passwords):
        @override
        async def verify(self, password: str, kept: str | None) -> Verdict:
            verdict = await ways_in.passwords.verify(password, kept)
            looked.set()
            await changed.wait()
            return verdict

    slow = replace(ways_in, passwords=Slow(CHEAP))
    body = SignIn(login=lin.login, password=PASSWORD)
    signing = asyncio.create_task(sign_in(database, slow, an_entrance(), body, NOON))
    await looked.wait()
    new = "another good password"
    assert (await lin.posts("/me/password", password=PASSWORD, new_password=new)).is_success
    changed.set()
    with pytest.raises(Problem, match="sign_in_failed"):
        await signing
    slow.passwords.close()


async def test_one_acts_in_one_appointment_at_a_time(town: Town, ticks: Watchmaker) -> None:
    lin = await at_work(town, STAFF, {**WORKER, "since": NOON.isoformat()})
    both = (await lin.gets("/me")).json()["appointments"]
    other = next(each for each in both if each["roles"] == ["grid_worker"])
    first = next(each for each in both if each["roles"] == ["staff"])
    in_first = await lin.signs_in(appointment=first["id"])
    assert in_first.json()["appointment"]["id"] == first["id"]
    before = Person(town.http, "", "", lin.access, lin.refresh)
    await lin.posts("/me/appointment", appointment=other["id"])
    me = (await lin.gets("/me")).json()
    assert (me["roles"], me["grids"], me["department"]) == (["grid_worker"], [GRID], None)
    ticks.later()
    assert said(await before.gets("/me")) == (401, "session_over")
    assert said(await before.refreshes()) == (401, "session_over")


async def test_nobody_is_locked_out_because_it_was_too_much_to_look(
    town: Town, ways_in: WaysIn, database: Database
) -> None:
    lin = await at_work(town)

    class Busy(Passwords):
        @override
        async def verify(self, password: str, kept: str | None) -> Verdict:
            raise Problem(ApiCode.OVERLOADED)

    busy = replace(ways_in, passwords=Busy(CHEAP))
    body = SignIn(login=lin.login, password=PASSWORD)
    for _ in range(12):
        with pytest.raises(Problem, match="overloaded"):
            await sign_in(database, busy, an_entrance(), body, NOON)
    assert (await lin.signs_in()).status_code == 200
    busy.passwords.close()


async def test_nobody_acts_in_the_appointment_of_another(town: Town) -> None:
    lin, wang = await at_work(town), await at_work(town, WORKER, login="wang")
    hers = (await wang.gets("/me")).json()["appointment"]["id"]
    for answer in (
        await lin.posts("/me/appointment", appointment=hers),
        await lin.signs_in(appointment=hers),
    ):
        assert said(answer) == (403, "no_appointment")
    assert (await lin.gets("/me")).status_code == 200


async def test_an_appointment_ends_by_itself_and_signs_out(town: Town, clock: StoppedClock) -> None:
    soon = (NOON + timedelta(minutes=5)).isoformat()
    lin = await at_work(town, {**STAFF, "until": soon})
    clock.at += timedelta(minutes=5)
    assert said(await lin.gets("/me")) == (401, "session_over")
    assert said(await lin.refreshes()) == (401, "session_over")
    assert said(await lin.signs_in()) == (403, "no_appointment")


async def test_tokens_and_passwords_are_kept_nowhere(town: Town, database: Database) -> None:
    lin = await at_work(town)
    tables = ("accounts", "sign_in_sessions", "refresh_tokens", "sign_in_attempts")
    kept = "".join([await rows_of(database, each) for each in (*tables, "idempotency_keys")])
    for secret in (PASSWORD, lin.access, lin.refresh):
        assert secret not in kept


async def test_a_token_that_was_not_got_by_signing_in_has_no_session(town: Town) -> None:
    me = (await town.get(ADMINISTRATOR, "/me")).json()
    assert (me["subject"], me["appointment"], me["way"]) == ("a.1", None, None)
    for path in ("/sign-out", "/sign-out-everywhere"):
        assert said(await town.post(ADMINISTRATOR, path)) == (409, "no_session")
