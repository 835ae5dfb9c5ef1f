"""The frontmatter of a SKILL.md or a command: the little of YAML that it is written in."""

from __future__ import annotations

import re

_KEY = re.compile(r"^(\s*)([\w-]+):(?:\s+(.*))?$")
_BLOCK = re.compile(r"^[|>][+-]?\d?$")


def read(text: str) -> dict[str, str]:
    """Return the texts of a frontmatter by name, those of a map within as `map.name`; nothing where there is none."""
    lines = text.lstrip("\ufeff").splitlines()
    if not lines or lines[0].rstrip() != "---":
        return {}
    found: dict[str, str] = {}
    parent = key = ""
    depth = 0
    for line in lines[1:]:
        if line.rstrip() == "---":
            return {name: _plain(value) for name, value in found.items()}
        entry = _KEY.match(line)
        if entry and (not entry[1] or (parent and not found[parent]) or (depth and len(entry[1]) == depth)):
            depth = len(entry[1])
            parent = parent if depth else entry[2]
            key = f"{parent}.{entry[2]}" if depth else entry[2]
            value = (entry[3] or "").strip()
            found[key] = "" if _BLOCK.match(value) else value
            if _BLOCK.match(value) and not depth:
                parent = ""  # what follows is text, whatever it looks like
        elif key and line.strip():
            found[key] = f"{found[key]} {line.strip()}".strip()
    return {}


def _plain(value: str) -> str:
    quote = value[:1]
    if quote in ("'", '"') and value.endswith(quote) and len(value) > 1:
        inner = value[1:-1]
        return inner.replace("''", "'") if quote == "'" else inner.replace('\\"', '"')
    return value.partition(" #")[0].rstrip()
