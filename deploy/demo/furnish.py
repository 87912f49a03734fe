"""`python -m deploy.demo.furnish`: the demo town's reference data for a running local engine."""

import argparse
import sys
from pathlib import Path

import httpx

from deploy.demo.day import has_districts, load_town
from deploy.local.product import Product
from deploy.reference.load import LoadFailed

_FOLDER = Path(".local")


def main() -> int:
    """Loads the town into an engine that has no reference data yet; never writes over any."""
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
            return 0
        loaded = load_town(product)
    except (LoadFailed, httpx.HTTPError, OSError) as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"Reference data: {loaded.written} entries written.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
