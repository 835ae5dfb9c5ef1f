"""The WebAssembly through which CPython calls functions that were written for fewer arguments.

Pyodide carries it as text and compiles it as it starts. Production lets it; workerd compiles nothing while it runs,
and then each such call takes a way round through JavaScript.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CARRIER = ROOT / "node_modules" / "pyodide" / "pyodide.asm.mjs"
_CARRIED = re.compile(r'getWasmTrampolineModule\(\)\s*{\s*return new WebAssembly\.Module\(\w+\("([0-9a-f]+)"\)\)')


def trampoline() -> bytes:
    """The module's bytes. Raises LookupError where this Pyodide carries it in another way."""
    found = _CARRIED.search(CARRIER.read_text("utf-8"))
    if found is None:
        raise LookupError(f"{CARRIER.name} does not carry CPython's trampoline as text any more.")
    return bytes.fromhex(found[1])
