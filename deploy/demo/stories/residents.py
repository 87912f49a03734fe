"""What residents bring up, take back, or bring up twice."""

from deploy.demo.scene import Ending, Scene
from deploy.demo.story import story


@story("高空抛物，退单改派，不满意后重办", "Things thrown from high floors")
async def falling_objects(scene: Scene) -> None:
    resident, housing = scene.person("resident_b3"), scene.person("housing_a")
    dispatcher = scene.person("command_centre_dispatcher")
    property_a = scene.person("property_company_a")

    report = await resident.reports("falling_objects", "楼上经常往下扔烟头和瓶子", "b3")
    await report.is_with("housing")
    await housing.does("return", report, "不属住建职责，应由物业先行处置")
    await dispatcher.does("decide-return", report, "同意退单，改派物业", approved=True)
    await report.becomes(state="dispatching")
    again = dispatcher.does("dispatch", report, lead="housing")
    await scene.refused(report, again, "returned_before")
    await dispatcher.does("dispatch", report, "由物业主办", lead="property_company")

    await property_a.claims(report)
    await property_a.resolves(report, "已张贴告示")
    await resident.evaluates(report, "unsatisfied", "贴了告示还在扔")
    reopened = await report.is_with("property_company")
    scene.expect(report, "priority after reopening", reopened["priority"], True)
    await property_a.claims(report)
    await property_a.resolves(report, "已装朝天摄像头，查明并入户劝导")
    await resident.evaluates_by_link(report, "satisfied", "这回真的没有了，谢谢")
    await scene.ends(
        report,
        Ending(
            outcome="solved",
            satisfaction="satisfied",
            reopened=1,
            met=["decide", "dispatch", "claim", "resolve", "overall", "evaluate"],
            events=[
                *("return_requested", "return_decided", "issue_dispatched", "issue_claimed"),
                *("issue_resolved", "issue_evaluated", "issue_claimed", "issue_resolved"),
                "issue_evaluated",
            ],
        ),
    )


@story("居民撤回", "A report withdrawn")
async def withdrawn(scene: Scene) -> None:
    resident, civil = scene.person("resident_b7"), scene.person("civil_affairs_a")
    report = await resident.reports("hardship", "独居老人需要送餐", "b7")
    await report.is_with("civil_affairs")
    await resident.does("urge", report, "老人今天还没吃饭")
    await resident.does("withdraw", report, "女儿已经回来照顾了")
    await scene.refused(report, civil.claims(report), "wrong_state")
    await scene.ends(
        report, Ending(outcome="withdrawn", events=["issue_dispatched", "issue_urged"])
    )


@story("消防通道被堵，同一件事报了两次", "A fire lane blocked, reported twice")
async def duplicate(scene: Scene) -> None:
    first, second = scene.person("resident_b5"), scene.person("fuchun_b5_head")
    dispatcher, fire = scene.person("command_centre_dispatcher"), scene.person("fire_a")
    report = await first.reports("fire_lane_blocked", "消防通道停满了车", "b5")
    same = await second.reports("fire_lane_blocked", "5 号楼前消防通道堵了", "b5")
    await same.is_with("fire")
    await scene.refused(
        same, dispatcher.does("mark-duplicate", same, of=same.number), "duplicate_of_itself"
    )
    await dispatcher.does("mark-duplicate", same, "与先报的是同一件事", of=report.number)
    await scene.ends(
        same,
        Ending(outcome="duplicate", duplicate_of=report.number, events=["issue_marked_duplicate"]),
    )
    await report.is_with("fire")
    await fire.claims(report)
    await fire.resolves(report, "车辆已拖离，重新划线", photos=1)
    await first.evaluates(report, "satisfied")
    await scene.ends(
        report, Ending(outcome="solved", satisfaction="satisfied", met=["claim", "resolve"])
    )
