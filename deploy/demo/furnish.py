"""`python -m deploy.demo.furnish`: the demo town's reference data for a running local engine."""

import argparse
import sys
from pathlib import Path

from deploy.demo.day import load_town
from deploy.local.product import Product
from deploy.reference.load import LoadFailed

_FOLDER = Path(".local")


def main() -> int:
    """Loads what is not there yet; what is there unchanged is left alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="folder of the local engine")
    product = Product.at(parser.parse_args().folder)
    try:
        loaded = load_town(product)
    except (LoadFailed, OSError) as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"Reference data: {loaded.written} entries written.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
