"""Every wall turns red: each fault is done to a copy of the repository, where its check is run and must see it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.database import ROOT
from tests.repository import commit, git

COPIED = ("src", "tests", "tools", "migrations", "client/vectors.json", "pyproject.toml", "CHANGELOG.md", ".gitignore")

# Nothing but pytest itself: each plugin and conftest.py would take its time at every start.
_BARE = ("-o", "addopts=", "--disable-plugin-autoload", "--noconftest", "-p", "no:cacheprovider")
_PYTEST = (sys.executable, "-m", "pytest", "-q", "--tb=short", *_BARE)
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"
CHECKS = {
    "lint-imports": (sys.executable, "-c", _LINT_IMPORTS, "--no-cache", "--no-logo", "../pyproject.toml"),
    "ruff check": (sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise", "."),
    "tools.changelog": (sys.executable, "-m", "tools.changelog"),
    "house": (*_PYTEST, "tests/walls/test_house.py"),
    "tables": (*_PYTEST, "tests/web/test_routes.py", "tests/reports/test_table.py"),
    "recount": (*_PYTEST, "tests/reports/test_oracle.py::test_reports_equal_a_recount[0]"),
}
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "GIT_"))}
COMPILED = "**/__pycache__/*.pyc"  # of the same files, with the same times: they hold in a copy

Fault = Callable[[Path], None]


def run(check: str, repository: Path) -> subprocess.CompletedProcess[str]:
    """Run a check on a copy. import-linter is run as `make check` does: from src/, which it imports from."""
    folder = repository / "src" if check == "lint-imports" else repository
    environment = ENVIRONMENT | ({"PYTHONPATH": "."} if check == "lint-imports" else {})
    return subprocess.run(CHECKS[check], cwd=folder, env=environment, check=False, capture_output=True, text=True)


def new(path: str, text: str) -> Fault:
    """A new file below src/."""

    def fault(source: Path) -> None:
        assert not (source / path).exists()
        (source / path).write_text(text, "utf-8")

    return fault


def more(path: str, text: str) -> Fault:
    """More at the end of a file below src/."""

    def fault(source: Path) -> None:
        with (source / path).open("a", encoding="utf-8") as file:
            file.write(text)

    return fault


def other(path: str, old: str, text: str) -> Fault:
    """A text in place of another, wherever it stands in a file below src/."""

    def fault(source: Path) -> None:
        before = (source / path).read_text("utf-8")
        assert old in before
        (source / path).write_text(before.replace(old, text), "utf-8")

    return fault


def both(*faults: Fault) -> Fault:
    """A fault that takes more than one change."""

    def fault(source: Path) -> None:
        for each in faults:
            each(source)

    return fault


@pytest.fixture(scope="session")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of what the checks look at, as it stands here."""
    folder = tmp_path_factory.mktemp("walls") / "unbroken"
    names = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "--", *COPIED).splitlines()
    names += [path.relative_to(ROOT).as_posix() for top in ("src", "tests") for path in (ROOT / top).glob(COMPILED)]
    for name in names:
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    git(folder, "init", "--quiet")
    commit(folder, "Everything")
    return folder


@pytest.mark.parametrize("check", CHECKS)
def test_a_copy_without_a_fault_is_green(unbroken: Path, check: str) -> None:
    result = run(check, unbroken)
    assert result.returncode == 0, result.stdout + result.stderr


_A_REPORT = both(
    new("reports/hours.py", '"""When?"""\n\nfrom reports import summary\n\nREPORT = summary.REPORT.renamed("hours")\n'),
    more("reports/report.py", "\n    def renamed(self, name):\n        return Report(name, self.ask, own=self.own)\n"),
    other("reports/table.py", "        summary.REPORT,\n", "        summary.REPORT,\n        hours.REPORT,\n"),
    other("reports/table.py", "catalogue, errors,", "catalogue, errors, hours,"),
)
_READS_EVENTS = both(
    more(
        "reading/ledger.py",
        "\n\nasync def counted(ledger, by, window, _before):\n"
        "    filters = ledger._filters\n"
        "    return from_counts(await events.counts(ledger._database, by, window.start, filters)), {}\n",
    ),
    other("reports/tools.py", "import Ledger", "import Ledger, counted"),
    other("reports/tools.py", "ledger.groups(TOOL", "counted(ledger, TOOL"),
)
_BEHIND_THE_BACK = (
    '        deployment.database._binding.prepare("SELECT value FROM settings")\n        try:\n            found'
)
_LATE = "\n\ndef late():\n    from {} import {}\n"

# What is broken, the check that sees it, and what that says: the file, and the rule or the test.
FAULTS: dict[str, tuple[Fault, str, tuple[str, ...]]] = {
    "a database in a pure room": (
        more("counting/tally.py", "\nfrom storage import events\n"),
        "lint-imports",
        ("A wing knows only what is below it BROKEN", "counting.tally -> storage.events"),
    ),
    "a database in a pure room of a wing that may": (
        more("intake/scrub.py", "\nfrom storage import events\n"),
        "lint-imports",
        ("is known without a database BROKEN", "intake.scrub -> storage.events"),
    ),
    "D1 behind the store's back": (
        other("web/handlers.py", "        try:\n            found", _BEHIND_THE_BACK),
        "ruff check",
        ("src/web/handlers.py", "SLF001", "_binding"),
    ),
    "SQL text in a handler": (
        other("web/handlers.py", "        try:\n            found", _BEHIND_THE_BACK),
        "house",
        ("test_no_sql_text_stands_in_python", "web/handlers.py", "SELECT value FROM settings"),
    ),
    "a clock at module level": (
        both(
            other("upkeep/pace.py", '"""\n\nfrom', '"""\n\nimport time\nfrom'),
            more("upkeep/pace.py", "\nT = time.time()\n"),
        ),
        "house",
        ("test_no_clock_chance_or_io_while_modules_are_imported", "upkeep/pace.py", "time.time"),
    ),
    "a statement that nobody uses": (
        new("storage/sql/events/newest.sql", "-- The last key.\nSELECT max(id) FROM skill_usage_events\n"),
        "house",
        ("test_every_statement_has_its_file_and_every_file_is_used", "events/newest"),
    ),
    "a statement without its file": (
        more(
            "storage/events.py", '\n\nasync def newest(database: Database):\n    await run(database, "events/newest")\n'
        ),
        "house",
        ("test_every_statement_has_its_file_and_every_file_is_used", "events/newest"),
    ),
    "a statement that the schema does not take": (
        other("storage/sql/people/promised.sql", "SELECT mark", "SELECT remark"),
        "house",
        ("test_a_statement_is_one_that_the_migrated_schema_takes[people/promised]", "no such column: remark"),
    ),
    "a parameter too few": (
        other("storage/people.py", '("people/kept", (mark, person))', '("people/kept", (mark,))'),
        "house",
        ("test_a_statement_is_one_that_the_migrated_schema_takes[people/kept]", "storage/people.py"),
    ),
    "a parameter too few in a tuple": (
        other("storage/people.py", '"people/forget", (user_id_hash,)', '"people/forget", ()'),
        "house",
        ("test_a_statement_is_one_that_the_migrated_schema_takes[people/forget]", "storage/people.py"),
    ),
    "a parameter too few under a name": (
        other("storage/rollups.py", "(by, folded, summed, before.revision)", "(by, folded, before.revision)"),
        "house",
        ("test_a_statement_is_one_that_the_migrated_schema_takes[rollups/commit_sums]", "storage/rollups.py"),
    ),
    "a parameter too few in a shape of its own": (
        other("storage/rollups.py", "    days: int\n    first: int\n", "    days: int\n"),
        "house",
        ("test_a_statement_is_one_that_the_migrated_schema_takes[rollups/write_snapshot]", "storage/rollups.py"),
    ),
    "a route that asks for no key": (
        other(
            "web/routes.py",
            '"/analytics/export", Access.ANALYTICS',
            '"/analytics/export", Access.ANYONE',
        ),
        "tables",
        (
            "test_exactly_these_are_open_to_anyone",
            "GET /analytics/export",
        ),
    ),
    "a chain that asks for no key": (
        other("web/app.py", "        access.authorize(", "        _ = ("),
        "tables",
        (
            "test_without_its_key_nothing_happens[POST /api/track]",
            "GET /analytics/export",
        ),
    ),
    "a report that reads events": (
        _READS_EVENTS,
        "tables",
        ("test_without_filters_only_rollups_and_what_waits_are_read[tools]", "events/counts"),
    ),
    "a report without a recount": (_A_REPORT, "tables", ("test_every_report_has_its_recount", "hours")),
    "a report that the oracle cannot compare": (_A_REPORT, "recount", ("test_oracle.py", "KeyError: 'hours'")),
    "an import upwards": (
        more("reading/window.py", "\nfrom reports import figures\n"),
        "lint-imports",
        ("A wing knows only what is below it BROKEN", "reading.window -> reports.figures"),
    ),
    "an import upwards inside a function": (
        more("storage/events.py", _LATE.format("reading", "window")),
        "lint-imports",
        ("A wing knows only what is below it BROKEN", "storage.events -> reading.window"),
    ),
    "an import aside": (
        more("upkeep/step.py", _LATE.format("intake", "keeping")),
        "lint-imports",
        ("A wing knows only what is below it BROKEN", "upkeep.step -> intake.keeping"),
    ),
    "the runtime elsewhere": (
        more("web/message.py", _LATE.format("js", "JSON")),
        "ruff check",
        ("src/web/message.py", "TID251", "`js"),
    ),
    "a report that knows the database": (
        more("reports/tools.py", _LATE.format("storage", "events")),
        "lint-imports",
        ("A report asks the ledger, not the database BROKEN", "reports.tools -> storage.events"),
    ),
    "a handler that takes D1 itself": (
        more("web/handlers.py", _LATE.format("storage.d1", "D1Database")),
        "lint-imports",
        ("Only the entrypoint chooses the database BROKEN", "web.handlers -> storage.d1"),
    ),
    "a room named like one of the standard library": (
        new("calendar.py", '"""Days and weeks."""\n'),
        "house",
        ("test_nothing_is_named_like_the_standard_library", "calendar"),
    ),
    "chance at module level, by another name": (
        more("counting/people.py", "\nfrom random import getrandbits as number\n\nSALT = f'{number(8)}'\n"),
        "house",
        ("test_no_clock_chance_or_io_while_modules_are_imported", "counting/people.py", "random.getrandbits"),
    ),
    "a file read by a function that is called at module level": (
        more("terms/dates.py", "\n\ndef _zones():\n    return open(__file__)\n\n\nclass Zones:\n    ALL = _zones()\n"),
        "house",
        ("test_no_clock_chance_or_io_while_modules_are_imported", "terms/dates.py", "open"),
    ),
    "a clock in a default argument": (
        more("reading/window.py", "\nimport datetime as d\n\n\ndef day(of=d.datetime.now(d.UTC)):\n    return of\n"),
        "house",
        ("test_no_clock_chance_or_io_while_modules_are_imported", "reading/window.py", "datetime.datetime.now"),
    ),
    "the environment at module level": (
        more("web/settings.py", "\nimport os\n\nKEY = os.environ['KEY']\n"),
        "house",
        ("test_no_clock_chance_or_io_while_modules_are_imported", "web/settings.py", "os.environ"),
    ),
    "SQL in parts": (
        more("reports/tools.py", "\n\ndef asked(table):\n    return 'delete ' + f'from {table}'\n"),
        "house",
        ("test_no_sql_text_stands_in_python", "reports/tools.py", "delete from x"),
    ),
    "a report that names a statement": (
        more("reports/tools.py", "\nTAIL = 'events/tail'\n"),
        "house",
        ("test_no_other_wing_names_a_statement", "reports/tools.py"),
    ),
    "a wing that re-exports": (
        more("counting/__init__.py", "\nfrom counting.tally import Tally\n"),
        "house",
        ("test_a_wing_says_its_job_in_one_line_and_nothing_else", "counting/__init__.py"),
    ),
    "a module that does not say what it is": (
        new("terms/words.py", "WORDS = ()\n"),
        "house",
        ("test_every_module_says_what_it_is", "terms/words.py"),
    ),
    "a change without a line in CHANGELOG.md": (
        more("terms/limits.py", "\nMORE = 1\n"),
        "tools.changelog",
        ("CHANGELOG.md has no line for: what is not committed yet",),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_seen(unbroken: Path, tmp_path: Path, name: str) -> None:
    fault, check, says = FAULTS[name]
    broken = tmp_path / "broken"
    shutil.copytree(unbroken, broken)
    fault(broken / "src")
    result = run(check, broken)
    said = " ".join((result.stdout + result.stderr).split())
    assert result.returncode == 1, said
    assert [words for words in says if words not in said] == [], said


def test_make_check_runs_them() -> None:
    recipe = subprocess.run(["make", "--dry-run", "check"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert [check for check in ("lint-imports", "ruff check", "tools.changelog") if check not in recipe] == []
