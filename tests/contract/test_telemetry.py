"""POST /v1/logs, /v1/traces and /v1/metrics, against any deployment."""

from __future__ import annotations

import gzip
import json
import uuid
from typing import Any

import pytest

from tests.conftest import Deployment

NAME = "contract-test-otlp"
PROTOBUF = {"Content-Type": "application/x-protobuf"}
GZIP = {"Content-Encoding": "gzip"}


def body(*names: str) -> dict[str, Any]:
    """A body that tells of skills by these names, of a session of its own."""
    session = str(uuid.uuid4())
    return {
        "resourceLogs": [
            {"scopeLogs": [{"logRecords": [record(name, session, number) for number, name in enumerate(names)]}]}
        ]
    }


def record(name: str, session: str, number: int) -> dict[str, Any]:
    """A log record that tells of a skill."""
    held = {"event.name": "skill_activated", "skill.name": name, "session.id": session, "event.sequence": str(number)}
    return {"attributes": [{"key": key, "value": {"stringValue": value}} for key, value in held.items()]}


def in_protobuf(name: str, session: str) -> bytes:
    """The same of one record, in protobuf."""
    pairs = [("event.name", "skill_activated"), ("skill.name", name), ("session.id", session), ("event.sequence", "1")]
    attributes = b"".join(
        _field(6, _field(1, key.encode()) + _field(2, _field(1, held.encode()))) for key, held in pairs
    )
    return _field(1, _field(2, _field(2, attributes)))


def _field(number: int, held: bytes) -> bytes:
    size = len(held)
    length = bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])
    return bytes([number << 3 | 2]) + length + held


def test_json_and_gzip(deployment: Deployment) -> None:
    text = json.dumps(body(NAME)).encode()
    for raw, headers in ((text, {}), (gzip.compress(text), GZIP)):
        answer = deployment.send("POST", "/v1/logs", headers=headers, raw=raw)
        assert (answer.status, answer.json()) == (200, {"partialSuccess": {}})


def test_protobuf_is_answered_in_protobuf(deployment: Deployment) -> None:
    for raw, headers in (
        (in_protobuf(NAME, str(uuid.uuid4())), PROTOBUF),
        (gzip.compress(in_protobuf(NAME, str(uuid.uuid4()))), PROTOBUF | GZIP),
    ):
        answer = deployment.send("POST", "/v1/logs", headers=headers, raw=raw)
        assert (answer.status, answer.headers["content-type"], answer.body) == (200, "application/x-protobuf", b"")
    answer = deployment.send("POST", "/v1/logs", headers=PROTOBUF, raw=in_protobuf("a\0b", "s"))
    assert (answer.status, answer.body[:1]) == (200, b"\x0a"), "a partial success"


def test_one_bad_record_costs_itself_alone(deployment: Deployment) -> None:
    answer = deployment.send("POST", "/v1/logs", body(NAME, "a\0b", NAME))
    assert answer.status == 200
    assert answer.json()["partialSuccess"]["rejectedLogRecords"] == "1"


def test_a_body_larger_than_an_event_may_be_is_read(deployment: Deployment) -> None:
    large = body(NAME)
    large["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["body"] = {"stringValue": "x" * 1_000_000}
    assert deployment.send("POST", "/v1/logs", large).json() == {"partialSuccess": {}}
    too_large = deployment.send("POST", "/v1/logs", raw=b" " * (4 * 1024 * 1024 + 1))
    assert too_large.status == 413


@pytest.mark.parametrize("path", ["/v1/logs/v1/logs", "/v1/logs/"])
def test_a_path_that_is_nearly_right_works(deployment: Deployment, path: str) -> None:
    assert deployment.send("POST", path, body(NAME)).json() == {"partialSuccess": {}}


def test_what_is_no_body_is_refused(deployment: Deployment) -> None:
    for path in ("/v1/logs", "/v1/traces", "/v1/metrics"):
        assert deployment.send("POST", path, raw=b"{").status == 400
        assert deployment.send("POST", path, headers=PROTOBUF, raw=b"\x0a\xff").status == 400
        assert deployment.send("POST", path, headers=GZIP, raw=b"x").status == 400
    assert deployment.send("POST", "/v1/profiles", body(NAME)).status == 404
