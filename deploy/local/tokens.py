"""Bearer tokens for the local engine, signed with the secret that its API was given."""

from datetime import UTC, datetime, timedelta

import jwt

from domain.actor import Actor

_ALGORITHM = "HS256"


def mint(secret: str, actor: Actor, lifetime: timedelta = timedelta(hours=12)) -> str:
    """A token that says who acts: subject, roles, department and scope of grids."""
    now = datetime.now(UTC)  # noqa: TID251 - a command line tool is an edge, and has a clock
    claims = {
        "sub": actor.subject,
        "roles": [role.value for role in actor.roles],
        "department": actor.department,
        "grids": list(actor.grids),
        "iat": now,
        "exp": now + lifetime,
    }
    return jwt.encode(claims, secret, algorithm=_ALGORITHM)
