"""Whoever changes the Worker or a client adds a line to CHANGELOG.md, seen in real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repository import commit, git
from tools import changelog


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository that has had this check from its second commit on."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "Before", "src/a.py", "CHANGELOG.md")
    commit(folder, "The check", "tools/changelog.py", "src/a.py")
    return folder


def lacking(repository: Path) -> list[str]:
    """The titles of what lacks its line, without the names of commits."""
    titles = changelog.untold(changelog.changes(repository))
    return [title if title.startswith("what") else title.partition(" ")[2] for title in titles]


def test_what_was_before_the_check_is_left_alone(repository: Path) -> None:
    assert lacking(repository) == []


@pytest.mark.parametrize("path", ["src/a.py", "src/storage/sql/events/add.sql", "client/js/client.js", "client/ü.py"])
def test_a_commit_without_its_line_is_named(repository: Path, path: str) -> None:
    commit(repository, "Another", path, "README.md")
    commit(repository, "With its line", path, "CHANGELOG.md")
    assert lacking(repository) == ["Another"]


@pytest.mark.parametrize("path", ["README.md", "tests/a.py", "docs/src/a.md", "src.md"])
def test_what_nobody_notices_needs_none(repository: Path, path: str) -> None:
    commit(repository, "Another", path)
    assert lacking(repository) == []


def test_what_moves_away_is_a_change_too(repository: Path) -> None:
    git(repository, "mv", "src/a.py", "a.py")
    assert lacking(repository) == ["what is not committed yet"]
    commit(repository, "Moved")
    assert lacking(repository) == ["Moved"]


@pytest.mark.parametrize("path", ["src/a.py", "src/new.py"])
def test_what_is_not_committed_yet_needs_its_line_too(repository: Path, path: str) -> None:
    (repository / path).write_text("changed")
    assert lacking(repository) == ["what is not committed yet"]
    (repository / "CHANGELOG.md").write_text("changed")
    assert lacking(repository) == []


def test_a_forgotten_line_is_added_by_a_commit_of_its_own(repository: Path) -> None:
    commit(repository, "Forgotten", "src/a.py")
    commit(repository, "Another's line", "src/a.py", "CHANGELOG.md")
    assert lacking(repository) == ["Forgotten"]
    commit(repository, "The line", "CHANGELOG.md")
    assert lacking(repository) == []
    commit(repository, "Forgotten again", "src/a.py")
    assert lacking(repository) == ["Forgotten again"]


def test_what_was_released_is_left_alone(repository: Path) -> None:
    commit(repository, "Released", "src/a.py")
    git(repository, "tag", "--annotate", "v0.1.0", "--message", "Release 0.1.0")
    commit(repository, "Since then", "src/a.py")
    assert lacking(repository) == ["Since then"]


def test_a_tag_that_is_no_release_changes_nothing(repository: Path) -> None:
    commit(repository, "Another", "src/a.py")
    git(repository, "tag", "very-good")
    assert lacking(repository) == ["Another"]


def test_a_branch_is_looked_at_commit_by_commit_and_its_merge_is_not(repository: Path) -> None:
    git(repository, "branch", "old", "HEAD^")
    git(repository, "switch", "--quiet", "--create", "new")
    commit(repository, "On a new branch", "src/new.py")
    git(repository, "switch", "--quiet", "old")
    commit(repository, "On a branch without the check", "src/old.py")
    git(repository, "switch", "--quiet", "main")
    git(repository, "merge", "--quiet", "--no-ff", "--message", "Merge new", "new")
    git(repository, "merge", "--quiet", "--no-ff", "--message", "Merge old", "old")
    assert lacking(repository) == ["On a new branch"]


@pytest.mark.parametrize(("depth", "found"), [(1, []), (2, ["Last"]), (3, ["Middle", "Last"])])
def test_a_shallow_clone_is_looked_at_as_far_as_it_goes(
    repository: Path, tmp_path: Path, depth: int, found: list[str]
) -> None:
    for title in ("First", "Middle", "Last"):
        commit(repository, title, "src/a.py")
    git(tmp_path, "clone", "--quiet", f"--depth={depth}", repository.as_uri(), "clone")
    git(tmp_path / "clone", "checkout", "--quiet", "--detach")
    assert lacking(tmp_path / "clone") == found


def test_main_says_what_lacks_its_line(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(changelog, "ROOT", repository)
    assert changelog.main() == 0
    commit(repository, "Another", "src/a.py")
    assert changelog.main() == 1
    assert "Another" in capsys.readouterr().err


def test_without_a_repository_there_is_nothing_to_look_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changelog, "ROOT", tmp_path)
    assert changelog.main() == 0
