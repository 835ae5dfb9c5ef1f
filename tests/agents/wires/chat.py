"""OpenAI chat completions: POST /chat/completions, as Copilot CLI, opencode and Qwen Code speak it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from tests.agents.script import Asked, Spoken, Turn, as_calls
from tests.agents.wires.sse import Said, events

PATH = r"(/v1)?/chat/completions"
ROLES = {"user": "person", "assistant": "model", "tool": "tool"}


def read(body: dict[str, Any]) -> Asked:
    """A request's conversation; the system's messages are nobody's turn."""
    spoken = []
    for message in body["messages"]:
        if who := ROLES.get(message["role"]):
            content = message.get("content") or ""
            texts = [content] if isinstance(content, str) else [part.get("text", "") for part in content]
            spoken += [Spoken(who, text) for text in texts]
    return Asked(spoken, {tool["function"]["name"] for tool in body.get("tools") or []}, bool(body.get("stream")))


def answer(turn: Turn, asked: Asked) -> Said:
    """The turn as one choice."""
    message: dict[str, Any] = {"role": "assistant", "content": turn if isinstance(turn, str) else None}
    if calls := as_calls(turn):
        message["tool_calls"] = [
            {
                "index": index,
                "id": call.id,
                "type": "function",
                "function": {"name": call.tool, "arguments": json.dumps(dict(call.input))},
            }
            for index, call in enumerate(calls)
        ]
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    reason = "tool_calls" if calls else "stop"
    frame = {"id": f"chatcmpl-{uuid.uuid4().hex[:20]}", "created": 1_760_000_000, "model": "scripted"}
    if not asked.is_streamed:
        choice = {"index": 0, "message": message, "finish_reason": reason}
        return Said({**frame, "object": "chat.completion", "choices": [choice], "usage": usage})
    frame["object"] = "chat.completion.chunk"
    said = [{"index": 0, "delta": message, "finish_reason": None}, {"index": 0, "delta": {}, "finish_reason": reason}]
    chunks = [{**frame, "choices": [choice]} for choice in said]
    return events([*chunks, {**frame, "choices": [], "usage": usage}], end="[DONE]")
