"""What of a plugin's folder is text, code, hooks, and part of what sends: read as far as patterns go."""

from __future__ import annotations

import json
import os
import re

from track_skills.kit.plugin import MANIFEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NamedTuple

    from track_skills.kit.plugin import Plugin

    class Hook(NamedTuple):
        """A group of hooks. line: of its event, from 1."""

        file: str
        event: str
        matcher: str
        line: int
else:
    from collections import namedtuple

    Hook = namedtuple("Hook", "file event matcher line")

SENDS = re.compile(
    r"\bcurl\b|\bwget\b|\bfetch\(|requests\.(post|get)|urllib\.request|https?\.request|XMLHttpRequest|\bposthog\b|Invoke-(WebRequest|RestMethod)"
)
ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+\.[A-Za-z]{2,})")
CODE = (".sh", ".bash", ".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".ps1", "")
_COMMENT = re.compile(r"^\s*(#|//|\*)")
_LONGEST = 200_000
_SKIPPED = {".git", "node_modules", "__pycache__", ".venv", "tests", "test"}


def names(plugin: Plugin) -> Iterator[str]:
    """Yield every file, by its path below the root, but for tests and what was installed."""
    for folder, folders, files in os.walk(plugin.root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        for name in sorted(files):
            yield os.path.relpath(os.path.join(folder, name), plugin.root).replace(os.sep, "/")


def text_of(plugin: Plugin, file: str) -> str | None:
    """Return a file's text, None where it is none that a person could read."""
    try:
        if (plugin.root / file).stat().st_size > _LONGEST:
            return None
    except OSError:
        return None
    text = plugin.read(file)
    return None if text is None or "\0" in text or any(len(line) > 5000 for line in text.splitlines()) else text


def texts(plugin: Plugin, endings: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the files with one of these endings, with their text."""
    for file in names(plugin):
        if os.path.splitext(file)[1] in endings:
            text = text_of(plugin, file)
            if text is not None:
                yield file, text


def code(plugin: Plugin) -> Iterator[tuple[str, str]]:
    """Yield the files of code, and those that hold hooks: what they run may stand in them."""
    for file, text in texts(plugin, CODE):
        if os.path.splitext(file)[1] or text.startswith("#!"):
            yield file, text
    for file, text in hook_files(plugin):
        yield file, "\n".join(line if '"command"' in line else "" for line in text.splitlines())
    for file, text in texts(plugin, (".md",)):
        head = _frontmatter(text)
        if re.search(r"^hooks:", head, re.M):
            yield file, head


def senders(plugin: Plugin) -> Iterator[tuple[str, str]]:
    """Yield the files of code that send something."""
    for file, text in code(plugin):
        if any(SENDS.search(line) for _, line in lines(text)):
            yield file, text


def trackers(plugin: Plugin) -> Iterator[tuple[str, str]]:
    """Yield the files of code that a tracker is made of: what sends, what lies beside it, what a hook runs with it."""
    folders = {os.path.dirname(file) for file, _ in senders(plugin)}
    if not folders:
        return
    run = "\n".join(text for _, text in hook_files(plugin))
    for file, text in code(plugin):
        if os.path.dirname(file) in folders or f"/{file}" in run:
            yield file, text


def tracker_lines(plugin: Plugin) -> Iterator[tuple[str, int, str]]:
    """Yield file, number and text of every line of a tracker that is no comment."""
    for file, text in trackers(plugin):
        for number, line in lines(text):
            yield file, number, line


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that are no comment, from 1."""
    for number, line in enumerate(text.splitlines(), 1):
        if not _COMMENT.match(line):
            yield number, line


def hosts(plugin: Plugin) -> set[str]:
    """Return the hosts that a tracker's lines name."""
    return {host for _, _, line in tracker_lines(plugin) for host in ADDRESS.findall(line)}


def hook_files(plugin: Plugin) -> Iterator[tuple[str, str]]:
    """Yield the files that hold hooks: the default one, and those that the manifest names."""
    said = plugin.manifest.get("hooks")
    named = [said] if isinstance(said, str) else [one for one in said if isinstance(one, str)] if said else []
    if isinstance(said, dict):
        named = [MANIFEST]
    for name in dict.fromkeys(["hooks/hooks.json", *(os.path.normpath(name) for name in named)]):
        text = plugin.read(name)
        if text is not None:
            yield name, text


def hooks(plugin: Plugin) -> Iterator[Hook]:
    """Yield each group of hooks, those in the frontmatter of skills too."""
    for file, text in hook_files(plugin):
        try:
            data = json.loads(text)
        except ValueError:
            continue
        events = data.get("hooks", {}) if isinstance(data, dict) else {}
        for event, groups in events.items() if isinstance(events, dict) else ():
            for group in groups if isinstance(groups, list) else ():
                matcher = str(group.get("matcher", "")) if isinstance(group, dict) else ""
                yield Hook(file, event, matcher, line_of(text, f'"{event}"'))
    for file, text in texts(plugin, (".md",)):
        head = _frontmatter(text)
        for event in re.findall(r"^\s+([A-Z]\w+):\s*$", head, re.M) if re.search(r"^hooks:", head, re.M) else ():
            found = re.search(event + r":\s*\n\s*-\s*matcher:\s*[\"']?([^\"'\n]*)", head)
            yield Hook(file, event, found[1] if found else "", line_of(text, event))


def line_of(text: str, part: str) -> int:
    """Return the number of the line in which a part begins, 1 where there is none."""
    at = text.find(part)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1


def _frontmatter(text: str) -> str:
    return text.split("\n---", 1)[0] if text.startswith("---") else ""
