"""What users are told, made from the script that sends: PRIVACY.md and a section of the README."""

from __future__ import annotations

from track_skills.kit import script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from track_skills.kit.script import Settings

BEGIN = "<!-- telemetry: made by `track-skills kit`, from telemetry/track.sh -->"
END = "<!-- end of telemetry -->"
_IDS = "The ids are hashed or\nrandom, made for this plugin alone: nobody can tie them to those of another plugin.\n\n"
_NO_IDS = (
    "Nobody has an\nid: the collector tells people apart for a day, by a keyed hash of the address they send from,\n"
    "and keeps no address. So it cannot find again what is yours.\n\n"
)


def in_one_sentence(endpoint: str) -> str:
    """Return what the manifest's description says."""
    return f"Counts uses of its own skills and sends that to {endpoint.partition('://')[2]} (see PRIVACY.md)."


def readme_section(text: str, days: str) -> str:
    """Return the README's section on the script `text`."""
    settings = script.settings_of(text)
    plugin, endpoint = settings["plugin"], settings["endpoint"]
    names = ", ".join(f"`{name}`" for name, _, _ in script.fields_of(text))
    return (
        f"{BEGIN}\n## Telemetry\n"
        "This plugin counts uses of its own skills, commands and MCP tools, and how they end, and sends that to\n"
        f"{endpoint}, where it is kept for {days} days. {_consent(settings)}\n"
        "Nothing is recorded of anything else; prompts, arguments, results, files and paths are never sent.\n\n"
        f"- Every field: {names}. What each is stands in [PRIVACY.md](PRIVACY.md).\n"
        f"- Switch it: type `/{plugin}:telemetry off` (`on`, `status`), or set `DO_NOT_TRACK=1`"
        f"{_switches(settings)}.\n"
        f"- See it: `/{plugin}:telemetry show` prints what was sent; `TRACK_SKILLS_DEBUG=1` prints it instead.\n"
        f"{END}\n"
    )


def privacy(text: str, days: str) -> str:
    """Return PRIVACY.md's part on the script `text`."""
    settings = script.settings_of(text)
    plugin, endpoint = settings["plugin"], settings["endpoint"]
    folder = f"~/.local/state/track-skills-kit/{settings['folder']}"
    rows = "".join(f"| {name} | {meaning} | `{example}` |\n" for name, meaning, example in script.fields_of(text))
    facts = [fact for fact in settings["facts"] if fact != "ids"]
    has_ids = "ids" in settings["facts"]
    return (
        f"{BEGIN}\n# Privacy of {plugin}\n"
        "At each use of one of its own skills, commands and MCP tools, this plugin records the fields below, and\n"
        f"sends them to {endpoint}. {_consent(settings)} After {days} days events are deleted there; counts stay.\n\n"
        f"## List {settings['list']} of fields\n| field | what it is | example |\n|---|---|---|\n{rows}\n"
        + (f"Beside the list's number, `metadata` has: {', '.join(facts)}.\n\n" if facts else "")
        + "No prompt, argument, result, file, path, address or name of anybody is among them. "
        + (_IDS if has_ids else _NO_IDS)
        + "## Your choice\n"
        f"- `/{plugin}:telemetry off` switches it off for good, `on` on, and `status` says what decided. The same\n"
        f"  in a terminal: `bash {script.ANSWER} off`, in the plugin's folder.\n"
        "- Off as well by `DO_NOT_TRACK`, `DISABLE_TELEMETRY`, `TRACK_SKILLS_DISABLED` or\n"
        "  `CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC` set to anything but 0 or false"
        f"{_switches(settings)}, and in CI.\n"
        f"- `/{plugin}:telemetry show` prints what was sent; `TRACK_SKILLS_DEBUG=1` prints it and sends nothing.\n"
        f"- All that is kept on your machine is in `{folder}`. Delete the folder to be someone new.\n"
        + (_deletion(str(endpoint), folder) if has_ids else "")
        + f"{END}\n"
    )


def _deletion(endpoint: str, folder: str) -> str:
    return (
        "- Have what is yours deleted, which needs no key:\n\n"
        "  ```sh\n"
        f'  curl -X DELETE {endpoint}/api/user -d "{{\\"anonymous_id\\": \\"$(head -n 1 {folder}/id)\\"}}"\n'
        "  ```\n"
    )


def _consent(settings: Settings) -> str:
    if not settings["opt_in"]:
        return "It is on until you switch it off."
    also = "".join(f", or set `{switch}`" for switch in settings["on_if"])
    return f"Nothing is recorded before you agree: type `/{settings['plugin']}:telemetry on`{also}."


def _switches(settings: Settings) -> str:
    return "".join(f", `{switch}`" for switch in settings["off_if"])
