"""The embedded runtime's standard library: nothing of it is missing or changed, and what is imported is compiled."""

from __future__ import annotations

from zipfile import ZipFile

from tools.embedded.stdlib import ROOT, compiled


def test_what_is_imported_is_there_compiled_beside_its_source() -> None:
    with ZipFile(compiled()) as ours, ZipFile(ROOT / "node_modules" / "pyodide" / "python_stdlib.zip") as plain:
        names = plain.namelist()
        assert [name for name in names if ours.read(name) != plain.read(name)] == []
        added = set(ours.namelist()) - set(names)
    assert {name.removesuffix("c") for name in added} <= set(names)
    assert {"json/__init__.pyc", "hashlib.pyc", "asyncio/__init__.pyc", "urllib/parse.pyc"} <= added
    assert "unittest/mock.pyc" not in added
