"""`make check` lints JavaScript and holds the client's code against its declarations: what is broken turns it red."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from inprocess import NODE
from processes import ROOT

BIN = ROOT / "node_modules" / ".bin"
pytestmark = pytest.mark.skipif(not (BIN / "tsc").exists(), reason="typescript and biome are not installed")

DECLARATIONS = "client/js/track-skills.d.ts"


def check(tool: str, *options: str, root: Path) -> subprocess.CompletedProcess[str]:
    command = [str(NODE), str(BIN / tool), *options]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("client/js", "tests/clients/js"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for name in ("package.json", "biome.json", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_a_copy_as_it_is_is_green(copy: Path) -> None:
    types = check("tsc", "-p", "tests/clients/js", root=copy)
    assert (types.stdout, types.returncode) == ("", 0)
    lint = check("biome", "lint", "--error-on-warnings", root=copy)
    assert lint.returncode == 0, lint.stdout + lint.stderr


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (DECLARATIONS, "export function flush(): void;", ""),
        (
            DECLARATIONS,
            "export function flush(): void;",
            "export function flush(): void; export function more(): void;",
        ),
        (DECLARATIONS, "export function isDisabled(): boolean;", "export function isDisabled(): string;"),
        (DECLARATIONS, "track(name: string, fields", "track(name: number, fields"),
        (DECLARATIONS, "  apiKey?: string | undefined;", "  key?: string;"),
        ("client/js/src/client.js", "export function isDisabled() {", "function isDisabled() {"),
        ("client/js/src/sender.js", "let most = batchEvents;", "let most = '100';"),
    ],
)
def test_code_and_declarations_that_differ(file: str, old: str, new: str, copy: Path) -> None:
    change(copy / file, old, new)
    assert "error TS" in check("tsc", "-p", "tests/clients/js", root=copy).stdout


def test_an_unknown_name_in_a_part(copy: Path) -> None:
    change(copy / "client/js/src/sender.js", "let most = batchEvents;", "let most = limit;")
    done = check("biome", "lint", "--error-on-warnings", root=copy)
    assert done.returncode == 1
    assert "noUndeclaredVariables" in done.stdout + done.stderr


def test_make_check_runs_them() -> None:
    done = subprocess.run(["make", "-n", "check"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    for command in ("biome lint --error-on-warnings", "tsc -p tests/clients/js", "tsc -p tests/dashboard"):
        assert command in done.stdout
