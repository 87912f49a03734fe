"""What is shown and not only said: photos come with the whistle and with the resolution."""

from collections.abc import Awaitable

from deploy.demo.cast import Report
from deploy.demo.client import Refused
from deploy.demo.photos import tells_more
from deploy.demo.scene import Ending, Scene
from deploy.demo.story import story


@story("拍照吹哨，照片里的定位不留存", "A photo whistle; the place in the photo does not survive")
async def photo_whistle(scene: Scene) -> None:
    resident, staff = scene.person("resident_b6"), scene.person("urban_management_a")
    photos = await resident.photographs(2)
    report = await resident.reports("exposed_rubbish", "楼后堆了建筑垃圾", "b6", pictures=photos)
    await report.is_with("urban_management")
    again = resident.reports("exposed_rubbish", "同一张照片再报一次", "b6", pictures=photos[:1])
    await _is_refused(scene, report, again)
    await staff.claims(report)
    await scene.refused(report, staff.resolves(report, "已清运"), "evidence_missing")
    await staff.resolves(report, "已清运", photos=1)
    await resident.evaluates(report, "satisfied")
    await _shows(scene, report)
    await scene.ends(
        report,
        Ending(outcome="solved", satisfaction="satisfied", met=["claim", "resolve", "overall"]),
    )


async def _is_refused(scene: Scene, report: Report, again: Awaitable[Report]) -> None:
    """A photo is used once."""
    try:
        await again
    except Refused as refusal:
        scene.expect(report, "reason of the refusal", refusal.code, "invalid_input")
    else:
        scene.expect(report, "a photo used twice", "taken", "refused")


async def _shows(scene: Scene, report: Report) -> None:
    """Its pictures, and nothing but pixels in them."""
    pictures = (await report.detail())["pictures"]
    roles = [each["role"] for each in pictures]
    scene.expect(report, "pictures", roles, ["before", "before", "after"])
    for each in pictures:
        for size in ("full", "thumbnail"):
            seen = await report.api.look(each["links"][size])
            scene.expect(report, "more than pixels", tells_more(seen), wanted=False)
