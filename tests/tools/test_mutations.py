"""The mutator makes the mutants that it claims, and a run ends as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.database import SqliteDatabase
from tools.mutations import python, sql
from tools.mutations.__main__ import ROOT, files, mutants_of, run
from tools.mutations.mutant import Mutant

PYTHON = '''"""A module."""


def inside(ä: int, most: int | None) -> bool:
    return ä >= 1 and not (most is not None and most < ä)
'''
SELECT = """-- WHERE a = 1: a comment is no condition.
SELECT DISTINCT max(a) AS a, CASE WHEN b THEN 'x AND y' END AS c
FROM t WHERE a = ?1 AND (?2 = '' OR b < ?2) ORDER BY a DESC, b LIMIT ?3
"""


def changes(mutants: list[Mutant]) -> set[str]:
    assert len({mutant.change for mutant in mutants}) == len({mutant.text for mutant in mutants}) == len(mutants)
    return {mutant.change for mutant in mutants}


def test_python_comparisons_constants_and_booleans() -> None:
    found = python.mutate(PYTHON)
    assert {mutant.line for mutant in found} == {5}
    whole = "ä >= 1 and (not (most is not None and most < ä))"
    inner = "most is not None and most < ä"
    assert changes(found) == {
        "ä >= 1 → ä < 1",
        "ä >= 1 → ä > 1",
        "ä >= 1 → ä >= 2",
        "ä >= 1 → ä >= 0",
        f"{whole} → ä >= 1 or not ({inner})",
        f"{whole} → ä >= 1",
        f"{whole} → not ({inner})",
        f"not ({inner}) → {inner}",
        f"{inner} → most is not None or most < ä",
        f"{inner} → most is not None",
        f"{inner} → most < ä",
        "most is not None → most is None",
        "most < ä → most >= ä",
        "most < ä → most <= ä",
    }
    (flipped,) = (mutant.text for mutant in found if mutant.change == "most < ä → most >= ä")
    assert flipped == PYTHON.replace("most < ä", "(most >= ä)")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("if a:\n    b()\n", {"a → False", "a → True"}),
        ("b = c if a else d\n", {"a → False", "a → True"}),
        ("b = [c for c in d if a]\n", {"a → False", "a → True"}),
        ("while a:\n    b()\n", {"a → False"}),
        ('b = f"{a < c}"\n', set()),
    ],
)
def test_python_branches(source: str, expected: set[str]) -> None:
    assert changes(python.mutate(source)) == expected


def test_sql_conditions_orders_limits_and_cases() -> None:
    found = sql.mutate(SELECT)
    assert {mutant.line for mutant in found} == {2, 3}
    assert changes(found) == {
        "SELECT DISTINCT max → SELECT max",
        "DISTINCT max( → DISTINCT min(",
        "WHEN b → WHEN false",
        "WHEN b → WHEN true",
        "WHERE a = ?1 AND (?2 = '' OR b < ?2) → WHERE true",
        "WHERE a = ?1 → WHERE true",
        "a = ?1 → a <> ?1",
        "?1 AND ( → ?1 OR (",
        "(?2 = '' OR b < ?2) → true",
        "(?2 = '' OR b < ?2) → NOT ((?2 = '' OR b < ?2))",
        "?2 = '' → false",
        "?2 = '' → ?2 <> ''",
        "'' OR b → '' AND b",
        "b < ?2 → false",
        "b < ?2 → b >= ?2",
        "b < ?2 → b <= ?2",
        "ORDER BY a DESC, b →",
        "a DESC, → a ,",
        ", b → , b DESC",
        "LIMIT ?3 →",
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("UPDATE t SET a = b, c = CASE WHEN d = 1 THEN 2 END", {"d = 1 → d <> 1", "WHEN d = 1 → WHEN false"}),
        ("INSERT INTO t VALUES (1) ON CONFLICT (a) DO NOTHING", {"ON CONFLICT (a) DO NOTHING →"}),
        (
            "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2",
            {"UPDATE SET a = 2 → NOTHING"},
        ),
        ("SELECT CASE ?1 WHEN 'a' THEN 1 END", {"WHEN 'a' → WHEN NULL"}),
        ("SELECT coalesce((SELECT a), 0) AS a", {"SELECT coalesce((SELECT a), 0) → SELECT (SELECT a)"}),
        ("SELECT b IN ('c', 'd') AS a", {"b IN ( → b NOT IN (", "('c', → (NULL,", ", 'd') → , NULL)"}),
        ("SELECT 1 FROM t WHERE true", set()),
        ("SELECT a FROM t JOIN u ON a = b", {"ON a = b → ON true", "a = b → a <> b"}),
        ("SELECT a UNION ALL SELECT b", {"UNION ALL SELECT → UNION SELECT"}),
    ],
)
def test_sql_words(source: str, expected: set[str]) -> None:
    assert changes(sql.mutate(source)) - {"WHEN d = 1 → WHEN true"} == expected


def test_of_a_file_only_the_statement_asked_for() -> None:
    assert sql.mutate("DELETE FROM t WHERE a;\nSELECT 1 FROM t;\nDELETE FROM t WHERE b;", "SELECT") == []


def test_every_mutant_of_sql_is_sql_with_all_its_parameters() -> None:
    """One that SQLite refuses would pass for tested."""
    connection = SqliteDatabase().connection
    for path in files(ROOT):
        if path.startswith("src") and path.endswith(".sql"):
            text = re.sub("--.*", "", (ROOT / path).read_text())
            parameters = [1] * len(set(re.findall(r"\?\d+", text)))
            for mutant in mutants_of(ROOT, path):
                connection.execute(f"EXPLAIN {mutant.text}", parameters)


def test_the_files_are_all_statements_and_counting_rooms_and_the_view() -> None:
    found = files(ROOT)
    assert {path for path in found if path.endswith(".sql")} == {
        *(str(path.relative_to(ROOT)) for path in (ROOT / "src").rglob("*.sql")),
        "migrations/0003_sums.sql",
    }
    assert {"src/counting/tally.py", "src/reading/ledger.py", "src/upkeep/pace.py"} <= set(found)


ROOM = "src/counting/room.py"
UNTESTED = "c == d → c != d"
TESTED = "a == b → a != b"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A room of two comparisons, of which one is tested."""
    (tmp_path / "src" / "counting").mkdir(parents=True)
    (tmp_path / ROOM).write_text("def equal(a, b):\n    return a == b\n\n\ndef alike(c, d):\n    return c == d\n")
    (tmp_path / "tests" / "counting").mkdir(parents=True)
    (tmp_path / "tests" / "counting" / "test_room.py").write_text(
        "from room import equal\n\n\ndef test_it():\n    assert equal(3, 3)\n"
    )
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["src/counting"]\n')
    return tmp_path


def test_who_lives_is_named_and_fails_the_run(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (repository / ROOM).read_text()
    assert run(repository, [ROOM], {}) == 1
    assert capsys.readouterr().out.splitlines() == [f"{ROOM}:6: {UNTESTED}", "2 mutants, 1 alive, 1 to look at."]
    assert (repository / ROOM).read_text() == before, "only copies are mutated"


def test_who_lives_with_a_reason_does_not(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(repository, [ROOM], {ROOM: {UNTESTED: "why not"}, "src/other.py": {"e → f": "not asked about"}}) == 0
    assert capsys.readouterr().out == "2 mutants, 1 alive, 0 to look at.\n"


def test_a_reason_that_nobody_lives_up_to_fails_the_run(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(repository, [ROOM], {ROOM: dict.fromkeys((UNTESTED, TESTED, "e → f"), "why not")}) == 1
    *stale, total = capsys.readouterr().out.splitlines()
    assert [line.rpartition(": ")[2] for line in stale] == [TESTED, "e → f"]
    assert total == "2 mutants, 1 alive, 2 to look at."


def test_tests_that_fail_without_a_mutant_prove_nothing(repository: Path) -> None:
    (repository / "tests" / "counting" / "test_room.py").write_text("def test_it():\n    assert False\n")
    with pytest.raises(RuntimeError, match="do not pass as they are"):
        run(repository, [ROOM], {})
