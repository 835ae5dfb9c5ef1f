# Made by `make clients` of client/python/src/track_skills/settings.py, client/python/src/track_skills/transcript.py,
# client/python/src/track_skills/session_file.py.
from __future__ import annotations

import glob
import json
import os
import sys


_LETTERS_AND_DIGITS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")


ID_ALPHABET = _LETTERS_AND_DIGITS | frozenset("_.:-")


NAME_ALPHABET = ID_ALPHABET | frozenset(" /@+")


_GLOB_ALPHABET = NAME_ALPHABET | frozenset("*?")


def is_true(value: str | None) -> bool:
    """Return whether a variable is set to anything but empty, 0 or false."""
    return value not in (None, "", "0", "false")


def is_name(name: object) -> bool:
    """Return whether `name` is a tool name: 1 to 128 characters of its alphabet, not blank, nothing like a path."""
    return (
        isinstance(name, str)
        and 0 < len(name) <= 128
        and NAME_ALPHABET.issuperset(name)
        and not name.isspace()
        and not name.startswith("/")
        and not (name[1:2] == ":" and name[0].isalpha())
        and ".." not in name
        and name.count("/") < 2
    )


def is_told(name: str) -> bool:
    """Return whether a session's sums may tell a skill, or a tool by the agent's own name for it."""
    last = name.rsplit("__", 1)[-1] if name.startswith("mcp__") else name
    return is_name(name) and is_wanted(last, os.environ)


def is_wanted(name: str, environ: Mapping[str, str]) -> bool:
    """Return whether TRACK_SKILLS_INCLUDE and TRACK_SKILLS_EXCLUDE let this tool name through."""
    include = _globs(environ.get("TRACK_SKILLS_INCLUDE"))
    exclude = _globs(environ.get("TRACK_SKILLS_EXCLUDE"))
    if any(_matches(glob, name) for glob in exclude):
        return False
    return not include or any(_matches(glob, name) for glob in include)


def _globs(value: str | None) -> list[str]:
    return [glob.strip(" ") for glob in (value or "").split(",") if glob.strip(" ")]


def _matches(glob: str, name: str) -> bool:
    if not _GLOB_ALPHABET.issuperset(glob):
        return False
    at, star, retry = 0, -1, 0
    position = 0
    while position < len(name):
        if at < len(glob) and glob[at] == "*":
            star, retry = at, position
            at += 1
        elif at < len(glob) and glob[at] in ("?", name[position]):
            at += 1
            position += 1
        elif star >= 0:
            retry += 1
            at, position = star + 1, retry
        else:
            return False
    return not glob[at:].strip("*")


TYPE_CHECKING = False


TOKENS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_creation_tokens": "cache_creation_input_tokens",
    "cache_read_tokens": "cache_read_input_tokens",
}


_LARGEST = 10**10


_TOOLS = 100


_NO_TURN = ("<local-command-", "<bash-", "[Request interrupted", "<task-notification")


def session_of(path: str, wanted: Callable[[str], bool] = is_name) -> dict[str, Any] | None:
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
            "models": [name for name in self._models if is_name(name) and len(name) <= 64][:20],
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


def main(path: str, session_id: str, anonymous_id: str, reason: str, target: str) -> None:
    """Write the session's sums, in whole or not at all; nothing where nothing happened in it.

    path: of the transcript, as it stands in JSON. target: the file to write to; empty: print them.
    """
    session = session_of(json.loads(f'"{path}"'), is_told)
    if session is None or not (session["turns"] or session["assistant_messages"]):
        return
    session.update(session_id=session_id, anonymous_id=anonymous_id or None, exit_reason=reason or None)
    session.update(os=sys.platform, test=is_true(os.environ.get("TRACK_SKILLS_TEST")) or None)
    text = json.dumps({name: value for name, value in session.items() if value is not None}, separators=(",", ":"))
    if not target:
        sys.stdout.write(f"{text}\n")
        return
    with open(f"{target}.new", "x", encoding="ascii") as file:
        file.write(f"{text}\n")
    os.replace(f"{target}.new", target)


main(*sys.argv[1:])
