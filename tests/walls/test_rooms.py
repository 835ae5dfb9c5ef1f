"""tests/ mirrors the wings: every room has its test file, and nothing else passes for one."""

from __future__ import annotations

from tests.vectors import ROOT

SRC = ROOT / "src"
# They are nothing without the runtime: tests/contract and tests/worker pass them on workerd.
OF_THE_RUNTIME = {"entry", "storage/d1"}
WINGS = sorted(path.parent.name for path in SRC.glob("*/__init__.py"))
# What is said of more than one room, or goes over lists.
OF_SEVERAL_ROOMS = {
    "intake/test_scrub_lists.py",
    "reading/test_filters.py",
    "reports/test_oracle.py",
    "reports/test_sessions_oracle.py",
    "reports/test_together_oracle.py",
    "reports/test_together_posted.py",
    "storage/test_migrations.py",
    "storage/test_numbers.py",
    "storage/test_statements.py",
    "web/test_again.py",
    "web/test_limits.py",
}


def test_every_room_has_its_test_file() -> None:
    rooms = {path.relative_to(SRC).with_suffix("").as_posix() for path in SRC.rglob("*.py") if path.stem != "__init__"}
    assert rooms >= OF_THE_RUNTIME
    expected = {
        f"{room.rpartition('/')[0]}/test_{room.rpartition('/')[2]}.py".lstrip("/") for room in rooms - OF_THE_RUNTIME
    }
    found = {
        path.relative_to(ROOT / "tests").as_posix()
        for wing in WINGS
        for path in (ROOT / "tests" / wing).glob("test_*.py")
    }
    assert expected - found == set(), "rooms without a test file"
    assert found - expected == OF_SEVERAL_ROOMS, "test files of no room"
