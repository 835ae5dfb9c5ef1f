"""What reviews of plugin directories ask, as data with a source each, and what of it a folder does not hold."""

from __future__ import annotations

import re

from track_skills.kit import disclosure, folder, install, script
from track_skills.kit.plugin import MANIFEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Callable, NamedTuple

    from track_skills.kit.plugin import Plugin

    # File, line and what is wrong there.
    Places = Iterator["tuple[str, int, str]"]

    class Finding(NamedTuple):
        """What does not hold, and where. line: from 1. source: who asks for it."""

        rule: str
        file: str
        line: int
        text: str
        source: str

    class Rule(NamedTuple):
        """What is asked. source: who asks for it. find: where it does not hold.

        left: why a person has to judge what is found in this plugin, empty where the rule itself does.
        """

        name: str
        source: str
        find: Callable[[Plugin], Places]
        left: Callable[[Plugin], str]

else:
    from collections import namedtuple

    Finding = namedtuple("Finding", "rule file line text source")
    Rule = namedtuple("Rule", "name source find left")

PORTAL = "Claude's directory portal, checklist for submissions"
REVIEW = "anthropics/claude-plugins-official, review prompt of August 2026"
# A script that is longer than this is named: no directory says how long is long.
_LONG = 300
SEEN = "seen in Claude Code 2.1.331"
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
            r"|(\.get\(|\[|\.)[\"']?(prompt|user_prompt|cwd)\b(?!_)|tool_input(?![\"'\]\\:?]*[.:\[(*\"'\\]*(get\()?[\"'\\]*skill)"
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
    if not any(folder.senders(plugin)):
        return
    said = str(plugin.manifest.get("description", ""))
    line = folder.line_of(plugin.text, '"description"')
    if not re.search(r"\b(count|collect|telemetry|track|usage|analytics|statistic)", said, re.I):
        yield MANIFEST, line, "the description does not say that uses are counted"
    elif not any(host in said for host in folder.hosts(plugin)) and folder.hosts(plugin):
        yield MANIFEST, line, f"the description does not say where to: {', '.join(sorted(folder.hosts(plugin)))}"


def _holds_hooks(plugin: Plugin) -> Places:
    sends = any(folder.senders(plugin)) or any(
        _LINES["unpinned"][0].search(text) for _, text in folder.hook_files(plugin)
    )
    for file, event, matcher, line in folder.hooks(plugin) if sends else ():
        if event in _EVENTS_OF_ALL:
            yield file, line, f"{event} runs in every session, whether the plugin is used or not"
        elif event in _EVENTS_OF_TOOLS and (_EVERYTHING.match(matcher) or _GENERAL.search(matcher)):
            yield file, line, f"{event} runs at tools that are not the plugin's ({matcher or 'no matcher'})"
        elif event == "UserPromptExpansion" and _EVERYTHING.match(matcher):
            yield file, line, "UserPromptExpansion runs at every command: its matcher can name the plugin's own"


def _holds_conditions(plugin: Plugin) -> Places:
    for file, text in folder.hook_files(plugin):
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r'"if"\s*:\s*"\w+\(', line):
                yield file, number, 'a condition "if" of the form Skill(name) never fires'


def _holds_commands(plugin: Plugin) -> Places:
    for file, text in folder.hook_files(plugin):
        for number, line in enumerate(text.splitlines(), 1):
            if '"command"' in line and not re.search(r'"type"\s*:\s*"command"\s*,?\s*$', line.strip()):
                said = re.search(r'"command"\s*:\s*"((?:[^"\\]|\\.)*)"', line)
                if said and re.search(r"\.(sh|py|js|mjs|cjs|ts)\b", said[1]) and "${CLAUDE_PLUGIN_ROOT" not in said[1]:
                    yield file, number, "the hook's script is not named by its full path, ${CLAUDE_PLUGIN_ROOT}/…"


def _holds_address(plugin: Plugin) -> Places:
    told = "\n".join(plugin.read(name) or "" for name in ("README.md", "PRIVACY.md"))
    for file, number, line in folder.tracker_lines(plugin):
        for host in folder.ADDRESS.findall(line):
            if host not in told and not host.endswith(("example.com", "schemastore.org")):
                yield file, number, f"{host} is not named in README.md or PRIVACY.md"


def _holds_switch(plugin: Plugin) -> Places:
    sending = list(folder.senders(plugin))
    if not sending:
        return
    file, text = sending[0]
    line = next(number for number, said in enumerate(text.splitlines(), 1) if folder.SENDS.search(said))
    if not any(_SWITCH.search(said) for _, said in folder.code(plugin)):
        yield file, line, "nothing switches the sending off"
    elif not _SWITCH.search("\n".join(plugin.read(name) or "" for name in ("README.md", "PRIVACY.md"))):
        yield "README.md", 1, "neither README.md nor PRIVACY.md says how to switch it off"


def _holds_line(rule: str) -> Callable[[Plugin], Places]:
    pattern, wrong = _LINES[rule]

    def places(plugin: Plugin) -> Places:
        read = {file: text for file, text in folder.trackers(plugin) if not _is_kit(plugin, file)}
        if rule == "unpinned":
            read.update(folder.hook_files(plugin))
        for file, text in read.items():
            for number, line in folder.lines(text):
                found = pattern.search(line)
                if found and not (rule == "credential" and _is_its_own(found[0], text)):
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
        yield MANIFEST, folder.line_of(plugin.text, '"name"'), "names that begin with claude- are reserved"
    if (plugin.root / "bin").is_dir():
        yield "bin", 1, "a folder bin at the plugin's root is refused"


def _holds_model(plugin: Plugin) -> Places:
    asks = re.compile(
        r"(ask|tell|inform|prompt)[^.\n]{0,60}\b(user|person)[^.\n]{0,80}\b(telemetry|tracking|analytics)\b[^.\n]{0,60}\b(consent|opt|agree|enable|allow)"
        r"|(do not|don't|never) (mention|tell|reveal|show)[^.\n]{0,80}\b(telemetry|tracking|analytics)",
        re.I,
    )
    for file, text in folder.texts(plugin, (".md",)):
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


def _holds_names_shipped(plugin: Plugin) -> Places:
    text = plugin.read(script.SCRIPT)
    if text is None or "track-skills kit" not in text:
        return
    settings = script.settings_of(text)
    for name, found in install.where(plugin, settings).items():
        missing = [one for one in found if one not in settings.get(name, [])]
        if missing:
            told = f"it does not count {', '.join(missing)}: `track-skills kit update` adds what the plugin has now"
            yield script.SCRIPT, folder.line_of(text, f"\n{name}=") + 1, told


def _nothing(_: Plugin) -> str:
    return ""


def _sends_to_its_reader(plugin: Plugin) -> str:
    """Why a person judges: counting is what the plugin is for, and whoever installs it says where to."""
    said = str(plugin.manifest.get("description", ""))
    options = _options(plugin)
    asks = any(
        not option.get("default") and re.search(r"address|URL|endpoint|collector", str(option.get("description")), re.I)
        for option in options
    )
    is_purpose = re.match(r"(Counts|Measures|Records|Tracks)\b", said) and re.search(r"\byour own\b", said)
    if not (is_purpose and asks) or folder.hosts(plugin):
        return ""
    return "its description says that counting is its purpose, and it sends where whoever installs it says (userConfig)"


def _asks_for_its_key(plugin: Plugin) -> str:
    """The same, where the key too is asked for as directories want it."""
    return _sends_to_its_reader(plugin) if any(option.get("sensitive") for option in _options(plugin)) else ""


def _says_what_stays(plugin: Plugin) -> str:
    """The same, where the README says what never leaves."""
    says = re.search(r"never (leaves?|sent)\b|not sent", plugin.read("README.md") or "")
    return _sends_to_its_reader(plugin) if says else ""


RULES = (
    Rule("description", REVIEW, _holds_description, _nothing),
    Rule("hook", REVIEW, _holds_hooks, _sends_to_its_reader),
    Rule("condition", SEEN, _holds_conditions, _nothing),
    Rule("path", PORTAL, _holds_commands, _nothing),
    Rule("address", REVIEW, _holds_address, _nothing),
    Rule("switch", REVIEW, _holds_switch, _nothing),
    Rule("credential", PORTAL, _holds_line("credential"), _asks_for_its_key),
    Rule("content", PORTAL, _holds_line("content"), _says_what_stays),
    Rule("namespace", "expo/skills, first version of its telemetry", _holds_line("namespace"), _nothing),
    Rule("unpinned", PORTAL, _holds_line("unpinned"), _nothing),
    Rule("unreadable", PORTAL, _holds_line("unreadable"), _nothing),
    Rule("readme", PORTAL, _holds_readme, _nothing),
    Rule("names", PORTAL, _holds_names, _nothing),
    Rule(
        "model",
        "cashfree/agent-skills 33; asked through the model it reads as prompt injection",
        _holds_model,
        _nothing,
    ),
    Rule("disclosure", "the kit: what is said is what is sent", _holds_disclosure, _nothing),
    Rule("shipped", "the kit: its own names, and all of them", _holds_names_shipped, _nothing),
)


def check(plugin: Plugin) -> list[Finding]:
    """Return what does not hold in a plugin's folder, by rule, with file and line."""
    return [finding for rule in RULES if not rule.left(plugin) for finding in _found(rule, plugin)]


def left_to_people(plugin: Plugin) -> list[tuple[Finding, str]]:
    """Return what was found and a person has to judge, as the rule is made for other plugins, each with the reason."""
    return [(finding, rule.left(plugin)) for rule in RULES if rule.left(plugin) for finding in _found(rule, plugin)]


def _found(rule: Rule, plugin: Plugin) -> list[Finding]:
    places = sorted(set(rule.find(plugin)))
    return [Finding(rule.name, file, line, text, rule.source) for file, line, text in places]


def unjudged(plugin: Plugin) -> list[str]:
    """Return what no rule can judge here: what is not text, or too long, and what only the publisher knows."""
    unread = [
        file
        for file in folder.names(plugin)
        if folder.text_of(plugin, file) is None and not file.endswith((".png", ".jpg", ".gif", ".svg", ".ico"))
    ]
    long = [(file, len(text.splitlines())) for file, text in folder.senders(plugin)]
    return [
        *(f"{file}: no text, or too long to be read" for file in unread),
        *(
            f"{file}: {lines} lines; a directory may hold what is long for a person"
            for file, lines in long
            if lines > _LONG
        ),
        *(f"whether {host} is the publisher's own" for host in sorted(folder.hosts(plugin))),
        "what code makes of addresses and commands that it puts together while it runs",
    ]


def _is_kit(plugin: Plugin, file: str) -> bool:
    """Whether a file is the kit's own, to the byte: it was read for these rules once, by people and tests."""
    if file not in (script.SCRIPT, script.ANSWER):
        return False
    text = plugin.read(file) or ""
    return text == script.with_settings(script.source(file), script.settings_of(text))


def _is_its_own(found: str, text: str) -> bool:
    """Whether a shell variable is one that the script sets itself, and not from one of that name."""
    name = re.search(r"\w+$", found)
    if not name or not found.startswith("$"):
        return False
    value = re.search(rf"^\s*(?:local |readonly )?{name[0]}=(.*)$", text, re.M)
    return bool(value) and not re.search(rf"\$\{{?{name[0]}\b", value[1] if value else "")


def _options(plugin: Plugin) -> list[dict[str, object]]:
    """What the plugin asks whoever installs it for."""
    said = plugin.manifest.get("userConfig")
    return [option for option in said.values() if isinstance(option, dict)] if isinstance(said, dict) else []
