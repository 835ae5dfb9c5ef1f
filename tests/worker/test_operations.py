"""What docs/operations.md says works: its commands on a local database, and what it says of keys and peppers."""

from __future__ import annotations

import re
import shlex
import sqlite3
import subprocess
from pathlib import Path

import pytest

from storage.database import Row, Statement
from terms.errors import DatabaseError
from tests.conftest import new_state
from tests.database import MIGRATIONS, SqliteDatabase
from tests.serving import Served
from tools.embedded.runtime import ROOT, environment, wrangler

PAGE = (ROOT / "docs" / "operations.md").read_text()
COMMANDS = [
    line.partition("  #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]
LOCAL = re.compile(r"npx wrangler d1 (export|execute) .*--remote")


def local(command: str, config: Path, state: Path, folder: Path) -> str:
    """Run a command of the page on a database on this machine."""
    words = shlex.split(command)[2:]
    words[words.index("--remote")] = "--local"
    asked = [*wrangler(*words), "-c", str(config), *(() if "export" in words else ("--persist-to", str(state)))]
    done = subprocess.run(
        asked,
        cwd=folder,
        env=environment() | {"CI": "true"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def settings_of(folder: Path, name: str) -> Path:
    """A configuration beside its own state, for a database of this name."""
    text = (ROOT / "wrangler.toml").read_text().replace('database_name = "track-skills"', f'database_name = "{name}"')
    text = re.sub(r"(?ms)^\[assets\].*?(?=^\S*\[)", "", text)
    config = folder / f"{name}.toml"
    config.write_text(text.replace('binding = "DB"', f'binding = "DB"\ndatabase_id = "{name}"'))
    return config


def test_the_page_has_a_command_for_everything() -> None:
    said = "\n".join(COMMANDS)
    for part in (
        "d1 export",
        "d1 create",
        "--file backup.sql",
        "time-travel restore",
        "make deploy",
        "secret put",
        "--jurisdiction eu",
        "wrangler delete",
        "d1 delete",
        "/healthz",
        "make verify",
    ):
        assert part in said, part


@pytest.mark.parametrize(("words", "takes"), [("d1 create", "--jurisdiction"), ("d1 time-travel", "restore")])
def test_wrangler_knows_what_cannot_be_tried_here(words: str, takes: str) -> None:
    asked = [*wrangler(*words.split()), "--help"]
    assert takes in subprocess.run(asked, env=environment(), capture_output=True, text=True, check=True).stdout


def test_a_backup_is_restored_with_all_that_it_held(tmp_path: Path) -> None:
    (export, restore) = (next(it for it in COMMANDS if part in it) for part in ("d1 export", "--file backup.sql"))
    config = settings_of(tmp_path, "track-skills")
    state = tmp_path / ".wrangler" / "state"
    new_state(state)
    store = (
        "npx wrangler d1 execute track-skills --remote --command \"INSERT INTO known_tools VALUES ('skill', 'kept')\""
    )
    migrate = [*wrangler("d1", "migrations", "apply", "DB", "--local", "-c", str(config), "--persist-to", str(state))]
    config.write_text(
        config.read_text().replace('migrations_dir = "migrations"', f'migrations_dir = "{ROOT / "migrations"}"')
    )
    subprocess.run(migrate, cwd=tmp_path, env=environment() | {"CI": "true"}, check=True, capture_output=True)
    local(store, config, state, tmp_path)
    local(export, config, state, tmp_path)
    restored = settings_of(tmp_path, "track-skills-restored")
    local(restore, restored, state, tmp_path)
    ask = 'npx wrangler d1 execute track-skills-restored --remote --json --command "SELECT * FROM known_tools"'
    assert '"kept"' in local(ask, restored, state, tmp_path)


def test_a_key_is_rotated_and_nobody_is_locked_out() -> None:
    for keys, old, new in (("OLD", 200, 401), ("NEW,OLD", 200, 200), ("NEW", 401, 200)):
        served = Served(ANALYTICS_API_KEY=keys)
        asked = [served.send("GET", "/analytics/summary", headers={"x-api-key": key}).status for key in ("OLD", "NEW")]
        assert asked == [old, new], keys


def test_a_pepper_is_rotated_and_nobody_is_new() -> None:
    (tell, forget) = (re.search(r'--command "(.*)"', it)[1] for it in COMMANDS if "'pepper'" in it)  # type: ignore[index]
    use = {"tool_name": "x", "status": "success", "anonymous_id": "somebody"}
    old = "THE-OLD-PEPPER"
    served = Served(HASH_PEPPER=old, ANALYTICS_PUBLIC="true")
    served.track(use)
    served.database.connection.execute(tell)
    again = Served(served.database, HASH_PEPPER="new", ANALYTICS_PUBLIC="true")
    again.track(use)
    assert (again.report("summary")["total_invocations"], again.report("summary")["unique_users"]) == (2, 1)
    again.database.connection.execute(forget)
    last = Served(again.database, HASH_PEPPER="new", ANALYTICS_PUBLIC="true")
    last.track(use)
    assert last.report("summary")["unique_users"] == 1


class Unmigrated(SqliteDatabase):
    """A database that says as D1 does what it cannot do."""

    async def batch(self, *statements: Statement) -> list[list[Row]]:
        try:
            return await super().batch(*statements)
        except sqlite3.Error as error:
            raise DatabaseError(str(error)) from error


@pytest.mark.parametrize("missing", range(1, len(MIGRATIONS)))
def test_what_comes_while_migrations_are_missing_is_stored_once(missing: int) -> None:
    """Whether it was taken in already or not: a client sends it again until it is told that it was."""
    served = Served(Unmigrated(MIGRATIONS[:-missing]), HOURLY_NEW_TOOLS="50", ANALYTICS_PUBLIC="true")
    use = {"tool_name": "x", "status": "success", "event_id": "1", "anonymous_id": "somebody"}
    assert served.send("POST", "/api/track", use).status in (200, 503)
    for migration in MIGRATIONS[-missing:]:
        served.database.connection.executescript(migration.read_text())
    served.track(use)
    assert served.report("summary")["total_invocations"] == 1
