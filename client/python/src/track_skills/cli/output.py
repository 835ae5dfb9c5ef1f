"""What the command writes: tables and colours on a terminal, plain lines elsewhere, JSON where it is asked for."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}
_PROGRESS_SECONDS = 0.1


class CommandError(Exception):
    """Something is wrong that the person has to know: printed in one line, exit code 1."""


def prepare() -> None:
    """Let no character that the terminal's encoding lacks stop the output, nor a stream that was closed (`>&-`)."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - for as long as the process lives
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def give_up() -> None:
    """Write nothing more to stdout: Python must not complain of it at its end either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def line(text: str = "") -> None:
    """Write one line to stdout."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """Write one line to stderr: what is said beside the answer itself."""
    sys.stderr.write(f"{text}\n")


def as_json(value: object) -> None:
    """Write a value as JSON, indented, text as it is."""
    import json

    line(json.dumps(value, ensure_ascii=False, indent=2))


def failed(message: str, *, in_json: bool) -> int:
    """Say what is wrong, on stderr, as JSON on stdout too; return the exit code."""
    if in_json:
        as_json({"error": message})
    note(f"track-skills: {message}")
    return 1


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows under their columns' names: aligned on a terminal, else separated by tabs.

    Numbers stand to the right. None is `-`. A control character, which could steer the terminal, is `?`.
    """
    given = [list(row) for row in rows]
    cells = [[cell(value) for value in row] for row in given]
    if not _is_terminal(sys.stdout):
        for row in [list(columns), *cells]:
            line("\t".join(row))
        return
    numeric = [all(isinstance(row[at], (int, float, type(None))) for row in given) for at in range(len(columns))]
    widths = [max(len(row[at]) for row in [list(columns), *cells]) for at in range(len(columns))]
    line(colour(_aligned(columns, widths, numeric), "bold"))
    for row in cells:
        line(_aligned(row, widths, numeric))


def cell(value: object) -> str:
    """Return a value as it stands in a table or a line."""
    text = "-" if value is None else str(value)
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "?" for letter in text)


def colour(text: str, name: str, stream: TextIO | None = None) -> str:
    """Return the text in `red`, `green`, `yellow`, `bold` or `dim`, if the stream shows colours (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not _is_terminal(stream or sys.stdout):
        return text
    return f"\033[{_COLOURS[name]}m{text}\033[0m"


def difference(before: Sequence[str], after: Sequence[str], old: str, new: str, around: int = 3) -> Iterator[str]:
    """Yield the lines that show a change as a unified diff, in colours where they are shown.

    before, after: lines without their ends. old, new: the file's names. around: how many lines stand about a change.
    """
    import difflib

    for text in difflib.unified_diff(before, after, old, new, n=around, lineterm=""):
        name = {"+": "green", "-": "red"}.get(text[0])
        yield colour(text, name) if name else text


def is_wanted() -> bool:
    """Return whether a change may be made: who sits at a terminal is asked."""
    if not sys.stdin.isatty():
        return True
    sys.stderr.write("Write this? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


class Progress:
    """How far long work has come: one line on stderr that is written over, and nothing where that is no terminal."""

    def __init__(self, label: str, total: int | None = None) -> None:
        self._label = label
        self._total = total
        self._shown = 0.0
        self._is_terminal = _is_terminal(sys.stderr)

    def at(self, done: int) -> None:
        """Show that so much is done."""
        now = time.monotonic()
        if self._is_terminal and now - self._shown >= _PROGRESS_SECONDS:
            self._shown = now
            of_total = f" of {self._total:,}" if self._total is not None else ""
            sys.stderr.write(f"\r\033[K{self._label}: {done:,}{of_total}")
            sys.stderr.flush()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_terminal and self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def _aligned(row: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    cells = (
        text.rjust(width) if is_number else text.ljust(width) for text, width, is_number in zip(row, widths, numeric)
    )
    return "  ".join(cells).rstrip()


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty()
