"""What the page of one tool costs among many: rows read by each of its reports and of the overview, and memory.

400 tools, 90 days, an event a tool and day, of four versions, three agents, three systems; the cron takes them in as
they come. Beside each: what one report reads of the events of that window, of which none is told by its tool.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from tools.bench.server import Client, Server
from tools.bench.storage import DAY, END
from tools.bench.table import Row, at_most

TOOLS = 400
DAYS = 90
PEOPLE = 500
BATCH = 100
CRON_CALLS = 3  # between two batches
MOST_CRON_CALLS = 1000  # after which there must be nothing left to do: snapshots of many tools take in a day a step
PORT = 8974
NAMED = "tool=skill-007&category=skill"
OVERVIEW = (
    *("summary", "timeseries", "retention", "tools?limit=5000", "errors?limit=100", "catalogue?limit=500"),
    *(f"breakdown?by={by}" for by in ("agent", "version", "trigger", "os")),
)
PAGE = {
    **{name: f"{name}?{NAMED}" for name in ("summary", "timeseries", "retention", "versions", "errors", "together")},
    **{f"by {by}": f"breakdown?by={by}&{NAMED}" for by in ("agent", "trigger", "os")},
}


def workload(tools: int, days: int) -> Iterator[tuple[float, dict[str, Any]]]:
    """(time, event) in order: each tool once a day, in an order of the day's own."""
    chance = random.Random(1)
    for day in range(days):
        order = chance.sample(range(tools), tools)
        for place, tool in enumerate(order):
            moment = END - (days - day) * DAY + place * DAY / tools
            yield moment, _event(f"toolu_{day:03}_{tool:04}", moment, tool, day * 4 // days, chance)


def _event(event_id: str, moment: float, tool: int, version: int, chance: random.Random) -> dict[str, Any]:
    failed = chance.random() < 0.05
    return {
        "event_id": event_id,
        "timestamp": int(moment * 1000),
        "tool_name": f"skill-{tool:03}",
        "tool_category": "skill",
        "status": "error" if failed else "success",
        "duration_ms": int(chance.lognormvariate(6.5, 1.2)),
        "anonymous_id": f"person-{chance.randrange(PEOPLE)}",
        "agent_id": chance.choice(("claude-code", "claude-code", "codex", "gemini-cli")),
        "source": "hook",
        "trigger": chance.choice(("model", "model", "user")),
        "tool_version": f"1.{version}.0",
        "os": chance.choice(("linux", "darwin", "windows")),
        **({"error_type": chance.choice(("TimeoutError", "ValueError"))} if failed else {}),
    }


def run(tools: int = TOOLS, days: int = DAYS) -> list[Row]:
    """Rows of a tool's page and of the overview, by isolates that remember nothing; memory of one after both."""
    with Server(PORT) as server, Client(server.port) as client:
        _fill(client, tools, days)
        waiting = _waiting(client)
        empty = _cold(client)["heap_bytes"]
        overview = sum(_rows(client, path, days) for path in OVERVIEW)
        _cold(client)
        each = {name: _rows(client, path, days) for name, path in PAGE.items()}
        again = sum(_rows(client, path, days) for path in PAGE.values())
        for path in OVERVIEW:
            _rows(client, path, days)
        heap = client.probe(END)["heap_bytes"]
    events = tools * days
    figure = f"{tools} tools, {days} days"
    return [
        Row(f"read by the overview, {figure}", overview, "rows", 4 * events, at_most(10_000)),
        Row(f"read by a tool's page, {figure}", sum(each.values()), "rows", 4 * events, at_most(10_000)),
        *(Row(f"  {name}", rows, "rows", None, None) for name, rows in each.items()),
        Row("  the same again, rollups remembered", again, "rows", None, None),
        Row("  of it what waits, each time", waiting, "rows", None, None),
        Row("memory of the isolate that answered both", heap / 2**20, "MB", empty / 2**20, at_most(128)),
    ]


def _fill(client: Client, tools: int, days: int) -> None:
    batch: list[dict[str, Any]] = []
    for moment, event in workload(tools, days):
        batch.append(event)
        if len(batch) == BATCH:
            client.send("POST", "/api/track", batch, moment)
            batch = []
            for _ in range(CRON_CALLS):
                client.probe(moment, cron=True)
    _settle(client)


def _settle(client: Client) -> None:
    """Fire the cron until it finds nothing to do."""
    written = client.probe(END)["rows_written"]
    for _ in range(MOST_CRON_CALLS):
        before, written = written, client.probe(END, cron=True)["rows_written"]
        if written == before:
            return
    raise RuntimeError(f"The cron still finds something to do after {MOST_CRON_CALLS} events.")


def _waiting(client: Client) -> int:
    sql = "SELECT count(*) AS n FROM skill_usage_events WHERE id > (SELECT rolled_id FROM rollup_state)"
    (answer,) = client.probe(END, sql=[sql])["results"]
    return int(answer["results"][0]["n"])


def _cold(client: Client) -> dict[str, Any]:
    """Put a fresh isolate in place of the one that runs."""
    client.probe(END, cold=True)
    client.send("GET", "/healthz", now=END)
    return client.probe(END)


def _rows(client: Client, path: str, days: int) -> int:
    before = client.probe(END)["rows_read"]
    client.send("GET", f"/analytics/{path}{'&' if '?' in path else '?'}days={days}", now=END, fresh=True)
    return int(client.probe(END)["rows_read"] - before)
