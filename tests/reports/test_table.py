"""The table of reports: whatever stands in it is recounted, and reads no more than it may."""

from __future__ import annotations

import asyncio
from itertools import product

import pytest

from reports.report import Report
from reports.table import REPORTS
from storage import events, rollups
from storage.database import Row, Statement
from terms.dates import DAY, HOUR
from tests.asking import OF_ROLLUPS, ask, required
from tests.database import NOW, CountingDatabase, new_event
from tests.reports import recount
from upkeep import fold, step


class AskedDatabase(CountingDatabase):
    """The database, and what it was asked in each round trip."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Statement, ...]] = []

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run the statements in one transaction."""
        self.asked.append(statements)
        return await super().batch(*statements)


@pytest.fixture(scope="module")
def database() -> AskedDatabase:
    """Errors and successes of a week, some of them rolled up, their days added up, some late, some that wait."""

    async def play() -> AskedDatabase:
        database = AskedDatabase()
        for number, time in enumerate((NOW - 6 * DAY, NOW - 5 * DAY, NOW - DAY)):
            await events.add(database, [new_event(number, time)])
        await step.roll_up_pending(database, NOW)
        while await fold.fold(database):
            pass
        late = new_event(3, NOW - 3 * DAY)
        late.fields.update(status="error", error_type="ValueError")
        await events.add(database, [late, new_event(4, NOW - HOUR)])
        _, tail = await rollups.read_with_waiting(database, ())
        assert (tail.revision > 0, len(tail.facts)) == (True, 2)
        return database

    return asyncio.run(play())


def test_a_report_is_known_by_its_name() -> None:
    assert [(name, report.name) for name, report in REPORTS.items()] == [(name, name) for name in REPORTS]


def test_every_report_has_its_recount() -> None:
    assert recount.REPORTS.keys() ^ REPORTS.keys() == set()


@pytest.mark.parametrize("report", REPORTS.values(), ids=lambda report: report.name)
def test_without_filters_only_rollups_and_what_waits_are_read(database: AskedDatabase, report: Report) -> None:
    """Whatever else it is asked with: reading events would cost a row for each of them."""
    names = [parameter.name for parameter in report.own]
    for values in product(("1", "2", "7", "365"), *(parameter.good for parameter in report.own)):
        given = dict(zip(["days", *names], values, strict=True))
        database.ran.clear()
        asyncio.run(ask(database, report.name, NOW, **given))
        assert database.ran
        assert database.ran.keys() <= OF_ROLLUPS, given


@pytest.mark.parametrize("report", REPORTS.values(), ids=lambda report: report.name)
def test_what_it_reads_is_asked_at_once(database: AskedDatabase, report: Report) -> None:
    """A round trip is what a report takes its time with: listed errors are one more."""
    database.asked.clear()
    asyncio.run(ask(database, report.name, NOW, **required(report.parameters)))
    (at_once, *more) = database.asked
    # Of the catalogue: what is shipped, not found, loaded.
    apart = {"errors": ["events/by_key"], "catalogue": ["catalogue/sources", "rollups/days", "plugins/loaded"]}
    assert [statements[0][0] for statements in more] == apart.get(report.name, [])
    assert len(set(at_once)) == len(at_once), "nothing is asked twice"
