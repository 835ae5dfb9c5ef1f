"""Bodies in protobuf: whatever the official library writes is read as the same body in JSON is."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

from otlp import document, wire
from otlp.records import ATTRIBUTES, NAMES
from terms.errors import RequestError
from tests.otlp.bodies import as_json, captured, log, logs, protobuf, span, traces

READERS = {ExportLogsServiceRequest: "logs", ExportTraceServiceRequest: "traces"}

texts = st.text(st.characters(codec="utf-8"), max_size=200)
scalars = (
    st.builds(AnyValue, string_value=texts)
    | st.builds(AnyValue, bool_value=st.booleans())
    | st.builds(AnyValue, int_value=st.integers(-(2**63), 2**63 - 1))
    | st.builds(AnyValue, double_value=st.floats(allow_nan=False))
    | st.builds(AnyValue, bytes_value=st.binary(max_size=200))
    | st.builds(AnyValue)
)
keys = st.sampled_from([*sorted(ATTRIBUTES), "prompt", "tool_input", "k" * 130, ""])
values = st.recursive(
    scalars,
    lambda inner: (
        st.builds(AnyValue, array_value=st.builds(ArrayValue, values=st.lists(inner, max_size=3)))
        | st.builds(
            AnyValue,
            kvlist_value=st.builds(
                KeyValueList, values=st.lists(st.builds(KeyValue, key=texts, value=inner), max_size=3)
            ),
        )
    ),
    max_leaves=8,
)
pairs = st.lists(st.builds(KeyValue, key=keys, value=values) | st.builds(KeyValue, key=keys), max_size=8)
named = st.sampled_from([*sorted(NAMES), "claude_code.tool_result", "elsewhere", ""]).map(
    lambda name: KeyValue(key="event.name", value=AnyValue(string_value=name))
)
operation = KeyValue(key="gen_ai.operation.name", value=AnyValue(string_value="execute_tool"))
moments = st.sampled_from([0, 1, 127, 128, 1_795_575_013_831_000_000, 2**64 - 1])


@st.composite
def requests(draw: st.DrawFn) -> Any:
    """A request of either kind, with several resources, scopes and records."""
    of_logs = draw(st.booleans())
    request = ExportLogsServiceRequest() if of_logs else ExportTraceServiceRequest()
    for _ in range(draw(st.integers(0, 2))):
        resource = request.resource_logs.add() if of_logs else request.resource_spans.add()
        resource.resource.attributes.extend(draw(pairs))
        if draw(st.booleans()):
            resource.resource.attributes.add(key="track_skills.category").value.string_value = draw(texts)
        for _ in range(draw(st.integers(0, 2))):
            scope = resource.scope_logs.add() if of_logs else resource.scope_spans.add()
            scope.scope.name = draw(texts)
            for _ in range(draw(st.integers(0, 3))):
                record = scope.log_records.add() if of_logs else scope.spans.add()
                record.attributes.extend(draw(pairs))
                record.span_id = draw(st.sampled_from([b"", b"\x00" * 8, b"\xff" * 8]))
                record.flags = draw(st.integers(0, 2**32 - 1))
                if of_logs:
                    record.time_unix_nano, record.observed_time_unix_nano = draw(moments), draw(moments)
                    record.severity_number = draw(st.sampled_from([0, 9]))
                    record.body.CopyFrom(draw(values))
                    record.event_name = draw(st.sampled_from(["", "skill_activated", "claude_code.api_request"]))
                    record.attributes.extend(draw(st.lists(named, max_size=2)))
                else:
                    record.name = draw(st.sampled_from(["", "Tool.execute", "execute_tool x"]))
                    record.start_time_unix_nano, record.end_time_unix_nano = draw(moments), draw(moments)
                    record.status.code, record.status.message = draw(st.integers(0, 2)), draw(texts)
                    record.attributes.extend([operation] * draw(st.integers(0, 1)))
                    record.events.add(name=draw(texts)).attributes.extend(draw(pairs))
    return request


@settings(max_examples=150, deadline=None)
@given(requests())
def test_whatever_the_official_library_writes_is_read_as_its_json_is(request: Any) -> None:
    name = READERS[type(request)]
    body = json.dumps(as_json(request)).encode()
    assert getattr(wire, name)(request.SerializeToString()) == getattr(document, name)(body)


def test_a_span_is_not_named_by_an_attribute_of_events() -> None:
    request = ExportTraceServiceRequest()
    recorded = request.resource_spans.add().scope_spans.add().spans.add(name="Tool.execute")
    recorded.attributes.add(key="event.name").value.string_value = "skill_activated"
    assert [record.name for record in wire.traces(request.SerializeToString()).known] == ["Tool.execute"]


@pytest.mark.parametrize("name", ["claude_code_logs", "claude_code_details_logs", "codex_logs", "qwen_code_logs"])
def test_what_agents_send_is_the_same_in_both(name: str) -> None:
    for body in captured(name):
        assert wire.logs(protobuf(body)) == document.logs(json.dumps(body).encode())


@settings(max_examples=150, deadline=None)
@given(requests(), st.randoms(use_true_random=False))
def test_what_is_cut_or_changed_anywhere_is_read_or_refused(request: Any, chance: random.Random) -> None:
    body = bytearray(request.SerializeToString())
    if body and chance.random() < 0.7:
        body[chance.randrange(len(body))] = chance.randrange(256)
    if body and chance.random() < 0.5:
        del body[chance.randrange(len(body)) :]
    try:
        getattr(wire, READERS[type(request)])(bytes(body))
    except RequestError as error:
        assert error.status == 400


@pytest.mark.parametrize("reader", [wire.logs, wire.traces])
def test_a_body_that_is_cut_short_is_refused_wherever(reader: Any) -> None:
    body = protobuf(logs(log("skill_activated", skill__name="a")) if reader is wire.logs else traces(span("a", a="b")))
    assert reader(body)
    for length in range(1, len(body)):
        with pytest.raises(RequestError) as caught:
            reader(body[:length])
        assert caught.value.status == 400


@pytest.mark.parametrize(
    "body",
    [
        b"\x0a" + b"\xff" * 9 + b"\x02",  # a length of more than 64 bits
        b"\x0a" + b"\x80" * 11 + b"\x01",  # as many bytes as no varint has
        b"\x0a" + b"\xff" * 8 + b"\x7f",  # a length beyond any body
        b"\x0b\x0c",  # a group
        b"\x07\x00",  # no wire type
        b"\x02\x00",  # no field
        b"\x08",
        b"\x09\x00",
        b"\x0d\x00",
        b"{}",
    ],
)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    for reader in (wire.logs, wire.traces, wire.metrics):
        with pytest.raises(RequestError) as caught:
            reader(body)
        assert caught.value.status == 400


@pytest.mark.parametrize("place", ["attribute", "known attribute", "body", "resource"])
@pytest.mark.parametrize("kind", ["list", "map"])
def test_what_nests_too_deep_is_refused(place: str, kind: str) -> None:
    def nested(levels: int) -> bytes:
        value = AnyValue(string_value="x")
        for _ in range(levels):
            if kind == "list":
                value = AnyValue(array_value=ArrayValue(values=[value]))
            else:
                value = AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key="k", value=value)]))
        request = ExportLogsServiceRequest()
        resource = request.resource_logs.add()
        record = resource.scope_logs.add().log_records.add()
        if place == "body":
            record.body.CopyFrom(value)
        elif place == "resource":
            resource.resource.attributes.append(KeyValue(key="any", value=value))
        else:
            record.attributes.append(KeyValue(key="any" if place == "attribute" else "skill.name", value=value))
        written: bytes = request.SerializeToString()
        return written

    assert wire.logs(nested(32)).refused == 0
    with pytest.raises(RequestError):
        wire.logs(nested(33))


def test_a_text_that_is_no_utf8_costs_its_record_alone() -> None:
    good, bad = log("skill_activated", skill__name="aaaa"), log("skill_activated", skill__name="bbbb")
    body = protobuf(logs(bad, good)).replace(b"bbbb", b"\xff\xfe\xfd\xfc")
    records = wire.logs(body)
    assert ([record.attributes["skill.name"] for record in records.known], records.refused) == (["aaaa"], 1)


def test_metrics_are_looked_at_no_further_than_that_they_are_some() -> None:
    request = ExportMetricsServiceRequest()
    request.resource_metrics.add().scope_metrics.add().metrics.add(name="x")
    wire.metrics(request.SerializeToString())
    with pytest.raises(RequestError):
        wire.metrics(request.SerializeToString()[:-1])
