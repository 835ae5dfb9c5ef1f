"""What production refuses while a Worker is imported, the embedded runtime refuses too."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Local, start_local
from tools.embedded.runtime import ROOT, SCHEDULED_PATH, RuntimeStartError

# Each is refused while modules are imported, and works in a request.
REFUSED = {
    "os.urandom": "os.urandom(4)",
    "a name kept for it": "urandom(4)",
    "secrets": "secrets.token_hex()",
    "random.random": "random.random()",
    "random.choice": "random.choice([1, 2])",
    "random.seed": "random.seed()",
    "random.Random": "random.Random()",
    "random.SystemRandom": "random.SystemRandom().random()",
    "uuid4": "uuid.uuid4()",
    "js.crypto.getRandomValues": "js.crypto.getRandomValues(js.Uint8Array.new(4))",
    "js.crypto.randomUUID": "js.crypto.randomUUID()",
    "js.setTimeout": "js.clearTimeout(js.setTimeout(js.Date, 0))",
    "js.fetch": "js.fetch('data:,').catch(js.Date)",
    "a fetch kept for it": "fetch('data:,').catch(js.Date)",
    "connect": "import_from_javascript('cloudflare:sockets').connect('127.0.0.1:1').closed.catch(js.Date)",
    "socket.getaddrinfo": "socket.getaddrinfo('127.0.0.1', 1)",
    "socket.connect": "socket.socket().connect_ex(('127.0.0.1', 1))",
}
ALLOWED = {
    "a seed of one's own": "random.Random(7).random()",
    "hmac": "hmac.digest(b'key', b'text', 'sha256').hex()",
    "a module of the standard library that draws entropy": (
        "importlib.import_module('multiprocessing.process').current_process().authkey"
    ),
}
PROBE = f"""
import hmac, importlib, os, random, secrets, socket, uuid
from os import urandom
import colorsys
import js
from js import JSON, fetch
from workers import env, import_from_javascript, wait_until

def outcomes():
    return {{name: outcome(expression) for name, expression in {REFUSED | ALLOWED!r}.items()}}

def outcome(expression):
    try:
        eval(expression)
    except Exception as error:
        return str(error)
    return "done"

def stack():  # where JavaScript is while a C function of one argument calls Python
    js.Error.stackTraceLimit = 1000
    return "".join(js.Error.new().stack for _ in range(1))

AT_IMPORT = outcomes()
SHADOWED = not hasattr(colorsys, "OURS")
CRONS = []
"""
ENTRY = """
import json
import probe
from workers import Response as WorkerResponse

class Default(Default):
    async def fetch(self, request):
        found = {"import": probe.AT_IMPORT, "request": probe.outcomes(), "crons": probe.CRONS}
        found["shadowed"] = probe.SHADOWED
        found["stack"] = probe.stack()
        return WorkerResponse(json.dumps(found))

    async def scheduled(self, controller, env, ctx):
        probe.CRONS.append(controller.cron)
"""
KEPT = """
import js
from pyodide.ffi import create_proxy, to_js

class Holder:
    MADE = js.Map.new()

MADE = js.Map.new()
TURNED = to_js([1])
PROXY = create_proxy(print)
LIST = [js.Map.new()]
TUPLE = (js.Map.new(),)
DICT = {"a": js.Map.new()}
INSTANCE = Holder()
INSTANCE.made = js.Map.new()
DEEPER = js.Object.fromEntries
"""
FINE = """
import js
from js import JSON, Response as Renamed
from pyodide.ffi import JsException, JsProxy, to_js
from workers import env, wait_until

NUMBERS = to_js(1)
NAMES = {"a": [1]}
"""


def start(folder: Path, name: str, files: dict[str, str]) -> Local:
    """Start a Worker made of src/ and more: files are added, or appended where there is one of that name."""
    source = folder / "source"
    shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
    for file, text in files.items():
        with (source / file).open("a") as target:
            target.write(text)
    return start_local(folder, name, migrated=True, source=source)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What came of each operation, at import and in a request."""
    files = {"probe.py": PROBE, "colorsys.py": "OURS = True\n", "entry.py": ENTRY}
    worker = start(tmp_path_factory.mktemp("guards"), "guards", files)
    try:
        worker.send("GET", "/cdn-cgi/handler/scheduled?cron=*+*+*+*+*")
        yield json.loads(worker.send("GET", "/healthz").body)
    finally:
        worker.runtime.stop()


@pytest.mark.parametrize("operation", REFUSED)
def test_refused_while_modules_are_imported(found: dict[str, Any], operation: str) -> None:
    assert "production refuses entropy and I/O while modules are imported" in found["import"][operation]
    assert "production refuses" not in found["request"][operation]


@pytest.mark.parametrize("operation", ALLOWED)
def test_allowed_while_modules_are_imported(found: dict[str, Any], operation: str) -> None:
    assert (found["import"][operation], found["request"][operation]) == ("done", "done")


def test_a_module_named_like_one_of_the_standard_library_is_shadowed(found: dict[str, Any]) -> None:
    assert found["shadowed"]


def test_python_calls_c_functions_without_a_way_round_through_javascript(found: dict[str, Any]) -> None:
    assert "wasm-function" in found["stack"]
    assert "TrampolineCall" not in found["stack"]


def test_the_cron_is_fired_by_the_path_of_both_runtimes(found: dict[str, Any]) -> None:
    assert found["crons"] == ["* * * * *"]
    assert SCHEDULED_PATH == "/cdn-cgi/handler/scheduled"


def test_entropy_at_import_fails_the_start(tmp_path: Path) -> None:
    files = {"kept.py": "import os\nSALT = os.urandom(8)\n", "entry.py": "\nimport kept\n"}
    with pytest.raises(RuntimeStartError, match=r'(?s)kept\.py", line 2.*urandom: production refuses entropy'):
        start(tmp_path, "entropy", files)


def test_a_kept_javascript_object_fails_the_start(tmp_path: Path) -> None:
    with pytest.raises(RuntimeStartError) as caught:
        start(tmp_path, "kept", {"kept.py": KEPT, "fine.py": FINE, "entry.py": "\nimport fine, kept\n"})
    names = ("DEEPER", "DICT", "Holder", "INSTANCE", "LIST", "MADE", "PROXY", "TUPLE", "TURNED")
    assert f"production refuses: {', '.join(f'kept.{name}' for name in names)}.\n" in f"{caught.value}\n"
