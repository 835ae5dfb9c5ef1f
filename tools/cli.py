"""docs/cli.md, made of the parsers of the command `track-skills`: `make clients`. With --check it is only looked at."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "cli.md"
HEAD = """# The command `track-skills`
Made by `make clients` of the command's own help. It comes with the Python package, and needs nothing
but Python 3.9 or later:

```sh
uvx --from ./client/python track-skills status   # without installing it
pipx install ./client/python                     # to have it for good
```

Exit codes: 0 fine, 1 something is wrong, 2 usage, 130 interrupted. Each verb has `--json`; what is
wrong is then an object with `error`. Tables are aligned and coloured on a terminal alone (`NO_COLOR`
is respected), elsewhere they are lines with tabs.
"""
VARIABLES = """The command and all clients read these ([the contract](../client/CONTRACT.md) says exactly how), and a
variable of CI systems switches all of them off."""


def page() -> str:
    """The whole page."""
    sys.path.insert(0, str(ROOT / "client" / "python" / "src"))
    # argparse wraps at the terminal's width, and Python 3.14 would colour it.
    os.environ.update(COLUMNS="100", NO_COLOR="1")
    from track_skills.cli import main  # noqa: PLC0415
    from track_skills.cli.checks import variables  # noqa: PLC0415

    sections = [f"## {name}\n```text\n{main.verb_parser(name).format_help().rstrip()}\n```\n" for name in main.VERBS]
    table = "\n".join(f"| [`{name}`](#{name}) | {main.help_of(name)} |" for name in main.VERBS)
    names = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in variables.MEANINGS.items())
    read = f"## Variables\n{VARIABLES}\n\n| variable | |\n|---|---|\n{names}\n"
    return "\n".join([HEAD, f"| verb | |\n|---|---|\n{table}\n", read, *sections])


def run() -> int:
    """Exit status: 1 if --check found it stale."""
    text = page()
    if PAGE.exists() and PAGE.read_text() == text:
        return 0
    if "--check" in sys.argv:
        print("docs/cli.md is stale: `make clients` makes it.", file=sys.stderr)
        return 1
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(run())
