"""The API's description is what the product does.

`PYTHONPATH=src python -m tests.tools.test_api` records what the examples are answered.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import jsonschema_rs
import pytest

from counting.dimensions import FILTERS
from intake import event as intake
from intake.event import parse_event
from terms.errors import RequestError
from tests.database import NOW
from tests.serving import Served
from tools.api import fields
from tools.api.__main__ import EXAMPLES, made
from tools.api.document import build, operation_of
from tools.api.meanings import MEANINGS, PARAMETERS
from tools.api.operations import EXAMPLES as REQUESTS
from tools.api.operations import OPERATIONS
from upkeep.work import work
from web.routes import ROUTES, template

DOCUMENT = build(closed=True)


def answered() -> list[dict[str, Any]]:
    """The examples, and what they are answered by a deployment that nobody else uses."""
    served = Served(ANALYTICS_API_KEY="key", PUBLIC_STATS="true", HASH_PEPPER="the pepper of the examples")
    recorded = []
    for number, request in enumerate(REQUESTS):
        if "/together" in request.target:
            add_up(served, NOW + number)  # of a day that is over
        response = served.send(request.method, request.target, request.body, {"x-api-key": "key"}, now=NOW + number)
        assert not served.log, served.log
        recorded.append({**request._asdict(), "status": response.status, "answer": response.body or ""})
    return recorded


def add_up(served: Served, now: int) -> None:
    """What the cron trigger does until a day is over: rolling up, and adding up."""
    for _ in range(2):
        asyncio.run(work(served.database, now, 90))


def validator(schema: dict[str, Any]) -> Any:
    """A validator of a schema that may point into the document."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def test_the_files_are_made_of_the_tables() -> None:
    for path, text in made().items():
        assert path.read_text("utf-8") == text, "make api"


def test_the_examples_are_answered_as_recorded() -> None:
    assert json.loads(EXAMPLES.read_text("utf-8")) == answered(), "make api"


@pytest.mark.parametrize("recorded", answered(), ids=lambda it: f"{it['method']} {it['target']} {it['status']}")
def test_every_answer_is_as_described(recorded: dict[str, Any]) -> None:
    path = template(recorded["target"].partition("?")[0])
    operation = DOCUMENT["paths"][path][recorded["method"].lower()]
    content = operation["responses"][str(recorded["status"])].get("content", {})
    if "application/json" in content:
        validator(content["application/json"]["schema"]).validate(json.loads(recorded["answer"]))
    if recorded["body"] is not None and recorded["status"] == 200:
        ignored = "ignored" in json.loads(recorded["answer"])
        rejected = json.loads(recorded["answer"]).get("rejected")
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        assert validator(schema).is_valid(recorded["body"]) is not bool(ignored or rejected)


def test_every_route_has_its_example() -> None:
    shown = {(request.method, template(request.target.partition("?")[0])) for request in REQUESTS}
    assert {(route.method, route.path) for route in ROUTES} == shown
    for route in ROUTES:
        assert operation_of(route).by_status


def test_nothing_is_told_of_that_is_not_there() -> None:
    assert OPERATIONS.keys() <= {(route.method, route.path) for route in ROUTES}
    told = json.dumps(DOCUMENT)
    assert {name for name in MEANINGS if f'"{name}": {{' not in told} == set()
    assert {name for name in PARAMETERS if f'"name": "{name}"' not in told} == set()
    assert set(FILTERS) <= PARAMETERS.keys()


def test_the_document_is_openapi() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema), name
    identifiers = re.findall(r'"operationId": "(\w+)"', json.dumps(DOCUMENT))
    assert len(set(identifiers)) == len(identifiers) == len(ROUTES)


def test_it_has_every_field_of_an_event() -> None:
    assert fields.FIELDS.keys() == {"tool_name", "status", "timestamp", *intake.RULES}
    assert f"^(?!{intake._PATH.pattern}){fields.LABEL[1:]}" == fields.NAME


@pytest.mark.parametrize("name", fields.FIELDS)
def test_a_field_takes_what_its_schema_says(name: str) -> None:
    schema = fields.FIELDS[name].schema
    good, bad = _bounds(schema)
    allowed = validator(schema)
    assert good
    for value in good:
        assert allowed.is_valid(value), value
        assert _is_kept(name, value), value
    for value in bad:
        assert not allowed.is_valid(value), value
        assert not _is_kept(name, value), value


def _bounds(schema: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """Values at the bounds of a schema, and beyond."""
    if "enum" in schema:
        return [it for it in schema["enum"] if it], ["no such word"]
    if "anyOf" in schema:  # a moment
        return ["2026-09-21T10:00:00Z", NOW * 1000], [True, [], {}]
    kinds = schema["type"]
    if "maximum" in schema:
        return [schema["minimum"], schema["maximum"]], [schema["minimum"] - 1, schema["maximum"] + 1, [], True]
    if "maxLength" in schema:
        longest = "x" * schema["maxLength"]
        names = ["a/b", "a b", "x@1.2+3:4-_"]
        hostile = ["ü", " ", "a\nb"] if "pattern" in schema else []
        if schema.get("pattern") == fields.NAME:
            hostile += ["/etc", "c:x", "a..b", "a/b/c"]
        return [longest, "x", *names], [longest + "x", "", 5, [], *hostile]
    if "boolean" in kinds:
        return [True, False], ["true", 1, []]
    return ["text" if "object" not in kinds else {"a": 1}], [5, []]


def _is_kept(name: str, value: Any) -> bool:
    try:
        event = parse_event({"tool_name": "pdf", "status": "success", name: value}, NOW)
    except RequestError:
        return False
    return not event.ignored


if __name__ == "__main__":
    EXAMPLES.write_text(json.dumps(answered(), indent=1, ensure_ascii=False) + "\n", "utf-8")
