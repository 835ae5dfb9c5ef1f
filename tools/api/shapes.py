"""Python's types as JSON Schema: answers are told as TypedDicts, and a field is explained by its name."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints

from tools.api.meanings import MEANINGS

_PLAIN: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


class Shapes:
    """The schemas of TypedDicts, each under its own name. closed: a field that is not told of is not allowed."""

    def __init__(self, closed: bool = False) -> None:
        self.schemas: dict[str, dict[str, Any]] = {}
        self._closed = closed

    def of(self, shape: Any) -> dict[str, Any]:
        """The schema of a type; raises KeyError for a field without a meaning."""
        origin, arguments = get_origin(shape), get_args(shape)
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin is list:
            return {"type": "array", "items": self.of(arguments[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        if isinstance(shape, UnionType):
            return _either([self.of(part) for part in arguments])
        return {"type": _PLAIN[shape]} if shape in _PLAIN else self._pointer(shape)

    def _pointer(self, shape: Any) -> dict[str, Any]:
        self._define(shape)
        return {"$ref": f"#/components/schemas/{shape.__name__}"}

    def _define(self, shape: Any) -> None:
        if shape.__name__ in self.schemas:
            return
        schema: dict[str, Any] = {"type": "object", "description": shape.__doc__, "properties": {}, "required": []}
        self.schemas[shape.__name__] = schema
        for name, kind in get_type_hints(shape, include_extras=True).items():
            optional = get_origin(kind) is NotRequired
            schema["properties"][name] = {
                **self.of(get_args(kind)[0] if optional else kind),
                "description": MEANINGS[name],
            }
            if not optional:
                schema["required"].append(name)
        if self._closed:
            schema["additionalProperties"] = False


def _either(parts: list[dict[str, Any]]) -> dict[str, Any]:
    if all(part.keys() == {"type"} for part in parts):
        return {"type": [part["type"] for part in parts]}
    return {"anyOf": parts}
