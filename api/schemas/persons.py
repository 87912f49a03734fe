"""What is kept of one person, and what is left once it was erased."""

from datetime import datetime

from pydantic import ConfigDict

from api.schemas.issues import Read
from api.schemas.pictures import PictureLinks
from api.schemas.text import Body, Subject
from domain.vocabulary import IssueState


class PersonBody(Body):
    """Whose data it is about; in the body, because addresses are written down everywhere."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"subject": "resident_b3"}]})
    subject: Subject


class KeptReporter(Read):
    """Who reported, as it was said."""

    name: str | None
    phone: str | None
    address: str | None
    erased_at: datetime | None


class KeptIssue(Read):
    """An issue that the person raised for themself, or that was raised for them."""

    number: str
    grid: str
    category: str
    state: IssueState
    raised_at: datetime
    closed_at: datetime | None
    satisfaction: str | None
    reporter: KeptReporter | None
    lat: float | None
    """Degrees of WGS-84, with `lon`; None where no position was given, or was erased."""
    lon: float | None


class KeptText(Read):
    """Words of the person, and the issue they are about."""

    number: str
    at: datetime
    body: str | None


class KeptPicture(Read):
    """A picture of the person's, with a link that works for some minutes."""

    number: str | None
    uploaded_at: datetime
    sha256: str
    links: PictureLinks | None
    """None while its upload is not whole."""


class KeptOfPerson(Read):
    """All that is kept of the person in these grids; `is_whole` says if a limit cut it off."""

    subject: str
    issues: tuple[KeptIssue, ...]
    texts: tuple[KeptText, ...]
    pictures: tuple[KeptPicture, ...]
    follows: tuple[str, ...]
    is_whole: bool


class ErasedOfPerson(Read):
    """What was erased; `more` issues need another request, `still_open` have to be closed first."""

    subject: str
    issues: int
    texts: int
    pictures: int
    still_open: tuple[str, ...]
    beyond_scope: int
    """Issues in grids of other administrators."""
    more: int
