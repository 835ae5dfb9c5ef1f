"""Forms, gzip and answers."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from otlp.encoding import Form, Signal, answer, form_of, unpacked
from terms import limits
from terms.errors import RequestError

GZIP = {"content-encoding": "gzip"}


@pytest.mark.parametrize(
    ("media", "form"),
    [
        ("application/json", Form.JSON),
        ("Application/JSON; charset=utf-8", Form.JSON),
        ("application/x-protobuf", Form.PROTOBUF),
    ],
)
def test_the_form_is_what_the_header_says(media: str, form: Form) -> None:
    assert form_of({"content-type": media}) is form
    assert form_of({}) is Form.JSON


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "application/grpc", ""])
def test_another_form_is_refused(media: str) -> None:
    with pytest.raises(RequestError) as caught:
        form_of({"content-type": media})
    assert caught.value.status == 415


def test_gzip_is_unpacked_also_of_several_parts() -> None:
    assert unpacked(gzip.compress(b"a" * 9000), GZIP) == b"a" * 9000
    assert unpacked(gzip.compress(b"a") + gzip.compress(b"b"), {"content-encoding": " GZIP "}) == b"ab"
    assert unpacked(b"plain", {"content-encoding": "identity"}) == unpacked(b"plain", {}) == b"plain"
    assert unpacked(b"", GZIP) == b""


def refusal(body: bytes, headers: dict[str, str]) -> int:
    """The status that a body is refused with."""
    with pytest.raises(RequestError) as caught:
        unpacked(body, headers)
    return caught.value.status


def test_what_is_no_gzip_is_refused() -> None:
    packed = gzip.compress(b"a" * 9000)
    assert {refusal(packed[:length], GZIP) for length in range(1, len(packed))} == {400}
    assert refusal(b"{}", GZIP) == refusal(packed + b"x", GZIP) == 400
    assert refusal(b"{}", {"content-encoding": "br"}) == refusal(b"{}", {"content-encoding": "gzip, gzip"}) == 415


def test_a_body_that_grows_beyond_the_limit_is_not_unpacked() -> None:
    most = limits.TELEMETRY_BYTES
    assert len(unpacked(gzip.compress(b"0" * most), GZIP)) == most
    assert refusal(gzip.compress(b"0" * (most + 1)), GZIP) == 413
    assert refusal(gzip.compress(b"0" * most) + gzip.compress(b"0"), GZIP) == 413
    assert refusal(gzip.compress(b"0" * 400_000_000, 1), GZIP) == 413


@pytest.mark.parametrize(
    ("signal", "response", "field"),
    [
        (Signal.LOGS, ExportLogsServiceResponse, "rejected_log_records"),
        (Signal.TRACES, ExportTraceServiceResponse, "rejected_spans"),
    ],
)
@pytest.mark.parametrize("refused", [1, 127, 128, 70_000])
def test_an_answer_says_how_many_were_refused_and_why(signal: Signal, response: Any, field: str, refused: int) -> None:
    reason = "No ü. " * 40
    read = response.FromString(answer(Form.PROTOBUF, signal, refused, reason)).partial_success
    assert (getattr(read, field), read.error_message) == (refused, reason)
    told = json.loads(answer(Form.JSON, signal, refused, reason))
    assert told == {"partialSuccess": {signal.value: str(refused), "errorMessage": reason}}


def test_an_answer_to_what_was_taken_in_whole() -> None:
    assert json.loads(answer(Form.JSON, Signal.LOGS, 0, "")) == {"partialSuccess": {}}
    assert answer(Form.PROTOBUF, Signal.LOGS, 0, "") == b""
