"""Who may use what: keys, compared in constant time, and other origins' pages (CORS). Pure."""

from __future__ import annotations

import hashlib
import hmac

from errors import RequestError
from settings import Request, Settings

_HOW_TO_OPEN_ANALYTICS = (
    "Analytics need a key: set one with `wrangler secret put ANALYTICS_API_KEY` and send it as x-api-key, "
    'or set the variable ANALYTICS_PUBLIC = "true" to let everyone read them.'
)
_BEARER = "Bearer "


def authorize_ingest(settings: Settings, request: Request) -> None:
    """Raises RequestError (401) unless the request may send events."""
    if settings.track_keys and not _matches(_bearer(request), settings.track_keys):
        raise _unauthorized("This collector needs its key, as Authorization: Bearer.")


def authorize_analytics(settings: Settings, request: Request) -> str:
    """The key that the request reads with, "" where none is needed; raises RequestError (401)."""
    if not settings.analytics_keys:
        if settings.analytics_public:
            return ""
        raise _unauthorized(_HOW_TO_OPEN_ANALYTICS)
    key = request.headers.get("x-api-key") or _bearer(request)
    if not _matches(key, settings.analytics_keys):
        raise _unauthorized("Analytics need their key, as x-api-key or Authorization: Bearer.")
    return key


def fingerprint(key: str) -> str:
    """A key as something that may be kept in memory beside what it opened."""
    return _digest(key).hex()


def cors_headers(settings: Settings, request: Request) -> dict[str, str]:
    """Any origin may send events, without credentials; the named ones and the Worker's own may read analytics."""
    analytics = request.path.startswith("/analytics/")
    headers = {"Vary": "Origin"} if analytics else {}
    origin = request.headers.get("origin")
    if origin is None or (analytics and origin != request.origin and origin not in settings.allowed_origins):
        return headers
    headers["Access-Control-Allow-Origin"] = origin if analytics else "*"
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, DELETE, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, X-Api-Key, Cache-Control"
        headers["Access-Control-Max-Age"] = "86400"
    return headers


def _unauthorized(message: str) -> RequestError:
    return RequestError(401, message, headers={"WWW-Authenticate": "Bearer"})


def _bearer(request: Request) -> str:
    value = request.headers.get("authorization", "")
    return value[len(_BEARER) :].strip() if value[: len(_BEARER)].lower() == _BEARER.lower() else ""


def _matches(key: str, keys: tuple[str, ...]) -> bool:
    """Whether a key is one of these; takes as long whichever it is."""
    return sum(hmac.compare_digest(_digest(key), _digest(known)) for known in keys) > 0


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
