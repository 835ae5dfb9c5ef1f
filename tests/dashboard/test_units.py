"""The parts of the page that need no browser."""

import subprocess
from pathlib import Path

from tools.embedded.runtime import environment


def test_modules_in_node() -> None:
    files = sorted(str(path) for path in (Path(__file__).parent / "unit").glob("*.test.mjs"))
    result = subprocess.run(
        ["node", "--test", *files], env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
