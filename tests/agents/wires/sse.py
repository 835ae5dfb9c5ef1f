"""What an answer is on the wire: JSON, or server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple


class Said(NamedTuple):
    """An answer. body: its JSON, or bytes as they are."""

    body: dict[str, Any] | bytes
    content_type: str = "application/json"

    def encoded(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def events(said: Iterable[dict[str, Any]], *, named: bool = False, end: str = "") -> Said:
    """Server-sent events. named: each is called by its own type. end: what stands for the end of a stream."""
    lines = []
    for event in said:
        if named:
            lines.append(f"event: {event['type']}\n")
        lines.append(f"data: {json.dumps(event)}\n\n")
    if end:
        lines.append(f"data: {end}\n\n")
    return Said("".join(lines).encode(), "text/event-stream")
