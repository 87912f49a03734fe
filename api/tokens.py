"""Makes tokens for a local set-up: `python -m api.tokens lin --role staff --department water`.

Needs the shared secret in DISPATCH_JWT_SECRET; an installation whose tokens come from an identity
provider has none, and cannot make any here.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

import jwt

from domain.vocabulary import Role
from observability.clock import now as clock

_ROLES = sorted(role for role in Role if role is not Role.ENGINE)


def mint(secret: str, claims: dict[str, object], *, at: datetime, lifetime: timedelta) -> str:
    """A signed token that says `claims` for `lifetime`."""
    times = {"iat": at, "exp": at + lifetime}
    return jwt.encode({**claims, **times}, secret, algorithm="HS256")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m api.tokens", description=__doc__)
    parser.add_argument("subject", help="opaque id of the person, never a name")
    parser.add_argument("--role", action="append", required=True, choices=_ROLES)
    parser.add_argument("--department")
    parser.add_argument("--grid", action="append", default=[], help="scope, e.g. qj.bh.hp")
    parser.add_argument("--hours", type=float, default=12.0)
    parser.add_argument("--issuer")
    parser.add_argument("--audience")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    secret = os.environ.get("DISPATCH_JWT_SECRET", "")
    if not secret:
        sys.stderr.write("DISPATCH_JWT_SECRET is not set; this set-up cannot make tokens\n")
        return 2
    claims = {
        "sub": given.subject,
        "roles": given.role,
        "grids": given.grid,
        "department": given.department,
        "iss": given.issuer,
        "aud": given.audience,
    }
    said = {name: value for name, value in claims.items() if value}
    token = mint(secret, said, at=clock(), lifetime=timedelta(hours=given.hours))
    sys.stdout.write(token + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
