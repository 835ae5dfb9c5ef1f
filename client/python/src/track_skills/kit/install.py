"""Puts the kit into a plugin, brings a newer one, takes it out again: changes to files, made by nobody here."""

from __future__ import annotations

import hashlib
import json
import re

from track_skills.kit import disclosure, script
from track_skills.kit.plugin import MANIFEST, Plugin, PluginError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Optional

    from track_skills.kit.script import Settings

    # What each file will hold, None where it goes.
    Changes = dict[str, Optional[str]]

HOOKS = f"{script.FOLDER}/hooks.json"
COMMAND = "commands/telemetry.md"
README, PRIVACY = "README.md", "PRIVACY.md"
_HOOKS_LINE = f'"hooks": "./{HOOKS}",'
_SENTENCE = re.compile(r" ?Counts uses of its own skills and sends that to [^\" ]+ \(see PRIVACY\.md\)\.")


def init(plugin: Plugin, endpoint: str, days: int = 90, **chosen: str | list[str]) -> Changes:
    """Return what changes to put the kit in. endpoint: the collector's base URL. days: its RETENTION_DAYS.

    chosen: further settings of the script. Raises PluginError where there is no place for the kit.
    """
    if plugin.read(script.SCRIPT) is not None:
        raise PluginError("the kit is in this plugin already: `track-skills kit update` brings a newer one")
    taken = [name for name in (script.ANSWER, HOOKS, COMMAND) if (plugin.root / name).exists()]
    if taken:
        raise PluginError(f"{taken[0]} is there already, and is not the kit's")
    if "hooks" in plugin.manifest:
        raise PluginError(f'{MANIFEST} has "hooks": move them into hooks/hooks.json, which is read beside the kit\'s')
    endpoint = endpoint.rstrip("/")
    _require_address(endpoint)
    mark = hashlib.sha256(f"{plugin.name} {endpoint}".encode()).hexdigest()[:8]
    settings: Settings = {
        "plugin": plugin.name,
        "endpoint": endpoint,
        "folder": f"{plugin.name}-{mark}",
        "places": plugin.places(),
        "names": plugin.names(),
        **chosen,
    }
    text = script.with_settings(script.source(script.SCRIPT), settings)
    changes = _made(plugin, text, str(days))
    changes[MANIFEST] = _with_line(_with_sentence(plugin.text, endpoint))
    return changes


def update(plugin: Plugin) -> Changes:
    """Return what changes to bring this version's kit: settings stay, a longer list of fields gets a new number."""
    old = plugin.read(script.SCRIPT)
    if old is None:
        raise PluginError(f"there is no {script.SCRIPT}: `track-skills kit init` puts the kit in")
    settings = {**script.settings_of(old), "plugin": plugin.name, **where(plugin, script.settings_of(old))}
    days = script.settings_of(plugin.read(script.ANSWER) or "").get("days", "90")
    _require_address(str(settings["endpoint"]))
    text = script.with_settings(script.source(script.SCRIPT), settings)
    agreed = _listed(plugin.read(PRIVACY) or "")
    if agreed and _listed(disclosure.privacy(text, str(days))) - agreed:
        text = script.with_settings(text, {"list": str(int(str(settings["list"])) + 1)})
    changes = _made(plugin, text, str(days))
    changes[MANIFEST] = _with_sentence(plugin.text, str(settings["endpoint"]))
    return {name: content for name, content in changes.items() if content != plugin.read(name)}


def where(plugin: Plugin, settings: Settings) -> Settings:
    """Return where a plugin's skills and commands are and how they are called: as the author said, and as it is now."""
    said = {name: settings.get(name, []) for name in ("places", "names")}
    found = {"places": plugin.places(), "names": plugin.names()}
    return {name: list(dict.fromkeys([*said[name], *found[name]])) for name in said}


def remove(plugin: Plugin) -> Changes:
    """Return what changes to take the kit out: every file is then what it was before, to the byte."""
    changes: Changes = {
        name: None for name in (script.SCRIPT, script.ANSWER, HOOKS, COMMAND) if plugin.read(name) is not None
    }
    if not changes:
        raise PluginError("the kit is not in this plugin")
    for name in (README, PRIVACY):
        text = plugin.read(name)
        if text is not None and disclosure.BEGIN in text:
            changes[name] = _without_block(text) or None
    changes[MANIFEST] = _without_line(_without_sentence(plugin.text))
    return changes


def make(plugin: Plugin, changes: Changes) -> None:
    """Write the changes, and take away the folders that they empty."""
    for name, content in changes.items():
        path = plugin.root / name
        if content is None:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())


def _made(plugin: Plugin, text: str, days: str) -> Changes:
    """What the kit writes anew each time, from its script with settings."""
    settings = {**script.settings_of(text), "days": days}
    return {
        script.SCRIPT: text,
        script.ANSWER: script.with_settings(script.source(script.ANSWER), settings),
        HOOKS: json.dumps(hooks(plugin.name), indent=2) + "\n",
        COMMAND: _command(plugin.name),
        README: _with_block(plugin.read(README), disclosure.readme_section(text, days)),
        PRIVACY: _with_block(plugin.read(PRIVACY), disclosure.privacy(text, days)),
    }


def hooks(plugin: str) -> dict[str, object]:
    """Return the hooks of a plugin: the host itself keeps them from what is not the plugin's, as far as it can."""
    own = re.sub(r"[^A-Za-z0-9_-]", "_", plugin)
    used = [_hook(f"^([Ss]kill|mcp__plugin_{own}_.+)$", script.SCRIPT, is_async=True)]
    typed = [
        _hook(f"^{re.escape(plugin)}:", script.SCRIPT, is_async=True),
        _hook(f"^{re.escape(plugin)}:telemetry$", script.ANSWER, is_async=False),
    ]
    return {
        "description": "Counts uses of the plugin's own skills, commands and MCP tools; see PRIVACY.md",
        "hooks": {"PostToolUse": used, "PostToolUseFailure": used, "UserPromptExpansion": typed},
    }


def _hook(matcher: str, name: str, *, is_async: bool) -> dict[str, object]:
    command = f'bash -p "${{CLAUDE_PLUGIN_ROOT}}/{name}"'
    later = {"async": True} if is_async else {}
    return {"matcher": matcher, "hooks": [{"type": "command", "command": command, **later, "timeout": 10}]}


def _command(plugin: str) -> str:
    return (
        f"---\ndescription: Telemetry of {plugin}, on or off. Only a person may say so.\n"
        "argument-hint: on | off | status | show\ndisable-model-invocation: true\n---\n"
        "The plugin's hook answers this command before you see it. If you do see it, this agent has no such hook.\n"
        f"Change nothing, and tell the person: `bash {script.ANSWER} status` in the plugin's folder does the same.\n"
    )


def _require_address(endpoint: str) -> None:
    if not re.fullmatch(
        r"(https://|http://(localhost|127\.0\.0\.1)(?![\w.]))[^\s'\"?#/][^\s'\"?#]*|http://127\.0\.0\.1:\d+", endpoint
    ):
        raise PluginError(f"{endpoint} is no address to send to: it begins with https://")


def _listed(privacy: str) -> set[str]:
    """The fields and facts of a PRIVACY.md."""
    facts = re.search(r"^Beside the list's number, `metadata` has: (.*)\.$", privacy, re.M)
    return set(re.findall(r"^\| (\w+) \| .* \|$", privacy, re.M)) | set(facts[1].split(", ") if facts else ())


def _with_block(text: str | None, block: str) -> str:
    """The text with the kit's block, in the place of an older one or at its end."""
    if not text:
        return block
    if disclosure.BEGIN not in text:
        return f"{text}\n{block}"
    before, _, rest = text.partition(disclosure.BEGIN)
    return before + block + rest.partition(f"{disclosure.END}\n")[2]


def _without_block(text: str) -> str:
    before, _, rest = text.partition(disclosure.BEGIN)
    return before[:-1] + rest.partition(f"{disclosure.END}\n")[2]


def _with_line(text: str) -> str:
    """The manifest with the line that names the kit's hooks, right after the brace: nothing else moves."""
    start = text.index("{") + 1
    indent = re.match(r"\s*", text[start:])
    return f"{text[:start]}{indent[0] if indent else ''}{_HOOKS_LINE}{text[start:]}"


def _without_line(text: str) -> str:
    return re.sub(r"\s*" + re.escape(_HOOKS_LINE), "", text, count=1)


def _with_sentence(text: str, endpoint: str) -> str:
    """The manifest whose description says that uses are counted."""
    text = _without_sentence(text)
    said = disclosure.in_one_sentence(endpoint)
    found = _description(text)
    if found:
        at = found.end(1)
        return f"{text[:at]}{' ' if found[1] else ''}{said}{text[at:]}"
    start = text.index("{") + 1
    indent = re.match(r"\s*", text[start:])
    return f'{text[:start]}{indent[0] if indent else ""}"description": "{said}",{text[start:]}'


def _without_sentence(text: str) -> str:
    text = re.sub(
        r'\s*"description": "Counts uses of its own skills and sends that to [^" ]+ \(see PRIVACY\.md\)\.",',
        "",
        text,
        count=1,
    )
    return _SENTENCE.sub("", text, count=1)


def _description(text: str) -> re.Match[str] | None:
    """The manifest's own description: the first one that is not deeper than its first level."""
    for found in re.finditer(r'"description"\s*:\s*"((?:[^"\\]|\\.)*)"', text):
        if _depth(text[: found.start()]) == 1:
            return found
    return None


def _depth(text: str) -> int:
    """How many braces and brackets are open at the end of the text, those in strings aside."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    return sum(bare.count(opened) - bare.count(closed) for opened, closed in ("{}", "[]"))


def names(changes: Changes) -> Iterable[str]:
    """Return the names of the changed files, the plugin's own first."""
    return sorted(changes, key=lambda name: (name.startswith(f"{script.FOLDER}/"), name))
