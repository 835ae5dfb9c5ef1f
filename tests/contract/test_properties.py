"""Whatever is sent, the answer is never a server error, and a rejection names what is wrong."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.asking import ANALYTICS, required
from tests.conftest import Deployment
from web.routes import Route

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    *("tool_category", "duration_ms", "error_type", "error_message", "request_size_bytes"),
    *("response_size_bytes", "metadata", "timestamp", "event_id", "anonymous_id", "session_id", "agent_id", "source"),
    *("trigger", "tool_version", "os", "runtime", "test"),
)
PARAMETERS = [parameter for route in ANALYTICS for parameter in route.parameters]
NEARLY_EVENTS = st.fixed_dictionaries(
    {"tool_name": st.just("property-test") | JSON, "status": st.sampled_from(["success", "error"]) | JSON},
    optional=dict.fromkeys(FIELDS, JSON | st.text(alphabet="azAZ09 ./:@<>\"'\\\u00e9\ud83d\ude00\x00", max_size=40)),
)


@SETTINGS
@given(body=JSON | NEARLY_EVENTS | st.lists(NEARLY_EVENTS, max_size=3))
def test_any_json_at_ingest(deployment: Deployment, body: Any) -> None:
    answer = deployment.send("POST", "/api/track", raw=json.dumps(_as_test(body)).encode())
    assert answer.status in (200, 400), answer
    assert answer.json()["success"] is (answer.status == 200)


@SETTINGS
@given(
    route=st.sampled_from(ANALYTICS),
    values=st.dictionaries(
        st.sampled_from(sorted({parameter.name for parameter in PARAMETERS})),
        st.sampled_from(["", *sorted({text for parameter in PARAMETERS for text in parameter.good})])
        | st.text(max_size=20),
        max_size=4,
    ),
)
def test_any_parameters_at_the_reports(deployment: Deployment, route: Route, values: dict[str, str]) -> None:
    query = urlencode(values, errors="surrogatepass")
    answer = deployment.send("GET", f"{route.path}?{query}")
    assert answer.status in (200, 400), answer
    if answer.status == 400:
        assert answer.json()["field"] in values or answer.json()["field"] in required(route.parameters)


@SETTINGS
@given(
    values=st.dictionaries(st.sampled_from(["t", "e", "v", "ms", "outcome", "found", "os", "x"]), st.text(max_size=20))
)
def test_any_beacon(deployment: Deployment, values: dict[str, str]) -> None:
    answer = deployment.send("GET", f"/t?{urlencode(values, errors='surrogatepass')}", headers={"DNT": "1"})
    assert answer.status in (204, 400), answer


def _as_test(body: Any) -> Any:
    """Whatever is valid in it counts as test traffic."""
    if isinstance(body, list):
        return [_as_test(item) for item in body]
    return {**body, "test": True} if isinstance(body, dict) else body
