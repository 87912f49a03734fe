"""Pictures as they are named in requests and shown in answers."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from storage.pictures.views import PictureRole

MOST_PICTURES = 9
PICTURE = r"^[0-9a-f]{32}$"


def _each_once(ids: list[str]) -> list[str]:
    if len(set(ids)) < len(ids):
        raise PydanticCustomError("named_twice", "each only once")
    return ids


PictureId = Annotated[str, StringConstraints(pattern=PICTURE)]
PictureIds = Annotated[
    list[PictureId],
    Field(max_length=MOST_PICTURES, examples=[["0b6f4a526c1e4f579d6e5a1d4f2f8c11"]]),
    AfterValidator(_each_once),
]


class PictureLinks(BaseModel):
    """Where a picture is to be seen for some minutes, without a token; ask again for new ones."""

    full: str
    thumbnail: str
    expires_at: datetime


class PictureRead(BaseModel):
    """A picture: pixels alone, always JPEG; nothing else of the file that came in is kept."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str
    role: PictureRole | None
    """None until a step uses it."""
    label: str | None
    """The role in the caller's language."""
    version: int | None
    """Of the issue, after the step it hangs on."""
    uploaded_at: datetime
    width: int
    height: int
    original_bytes: int
    sha256: str
    """Of the file that came in, byte for byte."""
    erased_at: datetime | None
    links: PictureLinks | None
    """None once erased."""
