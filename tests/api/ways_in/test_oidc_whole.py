"""The API as it is started, with its settings, by real HTTP: and what its log says of it."""

import asyncio
import json
from pathlib import Path

from api.ways_in.oidc import s256
from storage.session import Database
from tests.api.test_access_logs import free_port, server
from tests.api.ways_in.certified import Browser, certified
from tests.api.ways_in.conftest import CLIENT, HERE, PAGE, PEOPLE, SECRET, VERIFIER, WECOM, query_of


async def test_signing_in_over_http_leaves_no_secret_and_no_name_in_the_log(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    assert database is not None, "its reference data are there"
    port, log = free_port(), tmp_path / "api.log"
    callback = f"http://127.0.0.1:{port}{HERE}/callback"
    async with certified(PEOPLE, CLIENT | {"redirect_uris": [callback]}) as provider:
        said = {
            "issuer": provider.issuer,
            "client_id": CLIENT["client_id"],
            "redirect_uri": callback,
            "return_to": [PAGE],
            "policy": "appoint",
            "mapping": WECOM,
        }
        ours = {"DISPATCH_OIDC": json.dumps(said), "DISPATCH_OIDC_CLIENT_SECRET": SECRET}
        async with server(database_url, log, port, **ours) as http:
            asked = {"return_to": PAGE, "challenge": s256(VERIFIER)}
            began = await http.get(HERE, params=asked)
            browser = Browser()
            address = await browser.sign_in(began.headers["location"], "wx-1")
            back = await http.get(address)
            code = query_of(back.headers["location"])["sign_in_code"]
            answer = await http.post(f"{HERE}/session", json={"code": code, "verifier": VERIFIER})
            await browser.http.aclose()
    tokens = answer.json()
    assert (answer.status_code, tokens["appointment"]["department"]) == (200, "water")
    written = await asyncio.to_thread(log.read_text)
    assert "session_opened" in written
    secret = (SECRET, code, tokens["access_token"], tokens["refresh_token"], VERIFIER)
    theirs = query_of(address)
    named = ("WangWu01", "wx-1", theirs["code"], theirs["state"])
    assert [each for each in (*secret, *named) if each in written] == []
