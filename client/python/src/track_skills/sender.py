"""The detached process that posts the spool's events to the collector. Protocol: client/CONTRACT.md."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from track_skills import batches, endpoint, events, lock, pace, posting, settings

SENDER_SECONDS = 30


def main(home: str, moment: str) -> None:
    """Wait for the moment (epoch ms, 0: do not wait), then send all, as long as no other sender does."""
    _detach(home)
    keeps = settings.keeps_events(os.environ, home)
    if not endpoint.base_url(os.environ):
        # Nothing is ever sent: the sender only looks after the limit.
        _keep_local_limit(home)
        return
    started = pace.now_ms()
    if moment != "0":
        # A clock that is set back in between must not keep this process.
        time.sleep(min(max(int(moment) - started, 0), pace.PAUSE_MS + pace.INTERVAL_MS) / 1000)
        started = pace.now_ms()
        # One that waits for a later moment takes the events along: so there are never more and more that wait.
        if _is_off(home) or pace.awaited(home) > int(moment):
            return
        pace.write(home, started + pace.INTERVAL_MS)
    while not _is_off(home) and lock.take(home):
        try:
            done = send_all(home, started, keeps=keeps)
        finally:
            lock.release(home)
        if keeps:
            _keep_local_limit(home)
        # Whoever recorded a moment ago may have met the lock and left the event to this sender.
        if done is None or not _left(home, done, started):
            return


def send_all(
    home: str,
    started_ms: int,
    *,
    keeps: bool,
    told: Callable[[posting.Answer, int], None] = lambda *_: None,
) -> set[str] | None:
    """Send batch after batch, oldest first; return the files dealt with, None after an answer to stop at.

    Whoever calls it holds the lock. `told` hears each answer, and how many events it is about.
    """
    ends = time.monotonic() + SENDER_SECONDS
    spool = os.path.join(home, "spool")
    most = batches.BATCH_EVENTS
    done: set[str] = set()
    batches.keep_limits(home, keeps=keeps)
    while time.monotonic() < ends:
        batch = batches.read(spool, _left(home, done, started_ms), most, done)
        if not batch:
            break
        sent_at = events.iso_timestamp(pace.now_ms()).encode()
        answer = posting.post(b'{"sent_at":"%s","events":[%s]}' % (sent_at, b",".join(batch.values())))
        _keep_answer(home, answer)
        told(answer, len(batch))
        if answer.verdict == "kept":
            pace.write(home, pace.now_ms() + pace.PAUSE_MS)
            return None
        if answer.verdict == "refused" and len(batch) > 1:
            most = len(batch) // 2
            continue
        if answer.verdict == "taken":
            most = min(2 * most, batches.BATCH_EVENTS)
        for name in batch:
            batches.dispose(home, name, keeps=keeps)
        done.update(batch)
    return done


def _left(home: str, done: set[str], started_ms: int) -> list[str]:
    """Return the files that are still to be sent: where another sender waits, those recorded since are left to it."""
    left = [name for name in batches.names(os.path.join(home, "spool")) if name not in done]
    if pace.awaited(home):
        left = [name for name in left if batches.recorded_ms(name) < started_ms]
    return left


def _keep_answer(home: str, answer: posting.Answer) -> None:
    with suppress(OSError):
        file = os.open(os.path.join(home, "last_answer"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(file, b"%d %03d %s\n" % (pace.now_ms(), answer.status, answer.verdict.encode()))
        finally:
            os.close(file)


def _keep_local_limit(home: str) -> None:
    """Take the local store's files into its database where they are over the limit; drop what cannot be taken in."""
    if len(batches.names(os.path.join(home, "local"))) <= batches.LOCAL_FILES:
        return
    with suppress(ImportError):  # a Python without SQLite
        from track_skills.local import database, uses

        with suppress(database.DatabaseError), database.opened(os.path.join(home, "telemetry.db")) as connection:
            uses.take_in(connection, home, with_spool=False)
    batches.keep_local_limit(home)


def _is_off(home: str) -> bool:
    return os.path.lexists(os.path.join(home, "off"))


def _detach(home: str) -> None:
    """Leave the caller's session and folder, and let go of the descriptors that it did not mean to hand down."""
    os.chdir(home)
    if sys.platform == "win32":
        return
    with suppress(PermissionError):
        os.setsid()
    for descriptor in _descriptors():
        if descriptor > 2:
            with suppress(OSError):
                os.close(descriptor)


def _descriptors() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/dev/fd")]
    except OSError:
        return list(range(256))
