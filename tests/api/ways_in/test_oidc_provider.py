"""Signing in by a certified provider: the way there and back, and all that may go wrong on it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from api.ways_in.oidc import with_query
from domain.ids import GridCode
from domain.vocabulary import Role
from storage.accounts.repository import Accounts
from tests.api.town import ADMINISTRATOR, Town, a_token
from tests.api.ways_in.certified import Certified
from tests.api.ways_in.conftest import HERE, PAGE, WECOM, Visit, query_of
from tests.builders import an_actor
from tests.pictures.album import StoppedClock

CLERK = {"roles": ["staff"], "department": "police", "grids": ["qj"]}


async def test_claims_of_keycloak_become_an_appointment(visit: Visit) -> None:
    tokens = await visit.signed_in("kc-1")
    post = tokens["appointment"]
    assert (post["roles"], post["department"], post["grids"]) == (["staff"], "police", ["qj.bh"])
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = (await visit.http.get("/api/v1/me", headers=bearer)).json()
    assert (me["subject"], me["way"], me["department"]) == (tokens["subject"], "oidc", "police")
    assert "kc-1" not in str(me)


async def test_claims_of_wecom_become_an_appointment(visit: Visit) -> None:
    visit.through(mapping=WECOM)
    first, again = await visit.signed_in("wx-1"), await visit.signed_in("wx-1")
    post = first["appointment"]
    assert (post["roles"], post["department"], post["grids"]) == (["staff"], "water", ["qj"])
    assert again["subject"] == first["subject"], "one person, one account"
    assert again["appointment"]["id"] == post["id"], "what is claimed still is not made anew"


async def test_claims_from_the_userinfo_endpoint(visit: Visit) -> None:
    visit.through(ask_userinfo=True)
    assert (await visit.signed_in("kc-1"))["appointment"]["department"] == "police"


async def test_what_is_not_claimed_any_more_ends(visit: Visit) -> None:
    first = await visit.signed_in("kc-1")
    leads = [{"claim": ["sub"], "values": {"kc-1": {"roles": ["leader"], "grids": ["qj"]}}}]
    visit.through(mapping={"readings": leads})
    second = await visit.signed_in("kc-1")
    assert second["subject"] == first["subject"]
    assert [each["roles"] for each in second["appointments"]] == [["leader"]]


async def test_a_linked_account_is_found_and_nobody_is_appointed(visit: Visit) -> None:
    subject = (await visit.signed_in("kc-1"))["subject"]
    visit.through(policy="linked", mapping={})
    tokens = await visit.signed_in("kc-1")
    assert (tokens["subject"], tokens["appointment"]["roles"]) == (subject, ["staff"])


async def test_an_administrator_links_an_account(visit: Visit, town: Town) -> None:
    visit.through(policy="linked", mapping=WECOM)
    made = await town.post(ADMINISTRATOR, "/accounts", {"appointments": [CLERK]})
    path = f"/accounts/{made.json()['subject']}/link"
    said = {"provider": "oidc", "external_id": "WangWu01"}
    linked, again = [await town.post(ADMINISTRATOR, path, said, key="link-1") for _ in range(2)]
    assert [each["provider"] for each in linked.json()["identities"]] == ["oidc"]
    assert again.json() == linked.json()
    assert "WangWu01" not in linked.text
    tokens = await visit.signed_in("wx-1")
    assert tokens["subject"] == made.json()["subject"]
    other = await town.post(ADMINISTRATOR, "/accounts", {"appointments": [CLERK]})
    path = f"/accounts/{other.json()['subject']}/link"
    taken = await town.post(ADMINISTRATOR, path, said)
    assert (taken.status_code, taken.json()["code"]) == (409, "account_taken")
    beyond = an_actor(Role.ADMINISTRATOR, subject="a.2", grids=(GridCode("yj"),))
    assert (await town.post(beyond, path, said)).status_code == 404


async def test_who_is_linked_to_another_account_is_somebody_else(visit: Visit, town: Town) -> None:
    visit.through(mapping=WECOM)
    before = (await visit.signed_in("wx-1"))["subject"]
    await town.post(ADMINISTRATOR, f"/accounts/{before}/unlink", {"provider": "oidc"})
    assert (await visit.signed_in("wx-1"))["subject"] != before


async def test_an_unknown_person_gets_no_account(visit: Visit) -> None:
    for policy in ("linked", "appoint"):
        visit.through(policy=policy)
        answer = await visit.back(await visit.went("nobody-knows"))
        assert (answer.status_code, answer.json()["code"]) == (403, "not_linked")
        visit.browser.http.cookies.clear()
    async with visit.app.state.parts.database.read() as session:
        accounts = Accounts(session, visit.app.state.parts.ways_in.hasher)
        assert await accounts.by_identity("oidc", "nobody-knows") is None


async def test_what_one_process_began_another_finishes(visit: Visit) -> None:
    address = await visit.went("kc-1")
    visit.through()
    answer = await visit.back(address)
    visit.through()
    assert (await visit.redeemed(answer)).status_code == 200


async def test_two_tabs_at_the_same_instant_are_one_account(visit: Visit) -> None:
    addresses = [await visit.went("kc-1") for _ in range(2)]
    answers = await asyncio.gather(*(visit.back(each) for each in addresses))
    tokens = [(await visit.redeemed(each)).json() for each in answers]
    assert len({each["subject"] for each in tokens}) == 1
    assert [len(each["appointments"]) for each in tokens] == [1, 1]


async def test_a_disabled_account_does_not_come_in(visit: Visit, town: Town) -> None:
    visit.through(mapping=WECOM)
    subject = (await visit.signed_in("wx-1"))["subject"]
    headers = {"Authorization": f"Bearer {a_token(ADMINISTRATOR)}"}
    path = f"/accounts/{subject}"
    await town.http.patch(path, json={"disabled": True}, headers=headers)
    answer = await visit.redeemed(await visit.back(await visit.went("wx-1")))
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_failed")


async def test_no_token_and_no_name_travels_in_an_address(visit: Visit) -> None:
    answer = await visit.back(await visit.went("kc-1"))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(PAGE)
    assert list(query_of(answer.headers["location"])) == ["sign_in_code"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not visit.http.cookies, "the cookie is gone"


async def test_a_code_works_once_in_time_and_for_its_page(
    visit: Visit, clock: StoppedClock
) -> None:
    answer = await visit.back(await visit.went("kc-1"))
    assert (await visit.redeemed(answer)).status_code == 200
    assert (await visit.redeemed(answer)).json()["code"] == "sign_in_stale"
    stolen = await visit.back(await visit.went("kc-1"))
    assert (await visit.redeemed(stolen, "w" * 43)).json()["code"] == "sign_in_stale"
    assert (await visit.redeemed(stolen)).json()["code"] == "sign_in_stale", "it was used up"
    late = await visit.back(await visit.went("kc-1"))
    clock.at += timedelta(seconds=61)
    assert (await visit.redeemed(late)).json()["code"] == "sign_in_stale"


async def test_only_the_browser_that_began_comes_back(visit: Visit) -> None:
    address = await visit.went("kc-1")
    began = dict(visit.http.cookies)
    for cookies in ({}, dict.fromkeys(began, "eyJhbGciOiJkaXIifQ..a.b.c")):
        visit.http.cookies.clear()
        visit.http.cookies.update(cookies)
        answer = await visit.back(address)
        assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_stale")


async def test_another_state_is_refused(visit: Visit) -> None:
    address = await visit.went("kc-1")
    await visit.began()
    other = next(iter(visit.http.cookies.jar))
    state = query_of(address)["state"]
    for changed in (state[:-1] + ("A" if state[-1] != "A" else "B"), other.name):
        answer = await visit.back(address.replace(state, changed))
        assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_stale")


async def test_a_sign_in_that_takes_too_long_is_refused(visit: Visit, clock: StoppedClock) -> None:
    address = await visit.went("kc-1")
    clock.at += timedelta(minutes=10)
    assert (await visit.back(address)).json()["code"] == "sign_in_stale"


async def test_a_replayed_code_of_the_provider_is_refused(visit: Visit) -> None:
    address = await visit.went("kc-1")
    cookies = dict(visit.http.cookies)
    assert (await visit.back(address)).status_code == 303
    visit.http.cookies.update(cookies)
    answer = await visit.back(address)
    assert (answer.status_code, answer.json()["code"]) == (401, "provider_refused")
    assert "grant" not in answer.text, "its words stay with us"


async def test_another_nonce_is_refused(visit: Visit) -> None:
    asked = (await visit.began()).headers["location"]
    said = query_of(asked) | {"nonce": "of somebody else"}
    changed = with_query(asked.partition("?")[0], said)
    answer = await visit.back(await visit.browser.sign_in(changed, "kc-1"))
    assert (answer.status_code, answer.json()["code"]) == (401, "provider_refused")


async def test_an_injected_code_does_not_fit_the_verifier(visit: Visit) -> None:
    stolen = query_of(await visit.went("kc-1"))["code"]
    mine = await visit.went("kc-1")
    answer = await visit.back(mine.replace(query_of(mine)["code"], stolen))
    assert (answer.status_code, answer.json()["code"]) == (401, "provider_refused")


async def test_keys_rotate_while_somebody_is_on_the_way(
    visit: Visit, provider: Certified, clock: StoppedClock
) -> None:
    await visit.signed_in("kc-1")
    address = await visit.went("kc-1")
    await provider.rotate()
    clock.at += timedelta(seconds=16)
    answer = await visit.redeemed(await visit.back(address))
    assert answer.status_code == 200, answer.text


async def test_a_key_so_new_that_it_is_not_looked_for_yet(
    visit: Visit, provider: Certified
) -> None:
    await visit.signed_in("kc-1")
    address = await visit.went("kc-1")
    await provider.rotate()
    answer = await visit.back(address)
    assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")


@pytest.mark.parametrize(("seconds", "status"), [(-55, 303), (-90, 401), (150, 303), (240, 401)])
async def test_clocks_may_differ_by_a_minute(
    visit: Visit, clock: StoppedClock, seconds: int, status: int
) -> None:
    """An ID token of this provider lives for two minutes."""
    clock.at += timedelta(seconds=seconds)
    assert (await visit.back(await visit.went("kc-1"))).status_code == status


async def test_the_providers_no_is_told_without_its_words(visit: Visit) -> None:
    said = {"error": "access_denied", "error_description": "secret words", "iss": visit.issuer}
    program, browser = [
        await visit.back(f"{HERE}/callback?{urlencode(said | {'state': state})}", accept)
        for accept in ("application/json", "text/html,*/*;q=0.8")
        for state in [query_of((await visit.began()).headers["location"])["state"]]
    ]
    assert (program.status_code, program.json()["code"]) == (401, "provider_refused")
    assert "secret" not in program.text
    told = query_of(browser.headers["location"])
    assert (browser.status_code, told) == (303, {"sign_in_problem": "provider_refused"})


async def test_an_answer_of_another_provider_is_refused(visit: Visit) -> None:
    address = await visit.went("kc-1")
    issuer = urlencode({"iss": visit.issuer})
    answer = await visit.back(address.replace(issuer, urlencode({"iss": "https://evil.example"})))
    assert answer.json()["code"] == "provider_refused"


async def test_only_pages_of_ours_are_returned_to(visit: Visit) -> None:
    for elsewhere in ("https://evil.example/", PAGE + "x", PAGE[:-1], "//evil.example"):
        for answer in (
            await visit.began(return_to=elsewhere),
            await visit.http.get(f"{HERE}/sign-out", params={"return_to": elsewhere}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_signing_out_at_the_provider(visit: Visit) -> None:
    answer = await visit.http.get(f"{HERE}/sign-out", params={"return_to": PAGE})
    asked = answer.headers["location"]
    assert asked.startswith(f"{visit.issuer}/session/end?")
    page = await visit.browser.http.get(asked)
    assert page.status_code == 200, "the provider takes it, and asks the person"


async def test_who_is_linked_without_an_appointment_is_told(visit: Visit) -> None:
    await visit.signed_in("kc-1")
    visit.through(mapping={"readings": []})
    answer = await visit.redeemed(await visit.back(await visit.went("kc-1")))
    assert (answer.status_code, answer.json()["code"]) == (403, "no_appointment")


async def test_without_a_provider_there_is_nothing_here(visit: Visit) -> None:
    visit.app.state.parts = replace(visit.app.state.parts, oidc=None)
    assert (await visit.began()).status_code == 404
