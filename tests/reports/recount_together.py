"""What was used together, as a plain count over all events of the days that are counted."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

from tests.database import SqliteDatabase
from tests.reports.recount_sessions import DAY, Asked

PAUSE = 1800  # seconds
Event = dict[str, Any]
Tool = tuple[str, str]
Uses = dict[Tool, int]  # when each tool of a visit was first used


def beside(database: SqliteDatabase, events: list[Event]) -> dict[str, Any]:
    """What decides which events are counted: the days that are, and what came late to them and waits."""
    summed = database.connection.execute("SELECT summed FROM rollup_state").fetchone()[0] // 24
    late = {row[0] & (1 << 40) - 1 for row in database.connection.execute("SELECT event_id FROM late_events")}
    return {"events": [event for event in events if _hash(event) not in late], "summed": summed}


def together(_: Any, asked: Asked, limit: str, summed: int, events: list[Event], **narrowed: str) -> dict[str, Any]:
    """GET /analytics/together. narrowed: tool, category."""
    first, last = asked.start // DAY, min(summed - 1, asked.last // DAY)
    counted = [it for it in events if not it["test"] and first <= it["time"] // DAY <= last]
    sessions: dict[tuple[Tool, Tool], list[str]] = defaultdict(list)
    for user, uses in _visits(counted):
        for one, later in permutations(uses, 2):
            if uses[one] <= uses[later] and (_is_asked(one, narrowed) or _is_asked(later, narrowed)):
                sessions[one, later].append(user)
    shown = {pair: users for pair, users in sessions.items() if len(set(users)) >= 5}
    order = sorted(shown, key=lambda pair: (-len(shown[pair]), pair[0][::-1], pair[1][::-1]))
    return {
        "period": f"{asked.days} days",
        "until": datetime.fromtimestamp(last * DAY, UTC).strftime("%Y-%m-%d") if last >= first else None,
        "pairs": [
            {
                "before": {"tool_name": one[1], "tool_category": one[0]},
                "after": {"tool_name": later[1], "tool_category": later[0]},
                "sessions": len(shown[one, later]),
                "unique_users": len(set(shown[one, later])),
            }
            for one, later in order[: int(limit)]
        ],
        "hidden": len(sessions) - len(shown),
    }


def _visits(events: list[Event]) -> list[tuple[str, Uses]]:
    """Whose each visit is, and what was used in it: on a day, with one agent, without a long pause."""
    by_visitor = defaultdict(list)
    for event in sorted(events, key=lambda event: event["time"]):
        by_visitor[event["user"], event["agent_id"], event["time"] // DAY].append(event)
    visits = []
    for (user, *_), used in by_visitor.items():
        starts = [0] + [at for at in range(1, len(used)) if used[at]["time"] - used[at - 1]["time"] > PAUSE]
        for begins, ends in zip(starts, [*starts[1:], len(used)], strict=True):
            uses: Uses = {}
            for event in used[begins:ends]:
                uses.setdefault((event["tool_category"], event["tool_name"]), event["time"])
            visits.append((user, uses))
    return visits


def _is_asked(tool: Tool, narrowed: dict[str, str]) -> bool:
    return narrowed.get("category", tool[0]) == tool[0] and narrowed.get("tool", tool[1]) == tool[1]


def _hash(event: Event) -> int:
    return int(event["hash"] if "hash" in event else event["id"] & (1 << 40) - 1)
