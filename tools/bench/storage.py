"""What storing and reading costs: D1's own count of rows, bytes on disk, and time beside plain SQL over raw events.

Workload W: events spread evenly over 30 days, 40 tools, 500 people, 5 % errors. The clock of the Worker under
measurement follows the events; its cron fires every minute of it.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import time
from collections.abc import Iterator
from typing import Any

from tools.bench.raw_reports import RAW_REPORTS
from tools.bench.server import Client, Server
from tools.bench.table import Row, print_table

DAY = 86_400
DAYS = 30
END = 1_790_000_000 // DAY * DAY + 43_200
CRON_SECONDS = 60
TOOLS = 40
PEOPLE = 500
REFRESH = ("summary", "tools", "retention", "errors", "timeseries")
ROLLUP_ROWS = 100  # what a cron event that does nothing never reads
PORT = 8951


def workload(events: int) -> Iterator[tuple[float, dict[str, Any]]]:
    """W: (time, event) in order."""
    chance = random.Random(1)
    begin = END - DAYS * DAY
    for number in range(events):
        moment = begin + number * DAYS * DAY / events
        failed = chance.random() < 0.05
        event = {
            "event_id": f"toolu_{number:016x}",
            "timestamp": int(moment * 1000),
            "tool_name": f"skill-{chance.randrange(TOOLS):02d}",
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
            event["error_type"] = chance.choice(("TimeoutError", "ValueError", "ConnectionError"))
        yield moment, event


class Measured:
    """What one run of W cost."""

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
        with Server(PORT) as server:
            client = Client(PORT)
            self._fill(server, client, batch)
            written = client.probe()["rows_written"]
            self.written = written / events
            self._time_refreshes(server, client)
            if life:
                self._expire(client)
                self.life = client.probe()["rows_written"] / events
            server.stop()
            if not life:
                self.bytes = _bytes_of("skill_usage_events", server) / events
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


def run(largest: int = 1_000_000) -> list[Row]:
    """Measure W at 10,000, 100,000 and `largest` events."""
    one_by_one = Measured(10_000, 1, life=True)
    small = Measured(10_000, 10, life=False)
    medium = Measured(100_000, 10, life=False)
    large = Measured(largest, 100, life=False)
    rows = [
        Row("rows written per event, one by one, 10,000 events", 8, one_by_one.written, "≤ 1.3"),
        Row("rows written per event, in tens, 10,000 events", 8, small.written, "≤ 1.3"),
        Row("rows written per event, in tens, 100,000 events", 8, medium.written, "≤ 1.3"),
        Row("rows written per event over its whole life", 16, one_by_one.life, "≤ 2.4"),
    ]
    rows += [
        Row(
            f"rows read by a refresh at {measured.events:,} events, the most of a day's",
            4 * measured.events,
            max(measured.refresh_rows),
            "≤ 5,000",
        )
        for measured in (small, medium, large)
    ]
    rows += [
        Row(
            f"rows read by a refresh at {measured.events:,} events, rollups remembered, median",
            4 * measured.events,
            statistics.median(measured.warm_rows),
            "–",
        )
        for measured in (small, medium, large)
    ]
    rows.append(Row("rows read per event by the same in plain SQL, 10,000 events", 4, small.raw_rows / 10_000, "–"))
    ratio = max(large.refresh_rows) / max(medium.refresh_rows)
    rows += [
        Row(f"rows read at {largest:,} beside 100,000 events", 10, ratio, "≤ 1.2"),
        Row("rows the rollups read per event", None, medium.rollup_reads / medium.events, "≤ 3"),
        Row(f"rows the rollups read per event, {largest:,} events", None, large.rollup_reads / large.events, "≤ 3"),
        Row(
            f"seconds of a refresh at {largest:,} events, beside plain SQL",
            statistics.median(large.raw_seconds),
            statistics.median(large.refresh_seconds),
            "≤ 1/20",
            statistics.median(large.refresh_seconds) / statistics.median(large.raw_seconds),
        ),
        Row(
            f"CPU ms of a refresh at {largest:,} events, D1 included", None, _ms(statistics.median(large.cold_cpu)), "–"
        ),
        Row(
            f"CPU ms of a refresh at {largest:,} events, D1 included, rollups remembered",
            None,
            _ms(statistics.median(large.warm_cpu)),
            "–",
        ),
        Row(
            f"CPU ms of a rollup at {largest:,} events, D1 included",
            None,
            _ms(large.rollup_cpu / large.rollups),
            "–",
        ),
        Row("kilobytes of rollups a day, 10,000 events in 30 days", None, small.rollup_bytes / 1000, "–"),
        Row(f"kilobytes of rollups a day, {largest:,} events in 30 days", None, large.rollup_bytes / 1000, "–"),
        Row("bytes on disk per event, 100,000 events", 284, medium.bytes, "≤ 150"),
        Row(f"bytes on disk per event, {largest:,} events", 284, large.bytes, "≤ 150"),
    ]
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=1_000_000)
    print_table(run(parser.parse_args().largest))
