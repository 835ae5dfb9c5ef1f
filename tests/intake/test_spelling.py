"""One spelling of systems and runtimes."""

from __future__ import annotations

import pytest

from intake.spelling import runtime, system


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("win32", "windows"),
        ("Windows_NT", "windows"),
        ("Windows 11", "windows"),
        ("MINGW64_NT-10.0", "windows"),
        ("cygwin", "windows"),
        ("msys", "windows"),
        ("Linux", "linux"),
        ("linux-x64", "linux"),
        ("Darwin", "darwin"),
        ("macOS", "darwin"),
        ("Mac OS X", "darwin"),
        ("freebsd14", "freebsd"),
        ("openbsd", "openbsd"),
        ("android", "android"),
        ("7", "7"),
    ],
)
def test_systems(sent: str, kept: str) -> None:
    assert system(sent) == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("python 3.11", "python 3.11"),
        ("Python 3.11.7", "python 3.11"),
        ("python3.11", "python 3.11"),
        ("CPython 3.14.2", "python 3.14"),
        ("node v24.1.0", "node 24.1"),
        ("node 24.1", "node 24.1"),
        ("node/24.19.0", "node 24.19"),
        ("Node.js 24.19.0", "node 24.19"),
        ("nodejs@24", "node 24"),
        ("go1.27", "go 1.27"),
        ("go 1.27.1", "go 1.27"),
        ("bash 5.2.15", "bash 5.2"),
        ("bash 3.2", "bash 3.2"),
        ("bun 1.4.0", "bun 1.4"),
        ("deno 2.9.1", "deno 2.9"),
        ("bun", "bun"),
        ("PyPy 7.3", "pypy 7.3"),
    ],
)
def test_runtimes(sent: str, kept: str) -> None:
    assert runtime(sent) == kept
