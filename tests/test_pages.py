"""Every page's links lead somewhere, and what the pages for strangers say of the product is so."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.database import ROOT
from tools.api import session_fields
from tools.api.fields import FIELDS

LISTED = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
PAGES = [
    ROOT / name
    for name in subprocess.run(LISTED, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    if (ROOT / name).exists() and name != "CHANGELOG.md"
]


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", re.sub(r"(?ms)^```.*?^```", "", text), re.MULTILINE)
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: object) -> None:
    path = ROOT / str(page)
    text = re.sub(r"(?ms)^```.*?^```", "", path.read_text())
    for link in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", text):
        name, _, anchor = link.partition("#")
        target = (path.parent / name) if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text()), link


def test_the_guide_of_a_skill_that_is_installed_elsewhere_works(tmp_path: Path) -> None:
    """From another folder, with nothing set by whoever runs it but a wish to see."""
    guide = (ROOT / "docs" / "guides" / "skill-md.md").read_text()
    (command,) = re.findall(r"^.*SKILL_DIR/scripts.*$", guide, re.MULTILINE)
    (tmp_path / "skill" / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "client" / "_track.sh", tmp_path / "skill" / "scripts" / "_track.sh")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TRACK_SKILLS_DEBUG": "1"}
    asked = ["bash", "-c", command.replace("SKILL_DIR/", f"{tmp_path / 'skill'}/")]
    said = subprocess.run(asked, cwd="/", env=environment, capture_output=True, text=True, check=True)
    assert json.loads(said.stderr)["tool_name"] == "pdf"
    assert said.stdout == ""


def test_privacy_names_every_field() -> None:
    told = set(re.findall(r"`(\w+)`", (ROOT / "PRIVACY.md").read_text()))
    assert FIELDS.keys() <= told
    assert session_fields.session()["properties"].keys() <= told


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/.*]+)`", (ROOT / "SECURITY.md").read_text()))))
def test_security_names_tests_that_are_there(named: str) -> None:
    assert list(ROOT.glob(named))
