"""OpenAI Responses: POST /responses, as Codex speaks it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from tests.agents.script import Asked, Spoken, Turn, as_calls
from tests.agents.wires.sse import Said, events

PATH = r"(/v1)?/responses"


def read(body: dict[str, Any]) -> Asked:
    """A request's conversation: a flat list of messages, calls and their outputs."""
    spoken = []
    given = body["input"]
    for item in [{"role": "user", "content": given}] if isinstance(given, str) else given:
        kind = item.get("type", "message")
        if kind.endswith("_call_output"):
            spoken.append(Spoken("tool"))
        elif kind.endswith("_call") or item.get("role") == "assistant":
            spoken.append(Spoken("model"))
        elif item.get("role") == "user":
            content = item["content"]
            texts = [content] if isinstance(content, str) else [part.get("text", "") for part in content]
            spoken += [Spoken("person", text) for text in texts]
    return Asked(spoken, _names(body.get("tools", [])), bool(body.get("stream")))


def _names(tools: list[dict[str, Any]]) -> set[str]:
    """Tools of a namespace stand below it."""
    return {name for tool in tools for name in (tool.get("name") or tool["type"], *_names(tool.get("tools", [])))}


def answer(turn: Turn, asked: Asked) -> Said:
    """The turn as one response with an item for each call. `SERVER.TOOL` is a tool of a namespace."""
    items: list[dict[str, Any]] = []
    if isinstance(turn, str):
        content = [{"type": "output_text", "text": turn, "annotations": []}]
        items.append({"type": "message", "role": "assistant", "status": "completed", "content": content})
    for call in as_calls(turn):
        space, _, name = call.tool.rpartition(".")
        item = {"type": "function_call", "name": name, "arguments": json.dumps(dict(call.input)), "call_id": call.id}
        items.append({**item, "status": "completed", **({"namespace": space} if space else {})})
    for item in items:
        item["id"] = f"item_{uuid.uuid4().hex[:20]}"
    usage = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
    begun = {"id": f"resp_{uuid.uuid4().hex[:20]}", "object": "response", "model": "scripted"}
    response = {**begun, "status": "completed", "output": items, "usage": usage}
    if not asked.is_streamed:
        return Said(response)
    said = [{"type": "response.created", "response": {**begun, "status": "in_progress", "output": []}}]
    for index, item in enumerate(items):
        said.append({"type": "response.output_item.added", "output_index": index, "item": item})
        said.append({"type": "response.output_item.done", "output_index": index, "item": item})
    return events([*said, {"type": "response.completed", "response": response}], named=True)
