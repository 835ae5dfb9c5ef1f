"""Vendors the Worker's dependencies into python_modules/, as pyproject.toml names them.

pywrangler does the same where the open internet is; this needs the package registry alone.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "python_modules"
# The SDK's bridges to web frameworks: a third of it, which a Worker without a framework never imports.
BRIDGES = ("asgi.py", "workers/asgi.py", "workers/wsgi.py", "workers/gateway")


def vendor() -> None:
    """Fill python_modules/ afresh."""
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    shutil.rmtree(TARGET, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--target", str(TARGET)]
    subprocess.run([*command, *dependencies], check=True)
    for name in BRIDGES:
        bridge = TARGET / name
        if bridge.is_dir():
            shutil.rmtree(bridge)
        else:
            bridge.unlink()


if __name__ == "__main__":
    vendor()
