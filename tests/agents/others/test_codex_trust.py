"""What `track-skills doctor` says of Codex's trust is what Codex says."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.agents.host import Host
from tests.agents.others.codex import CODEX
from tests.agents.set_up import set_up
from tests.clients.processes import CLIENT, Client

pytestmark = pytest.mark.skipif(not CODEX.program.exists(), reason="Codex is not installed: make test-agents")


class AppServer:
    """`with AppServer(host) as codex:` asks a Codex that serves an editor."""

    def __init__(self, host: Host) -> None:
        self._process = host.start(CODEX.program, "app-server", stdin=subprocess.PIPE)
        self._project = str(host.project)
        self._asked = 0

    def __enter__(self) -> AppServer:
        self.ask("initialize", {"clientInfo": {"name": "tests", "title": "tests", "version": "1"}})
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, method: str, parameters: object) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._asked += 1
        self._process.stdin.write(json.dumps({"id": self._asked, "method": method, "params": parameters}) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            said = json.loads(line)
            if said.get("id") == self._asked:
                return said["result"]
        raise AssertionError(f"Codex ended at {method}")

    def hooks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("hooks/list", {"cwds": [self._project]})["data"][0]["hooks"]
        return found

    def trust(self, hooks: list[dict[str, Any]]) -> None:
        """Does what a person does with /hooks."""
        value = {hook["key"]: {"trusted_hash": hook["currentHash"]} for hook in hooks}
        edit = {"keyPath": "hooks.state", "value": value, "mergeStrategy": "upsert"}
        self.ask("config/batchWrite", {"edits": [edit], "reloadUserConfig": True})


def diagnosis(host: Host) -> dict[str, str]:
    """What the doctor finds of Codex; without a collector something is always wrong."""
    line = [sys.executable, "-m", "track_skills", "doctor", "--json"]
    with host.start(*line, PYTHONPATH=str(CLIENT / "python" / "src")) as process:
        out, err = process.communicate(timeout=60)
    assert err == ""
    (found,) = [check for check in json.loads(out)["checks"] if check["step"] == "codex"]
    return dict(found)


def test_hooks_are_trusted_or_not_as_codex_says(client: Client) -> None:
    host = Host(client)
    CODEX.prepare(host, "http://127.0.0.1:9")
    set_up(host, "codex")
    with AppServer(host) as codex:
        hooks = codex.hooks()
        assert {hook["trustStatus"] for hook in hooks} == {"untrusted"}
        assert diagnosis(host)["state"] == "wrong"
        codex.trust(hooks[:2])
        assert "SessionEnd" in diagnosis(host)["said"]
        codex.trust(hooks)
        assert {hook["trustStatus"] for hook in codex.hooks()} == {"trusted"}
        assert diagnosis(host)["state"] == "ok"
