"""A real Worker on real workerd and real D1 for the tests that need one, or any deployment that --base-url names."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tools.embedded.runtime import ROOT, Runtime, build, migrate

PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "main")  # of the processes that pass the tests side by side
FIRST_PORT, PORTS = 20_000, 12_000  # below those that systems give to outgoing connections

# A Worker of a test answers some hundred requests: V8's optimising compiler takes longer for CPython than it saves.
os.environ.setdefault("MINIFLARE_WORKERD_V8_FLAGS", "--liftoff-only")


class Answer(NamedTuple):
    """An HTTP answer. headers: names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Deployment:
    """A running Worker, as anyone reaches it."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        self.url = url.rstrip("/")
        self._headers = headers or {}

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        """Send a request; errors are answers too."""
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        default = {"Content-Type": "application/json", "User-Agent": "track-skills-tests"}
        request = urllib.request.Request(
            self.url + path, data, {**default, **self._headers, **(headers or {})}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return _answer(response)
        except urllib.error.HTTPError as error:
            return _answer(error)

    def track(self, body: object, headers: dict[str, str] | None = None) -> Answer:
        """POST /api/track."""
        return self.send("POST", "/api/track", body, headers)

    def report(self, name: str, **parameters: str | int) -> Any:
        """A fresh report's JSON."""
        query = urllib.parse.urlencode(parameters)
        answer = self.send("GET", f"/analytics/{name}?{query}", headers={"Cache-Control": "no-cache"})
        assert answer.status == 200, answer
        return answer.json()


def _answer(response: Any) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status, headers, response.read())


def free_port() -> int:
    """A port that nobody listens on, and that this process is not given again."""
    while True:
        port = next(_candidates())
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


@cache
def _candidates() -> Iterator[int]:
    start = os.getpid() * 97  # elsewhere in each process
    return (FIRST_PORT + number % PORTS for number in range(start, start + PORTS))


@cache
def _migrated() -> Path:
    """A state folder whose database has all migrations and nothing else, made again when they or wrangler change."""
    folder = ROOT / ".build" / "tests-migrated"
    folder.mkdir(parents=True, exist_ok=True)
    sources = [*sorted((ROOT / "migrations").glob("*.sql")), ROOT / "package-lock.json"]
    wanted = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    made_of = folder / "made_of"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of the processes that pass the tests makes it for all
        if not made_of.exists() or made_of.read_text() != wanted:
            made_of.unlink(missing_ok=True)
            shutil.rmtree(folder / "state", ignore_errors=True)
            migrate(build(folder, {}), folder / "state")
            made_of.write_text(wanted)
    return folder / "state"


def new_state(state: Path) -> None:
    """Make a state folder with a migrated, empty database."""
    shutil.copytree(_migrated(), state)


def database_of(state: Path) -> Path:
    """The file of the database in a state folder."""
    (file,) = (path for path in (state / "v3" / "d1").rglob("*.sqlite") if path.name != "metadata.sqlite")
    return file


class Local(Deployment):
    """A Worker that the tests started: its runtime, its state and its terminal are at hand."""

    def __init__(self, runtime: Runtime, state: Path, output: Path) -> None:
        super().__init__(runtime.url)
        self.runtime = runtime
        self.state = state
        self.output = output


def start_local(
    folder: Path,
    name: str,
    variables: dict[str, str] | None = None,
    migrated: bool = False,
    source: Path = ROOT / "src",
    limited: bool = False,
) -> Local:
    """Start a Worker with its state and output in a folder. migrated: leave the database as it is. limited: for
    strangers, by the rate limits of wrangler.toml.
    """
    if not migrated and not (folder / "state").exists():
        new_state(folder / "state")
        migrated = True
    output = folder / f"{name}.log"
    with output.open("w") as terminal:
        place = f"tests-{name}-{PROCESS}"
        runtime = Runtime(place, free_port(), folder / "state", variables, terminal, source, limited)
        runtime.start(migrated)
    return Local(runtime, folder / "state", output)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the contract tests run against any deployment."""
    parser.addoption("--base-url", help="a running deployment; its keys in TRACK_API_KEY and ANALYTICS_API_KEY")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a Worker or a browser go to one process, in a row; all others wherever there is room. Those that
    start a Worker for themselves begin early: at the end, nobody would have work while they wait.
    """
    for item in items:
        if group := _shared_by(item):
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: item.path.parent.name != "worker" or _shared_by(item) == "local")


def _shared_by(item: pytest.Item) -> str | None:
    if {"local", "deployment"} & set(item.fixturenames):
        return "local"
    scopes = {definitions[-1].scope for definitions in item._fixtureinfo.name2fixturedefs.values()}
    if "package" in scopes:
        return item.module.__package__
    return item.module.__name__ if "module" in scopes else None


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """One Worker for all tests that ask for no settings of their own."""
    worker = start_local(tmp_path_factory.mktemp("worker"), "main")
    yield worker
    worker.runtime.stop()


@pytest.fixture(scope="session")
def deployment(request: pytest.FixtureRequest) -> Deployment:
    """The deployment under test: --base-url, or the local Worker."""
    url = request.config.getoption("--base-url")
    if not url:
        return request.getfixturevalue("local")
    keys = {"Authorization": f"Bearer {os.environ['TRACK_API_KEY']}"} if os.environ.get("TRACK_API_KEY") else {}
    if os.environ.get("ANALYTICS_API_KEY"):
        keys["X-Api-Key"] = os.environ["ANALYTICS_API_KEY"]
    return Deployment(url, keys)
