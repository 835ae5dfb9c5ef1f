"""What anybody may see, where PUBLIC_STATS is "true": a badge for each tool, and all of them.

Only whole days, the last of which has ended, and only of tools that enough people used: nobody can watch somebody.
"""

import json
from typing import Any
from urllib.parse import parse_qs, unquote

from reading.ledger import Ledger
from reports import tools
from reports.parameters import Query
from terms import limits
from terms.dates import date, day_of
from terms.errors import InvalidError, RequestError
from web.deployment import Deployment, Kept
from web.message import JSON_HEADERS, Request, Response, json_response

BADGE = "/badge/{tool}.json"
PUBLIC = "/public.json"
SHOWN = ("uses", "people", "success")

_HEADERS = {
    **JSON_HEADERS,
    "Cache-Control": f"public, max-age={limits.PUBLIC_SECONDS}",
    "Access-Control-Allow-Origin": "*",
}
_THOUSANDS = ((1_000_000, "M"), (1000, "k"))


async def badge(deployment: Deployment, request: Request) -> Response:
    """GET /badge/{tool}.json: uses, people or success rate of a tool, as shields.io shows an endpoint."""
    name = unquote(request.path[len("/badge/") : -len(".json")])
    asked = parse_qs(request.query, errors="replace").get("show", [SHOWN[0]])[-1]
    if asked not in SHOWN:
        raise InvalidError("show", f"show must be one of {', '.join(SHOWN)}.")
    rows = [row for row in (await _shown(deployment, request))["tools"] if row["tool_name"] == name]
    said = _said(asked, rows[0]) if rows else f"fewer than {limits.PUBLIC_PEOPLE} people"
    color = "blue" if rows else "lightgrey"
    answer = {"schemaVersion": 1, "label": name[: limits.NAME_CHARACTERS], "message": said, "color": color}
    return json_response(answer, headers=_HEADERS)


async def public(deployment: Deployment, request: Request) -> Response:
    """GET /public.json: the tools that enough people used in the last 30 whole days."""
    return json_response(await _shown(deployment, request), headers=_HEADERS)


async def _shown(deployment: Deployment, request: Request) -> dict[str, Any]:
    if not deployment.settings.public_stats:
        raise RequestError(404, "There is nothing at this path.")
    last = day_of(int(request.now)) - 1
    first = last + 1 - limits.PUBLIC_DAYS
    kept = deployment.cache.get(PUBLIC, request.now)
    if kept is None:
        given = {"from": date(first), "to": date(last)}
        # Who is shown is not known before all are asked about.
        all_ = {**given, "limit": str(limits.LIST_ROWS_MOST)}
        query = Query.read(tools.REPORT.parameters, all_, request.now)
        ledger = Ledger(deployment.database, deployment.memory, query.filters, request.now, fresh=False)
        found = (await tools.ask(ledger, query)).rows
        rows = [_row(row) for row in found if row["unique_users"] >= limits.PUBLIC_PEOPLE]
        kept = Kept(json.dumps({**given, "tools": rows[: limits.LIST_ROWS]}))
        deployment.cache.put(PUBLIC, kept, request.now)
    shown: dict[str, Any] = json.loads(kept.body)
    return shown


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("tool_name", "tool_category", "invocations", "unique_users", "success_rate")}


def _said(asked: str, row: dict[str, Any]) -> str:
    if asked == "success":
        return f"{float(row['success_rate']):.0f} % succeed"
    return f"{_short(row['invocations' if asked == 'uses' else 'unique_users'])} {asked} in {limits.PUBLIC_DAYS} days"


def _short(count: int) -> str:
    """1234 as 1.2k: fewer digits tell less of who came yesterday."""
    for size, unit in _THOUSANDS:
        if count >= size:
            return f"{count / size:.1f}".removesuffix(".0") + unit
    return str(count)
