"""The agents of this user: whether our hook or plugin is in their settings, once, trusted, and works."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from track_skills.cli.checks import hook_switches
from track_skills.cli.checks.finding import Finding, note, ok, skipped, wrong
from track_skills.cli.setups import json_text
from track_skills.cli.setups.agents import HOOK, IDS, Agent, agent_of, is_ours

_PLUGIN = "track-skills@track-skills"
_SCRIPT = re.compile(r'"([^"]*/?' + re.escape(HOOK) + r')"|(\S*' + re.escape(HOOK) + ")")
# Settings of a project, beside those of the user.
_PROJECT = {
    "claude-code": (".claude/settings.json", ".claude/settings.local.json"),
    "codex": (".codex/hooks.json",),
    "gemini-cli": (".gemini/settings.json",),
    "qwen-code": (".qwen/settings.json",),
}
TAKE_COMMENTS = ("gemini-cli", "qwen-code")
_SKILLS = (".claude", ".codex", ".agents", ".gemini", ".copilot", ".github", ".qwen", ".opencode")
_PAYLOAD = {
    "hook_event_name": "PostToolUse",
    "tool_name": "Skill",
    "tool_input": {"skill": "track-skills-doctor"},
    "tool_use_id": "toolu_doctor",
}
_TRY_SECONDS = 20
# A home that is not there: what is only shown writes nothing, and a full disk makes no folder.
_NOWHERE = "/nonexistent"


class _Declared(NamedTuple):
    """An event that a settings file declares our hook for. entry: the numbers of its group and in there."""

    event: str
    path: Path
    entry: tuple[int, int]
    command: str


def agents(environ: Mapping[str, str], project: Path, root: Path = Path("/")) -> Iterator[Finding]:
    """Yield what is found of each agent that has a folder in this home or project; root: of the machine's settings."""
    if not environ.get("HOME"):
        yield skipped("agents", "there is no home to look in")
        return
    found = False
    for agent in (agent_of(name, environ) for name in IDS):
        for finding in _opencode(agent, environ) if agent.settings is None else _hooks(agent, environ, project, root):
            found = True
            yield finding
    if not found:
        yield note(
            "agents", "no agent has our hook or plugin", f"`track-skills setup AGENT` ({', '.join(IDS)}) adds it."
        )


def settings_environ(environ: Mapping[str, str]) -> tuple[dict[str, str], Path | None]:
    """Return our variables that Claude Code's settings have and the environment has not, and where they stand."""
    if not environ.get("HOME"):
        return {}, None
    path = agent_of("claude-code", environ).settings
    try:
        given = json.loads(path.read_bytes())["env"] if path else {}
        ours = {name: str(value) for name, value in given.items() if name.startswith("TRACK_SKILLS_")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}, None
    return {name: value for name, value in ours.items() if name not in environ}, path


def installed_skills(environ: Mapping[str, str], project: Path) -> list[str]:
    """Return the names of the skills that lie where agents look for them."""
    roots = [Path(environ["HOME"])] if environ.get("HOME") else []
    folders = [root / name / "skills" for root in [*roots, project] for name in _SKILLS]
    return sorted({file.parent.name for folder in folders for file in folder.glob("*/SKILL.md")})


def _hooks(agent: Agent, environ: Mapping[str, str], project: Path, root: Path) -> Iterator[Finding]:
    """Yield what is found of an agent that runs hooks."""
    home = Path(environ["HOME"])
    files = [agent.settings] if agent.settings else []
    files += [project / name for name in _PROJECT.get(agent.id, ()) if (project / name) not in files]
    declared: list[_Declared] = []
    plugins: list[Path] = []
    for path in files:
        try:
            text = path.read_text("utf-8")
            settings = json_text.read(json_text.without_comments(text) if agent.id in TAKE_COMMENTS else text)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:
            if path.parent != home:
                said = f"{path} cannot be read: {getattr(error, 'strerror', None) or error}"
                yield wrong(agent.id, said, f"Mend the file: {agent.title} takes nothing from it.")
            continue
        declared += _declared(settings, path)
        enabled = settings.get("enabledPlugins")
        plugins += [path] if isinstance(enabled, dict) and enabled.get(_PLUGIN) else []
    if not declared and not plugins:
        if agent.settings and agent.settings.parent.is_dir() and any(path.exists() for path in files):
            yield note(
                agent.id, f"has no hook of ours in {agent.settings}", f"`track-skills setup {agent.id}` adds it."
            )
        return
    problems = list(_problems(agent, declared, plugins, environ, project))
    commands = list(dict.fromkeys(one.command for one in declared))
    problems += hook_switches.turned_off(agent, commands, environ, project, root)
    yield from problems or [ok(agent.id, f"the hook is in {_places(declared, plugins)}, and works")]


def _problems(
    agent: Agent, declared: list[_Declared], plugins: list[Path], environ: Mapping[str, str], project: Path
) -> Iterator[Finding]:
    events: dict[str, list[_Declared]] = {}
    for one in declared:
        events.setdefault(one.event, []).append(one)
    twice = sorted(event for event, ones in events.items() if len(ones) + bool(plugins) > 1)
    if twice:
        yield wrong(
            agent.id,
            f"the hook is declared twice for {', '.join(twice)}: in {_places(declared, plugins)}",
            f"Keep one: `track-skills setup {agent.id} --remove` takes out those of the user's settings.",
        )
    missing = [event for event in agent.hooks["hooks"] if event not in events]
    if missing and not plugins:
        yield wrong(
            agent.id, f"the hook is not declared for {', '.join(missing)}", f"Run `track-skills setup {agent.id}`."
        )
    for command in dict.fromkeys(one.command for one in declared):
        problem = _script_problem(agent, command, environ, project)
        if problem:
            yield problem
    if agent.id == "codex":
        yield from _untrusted(declared)


def _declared(settings: Mapping[str, Any], path: Path) -> Iterator[_Declared]:
    hooks = settings.get("hooks")
    for event, groups in hooks.items() if isinstance(hooks, dict) else ():
        for number, group in enumerate(groups if isinstance(groups, list) else ()):
            inner = group.get("hooks") if isinstance(group, dict) else None
            for place, handler in enumerate(inner if isinstance(inner, list) else [group]):
                if is_ours(handler):
                    command = handler.get("command") or handler.get("bash")
                    yield _Declared(event, path, (number, place), str(command))


def _script_problem(agent: Agent, command: str, environ: Mapping[str, str], project: Path) -> Finding | None:
    """Return what keeps the script of a command from working, None if it records a use that it is told of."""
    found = _SCRIPT.search(command)
    name = (found[1] or found[2]) if found else command
    variables = {"HOME": environ["HOME"], "CLAUDE_PROJECT_DIR": str(project)}
    for variable, value in variables.items():
        name = name.replace(f"${{{variable}}}", value).replace(f"${variable}", value)
    path = Path(environ["HOME"] + name[1:] if name.startswith("~/") else name)
    again = f"Put the hook there again: `track-skills setup {agent.id} --remove`, then `track-skills setup {agent.id}`."
    try:
        content = path.read_bytes()
    except OSError as error:
        return wrong(agent.id, f"the hook {path} cannot be read ({error.strerror})", again)
    if b"\r\n" in content:
        said = f"the hook {path} has Windows line ends (CRLF), with which bash runs nothing"
        return wrong(agent.id, said, f"Run `sed -i 's/\\r$//' {path}`, and let git leave its line ends alone.")
    if "bash" not in command.partition(HOOK)[0] and not os.access(path, os.X_OK):
        return wrong(agent.id, f"the hook {path} is not executable, and is run by itself", f"Run `chmod +x {path}`.")
    return _tried(agent, path, environ, again)


def _tried(agent: Agent, path: Path, environ: Mapping[str, str], again: str) -> Finding | None:
    """Return why the hook says nothing of a use when it is to show it and send nothing."""
    variables = {"PATH": environ.get("PATH", ""), "HOME": _NOWHERE, "TRACK_SKILLS_DEBUG": "1"}
    try:
        done = subprocess.run(
            ["bash", "-p", str(path)],  # noqa: S607 - as agents run it
            input=json.dumps(_PAYLOAD).encode(),
            env=variables,
            capture_output=True,
            timeout=_TRY_SECONDS,
            check=False,
        )
    except OSError:
        return skipped(agent.id, "the hook cannot be tried without bash")
    except subprocess.TimeoutExpired:
        return wrong(agent.id, f"the hook {path} does not end", again)
    if b'"tool_name":"track-skills-doctor"' in done.stderr:
        return None
    first = done.stderr.decode(errors="replace").partition("\n")[0]
    said = f"the hook {path} is damaged: it says nothing of a use" + (f" ({first})" if first else "")
    return wrong(agent.id, said, f"{again} It needs awk and bash, too.")


def _untrusted(declared: list[_Declared]) -> Iterator[Finding]:
    """Yield which hooks Codex skips because nobody has reviewed them; its config.toml says which were."""
    for path in dict.fromkeys(one.path for one in declared):
        try:
            config = path.with_name("config.toml").read_text("utf-8")
        except (OSError, ValueError):
            config = ""
        skips = [one.event for one in declared if one.path == path and not _is_trusted(config, one)]
        if skips:
            said = f"Codex skips the hooks of {', '.join(skips)} in {path}: nobody has trusted them"
            yield wrong("codex", said, "Start Codex and trust them with /hooks.")


def _is_trusted(config: str, one: _Declared) -> bool:
    event = re.sub(r"(?<!^)(?=[A-Z])", "_", one.event).lower()
    key = f"{one.path}:{event}:{one.entry[0]}:{one.entry[1]}"
    table = rf'^\s*\[hooks\.state\.["\']{re.escape(key)}["\']\]\s*$(.*?)(?=^\s*\[|\Z)'
    found = re.search(table, config, re.MULTILINE | re.DOTALL)
    return bool(found and re.search(r"^\s*trusted_hash\s*=\s*[\"']\S", found[1], re.MULTILINE))


def _opencode(agent: Agent, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is found of an agent that takes plugins."""
    sources = agent.sources()
    there = [path for path in sources if path.is_file()]
    if not there:
        return
    for path in sources:
        if path not in there:
            yield wrong(agent.id, f"{path} is missing beside {there[0].name}", f"Run `track-skills setup {agent.id}`.")
            return
    if b"\r\n" in next(path for path in there if path.name == HOOK).read_bytes():
        yield wrong(
            agent.id, f"{HOOK} has Windows line ends (CRLF)", f"Remove it, and run `track-skills setup {agent.id}`."
        )
        return
    hook = next(path for path in there if path.name == HOOK)
    again = f"Remove it, and run `track-skills setup {agent.id}`."
    problem = _tried(agent, hook, environ, again)
    yield from [
        *([problem] if problem else []),
        *hook_switches.turned_off(agent, [], environ, Path(), Path()),
    ] or [ok(agent.id, f"the plugin is in {hook.parent}, and its hook works")]


def _places(declared: list[_Declared], plugins: list[Path]) -> str:
    places = dict.fromkeys([*(str(one.path) for one in declared), *(f"{path} as a plugin" for path in plugins)])
    return " and ".join(places)
