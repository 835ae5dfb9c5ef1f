"""The detached process that posts the spool's events to the collector: `python -I -S sender.py WAIT_SECONDS`.

It stands alone, imports nothing of the package, and takes the rest from the environment:
TRACK_SKILLS_HOME, TRACK_SKILLS_ENDPOINT, TRACK_SKILLS_API_KEY. Protocol: client/CONTRACT.md.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

_BATCH_EVENTS = 100
_BATCH_BYTES = 204_800
_SPOOL_BYTES = 1_048_576
_SPOOL_SECONDS = 7 * 86_400
_INCOMPLETE_SECONDS = 60
_CONNECT_SECONDS = 2
_REQUEST_SECONDS = 5
_LOCK_STALE_SECONDS = 60
_LOCK_EMPTY_SECONDS = 1
_SENDER_SECONDS = 30
_BACK_OFF_SECONDS = 10


def main(home: str, wait_seconds: float) -> None:
    """Wait for further events, then send all, as long as no other sender does and the collector takes them."""
    time.sleep(wait_seconds)
    spool = os.path.join(home, "spool")
    while not os.path.lexists(os.path.join(home, "off")) and _lock(home):
        try:
            done = _send_all(spool)
        finally:
            _unlock(home)
        if done is None:
            _pause(home)
        # Whoever recorded a moment ago may have met the lock and left it to this sender.
        if done is None or done.issuperset(_names(spool)):
            return


def _send_all(spool: str) -> set[str] | None:
    """Send batch after batch, oldest first; return the files dealt with, None after an answer to stop at."""
    ends = time.monotonic() + _SENDER_SECONDS
    most = _BATCH_EVENTS
    done: set[str] = set()
    _keep_limits(spool)
    while time.monotonic() < ends:
        batch = _read_batch(spool, most, done)
        if not batch:
            break
        status = _post(list(batch.values()))
        if status == 413 and len(batch) > 1:
            most = len(batch) // 2
        elif status < 200 or 300 <= status < 400 or status in (408, 429) or status >= 500:
            return None
        else:
            for name in batch:
                _remove(os.path.join(spool, name))
            done.update(batch)
    return done


def _keep_limits(spool: str) -> None:
    """Drop what is over 7 days old, then the oldest until 1 MiB is left."""
    kept: list[tuple[str, int]] = []
    for name in _names(spool):
        if _age(name) > _SPOOL_SECONDS:
            _remove(os.path.join(spool, name))
        else:
            kept.append((name, _size(os.path.join(spool, name))))
    total = sum(size for _, size in kept)
    for name, size in kept:
        if total <= _SPOOL_BYTES:
            return
        _remove(os.path.join(spool, name))
        total -= size


def _read_batch(spool: str, most: int, done: set[str]) -> dict[str, bytes]:
    """Return the next lines to send by file name; add to `done` the files that are not to be sent."""
    batch: dict[str, bytes] = {}
    size = len(b'{"events":[]}')
    for name in _names(spool):
        if name in done:
            continue
        path = os.path.join(spool, name)
        content = _read(path)
        if _is_event(content):
            size += len(content)
            if batch and (len(batch) == most or size > _BATCH_BYTES):
                break
            batch[name] = content[:-1]
            continue
        done.add(name)
        if content.endswith(b"\n") or _age(name) > _INCOMPLETE_SECONDS:
            _remove(path)
    return batch


def _is_event(content: bytes) -> bool:
    """Return whether a file holds a whole line with one JSON object.

    Anything else would spoil the batch it is sent in.
    """
    import json

    try:
        return content.endswith(b"}\n") and isinstance(json.loads(content.decode()), dict)
    except (ValueError, RecursionError):
        return False


def _post(lines: list[bytes]) -> int:
    """Return the status of the collector's answer, 0 if there was none within the time allowed."""
    from threading import Thread

    statuses = [0]

    def request() -> None:
        with suppress(Exception):
            statuses.append(_request(b'{"events":[' + b",".join(lines) + b"]}"))

    # Looking up a name cannot be interrupted, so the limit on the whole stands outside.
    thread = Thread(target=request, daemon=True)
    thread.start()
    thread.join(_REQUEST_SECONDS)
    return statuses[-1]


def _request(body: bytes) -> int:
    from http.client import HTTPConnection, HTTPSConnection
    from urllib.parse import urlsplit

    url = urlsplit(os.environ["TRACK_SKILLS_ENDPOINT"].rstrip("/") + "/api/track")
    kind = {"http": HTTPConnection, "https": HTTPSConnection}[url.scheme]
    headers = {"Content-Type": "application/json", "User-Agent": "track-skills-python"}
    if os.environ.get("TRACK_SKILLS_API_KEY"):
        headers["Authorization"] = f"Bearer {os.environ['TRACK_SKILLS_API_KEY']}"
    connection = kind(url.hostname or "", url.port, timeout=_CONNECT_SECONDS)
    connection.connect()
    connection.sock.settimeout(_REQUEST_SECONDS)
    try:
        connection.request("POST", url.path, body, headers)
        status: int = connection.getresponse().status
        return status
    finally:
        connection.close()


def _lock(home: str) -> bool:
    path = os.path.join(home, "lock")
    for _ in range(2):
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if not _is_stale(path):
                return False
            _remove(path)
            continue
        try:
            os.write(file, b"%d\n" % os.getpid())
        except OSError:
            # A full disk, which sending empties: go on without the lock.
            _remove(path)
        os.close(file)
        return True
    return False


def _is_stale(path: str) -> bool:
    holder = _read(path).strip()
    if not holder:
        # Its maker is about to write, or died in between.
        time.sleep(_LOCK_EMPTY_SECONDS)
        holder = _read(path).strip()
        if not holder:
            return True
    try:
        if time.time() - os.stat(path).st_mtime > _LOCK_STALE_SECONDS:
            return True
        if holder.isdigit() and sys.platform != "win32":
            os.kill(int(holder), 0)
            # In a container nobody may collect the dead: the state stands behind the name in brackets.
            return _read(f"/proc/{int(holder)}/stat").rpartition(b")")[2].split()[:1] == [b"Z"]
    except (FileNotFoundError, ProcessLookupError):
        return True
    except OSError:
        return False
    return False


def _unlock(home: str) -> None:
    path = os.path.join(home, "lock")
    if _read(path).strip() == b"%d" % os.getpid():
        _remove(path)


def _pause(home: str) -> None:
    """Let clients start no sender for a while: they read the time of `pending`."""
    later = time.time() + _BACK_OFF_SECONDS
    with suppress(OSError):
        os.utime(os.path.join(home, "pending"), (later, later))


def _names(spool: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(spool) if name.endswith(".ndjson"))
    except OSError:
        return []


def _age(name: str) -> float:
    """Return the seconds since the event was recorded, from its file's name."""
    try:
        return time.time() - int(name.partition("-")[0]) / 1000
    except ValueError:
        return float("inf")


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)


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


if __name__ == "__main__":
    _detach(os.environ["TRACK_SKILLS_HOME"])
    main(os.environ["TRACK_SKILLS_HOME"], float(sys.argv[1]))
