"""A resident without an account: opens a link as it came, fills in the form, sends it."""

import re

import httpx

_KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')
_TIMEOUT_S = 15.0


class NotTaken(Exception):
    """The page did not say thank you."""


async def evaluate_by_link(url: str, satisfaction: str, says: str) -> None:
    """As a browser without script does it, without any token but the address.

    Raises:
        NotTaken: there is no form, or it was refused.
    """
    async with httpx.AsyncClient(timeout=_TIMEOUT_S) as browser:
        page = await browser.get(url)
        if (key := _KEY.search(page.text)) is None:
            raise NotTaken(f"{page.status_code}: no form")
        solved = "no" if satisfaction == "unsatisfied" else "yes"
        form = {"key": key[1], "satisfaction": satisfaction, "solved": solved, "words": says}
        sent = await browser.post(url, data=form, files={"pictures": ("", b"")})
    if not sent.is_success:
        raise NotTaken(f"{sent.status_code}: not taken")
