"""OpenTelemetry in: what agents export becomes events, without any script.

How it is read is imported when first needed: most requests are none of it, and each start would pay for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.event import Event, parse_event
from intake.moment import epoch_seconds
from storage.database import settle
from terms import limits
from terms.errors import DatabaseError, RequestError
from web.access import asks_for_no_record
from web.deployment import Deployment
from web.handlers import keep, keeping, loading, using
from web.message import Request, Response

if TYPE_CHECKING:
    from otlp.encoding import Form, Signal
    from otlp.uses import ModelRequest, Raw
    from sessions.loading import Loading
    from sessions.usage import Usage


async def logs(deployment: Deployment, request: Request) -> Response:
    """POST /v1/logs: the log records that tell of a use, of what it took, or of a plugin that was loaded."""
    from otlp.encoding import Signal  # noqa: PLC0415

    return await _take(deployment, request, Signal.LOGS)


async def traces(deployment: Deployment, request: Request) -> Response:
    """POST /v1/traces: the spans that tell of a use."""
    from otlp.encoding import Signal  # noqa: PLC0415

    return await _take(deployment, request, Signal.TRACES)


async def metrics(deployment: Deployment, request: Request) -> Response:  # noqa: ARG001
    """POST /v1/metrics: taken and left, so that an exporter that sends everything to one address is content."""
    from otlp import document, encoding, wire  # noqa: PLC0415

    form = encoding.form_of(request.headers)
    body = encoding.unpacked(request.body or b"", request.headers)
    (document if form is encoding.Form.JSON else wire).metrics(body)
    return _answer(form, encoding.Signal.METRICS, 0, "")


async def _take(deployment: Deployment, request: Request, signal: Signal) -> Response:
    from otlp import document, encoding, uses, wire  # noqa: PLC0415

    form = encoding.form_of(request.headers)
    body = encoding.unpacked(request.body or b"", request.headers)
    reader = document if form is encoding.Form.JSON else wire
    records = (reader.logs if signal is encoding.Signal.LOGS else reader.traces)(body)
    found = uses.found_in(records.known)
    problems = ["A record could not be read."] * records.refused
    events = _valid(found.uses, request.now, problems)
    loaded = _loaded(found.loaded, request.now, problems)
    try:
        await _store(deployment, request, events, _usage(found.requests, request.now), loaded)
    except DatabaseError as error:
        # An exporter at its program's end waits for no longer than this, and drops what is answered otherwise.
        deployment.log(f"D1: {error}")
        raise RequestError(503, "The database does not answer.", headers={"Retry-After": "1"}) from error
    return _answer(form, signal, len(problems), problems[0] if problems else "")


async def _store(
    deployment: Deployment, request: Request, events: list[Event], usage: list[Usage], loaded: list[Loading]
) -> None:
    """Store what a body tells of, all of it in one round trip if it is not very large.

    Of someone who asks for no record, nothing.
    """
    if asks_for_no_record(request):
        return
    while len(events) > limits.TELEMETRY_EVENTS:
        await keep(deployment, request, events[: limits.TELEMETRY_EVENTS])
        events = events[limits.TELEMETRY_EVENTS :]
    pending = [
        await keeping(deployment, request, events),
        await using(deployment, request, usage),
        await loading(deployment, request, loaded),
    ]
    await settle(deployment.database, *[one for one in pending if one is not None])


def _valid(raw: list[Raw], now: float, problems: list[str]) -> list[Event]:
    """The events of these that are valid; of the others, what is wrong joins the problems."""
    events = []
    for each in raw:
        try:
            events.append(parse_event(each, now))
        except RequestError as error:
            problems.append(error.message)
    return events


def _loaded(raw: list[Raw], now: float, problems: list[str]) -> list[Loading]:
    """The plugins that were loaded, of those that say for whom."""
    if not raw:
        return []
    from sessions.loading import parse_loading  # noqa: PLC0415

    found = []
    for each in raw:
        try:
            loading = parse_loading(each, now)
        except RequestError as error:
            problems.append(error.message)
        else:
            found += [] if loading is None else [loading]
    return found


def _usage(requests: list[ModelRequest], now: float) -> list[Usage]:
    """What model requests used, of those that say of which session they are."""
    if not requests:
        return []
    from otlp.records import number  # noqa: PLC0415
    from sessions.usage import Usage  # noqa: PLC0415

    found = []
    for raw, attributes in requests:
        session, person, tool = raw["session_id"], raw["anonymous_id"], raw["tool_name"]
        if not isinstance(session, str):
            continue
        moment = epoch_seconds(raw["timestamp"])
        found.append(
            Usage(
                session,
                person if isinstance(person, str) and 1 <= len(person) <= limits.ID_CHARACTERS else None,
                int(now if moment is None else moment),
                str(raw["event_id"]),
                str(raw["agent_id"]),
                tool if isinstance(tool, str) else None,
                input_tokens=number(attributes.get("input_tokens")),
                output_tokens=number(attributes.get("output_tokens")),
                cache_creation_tokens=number(attributes.get("cache_creation_tokens")),
                cache_read_tokens=number(attributes.get("cache_read_tokens")),
                cost_usd=number(attributes.get("cost_usd")),
            )
        )
    return found


def _answer(form: Form, signal: Signal, refused: int, reason: str) -> Response:
    from otlp import encoding  # noqa: PLC0415

    return Response(200, {"Content-Type": form.value}, encoding.answer(form, signal, refused, reason))
