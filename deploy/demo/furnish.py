"""`python -m deploy.demo.furnish`: the demo town's data and accounts for a running local engine."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from deploy.demo.accounts import seed, settings_of
from deploy.demo.day import has_districts, load_town
from deploy.local.product import Product
from deploy.reference.load import LoadFailed
from domain.ids import Subject
from storage.session import Unreachable

_FOLDER = Path(".local")


def main() -> int:
    """Loads the town into an engine that has none yet; never writes over anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="folder of the local engine")
    parser.add_argument("--again", action="store_true", help="bring changed entries back too")
    given = parser.parse_args()
    product = Product.at(given.folder)
    if not product.api.is_running:
        return 0
    try:
        if has_districts(product) and not given.again:
            print("Reference data: kept as it is.")
        else:
            print(f"Reference data: {load_town(product).written} entries written.")
        _tell(asyncio.run(seed(settings_of(product))))
    except (LoadFailed, Unreachable, httpx.HTTPError, OSError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def _tell(passwords: Mapping[Subject, str]) -> None:
    if not passwords:
        print("Accounts: kept as they are.")
        return
    print("Accounts, each with a password that is shown this once and kept nowhere:")
    for subject, password in passwords.items():
        print(f"  {subject:<32} {password}")


if __name__ == "__main__":
    raise SystemExit(main())
