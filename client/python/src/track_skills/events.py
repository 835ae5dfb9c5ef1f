"""An event: one JSON object on one line, its fields in the contract's order, whatever does not fit left out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping

from track_skills import host
from track_skills.settings import ID_ALPHABET, NAME_ALPHABET, is_true

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STATUSES = {status: status for status in ("success", "error", "timeout", "partial", "skipped", "denied", "unknown")}
STATUSES.update(failure="error", failed="error", ok="success", cancelled="skipped")
_OS = {"win32": "windows"}.get(sys.platform) or sys.platform.rstrip("0123456789")
_RUNTIME = f"{sys.implementation.name.replace('cpython', 'python')} {sys.version_info[0]}.{sys.version_info[1]}"
_DAY_MS = 86_400_000
_LARGEST = 2**53 - 1
_LINE_BYTES = 4096


def line_of(name: str, fields: Mapping[str, Any], anonymous_id: str | None, environ: Mapping[str, str]) -> str:
    """Return the event's line, without its newline.

    Arguments: `name`, a valid tool name; `fields`, values as `track` takes them; `anonymous_id`, of
    this installation; `environ`, where the host, the default category and the switches are.
    """
    agent, session = host.find(environ)
    category = fields.get("tool_category")
    version = fields.get("tool_version")
    trigger = fields.get("trigger")
    event = {
        "event_id": _identifier(fields.get("event_id")) or uuid4(),
        "timestamp": iso_timestamp(time.time_ns() // 1_000_000),
        "tool_name": name,
        "tool_category": _label(environ.get("TRACK_SKILLS_CATEGORY") if category is None else category),
        "status": STATUSES.get(fields.get("status", ""), "unknown"),
        "duration_ms": _integer(fields.get("duration_ms"), _DAY_MS),
        "error_type": _label(fields.get("error_type")),
        "error_message": _message(fields.get("error_message"), environ),
        "trigger": trigger if trigger in ("user", "model", "nested") else None,
        "agent_id": _label(fields.get("agent_id")) or _label(agent),
        "source": "python",
        "session_id": _identifier(fields.get("session_id")) or _identifier(session),
        "anonymous_id": anonymous_id,
        "tool_version": _label(environ.get("TRACK_SKILLS_TOOL_VERSION") if version is None else version),
        "os": _OS,
        "runtime": _RUNTIME,
        "request_size_bytes": _integer(fields.get("request_size_bytes"), _LARGEST),
        "response_size_bytes": _integer(fields.get("response_size_bytes"), _LARGEST),
        "test": True if is_true(environ.get("TRACK_SKILLS_TEST")) else None,
    }
    line = _compact(event)
    if len(line.encode()) >= _LINE_BYTES:
        line = _compact({**event, "error_message": None})
    return line


def uuid4() -> str:
    """Return a random UUID (RFC 9562, version 4); importing `uuid` would cost 3 ms."""
    value = bytearray(os.urandom(16))
    value[6] = value[6] & 0x0F | 0x40
    value[8] = value[8] & 0x3F | 0x80
    digits = value.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def iso_timestamp(milliseconds: int) -> str:
    """Return a moment, epoch ms, as `2026-02-09T21:30:00.123Z`."""
    seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000))
    return f"{seconds}.{milliseconds % 1000:03d}Z"


def _compact(event: Mapping[str, Any]) -> str:
    import json

    present = {field: value for field, value in event.items() if value is not None}
    return json.dumps(present, ensure_ascii=False, separators=(",", ":"))


def _label(value: object) -> str | None:
    fits = isinstance(value, str) and 0 < len(value) <= 64 and NAME_ALPHABET.issuperset(value)
    return str(value) if fits else None


def _identifier(value: object) -> str | None:
    fits = isinstance(value, str) and 0 < len(value) <= 128 and ID_ALPHABET.issuperset(value)
    return str(value) if fits else None


def _integer(value: object, largest: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= largest:
        return None
    return round(value)


def _message(value: object, environ: Mapping[str, str]) -> str | None:
    if value is None or not is_true(environ.get("TRACK_SKILLS_ERROR_MESSAGES")):
        return None
    try:
        return str(value)[:500].encode("utf-8", "replace").decode() or None
    except Exception:
        return None
