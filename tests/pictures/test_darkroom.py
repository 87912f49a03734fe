"""What strangers send is decoded within bounds, and only its pixels come back."""

import asyncio
import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from intake.pictures import darkroom, redraw
from intake.pictures.darkroom import Bounds, Darkroom, DarkroomFull, Drawn, Fault, Undrawable
from tests.pictures.album import (
    BLUE,
    RED,
    a_jpeg,
    a_photo_with_secrets,
    encoded,
    is_near,
    opened,
    two_halves,
)

SCRIPT = b"<script>alert(document.cookie)</script><?php system($_GET[0]); ?>"
PROGRAM = Path(redraw.__file__)
MIB = 1024 * 1024


async def drawn(content: bytes, bounds: Bounds | None = None) -> Drawn:
    return await Darkroom(bounds or Bounds()).redraw(content)


async def fault(content: bytes, bounds: Bounds | None = None) -> Fault:
    with pytest.raises(Undrawable) as refused:
        await drawn(content, bounds)
    return refused.value.fault


def a_png_that_claims(width: int, height: int) -> bytes:
    """Its header alone is true to form: there is next to nothing behind it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rows + chunk(b"IEND", b"")


def a_film(kind: str) -> bytes:
    frames = [two_halves(), two_halves().rotate(180)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_every_allowed_format_becomes_a_jpeg(kind: str) -> None:
    result = await drawn(encoded(two_halves(), kind))
    picture = opened(result.full)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (64, 32))
    assert is_near(picture.getpixel((5, 16)), RED)
    assert is_near(picture.getpixel((58, 16)), BLUE)


async def test_nothing_of_a_photo_is_left_but_its_pixels() -> None:
    photo = a_photo_with_secrets()
    assert b"flat 302" in photo
    assert b"Secret Phone" in photo
    result = await drawn(photo)
    for content in (result.full, result.thumbnail):
        picture = opened(content)
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert dict(picture.getexif()) == {}
        assert not any(word in content for word in (b"Exif", b"Secret", b"flat 302"))


async def test_a_photo_taken_on_its_side_stands_upright() -> None:
    result = await drawn(a_photo_with_secrets())
    picture = opened(result.full)
    assert (result.width, result.height) == picture.size == (32, 64)
    assert is_near(picture.getpixel((16, 5)), RED)
    assert is_near(picture.getpixel((16, 58)), BLUE)


async def test_a_colour_profile_and_text_of_a_png_go_too() -> None:
    info = encoded(two_halves(), "PNG", icc_profile=b"a secret profile" * 20)
    assert b"profile" not in (await drawn(info)).full


async def test_a_script_behind_a_picture_does_not_survive() -> None:
    polyglot = a_jpeg() + SCRIPT
    hidden = encoded(two_halves(), quality=95, comment=SCRIPT)
    for content in (polyglot, hidden):
        assert SCRIPT in content
        result = await drawn(content)
        assert b"script" not in result.full + result.thumbnail
        assert opened(result.full).size == (64, 32)


async def test_a_thumbnail_is_small_and_never_larger_than_its_picture() -> None:
    large, small = await drawn(a_jpeg(1600, 400)), await drawn(a_jpeg(64, 32))
    assert opened(large.thumbnail).size == (400, 100)
    assert opened(small.thumbnail).size == (64, 32)


@pytest.mark.parametrize("side", [20_000, 60_000])
async def test_a_bomb_is_refused_by_its_header(side: int) -> None:
    assert await fault(a_png_that_claims(side, side)) is Fault.TOO_MANY_PIXELS


async def test_a_real_bomb_is_refused_too() -> None:
    bomb = encoded(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(bomb) < 60_000
    assert await fault(bomb) is Fault.TOO_MANY_PIXELS


async def test_pixels_are_counted_to_the_last() -> None:
    bounds = Bounds(pixels=64 * 32)
    assert (await drawn(a_jpeg(64, 32), bounds)).width == 64
    assert await fault(a_jpeg(65, 32), bounds) is Fault.TOO_MANY_PIXELS


async def test_a_header_that_lies_is_a_broken_picture() -> None:
    assert await fault(a_png_that_claims(100, 100)) is Fault.BROKEN


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
async def test_a_picture_that_was_cut_off_is_broken(kept: float) -> None:
    whole = encoded(Image.effect_noise((200, 200), 80))
    assert await fault(whole[: int(len(whole) * kept)]) is Fault.BROKEN


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
async def test_moving_pictures_are_not_taken(kind: str) -> None:
    assert await fault(a_film(kind)) is Fault.ANIMATED


async def test_a_phones_picture_of_several_parts_is_its_first() -> None:
    several = encoded(two_halves(), "MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    assert (await drawn(several)).width == 64


async def test_ink_of_printers_becomes_light() -> None:
    picture = opened((await drawn(encoded(two_halves().convert("CMYK"), quality=95))).full)
    assert picture.mode == "RGB"
    assert is_near(picture.getpixel((5, 16)), RED)


@pytest.mark.parametrize(("depth", "grey"), [(0, 0), (0x8000, 128), (0xFFFF, 255)])
async def test_sixteen_bits_are_scaled_not_cut(depth: int, grey: int) -> None:
    content = encoded(Image.new("I;16", (16, 16), depth), "PNG")
    assert is_near(opened((await drawn(content)).full).getpixel((8, 8)), (grey,) * 3)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
async def test_what_is_transparent_becomes_white(mode: str) -> None:
    clear = Image.new("RGBA", (16, 16), (0, 0, 0, 0)).convert(mode)
    options = {"transparency": clear.getpixel((0, 0))} if mode == "P" else {}
    result = await drawn(encoded(clear, "PNG", **options))
    assert is_near(opened(result.full).getpixel((8, 8)), (255, 255, 255))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO", "EPS", "PDF"])
async def test_other_formats_are_not_pictures_here(kind: str) -> None:
    assert await fault(encoded(two_halves(), kind)) is Fault.NOT_A_PICTURE


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"hello", b"<svg onload='x'/>", b"\xff\xd8\xff", b"RIFF0000WEBP"]
)
async def test_what_is_no_picture_is_refused(content: bytes) -> None:
    assert await fault(content) in {Fault.NOT_A_PICTURE, Fault.BROKEN}


def a_scan_bomb() -> bytes:
    """Small, of an allowed size, and the same 42 bytes are to be decoded a thousand times."""
    whole = encoded(Image.new("L", (5000, 5000), 90), progressive=True, quality=30)
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + scan * 1500 + whole[-2:]


async def test_a_picture_that_takes_too_long_is_given_up() -> None:
    bomb = a_scan_bomb()
    assert len(bomb) < 250_000
    assert await fault(bomb, Bounds(processor_seconds=1)) is Fault.TOO_COSTLY


async def test_a_busy_machine_is_not_the_pictures_fault() -> None:
    room = Darkroom(Bounds(patience=0.001), at_once=1)
    with pytest.raises(DarkroomFull):
        await room.redraw(a_jpeg())


async def test_a_picture_that_takes_too_much_memory_is_given_up() -> None:
    large = encoded(Image.new("RGB", (5000, 5000)))
    assert await fault(large, Bounds(memory_bytes=160 * MIB)) is Fault.TOO_COSTLY


async def test_the_largest_allowed_picture_fits_its_bounds() -> None:
    upright = Image.Exif()
    upright[0x0112] = 6
    large = encoded(Image.new("CMYK", (5000, 5000)), exif=upright)
    assert (await drawn(large)).width == 5000


async def test_the_loop_runs_on_while_a_picture_is_drawn() -> None:
    turns = 0
    work = asyncio.ensure_future(drawn(encoded(Image.new("RGB", (3000, 3000)))))
    while not work.done():
        turns += 1
        await asyncio.sleep(0.005)
    assert turns > 5
    assert (await work).height == 3000


async def test_only_so_many_pictures_wait() -> None:
    room = Darkroom(Bounds(), at_once=1, waiting=1)
    outcomes = await asyncio.gather(
        *(room.redraw(a_jpeg()) for _ in range(4)), return_exceptions=True
    )
    full = [each for each in outcomes if isinstance(each, DarkroomFull)]
    assert (len(full), len(outcomes) - len(full)) == (2, 2)
    assert (await room.redraw(a_jpeg())).width == 64


async def test_the_process_is_told_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    tells = (
        "import os, json; told = set(os.environ) - {'LC_CTYPE'};"
        "print(json.dumps({'refused': 'broken' if told else 'animated'}))"
    )
    monkeypatch.setattr(darkroom, "_COMMAND", (sys.executable, "-I", "-c", tells))
    monkeypatch.setenv("DISPATCH_JWT_SECRET", "a secret")
    assert await fault(a_jpeg()) is Fault.ANIMATED


def test_the_process_can_write_no_file(tmp_path: Path) -> None:
    written = tmp_path / "written"
    writes = (
        "import runpy, sys; program = runpy.run_path(sys.argv[1]);"
        f"program['_confine']({512 * MIB}, 5);"
        "file = open(sys.argv[2], 'w'); file.write('x'); file.flush()"
    )
    command = [sys.executable, "-I", "-c", writes, str(PROGRAM), str(written)]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=30)
    assert b"File too large" in ended.stderr
    assert written.read_bytes() == b""


def test_a_picture_reads_the_same_from_memory() -> None:
    """The tests' own reader is no judge of its own: a plain re-save would keep the comment."""
    resaved = io.BytesIO()
    opened(a_photo_with_secrets()).save(resaved, "JPEG")
    assert b"flat 302" in resaved.getvalue()
