"""What users may notice stands in CHANGELOG.md: a commit that changes the Worker or a client adds a line.

Looked at are the commits since the last release, and what is not committed yet. Merges are not, and
neither is what was done before there was this check. Of a shallow clone, the commits that are there
are looked at, but for the oldest, whose changes cannot be known. A line that was forgotten is
added by a commit of CHANGELOG.md alone.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CHANGELOG = "CHANGELOG.md"
NOTICED = ("src/", "client/")
RELEASES = "v[0-9]*"


class Change(NamedTuple):
    """A commit, or what is not committed yet. paths: what it touches."""

    title: str
    paths: list[str]


def changes(root: Path) -> Iterator[Change]:
    """What is looked at in a repository, oldest first."""
    # In a shallow clone the oldest commit seems to add every file, this one too: so it is a start as well.
    starts = _git(root, "log", "--diff-filter=A", "--format=^%H", "--", "tools/changelog.py").split()
    releases = [f"^{tag}" for tag in _git(root, "tag", "--list", RELEASES, "--merged", "HEAD").split()]
    if starts:
        order = ("--reverse", "--topo-order", "--no-merges", "--ancestry-path")
        shown = ("--no-renames", "--name-only", "--format=%x00%h %s")
        for commit in _git(root, "log", *order, *shown, "HEAD", *starts, *releases).split("\0")[1:]:
            title, *paths = commit.splitlines()
            yield Change(title, paths)
    changed = _git(root, "diff", "--no-renames", "--name-only", "HEAD")
    added = _git(root, "ls-files", "--others", "--exclude-standard")
    yield Change("what is not committed yet", [*changed.splitlines(), *added.splitlines()])


def untold(changes: Iterable[Change]) -> list[str]:
    """The titles of those that lack their line."""
    lacking: list[str] = []
    for change in changes:
        if {*change.paths} - {""} == {CHANGELOG}:
            lacking.clear()
        elif CHANGELOG not in change.paths and any(path.startswith(NOTICED) for path in change.paths):
            lacking.append(change.title)
    return lacking


def _git(root: Path, *arguments: str) -> str:
    # safe.directory: in a container the checkout is often another user's.
    settings = ("-c", "core.quotePath=false", "-c", "safe.directory=*")
    command = ["git", *settings, "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> int:
    """Say what lacks its line; the exit status."""
    if not (ROOT / ".git").exists():
        print("This is no clone of the repository: nobody can say what has changed.", file=sys.stderr)
        return 0
    lacking = untold(changes(ROOT))
    for title in lacking:
        print(f"{CHANGELOG} has no line for: {title}", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
