"""An MCP server over stdio: tools that succeed, fail and take their time, and a prompt. The standard library alone.

Its one argument is the file where it notes each call as it begins.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

TOOLS = {
    "echo": "Says what it was told.",
    "boom": "Reports an error (isError).",
    "rpcerr": "Answers with an error of JSON-RPC.",
    "slow": "Takes as many seconds as it is told.",
    "private": "Is for those to whom it was granted.",
}
SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}, "seconds": {"type": "number"}}}
GREET = {"name": "greet", "description": "A greeting.", "arguments": []}
WRITING = threading.Lock()


def main() -> None:
    """Serves until stdin ends; each call in a thread of its own, so that they may run side by side."""
    for line in sys.stdin:
        message = json.loads(line)
        if "id" in message:
            threading.Thread(target=serve, args=(message,), daemon=True).start()


def serve(message: dict[str, Any]) -> None:
    """Writes the answer to a request."""
    method, parameters = message["method"], message.get("params") or {}
    if method == "tools/call":
        said = call(parameters["name"], parameters.get("arguments") or {})
    elif method == "initialize":
        said = {"result": hello(parameters)}
    elif method == "tools/list":
        said = {"result": {"tools": [{"name": n, "description": d, "inputSchema": SCHEMA} for n, d in TOOLS.items()]}}
    elif method == "prompts/list":
        said = {"result": {"prompts": [GREET]}}
    elif method == "prompts/get":
        content = {"type": "text", "text": "Say hello."}
        said = {"result": {"messages": [{"role": "user", "content": content}]}}
    elif method == "ping":
        said = {"result": {}}
    else:
        said = {"error": {"code": -32601, "message": "no such method"}}
    with WRITING:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], **said}) + "\n")
        sys.stdout.flush()


def hello(parameters: dict[str, Any]) -> dict[str, Any]:
    """What this server can do, in the version of the protocol that the host asked for."""
    return {
        "protocolVersion": parameters["protocolVersion"],
        "capabilities": {"tools": {}, "prompts": {}},
        "serverInfo": {"name": "demo", "version": "1.0.0"},
    }


def call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Notes the call; a tool's answer."""
    with Path(sys.argv[1]).open("a") as begun:
        begun.write(f"{name}\n")
    if name == "rpcerr":
        return {"error": {"code": -32000, "message": "no luck"}}
    if name == "slow":
        time.sleep(arguments.get("seconds", 30))
    text = {"type": "text", "text": arguments.get("text", name)}
    result: dict[str, Any] = {"content": [text]}
    return {"result": result | ({"isError": True} if name == "boom" else {})}  # most servers leave it out otherwise


if __name__ == "__main__":
    main()
