"""What is shipped: the tools of each source, which reports hold against what is used."""

from __future__ import annotations

import json
from typing import NamedTuple


class Item(NamedTuple):
    """A tool that is shipped. tokens: of its description, which a model reads in every session; None: unknown."""

    category: str
    name: str
    tokens: int | None


class Source(NamedTuple):
    """What a source ships. pushed: when it said so, in epoch seconds."""

    name: str
    version: str | None
    pushed: int
    items: list[Item]


def to_json(items: list[Item]) -> str:
    """Items as they are kept: [[category, name, tokens], …]."""
    return json.dumps(items, separators=(",", ":"))


def from_json(text: str) -> list[Item]:
    """The items that to_json wrote."""
    return list(map(Item._make, json.loads(text)))
