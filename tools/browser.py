"""The browser that pictures are taken with, and tests and measurements run in."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

# A page of our own is all that it opens, and nothing but that page's requests may leave.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """The path of the system's Chromium or Chrome; None where there is none."""
    return next((path for path in map(shutil.which, _PROGRAMS) if path), None)


def launch(playwright: Playwright) -> Browser:
    """The system's Chromium or Chrome, or Playwright's own where there is none."""
    return playwright.chromium.launch(executable_path=installed(), args=FLAGS)
