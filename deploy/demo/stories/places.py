"""What neighbours report from where they stand, and need not report twice."""

from deploy.demo.scene import Ending, Scene
from deploy.demo.story import story
from deploy.demo.town import grid

_FIRST = {"lat": 26.908634, "lon": 102.929958, "system": "gcj02"}
"""As a Chinese map draws the yard of building 1."""
_SECOND = {"lat": 26.912276, "lon": 102.928694, "system": "wgs84"}
"""As a satellite receiver says it, twenty metres on."""


@story("门口积水，邻居也遇到", "Standing water; me too, says a neighbour")
async def neighbours(scene: Scene) -> None:
    first, neighbour = scene.person("resident_b1"), scene.person("resident_b2")
    property_a = scene.person("property_company_a")
    report = await first.reports(
        "standing_water", "楼门口积水，进出要蹚水", grid=None, position=_FIRST
    )
    await report.is_with("property_company")
    scene.expect(report, "grid", (await report.detail())["grid"], grid("b1"))

    asked = {"category": "standing_water", "position": _SECOND}
    known = (await scene.api.post(neighbour.actor, "/issues/near", asked))["items"]
    told = [(each["number"], each["distance_m"]) for each in known]
    scene.expect(report, "what is near", told, [(report.number, 20)])
    await neighbour.does("me-too", report, position=_SECOND)

    await property_a.claims(report)
    await property_a.resolves(report, "已疏通排水口")
    await neighbour.does("me-too/evaluate", report, satisfaction="satisfied", solved=True)
    await first.evaluates(report, "satisfied")
    detail = await report.detail()
    scene.expect(report, "what followers say", detail["followers_say"], {"satisfied": 1})
    await scene.ends(
        report, Ending(outcome="solved", satisfaction="satisfied", met=["claim", "resolve"])
    )
