"""CPython's standard library for the embedded runtime, with what is imported of it compiled."""

from __future__ import annotations

import ast
import fcntl
import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPILE = Path(__file__).resolve().parent / "compile.mjs"


def compiled() -> Path:
    """The archive; made where that of this Pyodide is not there yet, which takes some seconds."""
    made_of = (ROOT / "node_modules/pyodide/package.json").read_bytes() + COMPILE.read_bytes()
    target = ROOT / ".build" / f"python_stdlib-{hashlib.sha256(made_of).hexdigest()[:16]}.zip"
    target.parent.mkdir(exist_ok=True)
    with target.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several may start at once
        if not target.exists():
            partial = target.with_suffix(".partial")
            node = str(ROOT / ".venv" / "bin" / "node")
            subprocess.run([node, str(COMPILE), json.dumps(sorted(set(_imported()))), str(partial)], check=True)
            partial.replace(target)
    return target


def _imported() -> Iterator[str]:
    """The modules that the Worker's own code and the SDK name; what is not of the standard library is passed over."""
    for folder in (ROOT / "src", ROOT / "python_modules"):
        for file in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    yield from (alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module
