"""A report asked of a database without the web around it."""

from __future__ import annotations

from typing import Any

from reading.ledger import Ledger
from reading.memory import Memory
from reports.parameters import Parameter, Query
from reports.report import Report
from reports.table import REPORTS
from storage.database import Database
from terms.errors import InvalidError

# What a report may read: rollups, what they do not hold yet, and the events that it lists.
OF_ROLLUPS = {"rollups/series", "rollups/latest_errors", "rollups/revision", "events/tail", "events/by_key"}


async def ask(database: Database, report: str, now: int, memory: Memory | None = None, **given: str | int) -> Any:
    """A report's fresh answer. now: epoch seconds. given: its parameters."""
    asked = REPORTS[report]
    query = Query.read(asked.parameters, {name: str(value) for name, value in given.items()}, now)
    return await asked.ask(Ledger(database, memory or Memory(), query.filters, now, fresh=True), query)


def required(report: Report) -> dict[str, str]:
    """What a report cannot be asked without, by example."""
    return {parameter.name: parameter.good[0] for parameter in report.parameters if _is_required(parameter)}


def _is_required(parameter: Parameter) -> bool:
    try:
        parameter.read(None)
    except InvalidError:
        return True
    return False
