"""What `make deploy` and `npm run deploy` do, in which order, beside a wrangler that writes down what it is told."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.database import ROOT
from tools.embedded.runtime import environment

# What wrangler knows is in files beside it, and what it is told goes into one.
WRANGLER = """#!/usr/bin/env bash
printf '%s' "$*" >>"$0.told"
given=$(cat)
printf ' <%s>\\n' "$given" >>"$0.told"
case "$*" in
  "d1 list --json") cat "$0.databases" ;;
  "secret list --format json") cat "$0.secrets" ;;
  deploy*) echo "Deployed https://track-skills.somebody.workers.dev" ;;
esac
"""


def checkout(folder: Path) -> Path:
    """What the deployment needs of the repository, with the SDK vendored."""
    copy = folder / "checkout"
    (copy / "tools").mkdir(parents=True)
    for name in ("deploy.py", "vendor.py"):
        shutil.copy(ROOT / "tools" / name, copy / "tools" / name)
    for name in ("wrangler.toml", "pyproject.toml", "package.json"):
        shutil.copy(ROOT / name, copy / name)
    (copy / "python_modules" / "workers").mkdir(parents=True)
    (copy / "python_modules" / "workers" / "__init__.py").touch()
    return copy


def deploy(
    folder: Path, *arguments: str, databases: str = "[]", secrets: str = "[]", copy: Path | None = None
) -> tuple[int, str, list[str]]:
    """Deploy; the exit code, what is printed, and what wrangler was told."""
    fake = folder / "wrangler"
    fake.write_text(WRANGLER)
    fake.chmod(0o755)
    (folder / "wrangler.databases").write_text(databases)
    (folder / "wrangler.secrets").write_text(secrets)
    done = subprocess.run(
        [sys.executable, (copy or checkout(folder)) / "tools" / "deploy.py", *arguments],
        env={**os.environ, "WRANGLER": str(fake), "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = folder / "wrangler.told"
    return done.returncode, done.stdout + done.stderr, told.read_text().splitlines() if told.exists() else []


def test_a_first_deployment_gets_all_that_it_needs(tmp_path: Path) -> None:
    code, said, told = deploy(tmp_path)
    assert code == 0, said
    assert [line.partition(" <")[0] for line in told] == [
        "d1 list --json",
        "d1 create track-skills",
        "d1 migrations apply DB --remote",
        "deploy",
        "secret list --format json",
        "secret put HASH_PEPPER",
        "secret put ANALYTICS_API_KEY",
    ]
    pepper, key = (re.search(r"<([0-9a-f]{64})>", line)[1] for line in told[-2:])  # type: ignore[index]
    assert pepper != key
    assert said.count(key) == 1, "the key is shown once"
    assert pepper not in said
    assert "make verify BASE_URL=https://track-skills.somebody.workers.dev" in said


def test_another_deployment_keeps_what_is_there(tmp_path: Path) -> None:
    there = json.dumps([{"name": "HASH_PEPPER"}, {"name": "ANALYTICS_API_KEY"}, {"name": "TRACK_API_KEY"}])
    code, _, told = deploy(tmp_path, databases='[{"name": "track-skills", "uuid": "1"}]', secrets=there)
    assert code == 0
    assert [line.partition(" <")[0] for line in told] == [
        "d1 list --json",
        "d1 migrations apply DB --remote",
        "deploy",
        "secret list --format json",
    ]


def test_where_nobody_knows_which_secrets_there_are_none_is_set(tmp_path: Path) -> None:
    code, said, told = deploy(tmp_path, secrets="no JSON")
    assert code != 0, said
    assert not [line for line in told if line.startswith("secret put")]


def test_a_dry_run_asks_nothing_of_cloudflare(tmp_path: Path) -> None:
    code, _, told = deploy(tmp_path, "--dry-run", "--outdir", "out")
    assert (code, told) == (0, ["deploy --dry-run --outdir out <>"])


def test_without_the_sdk_nothing_is_uploaded(tmp_path: Path) -> None:
    copy = checkout(tmp_path)
    shutil.rmtree(copy / "python_modules")
    code, said, told = deploy(tmp_path, "--dry-run", copy=copy)
    assert (code, told) == (1, [])
    assert "lacks the Workers SDK" in said


def test_without_wrangler_it_says_how_to_get_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, checkout(tmp_path) / "tools" / "deploy.py"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "wrangler is not installed: run `npm install` first.\n")


def test_any_python_can_read_it() -> None:
    """So that an older one says that it is too old, in one line."""
    assert ast.parse((ROOT / "tools" / "deploy.py").read_text(), feature_version=(3, 7))


def test_the_real_wrangler_packs_all_of_it(tmp_path: Path) -> None:
    """From a fresh clone: code, SDK, the database without an id, the limits."""
    copy = tmp_path / "clone"
    listed = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in names:
        needed = name.startswith(("src/", "tools/", "dashboard/", "migrations/")) or "/" not in name
        if needed and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    (copy / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copytree(ROOT / "python_modules", copy / "python_modules")
    done = subprocess.run(
        ["npm", "run", "deploy", "--", "--dry-run"],
        cwd=copy,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Vendored Modules" in done.stdout, done.stdout
    for binding in ("env.DB", "env.ASSETS", "env.BY_ADDRESS", "env.IN_ALL", "env.DAILY_EVENTS"):
        assert binding in done.stdout, done.stdout
