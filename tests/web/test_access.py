"""Who may: keys, and other origins' pages."""

from __future__ import annotations

import pytest

from terms.errors import RequestError
from tests.serving import ORIGIN, request, settings
from web.access import Access, asks_for_no_record, authorize, cors_headers

NAMED = "https://dashboard.example"
KEYS = {"TRACK_API_KEY": "old-track, new-track", "ANALYTICS_API_KEY": "old-key,new-key"}


def may(access: Access, headers: dict[str, str], **variables: str) -> bool:
    """Whether someone with these headers may."""
    try:
        authorize(access, settings(**variables), request("GET", "/", headers=headers))
    except RequestError as error:
        assert (error.status, error.headers) == (401, {"WWW-Authenticate": "Bearer"})
        return False
    return True


def test_anyone_may_what_is_for_anyone() -> None:
    assert may(Access.ANYONE, {}, **KEYS)


@pytest.mark.parametrize("key", ["old-track", "new-track"])
@pytest.mark.parametrize("spelling", ["Bearer", "bearer", "BEARER"])
def test_ingest_takes_each_of_its_keys(key: str, spelling: str) -> None:
    assert may(Access.INGEST, {"authorization": f"{spelling} {key}"}, **KEYS)
    assert may(Access.INGEST, {"authorization": f"{spelling}   {key} "}, **KEYS)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "Bearer wrong"},
        {"authorization": "old-track"},
        {"authorization": "Basic old-track"},
        {"authorization": "Bearerold-track"},
        {"authorization": "Bearer old-track,new-track"},
        {"authorization": "Bearer old-track, new-track"},
        {"authorization": "Bearer OLD-TRACK"},
        {"authorization": "Bearer old-trac"},
        {"authorization": "Bearer old-key"},
        {"authorization": "Bearer \ud800"},
        {"x-api-key": "old-track"},
    ],
    ids=str,
)
def test_ingest_refuses_anything_else(headers: dict[str, str]) -> None:
    assert not may(Access.INGEST, headers, **KEYS)


def test_ingest_is_open_without_a_key() -> None:
    assert may(Access.INGEST, {})
    assert may(Access.INGEST, {}, ANALYTICS_API_KEY="key"), "the key of analytics is no key of ingest"


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": "old-key"},
        {"x-api-key": "new-key"},
        {"authorization": "Bearer old-key"},
        {"authorization": "bearer new-key"},
        {"x-api-key": "", "authorization": "Bearer new-key"},
    ],
    ids=str,
)
@pytest.mark.parametrize("public", ["true", "false"])
def test_analytics_take_each_of_their_keys(headers: dict[str, str], public: str) -> None:
    assert may(Access.ANALYTICS, headers, **KEYS, ANALYTICS_PUBLIC=public)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-api-key": ""},
        {"x-api-key": "wrong"},
        {"x-api-key": "old-key,new-key"},
        {"x-api-key": "Bearer old-key"},
        {"authorization": "Bearer old-track"},
        {"authorization": "Basic old-key"},
    ],
    ids=str,
)
@pytest.mark.parametrize("public", ["true", "false"])
def test_analytics_refuse_anything_else(headers: dict[str, str], public: str) -> None:
    """Where there is a key it is needed, whatever else is said."""
    assert not may(Access.ANALYTICS, headers, **KEYS, ANALYTICS_PUBLIC=public)


def test_analytics_are_closed_until_someone_opens_them() -> None:
    assert may(Access.ANALYTICS, {}, ANALYTICS_PUBLIC="true")
    assert not may(Access.ANALYTICS, {}, ANALYTICS_PUBLIC="TRUE")
    with pytest.raises(RequestError, match="ANALYTICS_API_KEY"):
        authorize(Access.ANALYTICS, settings(), request("GET", "/", headers={"x-api-key": "any"}))


def test_a_refusal_says_which_key_and_repeats_none() -> None:
    for access, name in ((Access.INGEST, "Bearer"), (Access.ANALYTICS, "x-api-key")):
        with pytest.raises(RequestError, match=name) as caught:
            authorize(access, settings(**KEYS), request("GET", "/", headers={"x-api-key": "sent-key"}))
        assert not any(key in caught.value.message for key in ("sent-key", "old-key", "old-track"))


@pytest.mark.parametrize(
    ("headers", "asks"),
    [
        ({"dnt": "1"}, True),
        ({"sec-gpc": "1"}, True),
        ({"dnt": "0", "sec-gpc": "0"}, False),
        ({"dnt": ""}, False),
        ({"sec-purpose": "prefetch"}, True),
        ({"sec-purpose": "Prefetch;prerender"}, True),
        ({"purpose": "prefetch"}, True),
        ({"x-moz": "prefetch"}, True),
        ({"purpose": "preview"}, False),
        ({}, False),
    ],
)
def test_who_asks_for_no_record(headers: dict[str, str], asks: bool) -> None:
    assert asks_for_no_record(request("POST", "/api/track", headers=headers)) is asks
    assert asks_for_no_record(request("HEAD", "/t", headers=headers)) is True


def cors(method: str, path: str, origin: str | None, allowed: str = f"https://a.example, {NAMED}") -> dict[str, str]:
    """What another origin's page is told."""
    headers = {} if origin is None else {"origin": origin}
    return cors_headers(settings(ALLOWED_ORIGINS=allowed), request(method, path, headers=headers))


@pytest.mark.parametrize("path", ["/api/track", "/t", "/api/user", "/healthz", "/nowhere"])
def test_any_origin_may_send(path: str) -> None:
    assert cors("POST", path, "https://somewhere.example") == {"Access-Control-Allow-Origin": "*"}
    assert cors("POST", path, None) == {}


@pytest.mark.parametrize("origin", [NAMED, "https://a.example", ORIGIN])
def test_the_named_origins_and_the_own_may_read_analytics(origin: str) -> None:
    assert cors("GET", "/analytics/summary", origin) == {
        "Vary": "Origin, Authorization, X-Api-Key",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "X-Total-Count",
    }


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", f"{NAMED}.evil.example", "", "*"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_no_other_origin_may_read_analytics(method: str, origin: str | None) -> None:
    """A cache must not hand one origin's answer to another: it varies, whoever asks."""
    assert cors(method, "/analytics/summary", origin) == {"Vary": "Origin, Authorization, X-Api-Key"}


@pytest.mark.parametrize(("path", "origin"), [("/api/track", "*"), ("/analytics/summary", NAMED)])
def test_a_preflight_is_told_methods_and_headers(path: str, origin: str) -> None:
    headers = cors("OPTIONS", path, NAMED)
    assert headers["Access-Control-Allow-Origin"] == origin
    assert headers["Access-Control-Allow-Methods"].split(", ") == ["GET", "HEAD", "POST", "DELETE", "OPTIONS"]
    assert {"authorization", "content-type", "x-api-key"} <= {
        name.lower() for name in headers["Access-Control-Allow-Headers"].split(", ")
    }
    assert headers["Access-Control-Max-Age"] == "86400"
    assert "Access-Control-Allow-Credentials" not in headers


def test_either_key_suffices_whatever_the_other_is() -> None:
    assert may(Access.ANALYTICS, {"x-api-key": "wrong", "authorization": "Bearer old-key"}, **KEYS)
    assert may(Access.ANALYTICS, {"x-api-key": "old-key", "authorization": "Bearer wrong"}, **KEYS)


def test_any_origin_may_read_where_the_deployment_says_so() -> None:
    told = cors("GET", "/analytics/summary", "https://elsewhere.example", allowed="*")
    assert told["Access-Control-Allow-Origin"] == "https://elsewhere.example"
