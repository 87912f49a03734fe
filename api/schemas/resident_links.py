"""Links for residents as the API shows them."""

from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict

from api.schemas.issues import Read
from api.schemas.text import Body
from storage.residents.views import LinkKind


class MakeLink(Body):
    """For whom a link is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "board"}]})
    kind: LinkKind = LinkKind.OWN
    """`own`: for who raised it, to evaluate; `board`: for the notice board, to look."""


class LinkRead(Read):
    """A link; its address is shown to who may hand it out, and only while it works."""

    id: str
    kind: LinkKind
    label: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    revoked_at: datetime | None
    url: str | None = None
    """None of a link that is over, is somebody else's own, or was made by another key."""


class LinkList(Read):
    """Every link of an issue, newest first."""

    items: list[LinkRead]


class QrFormat(StrEnum):
    """What a QR code is drawn as."""

    SVG = "svg"
    PNG = "png"
