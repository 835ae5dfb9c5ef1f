"""What reviews of plugin directories ask, as data with a source each, and what of it a folder does not hold."""

from __future__ import annotations

import json
import os
import re

from track_skills.kit import disclosure, script
from track_skills.kit.plugin import MANIFEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Callable, NamedTuple

    from track_skills.kit.plugin import Plugin

    class Finding(NamedTuple):
        """What does not hold, and where. line: from 1."""

        rule: str
        file: str
        line: int
        text: str
        source: str

    # File, line and what is wrong there.
    Places = Iterator["tuple[str, int, str]"]
else:
    from collections import namedtuple

    Finding = namedtuple("Finding", "rule file line text source")

PORTAL = "Claude's directory portal, checklist for submissions"
REVIEW = "anthropics/claude-plugins-official, review prompt of August 2026"
SEEN = "seen in Claude Code 2.1.331"
CODE = (".sh", ".bash", ".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".ps1", "")
_LONGEST = 200_000
_SKIPPED = {".git", "node_modules", "__pycache__", ".venv", "tests", "test"}
_SENDS = re.compile(
    r"\bcurl\b|\bwget\b|\bfetch\(|requests\.(post|get)|urllib\.request|https?\.request|XMLHttpRequest|\bposthog\b|Invoke-(WebRequest|RestMethod)"
)
_COMMENT = re.compile(r"^\s*(#|//|\*)")
_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+\.[A-Za-z]{2,})")
_SWITCH = re.compile(
    r"DO_NOT_TRACK|DISABLE_TELEMETRY|TELEMETRY\w*(OFF|OPT|DISABLE)|(NO|OPTOUT|DISABLE)\w*TELEMETRY|opt.?out", re.I
)
_EVENTS_OF_TOOLS = ("PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest")
_EVENTS_OF_ALL = (
    "PostToolBatch",
    "UserPromptSubmit",
    "SessionStart",
    "SessionEnd",
    "Stop",
    "SubagentStop",
    "Notification",
)
_EVERYTHING = re.compile(r"^\W*$|^\^?\.[*+]\$?$")
_GENERAL = re.compile(r"(^|[|(^])(Bash|Read|Write|Edit|Grep|Glob|Task|Agent|WebFetch|mcp__\.[*+])($|[|)$])")
# What a line of code that sends must not have, by rule.
_LINES = {
    "credential": (
        re.compile(
            r"(\$\{?|process\.env\.|environ(\.get\(|\[)[\"'])(?!CLAUDE_PLUGIN_OPTION)\w*(API_?KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL)\w*"
        ),
        "a credential is read from the environment: ask for it in userConfig, with sensitive, or do without",
    ),
    "content": (
        re.compile(
            r"transcript_path|tool_response|tool_result|tool_output|last_assistant_message"
            r"|(\.get\(|\[|\.)[\"']?(prompt|user_prompt|cwd)\b(?!_)|tool_input(?![\"'\]\\:]*[.:\[(*\"'\\]*(get\()?[\"'\\]*skill)"
        ),
        "what people wrote, or a tool was given or gave back, is read by code that sends",
    ),
    "namespace": (
        re.compile(
            r"##?\*:\}|\.split\([\"']:[\"'](, ?1)?\)(\.pop\(|\[-?1)"
            r"|s/\.\*://|cut -d ?[\"']?:[\"']? -f ?2|rpartition\([\"']:"
        ),
        "the plugin's name is cut off before it is compared: skills of others with that name are counted",
    ),
    "unpinned": (
        re.compile(
            r"\b(npx|bunx|pnpm dlx)\s+(-\S+\s+)*@?[\w./-]+(@latest)?(?![\w./-]*@\d)(\s|$|\")"
            r"|\buvx\s+(?!\S*(==|@\d))\S|(curl|wget)[^|\n]*\|\s*(ba|z)?sh\b"
        ),
        "what is not pinned is fetched and run",
    ),
    "unreadable": (
        re.compile(
            r"\beval\b(?!uat)|<<-?\s*[\"']?[A-Za-z_]\w*"
            r"|base64\s+(-d|--decode)|new Function\(|^\s*\"?\$\{?\w+\}?\"?\s+[\w\"$-]"
        ),
        "a reviewer cannot follow what this runs: eval, a here-document, encoded code or a variable as a command",
    ),
}


def _holds_description(plugin: Plugin) -> Places:
    if not any(_code_that_sends(plugin)):
        return
    said = str(plugin.manifest.get("description", ""))
    line = _line_of(plugin.text, '"description"')
    if not re.search(r"\b(count|collect|telemetry|track|usage|analytics|statistic)", said, re.I):
        yield MANIFEST, line, "the description does not say that uses are counted"
    elif not any(host in said for host in _hosts(plugin)) and _hosts(plugin):
        yield MANIFEST, line, f"the description does not say where to: {', '.join(sorted(_hosts(plugin)))}"


def _holds_hooks(plugin: Plugin) -> Places:
    for file, event, matcher, line in _hooks(plugin):
        if event in _EVENTS_OF_ALL:
            yield file, line, f"{event} runs in every session, whether the plugin is used or not"
        elif event in _EVENTS_OF_TOOLS and (_EVERYTHING.match(matcher) or _GENERAL.search(matcher)):
            yield file, line, f"{event} runs at tools that are not the plugin's ({matcher or 'no matcher'})"
        elif event == "UserPromptExpansion" and _EVERYTHING.match(matcher):
            yield file, line, "UserPromptExpansion runs at every command: its matcher can name the plugin's own"


def _holds_conditions(plugin: Plugin) -> Places:
    for file, text in _hook_files(plugin):
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r'"if"\s*:\s*"\w+\(', line):
                yield file, number, 'a condition "if" of the form Skill(name) never fires'


def _holds_commands(plugin: Plugin) -> Places:
    for file, text in _hook_files(plugin):
        for number, line in enumerate(text.splitlines(), 1):
            if '"command"' in line and not re.search(r'"type"\s*:\s*"command"\s*,?\s*$', line.strip()):
                said = re.search(r'"command"\s*:\s*"((?:[^"\\]|\\.)*)"', line)
                if said and re.search(r"\.(sh|py|js|mjs|cjs|ts)\b", said[1]) and "${CLAUDE_PLUGIN_ROOT}" not in said[1]:
                    yield file, number, "the hook's script is not named by its full path, ${CLAUDE_PLUGIN_ROOT}/…"


def _holds_address(plugin: Plugin) -> Places:
    told = "\n".join(plugin.read(name) or "" for name in ("README.md", "PRIVACY.md"))
    for file, number, line in _code_lines(plugin):
        for host in _ADDRESS.findall(line):
            if host not in told and not host.endswith(("example.com", "schemastore.org")):
                yield file, number, f"{host} is not named in README.md or PRIVACY.md"


def _holds_switch(plugin: Plugin) -> Places:
    sending = list(_code_that_sends(plugin))
    if not sending:
        return
    file, text = sending[0]
    line = next(number for number, said in enumerate(text.splitlines(), 1) if _SENDS.search(said))
    if not any(_SWITCH.search(said) for _, said in _code(plugin)):
        yield file, line, "nothing switches the sending off"
    elif not _SWITCH.search("\n".join(plugin.read(name) or "" for name in ("README.md", "PRIVACY.md"))):
        yield "README.md", 1, "neither README.md nor PRIVACY.md says how to switch it off"


def _holds_line(rule: str) -> Callable[[Plugin], Places]:
    pattern, wrong = _LINES[rule]

    def places(plugin: Plugin) -> Places:
        for file, number, line in _code_lines(plugin):
            if pattern.search(line) and not _is_kit(plugin, file):
                yield file, number, wrong
        if rule == "unpinned":
            for file, text in _hook_files(plugin):
                for number, line in enumerate(text.splitlines(), 1):
                    if pattern.search(line):
                        yield file, number, wrong

    return places


def _holds_readme(plugin: Plugin) -> Places:
    words = len(re.findall(r"\w+", plugin.read("README.md") or ""))
    if words < 40:
        yield "README.md", 1, f"it has {words} words; 40 are asked for"
    if not plugin.manifest.get("license") and not any(
        (plugin.root / name).exists() for name in ("LICENSE", "LICENSE.md")
    ):
        yield MANIFEST, 1, "there is no licence"


def _holds_names(plugin: Plugin) -> Places:
    if plugin.name.startswith("claude-"):
        yield MANIFEST, _line_of(plugin.text, '"name"'), "names that begin with claude- are reserved"
    if (plugin.root / "bin").is_dir():
        yield "bin", 1, "a folder bin at the plugin's root is refused"


def _holds_model(plugin: Plugin) -> Places:
    asks = re.compile(
        r"(ask|tell|inform|prompt)[^.\n]{0,60}\b(user|person)[^.\n]{0,80}\b(telemetry|tracking|analytics)\b[^.\n]{0,60}\b(consent|opt|agree|enable|allow)"
        r"|(do not|don't|never) (mention|tell|reveal|show)[^.\n]{0,80}\b(telemetry|tracking|analytics)",
        re.I,
    )
    for file, text in _files(plugin, (".md",)):
        if file.startswith(("skills/", "commands/", "agents/")) and file != "commands/telemetry.md":
            for number, line in enumerate(text.splitlines(), 1):
                if asks.search(line):
                    yield file, number, "consent is asked for, or hidden, through the model"


def _holds_disclosure(plugin: Plugin) -> Places:
    text = plugin.read(script.SCRIPT)
    if text is None or "track-skills kit" not in text:
        return
    shipped = script.with_settings(script.source(script.SCRIPT), script.settings_of(text))
    if text != shipped:
        number = next(
            (n for n, (one, other) in enumerate(zip(text.splitlines(), shipped.splitlines()), 1) if one != other), 1
        )
        yield (
            script.SCRIPT,
            number,
            "the script is not the kit's of this version: `track-skills kit update`, or change it in the kit",
        )
    days = str(script.settings_of(plugin.read(script.ANSWER) or "").get("days", "90"))
    try:
        told = {"PRIVACY.md": disclosure.privacy(text, days), "README.md": disclosure.readme_section(text, days)}
    except ValueError as error:
        yield script.SCRIPT, 1, str(error)
        return
    for name, block in told.items():
        if block not in (plugin.read(name) or ""):
            yield name, 1, "it does not say what the script sends: `track-skills kit update` writes it"


# Each rule: its name, who asks for it, and what finds where it does not hold.
RULES: tuple[tuple[str, str, Callable[[Plugin], Places]], ...] = (
    ("description", REVIEW, _holds_description),
    ("hook", REVIEW, _holds_hooks),
    ("condition", SEEN, _holds_conditions),
    ("path", PORTAL, _holds_commands),
    ("address", REVIEW, _holds_address),
    ("switch", REVIEW, _holds_switch),
    ("credential", PORTAL, _holds_line("credential")),
    ("content", PORTAL, _holds_line("content")),
    ("namespace", "expo/skills, first version of its telemetry", _holds_line("namespace")),
    ("unpinned", PORTAL, _holds_line("unpinned")),
    ("unreadable", PORTAL, _holds_line("unreadable")),
    ("readme", PORTAL, _holds_readme),
    ("names", PORTAL, _holds_names),
    ("model", "cashfree/agent-skills 33; asked through the model it reads as prompt injection", _holds_model),
    ("disclosure", "the kit: what is said is what is sent", _holds_disclosure),
)


def check(plugin: Plugin) -> list[Finding]:
    """Return what does not hold in a plugin's folder, by rule, with file and line."""
    return [
        Finding(rule, file, line, text, source) for rule, source, find in RULES for file, line, text in find(plugin)
    ]


def unjudged(plugin: Plugin) -> list[str]:
    """Return what no rule can judge here: what is not text, or too long, and what only the publisher knows."""
    unread = [
        file
        for file in _paths(plugin)
        if _text(plugin, file) is None and not file.endswith((".png", ".jpg", ".gif", ".svg", ".ico"))
    ]
    hosts = sorted(_hosts(plugin))
    return [
        *(f"{file}: no text, or too long to be read" for file in unread),
        *(f"whether {host} is the publisher's own" for host in hosts),
        "what code makes of addresses and commands that it puts together while it runs",
    ]


def _paths(plugin: Plugin) -> Iterator[str]:
    for folder, folders, files in os.walk(plugin.root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        for name in sorted(files):
            yield os.path.relpath(os.path.join(folder, name), plugin.root).replace(os.sep, "/")


def _text(plugin: Plugin, file: str) -> str | None:
    try:
        if (plugin.root / file).stat().st_size > _LONGEST:
            return None
    except OSError:
        return None
    text = plugin.read(file)
    return None if text is None or "\0" in text or any(len(line) > 5000 for line in text.splitlines()) else text


def _files(plugin: Plugin, endings: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for file in _paths(plugin):
        if os.path.splitext(file)[1] in endings:
            text = _text(plugin, file)
            if text is not None:
                yield file, text


def _code(plugin: Plugin) -> Iterator[tuple[str, str]]:
    for file, text in _files(plugin, CODE):
        if os.path.splitext(file)[1] or text.startswith("#!"):
            yield file, text


def _code_that_sends(plugin: Plugin) -> Iterator[tuple[str, str]]:
    """Code below the folder of a file of code that a hook runs or that sends: all of what a tracker is made of."""
    for file, text in _code(plugin):
        if any(_SENDS.search(line) for line in text.splitlines() if not _COMMENT.match(line)):
            yield file, text


def _code_lines(plugin: Plugin) -> Iterator[tuple[str, int, str]]:
    for file, text in _code_that_sends(plugin):
        for number, line in enumerate(text.splitlines(), 1):
            if not _COMMENT.match(line):
                yield file, number, line


def _is_kit(plugin: Plugin, file: str) -> bool:
    """Whether a file is the kit's own, to the byte: it was read for these rules once, by people and tests."""
    if file not in (script.SCRIPT, script.ANSWER):
        return False
    text = plugin.read(file) or ""
    return text == script.with_settings(script.source(file), script.settings_of(text))


def _hosts(plugin: Plugin) -> set[str]:
    return {host for _, _, line in _code_lines(plugin) for host in _ADDRESS.findall(line)}


def _hook_files(plugin: Plugin) -> Iterator[tuple[str, str]]:
    """The files that hold hooks: the default one, those that the manifest names, and frontmatter of skills."""
    said = plugin.manifest.get("hooks")
    named = (
        [said]
        if isinstance(said, str)
        else [one for one in said if isinstance(one, str)]
        if isinstance(said, list)
        else []
    )
    if isinstance(said, dict):
        named.append(MANIFEST)
    for name in dict.fromkeys(["hooks/hooks.json", *(os.path.normpath(name) for name in named)]):
        text = plugin.read(name)
        if text is not None:
            yield name, text


def _hooks(plugin: Plugin) -> Iterator[tuple[str, str, str, int]]:
    """File, event, matcher and line of each group of hooks that runs something of a plugin that sends."""
    if not any(_code_that_sends(plugin)) and not _runs_foreign(plugin):
        return
    for file, text in _hook_files(plugin):
        try:
            data = json.loads(text)
        except ValueError:
            continue
        events = data.get("hooks", {}) if isinstance(data, dict) else {}
        for event, groups in events.items() if isinstance(events, dict) else ():
            for group in groups if isinstance(groups, list) else ():
                matcher = str(group.get("matcher", "")) if isinstance(group, dict) else ""
                yield file, event, matcher, _line_of(text, f'"{event}"')
    for file, text in _files(plugin, (".md",)):
        head = text.split("\n---", 1)[0] if text.startswith("---") else ""
        for event in re.findall(r"^\s+(\w+):\s*$", head, re.M) if re.search(r"^hooks:", head, re.M) else ():
            if event in _EVENTS_OF_ALL + _EVENTS_OF_TOOLS:
                found = re.search(event + r":\s*\n\s*-\s*matcher:\s*[\"']?([^\"'\n]*)", head)
                yield file, event, found[1] if found else "", _line_of(text, event)


def _runs_foreign(plugin: Plugin) -> bool:
    return any(_LINES["unpinned"][0].search(text) for _, text in _hook_files(plugin))


def _line_of(text: str, part: str) -> int:
    at = text.find(part)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
