"""What the environment and the state folder say: on or off, where the state is, which names count.

Rules: client/CONTRACT.md.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from track_skills import endpoint

_OFF = ("TRACK_SKILLS_DISABLED", "DO_NOT_TRACK", "DISABLE_TELEMETRY")
_CI = (
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "CIRCLECI",
    "TRAVIS",
    "BUILDKITE",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "TF_BUILD",
)
_LETTERS_AND_DIGITS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
ID_ALPHABET = _LETTERS_AND_DIGITS | frozenset("_.:-")
NAME_ALPHABET = ID_ALPHABET | frozenset(" /@+")
_GLOB_ALPHABET = NAME_ALPHABET | frozenset("*?")


def is_true(value: str | None) -> bool:
    """Return whether a variable is set to anything but empty, 0 or false."""
    return value not in (None, "", "0", "false")


def home(environ: Mapping[str, str]) -> str | None:
    """Return the absolute path of the state folder, which need not exist; None if there is no home at all."""
    state = environ.get("XDG_STATE_HOME", "")
    user = environ.get("HOME") or (environ.get("USERPROFILE") if os.name == "nt" else None)
    if environ.get("TRACK_SKILLS_HOME"):
        return os.path.abspath(environ["TRACK_SKILLS_HOME"])
    if os.path.isabs(state):
        return os.path.join(state, "track-skills")
    return os.path.join(os.path.abspath(user), ".local", "state", "track-skills") if user else None


def active_home(environ: Mapping[str, str]) -> str | None:
    """Return the state folder if tracking is on, None if it is off."""
    folder = home(environ)
    if folder is None or why_off(environ, folder):
        return None
    has_aim = endpoint.base_url(environ) or keeps_events(environ, folder) or is_true(environ.get("TRACK_SKILLS_DEBUG"))
    return folder if has_aim else None


def why_off(environ: Mapping[str, str], folder: str) -> str | None:
    """Return what switches everything off: a variable's name, `off` for the file, `owner` for another user's folder.

    Whether there is a collector or a local store is asked after that.
    """
    for name in _OFF:
        if is_true(environ.get(name)):
            return name
    for name in _CI:
        if environ.get(name):
            return name
    if not _is_ours(folder):
        return "owner"
    return "off" if os.path.lexists(os.path.join(folder, "off")) else None


def keeps_events(environ: Mapping[str, str], folder: str) -> bool:
    """Return whether the local store is on: events stay on this machine, also after they were sent."""
    return is_true(environ.get("TRACK_SKILLS_LOCAL")) or os.path.lexists(os.path.join(folder, "local_on"))


def _is_ours(folder: str) -> bool:
    """Return whether a folder belongs to this user; if it is still to be made, whether making it takes nobody's home.

    Only root can make folders in the home of another user, where `sudo` leaves HOME as it was.
    """
    if sys.platform == "win32":
        return True
    user = os.geteuid()
    try:
        return os.stat(folder).st_uid == user
    except FileNotFoundError:
        parent = os.path.dirname(folder)
        return user != 0 or parent == folder or _is_ours(parent)


def is_name(name: object) -> bool:
    """Return whether `name` is a tool name: 1 to 128 characters of its alphabet, not blank, nothing like a path."""
    return (
        isinstance(name, str)
        and 0 < len(name) <= 128
        and NAME_ALPHABET.issuperset(name)
        and not name.isspace()
        and not name.startswith("/")
        and not (name[1:2] == ":" and name[0].isalpha())
        and ".." not in name
        and name.count("/") < 2
    )


def is_told(name: str) -> bool:
    """Return whether a session's sums may tell a skill, or a tool by the agent's own name for it."""
    last = name.rsplit("__", 1)[-1] if name.startswith("mcp__") else name
    return is_name(name) and is_wanted(last, os.environ)


def is_wanted(name: str, environ: Mapping[str, str]) -> bool:
    """Return whether TRACK_SKILLS_INCLUDE and TRACK_SKILLS_EXCLUDE let this tool name through."""
    include = _globs(environ.get("TRACK_SKILLS_INCLUDE"))
    exclude = _globs(environ.get("TRACK_SKILLS_EXCLUDE"))
    if any(_matches(glob, name) for glob in exclude):
        return False
    return not include or any(_matches(glob, name) for glob in include)


def _globs(value: str | None) -> list[str]:
    return [glob.strip(" ") for glob in (value or "").split(",") if glob.strip(" ")]


def _matches(glob: str, name: str) -> bool:
    if not _GLOB_ALPHABET.issuperset(glob):
        return False
    at, star, retry = 0, -1, 0
    position = 0
    while position < len(name):
        if at < len(glob) and glob[at] == "*":
            star, retry = at, position
            at += 1
        elif at < len(glob) and glob[at] in ("?", name[position]):
            at += 1
            position += 1
        elif star >= 0:
            retry += 1
            at, position = star + 1, retry
        else:
            return False
    return not glob[at:].strip("*")
