"""Where departments have to come together, wait, or take longer."""

from datetime import datetime, timedelta

from deploy.demo.scene import Ending, Scene
from deploy.demo.story import story
from observability.clock import now

_SPARE_PARTS = timedelta(seconds=8)
_MORE = 30


@story("路灯不亮，等配件挂起，到期自动恢复", "Street lamps out; suspended for spare parts")
async def street_lamps(scene: Scene) -> None:
    worker, lamps = scene.person("hupan_grid_worker"), scene.person("urban_management_a")
    dispatcher = scene.person("command_centre_dispatcher")
    report = await worker.reports("street_lamps", "北侧道路四盏路灯不亮")
    await report.is_with("urban_management")
    await lamps.claims(report)
    until = now() + _SPARE_PARTS
    await lamps.does("request-suspension", report, "等待灯具到货", until=until.isoformat())
    await dispatcher.does("decide-suspension", report, approved=True)
    paused = await report.detail()
    scene.expect(report, "suspended until", _instant(paused["suspended_until"]), until)
    resumed = await report.becomes(suspended_until=None)
    scene.expect(report, "state after the pause", resumed["state"], "handling")
    running = (await report.deadline("resolve"))["explanation"]["intervals"]
    scene.expect(report, "running intervals", len(running), 2)
    await lamps.resolves(report, "四盏灯具已更换并亮灯")
    await worker.evaluates(report, "satisfied")
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="satisfied",
            met=["claim", "decide", "resolve", "overall"],
            events=["suspension_requested", "suspension_decided", "issue_resumed"],
        ),
    )
    by = [each["actor"] for each in await report.events() if each["name"] == "issue_resumed"]
    scene.expect(report, "resumed by", by, ["engine"])


@story("老旧水管，三日办，申请延期", "Old water main; more time asked and granted")
async def water_main(scene: Scene) -> None:
    resident, water = scene.person("resident_b4"), scene.person("water_a")
    dispatcher = scene.person("command_centre_dispatcher")
    report = await resident.reports("water_main", "水管老化，水压小还漏水", "b4")
    await report.is_with("water")
    await water.claims(report)
    before = _instant((await report.deadline("resolve"))["due_by"])
    more = {"unit": "working_hour", "seconds": _MORE}
    await water.does("request-extension", report, "需开挖更换一段主管", by=more)
    await dispatcher.does("decide-extension", report, "同意", approved=True)
    after = _instant((await report.deadline("resolve"))["due_by"])
    moved = (after - before).total_seconds()
    scene.expect(report, "seconds won by the extension", moved, float(_MORE))
    await water.resolves(report, "主管已更换，水压恢复")
    await resident.evaluates(report, "basically", "修好了，就是慢了点")
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="basically",
            met=["claim", "decide", "resolve", "overall"],
            events=["extension_requested", "extension_decided", "issue_resolved"],
        ),
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
