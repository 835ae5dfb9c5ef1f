"""The kit's script as data: the author's settings in it, and every field that it sends."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    Value = Union[str, list[str]]
    Settings = dict[str, Value]

# Where the kit keeps its files in a plugin.
FOLDER = "telemetry"
SCRIPT = f"{FOLDER}/track.sh"
ANSWER = f"{FOLDER}/answer.sh"
FACTS = ("ids", "arguments", "permission_mode", "architecture", "install")

_HERE = Path(__file__).parent
_SETTING = re.compile(r"^(\w+)=(\([^\n]*?\)|'[^'\n]*')( *#.*)?$", re.M)
_FIELD = re.compile(r'\badd (\w+) "?[^\n]*? # (.+) \[(.+)\]$', re.M)
_ANY_FIELD = re.compile(r"(?<![\w.])add (\w+) ")
_NEEDS = {"session_id": "ids", "anonymous_id": "ids"}


def source(name: str) -> str:
    """Return the text of one of the kit's files as it is shipped, SCRIPT or ANSWER."""
    return (_HERE / name.rpartition("/")[2]).read_text(encoding="utf-8")


def settings_of(text: str) -> Settings:
    """Return the settings at the head of a script: strings, and lists of them."""
    head = text.partition("# ---- end of settings ----")[0]
    return {name: _value(written) for name, written, _ in _SETTING.findall(head)}


def with_settings(text: str, settings: Settings) -> str:
    """Return a script with these settings in place of its own; names that it does not have are left out."""
    head, end, body = text.partition("# ---- end of settings ----")

    def written(line: re.Match[str]) -> str:
        name, before, comment = line.groups()
        value = _written(settings[name]) if name in settings else before
        return f"{name}={value}{comment or ''}"

    return _aligned(_SETTING.sub(written, head)) + end + body


def _aligned(head: str) -> str:
    """The settings with their comments below each other, as shfmt has them."""
    parts = [re.match(r"(\w+=.*?) +(# .*)$", line) for line in head.split("\n")]
    width = max((len(part[1]) for part in parts if part), default=0)
    lines = zip(head.split("\n"), parts)
    return "\n".join(f"{part[1].ljust(width)} {part[2]}" if part else line for line, part in lines)


def fields_of(text: str) -> list[tuple[str, str, str]]:
    """Return every field that a script sends, with its meaning and an example, as the script itself says.

    Raises ValueError where it sends a field about which it says nothing.
    """
    settings = settings_of(text)
    facts = settings.get("facts", [])
    said = {name: (name, meaning, example) for name, meaning, example in _FIELD.findall(text)}
    unsaid = set(_ANY_FIELD.findall(text)) - set(said)
    if unsaid:
        raise ValueError(f"the script sends {', '.join(sorted(unsaid))} and does not say what that is")
    return [field for name, field in said.items() if _NEEDS.get(name) is None or _NEEDS[name] in facts]


def _value(written: str) -> Value:
    return shlex.split(written[1:-1]) if written.startswith("(") else written[1:-1]


def _written(value: Value) -> str:
    if isinstance(value, str):
        if "'" in value or "\n" in value:
            raise ValueError(f"a setting cannot have a quote or a line's end in it: {value!r}")
        return f"'{value}'"
    return f"({' '.join(shlex.quote(word) for word in value)})"
