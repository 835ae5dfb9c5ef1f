"""Git repositories of tests, the same whoever's machine they are made on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_NOBODYS = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "Somebody"),
    **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "somebody@example.com"),
}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder; what it says."""
    # safe.directory: in a container the checkout is often another user's.
    command = ["git", "-c", "safe.directory=*", *arguments]
    return subprocess.run(command, cwd=folder, env=_NOBODYS, check=True, capture_output=True, text=True).stdout


def commit(folder: Path, title: str, *paths: str) -> None:
    """Commit a change of some files, each a line longer than before; without paths, whatever has changed."""
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("a") as file:
            file.write(f"{title}\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", title)
