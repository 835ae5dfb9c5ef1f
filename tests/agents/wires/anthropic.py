"""Anthropic Messages: POST /v1/messages, as Claude Code speaks it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from tests.agents.script import Asked, Spoken, Turn, as_calls
from tests.agents.wires.sse import Said, events

PATH = r"/v1/messages"
USAGE = {"input_tokens": 10, "output_tokens": 5}


def read(body: dict[str, Any]) -> Asked:
    """A request's conversation; a tool's result stands in a message of the person."""
    spoken = []
    for message in body["messages"]:
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for block in blocks:
            if message["role"] == "assistant":
                spoken.append(Spoken("model"))
            elif block["type"] == "tool_result":
                spoken.append(Spoken("tool"))
            elif block["type"] == "text":
                spoken.append(Spoken("person", block["text"]))
    return Asked(spoken, {tool["name"] for tool in body.get("tools", [])}, bool(body.get("stream")))


def answer(turn: Turn, asked: Asked) -> Said:
    """The turn as one message."""
    blocks: list[dict[str, Any]] = [{"type": "text", "text": turn}] if isinstance(turn, str) else []
    blocks += [{"type": "tool_use", "id": c.id, "name": c.tool, "input": dict(c.input)} for c in as_calls(turn)]
    message = {
        "id": f"msg_{uuid.uuid4().hex[:20]}",
        "type": "message",
        "role": "assistant",
        "model": "scripted",
        "content": blocks,
        "stop_reason": "tool_use" if as_calls(turn) else "end_turn",
        "stop_sequence": None,
        "usage": USAGE,
    }
    return events(_stream(message), named=True) if asked.is_streamed else Said(message)


def _stream(message: dict[str, Any]) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}},
    ]
    for index, block in enumerate(message["content"]):
        if block["type"] == "text":
            empty, delta = {**block, "text": ""}, {"type": "text_delta", "text": block["text"]}
        else:
            empty = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        said += [
            {"type": "content_block_start", "index": index, "content_block": empty},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        ]
    end = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    return [*said, {"type": "message_delta", "delta": end, "usage": USAGE}, {"type": "message_stop"}]
