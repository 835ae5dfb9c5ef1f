"""docs/glossary.md: the event that it follows is what the product makes of it, and every class has its word there.

`PYTHONPATH=src python -m tests.tools.test_glossary` writes the event's values into the page.
"""

from __future__ import annotations

import ast
import asyncio
import json
import re
from typing import Any

import pytest

from intake import identity
from intake.body import parse_json, split_batch
from intake.event import parse_event
from intake.keeping import Keeper
from intake.people import Sender
from terms.dates import timestamp
from terms.keys import HASH_BITS, event_key, second_in_slot, slot
from tests.asking import ask
from tests.database import ROOT, SqliteDatabase
from upkeep.work import work

PAGE = ROOT / "docs" / "glossary.md"
SRC = ROOT / "src"
BLOCK = re.compile(r"(?<=```)(\w+ (\w+)\n)(.*?)(?=\n```)", re.DOTALL)
WIDTH = 100

SENT = """{"event_id": "run-1", "timestamp": "2026-02-09T21:32:07.250Z", "tool_name": "pdf",
 "tool_category": "skill", "status": "failed", "duration_ms": 1840, "error_type": "TimeoutError",
 "trigger": "model", "agent_id": "claude-code", "source": "hook", "anonymous_id": "a-random-id",
 "tool_version": "1.2", "os": "linux"}"""
PEPPER = b"the pepper of this page"
ARRIVES = 1_770_672_730  # 2026-02-09 21:32:10, three seconds after it happened
HOUR = 1_770_672_727 // 3600
CRON = 1_770_682_200  # 2026-02-10 00:10:00, when its day has closed

# Classes that any web program or any database has: their names need no explanation.
PLAIN = {"App", "Cache", "D1Database", "DatabaseError", "Default", "InvalidError", "Settings"}
PLAIN |= {"Request", "RequestError", "Response"}


async def example() -> dict[str, str]:
    """What the page shows of one event, by the name of the block."""
    batch = split_batch(parse_json(SENT.encode()), ARRIVES)
    event = parse_event(batch.events[0], ARRIVES)
    database = SqliteDatabase()
    assert await Keeper(database, PEPPER).keep([event], Sender("", ""), ARRIVES) == 1
    bits = identity.event_hash(PEPPER, event.event_id or "", HASH_BITS)
    before = await ask(database, "summary", CRON)
    (row,), (viewed,) = _rows(database, "skill_usage_events"), _rows(database, "events")
    assert await work(database, CRON, 90) == 1
    (rollup,), (state,) = _rows(database, "rollups"), _rows(database, "rollup_state")
    await work(database, CRON, 90)  # the fold
    assert [(row["hours"], row["first"]) for row in _rows(database, "sums")] == [
        (6, HOUR // 6 * 6),
        (24, HOUR // 24 * 24),
    ]
    after = await ask(database, "summary", CRON)
    assert after == before
    state.pop("committed")  # chance
    return {
        "sent": SENT,
        "event": _json(event._asdict()),
        "key": "\n".join(
            (
                f"slot        ({event.time} - 1577836800) // 300 = {slot(event.time)}",
                f"second      ({event.time} - 1577836800) % 300 = {second_in_slot(event.time)}",
                f"hash bits   {bits}, the first 40 bits of the keyed hash of run-1",
                f"key         {slot(event.time)} * 2^40 + {bits} = {event_key(event.time, bits)}",
            )
        ),
        "row": _json(row),
        "dimensions": _json(json.loads(viewed["dimensions"])),
        "fact": viewed["fact"],
        "rollup": _lines(json.loads(rollup["hours"])),
        "state": _json(state),
        "summary": _json(after),
    }


def _lines(hours: dict[str, Any]) -> str:
    """A line for each series."""
    return "\n".join(f"{series:<9} {json.dumps(by_hour, separators=(',', ':'))}" for series, by_hour in hours.items())


def _rows(database: SqliteDatabase, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in database.connection.execute(f"SELECT * FROM {table}")]


def _json(value: object) -> str:
    """JSON in lines that are as full as they may be; it parts behind commas."""
    lines = [""]
    for part in re.split(r"(?<=,) ", json.dumps(value)):
        if lines[-1] and len(lines[-1]) + 1 + len(part) > WIDTH:
            lines.append("")
        lines[-1] += f" {part}" if lines[-1] or len(lines) > 1 else part
    return "\n".join(lines)


def test_the_event_that_the_page_follows() -> None:
    shown = {name: text for _, name, text in BLOCK.findall(PAGE.read_text())}
    assert timestamp(ARRIVES) == "2026-02-09 21:32:10"
    assert timestamp(CRON) == "2026-02-10 00:10:00"
    assert shown == asyncio.run(example())


def _classes() -> list[str]:
    trees = [ast.parse(path.read_text()) for path in sorted(SRC.rglob("*.py"))]
    names = {node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}
    return sorted(name for name in names if not name.startswith("_"))


@pytest.mark.parametrize("name", _classes())
def test_every_class_has_its_word(name: str) -> None:
    assert (f"`{name}`" in PAGE.read_text()) is (name not in PLAIN)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([\w/]+/\w+\.(?:py|sql))`", PAGE.read_text()))))
def test_every_file_that_the_page_names_exists(path: str) -> None:
    assert (SRC / path).exists() or (ROOT / path).exists()


def write() -> None:
    """Put what the product says now into the page's blocks."""
    values = asyncio.run(example())
    PAGE.write_text(BLOCK.sub(lambda found: found[1] + values[found[2]], PAGE.read_text()))


if __name__ == "__main__":
    write()
