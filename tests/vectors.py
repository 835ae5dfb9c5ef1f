"""The rules that stand as data, for whoever tests against them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

# client/CONTRACT.md as data: what all clients and the server go by.
VECTORS: dict[str, Any] = json.loads((ROOT / "client" / "vectors.json").read_text())

# Which reports read events, by dimension and filters: the server's tests and the page's go over it.
FILTERS: dict[str, Any] = json.loads((ROOT / "tests" / "filters.json").read_text())


def opt_out() -> list[dict[str, Any]]:
    """All cases of whether tracking is on: those of each switch, then the further ones."""
    switches = VECTORS["switches"]
    settings = [
        *((name, value, False) for name in switches["off"] for value in switches["true"]),
        *((name, value, True) for name in switches["off"] for value in switches["false"]),
        *((name, value, value == "") for name in switches["ci"] for value in ("true", "1", "false", "0", "")),
    ]
    made = [{"env": {name: value}, "unset": [], "off_file": False, "on": on} for name, value, on in settings]
    return [*made, *VECTORS["opt_out"]]
