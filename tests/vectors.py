"""The rules that stand as data, for whoever tests against them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

# Which reports read events, by dimension and filters: the server's tests and the page's go over it.
FILTERS: dict[str, Any] = json.loads((ROOT / "tests" / "filters.json").read_text())
