"""A session that was ended goes on as no other."""

import pytest

from tests.api.signing_in import PASSWORD, STAFF, WORKER, at_work
from tests.api.test_signing_in import said
from tests.api.town import ADMINISTRATOR, Town, a_token
from tests.builders import NOON


@pytest.mark.parametrize("path", ["sign-out", "sign-out-everywhere", "disabled", "appointment"])
async def test_a_session_that_is_over_opens_no_other_while_it_is_still_let_in(
    town: Town, path: str
) -> None:
    """For two seconds its bearer is let in by what was known before."""
    lin = await at_work(town, STAFF, {**WORKER, "since": NOON.isoformat()})
    me = (await lin.gets("/me")).json()
    acting = me["appointment"]["id"]
    other = next(each["id"] for each in me["appointments"] if each["id"] != acting)
    here = f"/accounts/{me['subject']}"
    if path == "disabled":
        bearer = {"Authorization": f"Bearer {a_token(ADMINISTRATOR)}"}
        done = await town.http.patch(here, json={"disabled": True}, headers=bearer)
    elif path == "appointment":
        done = await town.post(ADMINISTRATOR, f"{here}/appointments/{acting}/end", {})
    else:
        done = await lin.posts(f"/{path}")
    assert done.is_success, done.text
    assert (await lin.gets("/me")).status_code == 200, "as the watch still believes"
    switched = await lin.posts("/me/appointment", appointment=other)
    assert said(switched) == (401, "session_over")
    if path != "disabled":
        new = "another good password"
        changed = await lin.posts("/me/password", password=PASSWORD, new_password=new)
        assert said(changed) == (401, "session_over")
        assert (await lin.signs_in()).status_code == 200, "by the password of before"
