"""The Python package as people get it: built as `python -m build` does, and its contents."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from processes import CLIENT

BUILD = "from flit_core.buildapi import build_sdist, build_wheel; print(build_wheel('out')); print(build_sdist('out'))"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution."""
    copy = tmp_path_factory.mktemp("package") / "python"
    shutil.copytree(CLIENT / "python", copy, ignore=shutil.ignore_patterns("__pycache__", ".mypy_cache", "*.egg-info"))
    (copy / "out").mkdir()
    subprocess.run([sys.executable, "-c", BUILD], cwd=copy, check=True, capture_output=True)
    return copy


def sources(built: Path) -> set[str]:
    """What the package is made of, below src/."""
    return {path.relative_to(built / "src").as_posix() for path in (built / "src").rglob("*") if path.is_file()}


def test_the_wheel_has_all_of_it_and_nothing_else(built: Path) -> None:
    (wheel,) = (built / "out").glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    described = {name for name in names if ".dist-info/" in name}
    assert names - described == sources(built)
    assert {"track_skills/py.typed", "track_skills/__init__.py"} <= names
    assert {name.rpartition("/")[2] for name in described} >= {"METADATA", "RECORD", "WHEEL", "entry_points.txt"}


def test_the_source_distribution_builds_the_same(built: Path) -> None:
    (archive,) = (built / "out").glob("*.tar.gz")
    with tarfile.open(archive) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
    assert {f"src/{name}" for name in sources(built)} <= names
    assert {"pyproject.toml", "README.md"} <= names


def test_what_is_installed_of_it_runs(built: Path) -> None:
    (wheel,) = (built / "out").glob("*.whl")
    ask = "import sys; sys.path.insert(0, sys.argv[1]); import track_skills; print(track_skills.__version__)"
    said = subprocess.run([sys.executable, "-I", "-c", ask, str(wheel)], check=True, capture_output=True, text=True)
    assert said.stdout.strip() in wheel.name
