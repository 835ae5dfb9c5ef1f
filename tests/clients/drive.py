"""Runs the Python client through steps given as JSON on stdin; prints what each found and left behind."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from track_skills import is_disabled, track


class Environment(dict[str, str]):
    """The environment, and which variables were asked for."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(variables)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(name)
        return super().get(name, default)


def files(home: Path) -> set[Path]:
    return {path for path in home.rglob("*") if path.is_file()}


results = []
for step in json.load(sys.stdin):
    os.environ = environment = Environment(step["env"])  # type: ignore[assignment]
    home = Path(step["home"])
    before = files(home)
    track(step["name"], **step.get("fields", {}))
    made = sorted(files(home) - before)
    lines = [path.read_bytes().decode() for path in made if path.suffix == ".ndjson"]
    asked = sorted(environment.asked)
    results.append({"on": not is_disabled(), "made": len(made), "lines": lines, "asked": asked})
sys.stdout.write(json.dumps(results))
