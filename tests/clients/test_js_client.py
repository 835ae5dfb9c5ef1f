"""What the JavaScript client promises beyond the common contract: any end, and every place that runs it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from collector import Collector
from inprocess import JS, JS_ENTRY, NODE, environment, hold, run, spool, wait_for_senders
from playwright.sync_api import Page, sync_playwright
from processes import ROOT

from tools import browser

MODULE = ROOT / "client" / "js" / "track-skills.js"
HERE = Path(__file__).parent
IN_BROWSER = pytest.mark.skipif(not browser.installed(), reason="no Chromium or Chrome")
NODE_VERSION = tuple(int(part) for part in re.findall(r"\d+", subprocess.check_output([NODE, "--version"], text=True)))


def test_executions(home: Path) -> None:
    hold(home)
    (home / "spool").mkdir()
    done = run([NODE, "--test", HERE / "js" / "executions.test.mjs"], environment(home))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("code", "events", "exit_code"),
    [
        ("track('skill')", 1, 0),
        ("track('skill'); process.exit(3)", 1, 3),
        ("track('skill'); throw new Error('mine')", 1, 1),
        ("track('skill'); await Promise.reject(new Error('mine'))", 1, 1),
        ("trackSkillExecution('skill', async () => { throw new Error('mine') })", 1, 1),
        ("process.on('exit', () => track('skill'))", 1, 0),
        ("for (let i = 0; i < 150; i++) track('skill'); process.exit(0)", 150, 0),
        ("track('a'); setTimeout(() => { track('b'); process.kill(process.pid, 'SIGTERM') }, 50)", 2, -15),
    ],
)
def test_process_may_end_as_it_likes(code: str, events: int, exit_code: int, home: Path) -> None:
    with Collector("503") as collector:
        done = JS.run(code, environment(home, collector.url))
        assert (done.returncode, done.stdout) == (exit_code, "")
        assert ("mine" in done.stderr) == ("mine" in code)
        assert len(spool(home)) == events
        collector.wait_requests(1)


def test_worker_threads(home: Path) -> None:
    code = f"""
        import {{ Worker }} from "node:worker_threads";
        const code = 'import({json.dumps(JS_ENTRY)}).then(({{ track }}) => track("thread"))';
        for (let i = 0; i < 4; i++) new Worker(code, {{ eval: true }});
    """
    assert JS.run(code, environment(home)).returncode == 0
    assert len(spool(home)) == 4


def test_host_options_do_not_reach_the_sender(home: Path, tmp_path: Path) -> None:
    hook = tmp_path / "hook.cjs"
    hook.write_text(f"require('fs').appendFileSync({json.dumps(str(tmp_path / 'loaded'))}, 'x')")
    hold(home)
    with Collector() as collector:
        JS.run("track('skill'); flush()", environment(home, collector.url, NODE_OPTIONS=f"--require={hook}"))
        collector.wait(1)
        wait_for_senders(home)
    assert (tmp_path / "loaded").read_text() == "x"


@pytest.mark.skipif(NODE_VERSION < (20, 16), reason="a single file needs process.getBuiltinModule")
def test_one_file_copied_alone(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copied" / "track-skills.mjs"
    copy.parent.mkdir()
    shutil.copy(MODULE, copy)
    hold(home)
    with Collector() as collector:
        code = "import { flush, track } from './track-skills.mjs'; track('skill'); flush(); process.exit(0)"
        (copy.parent / "main.mjs").write_text(code)
        assert run([NODE, "main.mjs"], environment(home, collector.url), cwd=copy.parent).returncode == 0
        collector.wait(1)
        wait_for_senders(home)


@pytest.mark.skipif(NODE_VERSION < (22, 12), reason="require of a module needs Node 22.12")
def test_required_from_commonjs(home: Path) -> None:
    hold(home)
    code = f"require({json.dumps(str(MODULE.with_name('node.js')))}).track('skill')"
    done = run([NODE, "--no-warnings", "-e", code], environment(home))
    assert (done.returncode, done.stderr, len(spool(home))) == (0, "", 1)


@pytest.mark.skipif(not (ROOT / "node_modules" / ".bin" / "esbuild").exists(), reason="esbuild is not installed")
def test_bundled(home: Path, tmp_path: Path) -> None:
    entry = tmp_path / "main.mjs"
    entry.write_text(f"import {{ track }} from {json.dumps(str(MODULE.with_name('node.js')))}; track('skill');")
    esbuild = [ROOT / "node_modules" / ".bin" / "esbuild", entry, "--bundle", "--platform=node", "--format=cjs"]
    with Collector() as collector:
        for number, option in enumerate(["--tree-shaking=true", "--minify", "--keep-names"]):
            bundle = tmp_path / f"bundle{number}.cjs"
            assert run([*esbuild, f"--outfile={bundle}", option], environment(home)).returncode == 0
            assert run([NODE, bundle], environment(home / str(number), collector.url)).returncode == 0
        collector.wait(3)


PAGE = """<!doctype html><script type="module">
import {{ configure, isDisabled, track, trackSkillExecution }} from "/track-skills.js";
configure({{ endpoint: "{endpoint}", category: "page" }});
{script}
</script>"""

FIRST = """
track("first", { status: "success" });
await trackSkillExecution("failing", async () => { throw new RangeError("canary") }).catch(() => {});
Object.defineProperty(navigator, "globalPrivacyControl", { value: true });
track("last");
"""
MANY = "for (let i = 0; i < 300; i++) track(`skill-${i}`, { status: 'success', duration_ms: i });"


@contextmanager
def page(folder: Path, collector: Collector, script: str) -> Iterator[Page]:
    """A browser that shows a page with the module, configured for the collector, and this script."""
    shutil.copy(MODULE, folder)
    (folder / "index.html").write_text(PAGE.format(endpoint=collector.url, script=script))
    (folder / "other.html").write_text("<!doctype html>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright, browser.launch(playwright) as running:
            shown = running.new_page()
            shown.goto(f"http://127.0.0.1:{server.server_port}/")
            yield shown
    finally:
        server.shutdown()
        server.server_close()


@IN_BROWSER
def test_browser(tmp_path: Path) -> None:
    with Collector() as collector, page(tmp_path, collector, FIRST):
        events = {event["tool_name"]: event for event in collector.wait(2, 20)}
    first, failing = events.pop("first"), events.pop("failing")
    assert not events
    assert (first["tool_category"], first["runtime"]) == ("page", "browser")
    assert (failing["status"], failing["error_type"]) == ("error", "RangeError")
    assert not {"anonymous_id", "os", "session_id"} & set(first)
    assert {headers["Content-Type"] for _, _, headers, _ in collector.requests} == {"text/plain;charset=UTF-8"}


@IN_BROWSER
def test_browser_sends_many_events_of_one_turn(tmp_path: Path) -> None:
    with Collector() as collector, page(tmp_path, collector, MANY):
        assert len(collector.wait(300, 20)) == 300
    assert len(collector.arrived) == 300
    assert max(map(len, collector.bodies)) < 64 * 1024


@IN_BROWSER
def test_browser_sends_what_waits_when_the_page_goes(tmp_path: Path) -> None:
    """Nobody answers the first request: it and what waits behind it go with a beacon."""
    with Collector("hole") as collector, page(tmp_path, collector, MANY.replace("300", "150")) as shown:
        collector.wait_requests(1, 20)
        collector.mode = "ok"
        shown.goto(shown.url + "other.html")
        assert len(collector.wait(150, 20)) == 150


@IN_BROWSER
def test_browser_keeps_what_nobody_took(tmp_path: Path) -> None:
    with Collector("503") as collector, page(tmp_path, collector, MANY + "globalThis.track = track;") as shown:
        collector.wait_requests(1, 20)
        shown.wait_for_timeout(300)
        collector.mode = "ok"
        shown.evaluate("track('last')")
        assert len(collector.wait(301, 20)) == 301


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Silent: stderr belongs to the tests."""


@pytest.mark.skipif(not (ROOT / "node_modules" / "miniflare").exists(), reason="miniflare is not installed")
@pytest.mark.skipif(NODE_VERSION < (22, 12), reason="miniflare needs Node 22.12")
def test_cloudflare_worker(tmp_path: Path) -> None:
    with Collector() as collector:
        done = run([NODE, HERE / "js" / "worker.mjs", collector.url], environment(tmp_path / "state"))
        assert json.loads(done.stdout) == {"before": True, "after": False, "value": 7}, done.stderr
        events = collector.wait(2)
    assert {event["runtime"] for event in events} == {"workers"}
    assert not (tmp_path / "state").exists()


@pytest.mark.skipif(not shutil.which("deno"), reason="Deno is not installed")
@pytest.mark.parametrize(
    ("permissions", "variables", "events"),
    [
        (["-A"], {}, 1),
        (["--allow-net"], {}, 1),
        (["--allow-net"], {"DO_NOT_TRACK": "1"}, 1),
        (["--allow-net", "--allow-env"], {"DO_NOT_TRACK": "1"}, 0),
        ([], {}, 0),
    ],
)
def test_deno(permissions: list[str], variables: dict[str, str], events: int, home: Path, tmp_path: Path) -> None:
    with Collector() as collector:
        code = (
            f"import {{ configure, track }} from {json.dumps(MODULE.as_uri())};"
            f"configure({{ endpoint: {json.dumps(collector.url)} }}); track('skill');"
        )
        (tmp_path / "main.mjs").write_text(code)
        command = ["deno", "run", *permissions, tmp_path / "main.mjs"]
        done = run(command, environment(home, collector.url, DENO_DIR=str(tmp_path / "deno"), **variables))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        sent = collector.wait(events)
        wait_for_senders(home)
    assert [event["runtime"][:5] for event in sent] == ["deno "] * events
    assert home.exists() == (permissions == ["-A"])
