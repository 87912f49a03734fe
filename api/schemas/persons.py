"""What is kept of one person, and what is left once it was erased."""

from datetime import datetime
from typing import Self

from pydantic import ConfigDict, model_validator

from api.schemas.accounts import AccountDetail
from api.schemas.issues import Read
from api.schemas.pictures import PictureLinks
from api.schemas.text import Body, Phone, Subject
from domain.vocabulary import IssueState
from storage.residents.views import LinkKind


class PersonBody(Body):
    """Whose data it is about; in the body, because addresses are written down everywhere."""

    model_config = ConfigDict(
        hide_input_in_errors=True,
        json_schema_extra={"examples": [{"subject": "resident_b3"}, {"phone": "13800000000"}]},
    )
    subject: Subject | None = None
    phone: Phone | None = None
    """What was left with it, however it was written; and whose account has it, all of theirs."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.subject is None) == (self.phone is None):
            raise ValueError("either subject or phone")
        return self


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


class KeptLink(Read):
    """A link that acts in the person's name; its address is nowhere."""

    id: str
    number: str
    kind: LinkKind
    made_at: datetime
    expires_at: datetime


class KeptOfPerson(Read):
    """All that is kept of the person in these grids."""

    subject: str | None
    """Null where a phone was asked for that no account has."""
    account: AccountDetail | None
    """Null where there is none, or none that the caller sees."""
    issues: tuple[KeptIssue, ...]
    texts: tuple[KeptText, ...]
    pictures: tuple[KeptPicture, ...]
    follows: tuple[str, ...]
    links: tuple[KeptLink, ...]
    is_whole: bool
    """False where a limit cut it off, or something sealed could not be opened."""


class ErasedOfPerson(Read):
    """What was erased; `more` issues need another request, `still_open` have to be closed first."""

    subject: str | None
    """Null where a phone was asked for that no account has."""
    account: bool
    """Whether their account is nobody's any more: only a resident's, with nothing open."""
    issues: int
    texts: int
    pictures: int
    still_open: tuple[str, ...]
    beyond_scope: int
    """Issues in grids of other administrators."""
    words_left: int
    """Texts of theirs on open issues, or in grids of other administrators."""
    more: int
