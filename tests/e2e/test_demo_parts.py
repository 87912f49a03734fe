"""What the stories of the demo are judged by can tell good from bad."""

import io

from PIL import Image

from deploy.demo.photos import COMMENT, GPS, a_photo, tells_more
from deploy.demo.words import camera_line, note_line


def only_pixels(photo: bytes) -> bytes:
    written = io.BytesIO()
    with Image.open(io.BytesIO(photo)) as found:
        Image.frombytes(found.mode, found.size, found.tobytes()).save(written, "JPEG")
    return written.getvalue()


def test_a_photo_tells_where_it_was_taken_until_only_pixels_are_left() -> None:
    photo = a_photo("b6")
    with Image.open(io.BytesIO(photo)) as found:
        assert found.getexif().get_ifd(GPS)[2] == (26.0, 54.0, 27.0)
    assert tells_more(photo)
    assert not tells_more(only_pixels(photo))


def test_gps_or_a_comment_alone_is_too_much() -> None:
    exif = Image.Exif()
    exif.get_ifd(GPS).update({1: "N", 2: (26.0, 54.0, 27.0)})
    for more in ({"exif": exif}, {"comment": COMMENT}):
        written = io.BytesIO()
        Image.new("RGB", (8, 8)).save(written, "JPEG", **more)
        assert tells_more(written.getvalue())


def test_what_a_camera_saw_is_said_in_both_languages() -> None:
    seen = {"kind": "fire_lane_blocked", "alerts": 601, "transitions": 2, "state": "cleared"}
    said = camera_line(seen)
    assert "消防通道被占 fire lane blocked" in said
    assert "601 次" in said
    assert "来去 2 次" in said
    assert said.endswith("已消失 seen no more")
    note = {"word": "repeated", "alerts": 100, "former": None}
    assert note_line(note) == "持续告警，已 100 次 still being seen, 100 alerts so far"
