"""What the shipped tables must not do to residents, and that an installation takes them."""

import pytest

from deploy.reference.shipped import FOLDER, read
from domain.reference import ReferenceKind, WhistleKind
from intake.adapters.registry import ADAPTERS
from tests.api.cameras import source_made
from tests.api.town import ADMINISTRATOR, Town
from tests.intake.adapters.samples import shipped_options

ALERTS = FOLDER.parent / "alerts"


@pytest.mark.parametrize("code", ["ordinary", "emergency"])
def test_nobody_answers_in_a_residents_place(code: str) -> None:
    kinds = [each.body for each in read(FOLDER) if each.kind is ReferenceKind.WHISTLE_KIND]
    (kind,) = [each for each in kinds if isinstance(each, WhistleKind) and each.code == code]
    assert kind.rated_by == ()


async def test_shipped_mappings_are_taken_as_they_are_and_sources_may_name_them(
    town: Town,
) -> None:
    entries = read(ALERTS / "mappings")
    assert {each.kind for each in entries} == {ReferenceKind.ALERT_MAPPING}
    assert set(ADAPTERS) - {each.body.adapter for each in entries} == {"cloudevents"}
    for each in entries:
        path = f"/reference/alert_mapping/{each.code}"
        answer = await town.post(ADMINISTRATOR, path, {"entry": dict(each.document)})
        assert answer.status_code == 200, answer.text
        kept = (await town.get(ADMINISTRATOR, path)).json()["entry"]
        assert len(kept["rows"]) == len(each.body.rows) > 0
        await source_made(town, f"s-{each.code}", adapter=each.body.adapter, mapping=each.code)


@pytest.mark.parametrize("file", ["ai_box", "ezviz", "huawei_ivm", "jftech"])
async def test_shipped_options_are_taken_as_they_are(town: Town, file: str) -> None:
    options = shipped_options(file)
    await source_made(town, "box", adapter="mapped_json", options=options)
    kept = (await town.get(ADMINISTRATOR, "/reference/alert_source/box")).json()["entry"]
    assert kept["options"] == options
