"""What the machine must have: a state folder that can be written, and the programs that the clients start."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress

from track_skills import batches, settings, spool
from track_skills.cli.checks.finding import Finding, note, ok, wrong

_FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
_NEEDS = {
    "bash": ("the hook and _track.sh", "Install bash 3.2 or later"),
    "awk": ("the hook", "Install awk"),
    "curl": ("the hook and _track.sh", "Install curl"),
}
# A whole event: what a full disk still takes may be less.
_PROBE = b"x" * 4095 + b"\n"
_STALE_SECONDS = 3600


def folder(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield whether events can be written: tried with a file of the spool that no sender takes."""
    home = settings.home(environ)
    if home is None:
        yield wrong("folder", "there is no state folder, so nothing is recorded", "Set HOME, or TRACK_SKILLS_HOME.")
        return
    owner = _stranger(home)
    if owner is not None:
        yield wrong(
            "folder",
            f"{home} belongs to the user with number {owner}, so nothing is recorded",
            "Give it to this user, or name another folder in TRACK_SKILLS_HOME.",
        )
        return
    problem = _write_problem(home)
    if problem:
        yield problem
        return
    yield ok("folder", home)
    if spool.read_anonymous_id(home) is None and os.path.exists(os.path.join(home, "anonymous_id")):
        yield note("folder", "anonymous_id is malformed: the next event makes a new one", "Run `track-skills reset`.")


def waiting(home: str, url: str | None) -> Iterator[Finding]:
    """Yield what waits in the spool, and what became of the last attempt to send."""
    names = batches.names(os.path.join(home, "spool"))
    answer = _last_answer(home)
    if not names:
        yield ok("waiting", f"nothing waits{answer}")
        return
    age = time.time() - batches.recorded_ms(names[0]) / 1000
    said = f"{len(names)} wait, the oldest for {_ago(age)}{answer}"
    if url and age > _STALE_SECONDS:
        yield note("waiting", said, "Run `track-skills flush` once the rest is well.")
    else:
        yield ok("waiting", said)


def programs(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield whether the programs that the shell clients need are found."""
    missing = [name for name in _NEEDS if not shutil.which(name, path=environ.get("PATH", ""))]
    for name in missing:
        who, remedy = _NEEDS[name]
        yield wrong(
            "programs", f"{name} is not found in PATH; without it {who} can do nothing", f"{remedy}, or mend PATH."
        )
    if not missing:
        yield ok("programs", ", ".join(_NEEDS))


def _write_problem(home: str) -> Finding | None:
    """Return why no event can be written below a folder, None if one can."""
    path = os.path.join(home, "spool", f"doctor-{os.getpid()}.probe")
    try:
        spool.make_folders(home, "spool")
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            if os.write(file, _PROBE) < len(_PROBE):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(file)
    except OSError as error:
        if error.errno in _FULL:
            said = f"the disk is full where {home} lies ({error.strerror})"
            return wrong("folder", said, "Make room there, or name another folder in TRACK_SKILLS_HOME.")
        said = f"{error.filename or path} cannot be written ({error.strerror})"
        remedy = "Let this user write there (mode 0700), or name another folder in TRACK_SKILLS_HOME."
        if error.errno in (errno.EEXIST, errno.ENOTDIR):
            remedy = "Remove what stands in the place of the folder."
        return wrong("folder", said, remedy)
    finally:
        with suppress(OSError):
            os.unlink(path)
    return None


def _stranger(home: str) -> int | None:
    """Return the number of the user who owns the state folder, None if it is ours or still to be made."""
    with suppress(OSError):
        found = os.stat(home)
        if sys.platform != "win32" and stat.S_ISDIR(found.st_mode) and found.st_uid != os.geteuid():
            return found.st_uid
    return None


def _last_answer(home: str) -> str:
    with suppress(OSError, ValueError, UnicodeDecodeError):
        with open(os.path.join(home, "last_answer"), encoding="ascii") as file:
            moment, status, verdict = file.read(64).split()
        answered = "no answer" if status == "000" else f"answer {int(status)}"
        return f"; last sent {_ago(time.time() - int(moment) / 1000)} ago: {answered}, {verdict}"
    return ""


def _ago(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(int(seconds), 0)} s"
