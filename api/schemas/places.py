"""Where something is, as it is said and as it is shown."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from api.schemas.text import Body, Code
from domain.position import Point, Position, System
from domain.vocabulary import IssueState, Satisfaction

_Latitude = Annotated[float, Field(ge=-90, le=90, strict=True, allow_inf_nan=False)]
_Longitude = Annotated[float, Field(ge=-180, le=180, strict=True, allow_inf_nan=False)]


class PositionBody(Body):
    """A place in degrees; which system is always said, for they differ by some hundred metres."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lat": 26.9139, "lon": 102.9302, "system": "gcj02"}]}
    )
    lat: _Latitude
    lon: _Longitude
    system: System
    """`wgs84` from a satellite receiver, `gcj02` from a Chinese map."""

    def to_position(self) -> Position:
        return Position.said(Point(lat=self.lat, lon=self.lon), self.system)


class Place(BaseModel):
    """Something about places that the API shows."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)


class PointRead(Place):
    """Degrees."""

    lat: float
    lon: float


class PositionRead(Place):
    """Where the matter is, in both systems."""

    wgs84: PointRead
    gcj02: PointRead
    said_in: System
    """In which it was said; the other was worked out."""


class NearBody(Body):
    """What somebody is about to raise, and where."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "category": "exposed_rubbish",
                    "position": {"lat": 26.9139, "lon": 102.9302, "system": "gcj02"},
                }
            ]
        }
    )
    category: Code
    position: PositionBody


class NearRead(Place):
    """An open issue that may be the same matter; nothing in it is about a person."""

    number: str
    category: str
    state: IssueState
    label: str
    """The state in the caller's language."""
    raised_at: datetime
    age_minutes: int
    distance_m: int
    """Rounded to ten metres."""
    followers: int
    """How many have said: me too."""
    is_mine: bool
    """You raised it, or it was raised for you."""


class NearList(Place):
    """The nearest first, five at most; how near and how young, the category says."""

    near_m: int
    near_hours: int
    items: list[NearRead]


class MeTooBody(Body):
    """Where you are asking from, unless you may see the issue anyway."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"position": {"lat": 26.9139, "lon": 102.9302, "system": "gcj02"}}]
        }
    )
    position: PositionBody | None = None


class MeTooEvaluation(Body):
    """A follower's word on the resolution; it is counted, and closes nothing."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"satisfaction": "satisfied", "solved": True}]}
    )
    satisfaction: Literal[Satisfaction.SATISFIED, Satisfaction.BASICALLY, Satisfaction.UNSATISFIED]
    solved: StrictBool


class FollowedRead(Place):
    """What a follower sees of the issue they follow."""

    number: str
    category: str
    state: IssueState
    label: str
    """The state in the caller's language."""
    raised_at: datetime
    followed_since: datetime
    followers: int
    satisfaction: Satisfaction | None
    """What you said of the latest resolution."""
    solved: bool | None
