"""The version is decided in one place, and its copies follow."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from tools import version


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of every file that a release changes."""
    for place in (*version.PLACES, "CHANGELOG.md"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(version.ROOT / place, tmp_path / place)
    return tmp_path


def test_every_place_says_the_same() -> None:
    decided = tomllib.loads((version.ROOT / version.SOURCE).read_text())["project"]["version"]
    assert version.read(version.ROOT) == dict.fromkeys(version.PLACES, decided)


def test_a_release_changes_every_place_and_nothing_else_in_it(repository: Path) -> None:
    before = {place: (repository / place).read_text() for place in version.PLACES}
    old = version.read(repository)[version.SOURCE]
    version.write(repository, "98.7.6")
    assert version.read(repository) == dict.fromkeys(version.PLACES, "98.7.6")
    for place, text in before.items():
        assert (repository / place).read_text().replace("98.7.6", old) == text


def test_a_release_names_the_changelogs_section(repository: Path) -> None:
    entries = (repository / "CHANGELOG.md").read_text().partition("## Unreleased\n")[2]
    version.write(repository, "98.7.6")
    unreleased, _, rest = (repository / "CHANGELOG.md").read_text().partition("\n## 98.7.6 (")
    assert unreleased.endswith("## Unreleased\n")
    assert rest.partition("\n")[2] == entries


@pytest.mark.parametrize("place", list(version.PLACES))
def test_a_place_that_differs_fails_the_check(
    repository: Path, place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (repository / place).read_text()
    (repository / place).write_text(text.replace(version.read(repository)[place], "98.7.6", 1))
    monkeypatch.setattr(version, "ROOT", repository)
    monkeypatch.setattr("sys.argv", ["version"])
    assert version.main() == 1
    assert "98.7.6" in capsys.readouterr().err
