"""Photos as a phone takes them: lying on its side, with the place, the model and a comment."""

import io

from PIL import Image, ImageDraw

GPS = 0x8825
_MODEL, _ORIENTATION, _ON_ITS_SIDE = 0x0110, 0x0112, 6
COMMENT = b"3-302, Wang"
"""What must not be seen again."""


def a_photo(says: str) -> bytes:
    """A photo that says something, and tells more than it should."""
    picture = Image.new("RGB", (640, 480), (120, 140, 120))
    ImageDraw.Draw(picture).text((20, 20), says, fill=(255, 255, 255))
    exif = Image.Exif()
    exif[_MODEL], exif[_ORIENTATION] = "Phone of Wang", _ON_ITS_SIDE
    exif.get_ifd(GPS).update({1: "N", 2: (26.0, 54.0, 27.0), 3: "E", 4: (102.0, 55.0, 47.0)})
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif, comment=COMMENT)
    return written.getvalue()


def tells_more(picture: bytes) -> bool:
    """Whether anything but pixels is left."""
    with Image.open(io.BytesIO(picture)) as found:
        return bool(dict(found.getexif())) or COMMENT in picture
