"""`track-skills doctor`: each set-up is really broken, and found, and named with its remedy."""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from terms import limits
from tests.clients.forward_proxy import ForwardProxy
from tests.command.conftest import Command, Said
from tests.command.serving import Site
from tests.conftest import Local, database_of, free_port, start_local
from tests.database import MIGRATIONS
from tools.verify import problems

NEEDED = ("bash", "awk", "curl", "cat", "sed", "env", "date", "uname", "mkdir", "od", "tr", "head", "sleep")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site(ANALYTICS_PUBLIC="true") as running:
        yield running


@pytest.fixture
def well(command: Command, site: Site) -> Command:
    """A home in which all is well."""
    command.env["TRACK_SKILLS_ENDPOINT"] = site.url
    command("setup", "claude-code")
    return command


def found(said: Said) -> dict[str, list[dict[str, Any]]]:
    """What a doctor found, by step; what is wrong has a remedy, and only then is the exit code 1."""
    checks = said.json["checks"]
    is_wrong = any(check["state"] == "wrong" for check in checks)
    assert (said.code, said.json["ok"]) == (int(is_wrong), not is_wrong)
    assert all(check["remedy"] for check in checks if check["state"] == "wrong")
    by_step: dict[str, list[dict[str, Any]]] = {}
    for check in checks:
        by_step.setdefault(check["step"], []).append(check)
    return by_step


def diagnosed(command: Command, step: str, said: str, remedy: str, **options: Any) -> dict[str, list[dict[str, Any]]]:
    """The doctor finds this to be wrong with a step, and names this remedy."""
    checks = found(command("doctor", "--json", **options))
    wrong = [check for check in checks.get(step, []) if check["state"] == "wrong" and said in check["said"]]
    assert wrong, checks
    assert any(remedy in check["remedy"] for check in wrong), wrong
    return checks


def certificate(folder: Path, *more: str) -> Path:
    """A certificate that nobody signed, with its key."""
    pem = folder / "site.pem"
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(pem))
    name = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2")
    made = subprocess.run(["openssl", "req", "-x509", *key, *name, *more], capture_output=True, check=True)
    pem.write_bytes(pem.read_bytes() + made.stdout)
    return pem


def test_all_is_well_against_a_real_worker(command: Command, local: Local) -> None:
    command.env["TRACK_SKILLS_ENDPOINT"] = local.url
    command("setup", "claude-code")
    checks = found(command("doctor", "--json"))
    states = {step: {check["state"] for check in ones} for step, ones in checks.items()}
    assert not {step for step, state in states.items() if state - {"ok", "note"}}, checks
    assert states["stored"] == states["event"] == states["claude-code"] == {"ok"}
    (event,) = [
        json.loads(line)
        for line in local.send("GET", "/analytics/export?include_test=1&tool=track-skills-doctor").body.splitlines()
    ]
    assert event["test"]


def test_it_says_a_line_for_each_step_and_leaves_nothing(well: Command) -> None:
    before = sorted(path for path in well.home.rglob("*") if path.is_file())
    said = well("doctor")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1] == "All is well."
    assert all(line.startswith(("ok ", "note ")) for line in said.out.splitlines()[:-1]), said.out
    assert sorted(path for path in well.home.rglob("*") if path.is_file()) == before


def test_no_variable(well: Command) -> None:
    del well.env["TRACK_SKILLS_ENDPOINT"]
    diagnosed(well, "endpoint", "is not set", "local on")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TRACK_SKILL_ENDPOINT", "TRACK_SKILLS_ENDPOINT"),
        ("TRACKSKILLS_ENDPOINT", "TRACK_SKILLS_ENDPOINT"),
        ("TRACK_SKILLS_ENDPIONT", "TRACK_SKILLS_ENDPOINT"),
        ("TRACK_SKILLS_URL", "TRACK_SKILLS_"),
        ("track_skills_endpoint", "TRACK_SKILLS_ENDPOINT"),
        ("TRACK_SKILLS_APIKEY", "TRACK_SKILLS_API_KEY"),
        ("TRACK_SKILLS_EXCLUDES", "TRACK_SKILLS_EXCLUDE"),
        ("DO_NOT_TRAK", "DO_NOT_TRACK"),
    ],
)
def test_a_misspelt_variable(well: Command, name: str, meant: str) -> None:
    well.env[name] = "1"
    diagnosed(well, "variables", name, meant)


def test_variables_of_others_are_none_of_ours(well: Command) -> None:
    well.env |= {"TRACK": "1", "SKILLS": "1", "BACKTRACK": "1", "NO_TRACE": "1", "TERM": "dumb"}
    assert well("doctor").code == 0


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("ftp://example.com", "ftp://"),
        ("https://", "no host"),
        ("https://example.com/?key=1", "?"),
        ("https://exa mple.com", "white space"),
        ('https://exa"mple.com', "quote"),
    ],
)
def test_an_endpoint_that_is_none(well: Command, value: str, why: str) -> None:
    well.env["TRACK_SKILLS_ENDPOINT"] = value
    diagnosed(well, "endpoint", why, "https://HOST")


def test_a_wrong_port(well: Command) -> None:
    well.env["TRACK_SKILLS_ENDPOINT"] = f"http://127.0.0.1:{free_port()}"
    diagnosed(well, "connection", "cannot be reached", "right port")


def test_a_port_that_cannot_be(well: Command) -> None:
    well.env["TRACK_SKILLS_ENDPOINT"] = "http://127.0.0.1:99999"
    diagnosed(well, "endpoint", "no port", "Mend the port")


def test_a_name_that_does_not_resolve(well: Command) -> None:
    well.env["TRACK_SKILLS_ENDPOINT"] = "https://no-such-collector.invalid"
    diagnosed(well, "name", "no-such-collector.invalid", "spelt right")


def test_a_path_too_many(well: Command, site: Site) -> None:
    well.env["TRACK_SKILLS_ENDPOINT"] = f"{site.url}/analytics"
    diagnosed(well, "endpoint", "without a path", f"Write {site.url} ")


def test_a_certificate_that_is_refused(well: Command, tmp_path: Path) -> None:
    with Site(tls=certificate(tmp_path)) as site:
        well.env["TRACK_SKILLS_ENDPOINT"] = site.url
        diagnosed(well, "tls", "certificate is refused", "SSL_CERT_FILE")
        well.env["SSL_CERT_FILE"] = str(tmp_path / "site.pem")
        assert {check["state"] for check in found(well("doctor", "--json"))["tls"]} == {"ok"}
        well.env["TRACK_SKILLS_ENDPOINT"] = f"https://localhost:{site.port}"
        diagnosed(well, "tls", "certificate is refused", "name that the certificate is for")


def test_http_for_https_and_https_for_http(well: Command, site: Site, tmp_path: Path) -> None:
    well.env["TRACK_SKILLS_ENDPOINT"] = f"https://127.0.0.1:{site.port}"
    diagnosed(well, "tls", "does not speak TLS", f"Write {site.url}")
    with Site(tls=certificate(tmp_path)) as secure:
        well.env["TRACK_SKILLS_ENDPOINT"] = f"http://127.0.0.1:{secure.port}"
        diagnosed(well, "collector", "", f"Write {secure.url}")


def test_a_redirect_to_https_and_one_elsewhere(well: Command) -> None:
    with Site(page=(301, {"Location": "https://127.0.0.1/healthz"}, "")) as other:
        well.env["TRACK_SKILLS_ENDPOINT"] = other.url
        diagnosed(well, "endpoint", "wants https", "Write https://127.0.0.1 ")
    with Site(page=(302, {"Location": "https://login.example/?to=x"}, "")) as other:
        well.env["TRACK_SKILLS_ENDPOINT"] = other.url
        diagnosed(well, "collector", "redirects to https://login.example", "sign in")


@pytest.mark.parametrize("page", ["<html>Welcome to our Wi-Fi</html>", "{}", '{"status": "up"}', "[]", ""])
def test_a_host_that_answers_200_to_everything(well: Command, page: str) -> None:
    with Site(page=(200, {}, page)) as portal:
        well.env["TRACK_SKILLS_ENDPOINT"] = portal.url
        diagnosed(well, "collector", "is no collector", "Sign in")
        assert not any("/api/track" in asked for asked in portal.asked), "nothing is told to a stranger"


def test_a_key_that_is_missing_wrong_or_none(well: Command) -> None:
    with Site(TRACK_API_KEY="right", ANALYTICS_API_KEY="reader") as site:
        well.env["TRACK_SKILLS_ENDPOINT"] = site.url
        diagnosed(well, "key", "wants a key", "TRACK_API_KEY")
        well.env["TRACK_SKILLS_API_KEY"] = "wrong"
        diagnosed(well, "key", "refuses this key", "TRACK_API_KEY")
        well.env["TRACK_SKILLS_API_KEY"] = "rïght"
        diagnosed(well, "key", "characters", "Copy the key again")
        well.env["TRACK_SKILLS_API_KEY"] = "right"
        checks = found(well("doctor", "--json"))
        assert (checks["event"][0]["state"], checks["stored"][0]["state"]) == ("ok", "note")
        well.env["TRACK_SKILLS_ANALYTICS_KEY"] = "wrong"
        diagnosed(well, "stored", "is refused", "ANALYTICS_API_KEY")
        well.env["TRACK_SKILLS_ANALYTICS_KEY"] = "reader"
        assert found(well("doctor", "--json"))["stored"][0]["state"] == "ok"
        shown = well("doctor")
        assert not {"right", "reader"} & set(shown.out.split()), "no key is shown"


def test_a_proxy_that_is_needed_wrong_or_refuses(well: Command, site: Site) -> None:
    well.env["TRACK_SKILLS_ENDPOINT"] = "http://collector.invalid"
    diagnosed(well, "name", "collector.invalid", "https_proxy")
    with ForwardProxy(plain=site.port) as proxy:
        well.env["http_proxy"] = proxy.url
        assert well("doctor").code == 0
    diagnosed(well, "proxy", "cannot be reached", "proxy's variable")
    well.env["http_proxy"] = "http://no-such-proxy.invalid:3128"
    diagnosed(well, "name", "no-such-proxy.invalid", "proxy's variable")
    well.env["http_proxy"] = "socks5://127.0.0.1:1080"
    diagnosed(well, "proxy", "only http://", "http://HOST:PORT")
    with ForwardProxy() as proxy:
        well.env["http_proxy"] = proxy.url
        diagnosed(well, "proxy", "502", "proxy's variable")
        well.env |= {"TRACK_SKILLS_ENDPOINT": "https://collector.invalid", "https_proxy": proxy.url}
        diagnosed(well, "proxy", "does not let through", "no_proxy")
    with Site(page=(407, {"Proxy-Authenticate": "Basic"}, "")) as asking:
        well.env |= {"TRACK_SKILLS_ENDPOINT": "http://collector.invalid", "http_proxy": asking.url}
        diagnosed(well, "proxy", "name and a password", "USER:PASSWORD")


def test_a_password_of_a_proxy_is_not_shown(well: Command, site: Site) -> None:
    with ForwardProxy(plain=site.port) as proxy:
        well.env["http_proxy"] = proxy.url.replace("http://", "http://me:hidden@")
        assert "hidden" not in well("doctor").out


@pytest.mark.parametrize("name", ["CI", "GITHUB_ACTIONS", "JENKINS_URL"])
def test_a_ci_system(well: Command, site: Site, name: str) -> None:
    asked = len(site.asked)
    well.env[name] = "1"
    diagnosed(well, "switch", name, f"Unset {name}")
    assert len(site.asked) == asked, "off means no request"
    assert not well.state.exists(), "off means no file"


@pytest.mark.parametrize("name", ["DO_NOT_TRACK", "DISABLE_TELEMETRY", "TRACK_SKILLS_DISABLED"])
def test_a_switch_that_is_off(well: Command, name: str) -> None:
    well.env[name] = "no"
    diagnosed(well, "switch", name, f"Unset {name}")


def test_the_off_file(well: Command) -> None:
    well("off")
    diagnosed(well, "switch", str(well.state / "off"), "track-skills on")


def test_debug_sends_nothing(well: Command) -> None:
    well.env["TRACK_SKILLS_DEBUG"] = "1"
    diagnosed(well, "switch", "TRACK_SKILLS_DEBUG", "Unset")


def test_a_spool_that_cannot_be_written(well: Command) -> None:
    well.state.mkdir(parents=True)
    (well.state / "spool").touch()
    diagnosed(well, "folder", "spool", "Remove what stands")
    well.env["TRACK_SKILLS_HOME"] = "/proc/track-skills"
    diagnosed(well, "folder", "/proc/track-skills", "TRACK_SKILLS_HOME")


def test_a_full_disk(well: Command) -> None:
    """A limit on files' size refuses every byte, as a full disk does."""

    def nothing_fits() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    diagnosed(well, "folder", "disk is full", "Make room", preexec_fn=nothing_fits)


def test_no_home(command: Command) -> None:
    del command.env["HOME"]
    diagnosed(command, "folder", "no state folder", "Set HOME")


@pytest.mark.parametrize("name", ["bash", "awk", "curl"])
def test_a_program_that_is_missing(well: Command, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "programs"
    folder.mkdir()
    for needed in NEEDED:
        if needed != name and (path := shutil.which(needed)):
            (folder / needed).symlink_to(path)
    well.env["PATH"] = str(folder)
    diagnosed(well, "programs", f"{name} is not found", f"Install {name}")


def hook(command: Command) -> Path:
    return command.home / ".local/share/track-skills/track-skills-hook.sh"


def test_a_hook_that_is_declared_twice(well: Command) -> None:
    settings = well.home / ".claude" / "settings.json"
    project = well.home / "project"
    (project / ".claude").mkdir(parents=True)
    shutil.copy(settings, project / ".claude" / "settings.local.json")
    checks = diagnosed_in(well, project)
    assert "declared twice" in checks["claude-code"][0]["said"]
    assert "--remove" in checks["claude-code"][0]["remedy"]
    (project / ".claude" / "settings.local.json").write_text('{"enabledPlugins": {"track-skills@track-skills": true}}')
    assert "as a plugin" in diagnosed_in(well, project)["claude-code"][0]["said"]


def diagnosed_in(command: Command, project: Path) -> dict[str, list[dict[str, Any]]]:
    with command.start("doctor", "--json") as process:
        process.kill()
        process.communicate()
    done = subprocess.run(
        [*process.args], env=command.env, cwd=project, capture_output=True, text=True, check=False, timeout=120
    )
    return found(Said(done.returncode, done.stdout, done.stderr))


def test_a_hook_with_windows_line_ends(well: Command) -> None:
    hook(well).write_bytes(hook(well).read_bytes().replace(b"\n", b"\r\n"))
    diagnosed(well, "claude-code", "CRLF", "sed")


@pytest.mark.parametrize("part", [0, 100, 20_000])
def test_a_hook_that_is_damaged(well: Command, part: int) -> None:
    hook(well).write_bytes(hook(well).read_bytes()[:part])
    diagnosed(well, "claude-code", "damaged", "setup claude-code")


def test_a_hook_that_is_gone(well: Command) -> None:
    hook(well).unlink()
    diagnosed(well, "claude-code", "cannot be read", "setup claude-code")


def test_a_hook_that_is_not_executable_and_run_by_itself(well: Command) -> None:
    settings = well.home / ".claude" / "settings.json"
    text = json.dumps(json.loads(settings.read_text()))
    ours = json.dumps(json.loads(text)["hooks"]["SessionEnd"][0]["hooks"][0]["command"])
    settings.write_text(text.replace(ours, json.dumps(str(hook(well)))))
    diagnosed(well, "claude-code", "not executable", "chmod +x")
    hook(well).chmod(0o755)
    assert well("doctor").code == 0


def test_a_settings_file_that_is_broken(well: Command) -> None:
    settings = well.home / ".claude" / "settings.json"
    settings.write_text(settings.read_text()[:-3] + "\n// mine\n}")
    diagnosed(well, "claude-code", str(settings), "Mend the file")


def test_a_hook_that_lacks_an_event(well: Command) -> None:
    settings = well.home / ".claude" / "settings.json"
    half = json.loads(settings.read_text())
    del half["hooks"]["PostToolUse"]
    settings.write_text(json.dumps(half))
    diagnosed(well, "claude-code", "PostToolUse", "setup claude-code")


def test_hooks_that_codex_does_not_trust(well: Command) -> None:
    well("setup", "codex")
    diagnosed(well, "codex", "nobody has trusted", "/hooks")
    file = well.home / ".codex" / "hooks.json"
    keys = [f"{file}:{event}:0:0" for event in ("post_tool_use", "session_start", "session_end")]
    tables = [f'[hooks.state."{key}"]\ntrusted_hash = "sha256:00"\n' for key in keys]
    (well.home / ".codex" / "config.toml").write_text("\n".join(tables[:2]))
    diagnosed(well, "codex", "SessionEnd", "/hooks")
    (well.home / ".codex" / "config.toml").write_text("\n".join(tables))
    assert found(well("doctor", "--json"))["codex"][0]["state"] == "ok"


def test_an_agent_without_our_hook_and_opencodes_plugin(well: Command) -> None:
    (well.home / ".gemini").mkdir()
    (well.home / ".gemini" / "settings.json").write_text("{}")
    well("setup", "opencode")
    checks = found(well("doctor", "--json"))
    assert (checks["gemini-cli"][0]["state"], checks["opencode"][0]["state"]) == ("note", "ok")
    (well.home / ".config/opencode/plugin/track-skills-hook.sh").unlink()
    diagnosed(well, "opencode", "missing", "setup opencode")


def test_a_collector_without_migrations_and_one_whose_database_is_down(command: Command, tmp_path: Path) -> None:
    """A real Worker and its real D1: first without a table, then with those of its first version, whole, and broken."""
    worker = start_local(tmp_path, "doctor", migrated=True)
    try:
        command.env["TRACK_SKILLS_ENDPOINT"] = worker.url
        command("setup", "claude-code")
        diagnosed(command, "collector", "has no tables", "migrations apply")
        file = database_of(worker.state)
        _migrate(file, MIGRATIONS[:1])
        diagnosed(
            command, "collector", f"has {MIGRATIONS[0].stem}, and it needs {MIGRATIONS[-1].stem}", "migrations apply"
        )
        (problem,) = problems(worker.url, "", "")
        assert MIGRATIONS[0].stem in problem
        _migrate(file, MIGRATIONS[1:])
        assert found(command("doctor", "--json"))["event"][0]["state"] == "ok"
        for path in file.parent.glob(f"{file.name}*"):
            path.write_bytes(b"x" * path.stat().st_size)
        time.sleep(limits.HEALTH_SECONDS)  # for which /healthz tells what it found before
        diagnosed(command, "collector", "its database does not answer", "Wait")
        (problem,) = problems(worker.url, "", "")
        assert "does not answer" in problem
    finally:
        worker.runtime.stop()


def _migrate(file: Path, migrations: list[Path]) -> None:
    with closing(sqlite3.connect(file)) as database:
        for migration in migrations:
            database.executescript(migration.read_text())


def test_a_database_that_lost_a_table(well: Command) -> None:
    with Site(lost=("people",)) as site:
        well.env["TRACK_SKILLS_ENDPOINT"] = site.url
        diagnosed(well, "event", "database refuses", "tail")


@pytest.mark.parametrize(
    ("shift", "said"), [("+1h", "60 minutes ahead of the collector"), ("-1h", "60 minutes behind the collector")]
)
def test_a_clock_that_is_wrong_by_an_hour(well: Command, site: Site, shift: str, said: str) -> None:
    """The process really has another time than the collector."""
    library = Path(pytest.importorskip("libfaketime").__file__).with_name("vendor") / "libfaketime/src/libfaketime.so.1"
    well.env |= {"LD_PRELOAD": str(library), "FAKETIME": shift, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    checks = diagnosed(well, "clock", said, "timedatectl")
    assert checks["event"][0]["state"] == "ok"
    assert checks["stored"][0]["state"] == "ok"
    export = site.get("/analytics/export?days=1&include_test=1&tool=track-skills-doctor")
    moment = datetime.fromisoformat(json.loads(export.splitlines()[-1])["timestamp"]).timestamp()
    assert abs(moment - time.time()) < 120, "the collector sets the time right"


def test_names_that_are_left_out(well: Command) -> None:
    skill = well.home / ".claude" / "skills" / "my-skill" / "SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text("---\nname: my-skill\n---\n")
    for name, value in (("EXCLUDE", "my-*"), ("INCLUDE", "other-*"), ("EXCLUDE", "*")):
        well.env[f"TRACK_SKILLS_{name}"] = value
        diagnosed(well, "names", "my-skill", f"Change TRACK_SKILLS_{name}")
        del well.env[f"TRACK_SKILLS_{name}"]
    well.env["TRACK_SKILLS_EXCLUDE"] = "my-[a-z]*"
    diagnosed(well, "names", "matches nothing", "Globs")
    well.env["TRACK_SKILLS_EXCLUDE"] = "secret-*"
    assert well("doctor", "my-skill").code == 0
    assert "leaves out secret-one" in well("doctor", "secret-one").out


def test_an_endpoint_that_only_claude_code_sees(well: Command) -> None:
    settings = well.home / ".claude" / "settings.json"
    endpoint = well.env.pop("TRACK_SKILLS_ENDPOINT")
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "env": {"TRACK_SKILLS_ENDPOINT": endpoint}}))
    checks = found(well("doctor", "--json"))
    assert checks["variables"][0]["state"] == "note"
    assert checks["event"][0]["state"] == "ok"


def test_a_name_that_would_steer_the_terminal_is_shown_harmless(well: Command) -> None:
    well.env["TRACK_SKILLS_ENDPOINT"] = "http://\x1b]0;owned\x07"
    assert "\x1b" not in well("doctor").out


def test_events_that_stay_here_are_well_without_a_collector(well: Command) -> None:
    del well.env["TRACK_SKILLS_ENDPOINT"]
    well.env["TRACK_SKILLS_LOCAL"] = "1"
    assert found(well("doctor", "--json"))["endpoint"][0]["state"] == "note"
    assert well.state.is_dir()
