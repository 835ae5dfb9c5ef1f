"""What a deployment uploads, by wrangler's own count."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from tools.bench.against import compare
from tools.bench.table import Row, at_most, at_most_times
from tools.embedded.runtime import ROOT, environment, wrangler

FIGURE = "size of the upload"


def run() -> list[Row]:
    """This checkout's."""
    return [Row(FIGURE, _upload_kib(ROOT), "KiB", None, at_most(450))]


def run_against(checkout: Path) -> list[Row]:
    """This checkout's beside another's."""
    return [compare(FIGURE, "KiB", [(_upload_kib(ROOT), _upload_kib(checkout))], at_most_times(1.05))]


def _upload_kib(checkout: Path) -> float:
    with tempfile.TemporaryDirectory() as folder:
        command = wrangler("deploy", "--dry-run", "--outdir", folder)
        done = subprocess.run(command, cwd=checkout, env=environment(), check=True, capture_output=True, text=True)
    found = re.search(r"Total Upload: ([\d.]+) KiB", done.stdout)
    if found is None:
        raise RuntimeError(f"wrangler does not say what it would upload:\n{done.stdout}")
    return float(found[1])
