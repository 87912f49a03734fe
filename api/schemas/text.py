"""Kinds of text and instants in requests, with their limits."""

from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from api.schemas.opaque import Opaque
from domain.sla import Limit, Unit

_YEAR_MIN, _YEAR_MAX = 2000, 2200
PHONE = r"^\+?[0-9][0-9 -]{2,18}[0-9]$"
CODE = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$"
NUMBER = r"^[A-Za-z0-9-]{1,40}$"
VISIBLE = r"^[!-~]{1,128}$"
MOST_CO = 20


def _without_nul(value: str) -> str:
    """PostgreSQL stores every character but this one."""
    if "\x00" in value:
        raise PydanticCustomError("nul_character", "NUL characters cannot be stored")
    return value


def in_our_time(instant: datetime) -> datetime:
    """Far ends of the calendar overflow as soon as anything is added to them."""
    if not _YEAR_MIN <= instant.year <= _YEAR_MAX:
        raise PydanticCustomError("not_of_our_time", "an instant of our time")
    return instant


def _told(most: int) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=most, strip_whitespace=True)


NoNul = AfterValidator(_without_nul)
Text = Annotated[str, _told(4000), NoNul]
Name = Annotated[str, _told(50), NoNul]
Address = Annotated[str, _told(200), NoNul]
Phone = Annotated[str, StringConstraints(pattern=PHONE)]
Code = Annotated[str, StringConstraints(pattern=CODE)]
Number = Annotated[str, StringConstraints(pattern=NUMBER)]
Subject = Annotated[str, StringConstraints(pattern=VISIBLE), Opaque]
Instant = Annotated[AwareDatetime, AfterValidator(in_our_time)]


class Body(BaseModel):
    """A request body: what is not known is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class LimitBody(Body):
    """A limit: its unit and how much of it; `same_day` takes no amount."""

    unit: Unit
    days: Annotated[int, Field(ge=1, le=366, strict=True)] | None = None
    hours: Annotated[float, Field(gt=0, le=8784, strict=True, allow_inf_nan=False)] | None = None
    seconds: Annotated[int, Field(ge=1, le=31_622_400, strict=True)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        self.to_limit()
        return self

    def to_limit(self) -> Limit:
        """The domain's limit.

        Raises:
            ValueError: not exactly one amount, or not one that fits the unit.
        """
        given = [each for each in (self.days, self.hours, self.seconds) if each is not None]
        if len(given) != (0 if self.unit is Unit.SAME_DAY else 1):
            raise ValueError("say exactly one of days, hours and seconds; same_day takes none")
        amount = timedelta(days=self.days or 0, hours=self.hours or 0, seconds=self.seconds or 0)
        return Limit(self.unit, amount)
