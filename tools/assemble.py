"""Puts the files that people copy together from their parts: `make clients`. With --check it only names stale ones.

Each language's copy of client/agents.json comes first, as some are such parts.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
# What people copy, and the part that it begins with: that one takes in the others.
CLIENTS = {
    "client/_track.sh": "client/shell/track.sh",
    "client/hooks/track-skills-hook.sh": "client/shell/hook.sh",
    "client/plugin/hooks/track-skills-hook.sh": "client/shell/hook.sh",
    "client/js/track-skills.js": "client/js/src/client.js",
    "client/js/track-skills.cjs": "client/js/src/client.js",
}
AGENTS = "client/agents.json"
TYPES = "client/js/track-skills"
SOURCE = re.compile(r"^source \./(\S+)$\n?", re.M)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) (\w+))", re.M)
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\S+)";$\n*', re.M)


def assembled(name: str, first: Path) -> str:
    """The whole file `name`, which begins with the part `first`."""
    return _script(first) if first.suffix == ".sh" else _module(first, is_commonjs=name.endswith(".cjs"))


def parts(first: Path) -> list[Path]:
    """`first` and all that it takes in, in order, each one once."""
    taken = {first: None}
    for name in (SOURCE if first.suffix == ".sh" else IMPORT).findall(first.read_text()):
        taken.update(dict.fromkeys(parts(first.with_name(name))))
    return list(taken)


def _script(first: Path) -> str:
    """Each part in the place of the line that sources it."""
    shebang, rest = _sourced(first).split("\n", 1)
    return f"{shebang}\n{_origin(first, '#')}{rest}\n"


def _sourced(part: Path) -> str:
    text = part.read_text().removeprefix("# shellcheck shell=bash\n")
    text = SOURCE.sub(lambda line: _sourced(part.with_name(line[1])) + "\n\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _module(first: Path, *, is_commonjs: bool) -> str:
    """The first part and then the others, which are modules only as long as they stand alone."""
    main, *others = (IMPORT.sub("", part.read_text()).strip() for part in parts(first))
    exported = EXPORT.findall(main)
    if is_commonjs:
        main = EXPORT.sub("", main)
        others.append(f"module.exports = {{ {', '.join(exported)} }};")
    text = "\n\n".join([main, *(EXPORT.sub("", other) for other in others)])
    return f"{_origin(first, '//')}{text}\n"


def _origin(first: Path, comment: str) -> str:
    names = " ".join(str(part.relative_to(ROOT)) for part in parts(first))
    text = f"Made by `make clients`. Change its parts instead: {names}"
    return textwrap.indent(textwrap.fill(text, 110, break_on_hyphens=False), f"{comment} ") + "\n"


def agents_in_python(data: dict[str, Any]) -> str:
    """client/agents.json as a module of the Python client, as ruff formats it."""
    agents = [(agent["id"], tuple(agent["variables"]), agent.get("session")) for agent in data["agents"]]
    return (
        f'"""Which agents there are. Made by `make clients`: change {AGENTS} instead."""\n\n'
        "from __future__ import annotations\n\n"
        "# Id, variables of which one is set, variable that holds the session's id.\n"
        "AGENTS: tuple[tuple[str, tuple[str, ...], str | None], ...] = (\n"
        f"{_lines(_python(agent) for agent in agents)})\n"
        f"NAMES = {{\n{_lines(f'{_python(said)}: {_python(known)}' for said, known in data['names'].items())}}}\n"
    )


def agents_in_javascript(data: dict[str, Any]) -> str:
    """client/agents.json as a part of the JavaScript client."""
    return (
        f"/** Which agents there are. Made by `make clients`: change {AGENTS} instead. */\n"
        f"export const AGENTS = [\n{_lines(json.dumps(agent) for agent in data['agents'])}];\n"
        f"export const AGENT_NAMES = new Map([\n{_lines(json.dumps(pair) for pair in data['names'].items())}]);\n"
    )


def _lines(items: Iterable[str]) -> str:
    return "".join(f"    {item},\n" for item in items)


def _python(value: Any) -> str:
    """A literal of strings, tuples and None, in double quotes."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_python, value))}{',' if len(value) == 1 else ''})"
    return "None" if value is None else json.dumps(value)


# Each language's copy of client/agents.json, and who writes it.
COPIES = {
    "client/python/src/track_skills/agents.py": agents_in_python,
    "client/js/src/agents.js": agents_in_javascript,
}


def made() -> Iterator[tuple[str, str]]:
    """Each file that is made of others, by its name, and what it should be."""
    agents = json.loads((ROOT / AGENTS).read_text())
    yield from ((name, write(agents)) for name, write in COPIES.items())
    yield from ((name, assembled(name, ROOT / first)) for name, first in CLIENTS.items())
    # For `require` TypeScript wants the same declarations under a name of their own.
    yield f"{TYPES}.d.cts", (ROOT / f"{TYPES}.d.ts").read_text()


def main() -> int:
    """Exit status: 1 if --check found a stale file."""
    stale = []
    for name, text in made():
        file = ROOT / name
        if file.exists() and file.read_text() == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            file.write_text(text)
    if stale and "--check" in sys.argv:
        print(f"Stale: {', '.join(stale)}. `make clients` makes them of their parts.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
