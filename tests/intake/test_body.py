"""A request's body."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.body import load, parse_json, split_batch
from terms import limits
from terms.errors import InvalidError, RequestError


def test_json_is_not_nested_deeper_than_is_safe() -> None:
    assert parse_json(b"[" * 32 + b"]" * 32)
    assert parse_json(json.dumps(["[" * 500] * 40).encode())
    for body in (b"[" * 33 + b"]" * 33, b"[" * 200_000, b'{"a":' * 50_000):
        with pytest.raises(RequestError):
            parse_json(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b" [1] ", [1]),
        (b"null", None),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'"\xc3\xbc"', "\u00fc"),
        (b"1e400", float("inf")),
    ],
)
def test_what_is_json(body: bytes, value: Any) -> None:
    assert parse_json(body) == value


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe{\x00",
        b"\xff",
        b"NaN",
        b'{"a": Infinity}',
        b"[-Infinity]",
        b"[1,]",
        b"1 2",
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
        b"9" * 5000,
    ],
)
def test_what_is_not_json(body: bytes | None) -> None:
    with pytest.raises(RequestError) as caught:
        parse_json(body)
    assert (caught.value.status, caught.value.message) == (400, "The body is not JSON in UTF-8.")
    assert caught.value.field is None


def test_brackets_in_a_text_are_not_nested() -> None:
    text = json.dumps({"a": '\\"' + "[{" * 100})
    assert load(text) == json.loads(text)
    assert load("[" + "[],{}," * 100 + "0]"), "many beside each other are not deep"
    with pytest.raises(ValueError, match="deep"):
        load('{"a":"]"' + ',"b":[' * 33 + "]" * 33 + "}")


@given(
    st.integers(1, 2 * limits.JSON_DEPTH),
    st.lists(st.text(alphabet='[]{}"\\a,:'), min_size=limits.JSON_DEPTH + 1, max_size=2 * limits.JSON_DEPTH),
)
def test_depth_is_told_from_whatever_texts_say(depth: int, texts: list[str]) -> None:
    value: Any = texts
    for text in texts[: depth - 1]:
        value = {text: [], "more": value} if len(text) % 2 else [text, {}, value, text]
    if depth <= limits.JSON_DEPTH:
        assert load(json.dumps(value)) == value
    else:
        with pytest.raises(ValueError, match="deep"):
            load(json.dumps(value))


EVENT = {"tool_name": "a"}


@pytest.mark.parametrize(
    ("payload", "events", "single"),
    [
        (EVENT, [EVENT], True),
        ({}, [{}], True),
        ([EVENT], [EVENT], False),
        ({"events": [EVENT, 7]}, [EVENT, 7], False),
        ([None] * limits.BATCH_EVENTS, [None] * limits.BATCH_EVENTS, False),
    ],
)
def test_one_event_or_several(payload: object, events: list[object], single: bool) -> None:
    assert split_batch(payload, 0) == (events, single, 0)


@pytest.mark.parametrize(
    "payload",
    [
        [],
        [EVENT] * 101,
        {"events": []},
        {"events": EVENT},
        {"events": None},
        {**EVENT, "events": "x"},
        None,
        7,
        "x",
        True,
    ],
)
def test_neither_one_event_nor_several(payload: object) -> None:
    with pytest.raises(InvalidError) as caught:
        split_batch(payload, 0)
    assert (caught.value.status, caught.value.field) == (400, "events")


@pytest.mark.parametrize(
    "shape",
    [
        b"[{" * 20 + b'"' + b'\\"' * 130_000,
        b"[" * 40 + b'"\\' * 80_000,
        b'"' * 250_000 + b"[" * 40,
        b"{" * 33 + b"}" * 250_000,
    ],
)
def test_a_hostile_body_is_read_once(shape: bytes) -> None:
    """Doubled, it takes about double: quadratic reading would take seconds here, and fail the ratio by far."""

    def cost(body: bytes) -> float:
        def once() -> float:
            begin = time.process_time()
            with pytest.raises(RequestError):
                parse_json(body)
            return time.process_time() - begin

        return min(once() for _ in range(5))

    assert cost(shape) <= 4 * cost(shape[: len(shape) // 2] + b"[" * 40) + 0.005
