"""What cameras report by themselves, again and again, and what becomes of it: one issue each."""

import asyncio
import base64
from secrets import token_hex

from deploy.demo.cameras import Platform, condition_of, notes_of
from deploy.demo.cast import Report, waits
from deploy.demo.photos import a_photo, tells_more
from deploy.demo.scene import Ending, Scene
from deploy.demo.story import story
from deploy.demo.vendors import (
    BEGINS,
    CLOUD_EVENT_BATCHES,
    CLOUD_EVENTS,
    ENDS,
    OFFLINE,
    PARKING,
    cloud_event,
    dahua_alarm,
    hik_notification,
)

_LANE, _BINS = "b3-lane", "b5-bins"
_LIFT = "1000145$1$0$3"
_GARAGE = "6f0d0c1a9be24d7b8d7e3a5c2b1f0e44"
_SEEN, _BATCH, _AT_ONCE, _EVERY_S = 600, 5, 2, 0.15
"""Sightings of the car; how many of them are one message, and how many messages are under way."""
_OPENINGS = 10


@story("车堵消防通道，摄像头看见 600 次，只立一件", "A car in the fire lane, seen 600 times")
async def fire_lane_car(scene: Scene) -> None:
    worker, fire = scene.person("hupan_grid_worker"), scene.person("fire_a")
    box, car = await scene.platform("fuchun_box"), token_hex(4)

    async def is_looked_at() -> Report:
        report = await box.opens(_LANE)
        await report.becomes(state="verifying")
        await worker.does("verify", report, "到场看过，一辆白色轿车堵在通道", confirmed=True)
        await report.is_with("fire")
        await fire.claims(report)
        return report

    _, report = await asyncio.gather(_is_seen(box, car), is_looked_at())
    seen = await condition_of(report, alerts=_SEEN)
    scene.expect(report, "state of the condition", seen["state"], "open")
    await _shows_what_was_seen(scene, report)
    await box.says(cloud_event(_LANE, "fire_lane_blocked.close", car), CLOUD_EVENTS)
    await condition_of(report, state="cleared", alerts=_SEEN + 1)
    scene.expect(report, "state once it is gone", (await report.detail())["state"], "handling")
    await fire.resolves(report, "车主已挪车，补划禁停线", photos=1)
    await worker.evaluates(report, "satisfied")
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="satisfied",
            met=["verify", "claim", "resolve", "overall", "evaluate"],
            events=[
                *("issue_reported", "verification_required", "issue_verified"),
                *("issue_claimed", "issue_resolved", "issue_evaluated"),
            ],
        ),
    )
    notes = list(dict.fromkeys(await notes_of(report)))  # repeats are noted at powers of ten
    scene.expect(report, "notes", notes, ["opened", "repeated", "cleared"])
    scene.expect(report, "issues of the camera", await box.issues(_LANE), [report.number])


@story("电动车进电梯，紧急，不经核实直接派单", "An e-bike in a lift; dispatched at once")
async def lift_ebike(scene: Scene) -> None:
    fire, street = scene.person("fire_a"), scene.person("baihetan_street_a")
    worker, lifts = scene.person("hupan_grid_worker"), await scene.platform("fuchun_lifts")
    alarm = token_hex(8)
    await lifts.says(dahua_alarm(_LIFT, alarm, BEGINS))
    report = await lifts.opens(_LIFT)
    await report.is_with("fire")
    await lifts.says(dahua_alarm(_LIFT, alarm, ENDS))
    await fire.claims(report)
    await asyncio.gather(
        fire.does("contact", report, "已通知物业到电梯口"),
        street.does("complete-part", report, "已上门劝导车主"),
    )
    await fire.resolves(report, "电动车已推出楼外充电棚")
    await condition_of(report, state="cleared", decision="auto")
    await worker.evaluates(report, "satisfied")
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="satisfied",
            emergency=True,
            met=["claim", "contact", "resolve", "overall"],
            events=["issue_reported", "issue_dispatched", "issue_claimed", "issue_resolved"],
        ),
    )
    happened = {each["name"] for each in await report.events()}
    looked = sorted(happened & {"verification_required", "issue_verified"})
    scene.expect(report, "verified before it was dispatched", looked, [])
    scene.expect(report, "issues of the camera", await lifts.issues(_LIFT), [report.number])


@story("垃圾桶盖反复开合，误报", "A garbage bin that flaps; a false alarm")
async def flapping_bin(scene: Scene) -> None:
    worker, box = scene.person("hupan_grid_worker"), await scene.platform("fuchun_box")
    for _ in range(_OPENINGS):
        lid = token_hex(4)
        for phase in ("open", "close"):
            await box.says(cloud_event(_BINS, f"garbage_overflow.{phase}", lid), CLOUD_EVENTS)
    report = await box.opens(_BINS)
    seen = await condition_of(report, state="flapping", alerts=2 * _OPENINGS)
    scene.expect(report, "comings and goings", seen["transitions"], 2 * _OPENINGS)
    scene.expect(report, "notes", await notes_of(report), ["opened", "flapping"])
    await report.becomes(state="verifying")
    await worker.does("verify", report, "桶盖被风吹动，并未满溢", confirmed=False)
    await scene.ends(report, Ending(outcome="false_alarm", met=["verify"]))
    await box.stands(_BINS, judged_true=0, judged_false=1)
    scene.expect(report, "issues of the camera", await box.issues(_BINS), [report.number])


@story("摄像头离线，其间别的告警不作数", "A camera goes offline; what else it says is not believed")
async def offline_camera(scene: Scene) -> None:
    property_a, worker = scene.person("property_company_a"), scene.person("hupan_grid_worker")
    platform, outage = await scene.platform("fuchun_platform"), token_hex(8)
    await platform.says(hik_notification(_GARAGE, outage, OFFLINE, BEGINS))
    report = await platform.opens(_GARAGE)
    await report.is_with("property_company")
    await platform.stands(_GARAGE, silenced_by=["camera_offline"])
    await platform.says(hik_notification(_GARAGE, token_hex(8), PARKING, BEGINS))
    await platform.is_heard(_GARAGE, "illegal_parking")
    await property_a.claims(report)
    await platform.says(hik_notification(_GARAGE, outage, OFFLINE, ENDS))
    await condition_of(report, state="cleared")
    await platform.stands(_GARAGE, silenced_by=[])
    await property_a.resolves(report, "电源适配器已更换，画面恢复")
    await worker.evaluates(report, "satisfied")
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="satisfied",
            met=["claim", "resolve", "overall"],
            events=["issue_reported", "issue_dispatched", "issue_claimed", "issue_resolved"],
        ),
    )
    scene.expect(report, "notes", await notes_of(report), ["opened", "cleared"])
    scene.expect(report, "issues of the camera", await platform.issues(_GARAGE), [report.number])
    await _is_believed_again(scene, platform)


async def _is_believed_again(scene: Scene, platform: Platform) -> None:
    """The same thing said once more, now that the camera is back, does call somebody."""
    property_a, worker = scene.person("property_company_a"), scene.person("hupan_grid_worker")
    await platform.says(hik_notification(_GARAGE, token_hex(8), PARKING, BEGINS))
    report = await platform.opens(_GARAGE, before=1)
    await report.becomes(state="verifying")
    await worker.does("verify", report, "车库入口确有外来车", confirmed=True)
    await report.is_with("property_company")
    await property_a.claims(report)
    await property_a.resolves(report, "已请车主驶离")
    await worker.evaluates(report, "satisfied")
    await scene.ends(
        report, Ending(outcome="solved", satisfaction="satisfied", met=["verify", "claim"])
    )


async def _is_seen(box: Platform, car: str) -> None:
    """First with a picture, then again and again, some to a message; every sighting is another."""
    picture = base64.b64encode(a_photo("fire lane")).decode()
    media = [{"role": "scene", "content_type": "image/jpeg", "inline_base64": picture}]
    await box.says(cloud_event(_LANE, "fire_lane_blocked.open", car, media=media), CLOUD_EVENTS)
    firsts = iter(range(1, _SEEN, _BATCH))

    async def one_after_the_other() -> None:
        for first in firsts:
            some = range(first, min(first + _BATCH, _SEEN))
            again = [cloud_event(_LANE, "fire_lane_blocked.pulse", car) for _ in some]
            await box.says(again, CLOUD_EVENT_BATCHES)
            await asyncio.sleep(_EVERY_S)

    await asyncio.gather(*(one_after_the_other() for _ in range(_AT_ONCE)))


async def _shows_what_was_seen(scene: Scene, report: Report) -> None:
    """The picture that came with the first alert hangs on the issue, as pixels and no more."""
    detail = await waits(report.detail, lambda found: bool(found["pictures"]), "its picture hangs")
    roles = [each["role"] for each in detail["pictures"]]
    scene.expect(report, "pictures", roles, ["before"])
    for size in ("full", "thumbnail"):
        shown = await report.api.look(detail["pictures"][0]["links"][size])
        scene.expect(report, "more than pixels", tells_more(shown), wanted=False)
