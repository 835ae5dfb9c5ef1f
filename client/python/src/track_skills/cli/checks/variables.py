"""What the environment says: names that are misspelt, switches that are off, names of tools that are left out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from track_skills import endpoint, settings
from track_skills.cli.checks.finding import Finding, note, ok, wrong

PREFIX = "TRACK_SKILLS_"
# Each variable of ours and what it is for, as docs/cli.md lists them.
MEANINGS = {
    "TRACK_SKILLS_ENDPOINT": "the collector's address; without one nothing is ever sent",
    "TRACK_SKILLS_API_KEY": "the key to send with, one of the collector's `TRACK_API_KEY`",
    "TRACK_SKILLS_ANALYTICS_KEY": "the key to read with, one of its `ANALYTICS_API_KEY`, for `doctor` and `catalogue`",
    "TRACK_SKILLS_DISABLED": "off, as with `DO_NOT_TRACK` and `DISABLE_TELEMETRY`: anything but empty, 0 and false",
    "TRACK_SKILLS_LOCAL": "1: keep events on this machine too",
    "TRACK_SKILLS_SESSIONS": "1: send the sums of a session at its end",
    "TRACK_SKILLS_CATEGORY": "the category of what names none",
    "TRACK_SKILLS_TOOL_VERSION": "the version of the tool, where it is not given otherwise",
    "TRACK_SKILLS_INCLUDE": "globs of the names that alone are recorded, separated by commas",
    "TRACK_SKILLS_EXCLUDE": "globs of names that are left out",
    "TRACK_SKILLS_ALL_TOOLS": "1: the hook records every tool, not skills, MCP tools and commands alone",
    "TRACK_SKILLS_ERROR_MESSAGES": "1: send the messages of errors too, scrubbed by the collector",
    "TRACK_SKILLS_TEST": "1: mark every event as a test",
    "TRACK_SKILLS_DEBUG": "1: print what would be sent, and send nothing",
    "TRACK_SKILLS_HOME": "the state folder, by default `${XDG_STATE_HOME:-~/.local/state}/track-skills`",
    "TRACK_SKILLS_SENDER": "set by the Go client for the process that sends",
}
KNOWN = tuple(sorted(MEANINGS))
_OTHERS = ("DO_NOT_TRACK", "DISABLE_TELEMETRY")
# So many letters apart, a name is meant to be another one; of our own prefix there is no other that could be meant.
_TYPOS = 2
_GUESSES = 6


def spelling(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each variable that nobody reads and that is nearly one which we read."""
    misspelt = [(name, meant_by(name)) for name in sorted(environ) if name not in KNOWN + _OTHERS]
    found = False
    for name, meant in misspelt:
        if meant:
            found = True
            yield wrong("variables", f"nobody reads {name}", f"Write {meant}.")
        elif name.startswith(PREFIX):
            found = True
            yield wrong("variables", f"nobody reads {name}", f"There are {', '.join(KNOWN)}.")
    if not found:
        names = [name for name in KNOWN + _OTHERS if name in environ]
        yield ok("variables", ", ".join(names) if names else "none is set")


def meant_by(name: str) -> str | None:
    """Return the variable that a name is a misspelling of, None if of none."""
    bare = _bare(name)
    near = [(_distance(bare, _bare(known)), known) for known in KNOWN + _OTHERS if known != name]
    distance, known = min(near)
    allowed = _GUESSES if name.upper().startswith(PREFIX) else _TYPOS
    return known if distance <= allowed else None


def switches(environ: Mapping[str, str], home: str) -> Iterator[Finding]:
    """Yield what switches tracking off, each thing that does, and what only seems to switch it on.

    home: the state folder.
    """
    off = [name for name in sorted(environ) if settings.why_off({name: environ[name]}, home) == name]
    for name in off:
        said, remedy = f"{name}={environ[name]} switches everything off", f"Unset {name}, or set it to 0"
        if name not in (*KNOWN, *_OTHERS):
            said, remedy = (
                f"{name}={environ[name]} says that this is a CI system: off",
                f"Unset {name}, if this is none",
            )
        yield wrong("switch", said, f"{remedy}, if this user's events are wanted.")
    if settings.why_off({}, home) == "off":
        off_file = os.path.join(home, "off")
        yield wrong("switch", f"the file {off_file} switches everything off", "Run `track-skills on`.")
    elif not off:
        yield ok("switch", "on")
    if settings.is_true(environ.get("TRACK_SKILLS_DEBUG")):
        yield wrong("switch", "TRACK_SKILLS_DEBUG shows events and sends none", "Unset TRACK_SKILLS_DEBUG.")
    if settings.is_true(environ.get("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC")):
        yield wrong(
            "switch",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC switches the hook off",
            "Unset CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC if the hook's events are wanted.",
        )
    if settings.is_true(environ.get("TRACK_SKILLS_TEST")):
        yield note(
            "switch", "TRACK_SKILLS_TEST marks every event as a test, which no report shows", "Unset TRACK_SKILLS_TEST."
        )


def names(environ: Mapping[str, str], skills: Iterable[str], asked: str | None) -> Iterator[Finding]:
    """Yield what TRACK_SKILLS_INCLUDE and TRACK_SKILLS_EXCLUDE leave out of the skills that are installed.

    asked: a name that must be let through.
    """
    known = sorted(set(skills))
    lists = [name for name in ("TRACK_SKILLS_INCLUDE", "TRACK_SKILLS_EXCLUDE") if environ.get(name, "").strip(" ,")]
    said = " and ".join(f"{name}={environ[name]}" for name in lists)
    remedy = f"Change {' or '.join(lists)}."
    for glob in _odd_globs(environ, lists):
        yield wrong("names", f"{glob} matches nothing", f"{remedy} Globs have * and ? and the letters of names alone.")
    for name in sorted(name for name in {*known, asked} if name and not settings.is_name(name)):
        yield wrong("names", f"{name!r} is no name that is recorded", "Names have 1–128 of A–Z a–z 0–9 space _.:/@+-")
    if asked and not settings.is_wanted(asked, environ):
        yield wrong("names", f"{said} leaves out {asked}", remedy)
        return
    out = [name for name in known if not settings.is_wanted(name, environ)]
    if not lists:
        yield ok("names", "all are recorded")
    elif known and out == known:
        yield wrong("names", f"{said} leaves out every skill that is installed: {_some(out)}", remedy)
    elif not known and not settings.is_wanted("any-skill", environ):
        yield wrong("names", f"{said} leaves out what it does not name", f"{remedy} `doctor SKILL` tries one name.")
    elif out:
        yield note("names", f"{said} leaves out {_some(out)}", remedy)
    else:
        yield ok("names", f"{said} leaves out no skill that is installed")


def address(environ: Mapping[str, str], *, is_local: bool) -> Iterator[Finding]:
    """Yield what the endpoint and the key say, before anything is asked. is_local: without one, events stay here."""
    said = environ.get("TRACK_SKILLS_ENDPOINT", "").strip()
    url = endpoint.base_url(environ)
    if url:
        yield ok("endpoint", url)
    elif said:
        yield wrong("endpoint", f"{said!r} is no address: {_flaw(said)}", "Set TRACK_SKILLS_ENDPOINT to https://HOST.")
    elif is_local:
        yield note("endpoint", "none: events stay on this machine")
    else:
        yield wrong(
            "endpoint",
            "TRACK_SKILLS_ENDPOINT is not set, so nothing is recorded",
            "Set it to your collector's address, or run `track-skills local on`.",
        )
    if environ.get("TRACK_SKILLS_API_KEY", "").strip() and not endpoint.api_key(environ):
        yield wrong(
            "key",
            "TRACK_SKILLS_API_KEY has characters that no key has, so none is sent",
            "Copy the key again: printable ASCII, on one line.",
        )


def _flaw(said: str) -> str:
    """Return why a value is no endpoint, in the contract's words."""
    scheme, separator, rest = said.partition("://")
    if separator and scheme not in ("http", "https"):
        return f"{scheme}:// is neither http:// nor https://"
    for characters, named in (("?#", "? or #"), ("\"'", "a quote"), (" \t\r\n\v\f", "white space")):
        if any(character in said for character in characters):
            return f"it has {named} in it"
    return "it names no host" if separator and not rest.strip("/") else "it names no host before the path"


def _odd_globs(environ: Mapping[str, str], lists: Iterable[str]) -> Iterator[str]:
    for name in lists:
        for glob in environ[name].split(","):
            bare = glob.strip(" ").replace("*", "").replace("?", "")
            if not settings.NAME_ALPHABET.issuperset(bare):
                yield f"{glob.strip(' ')!r} of {name}"


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _bare(name: str) -> str:
    return "".join(letter for letter in name.upper() if letter.isalnum())


def _distance(one: str, other: str) -> int:
    """Return the Levenshtein distance of two names."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row[0] = row[0], number
        for at, against in enumerate(other, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (letter != against))
    return row[-1]
