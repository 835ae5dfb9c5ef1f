"""What was used together, as a plain count over all events of the days that are counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime
from itertools import combinations
from typing import Any, NamedTuple

from tests.database import SqliteDatabase
from tests.reports.recount_sessions import DAY, Asked

PAUSE = 1800  # seconds
Event = dict[str, Any]
Tool = tuple[str, str]
Pair = tuple[Tool, Tool, bool]  # whether it is known that the first was first
Uses = dict[Tool, int]  # when each tool of a visit was first used


class Posted(NamedTuple):
    """A session that was posted. day: since 1970."""

    user: str
    session: str | int
    day: int
    tools: list[Tool]


def beside(database: SqliteDatabase, events: list[Event]) -> dict[str, Any]:
    """What decides which events are counted: the days that are, and what came late to them and waits."""
    summed = database.connection.execute("SELECT summed FROM rollup_state").fetchone()[0] // 24
    late = {row[0] & (1 << 40) - 1 for row in database.connection.execute("SELECT event_id FROM late_events")}
    return {"events": [event for event in events if _hash(event) not in late], "summed": summed}


def together(
    _: Any, asked: Asked, limit: str, summed: int, events: list[Event], posted: Collection[Posted] = (), **narrowed: str
) -> dict[str, Any]:
    """GET /analytics/together. narrowed: tool, category."""
    first, last = asked.start // DAY, min(summed - 1, asked.last // DAY)
    counted = [it for it in events if not it["test"] and first <= it["time"] // DAY <= last]
    sessions: dict[Pair, list[str]] = defaultdict(list)
    told: dict[tuple[str, int], list[tuple[str | int | None, Pair]]] = defaultdict(list)
    for (user, session, day), uses in _visits(counted):
        for one, later in combinations(sorted(uses, key=lambda tool: (uses[tool], tool)), 2):
            sessions[one, later, uses[one] < uses[later]].append(user)
            told[user, day].append((session, (one, later, True)))
    for it in posted:
        known = [{*pair[:2]} for session, pair in told[it.user, it.day] if session in (None, it.session)]
        for pair in combinations(sorted(it.tools, key="|".join), 2):
            if first <= it.day <= last and {*pair} not in known:
                sessions[*pair, False].append(it.user)
    sessions = {pair: users for pair, users in sessions.items() if any(_is_asked(it, narrowed) for it in pair[:2])}
    shown = {pair: users for pair, users in sessions.items() if len(set(users)) >= 5}
    order = sorted(shown, key=lambda pair: (-len(shown[pair]), pair[0][::-1], pair[1][::-1]))
    in_order, unordered = ([pair for pair in order if pair[2] is known][: int(limit)] for known in (True, False))
    return {
        "period": f"{asked.days} days",
        "until": datetime.fromtimestamp(last * DAY, UTC).strftime("%Y-%m-%d") if last >= first else None,
        "pairs": [
            {"before": _named(one), "after": _named(later), **_counted(shown[one, later, ordered])}
            for one, later, ordered in in_order
        ],
        "unordered": [
            {"both": [_named(one), _named(other)], **_counted(shown[one, other, ordered])}
            for one, other, ordered in unordered
        ],
        "hidden": len(sessions) - len(shown),
    }


def _named(tool: Tool) -> dict[str, str]:
    return {"tool_name": tool[1], "tool_category": tool[0]}


def _counted(users: list[str]) -> dict[str, int]:
    return {"sessions": len(users), "unique_users": len(set(users))}


def _visits(events: list[Event]) -> list[tuple[tuple[str, str | int | None, int], Uses]]:
    """Whose each visit is, of which session and day, and what was used in it: on a day in one session, or where none
    was given, with one agent without a long pause.
    """
    by_visitor = defaultdict(list)
    for event in sorted(events, key=lambda event: event["time"]):
        session = event["session"]
        agent = event["agent_id"] if session is None else None
        by_visitor[event["user"], session, event["time"] // DAY, agent].append(event)
    visits = []
    for (*of, agent), used in by_visitor.items():
        breaks = [] if agent is None else range(1, len(used))
        starts = [0] + [at for at in breaks if used[at]["time"] - used[at - 1]["time"] > PAUSE]
        for begins, ends in zip(starts, [*starts[1:], len(used)], strict=True):
            uses: Uses = {}
            for event in used[begins:ends]:
                uses.setdefault((event["tool_category"], event["tool_name"]), event["time"])
            visits.append((tuple(of), uses))
    return visits


def _is_asked(tool: Tool, narrowed: dict[str, str]) -> bool:
    return narrowed.get("category", tool[0]) == tool[0] and narrowed.get("tool", tool[1]) == tool[1]


def _hash(event: Event) -> int:
    return int(event["hash"] if "hash" in event else event["id"] & (1 << 40) - 1)
