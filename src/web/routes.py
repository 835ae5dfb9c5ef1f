"""Every route: method, path, who may, what it takes, and who answers."""

import re
from typing import NamedTuple

from reports.parameters import Parameter
from reports.table import REPORTS
from terms import limits
from web import catalogue, handlers, public, telemetry
from web.access import Access
from web.handlers import Handler


class Route(NamedTuple):
    """One method of one path.

    access: checked before the handler is called; no route can do without. body_bytes: what is read of a request.
    """

    method: str
    path: str
    access: Access
    handler: Handler
    parameters: tuple[Parameter, ...] = ()
    body_bytes: int = limits.BODY_BYTES


ROUTES: tuple[Route, ...] = (
    Route("POST", "/api/track", Access.INGEST, handlers.track),
    Route("GET", "/t", Access.INGEST, handlers.beacon),
    Route("POST", "/api/session", Access.INGEST, handlers.session),
    Route("POST", "/sessions", Access.INGEST, handlers.session_of_plugin),
    Route("POST", "/events", Access.INGEST, handlers.event_of_plugin),
    Route("PUT", catalogue.CATALOGUE, Access.OWNER, catalogue.put_catalogue),
    Route("DELETE", "/api/user", Access.ANYONE, handlers.erase_user),  # knowing the id is the proof
    Route("GET", "/healthz", Access.ANYONE, handlers.health),
    Route("GET", public.BADGE, Access.ANYONE, public.badge),
    Route("GET", public.PUBLIC, Access.ANYONE, public.public),
    Route("GET", "/analytics/export", Access.ANALYTICS, handlers.export_events, handlers.EXPORT_PARAMETERS),
    *(
        Route("POST", f"/v1/{name}", Access.INGEST, handler, body_bytes=limits.TELEMETRY_BYTES)
        for name, handler in (("logs", telemetry.logs), ("traces", telemetry.traces), ("metrics", telemetry.metrics))
    ),
    *(
        Route("GET", f"/analytics/{report.name}", Access.ANALYTICS, handlers.analytics(report), report.parameters)
        for report in REPORTS.values()
    ),
)

_BY_PATH: dict[str, dict[str, Route]] = {}
for _route in ROUTES:
    _BY_PATH.setdefault(_route.path, {})[_route.method] = _route

# What is in place of the name in a path: whatever is between what it begins and what it ends with.
_NAMED = [(*re.split(r"{\w+}", path), path) for path in _BY_PATH if "{" in path]

# Exporters put their path behind whatever endpoint they are given, also one that has such a path already.
_TWICE = re.compile(r"(?:/v1(?:/(?:logs|traces|metrics))?|/api/track)*/*(/v1/(?:logs|traces|metrics))/?")


def template(path: str) -> str:
    """The path in the table of routes that a path is meant by."""
    for begins, ends, named in _NAMED:
        if path.startswith(begins) and path.endswith(ends) and len(path) > len(begins) + len(ends):
            return named
    return path


def routes_of(path: str) -> dict[str, Route]:
    """The routes of a path, by method; none where there is nothing."""
    path = template(path)
    if path not in _BY_PATH and (twice := _TWICE.fullmatch(path)):
        path = twice[1]
    return _BY_PATH.get(path, {})


def body_bytes(method: str, path: str) -> int:
    """How much is read of the body of a request."""
    route = routes_of(path).get(method)
    return limits.BODY_BYTES if route is None else route.body_bytes
