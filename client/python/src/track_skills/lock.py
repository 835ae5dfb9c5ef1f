"""The lock that lets one sender work at a time. Protocol: client/CONTRACT.md."""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import suppress

STALE_SECONDS = 60
EMPTY_SECONDS = 1


def take(home: str) -> bool:
    """Return whether this process holds the lock of the state folder `home` now."""
    path = os.path.join(home, "lock")
    for _ in range(2):
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if not _is_stale(path):
                return False
            _remove(path)
            continue
        except OSError as error:
            # A full disk, which sending empties: go on without the lock.
            return error.errno == errno.ENOSPC
        try:
            os.write(file, b"%d\n" % os.getpid())
        except OSError:
            _remove(path)
        os.close(file)
        return True
    return False


def release(home: str) -> None:
    """Give the lock back, if this process still holds it."""
    path = os.path.join(home, "lock")
    if _read(path).strip() == b"%d" % os.getpid():
        _remove(path)


def _is_stale(path: str) -> bool:
    holder = _read(path).strip()
    if not holder:
        # Its maker is about to write, or died in between.
        time.sleep(EMPTY_SECONDS)
        holder = _read(path).strip()
        if not holder:
            return True
    try:
        if abs(time.time() - os.stat(path).st_mtime) > STALE_SECONDS:
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


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)
