"""Our own modules for the embedded runtime, compiled: CPython in workerd would compile them again at each start."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
from importlib.util import source_from_cache
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[2]
COMPILE = Path(__file__).resolve().parent / "modules.mjs"
STALE = 0.1  # of all modules: as long as more are compiled, those that changed since are left to CPython


def add_compiled(archive: Path) -> None:
    """Add to an archive of sources what they compile to, where CPython looks for it."""
    with ZipFile(archive) as sources:
        wanted = {
            f"{hashlib.sha256(sources.read(name)).hexdigest()}/{name}"
            for name in sources.namelist()
            if name.endswith(".py")
        }
    with ZipFile(_compiled(archive, wanted)) as known, ZipFile(archive, "a") as target:
        for name in known.namelist():
            if _of_source(name) in wanted:
                target.writestr(name.partition("/")[2], known.read(name))


def _of_source(name: str) -> str:
    """From the name under which a compiled module is kept: the hash of its source, and its path."""
    digest, _, path = name.partition("/")
    return f"{digest}/{source_from_cache(path)}"


def _compiled(archive: Path, wanted: set[str]) -> Path:
    """What is kept of compiled modules; made where too few of the wanted are there, which takes some seconds."""
    made_of = (ROOT / "node_modules/pyodide/package.json").read_bytes() + COMPILE.read_bytes()
    target = ROOT / ".build" / f"python_modules-{hashlib.sha256(made_of).hexdigest()[:16]}.zip"
    with target.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several may start at once
        if len(wanted - _kept(target)) > STALE * len(wanted):
            partial = target.with_suffix(".partial")
            node = str(ROOT / ".venv" / "bin" / "node")
            subprocess.run([node, str(COMPILE), str(archive), str(partial)], check=True)
            partial.replace(target)
    return target


def _kept(target: Path) -> set[str]:
    if not target.exists():
        return set()
    with ZipFile(target) as known:
        return {_of_source(name) for name in known.namelist()}
