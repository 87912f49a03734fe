"""What each route puts on record: ways in, accounts, links, and one person's data."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from api.refusing import MOST_A_MINUTE
from domain.ids import IssueNumber
from domain.vocabulary import IssueState, Role
from storage.outbox import Outbox
from storage.residents.views import LinkKind
from storage.session import Database
from tests.api.residents import LINK_MAKER, SECRETS, Phone, linked, path_of
from tests.api.signing_in import PASSWORD, STAFF, WORKER, Person, at_work, hired
from tests.api.test_accounts import patched
from tests.api.test_audit_entries import acts, entries
from tests.api.test_persons import ME
from tests.api.town import ADMINISTRATOR, Json, Town
from tests.builders import DISPATCHER, GRID, RESIDENT, an_actor
from tests.pictures.album import StoppedClock
from tests.storage.stories import born_in

LIN, A1 = "s.lin", ADMINISTRATOR.subject
KEPT = (PASSWORD, "another good password", "her-id", "13800138000", "王小明", "三楼漏水", "lin-2")
"""What people know, said or are called: in no entry."""


@dataclass
class Scene:
    """Somebody at work, an issue that was raised, and the API."""

    town: Town
    database: Database
    lin: Person
    number: str
    clock: StoppedClock

    async def on_lin(self, path: str, **body: object) -> Json:
        answer = await self.town.post(ADMINISTRATOR, f"/accounts/{LIN}{path}", body)
        assert answer.is_success, answer.text
        found: Json = answer.json()
        return found

    async def of_lin(self) -> str:
        """The id of her first appointment."""
        return str((await self.lin.gets("/me")).json()["appointments"][0]["id"])

    async def page(self, kind: LinkKind) -> tuple[Phone, str]:
        return Phone(self.town), path_of(await linked(self.database, self.number, kind))

    async def code(self, phone: Phone, path: str) -> str:
        assert (await phone.send(f"{path}/code")).is_success
        async with self.database.read() as session:
            notices = await Outbox(session).for_issue(IssueNumber(self.number))
        return LINK_MAKER.tokens.of_code(str(notices[-1].params["code_id"]))


Doing = Callable[[Scene], Awaitable[object]]


async def sign_in(scene: Scene) -> None:
    assert (await scene.lin.signs_in()).is_success


async def guess(scene: Scene) -> None:
    await Person(scene.town.http, "lin", "wrong").signs_in()


async def guess_a_name(scene: Scene) -> None:
    await Person(scene.town.http, "nobody", "wrong").signs_in()


async def name_no_appointment(scene: Scene) -> None:
    await scene.lin.signs_in(appointment="0" * 32)


async def sign_out(scene: Scene) -> None:
    await scene.lin.posts("/sign-out")


async def sign_out_everywhere(scene: Scene) -> None:
    await scene.lin.posts("/sign-out-everywhere")


async def refresh_twice(scene: Scene) -> None:
    first = scene.lin.refresh
    await scene.lin.refreshes()
    await scene.lin.refreshes(first)
    await scene.lin.refreshes(first)


async def change_password(scene: Scene) -> None:
    new = "another good password"
    answer = await scene.lin.posts("/me/password", password=PASSWORD, new_password=new)
    assert answer.is_success


async def guess_at_an_open_screen(scene: Scene) -> None:
    await scene.lin.posts("/me/password", password="wrong", new_password="another good password")


async def switch(scene: Scene) -> None:
    answer = await scene.lin.posts("/me/appointment", appointment=await scene.of_lin())
    assert answer.is_success


async def create(scene: Scene) -> None:
    await hired(scene.town, login="wu")


async def read_account(scene: Scene) -> None:
    assert (await scene.town.get(ADMINISTRATOR, f"/accounts/{LIN}")).is_success


async def change_account(scene: Scene) -> None:
    await patched(scene.town, "lin", login="lin-2", phone="13800138000")


async def disable(scene: Scene) -> None:
    await patched(scene.town, "lin", disabled=True)
    await scene.lin.signs_in()


async def reset_password(scene: Scene) -> None:
    await scene.on_lin("/reset-password")


async def sign_her_out(scene: Scene) -> None:
    await scene.on_lin("/sign-out")


async def link_and_unlink(scene: Scene) -> None:
    await scene.on_lin("/link", provider="wecom", external_id="her-id")
    await scene.on_lin("/unlink", provider="wecom")


async def appoint(scene: Scene) -> None:
    post = await scene.on_lin("/appointments", **WORKER)
    await scene.on_lin(f"/appointments/{post['id']}/end")


async def export_person(scene: Scene) -> None:
    assert (await scene.town.post(RESIDENT, "/persons/export", ME)).is_success


async def erase_person(scene: Scene) -> None:
    for _ in "12":
        answer = await scene.town.post(ADMINISTRATOR, "/persons/erase", ME, key="once")
        assert answer.is_success


async def make_and_revoke_a_link(scene: Scene) -> None:
    path = f"/issues/{scene.number}/links"
    made = (await scene.town.post(DISPATCHER, path, {"kind": "board"})).json()
    assert (await scene.town.delete(DISPATCHER, f"{path}/{made['id']}")).is_success


async def send_from_the_board(scene: Scene) -> None:
    phone, path = await scene.page(LinkKind.BOARD)
    for _ in "12":
        assert (await phone.send(f"{path}/send")).is_success
        scene.clock.at += timedelta(minutes=1)


async def read_by_code(scene: Scene) -> None:
    phone, path = await scene.page(LinkKind.OWN)
    code = await scene.code(phone, path)
    assert "三楼漏水" in (await phone.send(f"{path}/mine", {"act": "look", "code": code})).text


async def withdraw_by_code(scene: Scene) -> None:
    phone, path = await scene.page(LinkKind.OWN)
    form = {"act": "withdraw", "code": await scene.code(phone, path), "sure": "yes"}
    assert (await phone.send(f"{path}/mine", form)).is_success


Entry = tuple[str, str | None, str, str]
"""Act, who did it, what kind of thing it was about, and how it ended."""
R1, D1 = RESIDENT.subject, DISPATCHER.subject
IN: Entry = ("signed_in", LIN, "account", "done")
FAILED: Entry = ("sign_in_failed", None, "account", "sign_in_failed")
TABLE: dict[Doing, list[Entry]] = {
    sign_in: [IN],
    guess: [FAILED],
    guess_a_name: [("sign_in_failed", None, "route", "sign_in_failed")],
    name_no_appointment: [("sign_in_failed", None, "account", "no_appointment")],
    sign_out: [("signed_out", LIN, "session", "done")],
    sign_out_everywhere: [("signed_out", LIN, "account", "done")],
    refresh_twice: [("session_revoked", LIN, "session", "done")] * 2,
    change_password: [("password_changed", LIN, "account", "done"), IN],
    guess_at_an_open_screen: [("sign_in_failed", LIN, "account", "sign_in_failed")],
    switch: [IN, ("appointment_switched", LIN, "appointment", "done")],
    create: [("account_changed", A1, "account", "done")],
    read_account: [("account_read", A1, "account", "done")],
    change_account: [("account_changed", A1, "account", "done")],
    disable: [("account_changed", A1, "account", "done"), FAILED],
    reset_password: [("password_changed", A1, "account", "done")],
    sign_her_out: [("session_revoked", A1, "account", "done")],
    link_and_unlink: [
        ("identity_bound", A1, "account", "done"),
        ("identity_unbound", A1, "account", "done"),
    ],
    appoint: [("appointment_changed", A1, "appointment", "done")] * 2,
    export_person: [("person_exported", R1, "person", "done")],
    erase_person: [("personal_data_erased", A1, "person", "done")],
    make_and_revoke_a_link: [
        ("link_made", D1, "link", "done"),
        ("link_revoked", D1, "link", "done"),
    ],
    send_from_the_board: [("link_made", None, "link", "done")],
    read_by_code: [("code_sent", R1, "issue", "done"), ("own_data_read", R1, "issue", "done")],
    withdraw_by_code: [
        ("code_sent", R1, "issue", "done"),
        ("withdrawn_by_code", R1, "issue", "done"),
    ],
}


@pytest.mark.parametrize("doing", TABLE, ids=lambda doing: doing.__name__)
async def test_what_is_done_is_on_record(
    town: Town, database: Database, clock: StoppedClock, doing: Doing
) -> None:
    issue = await born_in(IssueState.HANDLING, database, **SECRETS)
    scene = Scene(town, database, await at_work(town), issue.number, clock)
    before = len(await entries(database))
    await doing(scene)
    found = (await entries(database))[before:]
    said = [(each["act"], each["subject"], each["object_kind"], each["result"]) for each in found]
    assert said == TABLE[doing]
    assert [word for word in (*KEPT, scene.lin.access) if word in str(found)] == []


async def test_an_entry_of_who_is_signed_in_names_session_and_appointment(
    town: Town, database: Database
) -> None:
    lin = await at_work(town, {**STAFF, "roles": ["staff", "administrator"], "grids": [GRID]})
    me = (await lin.gets("/me")).json()
    await lin.signs_in()
    await lin.gets(f"/accounts/{LIN}")
    await lin.posts("/sign-out")
    signed_in, read, signed_out = (await entries(database))[-3:]
    for each in (signed_in, read, signed_out):
        assert each["appointment"] == me["appointment"]["id"]
        assert each["department"] == me["department"]
        assert each["session"] == signed_out["object_id"]
    assert signed_in["particulars"] == '{"way": "password"}'


async def test_a_name_that_is_locked_is_on_record_and_a_flood_is_cut(
    town: Town, database: Database
) -> None:
    await hired(town)
    guesser = Person(town.http, "lin", "wrong")
    for _ in range(MOST_A_MINUTE + 5):
        await guesser.signs_in()
    said = [act for act, *_ in await acts(database)]
    locked = MOST_A_MINUTE - 5
    assert said == ["account_changed"] + ["sign_in_failed"] * 5 + ["locked_out"] * locked
    assert '"more_not_noted": true' in (await entries(database))[-1]["particulars"]


async def test_a_person_is_named_whatever_their_subject_looks_like(
    town: Town, database: Database
) -> None:
    she = an_actor(Role.RESIDENT, subject="idp|7=x")
    assert (await town.post(she, "/persons/export", {"subject": she.subject})).is_success
    assert await acts(database) == [("person_exported", "idp|7=x", "idp|7=x", "done")]
