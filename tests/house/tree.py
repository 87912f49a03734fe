"""The files of the product, as git would see them."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "domain",
    "catalogue",
    "observability",
    "storage",
    "activities",
    "workflows",
    "intake",
    "api",
    "settings",
    "deploy",
    "bench",
    "tests",
)
ROOT_MODULES = ("worker.py",)
GENERATED = ("storage/migrations/versions",)


def modules(*packages: str) -> list[Path]:
    """Every Python file of these packages, or of all and the root modules, relative to the root."""
    found = [path for package in packages or PACKAGES for path in (ROOT / package).rglob("*.py")]
    if not packages:
        found += [ROOT / name for name in ROOT_MODULES if (ROOT / name).exists()]
    relative = sorted(path.relative_to(ROOT) for path in found)
    return [path for path in relative if not str(path).startswith(GENERATED)]


def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")
