"""Runs the Python client through steps given as JSON on stdin; prints what each found and left behind."""

import json
import os
import sys
from pathlib import Path

from track_skills import is_disabled, track


def files(home: Path) -> set[Path]:
    return {path for path in home.rglob("*") if path.is_file()}


results = []
for step in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(step["env"])
    home = Path(step["home"])
    before = files(home)
    track(step["name"], **step.get("fields", {}))
    made = sorted(files(home) - before)
    lines = [path.read_bytes().decode() for path in made if path.suffix == ".ndjson"]
    results.append({"on": not is_disabled(), "made": len(made), "lines": lines})
sys.stdout.write(json.dumps(results))
