"""One request under its caller's idempotency key, and the name that its command has everywhere."""

import hashlib
import json
from dataclasses import dataclass, field

from pydantic import BaseModel

from api.auditing import Auditing
from domain.actor import Actor
from domain.ids import CommandId, Subject

_CALLER_DIGITS = 12


def command_id(caller: Subject, key: str) -> CommandId:
    """What the record and the workflow call a command: two callers may have the same key.

    No name that the engine gives its own commands, or a birth, looks like this.
    """
    whose = hashlib.sha256(caller.encode()).hexdigest()[:_CALLER_DIGITS]
    return CommandId(f"{whose}.{key}")


@dataclass(frozen=True, slots=True)
class Asking:
    """One request under its idempotency key, which is its caller's own."""

    key: str
    actor: Actor
    route: str
    audit: Auditing = field(compare=False, repr=False)
    """Where what is done is put on record, in the transaction in which it is done."""

    @property
    def command_id(self) -> CommandId:
        return command_id(self.actor.subject, self.key)

    def fingerprint(self, body: BaseModel | None) -> str:
        """Of what the body means, not of how it was spelt.

        What has its default counts as not said, so that a request sent again after an upgrade,
        which knows more fields, is the same one.
        """
        meant = body.model_dump(mode="json", exclude_defaults=True) if body else None
        said = "" if meant is None else json.dumps(meant, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()
