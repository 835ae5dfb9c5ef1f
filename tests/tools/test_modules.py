"""The embedded runtime's compiled modules: each is that of the very source beside it, for the runtime's own CPython."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

from tools.embedded.modules import STALE, add_compiled
from tools.embedded.runtime import SOURCES, build
from tools.embedded.stdlib import compiled

CHANGED = "web/app.py"


def test_what_is_compiled_is_of_the_source_beside_it(tmp_path: Path) -> None:
    build(tmp_path, {})
    archive = tmp_path / SOURCES
    with ZipFile(archive) as made:
        sources = {name: made.read(name) for name in made.namelist()}
    add_compiled(archive)
    with ZipFile(archive, "w") as changed:
        for name, content in sources.items():
            changed.writestr(name, content + b"\n" if name == CHANGED else content)
    add_compiled(archive)
    with ZipFile(archive) as made, ZipFile(compiled()) as library:
        assert {name: made.read(name) for name in sources if name != CHANGED} == {
            name: content for name, content in sources.items() if name != CHANGED
        }
        added = [name for name in made.namelist() if name not in sources]
        head = library.read("json/__init__.pyc")[:8]  # CPython's magic number, and that no hash is looked at
        assert {made.read(name)[:8] for name in added} == {head}
    cached = {
        f"{Path(name).parent / '__pycache__' / Path(name).stem}.cpython-314.pyc"
        for name in sources
        if name.endswith(".py") and name != CHANGED
    }
    assert set(added) <= cached
    assert len(cached - set(added)) <= STALE * (len(cached) + 1), "what changed since, while it is little"
