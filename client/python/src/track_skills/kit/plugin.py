"""A plugin's folder, as far as the kit needs to know it."""

from __future__ import annotations

import json
import os
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MANIFEST = ".claude-plugin/plugin.json"


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
            said = self.manifest.get(key)
            for path in [said] if isinstance(said, str) else said if isinstance(said, list) else []:
                name = os.path.normpath(str(path))
                if not name.startswith("..") and name not in found and (self.root / name).is_dir():
                    found.append(name)
        return found
