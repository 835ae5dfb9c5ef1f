"""An MCP server over stdio with one tool, the standard library alone: phrases to greet with, by language."""

from __future__ import annotations

import json
import sys

PHRASES = {"en": "Hello", "de": "Guten Tag", "fr": "Bonjour", "tr": "Merhaba"}
TOOL = {
    "name": "phrase",
    "description": "A phrase to greet with, in a language such as en or de.",
    "inputSchema": {"type": "object", "properties": {"language": {"type": "string"}}},
}


def main() -> None:
    """Answer each request on a line of stdin until that ends."""
    for line in sys.stdin:
        message = json.loads(line)
        if "id" in message:
            answer = answer_to(message["method"], message.get("params") or {})
            sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer}) + "\n")
            sys.stdout.flush()


def answer_to(method: str, parameters: dict) -> dict:
    """The result of a request, or the protocol's error."""
    if method == "initialize":
        info = {"name": "phrases", "version": "1.0.0"}
        version = parameters["protocolVersion"]
        return {"result": {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}}
    if method == "tools/list":
        return {"result": {"tools": [TOOL]}}
    if method == "tools/call":
        language = parameters.get("arguments", {}).get("language", "en")
        text = PHRASES.get(language)
        content = [{"type": "text", "text": text or f"no phrase in {language}"}]
        return {"result": {"content": content, "isError": text is None}}
    return {"error": {"code": -32601, "message": "no such method"}}


if __name__ == "__main__":
    main()
