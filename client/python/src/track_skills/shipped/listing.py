"""What is shipped, as the collector takes it."""

from __future__ import annotations

from collections import namedtuple

from track_skills import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    class Tool(NamedTuple):
        """A tool. tokens: of what a model reads of it in every session, by estimate."""

        name: str
        category: str
        tokens: int

    class Listing(NamedTuple):
        """What a source ships. notes: what could not be read, and why."""

        source: str
        version: str | None
        tools: list[Tool]
        notes: list[str]
else:
    Tool = namedtuple("Tool", "name category tokens")
    Listing = namedtuple("Listing", "source version tools notes")

_CHARACTERS_A_TOKEN = 4  # of English, by the rule of thumb of those who make models
_LONGEST_NAME = 128


class ListingError(Exception):
    """Nothing that is shipped can be read."""


def tokens_of(text: str) -> int:
    """Return how many tokens a text has, by estimate."""
    return -(-len(text) // _CHARACTERS_A_TOKEN)


def fits(name: str) -> bool:
    """Return whether a collector takes a name."""
    is_path = name.startswith("/") or ".." in name or name.count("/") > 1 or name[1:2] == ":"
    return 0 < len(name) <= _LONGEST_NAME and settings.NAME_ALPHABET.issuperset(name) and not is_path
