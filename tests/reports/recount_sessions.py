"""What is said of sessions as a plain count over what was sent of each: what the product must equal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

HOUR, DAY = 3600, 86_400
TOKENS = ("input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens")
FIGURES = ("turns", "tool_calls", "tool_errors", *TOKENS)


class Session(NamedTuple):
    """A session as it should be counted.

    started: epoch seconds. said: what was posted last, as it was sent, None if nothing was. records: what the records
    of its API requests said, each once.
    """

    started: int
    user: str
    agent: str
    said: dict[str, Any] | None
    records: tuple[dict[str, Any], ...] = ()

    def figure(self, name: str) -> int | None:
        """A figure; None where it is unknown. Posted tokens, and posted costs, come before those of records."""
        said = self.said or {}
        if name in TOKENS and all(said.get(token) is None for token in TOKENS):
            return sum(record.get(name) or 0 for record in self.records) or None
        value: int | None = said.get(name)
        return value

    @property
    def cost(self) -> int | None:
        """Its cost in millionths of a dollar."""
        said = self.said or {}
        if said.get("cost_usd") is not None:
            return round(said["cost_usd"] * 1e6)
        return sum(round((record.get("cost_usd") or 0) * 1e6) for record in self.records) or None

    def of_tool(self, tool: tuple[str, str], name: str) -> int:
        """Tokens of a kind, or "cost", that belong to a tool."""
        said = self.said or {}
        field = "cost_usd" if name == "cost" else name
        posted = said.get("cost_usd") is not None if name == "cost" else any(said.get(t) is not None for t in TOKENS)
        parts = said.get("skills", []) if posted else self.records
        if not posted and self.said is not None:
            parts = [*parts, *said.get("skills", [])]
        values = [
            part.get(field) or 0
            for part in parts
            if (part.get("tool_category", "skill"), part.get("tool_name")) == tool
        ]
        return sum(round(value * 1e6) for value in values) if name == "cost" else sum(values)


class Asked(Protocol):
    """The window, as tests.reports.recount has it."""

    @property
    def days(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> float: ...
    @property
    def last(self) -> int: ...
    def before(self, compare: str) -> tuple[int, int]: ...


def sessions(found: Iterable[Session], asked: Asked, compare: str) -> dict[str, Any]:
    """GET /analytics/sessions."""
    current = _between(found, asked.start, asked.end)
    before = _between(found, *asked.before(compare))
    reasons = Counter((one.said or {}).get("exit_reason") or "unknown" for one in current)
    agents = Counter(one.agent for one in current)
    last = max([asked.last // DAY, *(one.started // DAY for one in current)])
    return {
        "period": f"{asked.days} days",
        **_figures(current),
        "by_exit_reason": [{"key": key, "sessions": n} for key, n in _most(reasons)],
        "by_agent": [
            {"key": key, "sessions": n, "cost_usd": _cost([one for one in current if one.agent == key])}
            for key, n in _most(agents)
        ],
        "daily": [
            {
                "date": datetime.fromtimestamp(day * DAY, UTC).strftime("%Y-%m-%d"),
                "sessions": len(of_day),
                "cost_usd": _cost(of_day),
            }
            for day in range(asked.start // DAY, last + 1)
            for of_day in [[one for one in current if one.started // DAY == day]]
        ],
        "previous": _figures(before),
    }


def of_tool(found: Iterable[Session], asked: Asked, tool: tuple[str, str], uses: int) -> dict[str, Any]:
    """The columns of GET /analytics/tools that are of sessions."""
    current = _between(found, asked.start, asked.end)
    sums = {name: sum(one.of_tool(tool, name) for one in current) or None for name in (*TOKENS, "cost")}
    cost = sums.pop("cost")
    return {
        **sums,
        "cost_usd": None if cost is None else cost / 1e6,
        "cost_per_use_usd": None if cost is None else round(cost / 1e6 / uses, 6),
    }


def _between(found: Iterable[Session], begins: float, ends: float) -> list[Session]:
    return [one for one in found if begins <= one.started // HOUR * HOUR < ends]


def _figures(found: list[Session]) -> dict[str, Any]:
    seconds = sorted(value for one in found if (value := (one.said or {}).get("duration_s")) is not None)
    return {
        "sessions": len(found),
        "unique_users": len({one.user for one in found}),
        "p50_duration_s": _percentile(seconds, 50),
        "p95_duration_s": _percentile(seconds, 95),
        **{name: _sum([one.figure(name) for one in found]) for name in FIGURES},
        "cost_usd": _cost(found),
    }


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _cost(found: Iterable[Session]) -> float | None:
    micro = _sum([one.cost for one in found])
    return None if micro is None else micro / 1e6


def _percentile(values: list[int], percent: int) -> int | None:
    return values[max(1, math.ceil(percent * len(values) / 100)) - 1] if values else None


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
