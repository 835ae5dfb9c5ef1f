"""Which plugins the people of the sample have loaded, as Claude Code exports it by OpenTelemetry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

AGENT = "claude-code"  # the agent that tells
RECORDS = 500  # in one export
# name, version, and which people have it loaded: one in so many
PLUGINS = (("oncall", "0.3.1", 1), ("style-police", "2.0.0", 2))


def exports(events: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """OTLP log exports: each person and day of some events, once for each plugin that is loaded."""
    days = {(event["anonymous_id"], event["timestamp"][:10]): event for event in events if event["agent_id"] == AGENT}
    people = sorted({person for person, _ in days})
    records = [
        _record(event, name, version)
        for (person, _), event in days.items()
        for name, version, one_in in PLUGINS
        if people.index(person) % one_in == 0
    ]
    for start in range(0, len(records), RECORDS):
        yield {"resourceLogs": [{"scopeLogs": [{"logRecords": records[start : start + RECORDS]}]}]}


def _record(event: dict[str, Any], name: str, version: str) -> dict[str, Any]:
    said = {"event.name": "plugin_loaded", "plugin.name": name, "plugin.version": version}
    said["user.id"] = event["anonymous_id"]
    return {
        "timeUnixNano": str(int(datetime.fromisoformat(event["timestamp"]).timestamp()) * 10**9),
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in said.items()],
    }
