"""A beacon: one event in the query of an address, for what can only load one."""

import re

from terms.errors import InvalidError

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")


def from_beacon(parameters: dict[str, str]) -> dict[str, object]:
    """The raw event of a beacon's query parameters: known ones to fields, numbers and short values to metadata."""
    rest = dict(parameters)
    for name, meaning in (("t", "tool id"), ("e", "event")):
        if not rest.get(name):
            raise InvalidError(name, f"{name} ({meaning}) is required.")
    event: dict[str, object] = {
        "tool_category": rest.pop("t"),
        "tool_name": rest.pop("e"),
        "source": "beacon",
        "status": _beacon_status(rest),
    }
    for parameter, field in (("v", "tool_version"), ("agent", "agent_id"), ("os", "os"), ("rt", "runtime")):
        event[field] = rest.pop(parameter, "") or None
    for parameter, runtime in (("py", "python"), ("node", "node"), ("go", "go")):
        if version := rest.pop(parameter, ""):
            event["runtime"] = f"{runtime} {version}"
    duration = rest.pop("ms", "") or rest.pop("duration", "")
    metadata = {name: _number(value) for name, value in rest.items()}
    measured = any(isinstance(value, (int, float)) for value in metadata.values())
    # What sends an outcome and no other number says ms=0 when it does not know.
    event["duration_ms"] = None if duration == "0" and "outcome" in parameters and not measured else duration or None
    event["metadata"] = metadata
    return event


def _number(text: str) -> float | str:
    """A number as it was written: 5 stays 5."""
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _beacon_status(rest: dict[str, str]) -> str:
    """The outcome that a beacon states, in whichever of its four ways; takes the parameter out of the rest."""
    stated = {name: rest.pop(name) for name in ("outcome", "success", "found", "error") if name in rest}
    if "outcome" in stated:
        return stated["outcome"]
    for name, yes, no in (
        ("error", "error", "success"),
        ("success", "success", "error"),
        ("found", "success", "partial"),
    ):
        if name in stated:
            return no if stated[name].lower() in ("", "0", "false", "no", "null", "none") else yes
    return "unknown"
