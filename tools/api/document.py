"""The OpenAPI document: the table of routes, with what it takes and answers."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from reports.parameters import ROWS
from reports.table import REPORTS
from terms import limits
from terms.errors import InvalidError
from tools.api import answers, fields, session_fields
from tools.api.meanings import PARAMETERS
from tools.api.operations import EXPORT_NOTE, OPERATIONS, Operation
from tools.api.shapes import Shapes
from web.access import Access
from web.routes import ROUTES, Route

ROOT = Path(__file__).resolve().parents[2]
_NAME_IN_PATH = {"type": "string", "minLength": 1, "maxLength": limits.NAME_CHARACTERS}
_PREFIX = "/analytics/"
_SECURITY: dict[Access, list[dict[str, list[str]]]] = {
    Access.ANYONE: [{}],
    Access.INGEST: [{"ingestKey": []}, {}],
    Access.ANALYTICS: [{"analyticsKey": []}, {"analyticsBearer": []}, {}],
    Access.OWNER: [{"analyticsKey": []}, {"analyticsBearer": []}],
}
_SCHEMES = {
    "ingestKey": {"type": "http", "scheme": "bearer", "description": "TRACK_API_KEY, where the deployment has one."},
    "analyticsKey": {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "ANALYTICS_API_KEY."},
    "analyticsBearer": {"type": "http", "scheme": "bearer", "description": "ANALYTICS_API_KEY likewise."},
}
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}
_COUNT = {"X-Total-Count": {"description": "How many rows there are.", "schema": {"type": "integer", "minimum": 0}}}
_ERRORS: dict[int, tuple[str, dict[str, Any]]] = {
    400: ("A field or parameter does not fit its rule; or the body is not JSON.", {}),
    401: ("The deployment's key is missing or wrong.", {}),
    413: ("The body has more than {} bytes.", {}),
    429: ("Whoever sends without a key has sent too much for now.", _RETRY),
    503: ("The database does not answer.", _RETRY),
}


def operation_of(route: Route) -> Operation:
    """What a route takes and answers; raises KeyError for one that nobody has told of."""
    if (name := route.path.removeprefix(_PREFIX)) in REPORTS:
        return Operation({200: answers.REPORTS[name]})
    return OPERATIONS[route.method, route.path]


def build(closed: bool = False) -> dict[str, Any]:
    """The document. closed: answers may have no field that it does not tell of."""
    shapes = Shapes(closed)
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, operation_of(route), shapes)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Track Skills",
            "version": version,
            "description": "Which agent skills, MCP tools, commands and CLIs are used, and how well they do.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {"Event": fields.event(), "Session": session_fields.session(), **shapes.schemas},
            "securitySchemes": _SCHEMES,
        },
    }


def _operation(route: Route, operation: Operation, shapes: Shapes) -> dict[str, Any]:
    responses = {str(status): _answer(shape, operation, shapes) for status, shape in operation.by_status.items()}
    if any(parameter is ROWS for parameter in route.parameters):
        responses["200"]["headers"] = _COUNT
    for status in _errors_of(route, operation):
        description, headers = _ERRORS[status]
        shape = operation.refusal if status == 400 else answers.Error
        description = description.format(route.body_bytes)
        refusal = {"description": description, "content": {"application/json": {"schema": shapes.of(shape)}}}
        responses.setdefault(str(status), refusal)
        if headers:
            responses[str(status)]["headers"] = headers
    described: dict[str, Any] = {
        "operationId": _identifier(route),
        "summary": _summary(route),
        **({"description": EXPORT_NOTE} if operation.text else {}),
        "security": _SECURITY[route.access],
        "parameters": _parameters(route, operation),
        "responses": dict(sorted(responses.items())),
    }
    if operation.body:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": operation.body()}}}
    return described


def _answer(shape: Any, operation: Operation, shapes: Shapes) -> dict[str, Any]:
    if shape is None:
        return {"description": "Stored; the answer is empty."}
    schema = shapes.of(shape)
    kinds = operation.text or ("application/json",)
    return {"description": _description(shape), "content": {kind: {"schema": schema} for kind in kinds}}


def _description(shape: Any) -> str:
    return str(shape.__doc__) if hasattr(shape, "__total__") else "The answer."


def _errors_of(route: Route, operation: Operation) -> list[int]:
    takes = bool(operation.body or operation.parameters or route.parameters)
    return [
        *([400] if takes else []),
        *([401] if route.access is not Access.ANYONE else []),
        *([413] if operation.body else []),
        *([429] if route.access in (Access.ANYONE, Access.INGEST) else []),
        503,
    ]


def _parameters(route: Route, operation: Operation) -> list[dict[str, Any]]:
    of_table = [(it.name, it.schema, _is_required(it.read)) for it in route.parameters]
    in_path = [
        {"name": name, "in": "path", "required": True, "description": PARAMETERS[name], "schema": _NAME_IN_PATH}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]
    return in_path + [
        {
            "name": name,
            "in": "query",
            "required": required,
            "description": PARAMETERS[name],
            "schema": {key: list(value) if isinstance(value, tuple) else value for key, value in schema.items()},
        }
        for name, schema, required in [*of_table, *operation.parameters]
    ]


def _is_required(read: Any) -> bool:
    try:
        read(None)
    except InvalidError:
        return True
    return False


def _identifier(route: Route) -> str:
    words = [word for word in route.path.replace("{", "").replace("}", "").replace(".", "/").split("/") if word]
    return "_".join([route.method.lower(), *words])


def _summary(route: Route) -> str:
    """The question of a report; else the first line of the handler's docstring, behind its path."""
    if (report := REPORTS.get(route.path.removeprefix(_PREFIX))) is not None:
        return str(sys.modules[report.ask.__module__].__doc__).splitlines()[0]
    said = str(route.handler.__doc__).splitlines()[0].partition(": ")[2]
    return said[:1].upper() + said[1:]
