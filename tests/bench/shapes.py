"""The shape of a JSON value: its keys, recursively, and what stands at each place."""

from __future__ import annotations

import re
from typing import Any

_TEXTS = {
    "a time": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
    "a time as ISO 8601": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
    "a date": r"\d{4}-\d\d-\d\d",
    "a percentage": r"\d+\.\d\d",
    "a period": r"\d+ days",
}


def kinds(value: Any, path: str = "$") -> dict[str, set[str]]:
    """What stands at each path: {"$.errors[].timestamp": {"a time"}}; elements of a list share a path."""
    found: dict[str, set[str]] = {path: {_kind(value)}}
    inner = (
        [(f"{path}.{key}", item) for key, item in value.items()]
        if isinstance(value, dict)
        else [(f"{path}[]", item) for item in value]
        if isinstance(value, list)
        else []
    )
    for at, item in inner:
        for place, kind in kinds(item, at).items():
            found.setdefault(place, set()).update(kind)
    return found


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object of {', '.join(sorted(value))}"
    if isinstance(value, str):
        return next((name for name, form in _TEXTS.items() if re.fullmatch(form, value)), "a text")
    return type(value).__name__


def differences(made: Any, real: Any) -> list[str]:
    """Where a value that was made by hand could not be the real one: every path and kind of it must be real too."""
    known = kinds(real)
    return [
        f"{path}: {kind}, and really {', '.join(sorted(known.get(path, {'nothing'})))}"
        for path, found in kinds(made).items()
        for kind in sorted(found - known.get(path, set()))
    ]
