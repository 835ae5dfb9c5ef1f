"""A report asked of a database without the web around it, and requests by example."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from reading.ledger import Ledger
from reading.memory import Memory
from reports.parameters import DATES, Parameter, Query
from reports.report import Rows
from reports.table import REPORTS
from storage.database import Database
from terms.errors import InvalidError
from web.routes import ROUTES, Route

# What a report may run that reads no window's events: rollups, what they do not hold yet, and the errors that it lists.
OF_ROLLUPS = {
    "rollups/groups",
    "rollups/hours",
    "rollups/days",
    "rollups/days_by_hour",
    "rollups/days_of_value",
    "rollups/days_of_name",
    "rollups/hours_of_value",
    "rollups/latest_errors",
    "rollups/summed",
    "crossings/days",
    "crossings/days_of_name",
    "crossings/hours",
    "crossings/hours_of_name",
    "rollups/revision",
    "events/tail",
    "sessions/parts",
    "sessions/by_day",
    "catalogue/sources",
    "plugins/loaded",
    "catalogue/last_before",
    "catalogue/used_before",
    "catalogue/firsts",
    "events/by_key",
}

# The routes whose parameters stand in the table: reports and the export.
ANALYTICS = tuple(route for route in ROUTES if route.path.startswith("/analytics/"))

_NAME = {"stringValue": "example"}
_LOG = {"eventName": "skill_activated", "attributes": [{"key": "skill.name", "value": _NAME}]}
_SPAN = {"name": "Tool.execute", "attributes": [{"key": "tool.name", "value": _NAME}]}

# What the other routes answer: query and body.
_REQUESTS: dict[str, tuple[str, Any]] = {
    "/api/track": ("", {"tool_name": "example", "status": "success", "test": True}),
    "/api/session": ("", {"session_id": "example", "turns": 1, "test": True}),
    "/sessions": ("", {"session_id": "example", "turn_count": 1}),
    "/events": ("", {"type": "skill", "name": "example"}),
    "/t": ("?t=example&e=example", None),
    "/v1/logs": ("", {"resourceLogs": [{"scopeLogs": [{"logRecords": [_LOG]}]}]}),
    "/v1/traces": ("", {"resourceSpans": [{"scopeSpans": [{"spans": [_SPAN]}]}]}),
    "/v1/metrics": ("", {"resourceMetrics": []}),
    "/api/catalogue/{source}": ("", {"items": [{"tool_name": "example"}]}),
    "/api/user": ("", {"anonymous_id": "example"}),
    "/healthz": ("", None),
    "/badge/{tool}.json": ("?show=people", None),
    "/public.json": ("", None),
}


async def ask(database: Database, report: str, now: int, memory: Memory | None = None, **given: str | int) -> Any:
    """A report's fresh answer. now: epoch seconds. given: its parameters."""
    asked = REPORTS[report]
    query = Query.read(asked.parameters, {name: str(value) for name, value in given.items()}, now)
    answer = await asked.ask(Ledger(database, memory or Memory(), query.filters, now, fresh=True), query)
    return answer.rows if isinstance(answer, Rows) else answer


def required(parameters: Iterable[Parameter]) -> dict[str, str]:
    """What a question cannot be asked without, by example."""
    return {parameter.name: parameter.good[0] for parameter in parameters if _is_required(parameter)}


def target(route: Route, **given: str) -> str:
    """Path and query of a question with these parameters and those it cannot do without."""
    dates = {}
    for name, beside in (("from", "to"), ("to", "from")):
        if name in given:  # neither says anything alone
            dates[beside] = given[name] if given[name] in DATES[0].good else DATES[0].good[0]
    return f"{route.path}?{urlencode(required(route.parameters) | dates | given)}"


def example(route: Route) -> tuple[str, Any]:
    """A request that a route answers: its path and query, and what its body holds as JSON (None: no body)."""
    if route in ANALYTICS:
        return target(route), None
    query, body = _REQUESTS[route.path]
    return re.sub(r"{\w+}", "example", route.path) + query, body


def _is_required(parameter: Parameter) -> bool:
    try:
        parameter.read(None)
    except InvalidError:
        return True
    return False
