"""What a folder ships: a plugin's skills and commands, those of all plugins of a marketplace, or skills alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from track_skills.shipped import frontmatter
from track_skills.shipped.listing import Listing, ListingError, Tool, fits, tokens_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MARKETPLACE = ".claude-plugin/marketplace.json"
_PLUGIN = ".claude-plugin/plugin.json"
_SKILL = "SKILL.md"
_CATEGORY = "skill"
# The author's kit: its script, and its command, which is never counted.
_KIT = "telemetry/track.sh"
_TELEMETRY = "commands/telemetry.md"
_DEPTH = 4  # folders below a folder of skills
_SKIPPED = {"node_modules", "__pycache__", "tests", "test"}


def listing_of(path: Path) -> Listing:
    """Return what a folder, or a marketplace.json, ships; raises ListingError."""
    if path.name == "marketplace.json":
        path = path.parent.parent if path.parent.name == ".claude-plugin" else path.parent
        return _marketplace(path, _manifest(path / _MARKETPLACE) or _manifest(path / "marketplace.json"))
    marketplace = _manifest(path / _MARKETPLACE)
    if marketplace:
        return _marketplace(path, marketplace)
    manifest = _manifest(path / _PLUGIN)
    if manifest:
        name, notes = str(manifest["name"]), list[str]()
        return Listing(name, _text(manifest.get("version")), _plugin(path, name, [manifest], notes), notes)
    return _skills_alone(path)


def _marketplace(root: Path, marketplace: dict[str, Any] | None) -> Listing:
    if not marketplace:
        raise ListingError(f"{root} holds no marketplace.json with a name")
    about = marketplace.get("metadata")
    about = about if isinstance(about, dict) else {}
    tools: list[Tool] = []
    notes: list[str] = []
    for entry in marketplace.get("plugins") or ():
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            continue
        place = entry.get("source")
        if not isinstance(place, str):
            notes.append(f"{entry['name']}: it is kept elsewhere; push it from there")
            continue
        below = place if place.startswith(".") else os.path.join(str(about.get("pluginRoot") or ""), place)
        folder = root / below
        if not folder.is_dir():
            notes.append(f"{entry['name']}: {place} is not there")
            continue
        manifest = _manifest(folder / _PLUGIN)
        # With "strict": false the entry says all of it, and several may share a folder.
        entries = [entry] if entry.get("strict") is False or not manifest else [manifest, entry]
        tools += _plugin(folder, entry["name"], entries, notes)
    version = _text(marketplace.get("version")) or _text(about.get("version"))
    return Listing(str(marketplace["name"]), version, tools, notes)


def _plugin(root: Path, name: str, manifests: list[dict[str, Any]], notes: list[str]) -> list[Tool]:
    """Return a plugin's skills and commands. manifests: what says where they are, beside the usual places."""
    told = {key: [path for it in manifests for path in _paths(it.get(key))] for key in ("skills", "commands")}
    alone = manifests[0].get("strict") is False
    has_kit = (root / _KIT).is_file()
    tools: dict[str, Tool] = {}
    skills = [root / path for path in told["skills"]]
    if not (alone and skills):
        skills += [root / "skills", *([] if (root / "skills").is_dir() else [root])]
    for place in skills:
        for file in _skills_in(place, 1):
            # One at the plugin's root is called as it calls itself.
            called = file.parent.name if file.parent != root else _frontmatter(file).get("name") or name
            _add(tools, f"{name}:{called}", file, notes)
    commands = [root / path for path in told["commands"]]
    if not (alone and (commands or skills)):
        commands.append(root / "commands")
    for place in commands:
        for file in sorted(place.rglob("*.md")):
            if not (has_kit and file == root / _TELEMETRY):
                _add(tools, ":".join((name, *file.relative_to(place).parts[:-1], file.stem)), file, notes)
        if place.is_file():
            _add(tools, f"{name}:{place.stem}", place, notes)
    for it in manifests:
        for called, path in _sources(it.get("commands")):
            _add(tools, f"{name}:{called}", root / path, notes)
    if any(it.get("mcpServers") for it in manifests) or (root / ".mcp.json").is_file():
        server = "SERVER" if has_kit else f"plugin_{name}_SERVER"
        notes.append(f"{name}: it has MCP servers; push each with --stdio and --category mcp:{server}")
    return list(tools.values())


def _skills_alone(root: Path) -> Listing:
    if not root.is_dir():
        raise ListingError(f"{root} is no folder")
    notes: list[str] = []
    tools: dict[str, Tool] = {}
    versions = set()
    for file in _skills_in(root, _DEPTH):
        # Installers call its folder by the name in its frontmatter, whatever it is called here.
        head = _add(tools, _frontmatter(file).get("name") or file.parent.resolve().name, file, notes)
        versions.add(head.get("metadata.version") or head.get("version"))
    if not tools:
        raise ListingError(f"{root} holds no plugin.json, no marketplace.json and no SKILL.md")
    (version,) = versions if len(versions) == 1 else (None,)
    return Listing(root.resolve().name, version, list(tools.values()), notes)


def _skills_in(place: Path, depth: int) -> Iterator[Path]:
    """Yield the files of the skills in a folder and in those below it; a skill has none within."""
    if (place / _SKILL).is_file():
        yield place / _SKILL
    elif depth >= 0 and place.is_dir():
        for folder in sorted(place.iterdir()):
            if folder.is_dir() and folder.name not in _SKIPPED and folder.name != ".git":
                yield from _skills_in(folder, depth - 1)


def _add(tools: dict[str, Tool], name: str, file: Path, notes: list[str]) -> dict[str, str]:
    """Add what a file ships, the first of a name; return its frontmatter."""
    head = _frontmatter(file)
    if not fits(name):
        notes.append(f"{name}: no collector takes this name")
        return head
    loaded = f"{name}: {head.get('description', '')}"
    is_hidden = head.get("disable-model-invocation") == "true"
    tools.setdefault(name, Tool(name, _CATEGORY, 0 if is_hidden else tokens_of(loaded)))
    return head


def _frontmatter(file: Path) -> dict[str, str]:
    try:
        return frontmatter.read(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}


def _manifest(path: Path) -> dict[str, Any] | None:
    """Return what a manifest holds, None where there is none; raises ListingError for one that cannot be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ListingError(f"{path} cannot be read: {error}") from None
    if not isinstance(found, dict) or not isinstance(found.get("name"), str):
        raise ListingError(f"{path} has no name")
    return found


def _paths(said: object) -> list[str]:
    return (
        [said]
        if isinstance(said, str)
        else [it for it in said if isinstance(it, str)]
        if isinstance(said, list)
        else []
    )


def _sources(said: object) -> list[tuple[str, str]]:
    """Commands that a manifest calls by a name, and the files that they are in."""
    told = said.items() if isinstance(said, dict) else ()
    return [(name, it["source"]) for name, it in told if isinstance(it, dict) and isinstance(it.get("source"), str)]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
