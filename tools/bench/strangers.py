"""What an hour of a stranger costs an open collector with the limits of wrangler.toml, by what they try.

Limits by address are left out: it is as if each request came from another one.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tools.bench.server import Client, Server
from tools.bench.storage import DAY, END
from tools.bench.table import Row, at_most
from tools.embedded.runtime import LIMITS, ROOT

PORT = 8961
BATCH = 100
MINUTES = 60
REQUESTS = 4  # a minute
FREE_WRITTEN, FREE_READ = 100_000, 5_000_000  # rows a day
SHARE = 0.05

Attempt = tuple[str, str, Any]  # method, path and body


class Hour(NamedTuple):
    """What an hour cost, in rows. known: whether the owner sees the same of the tools that were known."""

    written: int
    read: int
    stored: int
    refused: int
    known: bool


def _event(number: int, **fields: Any) -> dict[str, Any]:
    return {"tool_name": "known-0", "status": "error", "event_id": f"stranger-{number}", **fields}


def invented_tools(number: int, now: float) -> Iterator[Attempt]:  # noqa: ARG001
    """Batches of names that nobody ever used."""
    yield _batch(number, lambda n: {"tool_name": f"invented-{n}"})


def invented_people(number: int, now: float) -> Iterator[Attempt]:  # noqa: ARG001
    """Batches of people whom nobody ever saw, for a tool that nobody used."""
    yield _batch(number, lambda n: {"tool_name": "their-own", "anonymous_id": f"stranger-{n}"})


def all_of_the_past(number: int, now: float) -> Iterator[Attempt]:
    """Batches that lie all over the last 400 days."""
    yield _batch(
        number,
        lambda n: {
            "tool_name": f"invented-{n % 40}",
            "anonymous_id": f"stranger-{n}",
            "timestamp": int((now - n * 7919 % 399 * DAY) * 1000),
        },
    )


def one_by_one(number: int, now: float) -> Iterator[Attempt]:  # noqa: ARG001
    """Single events."""
    for n in range(number * 20, number * 20 + 20):
        yield "POST", "/api/track", _event(n, tool_name="their-own", anonymous_id=f"stranger-{n}")


def again_and_again(number: int, now: float) -> Iterator[Attempt]:  # noqa: ARG001
    """The same batch."""
    yield _batch(0, lambda _: {"tool_name": "their-own", "timestamp": END * 1000})


def beacons(number: int, now: float) -> Iterator[Attempt]:  # noqa: ARG001
    """Addresses that an image loads."""
    for n in range(number * 20, number * 20 + 20):
        yield "GET", f"/t?t=invented-{n}&e=invented-{n}", None


def erasures(number: int, now: float) -> Iterator[Attempt]:  # noqa: ARG001
    """Erasures of people whom nobody ever saw."""
    for n in range(number * 20, number * 20 + 20):
        yield "DELETE", "/api/user", {"anonymous_id": f"nobody-{n}"}


def looks(number: int, now: float) -> Iterator[Attempt]:  # noqa: ARG001
    """What anybody may see."""
    for n in range(10):
        yield "GET", "/healthz", None
        yield "GET", f"/badge/known-{n}.json" if n else "/public.json", None


def sessions(number: int, now: float) -> Iterator[Attempt]:  # noqa: ARG001
    """Batches of sessions that nobody had, with what each of ten invented skills used."""
    first = number * BATCH
    skills = [{"tool_name": f"invented-{n}", "input_tokens": 10**6} for n in range(10)]
    yield (
        "POST",
        "/api/session",
        [
            {"session_id": f"stranger-{n}", "anonymous_id": f"stranger-{n}", "duration_s": 60, "skills": skills}
            for n in range(first, first + BATCH)
        ],
    )


def opentelemetry(number: int, now: float) -> Iterator[Attempt]:
    """Exports of invented skills, of plugins that were loaded, and of what invented sessions used."""
    first = number * BATCH
    records = [
        record
        for n in range(first, first + BATCH)
        for record in (
            _record("skill_activated", now, **{"skill.name": f"invented-{n}", "session.id": f"stranger-{n}"}),
            _record("plugin_loaded", now, **{"plugin.name": f"invented-{n}", "session.id": f"stranger-{n}"}),
            _record("api_request", now, **{"input_tokens": "1000000", "session.id": f"stranger-{n}"}),
        )
    ]
    yield "POST", "/v1/logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}


def usage(number: int, now: float) -> Iterator[Attempt]:
    """Exports of what API requests of invented sessions used."""
    first = number * BATCH
    records = [
        _record("api_request", now, **{"input_tokens": "1000", "session.id": f"stranger-{n}"})
        for n in range(first, first + BATCH)
    ]
    yield "POST", "/v1/logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}


def _record(event: str, now: float, **attributes: str) -> dict[str, Any]:
    """A log record as Claude Code exports it."""
    named = {"event.name": event, **attributes}
    held = [{"key": key, "value": {"stringValue": value}} for key, value in named.items()]
    return {"timeUnixNano": str(int(now * 1e9)), "attributes": held}


ATTEMPTS: tuple[Callable[[int, float], Iterator[Attempt]], ...] = (
    invented_tools,
    invented_people,
    all_of_the_past,
    one_by_one,
    again_and_again,
    beacons,
    erasures,
    looks,
    sessions,
    opentelemetry,
    usage,
)


def _batch(number: int, fields: Callable[[int], dict[str, Any]]) -> Attempt:
    first = number * BATCH
    return "POST", "/api/track", [_event(n, **fields(n)) for n in range(first, first + BATCH)]


def allowed() -> dict[str, str]:
    """The limits that a deployment is born with, and all that it may show to anybody."""
    variables = tomllib.loads((ROOT / "wrangler.toml").read_text())["vars"]
    return {"PUBLIC_STATS": "true", **{name: variables[name] for name in LIMITS}}


def hour(attempt: Callable[[int, float], Iterator[Attempt]], minutes: int = MINUTES) -> Hour:
    """Try something for an hour, with the cron firing every minute of it."""
    with Server(PORT, variables=allowed()), Client(PORT) as client:
        for n in range(20):
            known = _event(n, event_id=f"owner-{n}", tool_name=f"known-{n % 4}", status="success", anonymous_id="owner")
            client.send("POST", "/api/track", known, END)
        before, seen = client.probe(END, cron=True), _known(client, END)
        refused = asked = 0
        for minute in range(minutes):
            now = END + 60 * minute
            for turn in range(REQUESTS):
                for method, path, body in attempt(minute * REQUESTS + turn, now):
                    asked += 1
                    status, _ = client.ask(method, path, body, now, address=f"10.0.{asked >> 8}.{asked & 255}")
                    refused += status == 429
            client.probe(now, cron=True)
        after = client.probe()
        counted = client.probe(
            sql=["SELECT (SELECT count(*) FROM skill_usage_events) + (SELECT count(*) FROM sessions) AS n"]
        )
        stored = counted["results"][0]["results"][0]["n"] - 20
        return Hour(
            int(after["rows_written"] - before["rows_written"]),
            int(after["rows_read"] - before["rows_read"]),
            int(stored),
            refused,
            _known(client, END + 60 * minutes) == seen,
        )


def _known(client: Client, now: float) -> dict[str, Any]:
    """What the owner sees of the tools that were known."""
    rows = json.loads(client.send("GET", "/analytics/tools?days=1", now=now, fresh=True))
    return {row["tool_name"]: row for row in rows if row["tool_name"].startswith("known-")}


def run() -> list[Row]:
    """Every attempt, each on a database of its own."""
    rows = []
    for attempt in ATTEMPTS:
        cost = hour(attempt)
        name = attempt.__name__.replace("_", " ")
        if not cost.known:
            raise RuntimeError(f"{name}: the owner sees something else of the tools that were known")
        rows += [
            Row(f"written in an hour of {name}", cost.written, "rows", FREE_WRITTEN, at_most(SHARE * FREE_WRITTEN)),
            Row(f"read in an hour of {name}", cost.read, "rows", FREE_READ, at_most(SHARE * FREE_READ)),
            Row(f"stored of {name}, {cost.refused} requests refused", cost.stored, "rows", None, None),
        ]
    return rows
