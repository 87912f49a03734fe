"""What an invitation says beside its sentence: when, where and with whom.

In the outbox lie instants, codes and the name of a text. The words behind them are fetched when it
is sent, so that a place that was erased is told to nobody any more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from catalogue import say
from domain.ids import TextId
from domain.meeting.facts import MeetingFacts
from domain.notice import Notice
from domain.reference import ReferenceKind
from storage.notices import DueNotice
from storage.reference import ReferenceRepository
from storage.session import Session
from storage.texts import Texts

_CALLS = frozenset(
    {"meeting_invitation", "council_invitation", "meeting_postponed", "council_postponed"}
)
_MOST_NAMED = 30
"""Their codes have to fit into a row of the outbox, however many are invited."""
_JOINED = {"zh": "、"}
_BETWEEN = {"zh": ""}


def calls(notices: Sequence[Notice]) -> bool:
    """Whether one of them calls somebody to a meeting."""
    return any(each.template in _CALLS for each in notices)


def params_of(meeting: MeetingFacts, zone: ZoneInfo) -> Mapping[str, str]:
    """When it is planned and could be, who is invited, and where to find the words for the place.

    Instants stand in the time of the place, which is how people read them.
    """
    origin, sits_at = meeting.origin, meeting.sits_at
    since = meeting.called_at or origin.convened_at
    others = [each for each in origin.proposed if each != sits_at and each > since]
    departments = [each.code for each in meeting.parties if not each.is_person]
    found = {
        "sits_at": sits_at.astimezone(zone).isoformat() if sits_at else "",
        "others": ",".join(each.astimezone(zone).isoformat() for each in others),
        "parties": ",".join(departments[:_MOST_NAMED]),
        "count": str(len(meeting.parties)),
        "place_text": origin.place or "",
    }
    return {name: value for name, value in found.items() if value}


async def with_words(session: Session, batch: Sequence[DueNotice]) -> list[DueNotice]:
    """The notices, those that call to a meeting with the words for what they name by code."""
    return [await _worded(session, each) if each.template in _CALLS else each for each in batch]


async def _worded(session: Session, notice: DueNotice) -> DueNotice:
    codes = [code for code in notice.params.get("parties", "").split(",") if code]
    known = await ReferenceRepository(session).named(ReferenceKind.DEPARTMENT, codes)
    pairs = [(code, known.get(code)) for code in codes]
    words = {
        "parties_zh": _JOINED["zh"].join(each.name if each else code for code, each in pairs),
        "parties_en": ", ".join(each.name_en if each else code for code, each in pairs),
    }
    name = TextId(notice.params.get("place_text", ""))
    texts = await Texts(session).many([name]) if name else {}
    words["place"] = next((each.body for each in texts.values() if each.body), "")
    return replace(notice, params={**notice.params, **words})


def sentence(notice: DueNotice, locale: str) -> str:
    """What is said in a language; notices from before times were told say what they said then."""
    said = {"number": notice.issue_number, **notice.params}
    parts = [say(f"notice.{notice.template}", locale, **said)]
    if notice.template in _CALLS:
        parts += _more(notice.params, locale)
    if notice.params.get("link"):
        parts.append(say("call.link", locale, link=notice.params["link"]))
    return _BETWEEN.get(locale, " ").join(parts)


def _more(params: Mapping[str, str], locale: str) -> Iterator[str]:
    words = {
        "sits_at": _shown(params.get("sits_at", ""), locale),
        "others": _shown(params.get("others", ""), locale),
        "place": params.get("place", ""),
        "parties": params.get(f"parties_{locale}", ""),
    }
    for name, word in words.items():
        if word:
            yield say(f"call.{name}", locale, **{**params, name: word})


def _shown(instants: str, locale: str) -> str:
    """To the minute; they carry the place's own time."""
    shown = (
        f"{datetime.fromisoformat(each):%Y-%m-%d %H:%M}" for each in instants.split(",") if each
    )
    return _JOINED.get(locale, ", ").join(shown)
