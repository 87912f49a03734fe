from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import ValidationError

from api.auth import Gate
from api.keys import FixedKey
from api.problems import Problem
from api.tokens import main, mint
from domain.vocabulary import Role
from observability.clock import now
from settings import Settings
from tests.api.town import SECRET, Town
from tests.builders import GRID_WORKER, OFFICER

HOUR = timedelta(hours=1)
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
GATE = Gate(FixedKey.secret(SECRET))


def token(secret: str = SECRET, lifetime: timedelta = HOUR, **claims: object) -> str:
    said: dict[str, object] = {"sub": "p.1", "roles": ["staff"]}
    return mint(secret, said | claims, at=now(), lifetime=lifetime)


def pem(private: PrivateKey) -> str:
    public = private.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


async def test_a_token_becomes_an_actor() -> None:
    bearer = token(roles=["staff", "leader"], department="police", grids=["qj"])
    actor = await GATE.actor(bearer)
    assert (actor.subject, actor.department, actor.grids) == ("p.1", "police", ("qj",))
    assert actor.roles == (Role.STAFF, Role.LEADER)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "not.a.token",
        "x" * 9000,
        token(secret="another-secret-that-is-long-enough-too"),
        token(roles=["king"]),
        token(roles=["engine"]),
        token(roles=[]),
        token(roles="staff"),
        token(sub="engine"),
        token(sub="有名字"),
        token(sub=""),
        token(grids=["a b"]),
        token(department={"code": "police"}),
        jwt.encode({"sub": "p.1", "roles": ["staff"]}, SECRET),
        jwt.encode({"sub": "p.1", "roles": ["staff"], "exp": 9**10}, "", algorithm="none"),
    ],
)
async def test_a_token_that_is_not_wholly_right_is_refused(bad: str) -> None:
    with pytest.raises(Problem, match="unauthenticated"):
        await GATE.actor(bad)


async def test_issuer_and_audience_are_held_when_configured() -> None:
    gate = Gate(FixedKey.secret(SECRET), issuer="city", audience="dispatch")
    await gate.actor(token(iss="city", aud="dispatch"))
    for wrong in (token(), token(iss="city"), token(iss="town", aud="dispatch")):
        with pytest.raises(Problem, match="unauthenticated"):
            await gate.actor(wrong)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (rsa.generate_private_key(65537, 2048), "RS256"),
        (ec.generate_private_key(ec.SECP256R1()), "ES256"),
        (ed25519.Ed25519PrivateKey.generate(), "EdDSA"),
    ],
    ids=["rsa", "ec", "ed25519"],
)
async def test_a_public_key_verifies_only_its_own_algorithms(
    key: PrivateKey, algorithm: str
) -> None:
    gate = Gate(FixedKey.public(pem(key)))
    claims = {"sub": "p.1", "roles": ["staff"], "exp": now() + HOUR}
    await gate.actor(jwt.encode(claims, key, algorithm=algorithm))
    with pytest.raises(Problem, match="unauthenticated"):
        await gate.actor(jwt.encode(claims, SECRET, algorithm="HS256"))


async def test_without_a_token_every_route_but_health_says_how_to_get_in(town: Town) -> None:
    answer = await town.http.get("/issues")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    wrong = await town.http.get("/issues", headers={"Authorization": "Bearer x.y.z"})
    assert wrong.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


async def test_what_only_administrators_do_is_forbidden_to_others(town: Town) -> None:
    for who in (OFFICER, GRID_WORKER):
        answer = await town.post(who, "/reference/category/x", {"entry": {}})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_the_local_tool_makes_tokens_from_the_local_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPATCH_JWT_SECRET", SECRET)
    assert main(["lin", "--role", "staff", "--department", "water", "--grid", "qj"]) == 0
    claims = jwt.decode(capsys.readouterr().out.strip(), SECRET, algorithms=["HS256"])
    assert (claims["sub"], claims["roles"], claims["department"]) == ("lin", ["staff"], "water")


def test_without_a_local_secret_no_token_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPATCH_JWT_SECRET", raising=False)
    assert main(["lin", "--role", "staff"]) == 2


@pytest.mark.parametrize(
    "keys",
    [{}, {"jwt_secret": "short"}, {"jwt_secret": SECRET, "jwt_public_key": "x"}],
    ids=["none", "short", "two"],
)
def test_settings_want_exactly_one_strong_key(
    monkeypatch: pytest.MonkeyPatch, keys: dict[str, Any]
) -> None:
    monkeypatch.delenv("DISPATCH_JWT_SECRET", raising=False)
    with pytest.raises(ValidationError) as refused:
        Settings(database_url="postgresql+asyncpg://x/y", **keys)
    assert "short'" not in str(refused.value), "a secret is never printed"
