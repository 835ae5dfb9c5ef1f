"""Builds the embedded runtime's configuration and runs it as a process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from tools.embedded.modules import add_compiled
from tools.embedded.stdlib import compiled
from tools.embedded.trampoline import trampoline

ROOT = Path(__file__).resolve().parents[2]
HOST = Path(__file__).resolve().parent
SCHEDULED_PATH = "/cdn-cgi/handler/scheduled"  # in production's own Python runtime too
SOURCES = "app.zip"  # of the Worker, as host.mjs unpacks them
START_SECONDS = 180  # it takes ten on a slow machine, and some more where that is busy
LIMITS = ("DAILY_EVENTS", "HOURLY_NEW_TOOLS", "HOURLY_NEW_PEOPLE")  # variables that a deployment is born with
WORKER_FAILED = 500  # what the host answers for a Worker that could not be imported


class RuntimeStartError(RuntimeError):
    """The runtime did not start; its output says why."""


def wrangler(*arguments: str) -> list[str]:
    """The command line of the project's own wrangler."""
    return [str(ROOT / "node_modules" / ".bin" / "wrangler"), *arguments]


def environment() -> dict[str, str]:
    """This process's environment, with the project's tools first and nothing that phones home."""
    tools = os.pathsep.join([str(ROOT / ".venv" / "bin"), str(ROOT / "node_modules" / ".bin")])
    return {
        **os.environ,
        "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}",
        "WRANGLER_SEND_METRICS": "false",
        "WRANGLER_HIDE_BANNER": "true",
        "NO_UPDATE_NOTIFIER": "1",
        "NODE_COMPILE_CACHE": str(ROOT / ".build" / "node"),  # wrangler is 10 MB of JavaScript
    }


def build(folder: Path, variables: dict[str, str], source: Path = ROOT / "src", limited: bool = False) -> Path:
    """Write the runtime into a folder below the repository and return its wrangler configuration.

    variables: override those of wrangler.toml. source: the folder of the Worker's own code. limited: with the rate
    limits of wrangler.toml; who sits at the machine is no stranger.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("bootstrap.py", "host.mjs", "prelude.mjs"):
        shutil.copyfile(HOST / name, folder / name)
    _zip_sources(source, folder / SOURCES)
    shutil.copyfile(compiled(), folder / "python_stdlib.zip")
    (folder / "trampoline.wasm").write_bytes(trampoline())
    config = tomllib.loads((ROOT / "wrangler.toml").read_text())
    config["main"] = "host.mjs"
    config["compatibility_flags"] = [flag for flag in config["compatibility_flags"] if flag != "python_workers"]
    config["rules"] = [
        {"type": "Data", "globs": ["**/*.zip"], "fallthrough": True},
        {"type": "Text", "globs": ["**/*.py"], "fallthrough": True},
    ]
    config["vars"] = {**config.get("vars", {}), **dict.fromkeys(LIMITS, ""), "ANALYTICS_PUBLIC": "true", **variables}
    if not limited:
        del config["ratelimits"]
    config["assets"]["directory"] = os.path.relpath(ROOT / config["assets"]["directory"], folder)
    for binding in config["d1_databases"]:
        binding["migrations_dir"] = os.path.relpath(ROOT / binding["migrations_dir"], folder)
    path = folder / "wrangler.json"
    path.write_text(json.dumps(config, indent=2))
    return path


def _zip_sources(source: Path, target: Path) -> None:
    partial = target.with_suffix(".partial")
    with zipfile.ZipFile(partial, "w") as archive:
        for folder, prefix in ((source, ""), (ROOT / "python_modules", "python_modules/")):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    archive.write(path, prefix + path.relative_to(folder).as_posix())
    partial.replace(target)


def migrate(config: Path, state: Path) -> None:
    """Apply the migrations to the database in a state folder, with wrangler."""
    command = wrangler("d1", "migrations", "apply", "DB", "--local", "-c", str(config), "--persist-to", str(state))
    result = subprocess.run(
        command,
        check=False,
        env=environment() | {"CI": "true"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if result.returncode:
        raise RuntimeStartError(f"The migrations could not be applied.\n{result.stdout}{result.stderr}")


class Runtime:
    """A running Worker; a context manager that leaves no process behind.

    name: of its folder in .build/. port: on 127.0.0.1. state: the folder where D1 lives. output: where the Worker's
    terminal goes. source: the folder of the Worker's own code. limited: with the rate limits of wrangler.toml.
    """

    def __init__(
        self,
        name: str,
        port: int,
        state: Path,
        variables: dict[str, str] | None = None,
        output: IO[str] | int | None = None,
        source: Path = ROOT / "src",
        limited: bool = False,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._folder = ROOT / ".build" / name
        self._port = port
        self._state = state
        self._variables = variables or {}
        self._output = output
        self._source = source
        self._limited = limited
        self._process: subprocess.Popen[str] | None = None

    def start(self, migrated: bool = False) -> None:
        """Start, and return when the Worker answers; raises RuntimeStartError. migrated: the database is up to date."""
        config = build(self._folder, self._variables, self._source, self._limited)
        add_compiled(self._folder / SOURCES)
        if not migrated:
            migrate(config, self._state)
        command = wrangler(
            "dev", "-c", str(config), "--ip", "127.0.0.1", "--port", str(self._port), "--inspector-port", "0"
        )
        # --test-scheduled: without it wrangler warns at each start that crons are not fired by themselves.
        self._process = subprocess.Popen(
            [*command, "--persist-to", str(self._state), "--test-scheduled", "--show-interactive-dev-session=false"],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._wait()

    def stop(self) -> None:
        """Stop it and everything that it started."""
        process, self._process = self._process, None
        if process is not None:
            stop_group(process)

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def run_cron(self) -> None:
        """Fire the cron trigger once."""
        with urllib.request.urlopen(f"{self.url}{SCHEDULED_PATH}?cron=*+*+*+*+*", timeout=60) as response:
            response.read()

    def __enter__(self) -> Runtime:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.is_running():
                raise RuntimeStartError("wrangler stopped while it started.")
            status, answer = _fetch(f"{self.url}/healthz")
            if status == WORKER_FAILED:
                self.stop()
                raise RuntimeStartError(f"The Worker failed while it started.\n{answer.decode()}")
            if status is not None:
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeStartError(f"The Worker did not answer within {START_SECONDS} s.")


def fetch_status(url: str) -> int | None:
    """The status of a GET; None when nobody answers."""
    return _fetch(url)[0]


def _fetch(url: str) -> tuple[int | None, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return int(response.status), response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return None, b""


def post_json(url: str, payload: Any, method: str = "POST") -> Any:
    """POST JSON, or PUT it, and return the JSON of the answer."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(payload).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def get_json(url: str, fresh: bool = False) -> Any:
    """GET JSON. fresh: past every cache."""
    request = urllib.request.Request(url, headers={"Cache-Control": "no-cache"} if fresh else {})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def stop_group(process: subprocess.Popen[Any], seconds: float = 5) -> None:
    """Stop a process that leads a group, and all of the group."""
    for wanted in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, wanted)
            process.wait(seconds)
            _wait_for_group(process.pid, seconds)
        except ProcessLookupError:
            break
        except (subprocess.TimeoutExpired, TimeoutError):
            continue
    process.wait()


def _wait_for_group(group: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _is_alive(group):
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


def _is_alive(group: int) -> bool:
    """Whether a process of a group runs. A dead one whose parent has not collected it yet holds nothing any more."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    states = [_group_and_state(path) for path in Path("/proc").glob("[0-9]*/stat")]
    return not states or any(found == str(group) and state != "Z" for found, state in states)


def _group_and_state(stat: Path) -> tuple[str, str]:
    """From a process's /proc/…/stat, whose second field is a name in brackets with anything in it."""
    try:
        state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
    except OSError:
        return "", "Z"
    return group, state
