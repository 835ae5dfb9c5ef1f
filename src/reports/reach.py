"""How many people have each plugin loaded, and how many of them use it? A part of the catalogue's answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counting.dimensions import TOOL, tool_of
from counting.people import People
from counting.tally import Tally
from reading.ledger import Ledger
from reading.window import Window

MASKED = frozenset(("third-party", "custom"))  # what an agent calls plugins whose names it does not tell

_Plugin = tuple[str, str | None]


async def rows(ledger: Ledger, window: Window) -> list[dict[str, Any]]:
    """The plugins that anybody had loaded in a window."""
    (groups,) = await ledger.groups(TOOL, window)
    return shape(await ledger.loaded(window), groups)


def shape(loaded: Mapping[_Plugin, People], tools: Mapping[str, Tally]) -> list[dict[str, Any]]:
    """A row a plugin and version: those that most people have loaded first, then by name and version.

    used_by: of those people, how many used a skill or an MCP tool of the plugin; None of a plugin whose name is masked.
    tools: the tallies of the window, by counting.dimensions.tool_key.
    """
    found = [
        {"plugin": name, "version": version, "loaded_by": len(people), "used_by": _used_by(name, people, tools)}
        for (name, version), people in loaded.items()
        if len(people)
    ]
    return sorted(found, key=lambda row: (-row["loaded_by"], row["plugin"], row["version"] or ""))


def _used_by(plugin: str, people: People, tools: Mapping[str, Tally]) -> int | None:
    if plugin in MASKED:
        return None
    users = People()
    for key, tally in tools.items():
        tool = tool_of(key)
        if tool.name.startswith(f"{plugin}:") or tool.category.startswith(f"mcp:plugin_{plugin}_"):
            users.update(tally.people)
    return len(users.both(people))
