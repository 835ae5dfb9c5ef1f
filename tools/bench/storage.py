"""What storing and reading costs: D1's own count of rows, bytes on disk, and time beside plain SQL over raw events.

Workload W: events spread evenly over 30 days, 40 tools, 500 people, 5 % errors. The clock of the Worker under
measurement follows the events; its cron fires every minute of it.
"""

from __future__ import annotations

import functools
import random
import sqlite3
import statistics
import time
from collections.abc import Iterator
from typing import Any

from tools.bench.raw_reports import RAW_REPORTS
from tools.bench.server import Client, Server
from tools.bench.table import Row, at_most, at_most_times

DAY = 86_400
DAYS = 30
END = 1_790_000_000 // DAY * DAY + 43_200
CRON_SECONDS = 60
TOOLS = 40
PEOPLE = 500
REFRESH = ("summary", "tools", "retention", "errors", "timeseries")
ROLLUP_ROWS = 100  # what a cron event that does nothing never reads
PORT = 8951
FEW, MANY, MOST = 10_000, 100_000, 1_000_000


def workload(events: int, tools: int = TOOLS) -> Iterator[tuple[float, dict[str, Any]]]:
    """W: (time, event) in order."""
    chance = random.Random(1)
    begin = END - DAYS * DAY
    for number in range(events):
        moment = begin + number * DAYS * DAY / events
        yield moment, make_event(f"toolu_{number:016x}", moment, chance, tools)


def make_event(event_id: str, moment: float, chance: random.Random, tools: int = TOOLS) -> dict[str, Any]:
    """An event of W at a moment, epoch seconds."""
    failed = chance.random() < 0.05
    made = {
        "event_id": event_id,
        "timestamp": int(moment * 1000),
        "tool_name": f"skill-{chance.randrange(tools):02d}",
        "tool_category": "skill",
        "status": "error" if failed else "success",
        "duration_ms": int(chance.lognormvariate(6.5, 1.2)),
        "anonymous_id": f"person-{chance.randrange(PEOPLE)}",
        "agent_id": chance.choice(("claude-code", "claude-code", "codex")),
        "source": "hook",
        "trigger": chance.choice(("model", "model", "user")),
        "tool_version": chance.choice(("1.4.0", "1.5.0")),
        "os": chance.choice(("linux", "darwin")),
    }
    if failed:
        made["error_type"] = chance.choice(("TimeoutError", "ValueError", "ConnectionError"))
    return made


class Measured:
    """What one run of W cost.

    batch: events in a POST. life: until the last event has been deleted; else what it takes on disk.
    """

    def __init__(self, events: int, batch: int, life: bool) -> None:
        self.events = events
        self.refresh_rows: list[int] = []
        self.warm_rows: list[int] = []
        self.refresh_seconds: list[float] = []
        self.raw_seconds: list[float] = []
        self.rollup_reads = 0
        self.rollups = 0
        self.rollup_cpu = 0.0
        self.cold_cpu: list[float] = []
        self.warm_cpu: list[float] = []
        with Server(PORT) as server, Client(PORT) as client:
            self._fill(server, client, batch)
            written = client.probe()["rows_written"]
            self.written = written / events
            self._time_refreshes(server, client)
            if life:
                self._expire(client)
                self.life = client.probe()["rows_written"] / events
            server.stop()
            if not life:
                self.bytes_per_event = _bytes_of("skill_usage_events", server) / events
                self.rollup_bytes = _bytes_of("rollups", server) / DAYS

    def _fill(self, server: Server, client: Client, batch: int) -> None:
        next_cron = next_refresh = 0.0
        waiting: list[dict[str, Any]] = []
        for moment, event in workload(self.events):
            waiting.append(event)
            if len(waiting) == batch:
                client.send("POST", "/api/track", waiting if batch > 1 else waiting[0], moment)
                waiting = []
            if moment >= next_cron:
                next_cron = moment + CRON_SECONDS
                before = server.cpu_seconds()
                rows = client.probe(moment, cron=True)["cron_rows_read"]
                self.rollup_reads += rows
                if rows >= ROLLUP_ROWS and moment >= END - DAY:
                    self.rollups += 1
                    self.rollup_cpu += server.cpu_seconds() - before
            if moment >= END - DAY and moment >= next_refresh:
                next_refresh = moment + 1300
                client.probe(cold=True)
                self.refresh_rows.append(self._refresh_rows(client, moment))
                self.warm_rows.append(self._refresh_rows(client, moment))

    @staticmethod
    def _refresh_rows(client: Client, moment: float) -> int:
        before = client.probe()["rows_read"]
        for name in REFRESH:
            client.send("GET", f"/analytics/{name}?days={DAYS}", now=moment, fresh=True)
        return int(client.probe()["rows_read"] - before)

    def _time_refreshes(self, server: Server, client: Client) -> None:
        for number in range(10):
            cold = number % 2 == 0
            if cold:
                client.probe(cold=True)
            begin, cpu = time.perf_counter(), server.cpu_seconds()
            for name in REFRESH:
                client.send("GET", f"/analytics/{name}?days={DAYS}", now=END, fresh=True)
            (self.cold_cpu if cold else self.warm_cpu).append(server.cpu_seconds() - cpu)
            if cold:
                self.refresh_seconds.append(time.perf_counter() - begin)
        for _ in range(3 if self.events < 500_000 else 1):
            begin = time.perf_counter()
            answers = [
                client.probe(sql=[statement.format(now=END, days=DAYS) for statement in statements])
                for statements in RAW_REPORTS.values()
            ]
            self.raw_seconds.append(time.perf_counter() - begin)
            self.raw_rows = sum(result["meta"]["rows_read"] for answer in answers for result in answer["results"])

    def _expire(self, client: Client) -> None:
        later = END + 91 * DAY
        while client.probe(sql=["SELECT count(*) AS n FROM skill_usage_events"])["results"][0]["results"][0]["n"]:
            client.probe(later, cron=True)
            later += CRON_SECONDS


def _ms(seconds: float) -> float:
    return seconds * 1000


def _bytes_of(table: str, server: Server) -> int:
    connection = sqlite3.connect(server.database_file())
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return int(connection.execute("SELECT sum(pgsize) FROM dbstat WHERE name = ?", [table]).fetchone()[0])


@functools.cache
def measure(events: int, batch: int, life: bool = False) -> Measured:
    """A run of W, once a process: parts of the bench share it."""
    return Measured(events, batch, life)


def run_one_by_one(events: int = FEW) -> list[Row]:
    """W, an event a POST, until the last has been deleted."""
    cost = measure(events, 1, life=True)
    return [
        Row(f"written per event, one by one, {events:,} events", cost.written, "rows", 8, at_most(1.15)),
        Row("written per event over its whole life", cost.life, "rows", 16, at_most(2.4)),
    ]


def run_few(events: int = FEW) -> list[Row]:
    """W with few events, in tens."""
    cost = measure(events, 10)
    return [
        Row(f"written per event, in tens, {events:,} events", cost.written, "rows", 8, None),
        *_refreshes(cost),
        Row(f"read per event by the same in plain SQL, {events:,} events", cost.raw_rows / events, "rows", 4, None),
        _rollups_a_day(cost),
    ]


def run_many(events: int = MANY) -> list[Row]:
    """W with many events, in tens."""
    cost = measure(events, 10)
    return [
        Row(f"written per event, in tens, {events:,} events", cost.written, "rows", 8, at_most(1.3)),
        *_refreshes(cost),
        _rollup_reads(cost),
        _disk(cost),
    ]


def run_most(events: int = MOST) -> list[Row]:
    """W with the most events, in hundreds."""
    cost = measure(events, 100)
    refresh, raw = statistics.median(cost.refresh_seconds), statistics.median(cost.raw_seconds)
    name = f"CPU time of a refresh at {events:,} events, D1 included"
    cold, warm = _ms(statistics.median(cost.cold_cpu)), _ms(statistics.median(cost.warm_cpu))
    rollup = _ms(cost.rollup_cpu / cost.rollups)
    return [
        *_refreshes(cost),
        _rollup_reads(cost),
        Row(f"a refresh at {events:,} events, beside plain SQL", refresh, "s", raw, at_most_times(1 / 20)),
        Row(name, cold, "ms", None, None),
        Row(f"{name}, rollups remembered", warm, "ms", None, None),
        Row(f"CPU time of a rollup at {events:,} events, D1 included", rollup, "ms", None, None),
        _rollups_a_day(cost),
        _disk(cost),
    ]


def run_growth(many: int = MANY, most: int = MOST) -> list[Row]:
    """How much more a refresh reads of the most events than of many."""
    ratio = max(measure(most, 100).refresh_rows) / max(measure(many, 10).refresh_rows)
    return [Row(f"read by a refresh at {most:,} beside {many:,} events", ratio, "times", most / many, at_most(1.2))]


def _refreshes(cost: Measured) -> list[Row]:
    name, plain = f"read by a refresh at {cost.events:,} events", 4 * cost.events
    return [
        Row(f"{name}, the most of a day's", max(cost.refresh_rows), "rows", plain, at_most(600)),
        Row(f"{name}, rollups remembered, median", statistics.median(cost.warm_rows), "rows", plain, None),
    ]


def _rollup_reads(cost: Measured) -> Row:
    name = f"read by the rollups per event, {cost.events:,} events"
    return Row(name, cost.rollup_reads / cost.events, "rows", None, at_most(3))


def _rollups_a_day(cost: Measured) -> Row:
    return Row(f"rollups a day, {cost.events:,} events in {DAYS} days", cost.rollup_bytes / 1000, "kB", None, None)


def _disk(cost: Measured) -> Row:
    return Row(f"on disk per event, {cost.events:,} events", cost.bytes_per_event, "bytes", 284, at_most(150))
