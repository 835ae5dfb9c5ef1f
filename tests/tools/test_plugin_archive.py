"""The archive of the plugin: it is at the root, slim, and the same each time."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tools.plugin_archive import PLUGIN, pack


def test_the_plugin_is_at_the_root_with_its_licence(tmp_path: Path) -> None:
    names = pack(PLUGIN, tmp_path / "plugin.zip")
    with zipfile.ZipFile(tmp_path / "plugin.zip") as archive:
        assert archive.namelist() == names
        assert archive.read("hooks/hooks.json") == (PLUGIN / "hooks" / "hooks.json").read_bytes()
    assert {".claude-plugin/plugin.json", "LICENSE", "README.md"} <= set(names)
    assert not [name for name in names if name.startswith(("..", "/", "client"))]


def test_it_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        pack(PLUGIN, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
