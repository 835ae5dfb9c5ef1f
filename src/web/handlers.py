"""From a request that may be made to its answer: one function a route. Keys are the business of the chain (app.py)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl

from intake.beacon import from_beacon
from intake.body import Batch, parse_json, split_batch
from intake.event import Event, parse_event
from reading import export
from reading.ledger import Ledger
from reports.parameters import COMMON, DATES, Parameter, Query, choice, days
from reports.report import Report
from storage import deployment as stored
from storage.database import Pending
from terms import limits
from terms.dates import HOUR
from terms.errors import DatabaseError, InvalidError, RequestError
from upkeep import erasure, step
from web.access import asks_for_no_record
from web.deployment import Deployment, Kept, sender_of
from web.message import JSON_HEADERS, Request, Response, json_response

if TYPE_CHECKING:
    from sessions.loading import Loading
    from sessions.session import Session
    from sessions.usage import Usage

_Item = TypeVar("_Item", Event, "Session")

Handler = Callable[[Deployment, Request], Awaitable[Response]]

EXPORT_PARAMETERS: tuple[Parameter, ...] = (
    days(7),
    *DATES,
    choice("format", tuple(export.FORMATS), "ndjson"),
    *COMMON,
)


async def track(deployment: Deployment, request: Request) -> Response:
    """POST /api/track: one event, or a batch of which the valid ones are kept."""
    batch = split_batch(parse_json(request.body), request.now)
    return await _take(batch, request, parse_event, lambda events: keep(deployment, request, events), "event")


async def session(deployment: Deployment, request: Request) -> Response:
    """POST /api/session: one session, or a batch; one that was sent before is replaced."""
    from sessions.session import parse_session  # noqa: PLC0415 - few isolates ever see one

    batch = split_batch(parse_json(request.body), request.now, "session")
    return await _take(
        batch, request, parse_session, lambda found: _keep_sessions(deployment, request, found), "session"
    )


async def session_of_plugin(deployment: Deployment, request: Request) -> Response:
    """POST /sessions: the sums of a session, of an older metrics plugin. One in which nothing happened is not kept."""
    from sessions import plugin  # noqa: PLC0415 - few deployments ever see one
    from sessions.session import parse_session  # noqa: PLC0415

    async def store(found: list[Session]) -> int:
        worth = [one for one in found if not one.is_empty]
        return await _keep_sessions(deployment, request, worth) + len(found) - len(worth)

    raw = plugin.from_session(parse_json(request.body))
    return await _take(Batch([raw], True, 0), request, parse_session, store, "session")


async def event_of_plugin(deployment: Deployment, request: Request) -> Response:
    """POST /events: one use of a skill or a command, of an older metrics plugin."""
    from sessions import plugin  # noqa: PLC0415 - few deployments ever see one

    raw = plugin.from_event(parse_json(request.body))
    batch = Batch([raw], True, 0)
    return await _take(batch, request, parse_event, lambda events: keep(deployment, request, events), "event")


async def beacon(deployment: Deployment, request: Request) -> Response:
    """GET /t: one event in the query."""
    raw = from_beacon(_parameters(request))
    await keep(deployment, request, [parse_event(raw, request.now)])
    return Response(204)


async def erase_user(deployment: Deployment, request: Request) -> Response:
    """DELETE /api/user: everything about one person, for whoever knows the anonymous_id or the session_id."""
    payload = parse_json(request.body)
    ids = payload if isinstance(payload, dict) else {}
    name = "session_id" if "session_id" in ids and "anonymous_id" not in ids else "anonymous_id"
    given = ids.get(name)
    if not isinstance(given, str) or not 1 <= len(given) <= limits.ID_CHARACTERS:
        raise InvalidError(
            name, f"Give an anonymous_id, or a session_id, as a string of 1 to {limits.ID_CHARACTERS} characters."
        )
    await deployment.keeper.budget.spend(limits.ERASURE_COST, request.now)
    marks = await deployment.keeper.erased_by(
        given if name == "anonymous_id" else None, given if name == "session_id" else None
    )
    hashes = await deployment.sessions.hashes_of(given) if name == "session_id" else []
    deleted = await erasure.erase(deployment.database, marks, request.now, hashes)
    deployment.forget()
    return json_response({"success": True, "deleted": deleted})


async def health(deployment: Deployment, request: Request) -> Response:
    """GET /healthz: whether D1 answers and has all migrations, and how far the rollups are."""
    found = deployment.health.get(request.path, request.now)
    if found is None:
        try:
            found = await stored.health(deployment.database)
        except DatabaseError as error:
            deployment.log(f"D1: {error}")
            return json_response({"status": "error"}, 503, {"Retry-After": "5"})
        if not found.is_migrated:
            lacking = {"status": "error", "schema": found.schema, "needed_schema": stored.SCHEMA}
            return json_response(lacking, 503, {"Retry-After": "60"})
        deployment.health.put(request.path, found, request.now)
    lag = 0 if found.waiting_since is None else max(0, int(request.now) - found.waiting_since)
    return json_response({"status": "ok", "schema": found.schema, "rollup_lag_seconds": lag})


async def export_events(deployment: Deployment, request: Request) -> Response:
    """GET /analytics/export: the stored events, streamed."""
    query = Query.read(EXPORT_PARAMETERS, _parameters(request), request.now)
    form = query.values["format"]
    headers = {
        "Content-Type": export.FORMATS[form],
        "Content-Disposition": f'attachment; filename="track-skills-events.{form}"',
    }
    chunks = export.stream(deployment.database, query.window, query.filters, form)
    return Response(200, headers, chunks=chunks)


def analytics(report: Report) -> Handler:
    """GET /analytics/…: a report, from the moment's cache, as it was if nothing has changed, or asked afresh."""

    async def handler(deployment: Deployment, request: Request) -> Response:
        headers = {**JSON_HEADERS, "Cache-Control": f"private, max-age={limits.CACHE_SECONDS}"}
        given, now = _parameters(request), request.now
        name = json.dumps([request.path, sorted(given.items())])
        wants_fresh = "no-cache" in request.headers.get("cache-control", "").lower()
        kept = None if wants_fresh else deployment.cache.get(name, now)
        if kept is None:
            kept = deployment.cache.last(name)
            as_of = None
            if kept is not None and kept.sources is not None and kept.hour == int(now) // HOUR:
                as_of = await deployment.memory.holds(deployment.database, kept.sources, now, wants_fresh)
                wants_fresh = False  # what waits was looked at for this answer
            if kept is None or as_of is None:
                kept, as_of = await _ask(deployment, report, given, now, wants_fresh)
            if kept.found:
                deployment.cache.put(name, kept, as_of)
            else:
                headers["Cache-Control"] = "private, no-store"
            if kept.waiting > limits.WAITING_EVENTS:
                deployment.run_later(_roll_up(deployment, now))
        return Response(200, {**headers, **kept.headers}, kept.body)

    return handler


async def _ask(
    deployment: Deployment, report: Report, given: dict[str, str], now: float, fresh: bool
) -> tuple[Kept, float]:
    """A report's answer, and how old it is, in epoch seconds. fresh: whether the last event stored must be counted."""
    query = Query.read(report.parameters, given, now)
    ledger = Ledger(deployment.database, deployment.memory, query.filters, now, fresh)
    answer = await report.ask(ledger, query)
    if not ledger.found and ledger.as_of < now:
        # Whoever waits for a first event should not wait for what is remembered to grow old.
        ledger = Ledger(deployment.database, deployment.memory, query.filters, now, fresh=True)
        answer = await report.ask(ledger, query)
    headers = {}
    if report.rows is not None:
        # Of a long list as many rows as are asked for; the header says how many there are.
        headers["X-Total-Count"] = str(answer.total)
        answer = answer.rows
    kept = Kept(json.dumps(answer), headers, ledger.found, int(now) // HOUR, ledger.waiting, ledger.sources)
    return kept, ledger.as_of


async def _take(
    batch: Batch,
    request: Request,
    parse: Callable[..., _Item],
    store: Callable[[list[_Item]], Awaitable[int]],
    one: str,
) -> Response:
    """Keep what is valid of a batch, and explain the rest.

    parse: makes one of what was sent, or raises RequestError. store: returns how many were new. one: what they are.
    """
    items: list[_Item] = []
    rejected: list[dict[str, object]] = []
    ignored: list[dict[str, object]] = []
    for index, raw in enumerate(batch.events):
        try:
            item = parse(raw, request.now, ahead=batch.ahead)
        except RequestError as error:
            if batch.single:
                raise
            rejected.append({"index": index, **error.reason()})
        else:
            items.append(item)
            if item.ignored:
                where = {} if batch.single else {"index": index}
                ignored += [{**where, **error.reason()} for error in item.ignored]
    if not items:
        return json_response({"success": False, "error": f"None of the {one}s is valid.", "rejected": rejected}, 400)
    accepted = await store(items)
    duplicates = len(items) - accepted
    left_out = {"ignored": ignored} if ignored else {}
    if batch.single:
        if left_out:
            return json_response(_one_tracked(one, bool(duplicates)) | left_out)
        return Response(200, dict(JSON_HEADERS), _one_tracked_as_json(one, bool(duplicates)))
    counts = {"accepted": accepted, "duplicates": duplicates, "rejected": rejected}
    return json_response({"success": True, "message": f"{accepted} {one}s tracked", **counts, **left_out})


def _one_tracked(one: str, duplicate: bool) -> dict[str, object]:
    return {"success": True, "message": f"{one.capitalize()} tracked"} | ({"duplicate": True} if duplicate else {})


@cache
def _one_tracked_as_json(one: str, duplicate: bool) -> str:
    return json.dumps(_one_tracked(one, duplicate))


async def _keep_sessions(deployment: Deployment, request: Request, found: list[Session]) -> int:
    """Keep sessions and return how many are new or newer; of who asks for no record, nothing, and of what they used
    only names that are kept.
    """
    if asks_for_no_record(request) or not found:
        return len(found)
    await _spend_on_sessions(deployment, request, len(found))
    only = await deployment.only(request.now)
    wanted = found if only is None else [one.naming(only) for one in found]
    # A stranger's could come for another day every minute: each time all events of that day are read.
    return await deployment.sessions.keep(wanted, late=not deployment.keeper.budget.is_limited)


async def using(deployment: Deployment, request: Request, found: list[Usage]) -> Pending | None:
    """What adds to sessions what model requests used, and to a tool only where its name is kept; None: nothing is to be
    added.
    """
    if not found:
        return None
    await _spend_on_sessions(deployment, request, len({one.session_id for one in found}))
    only = await deployment.only(request.now)
    named = found if only is None else [one.naming(only) for one in found]
    return await deployment.sessions.using(named, request.now)


async def loading(deployment: Deployment, request: Request, found: list[Loading]) -> Pending | None:
    """What notes who had which plugins loaded; None: nothing is to be noted.

    Where certain tools alone are kept, these are the plugins that they are of.
    """
    if not found:
        return None
    only = await deployment.only(request.now)
    wanted = [one for one in found if only is None or any(name.startswith(f"{one.plugin}:") for name in only)]
    if not wanted:
        return None
    await _spend_on_sessions(deployment, request, len({one.whose for one in wanted}))
    return await deployment.sessions.loading(wanted)


async def _spend_on_sessions(deployment: Deployment, request: Request, sessions: int) -> None:
    keeper = deployment.keeper
    if keeper.budget.is_limited:
        key = await keeper.sender_key(sender_of(request), request.now)
        await keeper.budget.spend(limits.SESSION_COST * sessions, request.now, key)


async def keep(deployment: Deployment, request: Request, events: list[Event]) -> int:
    """Keep events and return how many are new.

    Someone who asks for no record is answered as usual, and nothing is stored; so it is with a name that is not among
    those that alone are kept.
    """
    if asks_for_no_record(request):
        return len(events)
    wanted = await _wanted(deployment, request, events)
    dropped = len(events) - len(wanted)
    return dropped + (await deployment.keeper.keep(wanted, sender_of(request), request.now) if wanted else 0)


async def keeping(deployment: Deployment, request: Request, events: list[Event]) -> Pending | None:
    """What keeps events of someone who does not ask for no record, as keep does; None: none is to be kept."""
    wanted = await _wanted(deployment, request, events)
    return await deployment.keeper.keeping(wanted, sender_of(request), request.now) if wanted else None


async def _wanted(deployment: Deployment, request: Request, events: list[Event]) -> list[Event]:
    only = await deployment.only(request.now)
    return events if only is None else [event for event in events if event.tool_name in only]


async def _roll_up(deployment: Deployment, now: float) -> None:
    """More has gathered than reports should have to read: do not wait for the cron trigger."""
    try:
        await step.roll_up_pending(deployment.database, now)
    except DatabaseError as error:
        deployment.log(f"D1: {error}")


def _parameters(request: Request) -> dict[str, str]:
    """The parameters of a URL's query; of one that is repeated, the last."""
    return dict(parse_qsl(request.query, keep_blank_values=True, errors="replace"))
