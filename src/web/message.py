"""A request and its answer, in plain values."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

JSON_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Request:
    """A request in plain values.

    headers: names in lower case. body: None when it was too large to read. origin: scheme://host of the Worker.
    now: epoch seconds.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes | None
    origin: str
    now: float


@dataclass(slots=True)
class Response:
    """An answer in plain values; chunks in place of a body where it is streamed."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    chunks: AsyncIterator[str] | None = None


def json_response(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(status, {**JSON_HEADERS, **(headers or {})}, json.dumps(value))
