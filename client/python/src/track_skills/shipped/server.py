"""What an MCP server ships: its own answer to `tools/list`, over stdio (modelcontextprotocol.io, 2025-06-18)."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from track_skills import __version__
from track_skills.shipped.listing import Listing, ListingError, Tool, fits, tokens_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

_PROTOCOL = "2025-06-18"
_SECONDS = 30  # for a start, and all answers
_PAGES = 100


def listing_of(command: Sequence[str], category: str | None) -> Listing:
    """Start a server, ask for its tools, and end it; raises ListingError."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
    except OSError as error:
        raise ListingError(f"{command[0]} cannot be started: {error}") from None
    try:
        if process.stdin is None or process.stdout is None:
            raise OSError("it has no streams")
        return _listing(_Talk(process.stdin, process.stdout), category)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ListingError(f"{command[0]} did not answer as an MCP server does: {error!r}") from None
    finally:
        _end(process)


def _listing(talk: _Talk, category: str | None) -> Listing:
    client = {"name": "track-skills", "version": __version__}
    began = talk.ask("initialize", {"protocolVersion": _PROTOCOL, "capabilities": {}, "clientInfo": client})
    talk.say({"method": "notifications/initialized"})
    name, version = str(began["serverInfo"]["name"]), began["serverInfo"].get("version")
    tools: list[Tool] = []
    notes: list[str] = []
    cursor = None
    for _ in range(_PAGES):
        page = talk.ask("tools/list", {"cursor": cursor} if cursor else {})
        for tool in page["tools"]:
            # A model reads the schema of what it gives a tool, too.
            read = json.dumps({key: tool.get(key) for key in ("name", "description", "inputSchema")})
            if fits(tool["name"]):
                tools.append(Tool(tool["name"], category or f"mcp:{name}", tokens_of(read)))
            else:
                notes.append(f"{tool['name']}: no collector takes this name")
        cursor = page.get("nextCursor")
        if not cursor:
            break
    return Listing(name, str(version) if version else None, tools, notes)


class _Talk:
    """Requests to a server, each with its answer; what it says beside that is left."""

    def __init__(self, to: IO[str], from_: IO[str]) -> None:
        self._to = to
        self._from = from_
        self._said: queue.Queue[str | None] = queue.Queue()
        self._number = 0
        self._until = time.monotonic() + _SECONDS
        threading.Thread(target=self._read, daemon=True).start()

    def say(self, message: dict[str, Any]) -> None:
        """Send a message."""
        self._to.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self._to.flush()

    def ask(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Send a request and return its result; raises ValueError where there is none."""
        self._number += 1
        self.say({"id": self._number, "method": method, "params": parameters})
        while True:
            try:
                line = self._said.get(timeout=max(0.0, self._until - time.monotonic()))
            except queue.Empty:
                raise ValueError(f"no answer to {method} in {_SECONDS} s") from None
            if line is None:
                raise ValueError(f"it ended before it answered {method}")
            message = json.loads(line)
            if isinstance(message, dict) and message.get("id") == self._number and "method" not in message:
                if "result" not in message:
                    raise ValueError(f"{method}: {message.get('error')}")
                result: dict[str, Any] = message["result"]
                return result

    def _read(self) -> None:
        for line in self._from:
            if line.strip():
                self._said.put(line)
        self._said.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    """As the protocol has it: close its input, and end it if it stays."""
    with suppress(OSError):
        if process.stdin:
            process.stdin.close()
    for end in (process.terminate, process.kill):
        with suppress(subprocess.TimeoutExpired):
            process.wait(2)
            return
        end()
