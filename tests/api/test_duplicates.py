"""A duplicate leads to a matter that is still looked after."""

from domain.ids import GridCode
from domain.vocabulary import IssueState
from storage.session import Database
from tests.api.town import Town, fields_of
from tests.builders import DISPATCHER
from tests.storage.stories import born_in

HANDLING = IssueState.HANDLING


async def test_a_duplicate_of_a_duplicate_is_refused_and_told_where_that_leads(
    town: Town, database: Database
) -> None:
    first, second, third = [(await born_in(HANDLING, database)).number for _ in range(3)]
    for number, of in ((first, second), (second, third)):
        path = f"/issues/{number}/mark-duplicate"
        assert (await town.post(DISPATCHER, path, {"of": of})).status_code == 200
    for of in (first, second):
        answer = await town.post(DISPATCHER, f"/issues/{third}/mark-duplicate", {"of": of})
        assert (answer.status_code, fields_of(answer)) == (422, {"of": "is_duplicate_itself"})
        assert third in answer.json()["errors"][0]["message"]
    assert (await town.get(DISPATCHER, f"/issues/{third}")).json()["state"] == "handling"


async def test_a_duplicate_leads_to_nothing_its_clerk_may_not_see(
    town: Town, database: Database
) -> None:
    mine = (await born_in(HANDLING, database)).number
    elsewhere = (await born_in(HANDLING, database, grid=GridCode("yj"))).number
    path = f"/issues/{mine}/mark-duplicate"
    answer = await town.post(DISPATCHER, path, {"of": elsewhere})
    assert (answer.status_code, fields_of(answer)) == (422, {"of": "unknown_issue"})
