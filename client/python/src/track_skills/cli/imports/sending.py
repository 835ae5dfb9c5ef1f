"""Events by the hundred to the collector, with what it says of each batch."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from track_skills import endpoint, posting, proxies
from track_skills.cli.output import CommandError

BATCH_EVENTS = 100
_ANSWER_SECONDS = 30
_TRIES = 5
_LONGEST_WAIT = 30


class Sender:
    """Posts to the collector at `url` over one connection for as long as that holds."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/api/track"
        self._connection: HTTPConnection | None = None

    def send(self, batch: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the collector's answer to a batch; CommandError if it takes none, after some tries."""
        body = json.dumps({"events": list(batch)}, ensure_ascii=False, separators=(",", ":")).encode()
        for tried in range(_TRIES):
            status, wait, said = self._post(body)
            if status == 200 and said.get("success") is True:
                return said
            if status == 400 and "rejected" in said:
                return {"accepted": 0, "duplicates": 0, "rejected": said["rejected"]}
            if status not in (0, 429, 500, 502, 503, 504) or wait > _LONGEST_WAIT:
                break
            if tried + 1 < _TRIES:
                time.sleep(wait or 2**tried)
        why = f"{status or 'no answer'}{': ' + str(said['error']) if 'error' in said else ''}"
        raise CommandError(
            f"the collector takes no more ({why}); the same command goes on from here. `track-skills doctor` looks why"
        )

    def _post(self, body: bytes) -> tuple[int, int, dict[str, Any]]:
        """Return status (0: none), the seconds to wait that the answer names, and its JSON."""
        proxy = proxies.proxy_for(self._url, os.environ)
        target = urlsplit(self._url)
        is_forwarded = proxy is not None and target.scheme == "http"
        headers = {"Content-Type": "application/json", "User-Agent": "track-skills-import"}
        headers.update(proxy.headers if proxy and is_forwarded else {})
        key = endpoint.api_key(os.environ)
        if key:
            headers["Authorization"] = f"Bearer {key}"
        try:
            if self._connection is None:
                self._connection = posting.connection_to(self._url, proxy)
                self._connection.connect()
                self._connection.sock.settimeout(_ANSWER_SECONDS)
            self._connection.request("POST", self._url if is_forwarded else target.path, body, headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, HTTPException, KeyError):
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            return 0, 0, {}
        wait = response.headers.get("Retry-After") or ""
        return response.status, int(wait) if wait.isdigit() else 0, _object(content)


def _object(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content.decode())
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
