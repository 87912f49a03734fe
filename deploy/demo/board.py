"""The board: every issue as it stands, and what just happened, read from the public API."""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from deploy.demo.cast import Report
from deploy.demo.client import Api, Json, Refused, Unanswered
from deploy.demo.scene import Scene
from deploy.demo.story import Story
from deploy.demo.words import both, meeting_line, note_line, remarks
from domain.actor import Actor
from observability.clock import now

_PAUSE = 1.0
_PAGE = 100
_NEWS = 10


@dataclass
class Board:
    """Follows the issues of the stories; prints news as lines where there is no terminal."""

    api: Api
    onlooker: Actor
    names: Mapping[str, str]
    console: Console
    began: datetime = field(default_factory=now)
    playing: list[tuple[Story, Scene]] = field(default_factory=list)
    lines: dict[str, Json] = field(default_factory=dict)
    meetings: dict[str, Json] = field(default_factory=dict)
    noted: dict[str, int] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    news: deque[Text] = field(default_factory=lambda: deque(maxlen=_NEWS))

    def begins(self, story: Story, scene: Scene) -> None:
        self.playing.append((story, scene))

    async def follow(self) -> None:
        """Looks again and again until it is cancelled."""
        if not self.console.is_terminal:
            await self._look_for_ever()
        with Live(get_renderable=self._shown, console=self.console, refresh_per_second=2):
            await self._look_for_ever()

    async def look(self) -> None:
        """Reads the list, and the timeline of whatever has moved."""
        page = await self.api.get(self.onlooker, "/issues", limit=_PAGE)
        news: list[tuple[str, Text]] = []
        for line in page["items"]:
            number: str = line["number"]
            before = self.lines.get(number)
            self.lines[number] = line
            if line["version"] > self.told.get(number, -1):
                news += await self._happened(number)
            if before and before["level"] != line["level"]:
                news.append((line["updated_at"], self._raised(line)))
        news += await self._sittings()
        news += await self._sightings()
        for _, text in sorted(news, key=lambda each: each[0]):
            self.news.append(text)
            if not self.console.is_terminal:
                self.console.print(text, soft_wrap=True)

    def story_of(self, number: str) -> Story | None:
        return next(
            (
                story
                for story, scene in self.playing
                if number in {report.number for report in scene.reports}
            ),
            None,
        )

    async def _look_for_ever(self) -> None:
        while True:
            with suppress(Refused, Unanswered):  # the board may miss a look
                await self.look()
            await asyncio.sleep(_PAUSE)

    async def _happened(self, number: str) -> list[tuple[str, Text]]:
        report = Report(self.api, self.onlooker, number)
        events = await report.events(self.told.get(number, -1))
        if events:
            self.told[number] = events[-1]["version"]
        return [(each["at"], self._event(number, each)) for each in events]

    async def _sittings(self) -> list[tuple[str, Text]]:
        """Every meeting that has come to another step since the last look."""
        page = await self.api.get(self.onlooker, "/meetings", limit=_PAGE)
        moved = [each for each in page["items"] if self._has_moved(each)]
        self.meetings |= {each["number"]: each for each in moved}
        return [(each["updated_at"], self._sitting(each)) for each in moved]

    async def _sightings(self) -> list[tuple[str, Text]]:
        """Every line that was noted about what cameras saw since the last look."""
        found: list[tuple[str, Text]] = []
        raised = [each["number"] for each in self.lines.values() if each["source"] == "camera"]
        for number in raised:
            report, known = Report(self.api, self.onlooker, number), self.noted.get(number, 0)
            notes = (await report.of_cameras())["notes"]
            self.noted[number] = len(notes)
            found += [(each["at"], self._note(number, each)) for each in notes[known:]]
        return found

    def _note(self, number: str, note: Json) -> Text:
        return self._line(number, note["at"], Text(note_line(note), "blue"))

    def _has_moved(self, meeting: Json) -> bool:
        known = self.meetings.get(meeting["number"])
        return known is None or known["state"] != meeting["state"]

    def _sitting(self, meeting: Json) -> Text:
        issue = meeting["number"].rpartition("-")[0]
        text = Text(f"联席会议 meeting {meeting_line(meeting)}", "magenta")
        return self._line(issue, meeting["updated_at"], text)

    def _event(self, number: str, event: Json) -> Text:
        who, what = self.names.get(event["actor"], event["actor"]), both("event", event["name"])
        about = _about(event["details"])
        said = f" “{event['text']}”" if event["text"] else ""
        style = "red" if event["name"] == "deadline_breached" else ""
        return self._line(number, event["at"], Text(f"{who}：{what}{about}{said}", style))

    def _raised(self, line: Json) -> Text:
        text = Text(f"升级 escalated → {both('level', line['level'])}", "bold red")
        return self._line(line["number"], line["updated_at"], text)

    def _line(self, number: str, at: str, what: Text) -> Text:
        seconds = max((datetime.fromisoformat(at) - self.began).total_seconds(), 0)
        story = self.story_of(number)
        return Text.assemble(
            (f"{seconds:6.1f} s  ", "dim"),
            (f"{number}  ", "cyan"),
            (f"{story.title if story else ''}  ", "bold"),
            what,
        )

    def _shown(self) -> RenderableType:
        table = Table(title="富春小区 Fuchun Estate", title_justify="left", expand=True)
        for heading in ("编号 No.", "事项 Matter", "状态 State", "主办 Lead"):
            table.add_column(heading)
        for heading in ("级别 Level", "时限 Due", "备注 Remarks"):
            table.add_column(heading)
        for number, line in sorted(self.lines.items()):
            story = self.story_of(number)
            table.add_row(
                number,
                story.title if story else line["category"],
                both("state", line["state"]),
                self.names.get(line["lead_department"] or "", "–"),
                both("level", line["level"]),
                _due(line),
                remarks(line),
                style="red" if line["overdue"] else "dim" if line["state"] == "closed" else "",
            )
        return Group(table, self._shown_meetings(), *self.news)

    def _shown_meetings(self) -> Table:
        table = Table(title="联席会议 Joint meetings", title_justify="left", expand=True)
        for heading in ("编号 No.", "级别 Level", "步骤 Step", "结果 Outcome"):
            table.add_column(heading)
        for number, meeting in sorted(self.meetings.items()):
            table.add_row(
                number,
                both("level", meeting["level"]),
                both("meeting_state", meeting["state"]),
                both("meeting_outcome", meeting["outcome"]),
            )
        return table


def _about(details: Json) -> str:
    """Which deadline, and which rung of its ladder, an event of the clocks is about."""
    if "deadline" not in details:
        return ""
    kind = both("deadline_kind", details["deadline"].partition(":")[0])
    return f" · {kind} #{details['rung'] + 1}" if "rung" in details else f" · {kind}"


def _due(line: Json) -> str:
    if line["next_due_by"] is None:
        return "–"
    left = (datetime.fromisoformat(line["next_due_by"]) - now()).total_seconds()
    return f"{left:.0f} s"
