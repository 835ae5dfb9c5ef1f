"""How SQLite goes about each statement: what grows is looked up by a key, and never read from beginning to end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.database import SQL, SqliteDatabase

# Once a day at most, and where somebody was erased from a busy day: an index by number would be a row for each person.
SCANNED = {"people/forget_numbers.sql": "SCAN people", "people/nobody.sql": "SCAN people"}
GROWING = re.compile(r"SCAN (sessions|people|skill_usage_events|events|rollups|sums|known|stored)\b")


@pytest.mark.parametrize("path", sorted(SQL.rglob("*.sql")), ids=lambda path: path.relative_to(SQL).as_posix())
def test_no_statement_scans_what_grows(path: Path) -> None:
    database = SqliteDatabase()
    text = path.read_text()
    numbers = map(int, re.findall(r"\?(\d+)", re.sub(r"--[^\n]*", "", text)))
    plan = database.connection.execute(f"EXPLAIN QUERY PLAN {text}", ["[]"] * max(numbers, default=0))
    allowed = SCANNED.get(path.relative_to(SQL).as_posix())
    assert [it for row in plan if GROWING.match(it := row["detail"]) and it != allowed] == []


@pytest.mark.parametrize("path", sorted(SQL.rglob("*.sql")), ids=lambda path: path.relative_to(SQL).as_posix())
def test_no_text_in_a_statement_goes_over_lines(path: Path) -> None:
    # storage/d1.py sends D1 the lines that are no comments.
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("--")]
    assert [line for line in lines if line.count("'") % 2] == []
