"""What a scripted model says: turns as data, and which one is due in a conversation."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

NAMED = re.compile(r"\bplay: ?([a-z-]+)")
NOTHING_TO_DO = "Nothing to do."


@dataclass(frozen=True)
class Call:
    """The model asks for a tool. input: its arguments. id: what the host knows this one use by."""

    tool: str
    input: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: f"toolu_{uuid.uuid4().hex[:20]}")


# A text, or the tools that the model asks for at once.
Turn = str | tuple[Call, ...]
Scripts = Mapping[str, Sequence[Turn]]


class Spoken(NamedTuple):
    """One entry of a conversation. who: person, model or tool."""

    who: str
    text: str = ""


@dataclass(frozen=True)
class Asked:
    """A request to the model, whatever its wire format. tools: the names that it may ask for."""

    spoken: list[Spoken]
    tools: set[str]
    is_streamed: bool = True


def next_turn(asked: Asked, scripts: Scripts) -> Turn:
    """The turn that is due in the script that the last prompt names (`play: NAME`).

    The conversation itself says how far it is, so that subagents and sessions side by side need no memory here.
    Requests without tools (for a title, a summary) and ones that name no script have nothing to do.
    """
    if not asked.tools:
        return NOTHING_TO_DO
    name, played, before = None, 0, ""
    for who, text in asked.spoken:
        if who == "person" and (found := NAMED.findall(text)):
            name, played = found[-1], 0
        elif who == "model" and before != "model":
            played += 1
        before = who
    script = scripts.get(name or "", ())
    return script[played] if played < len(script) else NOTHING_TO_DO


def as_calls(turn: Turn) -> tuple[Call, ...]:
    """The calls of a turn; none of a text."""
    return () if isinstance(turn, str) else turn
