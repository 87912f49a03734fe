"""What meetings are called, and what they refuse, in the words of meetings."""

import pytest

from domain.meeting.words import MeetingState
from storage.session import Database
from tests.api.town import Town
from tests.domain.cast import HOUR, LIFT, MONDAY_NINE
from tests.domain.meeting.life import CONVENOR, ISSUE, PARTIES
from tests.storage.sittings import NUMBER, met

PATH = f"/meetings/{NUMBER}"
LIFTMAN = PARTIES[LIFT]


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("zh", "会议目前为「提议」，此操作只在以下状态可用：商议。"),
        ("en", "The meeting is proposed; this is possible only when it is: discussing."),
    ],
)
async def test_a_refusal_of_a_meeting_speaks_of_the_meeting(
    town: Town, database: Database, language: str, detail: str
) -> None:
    await met(database)
    town.headers = {"Accept-Language": language}
    answer = (await town.post(CONVENOR, f"{PATH}/adjourn", {"text": "散会"})).json()
    assert (answer["code"], answer["detail"]) == ("wrong_state", detail)
    assert answer["params"] == {"state": "proposed", "allowed": "discussing"}


async def test_a_closed_meeting_is_ended_and_not_settled_like_an_issue(
    town: Town, database: Database
) -> None:
    await met(database, MeetingState.CLOSED)
    answer = (await town.post(CONVENOR, f"{PATH}/open")).json()
    assert answer["detail"].startswith("会议目前为「已结束」")


async def test_a_time_of_arrival_is_refused_in_local_time(town: Town, database: Database) -> None:
    await met(database)
    early = {"arrived_at": (MONDAY_NINE - HOUR).isoformat()}
    answer = (await town.post(LIFTMAN, f"{PATH}/report-in", early)).json()
    said = f"{MONDAY_NINE:%Y-%m-%d} 17:00"
    assert answer["detail"] == f"到会时间须在召集（{said}）之后，且不晚于现在。"


async def test_an_adjournment_says_what_it_passed_up(town: Town, database: Database) -> None:
    await met(database, MeetingState.DISCUSSING)
    assert (await town.post(CONVENOR, f"{PATH}/adjourn", {"text": "散会"})).is_success
    *earlier, last = (await town.get(CONVENOR, f"{PATH}/timeline")).json()["items"]
    assert (last["name"], last["label"]) == ("meeting_adjourned", "已散会（未决议题上送）")
    assert last["details"] == {"passed_up": [ISSUE]}
    assert not any("passed_up" in each["details"] for each in earlier)
