"""CPython's trampoline, as Pyodide carries it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.embedded import trampoline


def test_it_is_a_module_of_webassembly() -> None:
    assert trampoline.trampoline().startswith(b"\0asm\1\0\0\0")


def test_a_pyodide_that_carries_none_fails_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "pyodide.asm.mjs"
    other.write_text("export default () => {};")
    monkeypatch.setattr(trampoline, "CARRIER", other)
    with pytest.raises(LookupError, match=r"^pyodide\.asm\.mjs does not carry"):
        trampoline.trampoline()
