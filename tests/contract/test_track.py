"""POST /api/track, against any deployment."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Deployment

NAME = "contract-test"


def event(**fields: Any) -> dict[str, Any]:
    """A valid event, marked as test traffic."""
    return {"tool_name": NAME, "status": "success", "test": True} | fields


def test_one_event(deployment: Deployment) -> None:
    answer = deployment.track(event())
    assert (answer.status, answer.json()) == (200, {"success": True, "message": "Event tracked"})
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_duplicate_is_stored_once_and_says_so(deployment: Deployment) -> None:
    first = event(event_id=str(uuid.uuid4()))
    assert "duplicate" not in deployment.track(first).json()
    assert deployment.track(first).json() == {"success": True, "message": "Event tracked", "duplicate": True}


@pytest.mark.parametrize("minutes", [0, 7, 59, -59])
def test_a_duplicate_up_to_an_hour_apart(deployment: Deployment, minutes: int) -> None:
    event_id, moment = str(uuid.uuid4()), datetime.now(UTC) - timedelta(hours=3)
    deployment.track(event(event_id=event_id, timestamp=moment.isoformat(), anonymous_id="a"))
    again = event(event_id=event_id, timestamp=(moment + timedelta(minutes=minutes)).isoformat(), anonymous_id="b")
    assert deployment.track(again).json()["duplicate"] is True


def test_a_duplicate_without_a_timestamp(deployment: Deployment) -> None:
    event_id = str(uuid.uuid4())
    deployment.track(event(event_id=event_id, timestamp=int(time.time() * 1000) - 600_000))
    assert deployment.track(event(event_id=event_id)).json()["duplicate"] is True


def test_duplicates_within_a_request(deployment: Deployment) -> None:
    event_id = str(uuid.uuid4())
    earlier = int(time.time() * 1000) - 1_800_000
    answer = deployment.track(
        [event(event_id=event_id), event(event_id=event_id), event(event_id=event_id, timestamp=earlier)]
    )
    assert answer.json() == {
        "success": True,
        "message": "1 events tracked",
        "accepted": 1,
        "duplicates": 2,
        "rejected": [],
    }


def test_duplicates_under_concurrency(deployment: Deployment) -> None:
    same = event(event_id=str(uuid.uuid4()))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: deployment.track(same).json(), range(16)))
    assert sum("duplicate" not in answer for answer in answers) == 1


def test_a_batch_keeps_what_is_valid(deployment: Deployment) -> None:
    answer = deployment.track(
        {"events": [event(), event(status=7), event(tool_name="/etc/passwd"), event(duration_ms=-3)]}
    )
    assert answer.status == 200
    body = answer.json()
    assert (body["accepted"], body["duplicates"]) == (2, 0)
    assert [(rejected["index"], rejected["field"]) for rejected in body["rejected"]] == [
        (1, "status"),
        (2, "tool_name"),
    ]
    assert [(ignored["index"], ignored["field"]) for ignored in body["ignored"]] == [(3, "duration_ms")]


def test_only_a_name_and_a_status_can_cost_an_event(deployment: Deployment) -> None:
    odd = event(
        duration_ms="45ms", tool_category="beta (x)", error_type="x" * 65, error_message="word " * 300, metadata=7
    )
    answer = deployment.track(odd)
    assert (answer.status, answer.json()["message"]) == (200, "Event tracked")
    assert [ignored["field"] for ignored in answer.json()["ignored"]] == [
        *("tool_category", "duration_ms", "error_type", "metadata")
    ]
    assert all(ignored.keys() == {"field", "error"} for ignored in answer.json()["ignored"])
    assert [ignored["field"] for ignored in deployment.track(event(status="great")).json()["ignored"]] == ["status"]


def test_a_wrong_clock_stores_an_event_once(deployment: Deployment) -> None:
    day = 86_400_000
    now = int(time.time() * 1000)
    same = event(event_id=str(uuid.uuid4()), timestamp=now + day)
    first = deployment.track({"events": [same], "sent_at": now + day})
    assert first.json()["accepted"] == 1
    assert deployment.track({"events": [same], "sent_at": now + day}).json()["duplicates"] == 1


def test_a_batch_without_a_valid_event(deployment: Deployment) -> None:
    answer = deployment.track([event(status=None), 7])
    assert answer.status == 400
    assert answer.json()["success"] is False
    assert [rejected["index"] for rejected in answer.json()["rejected"]] == [0, 1]


def test_text_plain_is_json_too(deployment: Deployment) -> None:
    assert deployment.track(event(), {"Content-Type": "text/plain;charset=UTF-8"}).status == 200


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nonsense", b"\xff\xfe", b'{"tool_name": NaN}', b"[" * 100_000, b"null", b"7"]
)
def test_what_is_not_an_event(deployment: Deployment, body: bytes) -> None:
    answer = deployment.send("POST", "/api/track", raw=body)
    assert answer.status == 400
    assert answer.json()["success"] is False


def test_a_batch_has_its_limits(deployment: Deployment) -> None:
    assert deployment.track([event()] * 100).json()["accepted"] == 100
    for batch in ([], [event()] * 101, {"events": "x"}):
        answer = deployment.track(batch)
        assert (answer.status, answer.json()["field"]) == (400, "events")


def test_a_body_has_its_limits(deployment: Deployment) -> None:
    answer = deployment.send("POST", "/api/track", raw=b" " * (256 * 1024 + 1))
    assert (answer.status, answer.json()["success"]) == (413, False)
    assert deployment.send("POST", "/api/track", raw=b" " * (256 * 1024)).status == 400


def test_unknown_paths_and_methods(deployment: Deployment) -> None:
    assert deployment.send("GET", "/api/nothing").status == 404
    answer = deployment.send("PUT", "/api/track")
    assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")
    assert deployment.send("POST", "/analytics/summary").headers["allow"] == "GET, HEAD, OPTIONS"


def test_any_origin_may_send(deployment: Deployment) -> None:
    origin = {"Origin": "https://somewhere.example", "Access-Control-Request-Method": "POST"}
    preflight = deployment.send("OPTIONS", "/api/track", headers=origin)
    assert preflight.status == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert (
        deployment.track(event(), {"Origin": "https://somewhere.example"}).headers["access-control-allow-origin"] == "*"
    )


@pytest.mark.parametrize("header", ["DNT", "Sec-GPC"])
def test_someone_who_asks_not_to_be_tracked(deployment: Deployment, header: str) -> None:
    same = event(event_id=str(uuid.uuid4()))
    assert deployment.track(same, {header: "1"}).json() == {"success": True, "message": "Event tracked"}
    assert "duplicate" not in deployment.track(same).json(), "the first one must not have been stored"


def test_a_beacon(deployment: Deployment) -> None:
    answer = deployment.send(
        "GET", "/t?t=contract-test&e=beacon&v=1.2&outcome=success&ms=12&agent=codex&os=linux&py=3.12&n=4"
    )
    assert (answer.status, answer.body) == (204, b"")
    for query, field in (
        ("e=x", "t"),
        ("t=x", "e"),
        ("t=x&e=/etc/passwd", "tool_name"),
    ):
        answer = deployment.send("GET", f"/t?{query}")
        assert (answer.status, answer.json()["field"]) == (400, field)


def test_erasing_someone_unknown(deployment: Deployment) -> None:
    answer = deployment.send("DELETE", "/api/user", {"anonymous_id": str(uuid.uuid4())})
    assert (answer.status, answer.json()) == (200, {"success": True, "deleted": 0})
    for body in ({}, {"anonymous_id": 7}, {"anonymous_id": ""}, [], {"anonymous_id": "x" * 129}):
        answer = deployment.send("DELETE", "/api/user", body)
        assert (answer.status, answer.json()["field"]) == (400, "anonymous_id")


def test_erasing_someone_known(deployment: Deployment) -> None:
    person = str(uuid.uuid4())
    yesterday = int(time.time() * 1000) - 86_400_000
    deployment.track(
        [event(anonymous_id=person), event(anonymous_id=person, timestamp=yesterday), event(anonymous_id="other")]
    )
    assert deployment.send("DELETE", "/api/user", {"anonymous_id": person}).json()["deleted"] == 2
    assert deployment.send("DELETE", "/api/user", {"anonymous_id": person}).json()["deleted"] == 0


def test_health(deployment: Deployment) -> None:
    body = deployment.send("GET", "/healthz").json()
    assert body["status"] == "ok"
    assert body["schema"].startswith("0")
    assert isinstance(body["rollup_lag_seconds"], int)
    assert body.keys() == {"status", "schema", "rollup_lag_seconds"}


def test_what_is_no_use_is_answered_and_not_stored(deployment: Deployment) -> None:
    """HEAD, and a browser that fetches ahead: the same event by a request that counts is then new."""
    name = f"probe-{uuid.uuid4().hex[:12]}"
    address = f"/t?t=contract-test&e={name}"
    assert deployment.send("HEAD", address).status == 204
    for header in ("Sec-Purpose", "Purpose", "X-Moz"):
        assert deployment.send("GET", address, headers={header: "prefetch"}).status == 204
    assert deployment.send("GET", address, headers={"Sec-Purpose": "prefetch;prerender"}).status == 204
    assert deployment.report("summary", tool=name)["total_invocations"] == 0
    assert deployment.send("GET", address).status == 204
    assert deployment.report("summary", tool=name)["total_invocations"] == 1


def test_a_beacon_at_the_front_page(deployment: Deployment) -> None:
    name = f"front-{uuid.uuid4().hex[:12]}"
    assert deployment.send("GET", f"/?t=contract-test&e={name}&ms=0&outcome=success").status == 204
    report = deployment.report("summary", tool=name)
    assert (report["total_invocations"], report["p50_duration_ms"]) == (1, None), "ms=0 beside an outcome is unknown"
    for address in ("/", "/?t=contract-test", "/?days=7"):
        page = deployment.send("GET", address)
        assert (page.status, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
