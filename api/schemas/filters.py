"""What a list of issues can be narrowed by."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.days import Since, Until
from api.schemas.text import Code, NoNul
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
    beyond_county: bool | None = None
    """Not even the county's meeting settled it."""
    source: Role | None = None
    q: _Words | None = None
    """Words in the description; with a name among them, prefer `POST /issues/search`: addresses
    stand in the logs of proxies."""
    raised_from: Since | None = None
    """An instant, or a day such as `2026-11-23`: from its midnight by the clock of the place, which
    is that of the district of `grid`, or of all districts."""
    raised_to: Until | None = None
    """An instant, which is not included, or a day, which is: to its next midnight."""
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,200}$")] | None = None
    """`next` of the page before."""
    limit: int = Field(default=50, ge=1, le=LARGEST_PAGE)

    def filter(self, scope: Scope, since: datetime | None, to: datetime | None) -> IssueFilter:
        """The question to ask, within what the asker may see and between these instants."""
        return IssueFilter(
            states=tuple(self.state),
            department=DepartmentCode(self.department) if self.department else None,
            grid=GridCode(self.grid) if self.grid else None,
            category=CategoryCode(self.category) if self.category else None,
            overdue=self.overdue,
            warned=self.warned,
            level=self.level,
            beyond_county=self.beyond_county,
            source=self.source,
            text=self.q,
            raised_from=since,
            raised_to=to,
            scope=scope,
        )


class Span(BaseModel):
    """A part of a timeline."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    after: int = Field(default=-1, ge=-1, le=2**31 - 1)
    """`next` of the part before."""
    limit: int = Field(default=200, ge=1, le=200)
