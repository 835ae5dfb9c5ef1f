"""From an empty folder to the first own event on the page, by README alone: its commands, as they stand there.

Packages come from the caches of pip and npm where these have them; the code is a clone of what is committed here.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.bench.table import Row, at_most
from tools.browser import launch
from tools.embedded.runtime import ROOT, fetch_status, stop_group

PORT = 8965
SECONDS = 180
WAIT_SECONDS = 600  # for a machine that is busy; what takes longer has failed
DEV = "make dev"
EVENT = re.compile(r"^\$ (curl \S* ?http://127\.0\.0\.1:8787/api/track .+)$", re.MULTILINE)
SHOWN = (
    """(name) => [...document.querySelectorAll('table td, table th')].some((cell) => cell.textContent.includes(name))"""
)


def run() -> list[Row]:
    """How long it takes, beside installing the packages alone."""
    with tempfile.TemporaryDirectory(prefix="track-skills-newcomer-") as folder:
        checkout = Path(folder, "track-skills")
        started = time.perf_counter()
        _do(["git", "clone", "--quiet", str(ROOT), str(checkout)], Path(folder))
        readme = (checkout / "README.md").read_text()
        example = EVENT.search(readme)
        if f"`{DEV}`" not in readme or example is None:
            raise RuntimeError("README no longer says how to start it, or how to send an event.")
        _do(["make", ".venv/ready"], checkout)
        installed = time.perf_counter() - started
        with (Path(folder) / "log").open("w") as log:
            process = subprocess.Popen(
                [*DEV.split(), f"PORT={PORT}", f"STATE={folder}/state"],
                cwd=checkout,
                env=_environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            _wait_for_healthy(process)
            _do(["bash", "-c", example[1].replace(":8787", f":{PORT}")], checkout)
            _see("my-skill")
            seconds = time.perf_counter() - started
        finally:
            stop_group(process)
    figure = "from an empty folder to the first own event on the page, beside installing alone"
    return [Row(figure, seconds, "s", installed, at_most(SECONDS))]


def _wait_for_healthy(process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + WAIT_SECONDS
    while fetch_status(f"http://127.0.0.1:{PORT}/healthz") != 200:
        if process.poll() is not None or time.monotonic() > ends:
            raise RuntimeError("`make dev` did not start the product.")
        time.sleep(0.1)


def _see(name: str) -> None:
    """Open the page and wait until a table names a tool."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{PORT}/")
            page.wait_for_function(SHOWN, arg=name, timeout=60_000)
        finally:
            browser.close()


def _do(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False, timeout=WAIT_SECONDS
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def _environment() -> dict[str, str]:
    """That of somebody who has none of this project's programs in their PATH, nor make's own variables."""
    path = os.environ.get("PATH", "").split(os.pathsep)
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "VIRTUAL_ENV"))}
    return {**own, "PATH": os.pathsep.join(part for part in path if not part.startswith(str(ROOT)))}
