"""Believable usage for a demonstration: tools of different popularity, weekdays, failures, agents, versions, people who
come once and people who stay. Posted through the API like everyone's.

The story that it tells: since version 1.4.0, a week ago, one tool fails three times as often and takes twice as long.
Beside it one skill is new and rises, one has gone quiet, some were never used, and one is called that nobody has. Tests
are followed by commits, and searches by pull requests; of two plugins that many have loaded, one is hardly used.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tools import sample_catalogue, sample_plugins, sample_sessions
from tools.embedded.runtime import get_json, post_json

DAYS = 90
BATCH = 100
PEOPLE = 110
SEED = 7

# name, category, share of use, median ms (None: not measured), failures in a hundred
Tool = tuple[str, str, int, int | None, float]
TOOLS: tuple[Tool, ...] = (
    ("code-review", "skill", 190, 4200, 2.5),
    ("write-tests", "skill", 150, 9800, 5.0),
    ("explain-diff", "skill", 120, 2100, 1.0),
    ("search_issues", "mcp:github", 110, 640, 3.0),
    ("create_pull_request", "mcp:github", 60, 1450, 6.5),
    ("release-notes", "skill", 55, 5600, 1.5),
    ("query", "mcp:postgres", 80, 210, 9.0),
    ("query", "mcp:warehouse", 30, 3400, 2.0),
    ("refactor", "skill", 48, 15200, 4.0),
    ("commit", "skill", 95, None, 0.0),
    ("fetch_page", "mcp:browser", 42, 2900, 14.0),
    ("screenshot", "mcp:browser", 24, 3800, 8.0),
    ("security-audit", "skill", 18, 24500, 3.0),
    ("translate", "skill", 12, 3100, 0.5),
    ("deploy-preview", "skill", 9, 61000, 11.0),
    ("standup", "skill", 7, None, 0.0),
    ("legacy-format", "skill", 2, 1200, 22.0),
    ("incident-report", "skill", 40, 7400, 1.0),
    ("oncall:handover", "skill", 14, 5100, 2.0),
)
ERROR_TYPES = ("TimeoutError", "ConnectionError", "ValidationError", "PermissionError", "RateLimitError")
VERSIONS = (("1.2.0", 0), ("1.3.0", 38), ("1.4.0", 83))  # and the day of the sample it came out
# What it did to one tool: category, name, how many times as many failures, how many times as slow.
WORSE_VERSION, WORSE, FAILURES_TIMES, TIME_TIMES = "1.4.0", ("query", "mcp:postgres"), 3.2, 2.1
FIRST_DAY = {"incident-report": 80}
LAST_DAY = {"legacy-format": 52}
# What a tool is often followed by, in a hundred of its uses.
FOLLOWED_BY = {"write-tests": "commit", "search_issues": "create_pull_request", "explain-diff": "code-review"}
FOLLOWED_PERCENT = 45
INVENTED = "deploy-prod"  # what models call it that nobody has shipped
INVENTED_PERCENT = 0.35
AGENTS = ("claude-code", "claude-code", "claude-code", "claude-code", "codex", "cursor")
SYSTEMS = ("darwin", "darwin", "linux", "linux", "linux", "windows")
HOURS_BETWEEN = 0.1  # two uses of a visit
WEEKDAYS = (1.0, 1.1, 1.15, 1.05, 0.85, 0.25, 0.2)


def load(url: str, now: float | None = None) -> int:
    """Post the sample to a running deployment and return how many events were new. now: epoch seconds."""
    events = list(sample(time.time() if now is None else now))
    accepted = 0
    for start in range(0, len(events), BATCH):
        accepted += post_json(f"{url}/api/track", events[start : start + BATCH])["accepted"]
    around = list(sample_sessions.sessions(events))
    for start in range(0, len(around), BATCH):
        post_json(f"{url}/api/session", around[start : start + BATCH])
    for export in sample_plugins.exports(events):
        post_json(f"{url}/v1/logs", export)
    for source, shipped in sample_catalogue.catalogues().items():
        post_json(f"{url}/api/catalogue/{source}", shipped, "PUT")
    return accepted


def is_added_up(url: str) -> bool:
    """Whether a deployment has added up every day of the sample that is over, as its cron events do one by one."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    until: str | None = get_json(f"{url}/analytics/together?days={DAYS}", fresh=True)["until"]
    return until == str(yesterday)


def sample(now: float) -> Iterator[dict[str, Any]]:
    """Ninety days of events up to now, oldest first, the same ones for the same day."""
    chance = random.Random(SEED)
    end = datetime.fromtimestamp(now, UTC)
    begin = _iso(end - timedelta(days=DAYS))
    people = [_person(chance, number) for number in range(PEOPLE)]
    for back in range(DAYS, -1, -1):
        day = (end - timedelta(days=back)).replace(hour=0, minute=0, second=0, microsecond=0)
        growth = 0.7 + 0.6 * (DAYS - back) / DAYS
        today = [person for person in people if chance.random() < person["keenness"] * WEEKDAYS[day.weekday()] * growth]
        events = [
            event
            for person in today
            if person["since"] <= DAYS - back
            for event in _visit(chance, person, day, DAYS - back)
        ]
        yield from sorted(
            (event for event in events if begin <= event["timestamp"] < _iso(end)), key=lambda it: it["timestamp"]
        )


def _person(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "anonymous_id": f"sample-person-{number}",
        "keenness": chance.choice((0.02, 0.05, 0.15, 0.4, 0.75)),
        "since": 0 if chance.random() < 0.55 else chance.randrange(DAYS),
        "agent": chance.choice(AGENTS),
        "os": chance.choice(SYSTEMS),
        "hour": chance.gauss(13.5, 2.5),
        "favourites": chance.choices(TOOLS, [tool[2] for tool in TOOLS], k=6),
    }


def _visit(chance: random.Random, person: dict[str, Any], day: datetime, since: int) -> Iterator[dict[str, Any]]:
    version = [version for version, out in VERSIONS if out <= since][-1 if chance.random() < 0.85 else 0]
    hours = min(max(chance.gauss(person["hour"], 2.0), 0.0), 22.0)
    tool = None
    for count in range(1 + int(chance.expovariate(0.25))):
        tool = _next(chance, person, tool)
        hours = min(hours + chance.expovariate(1 / HOURS_BETWEEN), 23.9)
        event = {
            "event_id": f"sample-{day.date()}-{person['anonymous_id']}-{count}",
            "timestamp": _iso(day + timedelta(hours=hours)),
            "agent_id": person["agent"],
            "anonymous_id": person["anonymous_id"],
            "session_id": sample_sessions.session_id(person["anonymous_id"], str(day.date())),
            "source": "hook",
            "os": person["os"],
        }
        if chance.random() * 100 < INVENTED_PERCENT:
            yield event | _not_found()
        elif FIRST_DAY.get(tool[0], 0) <= since <= LAST_DAY.get(tool[0], DAYS):
            yield event | _use(chance, tool, version)


def _next(chance: random.Random, person: dict[str, Any], before: Tool | None) -> Tool:
    if before is not None and before[0] in FOLLOWED_BY and chance.random() * 100 < FOLLOWED_PERCENT:
        return next(tool for tool in TOOLS if tool[0] == FOLLOWED_BY[before[0]])
    favourites: list[Tool] = person["favourites"]
    return chance.choice(favourites) if chance.random() < 0.7 else chance.choice(TOOLS)


def _not_found() -> dict[str, Any]:
    called = {"tool_name": INVENTED, "tool_category": "skill", "trigger": "model"}
    return called | {"status": "error", "error_type": "not_found"}


def _use(chance: random.Random, tool: Tool, version: str) -> dict[str, Any]:
    name, category, _, typical, failures = tool
    worse = version == WORSE_VERSION and (name, category) == WORSE
    failed = chance.random() * 100 < failures * (FAILURES_TIMES if worse else 1)
    event: dict[str, Any] = {
        "tool_name": name,
        "tool_category": category,
        "status": _status(chance, failed),
        "trigger": "user" if category == "skill" and chance.random() < 0.35 else "model",
        "tool_version": version,
    }
    if typical is not None:
        times = (TIME_TIMES if worse else 1) * (3 if failed else 1)
        event["duration_ms"] = int(typical * chance.lognormvariate(0, 0.6) * times)
    if failed:
        event["error_type"] = ERROR_TYPES[min(int(chance.expovariate(0.9)), len(ERROR_TYPES) - 1)]
    return event


def _status(chance: random.Random, failed: bool) -> str:
    if failed:
        return "timeout" if chance.random() < 0.25 else "error"
    return "success" if chance.random() < 0.97 else chance.choice(("skipped", "partial", "unknown"))


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
