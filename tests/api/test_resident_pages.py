"""The page of one issue: who sees what, what may be said, and what each trouble looks like."""

from datetime import timedelta

import pytest
from temporalio.service import RPCStatusCode

from domain import commands as c
from domain.vocabulary import IssueState, Satisfaction
from storage.session import Database
from tests.api.residents import GOOD, SECRETS, Phone, events_of, html, linked, path_of, resolved
from tests.api.temporal import FakeTemporal, rpc_error
from tests.api.town import Town
from tests.builders import NOON, OFFICER, RESIDENT, asked, the_way_to
from tests.pictures.album import a_jpeg
from tests.storage.stories import born, born_in, recorded

FAULTY = (
    ({"satisfaction": ""}, "请选择满意"),
    ({"satisfaction": "no_answer"}, "请选择满意"),
    ({"solved": ""}, "请选择问题是否解决"),
    ({"words": "长" * 1001}, "您写了 1001 字"),
)


@pytest.fixture
def phone(town: Town) -> Phone:
    return Phone(town)


async def test_a_page_tells_the_public_timeline_and_nothing_personal(
    phone: Phone, database: Database
) -> None:
    number = await born(database, **SECRETS)
    note = asked(c.AddNote, OFFICER, text=None)
    way = the_way_to(IssueState.RESOLVED)
    await recorded(database, number, (*way[:-1], note, way[-1]))
    answer = await phone.open(path_of(await linked(database, number)))
    page = html(answer)
    assert answer.status_code == 200
    steps = [said for tag, said in page.texts if tag == "li"]
    assert steps == [
        "已受理",
        "已派给police办理",
        "police已签收，开始办理",
        "police已办结",
    ]
    assert "2026-11-23 12:00" in page.text
    hidden = (*SECRETS.values(), "p.1", RESIDENT.subject, "qj.bh", "3号楼", "13800")
    assert [each for each in hidden if each in answer.text] == []


async def test_a_resident_evaluates_once_however_often_they_tap(
    phone: Phone, database: Database
) -> None:
    number, path = await resolved(database)
    key = html(await phone.open(path)).value_of("key")
    form = GOOD | {"key": key, "words": "师傅很及时"}
    first, again = [await phone.send(path, form) for _ in "12"]
    assert (first.status_code, again.status_code) == (200, 200)
    assert "谢谢" in html(first).text
    assert "谢谢" in html(again).text
    assert (await events_of(database, number)).count("issue_evaluated") == 1
    late = await phone.send(path, form | {"key": "0" * 32})
    assert (late.status_code, "已经评价过" in html(late).text) == (409, True)


async def test_the_word_is_that_of_the_resident(
    phone: Phone, town: Town, database: Database
) -> None:
    number, path = await resolved(database)
    answer = await phone.evaluate(path, satisfaction="unsatisfied", solved="no", words="还漏")
    assert answer.status_code == 200
    assert "重新办理" in html(answer).text
    shown = (await town.get(RESIDENT, f"/issues/{number}")).json()
    assert (shown["state"], shown["satisfaction"]) == ("dispatched", "unsatisfied")
    event = (await town.get(RESIDENT, f"/issues/{number}/timeline")).json()["items"][-1]
    assert (event["actor"], event["roles"], event["text"]) == ("r.1", ["resident"], "还漏")


async def test_pictures_hang_on_the_evaluation(
    phone: Phone, town: Town, database: Database
) -> None:
    number, path = await resolved(database)
    key = html(await phone.open(path)).value_of("key")
    sent = [await phone.send(path, GOOD | {"key": key}, (a_jpeg(), a_jpeg(32))) for _ in "12"]
    assert [each.status_code for each in sent] == [200, 200]
    pictures = (await town.get(RESIDENT, f"/issues/{number}")).json()["pictures"]
    assert [each["role"] for each in pictures] == ["after", "after"]


async def test_what_is_no_picture_is_told_in_its_field(phone: Phone, database: Database) -> None:
    number, path = await resolved(database)
    key = html(await phone.open(path)).value_of("key")
    answer = await phone.send(path, GOOD | {"key": key, "words": "留着"}, (b"not a picture",))
    assert answer.status_code == 422
    assert "不是 JPEG、PNG 或 WebP 图片" in html(answer).text
    assert ("textarea", "留着") in html(answer).texts
    assert "issue_evaluated" not in await events_of(database, number)


async def test_a_form_that_is_not_filled_in_keeps_what_was(
    phone: Phone, database: Database
) -> None:
    number, path = await resolved(database)
    for fields, fault in FAULTY:
        answer = await phone.evaluate(path, **({"words": "写了一些"} | fields))
        page = html(answer)
        assert (answer.status_code, fault in page.text) == (422, True), fields
        assert ("textarea", fields.get("words", "写了一些")) in page.texts
    assert "issue_evaluated" not in await events_of(database, number)


async def test_too_many_pictures_are_told(phone: Phone, database: Database) -> None:
    _, path = await resolved(database)
    answer = await phone.send(path, GOOD, (b"1", b"2", b"3", b"4"))
    assert (answer.status_code, "最多 3 张" in html(answer).text) == (422, True)


async def test_while_temporal_is_down_what_was_typed_stays(
    phone: Phone, database: Database, temporal: FakeTemporal
) -> None:
    number, path = await resolved(database)
    temporal.failures = [rpc_error(RPCStatusCode.UNAVAILABLE)]
    down = await phone.evaluate(path, words="谢谢师傅")
    page = html(down)
    assert (down.status_code, down.headers["retry-after"]) == (503, "3")
    assert "再按一次提交" in page.text
    assert ("textarea", "谢谢师傅") in page.texts
    checked = [each["id"] for each in page.all("input") if "checked" in each]
    assert checked == ["satisfaction-satisfied", "solved-yes"]
    again = await phone.send(path, GOOD | {"key": page.value_of("key"), "words": "谢谢师傅"})
    assert again.status_code == 200
    assert (await events_of(database, number)).count("issue_evaluated") == 1


async def test_an_answer_lost_on_the_way_counts_once(
    phone: Phone, database: Database, temporal: FakeTemporal
) -> None:
    number, path = await resolved(database)

    def lost() -> None:
        temporal.after = lambda: None
        raise rpc_error(RPCStatusCode.DEADLINE_EXCEEDED)

    temporal.after = lost
    key = html(await phone.open(path)).value_of("key")
    sent = [await phone.send(path, GOOD | {"key": key}) for _ in "12"]
    assert [each.status_code for each in sent] == [503, 200]
    assert (await events_of(database, number)).count("issue_evaluated") == 1


async def test_not_yet_resolved_says_so(phone: Phone, database: Database) -> None:
    number = (await born_in(IssueState.HANDLING, database)).number
    path = path_of(await linked(database, number))
    answer = await phone.open(path)
    assert "办结后可以在这里评价" in html(answer).text
    assert "satisfaction" not in answer.text
    assert (await phone.send(path, GOOD)).status_code == 409


async def test_a_closed_issue_says_how_it_ended(phone: Phone, database: Database) -> None:
    issue = await born_in(IssueState.RESOLVED, database)
    path = path_of(await linked(database, issue.number, at=NOON + timedelta(minutes=1)))
    end = asked(c.EvaluateIssue, RESIDENT, satisfaction=Satisfaction.SATISFIED, solved=True)
    await recorded(database, issue.number, (end,))
    assert "事项已结案：已解决" in html(await phone.open(path)).text
    assert (await phone.send(path, GOOD)).status_code == 409
