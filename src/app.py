"""What the Worker answers: every route and its chain, and every error's status, on plain values."""

from __future__ import annotations

import json
import traceback
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import access
import export
import limits
import reports
import retention
import rollup
import store
import window
from cache import Cache
from errors import DatabaseError, InvalidError, RequestError
from events import Event, from_beacon, parse_event, parse_json, split_batch
from ingest import Ingest
from ledger import Ledger
from memory import Memory
from query import Query, parameters
from settings import Request, Response, Settings

if TYPE_CHECKING:
    from d1 import Database

_JSON = {"Content-Type": "application/json; charset=utf-8"}


class App:
    """One deployment's answers.

    run_later: hands work to the runtime for after the answer. log: takes a line for whoever runs the Worker.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        run_later: Callable[[Awaitable[None]], None],
        log: Callable[[str], None],
    ) -> None:
        self.settings = settings
        self.database = database
        self.ingest = Ingest(settings, database)
        self.cache = Cache()
        self.memory = Memory()
        self.run_later = run_later
        self.log = log

    async def answer(self, request: Request) -> Response:
        """The answer to a request; errors become responses here and nowhere else."""
        try:
            response = await self._route(request)
        except RequestError as error:
            response = _json(error.as_dict(), error.status, error.headers)
        except DatabaseError as error:
            self.log(f"D1: {error}")
            problem = RequestError(503, "The database does not answer. Try again in a moment.")
            response = _json(problem.as_dict(), 503, {"Retry-After": "5"})
        except Exception:  # noqa: BLE001 - whatever it is, it goes to the log and not to whoever asked
            self.log(traceback.format_exc())
            response = _json(RequestError(500, "Something is wrong here, and it is in the log.").as_dict(), 500)
        response.headers |= access.cors_headers(self.settings, request)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    async def scheduled(self, now: float) -> None:
        """What the cron trigger is for: roll up what is due, delete what is past its time. now: epoch seconds."""
        if await rollup.is_due(self.database, now):
            if await rollup.take_in(self.database, now):
                self.ingest.rolled_up()
            await retention.expire(self.database, now, self.settings.retention_days)

    async def _route(self, request: Request) -> Response:
        handlers = ROUTES.get(request.path)
        if handlers is None:
            raise RequestError(404, "There is nothing at this path.")
        allowed = ", ".join([*handlers, *(["HEAD"] if "GET" in handlers else []), "OPTIONS"])
        if request.method == "OPTIONS":
            return Response(204, {"Allow": allowed})
        handler = handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            raise RequestError(405, f"This path takes {allowed}.", headers={"Allow": allowed})
        if request.body is None:
            raise RequestError(413, f"The body must have at most {limits.BODY_BYTES} bytes.")
        return await handler(self, request)


async def track(app: App, request: Request) -> Response:
    """POST /api/track: one event, or a batch of which the valid ones are kept."""
    access.authorize_ingest(app.settings, request)
    raw_events, single = split_batch(parse_json(request.body))
    events: list[Event] = []
    rejected: list[dict[str, object]] = []
    for index, raw in enumerate(raw_events):
        try:
            events.append(parse_event(raw, request.now, app.settings.retention_days))
        except RequestError as error:
            if single:
                raise
            rejected.append({"index": index, **error.reason()})
    if not events:
        return _json({"success": False, "error": "None of the events is valid.", "rejected": rejected}, 400)
    accepted = await app.ingest.keep(request, events)
    duplicates = len(events) - accepted
    if single:
        return _json({"success": True, "message": "Event tracked"} | ({"duplicate": True} if duplicates else {}))
    counts = {"accepted": accepted, "duplicates": duplicates, "rejected": rejected}
    return _json({"success": True, "message": f"{accepted} events tracked", **counts})


async def beacon(app: App, request: Request) -> Response:
    """GET /t: one event in the query."""
    access.authorize_ingest(app.settings, request)
    raw = from_beacon(parameters(request.query))
    await app.ingest.keep(request, [parse_event(raw, request.now, app.settings.retention_days)])
    return Response(204)


async def erase_user(app: App, request: Request) -> Response:
    """DELETE /api/user: everything about one person, for whoever knows the id."""
    payload = parse_json(request.body)
    anonymous_id = payload.get("anonymous_id") if isinstance(payload, dict) else None
    if not isinstance(anonymous_id, str) or not 1 <= len(anonymous_id) <= limits.ID_CHARACTERS:
        raise InvalidError("anonymous_id", f"anonymous_id must be a string of 1 to {limits.ID_CHARACTERS} characters.")
    user = await app.ingest.user_id_hash(anonymous_id)
    deleted = await retention.erase(app.database, user, request.now, app.settings.retention_days)
    app.cache.clear()
    app.memory.forget()
    return _json({"success": True, "deleted": deleted})


async def health(app: App, request: Request) -> Response:
    """GET /healthz: whether D1 answers, and how far the rollups are."""
    try:
        schema, waiting_since = await store.health(app.database)
    except DatabaseError as error:
        app.log(f"D1: {error}")
        return _json({"status": "error"}, 503, {"Retry-After": "5"})
    lag = 0 if waiting_since is None else max(0, int(request.now) - waiting_since)
    return _json({"status": "ok", "schema": schema, "rollup_lag_seconds": lag})


async def export_events(app: App, request: Request) -> Response:
    """GET /analytics/export: the stored events, streamed."""
    access.authorize_analytics(app.settings, request)
    query = Query(parameters(request.query))
    start = window.current(request.now, query.days(7)).start
    form = query.choice("format", tuple(export.FORMATS), "ndjson")
    headers = {
        "Content-Type": export.FORMATS[form],
        "Content-Disposition": f'attachment; filename="track-skills-events.{form}"',
    }
    return Response(200, headers, chunks=export.stream(app.database, start, query.filters, form))


async def summary(ledger: Ledger, query: Query, now: float) -> object:
    days = query.days(7)
    current, previous = window.current(now, days), window.previous(now, days)
    return reports.summary(await ledger.timeline(previous.start, [current.start]), days, current, previous)


async def tools(ledger: Ledger, query: Query, now: float) -> object:
    return reports.tools(await ledger.groups(rollup.TOOL, window.current(now, query.days(7))))


async def retained(ledger: Ledger, query: Query, now: float) -> object:
    days = query.days(30)
    spans = [window.current(now, span) for span in (days, 7, 30)]
    starts = [span.start for span in spans]
    return reports.retention(await ledger.timeline(min(starts), starts), days, now, *spans)


async def errors(ledger: Ledger, query: Query, now: float) -> object:
    limit = query.integer("limit", 50, limits.LATEST_ERRORS)
    return reports.errors(*await ledger.errors(window.current(now, query.days(7)), limit))


async def timeseries(ledger: Ledger, query: Query, now: float) -> object:
    days = query.days(7)
    span = window.current(now, days)
    edges = None if days <= reports.HOURLY_DAYS else [span.start]
    return reports.timeseries(await ledger.timeline(span.start, edges), days, span, now)


async def breakdown(ledger: Ledger, query: Query, now: float) -> object:
    by = query.choice("by", rollup.BREAKDOWNS)
    return reports.breakdown(await ledger.groups(by, window.current(now, query.days(7))))


_Handler = Callable[[App, Request], Awaitable[Response]]
_Report = Callable[[Ledger, Query, float], Awaitable[object]]


def analytics(report: _Report) -> _Handler:
    """The chain of every report: the key, the moment's cache, the parameters, the report."""

    async def handler(app: App, request: Request) -> Response:
        key = access.authorize_analytics(app.settings, request)
        headers = {**_JSON, "Cache-Control": f"private, max-age={limits.CACHE_SECONDS}"}
        values = parameters(request.query)
        name = json.dumps([access.fingerprint(key), request.path, sorted(values.items())])
        wants_fresh = "no-cache" in request.headers.get("cache-control", "").lower()
        body = None if wants_fresh else app.cache.get(name, request.now)
        if body is None:
            query = Query(values)
            ledger = Ledger(app.database, app.memory, query.filters, request.now, wants_fresh)
            body = json.dumps(await report(ledger, query, request.now))
            app.cache.put(name, body, ledger.as_of)
            if ledger.waiting > limits.WAITING_EVENTS:
                app.run_later(_roll_up(app, request.now))
        return Response(200, headers, body)

    return handler


async def _roll_up(app: App, now: float) -> None:
    """More has gathered than reports should have to read: do not wait for the cron trigger."""
    try:
        await rollup.take_in(app.database, now)
    except DatabaseError as error:
        app.log(f"D1: {error}")


ROUTES: dict[str, dict[str, _Handler]] = {
    "/api/track": {"POST": track},
    "/t": {"GET": beacon},
    "/api/user": {"DELETE": erase_user},
    "/healthz": {"GET": health},
    "/analytics/summary": {"GET": analytics(summary)},
    "/analytics/tools": {"GET": analytics(tools)},
    "/analytics/retention": {"GET": analytics(retained)},
    "/analytics/errors": {"GET": analytics(errors)},
    "/analytics/timeseries": {"GET": analytics(timeseries)},
    "/analytics/breakdown": {"GET": analytics(breakdown)},
    "/analytics/export": {"GET": export_events},
}


def _json(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(status, {**_JSON, **(headers or {})}, json.dumps(value))
