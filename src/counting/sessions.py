"""What sessions are counted by: integers by name, so that the sums of any number of sessions are sums name by name.

A session counts itself, its figures, which of them it knows, and itself under its agent and exit reason:
{"sessions": 1, "turns": 3, "known|turns": 1, "exit|other": 1, "agent|codex": 1, "tool|input_tokens|skill|pdf": 120}.
A figure that is 0 is not among them, and money is whole millionths of a dollar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from counting import histogram
from terms import limits

Counters = dict[str, int]

TOKENS = ("input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens")
FIGURES = ("turns", "tool_calls", "tool_errors", *TOKENS)
COST = "cost"
SESSIONS = "sessions"

EXIT, AGENT, AGENT_COST, KNOWN, SECONDS, TOOL = "exit", "agent", "agent_cost", "known", "seconds", "tool"
KNOWN_TOKENS = "known|tokens"  # by what is posted: the schema asks for it by this name

_MICRO = 1_000_000


def micro(dollars: float) -> int:
    """Dollars in whole millionths."""
    return round(dollars * _MICRO)


def dollars(micro: int) -> float:
    """Millionths as dollars."""
    return micro / _MICRO


def name(*parts: str) -> str:
    """The name of a counter of a kind."""
    return "|".join(parts)


def under(sums: Mapping[str, int], kind: str) -> Iterator[tuple[str, int]]:
    """What counters of one kind are of, and their sums."""
    prefix = f"{kind}|"
    return ((key[len(prefix) :], value) for key, value in sums.items() if key.startswith(prefix))


def figure(sums: Mapping[str, int], counter: str) -> int | None:
    """The sum of a figure; None where no session knows it."""
    value = sums.get(counter, 0)
    return value if value or sums.get(name(KNOWN, counter)) else None


def cost(sums: Mapping[str, int]) -> float | None:
    """What sessions cost, in dollars; None where none knows."""
    value = figure(sums, COST)
    return None if value is None else dollars(value)


def seconds_name(duration_s: int) -> str:
    """The counter of a duration in seconds: its bucket in a histogram."""
    return name(SECONDS, str(histogram.bucket_of(min(duration_s, limits.SESSION_SECONDS))))


def seconds(sums: Mapping[str, int], *ranks: float) -> tuple[int | None, ...]:
    """The percentiles of durations in seconds, off by 3 % at most; None where there are none."""
    buckets = {int(bucket): count for bucket, count in under(sums, SECONDS)}
    if not buckets:
        return tuple(None for _ in ranks)
    whole = [buckets.get(bucket, 0) for bucket in range(max(buckets) + 1)]
    return histogram.percentiles(whole, ranks, *histogram.bounds(min(buckets), max(buckets)))


class Sums(NamedTuple):
    """What sessions add up to, and how many people they were of."""

    counters: Counters
    people: int


class Day(NamedTuple):
    """The sessions of a day (since 1970), and what they cost in millionths of a dollar, None where it is unknown."""

    day: int
    sessions: int
    cost: int | None


class ToolUsage(NamedTuple):
    """What a tool used up: tokens of each kind, and millionths of a dollar; None where nothing is known."""

    input_tokens: int | None
    output_tokens: int | None
    cache_creation_tokens: int | None
    cache_read_tokens: int | None
    cost: int | None


def by_tool(sums: Mapping[str, int]) -> dict[str, ToolUsage]:
    """What each tool used up, by counting.dimensions.tool_key."""
    found: dict[str, dict[str, int]] = {}
    for key, value in under(sums, TOOL):
        what, _, tool = key.partition("|")
        if tool:
            found.setdefault(tool, {})[what] = value
    return {tool: ToolUsage(*map(values.get, (*TOKENS, COST))) for tool, values in found.items()}
