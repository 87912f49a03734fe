"""The program that decodes one stranger's picture: bytes in, new pixels out, then it is over.

Run as a script, in a process without environment, that may not write files and has bounded memory
and time. It imports nothing of ours: what it holds when a decoder is fooled is this one picture.

It answers with a line of JSON and, unless refused, the picture and its thumbnail as JPEG.
"""

import io
import json
import os
import resource
import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
_SEVERAL_IN_ONE = "MPO"  # how phones wrap a JPEG beside its depth or its small copy
_QUALITY = 90
_THUMBNAIL_QUALITY = 80
_WHITE = (255, 255, 255)
_FROM_16_BIT = 1 / 256
_BEHIND_OTHERS = 10
"""A whistle that waits for the processor goes before a picture."""


class RefusedPicture(Exception):
    """Why there is no picture; the reason is a code."""


def redraw(body: bytes, most_pixels: int, thumbnail_side: int) -> tuple[Image.Image, Image.Image]:
    """The picture and its thumbnail: pixels alone, upright, opaque.

    Raises:
        RefusedPicture: not a still picture of an allowed format, too large, or broken.
    """
    Image.MAX_IMAGE_PIXELS = most_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(body), formats=FORMATS) as found:
            _require_modest(found, most_pixels)
            found.load()
            plain = _opaque(ImageOps.exif_transpose(found))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise RefusedPicture("too_many_pixels") from error
    except UnidentifiedImageError as error:
        raise RefusedPicture("not_a_picture") from error
    except MemoryError as error:
        raise RefusedPicture("too_costly") from error
    except RefusedPicture:
        raise
    except Exception as error:  # decoders raise whatever they stumble over
        raise RefusedPicture("broken") from error
    picture = Image.new("RGB", plain.size, _WHITE)  # new: no comment, no EXIF, no profile
    picture.paste(plain)
    thumbnail = picture.copy()
    thumbnail.thumbnail((thumbnail_side, thumbnail_side))
    return picture, thumbnail


def _require_modest(found: Image.Image, most_pixels: int) -> None:
    """Looks at the header alone; nothing is decoded yet."""
    if found.width * found.height > most_pixels:
        raise RefusedPicture("too_many_pixels")
    if getattr(found, "is_animated", False) and found.format != _SEVERAL_IN_ONE:
        raise RefusedPicture("animated")


def _opaque(found: Image.Image) -> Image.Image:
    if found.mode.startswith("I"):  # 16 bits of grey, which a plain conversion would cut off
        return found.convert("I").point(lambda value: value * _FROM_16_BIT).convert("L")
    if found.has_transparency_data:
        layered = found.convert("RGBA")
        ground = Image.new("RGBA", layered.size, (*_WHITE, 255))
        return Image.alpha_composite(ground, layered).convert("RGB")
    return found.convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality)
    return written.getvalue()


def _confine(memory_bytes: int, cpu_seconds: int) -> None:
    limits = (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for which, most in limits:
        resource.setrlimit(which, (most, most))
    os.nice(_BEHIND_OTHERS)


def main() -> None:
    """Limits first, then the bytes."""
    memory_bytes, cpu_seconds, most_pixels, thumbnail_side = map(int, sys.argv[1:5])
    Image.preinit()
    _confine(memory_bytes, cpu_seconds)
    parts: tuple[bytes, ...] = ()
    try:
        picture, thumbnail = redraw(sys.stdin.buffer.read(), most_pixels, thumbnail_side)
        parts = (_jpeg(picture, _QUALITY), _jpeg(thumbnail, _THUMBNAIL_QUALITY))
        told: dict[str, object] = {
            "width": picture.width,
            "height": picture.height,
            "lengths": [len(part) for part in parts],
        }
    except RefusedPicture as refused:
        told = {"refused": str(refused)}
    except MemoryError:
        told = {"refused": "too_costly"}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + b"".join(parts))


if __name__ == "__main__":
    main()
