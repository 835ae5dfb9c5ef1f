"""Which dimensions events are counted by, and what a question is narrowed to."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from counting.fact import Fact
from terms.vocabulary import UNKNOWN

# Series of rollups that are no dimension of an event: all events, and test traffic, which no other series holds.
EVERYTHING = "all"
TEST = "test"

TOOL = "tool"
BREAKDOWNS = ("category", "agent", "version", "trigger", "os", "source", "runtime")
FILTERS = (TOOL, "category", "agent", "trigger", "version")


def value_of(fact: Fact, dimension: str) -> str:
    """What a fact is counted under in a dimension."""
    return getattr(fact, dimension) or UNKNOWN


class Filters(NamedTuple):
    """What a question is narrowed to. values: by dimension, of FILTERS."""

    values: Mapping[str, str] = MappingProxyType({})
    include_test: bool = False

    def match(self, fact: Fact) -> bool:
        """Whether a fact that is no test traffic is asked about."""
        return all(value_of(fact, dimension) == value for dimension, value in self.values.items())

    def to_json(self) -> str:
        """The same for SQL: what the column `dimensions` of the view `events` must agree with."""
        return json.dumps({**self.values} if self.include_test else {**self.values, "test": 0})
