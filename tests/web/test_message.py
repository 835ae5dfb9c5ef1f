"""Requests and answers in plain values."""

from __future__ import annotations

import json

from web.message import JSON_HEADERS, Response, json_response


def test_an_answer_in_json() -> None:
    response = json_response({"a": "ü", "b": None})
    assert (response.status, response.chunks) == (200, None)
    assert response.headers == {"Content-Type": "application/json; charset=utf-8"}
    assert json.loads(response.body or "") == {"a": "ü", "b": None}


def test_an_answer_has_its_status_and_headers() -> None:
    response = json_response([], 503, {"Retry-After": "5"})
    assert (response.status, response.body) == (503, "[]")
    assert response.headers == {**JSON_HEADERS, "Retry-After": "5"}


def test_answers_share_no_headers() -> None:
    for make in (lambda: json_response({}), lambda: Response(204)):
        make().headers["X-Content-Type-Options"] = "nosniff"
        assert "X-Content-Type-Options" not in make().headers
    assert JSON_HEADERS.keys() == {"Content-Type"}
