"""The sums of a Claude Code session, read from its transcript: tokens by skill, turns, calls. Never a text.

One message of the model stands in several records, each with the usage so far: the last one counts, once.
A turn is what a person typed. Subagents have transcripts of their own beside the session's.
"""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Callable, Iterable, Iterator

from track_skills import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TOKENS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_creation_tokens": "cache_creation_input_tokens",
    "cache_read_tokens": "cache_read_input_tokens",
}
_LARGEST = 10**10
_TOOLS = 100
_NO_TURN = ("<local-command-", "<bash-", "[Request interrupted", "<task-notification")


def session_of(path: str, wanted: Callable[[str], bool] = settings.is_name) -> dict[str, Any] | None:
    """Return the sums of a transcript (a .jsonl file) and its subagents', as POST /api/session takes them.

    wanted: which names of skills and tools are told; of the others only the sums are. None where no record of it has a
    time. OSError if the file cannot be read.
    """
    session = _Session(wanted)
    for record in _records(path):
        session.add(record)
    folder = path[: -len(".jsonl")]
    subagents = sorted(glob.glob(os.path.join(glob.escape(folder), "subagents", "*.jsonl")))
    for subagent in subagents:
        for record in _records(subagent):
            session.add(record, of_subagent=True)
    return session.sums(os.path.basename(folder), len(subagents))


class _Session:
    """What a session adds up to, record by record."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self._wanted = wanted
        self._usage: dict[str, tuple[tuple[int, ...], str | None]] = {}  # by message
        self._calls: dict[str, str] = {}  # tools, by the call's id
        self._failed: set[str] = set()
        self._models: dict[str, None] = {}
        self._counts = {"turns": 0, "user_messages": 0}
        self._turns: set[str] = set()
        self._times: list[str] = []
        self._version: str | None = None

    def add(self, record: dict[str, Any], *, of_subagent: bool = False) -> None:
        """Take in one record."""
        message = record.get("message")
        if not isinstance(message, dict):
            return
        time = record.get("timestamp")
        if isinstance(time, str):
            self._times = [min(self._times[0], time), max(self._times[1], time)] if self._times else [time, time]
        version = record.get("version")
        self._version = version if isinstance(version, str) else self._version
        if record.get("type") == "assistant":
            self._add_answer(message, record.get("attributionSkill"))
        elif record.get("type") == "user":
            self._add_input(record, message.get("content"), of_subagent)

    def sums(self, session_id: str, subagents: int) -> dict[str, Any] | None:
        """Return the session."""
        if not self._times:
            return None
        totals = [0] * len(TOKENS)
        by_skill: dict[str, list[int]] = {}
        for usage, skill in self._usage.values():
            parts = [totals] if skill is None else [totals, by_skill.setdefault(skill, [0] * len(TOKENS))]
            for part in parts:
                part[:] = map(sum, zip(part, usage))
        calls: dict[str, int] = {}
        for name in self._calls.values():
            if self._wanted(name):
                calls[name] = calls.get(name, 0) + 1
        most = sorted(by_skill.items(), key=lambda item: -sum(item[1]))[:_TOOLS]
        return {
            "session_id": session_id,
            "agent_id": "claude-code",
            "tool_version": self._version,
            "started_at": self._times[0],
            "ended_at": self._times[1],
            **self._counts,
            "assistant_messages": len(self._usage),
            "tool_calls": len(self._calls),
            "tool_errors": len(self._failed & self._calls.keys()),
            "subagents": subagents,
            "calls": dict(sorted(calls.items(), key=lambda item: -item[1])[:_TOOLS]),
            "models": [name for name in self._models if settings.is_name(name) and len(name) <= 64][:20],
            **dict(zip(TOKENS, totals)),
            "skills": [{"tool_name": skill, **dict(zip(TOKENS, used))} for skill, used in most],
        }

    def _add_answer(self, message: dict[str, Any], skill: object) -> None:
        usage, identifier = message.get("usage"), message.get("id")
        if isinstance(usage, dict) and isinstance(identifier, str):
            name = skill if isinstance(skill, str) and self._wanted(skill) else None
            self._usage[identifier] = tuple(_tokens(usage.get(field)) for field in TOKENS.values()), name
        model = message.get("model")
        if isinstance(model, str) and not model.startswith("<"):
            self._models[model] = None
        for block in _blocks(message.get("content")):
            if block.get("type") == "tool_use" and isinstance(block.get("id"), str):
                self._calls[block["id"]] = str(block.get("name"))

    def _add_input(self, record: dict[str, Any], content: object, of_subagent: bool) -> None:
        results = [block for block in _blocks(content) if block.get("type") == "tool_result"]
        for block in results:
            if block.get("is_error") is True and isinstance(block.get("tool_use_id"), str):
                self._failed.add(block["tool_use_id"])
        if results or of_subagent or any(record.get(key) for key in ("isMeta", "isSidechain", "isCompactSummary")):
            return
        text = content if isinstance(content, str) else "".join(str(it.get("text")) for it in _blocks(content)[:1])
        identifier = record.get("uuid")
        # A session that is resumed may repeat the records before.
        if text.startswith(_NO_TURN) or identifier in self._turns:
            return
        if isinstance(identifier, str):
            self._turns.add(identifier)
        self._counts["turns"] += 1
        self._counts["user_messages"] += 1


def _records(path: str) -> Iterator[dict[str, Any]]:
    """Yield the records that count; a line that is no JSON, such as one half written, is left out."""
    with open(path, "rb") as lines:
        for line in _whole(lines):
            if b'"message"' not in line:
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(record, dict):
                yield record


def _whole(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (line for line in lines if line.startswith(b"{"))


def _blocks(content: object) -> list[dict[str, Any]]:
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


def _tokens(value: object) -> int:
    return value if type(value) is int and 0 <= value <= _LARGEST else 0
