"""`python -m deploy.audit`: whether the audit log is whole, and what is kept outside of it.

verify        exit code 0 when it is, 1 when not, with the first bad entry in words
anchor        appends where the chain stands now to a file that is kept on another machine
close         lets entries older than the policy go; the chain stays verifiable
check-export  whether a file that was exported is as it was given out

Read from the environment as by API and worker: `DISPATCH_DATABASE_URL`, `DISPATCH_AUDIT_KEY`.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from observability.clock import now
from settings import Settings
from storage.audit.canonical import Keyring
from storage.audit.closing import close, let_go
from storage.audit.exporting import check
from storage.audit.links import Links
from storage.audit.verdicts import Anchor, Verdict
from storage.audit.verifying import Verifier
from storage.session import Database, Unreachable

_PATIENCE_S = 600.0
_BATCH = 1_000
_YEAR = timedelta(days=366)
"""Rather a day too long than one too short."""


class Failed(Exception):
    """It cannot be done; says why."""


async def verify(database: Database, keys: Keyring, given: argparse.Namespace) -> int:
    """Walks the chain, and says what it came to."""
    anchors = _anchors(given.anchor) if given.anchor else ()
    async with database.read() as session:
        verifier = Verifier(session, keys)
        verdict = await verifier.whole(since=given.since, until=given.until, anchors=anchors)
    print(_said(verdict))
    if verdict.found is None:
        return 0
    found = verdict.found
    where = f"link {found.seq}" if found.seq is not None else "outside of the chain"
    what = f", {found.source} {found.key}" if found.source else ""
    print(f"FAULTY: {found.fault} at {where}{what}", file=sys.stderr)
    return 1


async def anchor(database: Database, keys: Keyring, given: argparse.Namespace) -> int:
    """Verifies, and appends the newest link to the file."""
    async with database.read() as session:
        verdict = await Verifier(session, keys).whole()
        head = await Links(session).head()
    if verdict.found is not None:
        raise Failed(f"the log is faulty ({verdict.found.fault}): nothing was anchored")
    if head is None:
        raise Failed("nothing is chained yet")
    with given.file.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(Anchor.of(head))) + "\n")
    print(f"Anchored link {head.seq} in {given.file}.")
    return 0


async def close_off(database: Database, keys: Keyring, given: argparse.Namespace) -> int:
    """Verifies, chains a checkpoint, and deletes the entries under it."""
    before = given.before or now() - _YEAR * Settings().keep_audit_years
    if before > now() - _YEAR * Settings().keep_audit_years:
        raise Failed("the policy keeps them longer: DISPATCH_KEEP_AUDIT_YEARS")
    async with database.read() as session:
        verdict = await Verifier(session, keys).whole()
    if verdict.found is not None:
        raise Failed(f"the log is faulty ({verdict.found.fault}): nothing was closed off")
    async with database.begin() as session:
        covered = await close(session, keys, before, now())
    if covered is None:
        print("Nothing is that old, or a worker was sealing just then.")
        return 0
    gone = 0
    while True:
        async with database.begin() as session:
            batch = await let_go(session, covered, _BATCH)
        gone += batch
        if batch < _BATCH:
            break
    print(f"Closed off up to link {covered.seq}: {gone} entries deleted.")
    return 0


async def check_export(_: Database, keys: Keyring, given: argparse.Namespace) -> int:
    """Needs no database."""
    fault = check(given.file.read_bytes(), keys)
    print(f"FAULTY: {fault}" if fault else "As it was given out.")
    return 1 if fault else 0


def _anchors(file: Path) -> tuple[Anchor, ...]:
    lines = file.read_text(encoding="utf-8").splitlines()
    try:
        return tuple(Anchor(**json.loads(line)) for line in lines if line.strip())
    except (ValueError, TypeError) as error:
        raise Failed(f"{file} is no file of anchors") from error


def _said(verdict: Verdict) -> str:
    waiting = f"{verdict.unsealed} not chained yet"
    if verdict.oldest_unsealed is not None:
        waiting += f" (oldest of {verdict.oldest_unsealed.isoformat()})"
    head = f"up to link {verdict.head.seq}" if verdict.head else "nothing is chained"
    return (
        f"{verdict.links} links verified, {head}: {verdict.rows} rows unchanged, "
        f"{verdict.closed_off} closed off; {waiting}."
    )


def _instant(text: str) -> datetime:
    """ISO 8601; without a zone it is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.audit", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    verifying = commands.add_parser("verify", help=verify.__doc__)
    verifying.add_argument("--from", dest="since", type=_instant, help="sealed since")
    verifying.add_argument("--until", type=_instant, help="sealed until")
    verifying.add_argument("--anchor", type=Path, help="file of anchors to hold it against")
    verifying.set_defaults(run=verify)
    anchoring = commands.add_parser("anchor", help=anchor.__doc__)
    anchoring.add_argument("file", type=Path)
    anchoring.set_defaults(run=anchor)
    closing = commands.add_parser("close", help=close_off.__doc__)
    closing.add_argument("--before", type=_instant, help="unless said: as the policy has it")
    closing.set_defaults(run=close_off)
    checking = commands.add_parser("check-export", help=check_export.__doc__)
    checking.add_argument("file", type=Path)
    checking.set_defaults(run=check_export)
    return parser


async def _run(given: argparse.Namespace) -> int:
    settings = Settings()
    if settings.audit_keys is None:
        raise Failed("DISPATCH_AUDIT_KEY is not set")
    database = Database(settings.database_url, pool_size=1, command_timeout=_PATIENCE_S)
    try:
        code: int = await given.run(database, settings.audit_keys, given)
    finally:
        await database.close()
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; a failure is told in words, without a trace."""
    given = _parser().parse_args(arguments)
    try:
        return asyncio.run(_run(given))
    except (Failed, Unreachable, OSError) as failure:
        print(failure, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
