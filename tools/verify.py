"""`make verify BASE_URL=…`: sends a test event to a deployment, reads it back, and says what is missing.

Keys are read from TRACK_API_KEY and ANALYTICS_API_KEY in the environment.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from typing import Any, NamedTuple

SECONDS = 20
NAME = "track-skills-verify"


class Said(NamedTuple):
    """An answer. status: 0 where nobody answers. body: its JSON, None where it is none."""

    status: int
    body: Any


def ask(url: str, body: Any = None, headers: dict[str, str] | None = None) -> Said:
    """Ask a deployment; whatever it says is an answer."""
    data = None if body is None else json.dumps(body).encode()
    try:
        request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return Said(response.status, _json(response.read()))
    except urllib.error.HTTPError as error:
        return Said(error.code, _json(error.read()))
    except (OSError, ValueError):
        return Said(0, None)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def problems(base: str, track_key: str, analytics_key: str) -> list[str]:
    """What is wrong with a deployment, each with what to do; none if an event can be sent and read back."""
    health = ask(f"{base}/healthz")
    if not isinstance(health.body, dict) or "status" not in health.body:
        return [f"{base}/healthz is not answered by a collector (status {health.status}): is the address right?"]
    if health.body["status"] != "ok":
        return [_sick(health.body)]
    found = [*_sent(base, track_key), *_read(base, analytics_key)]
    if not isinstance(ask(f"{base}/openapi.json").body, dict):
        found.append("/openapi.json is not served: the static assets (dashboard/) are missing from the deployment.")
    return found


def _sick(said: dict[str, Any]) -> str:
    """What a deployment that is not well says of its database, with what to do."""
    if "schema" in said:
        has = said["schema"] or "none"
        return f"The database lacks migrations, it has {has}: `npx wrangler d1 migrations apply DB --remote`"
    return "D1 does not answer: look at https://www.cloudflarestatus.com, and at `npx wrangler tail`."


def _sent(base: str, key: str) -> list[str]:
    event = {"tool_name": NAME, "status": "success", "test": True, "event_id": uuid.uuid4().hex, "source": "api"}
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    first, again = (ask(f"{base}/api/track", event, headers) for _ in range(2))
    if first.status == 401:
        return ["Sending needs the deployment's TRACK_API_KEY: set it in the environment."]
    if first.status == 429:
        return ["The limits for strangers are used up: set a TRACK_API_KEY, raise DAILY_EVENTS, or wait."]
    if first.status != 200 or not isinstance(first.body, dict) or first.body.get("success") is not True:
        return [f"A test event was not taken in: status {first.status}, {first.body}"]
    if again.status != 200 or not again.body.get("duplicate"):
        return ["The test event was taken in twice, or not stored: is its name among INGEST_ONLY, or in the catalogue?"]
    return []


def _read(base: str, key: str) -> list[str]:
    headers = {"Cache-Control": "no-cache", **({"X-Api-Key": key} if key else {})}
    said = ask(f"{base}/analytics/tools?days=1&include_test=1&tool={NAME}", headers=headers)
    if said.status == 401:
        hint = str(said.body.get("error")) if isinstance(said.body, dict) else ""
        return [f"Reading needs the deployment's ANALYTICS_API_KEY in the environment. {hint}"]
    if said.status != 200 or not isinstance(said.body, list):
        return [f"Reports do not answer: status {said.status}, {said.body}"]
    if not said.body:
        return ["The test event cannot be read back."]
    return []


def main() -> int:
    """Print what is missing; the exit status."""
    if len(sys.argv) != 2:
        print("Which deployment? make verify BASE_URL=https://…", file=sys.stderr)
        return 2
    found = problems(
        sys.argv[1].rstrip("/"), os.environ.get("TRACK_API_KEY", ""), os.environ.get("ANALYTICS_API_KEY", "")
    )
    for problem in found:
        print(f"- {problem}")
    if not found:
        print("An event was sent, stored once and read back.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
