"""Who a source hears, under which topics it speaks, and what it may not say of itself."""

import pytest

from domain.alert import AlertKind
from domain.alert_mapping import AlertMapping, MappedCode
from domain.alert_source import AlertSource, Camera, PictureHost, Spot, fits, is_topic_filter
from domain.ids import CameraRef, GridCode, MappingCode, SourceCode
from domain.position import System

GRID = GridCode("qj.bh")


def a_source(*addresses: str, topics: tuple[str, ...] = (), ref: str = "a") -> AlertSource:
    return AlertSource(
        code=SourceCode("box"),
        name="盒子",
        adapter="cloudevents",
        grid=GRID,
        addresses=addresses,
        topics=topics,
        cameras=(Camera(ref=CameraRef(ref), grid=GridCode("qj.bh.hp")),),
    )


@pytest.mark.parametrize(
    ("peer", "is_heard"),
    [
        ("10.20.0.1", True),
        ("10.21.0.1", False),
        ("::ffff:10.20.0.1", True),
        ("2001:db8::1", True),
        ("2001:db9::1", False),
        ("127.0.0.1", False),
        ("", False),
        ("testclient", False),
        ("10.20.0.1, 10.20.0.2", False),
    ],
)
def test_only_its_networks_are_heard(peer: str, is_heard: bool) -> None:
    assert a_source("10.20.0.0/16", "2001:db8::/32").hears(peer) is is_heard


def test_without_addresses_nobody_is_heard() -> None:
    assert not a_source().hears("10.20.0.1")
    assert not a_source().takes("box/7")


@pytest.mark.parametrize(
    ("topic_filter", "topic", "is_one"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/+/c", "a/b/c", True),
        ("a/+/c", "a/b/d", False),
        ("a/+", "a", False),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/#", "b/a", False),
        ("a/+/#", "a/b", True),
        ("a/+/#", "a", False),
        ("a/", "a/", True),
        ("a/", "a", False),
    ],
)
def test_topics_fit_as_mqtt_says(topic_filter: str, topic: str, is_one: bool) -> None:
    assert fits(topic_filter, topic) is is_one
    assert a_source(topics=(topic_filter,)).takes(topic) is is_one


@pytest.mark.parametrize("wrong", ["", "a/#/b", "a#", "a+/b", "$SYS/broker", "#", "+/a", "#/a"])
def test_a_filter_that_hears_everybody_or_nobody_is_refused(wrong: str) -> None:
    assert not is_topic_filter(wrong)
    with pytest.raises(ValueError, match="topic filter"):
        a_source(topics=(wrong,))


def test_a_camera_is_known_by_its_name() -> None:
    known = a_source().camera(CameraRef("a"))
    assert known is not None
    assert known.grid == "qj.bh.hp"
    assert a_source().camera(CameraRef("A")) is None


@pytest.mark.parametrize(
    ("scheme", "host", "port", "path"),
    [
        ("ftp", "nvr", 80, "/"),
        ("http", "", 80, "/"),
        ("http", "NVR", 80, "/"),
        ("http", "nvr", 0, "/"),
        ("http", "nvr", 65_536, "/"),
        ("http", "nvr", 80, "pic"),
        ("http", "nvr", 80, "/pic/../"),
    ],
)
def test_where_pictures_come_from_is_said_exactly(
    scheme: str, host: str, port: int, path: str
) -> None:
    with pytest.raises(ValueError, match=r"pictures|host|port|path"):
        PictureHost(scheme=scheme, host=host, port=port, path_prefix=path)


def a_mapping(*rows: MappedCode, ignored: tuple[str, ...] = ()) -> AlertMapping:
    return AlertMapping(
        code=MappingCode("site"), name="现场", adapter="hik_isc", rows=rows, ignored=ignored
    )


def test_a_mapping_has_one_row_for_each_key() -> None:
    row = MappedCode(code="A", kind=AlertKind.CROWD)
    same = MappedCode(code="a", kind=AlertKind.FIGHT)
    with pytest.raises(ValueError, match="one for each"):
        a_mapping(row, same)
    with pytest.raises(ValueError, match="not empty"):
        a_mapping(MappedCode(code="", kind=AlertKind.CROWD))
    with pytest.raises(ValueError, match="not empty"):
        a_mapping(ignored=("",))


def test_ignored_codes_are_read_as_codes_are() -> None:
    assert a_mapping(ignored=("Face",)).ignores("FACE")
    assert not a_mapping().ignores("FACE")


def test_a_camera_stands_on_the_earth() -> None:
    with pytest.raises(ValueError, match="a point lies"):
        Spot(lat=102.9, lon=26.9, system=System.WGS84)


@pytest.mark.parametrize(
    ("building", "name", "place"),
    [
        ("3号楼", "东门", "3号楼 东门"),
        ("3号楼", "3号楼东门", "3号楼东门"),
        (None, "东门", "东门"),
        ("3号楼", "", "3号楼 c7"),
        (None, "", "c7"),
    ],
)
def test_people_find_a_camera_by_building_and_name(
    building: str | None, name: str, place: str
) -> None:
    camera = Camera(ref=CameraRef("c7"), grid=GridCode("qj"), building=building, name=name)
    assert camera.place == place
