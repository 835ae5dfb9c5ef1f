"""Send what waits, now, and say what became of it.

With --json: an object with sent, refused and waiting (events) and last_answer. The exit code is 1 where
something still waits.
"""

from __future__ import annotations

import argparse
import os
import time

from track_skills import batches, endpoint, lock, pace, sender, settings
from track_skills.cli import output, state, status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from track_skills.posting import Answer

LOCK_SECONDS = 40


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Send batch after batch, in this process, as the sender does."""
    home = state.folder()
    reason = settings.why_off(os.environ, home)
    if reason or not endpoint.base_url(os.environ):
        raise output.CommandError(f"nothing can be sent: {status.why()[1]}")
    counts = _send(home) if _waiting(home) else {"taken": 0, "refused": 0}
    found = {"sent": counts["taken"], "refused": counts["refused"], "waiting": _waiting(home)}
    answer = status.last_answer()
    if options.json:
        output.as_json({**found, "last_answer": answer})
    else:
        output.line(
            f"{found['sent']} sent, {found['refused']} refused by the collector, {found['waiting']} still waiting."
        )
        if found["waiting"] and answer:
            said = f"answered {answer['status']}" if answer["status"] else "did not answer"
            output.line(f"The collector {said}; `track-skills doctor` looks for the reason.")
    return 1 if found["waiting"] else 0


def _send(home: str) -> dict[str, int]:
    counts = {"taken": 0, "refused": 0, "kept": 0}

    def count(answer: Answer, events: int) -> None:
        if answer.verdict != "refused" or events == 1:
            counts[answer.verdict] += events
        progress.at(counts["taken"])

    _take_lock(home)
    try:
        with output.Progress("sending", _waiting(home)) as progress:
            pace.write(home, pace.now_ms() + pace.INTERVAL_MS)
            keeps = settings.keeps_events(os.environ, home)
            while _waiting(home) and not counts["kept"]:
                before = _waiting(home)
                sender.send_all(home, pace.now_ms(), keeps=keeps, told=count)
                if _waiting(home) >= before:
                    break
    finally:
        lock.release(home)
    return counts


def _take_lock(home: str) -> None:
    ends = time.monotonic() + LOCK_SECONDS
    while not lock.take(home):
        if time.monotonic() > ends:
            raise output.CommandError("another sender is at work, and does not end")
        time.sleep(0.1)


def _waiting(home: str) -> int:
    return len(batches.names(os.path.join(home, "spool")))
