"""`make verify` on a real Worker: whole, locked, without its tables, and where there is none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import Local, free_port
from tools.embedded.runtime import ROOT, environment
from tools.verify import problems


def test_a_deployment_that_works(local: Local) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.verify", local.url + "/"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "An event was sent, stored once and read back.\n")


def test_it_counts_in_no_report(local: Local) -> None:
    assert problems(local.url, "", "") == []
    assert local.report("tools", days=1, tool="track-skills-verify") == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}", "no address"])
def test_where_nobody_is(address: str) -> None:
    (problem,) = problems(address.format(port=free_port()), "", "")
    assert "is the address right?" in problem
