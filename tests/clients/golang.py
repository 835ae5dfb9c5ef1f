"""Builds and runs Go programs that use the Go client, as its users do: compiled, in environments of their own."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from inprocess import Client, run
from processes import CLIENT, ROOT

GO_FOLDER = CLIENT / "go"
DRIVE = ROOT / "tests" / "clients" / "go"
BUILT = ROOT / ".build" / "go"


def go_environment(**more: str) -> dict[str, str]:
    """What the go command needs: no network, and its caches in this checkout."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(BUILT),
        "GOENV": "off",
        "GOFLAGS": "-mod=mod -buildmode=pie",  # as in the Makefile
        "GOTOOLCHAIN": "local",
        "GOPROXY": "off",
        "GOCACHE": str(BUILT / "cache"),
        "GOPATH": str(BUILT / "path"),
        "DO_NOT_TRACK": "1",
        **more,
    }


def go(folder: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the go command in a folder; its streams are captured."""
    return subprocess.run(
        ["go", *arguments],
        cwd=folder,
        env=go_environment(**variables),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def build(folder: Path, program: Path, *options: str, **variables: str) -> Path:
    """Build the program of a folder's module; returns its path."""
    done = go(folder, "build", *options, "-o", program, ".", **variables)
    assert done.returncode == 0, done.stderr
    return program


@functools.cache
def driver() -> Path:
    """The program of tests/clients/go, built once in each process that passes tests."""
    return build(DRIVE, BUILT / f"drive-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")


class GoClient(Client):
    """The Go client, in the place where others have code: commands of the driver, in words."""

    def run(self, code: str, environment: dict[str, str], **options: Any) -> subprocess.CompletedProcess[str]:
        return run([driver(), *code.replace("()", "").split()], environment, **options)

    def track(self, environment: dict[str, str], times: int = 1) -> None:
        done = self.run(f"track={times}", environment)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def drive(self, steps: list[dict[str, Any]], environment: dict[str, str]) -> list[dict[str, Any]]:
        done = self.run("steps", environment, input=json.dumps(steps))
        assert (done.returncode, done.stderr) == (0, "")
        results: list[dict[str, Any]] = json.loads(done.stdout)
        return results


GO = GoClient("go", (), "")
