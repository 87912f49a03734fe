"""Loads folders of reference data into an installation, through its API.

`python -m deploy.reference.load deploy/reference my-town --url http://127.0.0.1:8000 --token ...`

The token is an administrator's whose grids cover all that is written. What is there already,
unchanged, is not written again, so a load that was interrupted is simply repeated. Of entries with
one kind and code the last folder's holds. Meeting policies that name no standing parties, or no
leader for the county, are warned of: meetings are held all the same. A member of staff who is
there without a name stays without one: it may have been erased.
"""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from deploy.reference.gaps import gaps
from deploy.reference.shipped import ORDER, BadFile, Shipped, read
from domain.reference import ReferenceKind, Staff
from storage import codec

_PAGE = 100
_TIMEOUT = 30.0


class LoadFailed(Exception):
    """The installation did not take an entry, or cannot be reached; says which and why."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many entries were written, and how many were there already."""

    written: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Present:
    """An entry as the installation has it now; no body when it is retired."""

    version: int
    body: Any
    is_nameless: bool = False


def load(entries: Sequence[Shipped], url: str, token: str) -> Loaded:
    """Brings the installation to these entries; others stay as they are.

    Raises:
        LoadFailed: an entry is refused, or nobody answers.
    """
    with httpx.Client(
        base_url=f"{url.rstrip('/')}/api/v1/reference",
        headers={"Authorization": f"Bearer {token}"},
        timeout=_TIMEOUT,
    ) as http:
        try:
            return _Installation(http).take(entries)
        except httpx.HTTPError as error:
            raise LoadFailed(f"{url}: {type(error).__name__}: {error}") from error


class _Installation:
    """The reference data at the other end."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._present: dict[tuple[ReferenceKind, str], Present] = {}

    def take(self, entries: Sequence[Shipped]) -> Loaded:
        for kind in ORDER:
            self._present.update({(kind, code): now for code, now in self._read(kind)})
        changed = [each for each in map(self._without_erased, entries) if self._is_new(each)]
        for entry in changed:
            if entry.kind is ReferenceKind.GRID and (entry.kind, entry.code) not in self._present:
                self._write(entry, without="unit")  # its office lies in a grid of its own
        for entry in changed:
            self._write(entry)
        return Loaded(len(changed), len(entries) - len(changed))

    def _without_erased(self, entry: Shipped) -> Shipped:
        present = self._present.get((entry.kind, entry.code))
        if not isinstance(entry.body, Staff) or present is None or not present.is_nameless:
            return entry
        known = {name: value for name, value in entry.document.items() if name != "name"}
        return replace(entry, body=replace(entry.body, name=""), document=known)

    def _is_new(self, entry: Shipped) -> bool:
        present = self._present.get((entry.kind, entry.code))
        return present is None or present.body != entry.body

    def _read(self, kind: ReferenceKind) -> Iterator[tuple[str, Present]]:
        after: str | None = None
        while True:
            params = {"limit": str(_PAGE), **({"after": after} if after else {})}
            page = _answer(self._http.get(f"/{kind}", params=params), str(kind))
            for item in page["items"]:
                body = None if item["retired"] else codec.body(kind, json.dumps(item["entry"]))
                yield item["code"], Present(item["version"], body, not item["entry"].get("name"))
            after = page["next"]
            if after is None:
                return

    def _write(self, entry: Shipped, without: str = "") -> None:
        present = self._present.get((entry.kind, entry.code))
        body = {
            "expected_version": present.version if present else None,
            "entry": {name: value for name, value in entry.document.items() if name != without},
        }
        answer = self._http.post(
            f"/{entry.kind}/{entry.code}",
            json=body,
            headers={"Idempotency-Key": secrets.token_hex(16)},
        )
        what = f"{entry.file.name}: {entry.kind} {entry.code}"
        version = _answer(answer, what)["version"]
        self._present[entry.kind, entry.code] = Present(version, entry.body)


def _answer(answer: httpx.Response, what: str) -> Any:  # noqa: ANN401 - JSON
    if answer.is_success:
        return answer.json()
    try:
        problem = answer.json()
    except ValueError:
        problem = {"title": answer.text[:200]}
    lines = [f"{what}: {answer.status_code} {problem.get('detail') or problem.get('title', '')}"]
    lines += [f"  {each['field']}: {each['message']}" for each in problem.get("errors", [])]
    raise LoadFailed("\n".join(lines))


def main(arguments: Sequence[str] | None = None) -> int:
    """Loads and says what was done; a failure is told in words."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.reference.load", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, nargs="+", help="such as deploy/reference")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--token", help="an administrator's; or in DISPATCH_TOKEN")
    given = parser.parse_args(arguments)
    token = given.token or os.environ.get("DISPATCH_TOKEN")
    if not token:
        parser.error(
            "--token or DISPATCH_TOKEN is needed: "
            "make token ARGS='x --role administrator --grid <county>'"
        )
    try:
        entries = read(*given.folder)
        loaded = load(entries, given.url, token)
    except (BadFile, LoadFailed) as failure:
        print(failure, file=sys.stderr)
        return 1
    for gap in gaps(entries):
        print(f"warning: {gap}", file=sys.stderr)
    print(f"{loaded.written} written, {loaded.unchanged} unchanged.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
