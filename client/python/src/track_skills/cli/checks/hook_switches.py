"""The agents' own switches that turn off hooks, ours among them: which is set, and in which file or variable.

What they are called is each agent's own documentation's: Claude Code's settings and managed settings, Codex's
`[features]` and requirements.toml, `hooksConfig` of Gemini CLI, `disableAllHooks` of Copilot CLI and Qwen Code.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Callable, NamedTuple, Optional

from track_skills.cli.checks.finding import Finding, wrong
from track_skills.cli.setups import json_text
from track_skills.cli.setups.agents import Agent

# What a file says of a switch: True where it turns hooks off, False where it lets them run, None where it says nothing.
_Says = Optional[bool]
_MANAGED_REMEDY = "Whoever manages this machine has to change that."


class _Switch(NamedTuple):
    """A setting that turns hooks off.

    key: as it is written. files: where it counts, of the user and the project; managed: then of whoever manages the
    machine. The last that says anything decides.
    """

    key: str
    files: list[Path]
    managed: list[Path]
    says: Callable[[Path], _Says]


def turned_off(
    agent: Agent, commands: list[str], environ: Mapping[str, str], project: Path, root: Path
) -> Iterator[Finding]:
    """Yield which switch keeps an agent from running our hooks.

    commands: those of our hooks as they are declared. root: where the machine's own settings are, `/`.
    """
    for variable in _VARIABLES.get(agent.id, ()):
        if environ.get(variable, "").strip().lower() in ("1", "true", "yes", "on"):
            yield wrong(agent.id, f"{variable} is set: {agent.title} does not run the hook", f"Unset {variable}.")
    for switch in _switches(agent, commands, environ, project, root):
        said = [(path, switch.says(path)) for path in (*switch.files, *switch.managed)]
        path, is_off = next(((path, off) for path, off in reversed(said) if off is not None), (root, False))
        if is_off:
            remedy = _MANAGED_REMEDY if path in switch.managed else f"Take {switch.key} out of {path}."
            yield wrong(agent.id, f"{path} says {switch.key}: {agent.title} does not run the hook", remedy)


def _switches(
    agent: Agent, commands: list[str], environ: Mapping[str, str], project: Path, root: Path
) -> Iterator[_Switch]:
    home = Path(environ["HOME"])
    if agent.id == "claude-code":
        managed = _managed(root, "ClaudeCode", "etc/claude-code", "managed-settings.json")
        managed += sorted((managed[0].parent / "managed-settings.d").glob("*.json"))
        settings = [agent.settings] if agent.settings else []
        settings += [project / ".claude" / name for name in ("settings.json", "settings.local.json")]
        yield _Switch("disableAllHooks", settings, managed, _json("disableAllHooks"))
        yield _Switch("allowManagedHooksOnly", [], managed, _json("allowManagedHooksOnly"))
        yield _Switch("strictPluginOnlyCustomization", [], managed if commands else [], _plugins_alone)
    elif agent.id == "codex":
        folder = agent.settings.parent if agent.settings else home / ".codex"
        files = [folder / "config.toml", project / ".codex" / "config.toml"]
        managed = [root / "etc/codex/managed_config.toml", root / "etc/codex/requirements.toml"]
        yield _Switch("[features] hooks = false", files, managed, _codex_feature)
        yield _Switch("allow_managed_hooks_only", [], managed[1:], _codex_managed_only)
    elif agent.id == "gemini-cli":
        given = environ.get("GEMINI_CLI_SYSTEM_SETTINGS_PATH")
        system = [Path(given)] if given else _managed(root, "GeminiCli", "etc/gemini-cli", "settings.json")
        files = [folder / ".gemini" / "settings.json" for folder in (home, project)]
        yield _Switch("hooksConfig.enabled = false", files, system, _gemini_enabled)
        for file in files + system:
            yield _Switch(
                "its command in hooksConfig.disabled", [file], [], lambda path: _gemini_disabled(path, commands)
            )
    elif agent.id == "copilot":
        folders = [home / ".copilot", project / ".github" / "copilot"]
        files = [folder / name for folder in folders for name in ("settings.json", "settings.local.json")]
        yield _Switch("disableAllHooks", files, [], _json("disableAllHooks"))
        yield _Switch("disableAllHooks", [agent.settings] if agent.settings else [], [], _json("disableAllHooks"))
    elif agent.id == "qwen-code":
        given = environ.get("QWEN_CODE_SYSTEM_SETTINGS_PATH")
        system = [Path(given)] if given else _managed(root, "QwenCode", "etc/qwen-code", "settings.json")
        files = [folder / ".qwen" / "settings.json" for folder in (home, project)]
        yield _Switch("disableAllHooks", files, system, _json("disableAllHooks"))


def _managed(root: Path, name: str, folder: str, file: str) -> list[Path]:
    """Return where an administrator's settings of an agent lie on this system."""
    if sys.platform == "darwin":
        return [root / "Library" / "Application Support" / name / file]
    if sys.platform == "win32":
        return [Path("C:/Program Files", name, file)]
    return [root / folder / file]


def _json(key: str) -> Callable[[Path], _Says]:
    def says(path: Path) -> _Says:
        value = _settings(path).get(key)
        return value if isinstance(value, bool) else None

    return says


def _plugins_alone(path: Path) -> _Says:
    value = _settings(path).get("strictPluginOnlyCustomization")
    return "hooks" in value if isinstance(value, list) else value if isinstance(value, bool) else None


def _gemini_enabled(path: Path) -> _Says:
    config = _settings(path).get("hooksConfig")
    enabled = config.get("enabled") if isinstance(config, dict) else None
    return not enabled if isinstance(enabled, bool) else None


def _gemini_disabled(path: Path, commands: list[str]) -> _Says:
    config = _settings(path).get("hooksConfig")
    names = config.get("disabled") if isinstance(config, dict) else None
    return isinstance(names, list) and any(command in names for command in commands)


def _codex_feature(path: Path) -> _Says:
    found = _CODEX_FEATURE.search(_text(path))
    return found["value"] == "false" if found else None


def _codex_managed_only(path: Path) -> _Says:
    found = re.search(r"^\s*allow_managed_hooks_only\s*=\s*(true|false)\b", _text(path), re.MULTILINE)
    return found[1] == "true" if found else None


def _settings(path: Path) -> dict[str, Any]:
    """Return a file's settings; none of one that is not there or cannot be read, which another check names."""
    try:
        value = json.loads(json_text.without_comments(_text(path)))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        return ""


# What stands for `--safe-mode`, `--bare` and `--pure`.
_VARIABLES = {"claude-code": ("CLAUDE_CODE_SAFE_MODE", "CLAUDE_CODE_SIMPLE"), "opencode": ("OPENCODE_PURE",)}
# `hooks = false` in the table, in an inline table or as a dotted key; `codex_hooks` is its earlier name. Python 3.9 has
# no reader of TOML.
_CODEX_FEATURE = re.compile(
    r"""^\s*(?:\[\s*features\s*\][^\n]*\n(?:(?!\s*\[)[^\n]*\n)*?\s*|features\s*=\s*\{[^}\n]*?|features\s*\.\s*)
    ["']?(?:codex_)?hooks["']?\s*=\s*(?P<value>true|false)\b""",
    re.MULTILINE | re.VERBOSE,
)
