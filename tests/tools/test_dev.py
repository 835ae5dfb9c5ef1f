"""What `make dev` says where it cannot start, and what of the Worker's terminal it shows."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.database import ROOT
from tools.embedded.dev import REQUEST, _alone, _TakenError, _terminal
from tools.embedded.runtime import environment


def test_a_port_in_use_is_told_with_another(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "tools.embedded.dev", "--port", str(port), "--state", str(tmp_path / "state")],
            cwd=ROOT,
            env=environment() | {"PYTHONPATH": "src"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, f"Port {port} is in use: name another one, PORT={port + 1}\n")


def test_two_on_one_folder_are_refused(tmp_path: Path) -> None:
    with _alone(tmp_path / "state", 0):
        with pytest.raises(_TakenError, match="STATE="), _alone(tmp_path / "state", 0):
            pass
        with _alone(tmp_path / "other", 0):
            pass
    with _alone(tmp_path / "state", 0):
        pass


def test_requests_are_shown_only_if_they_are_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    with _terminal(requests=True) as terminal:
        assert terminal is None
    with _terminal(requests=False) as terminal:
        said = "\x1b[32m[wrangler:info]\x1b[39m GET /healthz 200 OK (5ms)\\n[wrangler:info] Ready\\nD1: oh\\n"
        subprocess.run(["bash", "-c", f"printf '{said}'"], stdout=terminal, check=True)
        time.sleep(0.2)
    assert capfd.readouterr().out == "[wrangler:info] Ready\nD1: oh\n"


@pytest.mark.parametrize("line", ["[wrangler:info] GET / 200 OK (3ms)", "[wrangler:info] POST /api/track 503 x (1ms)"])
def test_what_a_request_looks_like(line: str) -> None:
    assert REQUEST.match(line)
