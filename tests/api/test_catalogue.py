from enum import StrEnum
from string import Formatter

import pytest

from api.pages import public
from api.problems import RETRY_AFTER, STATUS, ApiCode, Code, Problem
from catalogue import LOCALES, TEXTS, label, say
from domain import notices
from domain.alert import AlertKind
from domain.alerts.words import ConditionState, Decision, Reason
from domain.auditing import Deed
from domain.events import EventName
from domain.meeting.words import MeetingEvent, MeetingKind, MeetingOutcome, MeetingState
from domain.parts import EndReason, RequestKind
from domain.refusals import RefusalCode
from domain.rights import Act, MeetingWho, Who, Within
from domain.sla import RungAct, StartRule, Unit
from domain.vocabulary import (
    ConvenedBy,
    DeadlineKind,
    IssueState,
    ItemOutcome,
    Level,
    Outcome,
    Part,
    Role,
    Satisfaction,
    WithdrawalReason,
)
from storage.alerts.notes import NoteWord
from storage.residents.templates import CODE, EVALUATE, LINK
from storage.residents.views import LinkKind

LABELLED = {
    "audit_act": Deed,
    "alert_kind": AlertKind,
    "alert_note": NoteWord,
    "alert_decision": Decision,
    "alert_reason": Reason,
    "condition_state": ConditionState,
    "state": IssueState,
    "outcome": Outcome,
    "deadline_kind": DeadlineKind,
    "level": Level,
    "role": Role,
    "who": Who,
    "act": Act,
    "within": Within,
    "withdrawal": WithdrawalReason,
    "satisfaction": Satisfaction,
    "part": Part,
    "request": RequestKind,
    "end_reason": EndReason,
    "unit": Unit,
    "start_rule": StartRule,
    "rung_act": RungAct,
    "event": EventName,
    "meeting_state": MeetingState,
    "meeting_kind": MeetingKind,
    "meeting_outcome": MeetingOutcome,
    "meeting_who": MeetingWho,
    "meeting_event": MeetingEvent,
    "item_outcome": ItemOutcome,
    "convened_by": ConvenedBy,
}
TEMPLATES = {
    *(template for template, _ in notices._ENTERED.values()),
    *notices._TO_DISPATCHER.values(),
    *notices._TO_LEAD.values(),
    "assignment_lead",
    "assignment_co",
    "evaluate_please",
    "issue_closed",
    "issue_joined",
    "handed_to_b",
    "breached",
    "breach_seen",
    "warned",
    "escalated",
    "appeal_asked",
    "claimed",
    "meeting_convened",
    "meeting_invitation",
    "council_invitation",
    "meeting_report_in_due",
    "council_report_in_due",
    "meeting_absence",
    "council_absence",
    "meeting_absence_seen",
    "council_absence_seen",
    "meeting_postponed",
    "council_postponed",
    "meeting_decided",
    "council_decided",
    "meeting_task",
    "council_task",
    "meeting_task_due",
    "council_task_due",
    "meeting_task_missed",
    "council_task_missed",
    "meeting_task_again",
    "council_task_again",
    "meeting_review_please",
    "council_review_please",
    "beyond_county",
}

_OF_EITHER = [each.removeprefix("council_") for each in TEMPLATES if each.startswith("council_")]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_catalogues_have_the_same_keys_and_placeholders() -> None:
    zh, en = (
        {key: placeholders(text) for key, text in TEXTS[locale].items()} for locale in LOCALES
    )
    assert zh.keys() == en.keys()
    assert {key for key in zh if zh[key] != en[key]} == set()


@pytest.mark.parametrize(("section", "words"), LABELLED.items(), ids=str)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_of_the_law_has_a_label(section: str, words: type[StrEnum], locale: str) -> None:
    assert {word for word in words if f"{section}.{word}" not in TEXTS[locale]} == set()


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_notice_has_its_sentence_without_personal_data(template: str) -> None:
    assert placeholders(TEXTS["zh"][f"notice.{template}"]) <= {
        "number",
        "level",
        "state",
        "of",
    }


@pytest.mark.parametrize("locale", LOCALES)
def test_every_public_step_and_kind_of_link_has_its_words(locale: str) -> None:
    by_word = {word for _, words in public._BY_WORD.values() for word in words.values() if word}
    steps = {*public._PLAIN, *by_word, EventName.DISPATCHED, EventName.TRANSFERRED}
    keys = {f"page_step.{each}" for each in steps}
    assert keys == {each for each in TEXTS[locale] if each.startswith("page_step.")}
    assert {f"resident_link.{each}" for each in LinkKind} <= TEXTS[locale].keys()
    assert {f"notice.{each}" for each in (CODE, EVALUATE, LINK)} <= TEXTS[locale].keys()


@pytest.mark.parametrize("code", [*RefusalCode, *ApiCode])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_has_a_status_a_title_and_a_detail(code: Code, locale: str) -> None:
    body = Problem(code).body(locale, "r")
    assert body["status"] == STATUS[code]
    assert body["title"]
    assert body["detail"]


@pytest.mark.parametrize(
    ("locale", "council", "meeting"), [("zh", "议事会", "联席会议"), ("en", "council", "joint")]
)
def test_notices_of_a_council_speak_of_a_council(locale: str, council: str, meeting: str) -> None:
    said = [TEXTS[locale][f"notice.{each}"] for each in TEMPLATES if each.startswith("council_")]
    assert len(said) == sum(f"meeting_{each}" in TEMPLATES for each in _OF_EITHER)
    assert all(council in each and meeting not in each for each in said)


def test_exactly_the_codes_of_503_say_when_to_ask_again() -> None:
    assert set(RETRY_AFTER) == {code for code, status in STATUS.items() if status == 503}


def test_a_problem_words_the_states_it_names() -> None:
    params = {"state": "closed", "allowed": "dispatched,handling"}
    problem = Problem(RefusalCode.WRONG_STATE, params)
    assert problem.body("zh", "r")["detail"] == (
        "事项目前为「已结案」，此操作只在以下状态可用：已派单、处理中。"
    )
    assert problem.params == params


def test_an_unknown_locale_reads_chinese_and_an_unknown_word_stays() -> None:
    assert say("state.closed", "fr") == "已结案"
    assert label("state", "lost") == "lost"
    assert say("notice.claimed") == "【签收】{number} 已有部门签收。"


def test_a_notice_says_words_and_not_codes() -> None:
    said = say("notice.escalated", number="QJ-1", level="street", state="handling", category="x")
    assert said == "【升级】QJ-1 已升级到街道。"
    assert say("notice.breached", "en", number="QJ-1", state="handling").endswith("in handling.")
