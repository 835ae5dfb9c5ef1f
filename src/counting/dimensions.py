"""Which series events are counted in, under which value in each, and what a question is narrowed to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from counting.fact import Fact
from terms.vocabulary import OTHER, UNKNOWN

EVERYTHING = "all"  # the series of all events, and the only value in it
TOOL = "tool"
ERROR = "error"
TOGETHER = "together"  # which tools were used in one session; days alone have it, and their sums
TEST = "test"  # test traffic, which no other series holds; its only value is EVERYTHING
BREAKDOWNS = ("category", "agent", "version", "trigger", "os", "source", "runtime")
SERIES = (EVERYTHING, TOOL, ERROR, *BREAKDOWNS, TEST)
FILTERS = (TOOL, "category", "agent", "trigger", "version")
OF_TOOLS = frozenset((TOOL, "category"))  # those that say which tools are asked about

_BAR = "|"  # stands in no name


class Tool(NamedTuple):
    """What is one tool: two categories may each have a tool of the same name."""

    category: str
    name: str


class Pair(NamedTuple):
    """Two tools of one session. ordered: whether the first was used first; else nobody knows, and they are in the order
    of their keys.
    """

    first: Tool
    later: Tool
    ordered: bool


class ErrorGroup(NamedTuple):
    """The errors of one type of one tool."""

    category: str
    tool: str
    error_type: str | None


def tool_key(category: str, tool: str) -> str:
    """A tool's value in the series of tools."""
    return f"{category}{_BAR}{tool}"


def tool_of(key: str) -> Tool:
    """The tool of a value in the series of tools, or of errors."""
    category, tool, *_ = key.split(_BAR)
    return Tool(category, tool)


def pair_key(pair: Pair) -> str:
    """The value of a pair in the series of what was used together: four names, and a bar where no order is known."""
    return _BAR.join((*pair.first, *pair.later, *([] if pair.ordered else [""])))


def pair_of(key: str) -> Pair | None:
    """The pair of such a value; None of the rarest pairs, which are counted together."""
    parts = key.split(_BAR)
    return Pair(Tool(*parts[:2]), Tool(*parts[2:4]), len(parts) == 4) if len(parts) >= 4 else None


def error_group_of(key: str) -> ErrorGroup:
    """The group of a value in the series of errors."""
    category, tool, error_type = key.split(_BAR)
    return ErrorGroup(category, tool, error_type or None)


def other(series: str) -> str:
    """What the rarest values of a series are counted under together."""
    return _BAR.join([OTHER] * {TOOL: 2, ERROR: 3}.get(series, 1))


def values_in(facts: Iterable[Fact], dimension: str) -> list[str]:
    """What each of some facts is counted under in a dimension."""
    if dimension == TOOL:
        return [f"{fact.category}{_BAR}{fact.tool}" for fact in facts]
    return [value or UNKNOWN for value in map(attrgetter(dimension), facts)]


def error_key(fact: Fact) -> str:
    """What a failure is counted under in the series of errors."""
    return f"{fact.category}{_BAR}{fact.tool}{_BAR}{fact.error_type or ''}"


class Filters(NamedTuple):
    """What a question is narrowed to. values: by dimension, of FILTERS."""

    values: Mapping[str, str] = MappingProxyType({})
    include_test: bool = False

    def match(self, fact: Fact) -> bool:
        """Whether a fact that is no test traffic is asked about."""
        return all((getattr(fact, dimension) or UNKNOWN) == value for dimension, value in self.values.items())

    def match_tool(self, tool: Tool) -> bool:
        """Whether a tool is asked about, by its name and category alone."""
        values = self.values
        return values.get(TOOL, tool.name) == tool.name and values.get("category", tool.category) == tool.category

    def to_json(self) -> str:
        """The same for SQL: what the column `dimensions` of the view `events` must agree with."""
        return json.dumps({**self.values} if self.include_test else {**self.values, "test": 0})
