"""A mutant: a file with one condition changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

_MOST_CHARACTERS = 90


class Edit(NamedTuple):
    """Puts `new` in the place of the UTF-8 bytes [start, stop) of a file. before, after: what is said of it."""

    start: int
    stop: int
    new: str
    before: str
    after: str


class Mutant(NamedTuple):
    """A changed file. change: what was changed, which no other mutant of the file says. text: all of the file."""

    line: int
    change: str
    text: str


def mutants(text: str, edits: Iterable[Edit]) -> list[Mutant]:
    """The mutants of a file, one for each edit that changes it, in the order of its lines."""
    source = text.encode()
    made: dict[str, Edit] = {}
    for edit in sorted(set(edits)):
        changed = (source[: edit.start] + edit.new.encode() + source[edit.stop :]).decode()
        if edit.before != edit.after:
            made.setdefault(changed, edit)
    said: Counter[str] = Counter()
    found = []
    for changed, edit in made.items():
        change = f"{_short(edit.before)} → {_short(edit.after)}".strip()
        said[change] += 1
        number = f" ({said[change]})" if said[change] > 1 else ""
        found.append(Mutant(source[: edit.start].count(b"\n") + 1, change + number, changed))
    return found


def _short(text: str) -> str:
    """A piece of source on one line, its middle left out where it is long."""
    flat = " ".join(text.split())
    half = _MOST_CHARACTERS // 2
    return flat if len(flat) <= _MOST_CHARACTERS else f"{flat[:half]} … {flat[-half:]}"
