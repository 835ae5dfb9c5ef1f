"""OpenTelemetry in, from a request to what is stored."""

from __future__ import annotations

import gzip
import json
import random
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from storage.database import Row, Statement
from terms import limits
from terms.errors import DatabaseError
from tests.asking import ANALYTICS, target
from tests.database import NOW, CountingDatabase
from tests.otlp.bodies import (
    CANARY,
    CAPTURES,
    captured,
    log,
    logs,
    made_up_logs,
    made_up_spans,
    protobuf,
    span,
    traces,
    with_canaries,
)
from tests.serving import Served
from web.message import Response

JSON = {"content-type": "application/json"}
PROTOBUF = {"content-type": "application/x-protobuf"}
GZIP = {"content-encoding": "gzip"}
SKILL = {"skill__name": "a-skill", "invocation_trigger": "user-slash", "user__id": "u", "session__id": "s"}
LATER = 1_795_600_000  # after what was captured


@pytest.fixture
def served() -> Served:
    return Served(ANALYTICS_PUBLIC="true")


def send(served: Served, body: Any, path: str = "/v1/logs", now: float = NOW, **headers: str) -> Response:
    """The answer to a body in JSON."""
    return served.send("POST", path, body, JSON | headers, now)


def accepted(response: Response) -> bool:
    """Whether everything of a body was taken in."""
    return (response.status, response.body) in ((200, '{"partialSuccess": {}}'), (200, b""))


def rows(served: Served) -> list[dict[str, Any]]:
    """All events, in the order of their keys."""
    return [dict(row) for row in served.database.connection.execute("SELECT * FROM events ORDER BY id")]


def test_a_skill_is_stored_as_an_event(served: Served) -> None:
    assert accepted(send(served, logs(log("skill_activated", **SKILL))))
    (row,) = rows(served)
    told = {name: row[name] for name in ("tool_name", "tool_category", "trigger", "source", "agent_id", "time")}
    assert told == {
        "tool_name": "a-skill",
        "tool_category": "skill",
        "trigger": "user",
        "source": "otlp",
        "agent_id": "claude-code",
        "time": NOW,
    }


def test_every_way_to_write_a_body_is_the_same_body(served: Served) -> None:
    body = logs(log("skill_activated", event__sequence=1, **SKILL))
    text, binary = json.dumps(body).encode(), protobuf(body)
    answers = [
        served.send("POST", "/v1/logs", text, JSON),
        served.send("POST", "/v1/logs", gzip.compress(text), JSON | GZIP),
        served.send("POST", "/v1/logs", binary, PROTOBUF),
        served.send("POST", "/v1/logs", gzip.compress(binary), PROTOBUF | GZIP),
    ]
    assert all(accepted(answer) for answer in answers)
    assert [answer.headers["Content-Type"] for answer in answers[1:3]] == ["application/json", "application/x-protobuf"]
    assert served.stored() == 1


@pytest.mark.parametrize(
    "path",
    [
        "/v1/logs",
        "/v1/logs/",
        "/v1/logs/v1/logs",
        "/v1/traces/v1/logs",
        "/v1/v1/logs",
        "/api/track/v1/logs",
        "//v1/logs",
    ],
)
def test_a_path_that_is_nearly_right_works(served: Served, path: str) -> None:
    assert accepted(send(served, logs(log("skill_activated", **SKILL)), path))
    assert served.stored() == 1


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/profiles", "/v2/logs", "/v1/logs/x", "/x/v1/logs", "/v1/logsv1/logs"]
)
def test_any_other_path_is_not_answered_with_success(served: Served, path: str) -> None:
    assert send(served, logs(log("skill_activated", **SKILL)), path).status == 404


def test_spans_and_metrics(served: Served) -> None:
    body = traces(span("x", gen_ai__operation__name="execute_tool", gen_ai__tool__name="t"))
    assert accepted(send(served, body, "/v1/traces"))
    assert accepted(send(served, {"resourceMetrics": [{}]}, "/v1/metrics"))
    assert accepted(served.send("POST", "/v1/metrics", b"\x0a\x00", PROTOBUF))
    assert served.stored() == 1


@pytest.mark.parametrize("path", ["/v1/logs", "/v1/traces", "/v1/metrics"])
def test_what_is_no_body_is_refused(served: Served, path: str) -> None:
    for body, headers, status in (
        (b"{", JSON, 400),
        (b"\x0a\xff", PROTOBUF, 400),
        (b"x", JSON | GZIP, 400),
        (b"x", {"content-type": "text/html"}, 415),
        (gzip.compress(b"0" * (limits.TELEMETRY_BYTES + 1)), JSON | GZIP, 413),
    ):
        response = served.send("POST", path, body, headers)
        assert (response.status, json.loads(response.body or "")["success"]) == (status, False)
    assert served.log == []


@pytest.mark.parametrize("name", ["a\x00b", "/etc/passwd", "", "x" * 129, "\ud800", 7, None])
def test_one_bad_name_costs_itself_alone(served: Served, name: object) -> None:
    bad = log("skill_activated", **(SKILL | {"skill__name": name}))
    body = logs(log("skill_activated", **SKILL), bad, log("skill_activated", **(SKILL | {"skill__name": "other"})))
    response = send(served, body)
    partial = json.loads(response.body or "")["partialSuccess"]
    assert (response.status, partial["rejectedLogRecords"]) == (200, "1")
    assert "tool_name" in partial["errorMessage"]
    assert [row["tool_name"] for row in rows(served)] == ["a-skill", "other"] or served.stored() == 2


def test_a_partial_success_in_protobuf(served: Served) -> None:
    body = protobuf(logs(log("skill_activated", **(SKILL | {"skill__name": "a\x00b"}))))
    response = served.send("POST", "/v1/logs", body, PROTOBUF)
    assert isinstance(response.body, bytes)
    assert ExportLogsServiceResponse.FromString(response.body).partial_success.rejected_log_records == 1


def test_several_of_one_millisecond_are_all_kept_and_once_however_often_they_come(served: Served) -> None:
    records = [
        log("skill_activated", **(SKILL | {"invocation_trigger": "nested-skill", "event__sequence": number}))
        for number in range(3)
    ]
    for _ in range(3):
        assert accepted(send(served, logs(*records)))
    assert accepted(send(served, logs(*records, *records)))
    assert served.stored() == 3


def test_a_captured_session_again_is_stored_once(served: Served) -> None:
    for _ in range(2):
        for body in captured("claude_code_details_logs"):
            assert accepted(send(served, body, now=LATER))
    assert served.stored() == 8 + 1, "events, and the session"


def test_hook_and_opentelemetry_together_count_once(served: Served) -> None:
    """What the hook sends of the same session: tool_use_id of calls, prompt_id of what was typed."""
    hook = [
        {"tool_name": "my-skill", "event_id": "2893eb59-a6df-45fc-a352-006f950b9828", "timestamp": 1795575022300},
        {"tool_name": "fork-skill", "event_id": "toolu_c890e64fb2574f13ba6a", "timestamp": 1795575025178},
        {"tool_name": "echo", "event_id": "toolu_eb5e4b8e29054ffab7c0", "timestamp": 1795575025551},
    ]
    served.track([event | {"status": "success", "source": "hook"} for event in hook], now=LATER)
    for body in captured("claude_code_details_logs"):
        assert accepted(send(served, body, now=LATER))
    assert served.stored() == 8 + 1, "events, and the session"
    answer = served.track([event | {"status": "success", "source": "hook"} for event in hook], now=LATER)
    assert answer["duplicates"] == 3


def test_whoever_asks_for_no_record_is_answered_and_nothing_is_stored(served: Served) -> None:
    whose = {"session__id": "s", "user__id": "u"}
    told = (log("api_request", input_tokens=1, **whose), log("plugin_loaded", plugin__name="p", **whose))
    assert accepted(send(served, logs(log("skill_activated", **SKILL), *told), dnt="1"))
    assert served.stored() == 0
    assert served.database.ran.total() == 0


def test_a_key_is_asked_for_as_everywhere() -> None:
    served = Served(TRACK_API_KEY="k")
    body = logs(log("skill_activated", **SKILL))
    assert send(served, body).status == 401
    assert accepted(send(served, body, authorization="Bearer k"))


class DeadDatabase(CountingDatabase):
    """A database that does not answer."""

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        raise DatabaseError(str(statements))


def test_a_database_that_does_not_answer_is_asked_again_soon() -> None:
    response = send(Served(DeadDatabase()), logs(log("skill_activated", **SKILL)))
    assert (response.status, response.headers["Retry-After"]) == (503, "1")


def test_a_body_that_tells_of_nothing_asks_the_database_nothing() -> None:
    served = Served(DeadDatabase())
    for body in (logs(), logs(log("user_prompt", prompt="secret"), log("tool_result", tool_name="Bash"))):
        assert accepted(send(served, body))


class RoundTrips(CountingDatabase):
    """A database, and how often it was asked."""

    trips = 0

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        """Run the statements in one transaction."""
        self.trips += 1
        return await super().batch(*statements)


def test_uses_usage_and_plugins_of_a_body_are_one_round_trip() -> None:
    database = RoundTrips()
    served = Served(database, HASH_PEPPER="pepper")

    def body(sequence: int) -> dict[str, Any]:
        whose = {"session__id": "s", "user__id": "u", "event__sequence": sequence}
        return logs(
            log("skill_activated", NOW, skill__name="a", **whose),
            log("api_request", NOW, skill__name="a", input_tokens=7, **whose),
            log("plugin_loaded", NOW, plugin__name="p", **whose),
        )

    assert accepted(send(served, body(0)))
    trips = database.trips
    assert accepted(send(served, body(1)))
    assert database.trips - trips == 1
    assert len(rows(served)) == 2
    found = database.connection.execute("SELECT total ->> '$.input_tokens' FROM session_days").fetchall()
    assert [row[0] for row in found] == [14]
    assert database.connection.execute("SELECT count(*) FROM plugin_days").fetchone()[0] == 1


def test_a_thousand_records_are_few_round_trips() -> None:
    database = RoundTrips()
    served = Served(database)
    records = [
        log(
            "skill_activated",
            NOW - number,
            skill__name="a",
            user__id=f"u{number % 40}",
            session__id="s",
            event__sequence=number,
        )
        for number in range(1000)
    ]
    changes = database.connection.total_changes
    assert accepted(send(served, logs(*records)))
    assert served.stored() == 1000
    assert database.trips <= 5
    assert database.connection.total_changes - changes <= 1300


def test_a_body_as_large_as_is_read_fits_the_database(served: Served) -> None:
    records = [log("skill_activated", NOW, skill__name="a", session__id="s", event__sequence=n) for n in range(2500)]
    assert accepted(served.send("POST", "/v1/logs", gzip.compress(protobuf(logs(*records))), PROTOBUF | GZIP))
    assert served.stored() == 2500


def assert_clean(served: Served) -> None:
    """Nothing of what was planted is in the database, in what is logged, or in an answer of a report."""
    answers = [served.send("GET", target(route), now=LATER) for route in ANALYTICS]
    told = "\n".join([*served.database.connection.iterdump(), *map(str, answers), *served.log])
    for secret in (CANARY, "/home/dev", "0000000000000000", "example.com"):
        assert secret not in told, told[max(0, told.index(secret) - 100) :][:200]


@pytest.mark.parametrize("name", sorted(path.stem for path in CAPTURES.glob("*.ndjson")))
def test_nothing_but_what_is_read_is_stored_logged_or_answered(served: Served, name: str) -> None:
    path = "/v1/logs" if name.endswith("logs") else "/v1/traces"
    for body in captured(name):
        marked = with_canaries(body)
        assert CANARY in json.dumps(marked)
        assert accepted(send(served, marked, path, LATER))
        assert accepted(served.send("POST", path, protobuf(marked), PROTOBUF, LATER))
    assert served.stored()
    assert_clean(served)


@pytest.mark.parametrize("seed", range(40))
def test_nor_is_it_of_bodies_that_nobody_has_sent_yet(served: Served, seed: int) -> None:
    chance = random.Random(seed)
    for path, body in (("/v1/logs", made_up_logs(chance)), ("/v1/traces", made_up_spans(chance))):
        responses = [
            send(served, body, path, LATER),
            served.send("POST", path, protobuf(body), PROTOBUF, LATER),
            served.send("POST", path, json.dumps(body)[:-9].encode(), JSON, LATER),
            served.send("POST", path, protobuf(body)[:-9], PROTOBUF, LATER),
        ]
        assert [response.status for response in responses] == [200, 200, 400, 400]
        assert CANARY not in str(responses)
    assert served.stored()
    assert_clean(served)


def test_what_a_tool_was_called_with_is_not_stored_though_names_are_taken_of_it(served: Served) -> None:
    told = json.dumps({"mcp_server_name": "s", "mcp_tool_name": "t", "full_command": CANARY})
    record = log(
        "tool_result", tool_name="mcp_tool", tool_parameters=told, success="true", tool_use_id="toolu_1234567890"
    )
    assert accepted(send(served, logs(record)))
    (row,) = rows(served)
    assert (row["tool_category"], row["tool_name"]) == ("mcp:s", "t")
    assert CANARY not in "\n".join(served.database.connection.iterdump())


@pytest.mark.parametrize("held", ["", "x" * 500, 7, 7.5, True, "\ud800", "\x00"])
def test_ids_of_any_kind_neither_stop_nor_stay(served: Served, held: object) -> None:
    record = log(
        "skill_activated", skill__name="a", user__id=held, session__id=held, prompt__id=held, event__sequence=held
    )
    for _ in range(2):
        assert send(served, logs(record)).status == 200
    assert served.stored() in (1, 2)


def _sums_by_skill(capture: str) -> dict[str, dict[str, float]]:
    """What the requests of a capture took by skill, counted over its text alone."""
    sums: dict[str, dict[str, float]] = {}
    for body in captured(capture):
        for resource in body["resourceLogs"]:
            for scope in resource["scopeLogs"]:
                for record in scope["logRecords"]:
                    told = {each["key"]: next(iter(each["value"].values())) for each in record["attributes"]}
                    if told["event.name"] == "api_request":
                        own = sums.setdefault(told.get("skill.name", ""), {"input_tokens": 0, "cost_usd": 0})
                        own["input_tokens"] += int(told["input_tokens"])
                        own["cost_usd"] += float(told["cost_usd"])
    return sums


def test_what_requests_took_is_in_sessions_and_tools_once(served: Served) -> None:
    """However often a body comes."""
    name = "claude_code_details_logs"
    for _ in range(2):
        for body in captured(name):
            assert accepted(send(served, body, now=LATER))
    wanted = _sums_by_skill(name)
    assert len(wanted) > 2
    everything = served.report("sessions?days=30", LATER)
    assert everything["sessions"] == 1
    assert everything["input_tokens"] == sum(one["input_tokens"] for one in wanted.values())
    assert everything["cost_usd"] == pytest.approx(sum(one["cost_usd"] for one in wanted.values()), abs=1e-4)
    tools = {row["tool_name"]: row for row in served.report("tools?days=30", LATER)}
    for skill, one in wanted.items():
        if skill:
            assert tools[skill]["input_tokens"] == one["input_tokens"]
