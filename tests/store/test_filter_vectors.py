"""Which reports read events instead of rollups: the cases that the page's own tests go over too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import app
import window
from ledger import Ledger
from memory import Memory
from query import Query
from store import Filters
from tests.store.sqlite_database import SqliteDatabase
from tests.vectors import FILTERS

NOW = 1_790_000_000
WINDOW = window.current(NOW, 7)
OF_ROLLUPS = {"series", "latest_errors", "tail", "rollup_revision", "events_by_key"}
REPORTS = {
    "summary": app.summary,
    "timeseries": app.timeseries,
    "retention": app.retained,
    "tools": app.tools,
    "errors": app.errors,
    "breakdown": app.breakdown,
}
Question = Callable[[Ledger], Awaitable[object]]


class NotingDatabase(SqliteDatabase):
    """The database, and which statements ran."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: set[str] = set()

    async def batch(self, *statements: tuple[str, tuple[str | int, ...]]) -> list[list[dict[str, Any]]]:
        """Run the statements in one transaction."""
        self.ran.update(name for name, _ in statements)
        return await super().batch(*statements)


@pytest.fixture(scope="module")
def database() -> NotingDatabase:
    return NotingDatabase()


def reads_events(database: NotingDatabase, filters: dict[str, str], question: Question) -> bool:
    """Whether the answer to a question is made of events, by the statements that ran."""
    database.ran.clear()
    asyncio.run(_ask(Ledger(database, Memory(), Filters(**filters), NOW, True), question))
    assert database.ran
    return not database.ran <= OF_ROLLUPS


async def _ask(ledger: Ledger, question: Question) -> None:
    await question(ledger)


def questions(dimension: str | None) -> list[Question]:
    """What can be asked of the ledger by a dimension; None: along time."""
    if dimension is None:
        return [
            lambda ledger: ledger.timeline(WINDOW.start, None),
            lambda ledger: ledger.timeline(WINDOW.start, [WINDOW.start]),
        ]
    grouped: list[Question] = [lambda ledger: ledger.groups(dimension, WINDOW)]
    return [*grouped, lambda ledger: ledger.errors(WINDOW, 50)] if dimension == "tool" else grouped


@pytest.mark.parametrize(
    "case", FILTERS["cases"], ids=lambda case: f"{case['dimension'] or 'time'}-{'-'.join(case['filters']) or 'all'}"
)
def test_what_reads_events(database: NotingDatabase, case: dict[str, Any]) -> None:
    for question in questions(case["dimension"]):
        assert reads_events(database, case["filters"], question) is case["reads_events"]


@pytest.mark.parametrize("report", FILTERS["reports"])
def test_a_report_asks_by_its_dimension(database: NotingDatabase, report: str) -> None:
    name, _, query = report.partition("?by=")
    values = {"by": query} if query else {}
    for case in FILTERS["cases"]:
        if case["dimension"] == FILTERS["reports"][report]:
            question = lambda ledger: REPORTS[name](ledger, Query(values), NOW)  # noqa: E731
            assert reads_events(database, case["filters"], question) is case["reads_events"], case


def test_every_report_and_filter_is_among_the_cases() -> None:
    assert {report.partition("?")[0] for report in FILTERS["reports"]} == set(REPORTS)
    asked = {(case["dimension"], frozenset(case["filters"])) for case in FILTERS["cases"]}
    names = set(Filters(tool="", category="", agent="", trigger="", version="").active())
    for dimension in set(FILTERS["reports"].values()):
        for first in names:
            assert {(dimension, frozenset({first, second})) for second in names} <= asked
        assert (dimension, frozenset()) in asked
