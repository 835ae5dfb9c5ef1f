"""docs/api.md: the document for people, with requests and what they are answered."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator
from typing import Any

from web.routes import template

_HEAD = """# The API
Made by `make api` of the tables that route and validate: do not edit. The same as
[openapi.json](../dashboard/openapi.json), which every deployment serves at `/openapi.json`.

Every error is `{"success": false, "error": "…", "field": "…"}`, the field only where one is at
fault. An unknown path is 404, and another method 405 with `Allow`. HEAD works where GET does, and
OPTIONS answers a preflight. A deployment with keys wants them as `Authorization: Bearer …`, or as
`x-api-key: …` for what is below `/analytics/`.
"""
_WIDTH = 4000  # of an example's answer; what is longer is cut off


def page(document: dict[str, Any], examples: list[dict[str, Any]]) -> str:
    """The page. examples: as tools/api/examples.json holds them."""
    parts = [_HEAD]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            shown = [
                it
                for it in examples
                if (it["method"].lower(), template(it["target"].partition("?")[0])) == (method, path)
            ]
            parts += _operation(f"{method.upper()} {path}", operation, shown)
    parts.append("\n# What is sent and answered\n")
    for name, schema in sorted(document["components"]["schemas"].items()):
        parts += _schema(name, schema)
    return "".join(parts)


def _operation(title: str, operation: dict[str, Any], examples: list[dict[str, Any]]) -> Iterator[str]:
    yield f"\n## {title}\n{operation['summary']}\n"
    if "description" in operation:
        yield f"\n{operation['description']}\n"
    if "requestBody" in operation:
        yield f"\nTakes {_type(operation['requestBody']['content']['application/json']['schema'])}.\n"
    yield from _table(
        ("parameter", "what it takes", "meaning"),
        (
            (f"`{it['name']}`{', required' if it['required'] else ''}", _rule(it["schema"]), it["description"])
            for it in operation["parameters"]
        ),
    )
    yield from _table(
        ("status", "answer"),
        ((status, _response(response)) for status, response in operation["responses"].items()),
    )
    for example in examples:
        yield f"\n```console\n$ {_curl(example)}\n{_answered(example)}\n```\n"


def _schema(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f"\n## {name}\n{schema['description']}\n"
    required = schema.get("required", [])
    otel = any("x-opentelemetry" in it for it in schema["properties"].values())
    yield from _table(
        ("field", "what it is", "meaning", *(("in OpenTelemetry",) if otel else ())),
        (
            (
                f"`{field}`{'' if field in required else ', optional'}",
                _rule(it),
                it["description"],
                *((it.get("x-opentelemetry", ""),) if otel else ()),
            )
            for field, it in schema["properties"].items()
        ),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in rows]
    if lines:
        yield f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}\n" + "".join(lines)


def _response(response: dict[str, Any]) -> str:
    kinds = response.get("content", {})
    if not kinds:
        return str(response["description"])
    schema = next(iter(kinds.values()))["schema"]
    kind = _type(schema) if "application/json" in kinds else ", ".join(f"`{it}`" for it in kinds)
    said = "" if response["description"] == "The answer." else f": {response['description']}"
    return kind + said


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema and "properties" not in schema:
        return " or ".join(_type(part) for part in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(it) if not isinstance(it, str) else it}`" for it in schema["enum"])
    kinds = schema.get("type", "object")
    if kinds == "array":
        return f"an array of {_type(schema['items'])}"
    if kinds == "object" and "properties" in schema:
        fields = ", ".join(f"`{name}`" for name in schema["properties"])
        return f"an object with {fields}"
    return " or ".join([kinds] if isinstance(kinds, str) else kinds)


def _rule(schema: dict[str, Any]) -> str:
    """A type with its bounds."""
    said = _type(schema)
    if "maximum" in schema:
        said += f", {schema.get('minimum', 0)}…{schema['maximum']}"
    if "maxLength" in schema:
        said += f", at most {schema['maxLength']} characters"
    if "pattern" in schema:
        said += " of `A-Z a-z 0-9 _ . : / @ + -` and space"
    if "default" in schema:
        said += f"; default `{schema['default']}`"
    return said


def _curl(example: dict[str, Any]) -> str:
    method = "" if example["method"] in ("GET", "POST") else f" -X {example['method']}"
    body = "" if example["body"] is None else f" -d {shlex.quote(json.dumps(example['body']))}"
    return f"curl -s{method} {shlex.quote('http://127.0.0.1:8787' + example['target'])}{body}"


def _answered(example: dict[str, Any]) -> str:
    text = str(example["answer"])
    return text.strip()[:_WIDTH] or f"(status {example['status']}, empty)"
