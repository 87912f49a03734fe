"""What the demo shows, in Chinese first with English beside it."""

from collections.abc import Iterable, Mapping

from catalogue import label, say
from deploy.demo.client import Json

STANDING = {
    "met": "按时 met",
    "late": "超时后完成 met late",
    "breached": "超时 breached",
    "ended": "已终止 ended",
    "running": "进行中 running",
}


def both(section: str, word: str | None) -> str:
    """A word of the law as people call it, and in English."""
    if word is None:
        return "–"
    chinese, english = label(section, word, "zh"), label(section, word, "en")
    return chinese if chinese == english else f"{chinese} {english}"


def standing(deadline: Json) -> str:
    """Which key of `STANDING` a deadline has."""
    if deadline["met_at"]:
        return "late" if deadline["breached_at"] else "met"
    if deadline["breached_at"]:
        return "breached"
    return "ended" if deadline["ended_at"] else "running"


def by_standing(deadlines: Iterable[Json]) -> Mapping[str, list[str]]:
    """Kinds of deadlines under how they stand, each kind once."""
    found: dict[str, list[str]] = {}
    for each in deadlines:
        kinds = found.setdefault(standing(each), [])
        if (kind := both("deadline_kind", each["kind"])) not in kinds:
            kinds.append(kind)
    return {key: found[key] for key in STANDING if key in found}


def meeting_line(meeting: Json) -> str:
    """Which meeting of its issue, at which level, and what it came to or how far it is."""
    stands = (
        both("meeting_outcome", meeting["outcome"])
        if meeting["outcome"]
        else both("meeting_state", meeting["state"])
    )
    which = meeting["number"].rpartition("-")[2]
    return f"{which} · {both('level', meeting['level'])} · {stands}"


def camera_line(condition: Json) -> str:
    """What a camera saw, how often it said so, and how that stands."""
    what, stands = both("alert_kind", condition["kind"]), condition["state"]
    told = f"{condition['alerts']} 次 alerts · 来去 {condition['transitions']} 次 came and went"
    return f"{what} · {told} · {both('condition_state', stands)}"


def note_line(note: Json) -> str:
    """What was noted of a condition."""
    particulars = {"alerts": note["alerts"], "former": note["former"]}
    return " ".join(say(f"alert_note.{note['word']}", each, **particulars) for each in ("zh", "en"))


def remarks(line: Json) -> str:
    """What is not as usual about an issue."""
    said = {
        "超时 overdue": line["overdue"],
        "已预警 warned": line["warned"],
        "挂起 suspended": line["suspended_until"],
        "紧急 emergency": line["emergency"],
        "重办 reopened": line["reopened"],
        "免计 exempt": line["exempt"],
    }
    return " · ".join(text for text, holds in said.items() if holds)
