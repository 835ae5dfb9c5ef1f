"""One spelling of operating systems and runtimes, whoever sends them."""

import re
from functools import lru_cache

_REMEMBERED = 64  # of each: clients send the same ones again and again
_WINDOWS = ("win", "cygwin", "msys", "mingw")  # win32, Windows_NT, MINGW64_NT-10.0
_SYSTEMS = {"macos": "darwin", "macosx": "darwin", "mac": "darwin", "osx": "darwin"}
_RUNTIMES = {"nodejs": "node", "node.js": "node", "cpython": "python", "golang": "go"}
_LETTERS = re.compile(r"[a-z_]+")
_VERSIONED = re.compile(r"([a-z.]{2,})[ /@:-]?v?(\d+)(?:\.(\d+))?", re.IGNORECASE)


@lru_cache(_REMEMBERED)
def system(name: str) -> str:
    """An operating system without its version: linux, darwin, windows, freebsd, … name: a scrubbed label."""
    word = name.lower().split()[0]
    if word.startswith(_WINDOWS):
        return "windows"
    found = _LETTERS.match(word)
    family = found[0] if found else word
    return _SYSTEMS.get(family, family)


@lru_cache(_REMEMBERED)
def runtime(name: str) -> str:
    """A runtime with the first two parts of its version: python 3.11, node 24.19, go 1.27. name: a scrubbed label."""
    found = _VERSIONED.match(name)
    if found is None:
        return name.lower()
    language, major, minor = found.groups()
    language = _RUNTIMES.get(language.lower(), language.lower())
    return f"{language} {major}" if minor is None else f"{language} {major}.{minor}"
