"""The ledger of the day: every issue with its end, and what was not as it should be."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from deploy.demo.cast import Report
from deploy.demo.client import Api
from deploy.demo.story import Verdict
from deploy.demo.words import STANDING, both, by_standing, camera_line, meeting_line
from domain.actor import Actor


async def ledger(api: Api, onlooker: Actor, verdicts: Sequence[Verdict]) -> Table:
    """A row for every issue of every story."""
    table = Table(title="当日台账 Ledger of the day", title_justify="left", show_lines=True)
    widths = {"编号 No.": None, "事项 Matter": 24, "结果 Result": 20, "时限 Deadlines": None}
    widths |= {"会议 Meetings": 20, "级别 Level": 12, "评价 Evaluation": 12, "核对": 4}
    for heading, width in widths.items():
        ratio = 1 if heading.startswith("时限") else None
        table.add_column(heading, overflow="fold", max_width=width, ratio=ratio)
    for verdict in verdicts:
        for number in verdict.numbers:
            table.add_row(number, *await _cells(Report(api, onlooker, number), verdict))
    return table


async def _cells(report: Report, verdict: Verdict) -> Sequence[str]:
    detail, deadlines = await report.detail(), by_standing(await report.deadlines())
    result = [both("state", detail["state"]), both("outcome", detail["outcome"])]
    if detail["reopened"]:
        result.append(f"重办 reopened ×{detail['reopened']}")
    if detail["exempt"]:
        result.append("免计统计 exempt")
    if detail["duplicate_of"]:
        result.append(f"→ {detail['duplicate_of']}")
    if condition := (await report.of_cameras())["condition"]:
        result.append(f"摄像头 {camera_line(condition)}")
    colours = {"met": "green", "late": "red", "breached": "red"}
    stand = [
        f"[{colours.get(key, 'dim')}]{STANDING[key]}[/]: {', '.join(kinds)}"
        for key, kinds in deadlines.items()
    ]
    return (
        f"{verdict.story.title}\n{verdict.story.title_en}",
        "\n".join(result),
        "\n".join(stand),
        "\n".join(meeting_line(each) for each in await report.meetings()) or "–",
        both("level", detail["level"]),
        both("satisfaction", detail["satisfaction"]),
        "[green]✓[/]" if verdict.is_good else "[red]✗[/]",
    )


def tell(console: Console, verdicts: Sequence[Verdict]) -> bool:
    """Says what failed; True when nothing did."""
    bad = [verdict for verdict in verdicts if not verdict.is_good]
    for verdict in bad:
        console.print(f"[red]✗ {verdict.story.title} {verdict.story.title_en}[/]")
        for failure in verdict.failures:
            console.print(f"    {failure}", markup=False, soft_wrap=True)
    good = len(verdicts) - len(bad)
    console.print(
        f"{good}/{len(verdicts)} 个场景符合预期 stories ended as they should.",
        style="red" if bad else "green",
    )
    return not bad
