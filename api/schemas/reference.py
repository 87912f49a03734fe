"""Reference data as it is read, written and tried out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, JsonValue

from api.schemas.issues import Read
from api.schemas.text import Body, Code
from domain.reference import ReferenceKind
from domain.vocabulary import DeadlineKind

_Version = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)]


class EntryRead(Read):
    """One version of an entry."""

    kind: ReferenceKind
    code: str
    version: int
    retired: bool
    created_at: datetime
    created_by: str
    entry: Mapping[str, Any]
    """The whole entry, as it can be written back."""


class EntryPage(Read):
    """Some of the entries of a kind; ask with `after` for what follows `next`."""

    items: list[EntryRead]
    next: str | None


class NameErased(Read):
    """Whose name was blanked, and in how many versions."""

    code: str
    versions: int


class WriteBody(Body):
    """The next version of an entry."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "expected_version": 1,
                    "entry": {"name": "暴露垃圾", "name_en": "Exposed rubbish"},
                }
            ]
        }
    )
    expected_version: _Version | None = None
    """The version you read; None or 0 for a new entry."""
    entry: dict[str, JsonValue]
    """The whole entry, in the form in which it is read; its code may be left out."""


class RetireBody(Body):
    """Takes an entry out of use; what refers to it by version still finds it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"expected_version": 2}]})
    expected_version: _Version
    """The version you read."""


class DryRunBody(Body):
    """A policy to try on open issues."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "entry": {
                        "calendar": "cn",
                        "promises": [
                            {"kind": "claim", "limit": {"unit": "urgent_hour", "amount": "PT2H"}}
                        ],
                    }
                }
            ]
        }
    )
    entry: dict[str, JsonValue]
    """The whole policy, as it would be written."""
    after: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=100, strict=True)] = 50
    """How many open issues are looked at."""


class DueChange(Read):
    """A deadline that would be another; `would_be` is None when nothing would be promised."""

    id: str
    kind: DeadlineKind
    label: str
    department: Code | None
    due_by: datetime
    would_be: datetime | None


class IssueChange(Read):
    """An open issue that the policy would change."""

    number: str
    policy: str
    policy_version: int
    deadlines: list[DueChange]


class DryRun(Read):
    """Which open issues would change, had they been pinned to this policy; nothing is written."""

    examined: int
    items: list[IssueChange]
    next: str | None
