"""Every route: method, path, who may, what it takes, and who answers."""

from typing import NamedTuple

from reports.parameters import Parameter
from reports.table import REPORTS
from web import handlers, public
from web.access import Access
from web.handlers import Handler


class Route(NamedTuple):
    """One method of one path. access: checked before the handler is called; no route can do without."""

    method: str
    path: str
    access: Access
    handler: Handler
    parameters: tuple[Parameter, ...] = ()


ROUTES: tuple[Route, ...] = (
    Route("POST", "/api/track", Access.INGEST, handlers.track),
    Route("GET", "/t", Access.INGEST, handlers.beacon),
    Route("DELETE", "/api/user", Access.ANYONE, handlers.erase_user),  # knowing the id is the proof
    Route("GET", "/healthz", Access.ANYONE, handlers.health),
    Route("GET", public.BADGE, Access.ANYONE, public.badge),
    Route("GET", public.PUBLIC, Access.ANYONE, public.public),
    Route("GET", "/analytics/export", Access.ANALYTICS, handlers.export_events, handlers.EXPORT_PARAMETERS),
    *(
        Route("GET", f"/analytics/{report.name}", Access.ANALYTICS, handlers.analytics(report), report.parameters)
        for report in REPORTS.values()
    ),
)
