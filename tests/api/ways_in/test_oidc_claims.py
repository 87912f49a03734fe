"""Claims, settings and the seal: what needs no provider."""

from typing import Any

import pytest
from pydantic import ValidationError

from api.ways_in.oidc_claims import Claimed, external_id, posts
from api.ways_in.oidc_pending import LASTS, Pending, Seal, cookie_of
from api.ways_in.oidc_settings import ClaimsMapping, OidcSettings
from domain.ids import DepartmentCode, GridCode
from domain.vocabulary import Role
from tests.api.ways_in.conftest import KEYCLOAK, PEOPLE, WECOM
from tests.builders import NOON

TO_KEYCLOAK, TO_WECOM = (ClaimsMapping.model_validate(each) for each in (KEYCLOAK, WECOM))
PAGE = "https://dispatch.example/"
SAFE: dict[str, Any] = {
    "issuer": "https://idp.example",
    "client_id": "dispatch",
    "redirect_uri": "https://dispatch.example/api/v1/sign-in/oidc/callback",
    "return_to": [PAGE],
}


def test_keycloak_says_roles_in_one_claim_and_places_in_another() -> None:
    assert posts(TO_KEYCLOAK, PEOPLE["kc-1"]) == (
        Claimed(
            roles=(Role.STAFF,),
            department=DepartmentCode("police"),
            grids=(GridCode("qj.bh"),),
        ),
    )


def test_wecom_says_a_number() -> None:
    assert external_id(TO_WECOM, PEOPLE["wx-1"]) == "WangWu01"
    assert posts(TO_WECOM, PEOPLE["wx-1"]) == (
        Claimed(roles=(Role.STAFF,), department=DepartmentCode("water"), grids=(GridCode("qj"),)),
    )


def test_several_departments_are_several_posts_and_share_no_roles() -> None:
    by_id = {
        "2": {"roles": ["leader"], "department": "police"},
        "7": {"roles": ["staff"], "department": "water"},
    }
    mapping = ClaimsMapping.model_validate(
        {"readings": [{"claim": ["department"], "values": by_id}]}
    )
    assert posts(mapping, {"department": [2, 7, 9]}) == (
        Claimed(roles=(Role.LEADER,), department=DepartmentCode("police")),
        Claimed(roles=(Role.STAFF,), department=DepartmentCode("water")),
    )


def test_who_has_no_role_has_no_post() -> None:
    assert posts(TO_KEYCLOAK, {"groups": ["/departments/police"]}) == ()
    assert posts(TO_KEYCLOAK, {"realm_access": {"roles": ["dispatch-administrator"]}}) == ()
    assert posts(TO_KEYCLOAK, {}) == ()


@pytest.mark.parametrize(
    "odd",
    [
        {"realm_access": ["dispatch-staff"]},
        {"realm_access": {"roles": {"dispatch-staff": True}}},
        {"realm_access": {"roles": [None, True, ["dispatch-staff"]]}},
        {"realm_access": None},
    ],
    ids=str,
)
def test_odd_claims_say_nothing(odd: dict[str, Any]) -> None:
    assert posts(TO_KEYCLOAK, odd) == ()


def test_what_is_no_code_is_no_place() -> None:
    staff = {"realm_access": {"roles": ["dispatch-staff"]}}
    odd = {
        "groups": ["/departments/", "/departments/Wang Wu", "/grids/../x", "/grids/" + "x" * 200]
    }
    assert posts(TO_KEYCLOAK, staff | odd) == (Claimed(roles=(Role.STAFF,)),)


@pytest.mark.parametrize("odd", [None, "", True, ["a"], {"a": 1}, "x" * 256, 1.5])
def test_whom_the_claims_do_not_name(odd: object) -> None:
    assert external_id(TO_WECOM, {"userid": odd}) is None


@pytest.mark.parametrize(
    "unsafe",
    [
        {"issuer": "http://idp.example"},
        {"redirect_uri": "http://dispatch.example/callback"},
        {"return_to": ["http://dispatch.example/"]},
        {"return_to": ["https://dispatch.example/#/page"]},
        {"return_to": ["https://user@dispatch.example/"]},
        {"return_to": ["javascript:alert(1)"]},
        {"return_to": []},
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"scope": "profile"},
        {"name": "password"},
        {"policy": "everybody"},
        {"mapping": {"readings": [{"claim": ["a"], "values": {"b": {"roles": ["engine"]}}}]}},
        {"unknown": 1},
    ],
    ids=str,
)
def test_unsafe_settings_are_refused_and_not_repeated(unsafe: dict[str, Any]) -> None:
    assert OidcSettings.model_validate(SAFE).is_secure
    with pytest.raises(ValidationError) as refused:
        OidcSettings.model_validate(SAFE | {"client_secret": "told to nobody"} | unsafe)
    assert "told to nobody" not in str(refused.value)


def test_this_machine_needs_no_tls() -> None:
    here = {"issuer": "http://127.0.0.1:1", "redirect_uri": "http://localhost/callback"}
    assert not OidcSettings.model_validate(SAFE | here).is_secure


def test_a_seal_opens_for_its_state_and_in_time() -> None:
    seal, pending = Seal.of([b"k" * 32]), Pending.new("c" * 43, PAGE, NOON)
    sealed = seal.close(pending)
    just_before = NOON + LASTS * 0.99
    assert seal.open(sealed, pending.state, just_before) == pending
    assert seal.open(sealed, pending.state, NOON + LASTS) is None
    assert seal.open(sealed, pending.state + "x", NOON) is None
    assert seal.open(sealed[:-2] + "AA", pending.state, NOON) is None
    assert seal.open("", pending.state, NOON) is None
    for secret in (pending.state, pending.nonce, pending.verifier):
        assert secret not in sealed


def test_seals_of_before_a_rotation_still_open() -> None:
    old, pending = Seal.of([b"k" * 32]), Pending.new("c" * 43, PAGE, NOON)
    sealed = old.close(pending)
    assert Seal.of([b"n" * 32, b"k" * 32]).open(sealed, pending.state, NOON) == pending
    assert Seal.of([b"n" * 32]).open(sealed, pending.state, NOON) is None


def test_nothing_of_two_sign_ins_is_the_same() -> None:
    one, other = (Pending.new("c" * 43, PAGE, NOON) for _ in range(2))
    assert {one.state, one.nonce, one.verifier}.isdisjoint(
        {other.state, other.nonce, other.verifier}
    )
    assert cookie_of(one.state) != cookie_of(other.state)
