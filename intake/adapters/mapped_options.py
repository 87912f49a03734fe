"""The settings of `mapped_json`: where in a vendor's JSON stands what, and what its words mean."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.alert import AlertKind, Phase

Path = Annotated[str, Field(pattern=r"^(\$\.|\$$)?[^.]*(\.[^.]+)*$", max_length=200)]
Paths = Annotated[tuple[Path, ...], Field(max_length=8)]
Severity = Annotated[int, Field(ge=1, le=4)]
ANY = "*"
JSON = "application/json"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldMap(_Strict):
    """Of several paths, values are joined with `/`; of `picture` and `time`, the first that is."""

    camera: Paths
    code: Paths
    code_name: Path | None = None
    zone: Paths = ()
    event: Paths = ()
    delivery: Paths = ()
    state: Path | None = None
    time: Paths = ()
    severity: Path | None = None
    confidence: Path | None = None
    label: Path | None = None
    box: Paths = ()
    picture: Paths = ()
    picture_inline: Paths = ()


class AnswerTemplate(_Strict):
    """What the sender expects; `${path}` in a text stands for a value of its message."""

    status: Annotated[int, Field(ge=200, le=299)] = 200
    content_type: Annotated[str, Field(pattern=r"^[\w.+-]+/[\w.+-]+(; ?charset=[\w-]+)?$")] = JSON
    body: object = None


class MappedOptions(_Strict):
    """`codes` is for senders that speak our kinds; the source's mapping goes before it.

    `only` and `never` choose the elements that are alerts at all: path, and the words that count.
    """

    elements: Path = ""
    fields: FieldMap
    codes: dict[str, AlertKind] = {}
    states: dict[str, Phase] = {ANY: Phase.PULSE}
    severities: dict[str, Severity] = {}
    confidence_full: Annotated[float, Field(gt=0)] = 1.0
    box_full: Annotated[float, Field(gt=0)] = 1.0
    ttl_s: Annotated[int, Field(ge=1, le=7 * 24 * 3600)] | None = None
    only: dict[Path, tuple[str, ...]] = {}
    never: dict[Path, tuple[str, ...]] = {}
    keep: dict[str, Path] = {}
    answer: AnswerTemplate = AnswerTemplate()
    comment: str | None = None
    """For people."""
    version: Literal[1] = 1
