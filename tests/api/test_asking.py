"""A request that is sent again is known by what it means."""

from pydantic import BaseModel

from api.asking import Asking
from tests.api.town import UNAUDITED
from tests.builders import RESIDENT


class Before(BaseModel):
    """What a request was in one release."""

    grid: str
    urgent: bool = False


class After(BaseModel):
    """And in the next one, which knows more and in another order."""

    said_at: str | None = None
    pictures: list[str] = []
    urgent: bool = False
    grid: str


ASKING = Asking("key", RESIDENT, "POST /issues", UNAUDITED)


def test_a_request_is_the_same_one_after_an_upgrade() -> None:
    before = ASKING.fingerprint(Before(grid="qj"))
    assert ASKING.fingerprint(After(grid="qj")) == before
    assert ASKING.fingerprint(After(grid="qj", urgent=False)) == before, "said or not, it means so"


def test_a_request_that_means_something_else_is_another_one() -> None:
    before = ASKING.fingerprint(Before(grid="qj"))
    others = (After(grid="bh"), After(grid="qj", urgent=True), After(grid="qj", pictures=["1"]))
    assert before not in {ASKING.fingerprint(each) for each in others}
    assert ASKING.fingerprint(None) != before
