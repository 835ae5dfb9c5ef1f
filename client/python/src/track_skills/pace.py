"""When this machine may post again: the file `next_post`, which all clients share. Rules: client/CONTRACT.md."""

from __future__ import annotations

import os
import time
from contextlib import suppress

INTERVAL_MS = 12_000
PAUSE_MS = 60_000
_WAITER_LATE_MS = 2_000


def claim(home: str) -> int | None:
    """Say in `next_post` that a sender is on its way, and return the moment it waits for: epoch ms, 0 for at once.

    None: another one is on its way, which will take the event along.
    """
    if is_due(home):
        write(home, now_ms() + INTERVAL_MS)
        return 0
    moment, is_awaited = _read(home)
    if is_awaited:
        return None
    write(home, moment, " waiting")
    return moment


def is_due(home: str) -> bool:
    """Return whether a sender may work at once: the moment is past and nobody is on the way, or makes no sense."""
    now = now_ms()
    moment, is_awaited = _read(home)
    return now >= moment + (_WAITER_LATE_MS if is_awaited else 0) or moment > now + PAUSE_MS + INTERVAL_MS


def awaited(home: str) -> int:
    """Return the moment, epoch ms, for which a sender has said that it waits; 0 if none has."""
    moment, is_awaited = _read(home)
    return moment if is_awaited else 0


def write(home: str, moment_ms: int, waiting: str = "") -> None:
    """Set the moment, epoch ms. Without the file more senders are started than need be."""
    with suppress(OSError):
        file = os.open(os.path.join(home, "next_post"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(file, b"%013d%s\n" % (moment_ms, waiting.encode()))
        finally:
            os.close(file)


def now_ms() -> int:
    """Return the present moment, epoch ms."""
    return time.time_ns() // 1_000_000


def _read(home: str) -> tuple[int, bool]:
    """Return the moment and whether somebody waits for it; (0, False) if the file is missing or malformed."""
    try:
        with open(os.path.join(home, "next_post"), "rb") as file:
            line = file.read(64)
    except OSError:
        return 0, False
    digits, rest = line[:13], line[13:]
    if len(digits) < 13 or not digits.isdigit() or rest not in (b"", b"\n", b" waiting", b" waiting\n"):
        return 0, False
    return int(digits), rest.startswith(b" ")
