"""`make version` compares the places where the version stands; `make version V=1.2.3` prepares a release.

pyproject.toml is where it is decided. The clients are published apart from it and carry a copy.
"""

from __future__ import annotations

import argparse
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "pyproject.toml"
PLACES = {
    SOURCE: r'^version = "(.+)"$',
    "client/python/src/track_skills/__init__.py": r'^__version__ = "(.+)"$',
    "client/js/package.json": r'^  "version": "(.+)",$',
    "client/plugin/.claude-plugin/plugin.json": r'^  "version": "(.+)",$',
}
UNRELEASED = "## Unreleased\n"
VERSION = re.compile(r"\d+\.\d+\.\d+")


def read(root: Path) -> dict[str, str]:
    """The version in each place. Raises ValueError where there is none."""
    return {place: _find(root, place)[1] for place in PLACES}


def write(root: Path, version: str) -> None:
    """Put a version into each place and give the changelog's unreleased section its name."""
    for place in PLACES:
        found, _ = _find(root, place)
        text = found.string
        (root / place).write_text(text[: found.start(1)] + version + text[found.end(1) :], "utf-8")
    changelog = root / "CHANGELOG.md"
    section = f"{UNRELEASED}\n## {version} ({datetime.now(UTC):%Y-%m-%d})\n"
    changelog.write_text(changelog.read_text("utf-8").replace(UNRELEASED, section, 1), "utf-8")


def _find(root: Path, place: str) -> tuple[re.Match[str], str]:
    found = re.search(PLACES[place], (root / place).read_text("utf-8"), re.MULTILINE)
    if not found:
        raise ValueError(f"There is no version in {place}.")
    return found, found[1]


def main() -> int:
    """Write, if asked, and compare; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", nargs="?", help="like 1.2.3; without it, nothing is written")
    wanted = parser.parse_args().version
    if wanted and not VERSION.fullmatch(wanted):
        parser.error(f"{wanted} is no version like 1.2.3")
    if wanted:
        write(ROOT, wanted)
    versions = read(ROOT)
    wrong = {place: version for place, version in versions.items() if version != versions[SOURCE]}
    for place, version in wrong.items():
        print(f"{place} says {version}, {SOURCE} says {versions[SOURCE]}.", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
