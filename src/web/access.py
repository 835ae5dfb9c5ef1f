"""Who may use what: keys, compared in constant time, and other origins' pages (CORS)."""

import hashlib
import hmac
from enum import Enum
from urllib.parse import urlsplit

from terms.errors import RequestError
from web.message import Request
from web.settings import Settings

_HOW_TO_OPEN_ANALYTICS = (
    "Analytics need a key: set one with `wrangler secret put ANALYTICS_API_KEY` and send it as x-api-key, "
    'or set the variable ANALYTICS_PUBLIC = "true" to let everyone read them.'
)
_HOW_TO_OWN = (
    "Only whoever has the key of analytics may change this: set one with `wrangler secret put ANALYTICS_API_KEY` and "
    "send it as x-api-key."
)
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_BEARER = "Bearer "


class Access(Enum):
    """Who may use a route."""

    ANYONE = "anyone"
    INGEST = "whoever may send events"
    ANALYTICS = "whoever may read analytics"
    OWNER = "whoever has the key of analytics"


def authorize(access: Access, settings: Settings, request: Request) -> None:
    """Raises RequestError (401) unless the request may do what a route is for."""
    if access is Access.INGEST:
        _authorize_ingest(settings, request)
    elif access is Access.ANALYTICS:
        _authorize_analytics(settings, request)
    elif access is Access.OWNER:
        _authorize_owner(settings, request)


def asks_for_no_record(request: Request) -> bool:
    """Whether nothing may be stored: the sender says so (DNT, Global Privacy Control), or nobody has used anything yet
    (HEAD, a browser's prefetch).
    """
    headers = request.headers
    return (
        headers.get("dnt") == "1"
        or headers.get("sec-gpc") == "1"
        or request.method == "HEAD"
        or any("prefetch" in headers.get(name, "").lower() for name in ("sec-purpose", "purpose", "x-moz"))
    )


def is_limited(access: Access, settings: Settings) -> bool:
    """Whether strangers may use a route, who are limited in how often they do."""
    return access is Access.ANYONE or (access is Access.INGEST and not settings.track_keys)


def cors_headers(settings: Settings, request: Request) -> dict[str, str]:
    """Any origin may send events, without credentials; the named ones and the Worker's own may read analytics."""
    analytics = request.path.startswith("/analytics/")
    headers = {"Vary": "Origin, Authorization, X-Api-Key"} if analytics else {}
    origin = request.headers.get("origin")
    allowed = (request.origin, *settings.allowed_origins)
    if origin is None or (analytics and origin not in allowed and "*" not in allowed):
        return headers
    headers["Access-Control-Allow-Origin"] = origin if analytics else "*"
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, DELETE, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, X-Api-Key, Cache-Control"
        headers["Access-Control-Max-Age"] = "86400"
    elif analytics:
        headers["Access-Control-Expose-Headers"] = "X-Total-Count"
    return headers


def _authorize_ingest(settings: Settings, request: Request) -> None:
    if settings.track_keys and not _matches(_bearer(request), settings.track_keys):
        raise _unauthorized("This collector needs its key, as Authorization: Bearer.")


def _authorize_analytics(settings: Settings, request: Request) -> None:
    if not settings.analytics_keys:
        if settings.analytics_public:
            return
        raise _unauthorized(_HOW_TO_OPEN_ANALYTICS)
    _check_analytics_key(settings, request)


def _authorize_owner(settings: Settings, request: Request) -> None:
    """What everyone may read, nobody may change but with the key, or on the machine itself."""
    if settings.analytics_keys:
        _check_analytics_key(settings, request)
    elif not (settings.analytics_public and urlsplit(request.origin).hostname in _THIS_MACHINE):
        raise _unauthorized(_HOW_TO_OWN)


def _check_analytics_key(settings: Settings, request: Request) -> None:
    sent = (request.headers.get("x-api-key", ""), _bearer(request))
    if not any(_matches(key, settings.analytics_keys) for key in sent):
        raise _unauthorized("Analytics need their key, as x-api-key or Authorization: Bearer.")


def _unauthorized(message: str) -> RequestError:
    return RequestError(401, message, headers={"WWW-Authenticate": "Bearer"})


def _bearer(request: Request) -> str:
    value = request.headers.get("authorization", "")
    return value[len(_BEARER) :].strip() if value[: len(_BEARER)].lower() == _BEARER.lower() else ""


def _matches(key: str, keys: tuple[str, ...]) -> bool:
    """Whether a key is one of these; takes as long whichever it is."""
    # Digests are all of one length, so comparing them does not tell a key's.
    return sum(hmac.compare_digest(_digest(key), _digest(known)) for known in keys) > 0


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
