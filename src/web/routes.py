"""Every route: method, path, who may, what it takes, and who answers."""

from dataclasses import dataclass

from reports.parameters import Parameter
from reports.table import REPORTS
from web import handlers
from web.access import Access
from web.handlers import Handler


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path. access: checked before the handler is called; a route cannot do without."""

    method: str
    path: str
    access: Access
    handler: Handler
    says: str
    parameters: tuple[Parameter, ...] = ()


ROUTES: tuple[Route, ...] = (
    Route("POST", "/api/track", Access.INGEST, handlers.track, "store one event, or up to 100"),
    Route("GET", "/t", Access.INGEST, handlers.beacon, "store one event that stands in the query"),
    # Knowing the id is the proof.
    Route("DELETE", "/api/user", Access.ANYONE, handlers.erase_user, "erase everything about one person"),
    Route("GET", "/healthz", Access.ANYONE, handlers.health, "whether the database answers"),
    *(
        Route(
            "GET",
            f"/analytics/{report.name}",
            Access.ANALYTICS,
            handlers.analytics(report),
            report.question,
            report.parameters,
        )
        for report in REPORTS.values()
    ),
    Route(
        "GET",
        "/analytics/export",
        Access.ANALYTICS,
        handlers.export_events,
        "the stored events, streamed",
        handlers.EXPORT_PARAMETERS,
    ),
)
