"""A deployment gets a HASH_PEPPER once, and keeps it whatever happens: another one would make everyone new."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.database import ROOT

# What wrangler prints of a Worker's secrets, and what it is given, in a file.
WRANGLER = """#!/usr/bin/env bash
if [[ $* == "secret list" ]]; then
  cat "$0.secrets"
else
  printf '%s: ' "$*" >>"$0.put" && cat >>"$0.put"
fi
"""


def set_pepper(folder: Path, secrets: str | None) -> tuple[int, str]:
    """Run the script beside a wrangler that knows these secrets (None: it fails); the exit code, and what was set."""
    wrangler = folder / "wrangler"
    wrangler.write_text(WRANGLER)
    wrangler.chmod(0o755)
    if secrets is not None:
        (folder / "wrangler.secrets").write_text(secrets)
    path = f"{folder}:{os.environ['PATH']}"
    done = subprocess.run(
        [ROOT / "tools" / "set_pepper.sh"], env=os.environ | {"PATH": path}, capture_output=True, check=False
    )
    put = folder / "wrangler.put"
    return done.returncode, put.read_text() if put.exists() else ""


@pytest.mark.parametrize("secrets", ["[]", '[{"name": "TRACK_API_KEY", "type": "secret_text"}]'])
def test_where_there_is_none_a_random_one_is_set(tmp_path: Path, secrets: str) -> None:
    code, put = set_pepper(tmp_path, secrets)
    assert code == 0
    assert re.fullmatch(r"secret put HASH_PEPPER: [0-9a-f]{64}\n", put)


def test_one_that_is_there_stays(tmp_path: Path) -> None:
    assert set_pepper(tmp_path, '[{"name": "HASH_PEPPER", "type": "secret_text"}]') == (0, "")


def test_where_nobody_knows_whether_there_is_one_none_is_set(tmp_path: Path) -> None:
    code, put = set_pepper(tmp_path, None)
    assert (code != 0, put) == (True, "")
