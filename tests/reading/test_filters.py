"""Which reports read events instead of rollups: the cases that the page's own tests go over too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from counting.dimensions import FILTERS, Filters
from reading import window
from reading.ledger import Ledger
from reading.memory import Memory
from reports.table import REPORTS
from tests import vectors
from tests.asking import OF_ROLLUPS, ask
from tests.database import NOW, CountingDatabase

WINDOW = window.current(NOW, 7)
CASES = vectors.FILTERS["cases"]
ASKED_BY = vectors.FILTERS["reports"]
Question = Callable[[Ledger], Awaitable[object]]


@pytest.fixture(scope="module")
def database() -> CountingDatabase:
    return CountingDatabase()


def reads_events(database: CountingDatabase) -> bool:
    """Whether what ran is more than a report without filters may read."""
    assert database.ran
    return not database.ran.keys() <= OF_ROLLUPS


def questions(dimension: str | None) -> list[Question]:
    """What can be asked of the ledger by a dimension; None: along time."""
    if dimension is None:
        return [
            lambda ledger: ledger.timeline(WINDOW, None),
            lambda ledger: ledger.timeline(WINDOW, [WINDOW.start]),
        ]
    if dimension == "error":
        return [lambda ledger: ledger.errors(WINDOW, None, 50)]
    return [lambda ledger: ledger.groups(dimension, WINDOW)]


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['dimension'] or 'time'}-{'-'.join(case['filters']) or 'all'}"
)
def test_what_reads_events(database: CountingDatabase, case: dict[str, Any]) -> None:
    async def answer(question: Question) -> None:
        await question(Ledger(database, Memory(), Filters(case["filters"]), NOW, fresh=True))

    for question in questions(case["dimension"]):
        database.ran.clear()
        asyncio.run(answer(question))
        assert reads_events(database) is case["reads_events"]


@pytest.mark.parametrize("report", ASKED_BY)
def test_a_report_asks_by_its_dimension(database: CountingDatabase, report: str) -> None:
    name, _, query = report.partition("?by=")
    for case in CASES:
        if case["dimension"] == ASKED_BY[report]:
            database.ran.clear()
            asyncio.run(ask(database, name, NOW, **case["filters"], **({"by": query} if query else {})))
            assert reads_events(database) is case["reads_events"], case


def test_every_filter_is_among_the_cases_of_the_page() -> None:
    assert {report.partition("?")[0] for report in ASKED_BY} <= REPORTS.keys()
    asked = {(case["dimension"], frozenset(case["filters"])) for case in CASES}
    for dimension in set(ASKED_BY.values()):
        for first in FILTERS:
            assert {(dimension, frozenset({first, second})) for second in FILTERS} <= asked
        assert (dimension, frozenset()) in asked


@pytest.mark.parametrize("value", ['x"b', 'x"."y', 'x"[0]', 'x"', '"', "x\0y", "x\\"])
def test_what_no_event_can_be_called_has_none(value: str) -> None:
    """A quote would end a JSON path, of which there is one for each value that the rollups have."""
    hour = NOW // 3600
    database = CountingDatabase()
    for table in (f"rollups VALUES ({hour}, {hour}, ?)", f"sums VALUES (24, {hour // 24 * 24 - 24}, ?)"):
        values = '{"x":[[0,1],"2",1,1]}'
        kept = f'{{"agent":{values}}}' if "sums" in table else f'{{"agent":{{"{hour}":{values}}}}}'
        database.connection.execute(f"INSERT INTO {table}", (kept,))
    for name in FILTERS:
        if name != "trigger":
            assert asyncio.run(ask(database, "summary", NOW, **{name: value}))["total_invocations"] == 0
    assert asyncio.run(ask(database, "summary", NOW, agent="x"))["total_invocations"] > 0
