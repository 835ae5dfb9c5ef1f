"""Schemathesis asks the Worker whatever its description allows, and what it does not: every answer is as described."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import Local
from tools.api.document import build

SCHEMA = schemathesis.openapi.from_dict(build(closed=True))
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]
# What takes nothing cannot be given anything wrong.
CASES = [
    *((operation, GenerationMode.POSITIVE) for operation in OPERATIONS),
    *((operation, GenerationMode.NEGATIVE) for operation in OPERATIONS if operation.body or operation.query),
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# So many requests and no more, also where something is found: a request is at hand to be tried again as it is.
SETTINGS = settings(
    max_examples=20,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize(("operation", "mode"), CASES, ids=lambda it: getattr(it, "label", None) or it.value)
def test_every_answer_is_as_described(local: Local, operation: Any, mode: GenerationMode) -> None:
    @SETTINGS
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.body = _as_test(case.body)
        case.call_and_validate(base_url=local.url, checks=CHECKS)

    ask()


def test_it_is_served(local: Local) -> None:
    answer = local.send("GET", "/openapi.json")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == build()


def _as_test(body: Any) -> Any:
    """Whatever is valid in it counts as test traffic."""
    if isinstance(body, list):
        return [_as_test(item) for item in body]
    if isinstance(body, dict) and isinstance(body.get("events"), list):
        return {**body, "events": _as_test(body["events"])}
    return {**body, "test": True} if isinstance(body, dict) else body
