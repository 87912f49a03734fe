"""What the audit log says: who saw or did what, in a closed vocabulary of acts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from domain.ids import DepartmentCode, GridCode, Subject

Particular = str | int | bool | None
_LONGEST_OF_ALL = 2_000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Za-z0-9_.,:*/+@#~-]{0,240}")
_SAID_BY_SOMEBODY = re.compile(r"[!-~]{1,200}")
_NUMBER_OF_A_PERSON = re.compile(r"(?<![0-9A-Fa-f])(?:\+?86)?1[3-9]\d{9}(?![0-9A-Fa-f])")


class ActGroup(StrEnum):
    """What acts are counted by."""

    READING = "reading"
    WRITING = "writing"
    WAY_IN = "way_in"
    REFUSAL = "refusal"
    AUDIT = "audit"


class Deed(StrEnum):
    """Who saw or did what. A value is never renamed: it stands under hashes."""

    REPORTER_READ = "reporter_read"
    PICTURES_LINKED = "pictures_linked"
    PICTURE_OPENED = "picture_opened"
    POSITION_READ = "position_read"
    RAW_MESSAGE_READ = "raw_message_read"
    POLICY_TRIED = "policy_tried"
    HOUSEHOLD_READ = "household_read"
    PERSON_EXPORTED = "person_exported"
    ACCOUNT_READ = "account_read"

    PERSONAL_DATA_ERASED = "personal_data_erased"
    NAME_ERASED = "name_erased"
    HOUSEHOLD_WRITTEN = "household_written"
    ENTRY_WRITTEN = "entry_written"
    ENTRY_RETIRED = "entry_retired"
    TOKEN_ISSUED = "token_issued"  # noqa: S105 - an act
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - an act
    MESSAGES_REPLAYED = "messages_replayed"
    ACCOUNT_CHANGED = "account_changed"
    APPOINTMENT_CHANGED = "appointment_changed"
    LINK_MADE = "link_made"
    LINK_REVOKED = "link_revoked"

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    LOCKED_OUT = "locked_out"
    SIGNED_OUT = "signed_out"
    SESSION_REVOKED = "session_revoked"
    IDENTITY_BOUND = "identity_bound"

    REFUSED = "refused"

    AUDIT_READ = "audit_read"
    AUDIT_EXPORTED = "audit_exported"

    @property
    def group(self) -> ActGroup:
        return _GROUPS[self]


_GROUPS: Mapping[Deed, ActGroup] = {
    **dict.fromkeys(list(Deed)[: list(Deed).index(Deed.PERSONAL_DATA_ERASED)], ActGroup.READING),
    **dict.fromkeys(
        list(Deed)[list(Deed).index(Deed.PERSONAL_DATA_ERASED) : list(Deed).index(Deed.SIGNED_IN)],
        ActGroup.WRITING,
    ),
    **dict.fromkeys(
        list(Deed)[list(Deed).index(Deed.SIGNED_IN) : list(Deed).index(Deed.REFUSED)],
        ActGroup.WAY_IN,
    ),
    Deed.REFUSED: ActGroup.REFUSAL,
    Deed.AUDIT_READ: ActGroup.AUDIT,
    Deed.AUDIT_EXPORTED: ActGroup.AUDIT,
}


class ObjectKind(StrEnum):
    """What an act was about."""

    ISSUE = "issue"
    MEETING = "meeting"
    PICTURE = "picture"
    GRID = "grid"
    ENTRY = "entry"
    """Of reference data, as `<kind>/<code>`."""
    SOURCE = "source"
    RAW_MESSAGE = "raw_message"
    ACCOUNT = "account"
    APPOINTMENT = "appointment"
    SESSION = "session"
    PERSON = "person"
    LINK = "link"
    ROUTE = "route"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class About:
    """What an act is about, and the grid it lies in: who administers that may read the entry."""

    kind: ObjectKind
    object: str
    grid: GridCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act of one person. Made of codes and ids alone: nothing in it has to be erased.

    Raises:
        ValueError: something in it is no code, or looks like a person's number.
    """

    at: datetime
    act: Deed
    about: About
    result: str = "done"
    """`done`, or the code of the no."""
    subject: Subject | None = None
    """None for somebody who is not known, as who fails to sign in."""
    session: str | None = None
    appointment: str | None = None
    department: DepartmentCode | None = None
    request: str | None = None
    particulars: Mapping[str, Particular] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        for code in (self.about.object, self.result, *self._particular_codes()):
            _require_code(code)
        for said in (self.subject, self.session, self.appointment, self.department, self.request):
            if said is not None and not _SAID_BY_SOMEBODY.fullmatch(said):
                raise ValueError("an audit entry names people and sessions by opaque ids")
        for name in self.particulars:
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a particular")
        if len(str(dict(self.particulars))) > _LONGEST_OF_ALL:
            raise ValueError("too many particulars for an audit entry")

    def _particular_codes(self) -> list[str]:
        return [each for each in self.particulars.values() if isinstance(each, str)]


def is_code(word: str) -> bool:
    """Whether it is one; what people write has spaces, letters of names, or their numbers."""
    return _CODE.fullmatch(word) is not None and not _NUMBER_OF_A_PERSON.search(word)


def _require_code(code: str) -> None:
    if not is_code(code):
        raise ValueError("an audit entry is made of codes")
