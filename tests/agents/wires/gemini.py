"""Gemini: POST …:generateContent and …:streamGenerateContent, as Gemini CLI speaks it."""

from __future__ import annotations

from typing import Any

from tests.agents.script import Asked, Spoken, Turn, as_calls
from tests.agents.wires.sse import Said, events

PATH = r"/v1beta/models/[^/:]+:(generateContent|streamGenerateContent)"


def read(body: dict[str, Any]) -> Asked:
    """A request's conversation; a tool's result is a part of the person's."""
    spoken = []
    for content in body["contents"]:
        for part in content["parts"]:
            if content.get("role") == "model":
                spoken.append(Spoken("model"))
            elif "functionResponse" in part:
                spoken.append(Spoken("tool"))
            else:
                spoken.append(Spoken("person", part.get("text", "")))
    declared = [tool.get("functionDeclarations", []) for tool in body.get("tools", [])]
    return Asked(spoken, {function["name"] for group in declared for function in group})


def answer(turn: Turn, asked: Asked) -> Said:
    """The turn as one candidate."""
    parts: list[dict[str, Any]] = [{"text": turn}] if isinstance(turn, str) else []
    parts += [{"functionCall": {"name": call.tool, "args": dict(call.input)}} for call in as_calls(turn)]
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}
    response = {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "scripted"}
    return events([response]) if asked.is_streamed else Said(response)
