"""What a list of issues can be narrowed by."""

from datetime import datetime
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from api.schemas.text import Code, Instant, NoNul
from domain.ids import CategoryCode, DepartmentCode, GridCode
from domain.visibility import Scope
from domain.vocabulary import IssueState, Level, Role
from storage.queries import LARGEST_PAGE, IssueFilter

_Words = Annotated[str, StringConstraints(min_length=1, max_length=200), NoNul]


class Filters(BaseModel):
    """Query parameters, or the body of a search; what is left out does not matter."""

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"q": "井盖", "grid": "qj.bh", "state": ["handling"]}]},
    )

    state: list[IssueState] = Field(default=[], max_length=len(IssueState))
    """May be repeated."""
    department: Code | None = None
    """Was ever called."""
    grid: Code | None = None
    """The grid or anything below it."""
    category: Code | None = None
    overdue: bool | None = None
    """Something owed is late now."""
    warned: bool | None = None
    level: Level | None = None
    source: Role | None = None
    q: _Words | None = None
    """Words in the description; with a name among them, prefer `POST /issues/search`: addresses
    stand in the logs of proxies."""
    raised_from: Instant | None = None
    raised_to: Instant | None = None
    """Not included."""
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}$")] | None = None
    """`next` of the page before."""
    limit: int = Field(default=50, ge=1, le=LARGEST_PAGE)

    @field_validator("raised_to", mode="after")
    @classmethod
    def _in_order(cls, to: datetime | None, known: ValidationInfo) -> datetime | None:
        since = known.data.get("raised_from")
        if since and to and to <= since:
            raise PydanticCustomError("out_of_order", "raised_to lies after raised_from")
        return to

    def filter(self, scope: Scope) -> IssueFilter:
        """The question to ask, within what the asker may see."""
        return IssueFilter(
            states=tuple(self.state),
            department=DepartmentCode(self.department) if self.department else None,
            grid=GridCode(self.grid) if self.grid else None,
            category=CategoryCode(self.category) if self.category else None,
            overdue=self.overdue,
            warned=self.warned,
            level=self.level,
            source=self.source,
            text=self.q,
            raised_from=self.raised_from,
            raised_to=self.raised_to,
            scope=scope,
        )


class Span(BaseModel):
    """A part of a timeline."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    after: int = Field(default=-1, ge=-1, le=2**31 - 1)
    """`next` of the part before."""
    limit: int = Field(default=200, ge=1, le=200)
