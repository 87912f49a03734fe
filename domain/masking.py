"""What is shown of personal data to those who need not know it: enough to tell two apart."""

import re

STAR = "*"
_DOT = "·"
_DOTS = re.compile("[·•・‧∙]")
_COUNTRY = re.compile(r"^(?:\+|00)86")
_NOISE = re.compile(r"[\s()\-.\u3000\uff08\uff09\uff0d]")
_MOBILE = re.compile(r"1\d{10}")
_AREA = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))(\d{7,8})")
_WIDE = "０１２３４５６７８９＋"
_NARROW = str.maketrans(_WIDE, "0123456789+")
_LAST = 2
_SHORTEST_SHOWN = 6
_PLACE = re.compile(r"^.*?(?:街道|[省市区县镇乡])(?=.)")


def mask_name(name: str) -> str:
    """The first character, or the first part of a name in parts; 张*, 欧阳**, 买买提·***.

    A Latin name keeps the first letter of each word.
    """
    name = _DOTS.sub(_DOT, name.strip())
    if not name:
        return ""
    if _DOT in name:
        first = name.partition(_DOT)[0]
        return f"{first}{_DOT}{STAR * 3}"
    if name.isascii():
        return " ".join(f"{word[0]}{STAR * 2}" for word in name.split())
    return name[0] + STAR * max(1, len(name) - 1)


def plain_phone(phone: str) -> str:
    """The number without the ways to write it: spaces, hyphens, width of digits, +86."""
    digits = _NOISE.sub("", phone.translate(_NARROW))
    return _COUNTRY.sub("", digits)


def mask_phone(phone: str) -> str:
    """138****5678; of a landline its area and last two digits, 010-******89."""
    number = plain_phone(phone)
    if not number:
        return ""
    if _MOBILE.fullmatch(number):
        return f"{number[:3]}{STAR * 4}{number[-4:]}"
    if landline := _AREA.fullmatch(number):
        area, rest = landline.groups()
        return f"{area}-{STAR * (len(rest) - _LAST)}{rest[-_LAST:]}"
    if len(number) < _SHORTEST_SHOWN:
        return STAR * len(number)
    return f"{STAR * (len(number) - _LAST)}{number[-_LAST:]}"


def mask_address(address: str) -> str:
    """The district or street that it begins with, if it says one; never the house."""
    address = address.strip()
    if not address:
        return ""
    place = _PLACE.match(address)
    return f"{place.group() if place else ''}{STAR * 3}"
