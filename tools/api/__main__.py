"""`make api` writes dashboard/openapi.json and docs/api.md; with --check it says whether they are as they should be."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tools.api.document import ROOT, build
from tools.api.page import page

EXAMPLES = Path(__file__).with_name("examples.json")


def made() -> dict[Path, str]:
    """Each file, and what should stand in it."""
    document = build()
    return {
        ROOT / "dashboard" / "openapi.json": json.dumps(document, indent=1, ensure_ascii=False) + "\n",
        ROOT / "docs" / "api.md": page(document, json.loads(EXAMPLES.read_text("utf-8"))),
    }


def main() -> int:
    """Write or compare; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = [path for path, text in made().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if check:
            print(f"{path.relative_to(ROOT)} is not what the tables say: `make api` makes it.", file=sys.stderr)
        else:
            path.write_text(made()[path], "utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
