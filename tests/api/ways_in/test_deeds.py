"""What comes in by a provider is on record, without what the provider calls anybody."""

import pytest

from storage.session import Database
from tests.api.signing_in import STAFF, hired
from tests.api.test_audit_entries import acts, entries
from tests.api.town import ADMINISTRATOR, Town
from tests.api.ways_in.conftest import Visit
from tests.api.ways_in.test_wechat import NUMBER, OTHER, binds, given, signs_in

LIN = "s.lin"


async def test_who_comes_from_the_provider_is_on_record(visit: Visit, database: Database) -> None:
    tokens = await visit.signed_in("kc-1")
    she = tokens["subject"]
    found = await entries(database)
    assert [(each["act"], each["subject"], each["object_kind"]) for each in found] == [
        ("account_changed", "provider.oidc", "account"),
        ("identity_bound", "provider.oidc", "account"),
        ("appointment_changed", "provider.oidc", "appointment"),
        ("signed_in", she, "account"),
    ]
    assert found[-1]["particulars"] == '{"way": "oidc"}'
    assert found[-1]["appointment"] == tokens["appointment"]["id"]
    assert "kc-1" not in str(found)


@pytest.mark.parametrize(("accept", "status"), [("application/json", 403), ("text/html", 303)])
async def test_whom_the_provider_sends_in_vain_is_on_record(
    visit: Visit, database: Database, accept: str, status: int
) -> None:
    visit.through(policy="linked")
    assert (await visit.back(await visit.went("kc-1"), accept)).status_code == status
    assert await acts(database) == [("sign_in_failed", None, "sign_in", "not_linked")]


async def test_a_code_of_another_page_is_on_record(visit: Visit, database: Database) -> None:
    back = await visit.back(await visit.went("kc-1"))
    assert (await visit.redeemed(back, "not-what-the-page-knows-" + "x" * 30)).status_code == 400
    *_, (act, who, whose, result) = await acts(database)
    assert (act, who, result) == ("sign_in_failed", None, "sign_in_stale")
    assert whose.startswith("u."), "whose account it would have been"


async def test_wechat_is_on_record_without_openid_and_phone(
    phone: Town, database: Database
) -> None:
    await hired(phone, STAFF, phone=NUMBER)
    code = await given(phone, LIN)
    await signs_in(phone, "login-oSecret_1")
    await binds(phone, code="login-oSecret_2", phone_code=f"phone-{OTHER}")
    await binds(phone, code="login-oSecret_3", bind_code=code)
    await binds(phone, code="login-oAnother_1", phone_code=f"phone-{NUMBER}")
    await signs_in(phone, "login-oSecret_4")
    assert await acts(database) == [
        ("account_changed", ADMINISTRATOR.subject, LIN, "done"),
        ("bind_code_given", ADMINISTRATOR.subject, LIN, "done"),
        ("sign_in_failed", None, "sign_in", "not_linked"),
        ("sign_in_failed", None, "sign_in", "not_linked"),
        ("identity_bound", LIN, LIN, "done"),
        ("signed_in", LIN, LIN, "done"),
        ("sign_in_failed", None, LIN, "account_taken"),
        ("signed_in", LIN, LIN, "done"),
    ]
    written = str(await entries(database))
    assert [word for word in ("oSecret", "oAnother", NUMBER, OTHER, code) if word in written] == []
