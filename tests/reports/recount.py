"""Every report as a plain count over all events that should have been stored: what the product must equal."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from counting.intervals import newcombe, wilson
from reports.versions import FEW
from storage.events import STORED_FIELDS
from tests.reports import recount_sessions, recount_together

Event = dict[str, Any]
HOUR, DAY = 3600, 86_400
KNOWN = ("success", "error", "timeout", "partial")
COLUMNS = {
    "tool": "tool_name",
    "category": "tool_category",
    "agent": "agent_id",
    "trigger": "trigger",
    "version": "tool_version",
    "os": "os",
    "source": "source",
    "runtime": "runtime",
}


def matching(events: Iterable[Event], filters: dict[str, str], include_test: bool) -> list[Event]:
    """The events that a report with these filters is about."""
    return [
        event
        for event in events
        if (include_test or not event["test"])
        and all((event[COLUMNS[name]] or "unknown") == value for name, value in filters.items())
    ]


class Asked(NamedTuple):
    """A window: so many days up to now (epoch seconds), or the UTC days up to `to`, a day number."""

    now: int
    days: int
    to: int | None = None

    @property
    def start(self) -> int:
        """Its first moment."""
        return (self.now - self.days * DAY) // HOUR * HOUR if self.to is None else (self.to + 1 - self.days) * DAY

    @property
    def end(self) -> float:
        """What lies behind its last moment."""
        return math.inf if self.to is None else (self.to + 1) * DAY

    @property
    def last(self) -> int:
        """The last moment of which there is a bucket."""
        return self.now if self.to is None else (self.to + 1) * DAY - 1

    def ending(self, days: int) -> Asked:
        """The days that it ends with."""
        return self._replace(days=days)

    def before(self, compare: str) -> tuple[int, int]:
        """The moments to compare it with: the first, and the one behind the last."""
        begins = self.start - (365 if compare == "year" else self.days) * DAY
        return begins, begins + self.days * DAY


def summary(events: list[Event], asked: Asked, compare: str) -> dict[str, Any]:
    """GET /analytics/summary."""
    before = _between(events, *asked.before(compare))
    return {"period": f"{asked.days} days", **_figures(_asked(events, asked)), "previous": _figures(before)}


def tools(
    events: list[Event],
    asked: Asked,
    compare: str,
    sessions: Iterable[recount_sessions.Session] = (),
    hides_new: bool = False,
) -> list[dict[str, Any]]:
    """GET /analytics/tools. hides_new: whether a filter hides which tools are new."""
    rows = []
    ever = _grouped(events, _tool)
    earlier = _grouped(_between(events, *asked.before(compare)), _tool)
    for (category, name), used in _grouped(_asked(events, asked), _tool).items():
        triggers = Counter(event["trigger"] for event in used)
        rows.append(
            {
                "tool_name": name,
                "invocations": len(used),
                "avg_duration_ms": _average(used),
                **_rates(used),
                "tool_category": category,
                "unique_users": _people(used),
                "p50_duration_ms": _percentile(used, 50),
                "p95_duration_ms": _percentile(used, 95),
                "last_used": _text(max(event["time"] for event in used)),
                "triggers": {name: triggers[name] for name in ("user", "model", "nested", "unknown")},
                "known_outcomes": sum(event["status"] in KNOWN for event in used),
                "previous": _before(earlier.get((category, name), []), "p95_duration_ms"),
                "first_used": None if hides_new else _first_in(ever[category, name], asked),
                **recount_sessions.of_tool(sessions, asked, (category, name), len(used)),
            }
        )
    return sorted(rows, key=lambda row: (-row["invocations"], row["tool_name"], row["tool_category"]))


def _first_in(used: list[Event], asked: Asked) -> str | None:
    """When a tool was first used, if that was in a window."""
    first = min(event["time"] for event in used)
    return _text(first) if first >= asked.start else None


def retention(events: list[Event], asked: Asked) -> dict[str, Any]:
    """GET /analytics/retention."""
    by_day = _grouped(_asked(events, asked), lambda event: event["time"] // DAY)
    until = [event for event in events if event["time"] < asked.end]
    first_day: dict[str, int] = {}
    for event in until:
        first_day[event["user"]] = min(event["time"] // DAY, first_day.get(event["user"], event["time"] // DAY))
    month = _asked(events, asked.ending(30))
    by_month_day = _grouped(month, lambda event: event["time"] // DAY)
    monthly = _people(month)
    last = max([asked.last // DAY, *by_day])
    average = sum(_people(used) for used in by_month_day.values()) / 30
    return {
        "daily_active_users": [
            {
                "date": _text(day * DAY)[:10],
                "dau": len(people),
                "new": sum(first_day[user] == day for user in people),
                "returning": sum(first_day[user] < day for user in people),
            }
            for day in range(last, asked.start // DAY - 1, -1)
            for people in [{event["user"] for event in by_day.get(day, [])}]
        ],
        "weekly_active_users": _people(_asked(events, asked.ending(7))),
        "period": f"{asked.days} days",
        "monthly_active_users": monthly,
        "stickiness": f"{100 * average / monthly:.2f}" if monthly else "0.00",
        "cohorts": _cohorts(until, first_day, asked.start // DAY, last),
    }


def _cohorts(events: list[Event], first_day: dict[str, int], first: int, last: int) -> list[dict[str, Any]]:
    weeks = defaultdict(set)
    for event in events:
        weeks[_week(event["time"] // DAY)].add(event["user"])
    rows = []
    for week in range(_week(first), _week(last) + 1):
        new = {user for user, day in first_day.items() if _week(day) == week}
        monday = _text((week * 7 + 4) * DAY)[:10]
        back = [len(new & weeks[later]) for later in range(week + 1, _week(last) + 1)]
        rows.append({"week": monday, "people": len(new), "back": back})
    return rows


def _week(day: int) -> int:
    """Weeks since Monday, 1970-01-05."""
    return (day - 4) // 7


def errors(events: list[Event], asked: Asked, limit: str) -> dict[str, Any]:
    """GET /analytics/errors; the list as a multiset of times and tools, as events of one second have no order."""
    failed = [event for event in _asked(events, asked) if event["status"] in ("error", "timeout")]
    width = HOUR if asked.days <= 2 else DAY
    last = max([asked.last // width * width, *(event["time"] // width * width for event in failed)])
    buckets = range(asked.start // width * width, last + width, width)
    groups = [
        {
            "tool_name": tool,
            "tool_category": category,
            "error_type": error_type,
            "count": len(used),
            "users": _people(used),
            "first_seen": _text(min(event["time"] for event in used)),
            "last_seen": _text(max(event["time"] for event in used)),
            "trend": [sum(event["time"] // width * width == begins for event in used) for begins in buckets],
        }
        for (tool, category, error_type), used in _grouped(
            failed, lambda it: (it["tool_name"], it["tool_category"], it["error_type"])
        ).items()
    ]
    groups.sort(key=lambda row: (-row["count"], row["tool_name"], row["tool_category"], row["error_type"] or ""))
    newest = sorted((_text(event["time"]) for event in failed), reverse=True)[: int(limit)]
    return {"timestamps": newest, "count": len(newest), "groups": groups}


def timeseries(events: list[Event], asked: Asked) -> list[dict[str, Any]]:
    """GET /analytics/timeseries."""
    width = HOUR if asked.days <= 2 else DAY
    buckets = _grouped(_asked(events, asked), lambda event: event["time"] // width * width)
    last = max([asked.last // width * width, *buckets])
    return [
        {
            "t": _text(begins),
            "invocations": len(used),
            "success": sum(event["status"] == "success" for event in used),
            "error": sum(event["status"] in ("error", "timeout") for event in used),
            "users": _people(used),
            "known_outcomes": sum(event["status"] in KNOWN for event in used),
            "p50": _percentile(used, 50),
            "p95": _percentile(used, 95),
        }
        for begins in range(asked.start // width * width, last + width, width)
        for used in [buckets.get(begins, [])]
    ]


def breakdown(events: list[Event], asked: Asked, by: str, compare: str) -> list[dict[str, Any]]:
    """GET /analytics/breakdown."""
    earlier = _grouped(_between(events, *asked.before(compare)), lambda event: event[COLUMNS[by]] or "unknown")
    rows = [
        {
            "key": key,
            "invocations": len(used),
            "unique_users": _people(used),
            **_rates(used),
            "known_outcomes": sum(event["status"] in KNOWN for event in used),
            "p50": _percentile(used, 50),
            "p95": _percentile(used, 95),
            "previous": _before(earlier.get(key, []), "p95"),
        }
        for key, used in _grouped(_asked(events, asked), lambda event: event[COLUMNS[by]] or "unknown").items()
    ]
    return sorted(rows, key=lambda row: (-row["invocations"], row["key"]))


def versions(events: list[Event], asked: Asked, by_day: bool = False) -> list[dict[str, Any]]:
    """GET /analytics/versions, without the ratio of two percentiles. by_day: whether days are told."""
    grouped = _grouped([event for event in _asked(events, asked) if event["tool_version"]], itemgetter("tool_version"))
    numbered = all(re.fullmatch(r"v?[0-9]+(\.[0-9]+)*", version) for version in grouped)
    ordered = sorted(
        grouped,
        key=lambda version: (
            [int(part) for part in version.removeprefix("v").split(".")] if numbered else [],
            min(event["time"] for event in grouped[version]),
            version,
        ),
    )
    rows: list[dict[str, Any]] = []
    for place, version in enumerate(ordered):
        used = grouped[version]
        known, success = _known_and_success(used)
        interval = _percent(wilson(success, known)) if known else None
        against, verdict = None, "first"
        if place:
            known_before, success_before = _known_and_success(grouped[ordered[place - 1]])
            difference, reach = None, None
            if known and known_before:
                difference = round(100 * (success / known - success_before / known_before), 2)
                reach = _percent(newcombe(success, known, success_before, known_before))
            against = {"version": ordered[place - 1], "success_difference": difference, "interval": reach}
            verdict = "too few" if reach is None or min(known, known_before) < FEW else _verdict(*reach)
        rows.append(
            {
                "version": version,
                "first_seen": _text(min(event["time"] for event in used)),
                "last_seen": _text(max(event["time"] for event in used)),
                "invocations": len(used),
                "unique_users": _people(used),
                "success_rate": _rates(used)["success_rate"],
                "success_interval": interval,
                "p50_duration_ms": _percentile(used, 50),
                "p95_duration_ms": _percentile(used, 95),
                "against": against,
                "verdict": verdict,
                "days": _version_days(used) if by_day else None,
            }
        )
    return rows[::-1]


def _version_days(used: list[Event]) -> list[dict[str, Any]]:
    rows = []
    for day, events in sorted(_grouped(used, lambda event: event["time"] // DAY).items()):
        known, success = _known_and_success(events)
        date = _text(day * DAY)[:10]
        rows.append({"date": date, "invocations": len(events), "success": success, "known_outcomes": known})
    return rows


def _known_and_success(used: list[Event]) -> tuple[int, int]:
    return sum(event["status"] in KNOWN for event in used), sum(event["status"] == "success" for event in used)


def _percent(interval: tuple[float, float]) -> list[float]:
    return [round(100 * end, 2) for end in interval]


def _verdict(low: float, high: float) -> str:
    return "worse" if high < 0 else "better" if low > 0 else "same"


def catalogue(
    events: list[Event], asked: Asked, limit: str, shipped: dict[tuple[str, str], int] | None = None
) -> dict[str, Any]:
    """GET /analytics/catalogue of one source, or none, and no sessions. shipped: tokens by category and name."""
    tokens_of = shipped or {}
    most = int(limit)
    used = _grouped(_asked(events, asked), _tool)
    before = _grouped(_between(events, 0, asked.start), _tool)
    items = [
        {
            "tool_name": name,
            "tool_category": category,
            "source": "toolbox",
            "state": "used" if used.get((category, name)) else "dead" if before.get((category, name)) else "never",
            "invocations": len(used.get((category, name), [])),
            "unique_users": _people(used.get((category, name), [])),
            "last_used": _last(used.get((category, name)) or before.get((category, name)) or []),
            "description_tokens": tokens,
            "loaded_tokens": None,
            "loaded_tokens_per_use": None,
        }
        for (category, name), tokens in tokens_of.items()
    ]
    states = ["never", "dead", "used"]
    items.sort(
        key=lambda row: (
            states.index(row["state"]),
            row["invocations"],
            -row["description_tokens"],
            row["tool_name"],
            row["tool_category"],
        )
    )
    strange = {tool: of_tool for tool, of_tool in used.items() if tool not in tokens_of}
    missing = {tool: [it for it in of_tool if _is_missing(it)] for tool, of_tool in strange.items()}
    unlisted = [_row(*tool, of_tool) for tool, of_tool in strange.items() if len(missing[tool]) < len(of_tool)]
    invented = [_row(*tool, calls) for tool, calls in missing.items() if calls]
    shown = [row for row in invented if row["unique_users"] >= 5]
    return {
        "items": items[:most],
        "unlisted": sorted(unlisted, key=_most_used)[:most],
        "invented": sorted(shown, key=_most_used)[:most],
        "invented_hidden": len(invented) - len(shown),
        "sessions": 0,
        "totals": {
            **Counter({"used": 0, "never": 0, "dead": 0} | Counter(row["state"] for row in items)),
            "unlisted": len(unlisted),
            "invented": len(shown),
        },
        "sources": []
        if shipped is None
        else [{"source": "toolbox", "version": "1.0", "items": len(shipped), "pushed": _text(0)}],
        "reach": [],
    }


def _is_missing(event: Event) -> bool:
    return event["status"] in ("error", "timeout") and event["error_type"] == "not_found"


def _row(category: str, name: str, used: list[Event]) -> dict[str, Any]:
    return {
        "tool_name": name,
        "tool_category": category,
        "invocations": len(used),
        "unique_users": _people(used),
        "last_used": _last(used),
    }


def _most_used(row: dict[str, Any]) -> tuple[Any, ...]:
    return -row["invocations"], row["tool_name"], row["tool_category"]


def _last(used: list[Event]) -> str | None:
    return _text(max(event["time"] for event in used)) if used else None


def export(events: list[Event], asked: Asked) -> list[tuple[Any, ...]]:
    """GET /analytics/export, in any order: every stored field of every event whose slot the window reaches."""
    return sorted(
        (
            (_text(event["time"]), event["user"], *(event[name] for name in STORED_FIELDS))
            for event in _asked(events, asked)
        ),
        key=repr,
    )


def exported(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What was exported, in the recount's form."""
    return sorted(
        ((row["timestamp"], row["user_id_hash"], *(row[name] for name in STORED_FIELDS)) for row in rows), key=repr
    )


REPORTS: dict[str, Callable[..., Any]] = {
    "summary": summary,
    "tools": tools,
    "retention": retention,
    "errors": errors,
    "timeseries": timeseries,
    "breakdown": breakdown,
    "versions": versions,
    "catalogue": catalogue,
    "together": recount_together.together,
    "sessions": lambda _, asked, compare, sessions=(): recount_sessions.sessions(sessions, asked, compare),
}


def comparable(name: str, answer: Any) -> Any:
    """An answer in the recount's form: of the latest errors the times, as those of one second have no order.

    Of versions no ratio, which is of two estimates.
    """
    if name == "versions":
        return [row | {"against": row["against"] and _without_ratio(row["against"])} for row in answer]
    if name != "errors":
        return answer
    rest = {key: value for key, value in answer.items() if key != "errors"}
    return rest | {"timestamps": [error["timestamp"] for error in answer["errors"]]}


def _without_ratio(against: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in against.items() if name != "p95_ratio"}


def same(actual: Any, expected: Any) -> bool:
    """Equality, but for percentiles, which may be off by 3 %, and those of one duration not at all."""
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and actual.keys() == expected.keys()
            and all(
                _close(actual[name], value) if name[:3] in ("p50", "p95", "p99") else same(actual[name], value)
                for name, value in expected.items()
            )
        )
    if isinstance(expected, list):
        return len(actual) == len(expected) and all(map(same, actual, expected))
    return bool(actual == expected)


def _close(actual: int | None, expected: int | None) -> bool:
    if actual is None or expected is None:
        return actual is expected
    return abs(actual - expected) <= 0.03 * expected + 0.5


def _figures(used: list[Event]) -> dict[str, Any]:
    return {
        "total_invocations": len(used),
        "unique_users": _people(used),
        "avg_duration_ms": _average(used),
        **_rates(used),
        "p50_duration_ms": _percentile(used, 50),
        "p95_duration_ms": _percentile(used, 95),
        "p99_duration_ms": _percentile(used, 99),
        "known_outcomes": sum(event["status"] in KNOWN for event in used),
    }


def _asked(events: list[Event], asked: Asked) -> list[Event]:
    return _between(events, asked.start, asked.end)


def _between(events: list[Event], begins: float, ends: float) -> list[Event]:
    return [event for event in events if begins <= event["time"] < ends]


def _grouped(events: Iterable[Event], key: Callable[[Event], Any]) -> dict[Any, list[Event]]:
    groups: dict[Any, list[Event]] = defaultdict(list)
    for event in events:
        groups[key(event)].append(event)
    return groups


def _tool(event: Event) -> tuple[str, str]:
    return event["tool_category"], event["tool_name"]


def _before(used: list[Event], p95: str) -> dict[str, Any]:
    return {
        "invocations": len(used),
        "unique_users": _people(used),
        "success_rate": _rates(used)["success_rate"],
        "known_outcomes": sum(event["status"] in KNOWN for event in used),
        p95: _percentile(used, 95),
    }


def _people(used: list[Event]) -> int:
    return len({event["user"] for event in used})


def _average(used: list[Event]) -> int:
    durations = [event["duration_ms"] for event in used if event["duration_ms"] is not None]
    return math.floor(sum(durations) / len(durations) + 0.5) if durations else 0


def _percentile(used: list[Event], percent: int) -> int | None:
    durations = sorted(event["duration_ms"] for event in used if event["duration_ms"] is not None)
    return durations[max(1, -(-percent * len(durations) // 100)) - 1] if durations else None


def _rates(used: list[Event]) -> dict[str, str]:
    known = [event["status"] for event in used if event["status"] in KNOWN]
    good, bad = known.count("success"), known.count("error") + known.count("timeout")
    return {
        "success_rate": f"{100 * good / len(known):.2f}" if known else "0.00",
        "error_rate": f"{100 * bad / len(known):.2f}" if known else "0.00",
    }


def _text(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S")
