"""A plugin's folder, as far as the kit needs to know it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from track_skills.shipped import frontmatter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MANIFEST = ".claude-plugin/plugin.json"
_SKILL = "SKILL.md"


class PluginError(Exception):
    """The folder holds no plugin that can be read."""


class Plugin:
    """A plugin's folder. root: its path. manifest: what its plugin.json holds. text: that file as it is written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        path = root / MANIFEST
        try:
            self.text = path.read_bytes().decode("utf-8")
            manifest = json.loads(self.text)
        except FileNotFoundError:
            raise PluginError(f"{path} is not there: a plugin has it at its root") from None
        except (OSError, ValueError) as error:
            raise PluginError(f"{path} cannot be read: {error}") from None
        if not isinstance(manifest, dict) or not isinstance(manifest.get("name"), str) or not manifest["name"]:
            raise PluginError(f"{path} names no plugin")
        self.manifest: dict[str, Any] = manifest
        self.name: str = manifest["name"]

    def read(self, name: str) -> str | None:
        """Return the text of a file, None where there is none that can be read as text."""
        try:
            return (self.root / name).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def places(self) -> list[str]:
        """Return the folders that hold its skills and commands, as its manifest says."""
        found = ["skills", "commands"]
        for key in ("skills", "commands"):
            for path in _paths(self.manifest.get(key)):
                name = os.path.normpath(path)
                at = self.root / name
                # A skill's own folder, or a command's file, is named by its path: it lies in the one above.
                if at.is_file() or (at / _SKILL).is_file():
                    name = os.path.dirname(name) or "."
                if not name.startswith(("..", "/")) and name not in found and (self.root / name).is_dir():
                    found.append(name)
        return found

    def names(self) -> list[str]:
        """Return what it ships under names that no file has: by frontmatters, the manifest, and files of servers."""
        found: dict[str, None] = {}
        commands = self.manifest.get("commands")
        if isinstance(commands, dict):
            found.update(dict.fromkeys(commands))
        files = [self.root / _SKILL]
        for place in self.places():
            files += [*sorted((self.root / place).glob(f"*/{_SKILL}")), *sorted((self.root / place).glob("*.md"))]
        for file in files:
            own = frontmatter.read(self.read(os.path.relpath(file, self.root)) or "").get("name")
            if own and own != (file.parent.name if file.name == _SKILL and file.parent != self.root else file.stem):
                found[own] = None
        for path in _paths(self.manifest.get("mcpServers")):
            found.update(dict.fromkeys(re.sub(r"[^A-Za-z0-9_-]", "_", name) for name in self._servers(path)))
        return [name for name in found if re.fullmatch(r"[A-Za-z0-9_.@ -]+", name)]

    def _servers(self, path: str) -> list[str]:
        try:
            data = json.loads(self.read(os.path.normpath(path)) or "")
        except ValueError:
            return []
        servers = data.get("mcpServers", data) if isinstance(data, dict) else {}
        return list(servers) if isinstance(servers, dict) else []


def _paths(said: object) -> list[str]:
    return (
        [said]
        if isinstance(said, str)
        else [one for one in said if isinstance(one, str)]
        if isinstance(said, list)
        else []
    )
