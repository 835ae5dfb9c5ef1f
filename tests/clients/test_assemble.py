"""The files that people copy are made of their parts, and a stale one turns `make check` red."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from processes import ROOT

from tools.assemble import AGENTS, CLIENTS, COPIES, parts

HOOKS = {
    "client/hooks/track-skills-hook.sh",
    "client/plugin/hooks/track-skills-hook.sh",
    "client/python/src/track_skills/cli/setups/files/track-skills-hook.sh",
}


def assemble(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.assemble", *options]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "client", tmp_path / "client", ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "assemble.py", tmp_path / "tools")
    return tmp_path


def test_the_files_are_what_their_parts_make() -> None:
    done = assemble(ROOT, "--check")
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.parametrize(
    ("changed", "stale"),
    [
        ("client/shell/names.sh", {"client/_track.sh", *HOOKS}),
        ("client/shell/host.sh", {"client/_track.sh"}),
        ("client/shell/hook_json.sh", HOOKS),
        ("client/js/src/sender.js", {"client/js/track-skills.js", "client/js/track-skills.cjs"}),
        ("client/plugin/hooks/track-skills-hook.sh", {"client/plugin/hooks/track-skills-hook.sh"}),
    ],
)
def test_a_stale_file_is_found_and_made_anew(changed: str, stale: set[str], copy: Path) -> None:
    comment = "// changed\n" if changed.endswith(".js") else "# changed\n"
    with (copy / changed).open("a") as file:
        file.write(comment)
    before = {name: (copy / name).read_text() for name in CLIENTS}
    done = assemble(copy, "--check")
    assert done.returncode == 1
    assert {name for name in CLIENTS if name in done.stderr} == stale
    assert {name: (copy / name).read_text() for name in CLIENTS} == before, "--check writes nothing"
    assert assemble(copy).returncode == 0
    assert assemble(copy, "--check").returncode == 0
    assert {name for name in CLIENTS if comment in (copy / name).read_text()} == stale - {changed}


def test_an_agent_more_makes_each_copy_stale(copy: Path) -> None:
    file = copy / AGENTS
    data = json.loads(file.read_text())
    data["agents"].append({"id": "new-agent", "variables": ["NEW_AGENT=a b"], "session": "NEW_SESSION"})
    file.write_text(json.dumps(data))
    done = assemble(copy, "--check")
    assert done.returncode == 1
    assert all(name in done.stderr for name in COPIES)
    assert assemble(copy).returncode == 0
    assert assemble(copy, "--check").returncode == 0
    texts = [(copy / name).read_text() for name in COPIES]
    assert all("NEW_AGENT" in text and "a b" in text for text in texts)


def test_a_copy_of_the_agents_that_was_changed_is_found(copy: Path) -> None:
    for name in COPIES:
        before = (copy / name).read_text()
        (copy / name).write_text(before.replace("claude-code", "claude"))
        assert name in assemble(copy, "--check").stderr
        assert assemble(copy).returncode == 0
        assert (copy / name).read_text() == before


def test_each_file_names_its_parts_and_no_part_is_left_out() -> None:
    taken = set()
    for name, first in CLIENTS.items():
        text = (ROOT / name).read_text()
        assert "Made by `make clients`" in text
        for part in parts(ROOT / first):
            assert str(part.relative_to(ROOT)) in text
            taken.add(part)
    there = {*(ROOT / "client" / "shell").iterdir(), *(ROOT / "client" / "js" / "src").iterdir()}
    assert taken == there


def test_make_check_looks_for_stale_files() -> None:
    done = subprocess.run(["make", "-n", "check"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert "-m tools.assemble --check" in done.stdout
