"""Which kind a code means: the most exact row decides, and nothing is guessed."""

import json
from pathlib import Path

import pytest

import deploy
from deploy.reference.shipped import read
from domain.alert import Alert, AlertKind, Phase
from domain.ids import CameraRef
from intake.adapters.registry import ADAPTERS
from intake.mapping import CodeMapping, MappingRow

TABLES = sorted((Path(deploy.__file__).parent / "alerts" / "mappings").glob("*.json"))


def an_alert(
    code: str = "131591", camera: str = "b3", zone: str | None = None, kind: AlertKind | None = None
) -> Alert:
    return Alert(
        delivery_key="k",
        vendor_type=code,
        phase=Phase.OPEN,
        camera=CameraRef(camera),
        zone=zone,
        kind=kind,
    )


def a_row(kind: AlertKind, camera: str = "*", zone: str = "*", code: str = "131591") -> MappingRow:
    return MappingRow(adapter="hik_isc", code=code, camera=camera, zone=zone, kind=kind)


ROWS = (
    a_row(AlertKind.ILLEGAL_PARKING),
    a_row(AlertKind.FIRE_LANE_BLOCKED, camera="b3"),
    a_row(AlertKind.OBJECT_LEFT, zone="bins"),
    a_row(AlertKind.CROWD, camera="b3", zone="gate"),
)


@pytest.mark.parametrize(
    ("camera", "zone", "kind"),
    [
        ("b9", None, AlertKind.ILLEGAL_PARKING),
        ("b9", "gate", AlertKind.ILLEGAL_PARKING),
        ("b9", "bins", AlertKind.OBJECT_LEFT),
        ("b3", None, AlertKind.FIRE_LANE_BLOCKED),
        ("b3", "bins", AlertKind.FIRE_LANE_BLOCKED),
        ("b3", "gate", AlertKind.CROWD),
    ],
)
def test_most_exact_row_decides(camera: str, zone: str | None, kind: AlertKind) -> None:
    mapping = CodeMapping.of(reversed(ROWS), "hik_isc")
    assert mapping.kind_of(an_alert(camera=camera, zone=zone)) is kind


def test_unknown_code_is_unmapped() -> None:
    assert CodeMapping.of(ROWS, "hik_isc").kind_of(an_alert(code="999")) is None


def test_rows_of_another_adapter_decide_nothing() -> None:
    assert CodeMapping.of(ROWS, "dahua_icc").kind_of(an_alert()) is None


def test_row_goes_before_the_senders_own_word() -> None:
    mapping = CodeMapping.of(ROWS, "hik_isc")
    assert mapping.kind_of(an_alert(kind=AlertKind.FIGHT)) is AlertKind.FIRE_LANE_BLOCKED
    assert mapping.kind_of(an_alert(code="x", kind=AlertKind.FIGHT)) is AlertKind.FIGHT


def test_case_of_a_code_does_not_matter() -> None:
    mapping = CodeMapping.of([a_row(AlertKind.CROWD, code="PIR")], "hik_isc")
    assert mapping.kind_of(an_alert(code="pir")) is AlertKind.CROWD


def test_own_row_replaces_a_shipped_one() -> None:
    own = (*ROWS, a_row(AlertKind.FIGHT))
    assert CodeMapping.of(own, "hik_isc").kind_of(an_alert(camera="b9")) is AlertKind.FIGHT


def test_row_names_code_camera_and_zone() -> None:
    with pytest.raises(ValueError, match="mapping_row_incomplete"):
        a_row(AlertKind.CROWD, code="")
    with pytest.raises(ValueError, match="mapping_row_incomplete"):
        a_row(AlertKind.CROWD, zone="")


K = AlertKind


@pytest.mark.parametrize(
    ("table", "code", "kind"),
    [
        ("frigate", "car", K.ILLEGAL_PARKING),
        ("hik_isc", "131591", K.ILLEGAL_PARKING),
        ("hik_isc", "131593", K.CROWD),
        ("hik_isc", "192515", K.FIRE_SMOKE),
        ("hik_isc", "889196545", K.CAMERA_OFFLINE),
        ("hik_isc", "131330", K.CAMERA_TAMPERED),
        ("hik_isapi", "AID/illegalParking", K.ILLEGAL_PARKING),
        ("hik_isapi", "AID/objectDroppedDown", None),
        ("hik_isapi", "fielddetection", K.INTRUSION),
        ("hik_isapi", "videoloss", K.CAMERA_OFFLINE),
        ("hik_isapi", "shelteralarm", K.CAMERA_TAMPERED),
        ("dahua_icc", "804", K.FIRE_LANE_BLOCKED),
        ("dahua_icc", "842", K.FIRE_LANE_BLOCKED),
        ("dahua_icc", "780", K.EBIKE_IN_ELEVATOR),
        ("dahua_icc", "608", K.GARBAGE_OVERFLOW),
        ("dahua_icc", "653", K.FALLING_OBJECT),
        ("ai_box", "alert_alarm/ELECTRIC_BIKE_IN_ELEVATOR", K.EBIKE_IN_ELEVATOR),
        ("ai_box", "gkpw_alarm/falling_goods", K.FALLING_OBJECT),
        ("ai_box", "diagnosis_alarm/IMAGE_COVER_ALERT", K.CAMERA_TAMPERED),
        ("alertmanager", "CameraDown", K.CAMERA_OFFLINE),
    ],
)
def test_shipped_tables_know_what_the_vendors_document(
    table: str, code: str, kind: AlertKind | None
) -> None:
    """A thing dropped on a road is nothing that fell from a house."""
    (shipped,) = [each.body for each in read(TABLES[0].parent) if each.code == table]
    rows = [
        MappingRow(adapter="x", code=row.code, kind=row.kind, camera=row.camera, zone=row.zone)
        for row in shipped.rows
    ]
    assert CodeMapping.of(rows, "x").kind_of(an_alert(code)) is kind


@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.stem)
def test_shipped_table_is_whole(file: Path) -> None:
    table = json.loads(file.read_text("utf-8"))
    rows = [
        MappingRow(**{**row, "adapter": table["adapter"], "kind": AlertKind(row["kind"])})
        for row in table["rows"]
    ]
    keys = {(row.code.casefold(), row.camera, row.zone) for row in rows}
    assert len(keys) == len(rows) > 0
    assert keys.isdisjoint((each.casefold(), "*", "*") for each in table["ignored"])
    assert table["adapter"] in ADAPTERS
    assert (table["name"], f"alert_mapping-{table['code']}") == (table["name"].strip(), file.stem)


@pytest.mark.parametrize("name", sorted(set(ADAPTERS) - {"cloudevents"}))
def test_each_adapter_has_a_table_to_begin_with(name: str) -> None:
    adapters = {json.loads(file.read_text("utf-8"))["adapter"] for file in TABLES}
    assert name in adapters
