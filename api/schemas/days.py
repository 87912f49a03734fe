"""Instants that may be said as a day of the place, whose zone is known only later."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import ValidatorFunctionWrapHandler, WithJsonSchema, WrapValidator
from pydantic_core import PydanticCustomError

from api.schemas.text import Instant, in_our_time

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SCHEMA = WithJsonSchema(
    {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}
)


def _or_midnight(days_on: int) -> Callable[[Any, ValidatorFunctionWrapHandler], datetime]:
    """A day becomes a midnight without a zone, its own or a later one."""

    def read(value: Any, instant: ValidatorFunctionWrapHandler) -> datetime:  # noqa: ANN401 - a caller's
        if not (isinstance(value, str) and _DAY.fullmatch(value)):
            found: datetime = instant(value)
            return found
        try:
            midnight = datetime.fromisoformat(value)
        except ValueError as error:
            raise PydanticCustomError("date_parsing", "not a day of the calendar") from error
        return in_our_time(midnight) + timedelta(days=days_on)

    return read


Since = Annotated[Instant, WrapValidator(_or_midnight(0)), _SCHEMA]
Until = Annotated[Instant, WrapValidator(_or_midnight(1)), _SCHEMA]
