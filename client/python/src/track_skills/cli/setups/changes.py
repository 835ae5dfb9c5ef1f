"""What setting an agent up, or undoing it, changes on disk: planned, shown and then made.

What was put into a file is noted in ~/.local/share/track-skills/setup/AGENT.json by its place and length, without what
else stands there: so it can be taken out again to the byte.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from track_skills.cli.output import CommandError
from track_skills.cli.setups import json_text
from track_skills.cli.setups.agents import IDS, Agent, is_ours

_NOTES = ".local/share/track-skills/setup"
_PLUGIN = "track-skills@track-skills"


class Change(NamedTuple):
    """A file before and after, None where there is none."""

    path: Path
    before: bytes | None
    after: bytes | None


class Plan(NamedTuple):
    """Changes in the order in which they are made, and the note that stays of them; None: no note stays."""

    changes: list[Change]
    note: dict[str, Any] | None


class Notes:
    """What `setup` remembers of the agents that it has set up.

    Each note: `settings`, the layers that were put into that file; `programs`, those that it put there; `folders` that
    it made for them, outermost first.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / _NOTES

    def read(self, agent: str) -> dict[str, Any]:
        """Return the note of an agent, empty if there is none. CommandError for one that cannot be read."""
        path = self._path(agent)
        try:
            note: dict[str, Any] = json.loads(path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        return note

    def write(self, agent: str, note: Mapping[str, Any] | None) -> None:
        """Keep the note of an agent; None: remove it, and the folder of notes if nothing else is there."""
        if note is not None:
            _write(self._path(agent), json.dumps(note, indent=2).encode())
            return
        with suppress(FileNotFoundError):
            self._path(agent).unlink()
        with suppress(OSError):
            self.folder.rmdir()

    def hand_on(self, folders: list[str]) -> None:
        """Let another agent's note hold the folders that one made which is undone, if there is any."""
        for agent in IDS:
            note = self.read(agent)
            if note and folders:
                self.write(agent, {**note, "folders": list(dict.fromkeys([*folders, *note["folders"]]))})
                return

    def made_programs(self, but: str = "") -> set[str]:
        """Return the programs that were put there for any agent but one."""
        return {path for agent in IDS if agent != but for path in self.read(agent).get("programs", [])}

    def _path(self, agent: str) -> Path:
        return self.folder / f"{agent}.json"


def plan_setup(agent: Agent, notes: Notes) -> Plan:
    """Return what sets an agent up. CommandError for what cannot be read, or is somebody else's."""
    note = notes.read(agent.id)
    changes = list(_programs_to_put(agent, notes))
    layers = list(note.get("settings", []))
    if agent.settings:
        change, layer = _settings_with_hooks(agent, agent.settings)
        if change:
            changes.append(change)
            layers.append(layer)
    programs = {str(path) for path in agent.programs} & (
        notes.made_programs() | {str(change.path) for change in changes if change.before is None}
    )
    folders = [*note.get("folders", []), *_missing_folders([*(change.path for change in changes), notes.folder / "x"])]
    kept = {"settings": layers, "programs": sorted(programs), "folders": list(dict.fromkeys(folders))}
    return Plan(changes, kept)


def plan_removal(agent: Agent, notes: Notes) -> Plan:
    """Return what undoes the set-up of an agent: to the byte if its file is as it was left, else our entries alone."""
    note = notes.read(agent.id)
    changes = []
    if agent.settings:
        before = _content(agent.settings)
        after = _without_hooks(agent.settings, before, note.get("settings", [])) if before is not None else None
        if after != before:
            changes.append(Change(agent.settings, before, after))
    others = notes.made_programs(but=agent.id)
    for name in note.get("programs", []):
        content = _content(Path(name))
        # One that was changed since begins alike; a stranger's file is left.
        if name not in others and content is not None and b"Track Skills" in content[:1000]:
            changes.append(Change(Path(name), content, None))
    return Plan(changes, None)


def make(plan: Plan, agent: Agent, notes: Notes) -> None:
    """Make the changes of a plan. CommandError if one cannot be made.

    Programs come before the settings that start them; the note comes first, so that whatever was begun can be undone.
    """
    folders = notes.read(agent.id).get("folders", [])
    try:
        if plan.note is not None:
            notes.write(agent.id, plan.note)
        for path, _, after in plan.changes:
            if after is None:
                path.unlink()
            else:
                _write(path, after)
        if plan.note is None:
            notes.write(agent.id, None)
            for folder in reversed(folders):
                with suppress(OSError):
                    os.rmdir(folder)
            notes.hand_on([folder for folder in folders if os.path.isdir(folder)])
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be written: {error.strerror}") from error


def _programs_to_put(agent: Agent, notes: Notes) -> Iterator[Change]:
    ours = notes.made_programs()
    for path, content in agent.sources().items():
        there = _content(path)
        if there is not None and there != content and str(path) not in ours:
            raise CommandError(f"{path} is another version, which was put there by hand: remove it, then try again")
        if there != content:
            yield Change(path, there, content)


def _settings_with_hooks(agent: Agent, path: Path) -> tuple[Change | None, dict[str, Any]]:
    """Return the change of the settings' file, and how to undo it; no change if all hooks are there."""
    before = _content(path)
    if before is None:
        after = (json.dumps(agent.hooks, indent=2) + "\n").encode()
        return Change(path, None, after), {"sha256": _digest(after), "insertions": None}
    text = _text(path, before)
    try:
        if json_text.read(text).get("enabledPlugins", {}).get(_PLUGIN):
            raise CommandError(f"the plugin {_PLUGIN} is on in {path} and does the same: use one of the two")
        insertions = json_text.additions(text, agent.hooks, is_ours)
    except json_text.UnreadableError as error:
        raise CommandError(
            f"{path} is left alone: {error}. Merge by hand what `setup {agent.id} --print` shows for an empty home"
        ) from error
    except AttributeError:
        raise CommandError(f"{path} is left alone: enabledPlugins is no object") from None
    if not insertions:
        return None, {}
    after = json_text.inserted(text, insertions).encode()
    placed, moved = [], 0
    for at, more in sorted(insertions):
        placed.append([at + moved, len(more)])
        moved += len(more)
    return Change(path, before, after), {"sha256": _digest(after), "insertions": placed}


def _without_hooks(path: Path, content: bytes, layers: list[dict[str, Any]]) -> bytes | None:
    """Return the file's content without what was put in, None if it was made for that alone."""
    for number in range(len(layers) - 1, -1, -1):
        layer = layers[number]
        if _digest(content) != layer["sha256"]:
            break
        if layer["insertions"] is None:
            return None
        text = content.decode()
        for at, length in reversed(layer["insertions"]):
            text = text[:at] + text[at + length :]
        content = text.encode()
        if number == 0:
            return content
    text = _text(path, content)
    try:
        json_text.read(text)
    except json_text.UnreadableError as error:
        raise CommandError(f"{path} is left alone: {error}") from error
    return json_text.removals(text, "hooks", is_ours).encode()


def _content(path: Path) -> bytes | None:
    """Return a file's content, None if there is none. CommandError if it cannot be read or is not really there."""
    for place in (path, path.parent):
        if place.is_symlink():
            raise CommandError(f"{place} is a link to {os.readlink(place)}: what lies there is left alone")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise CommandError(f"{path} is left alone: it is no UTF-8") from None


def _missing_folders(paths: list[Path]) -> list[str]:
    """Return the folders that are still to be made for these files, outermost first."""
    missing = {str(folder) for path in paths for folder in path.parents if not folder.exists()}
    return sorted(missing, key=len)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Put a file there at once, with the mode of the one that it replaces."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        with suppress(FileNotFoundError):
            os.chmod(beside, path.stat().st_mode & 0o7777)
        os.replace(beside, path)
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()
