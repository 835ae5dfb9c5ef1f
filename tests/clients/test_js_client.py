"""What the JavaScript client promises beyond the common contract: any end, and every place that runs it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from collector import Collector
from inprocess import JS, JS_ENTRY, NODE, environment, hold, run, senders, spool, wait_for_senders
from processes import ROOT

from tools import browser

MODULE = ROOT / "client" / "js" / "track-skills.js"
HERE = Path(__file__).parent
CHROMIUM = browser.installed()
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
    done = JS.run(code, environment(home))
    assert (done.returncode, done.stdout) == (exit_code, "")
    assert ("mine" in done.stderr) == ("mine" in code)
    assert len(spool(home)) == events
    assert len(senders(home)) == 1


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
const before = isDisabled();
configure({{ endpoint: "{endpoint}", category: "page" }});
track("beacon", {{ status: "success" }});
await trackSkillExecution("failing", async () => {{ throw new RangeError("canary") }}).catch(() => {{}});
{setup}
track("last");
</script>"""


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium or Chrome")
def test_browser(tmp_path: Path) -> None:
    with Collector() as collector:
        shutil.copy(MODULE, tmp_path)
        setup = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });"
        (tmp_path / "index.html").write_text(PAGE.format(endpoint=collector.url, setup=setup))
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        flags = [*browser.FLAGS, "--headless", f"--user-data-dir={tmp_path / 'profile'}"]
        running = subprocess.Popen(
            [str(CHROMIUM), *flags, "--remote-debugging-port=0", f"http://127.0.0.1:{server.server_port}/"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            events = {event["tool_name"]: event for event in collector.wait(2, 20)}
        finally:
            running.terminate()
            running.wait(10)
            server.shutdown()
            server.server_close()
    beacon, failing = events.pop("beacon"), events.pop("failing")
    assert not events
    assert (beacon["tool_category"], beacon["runtime"]) == ("page", "browser")
    assert (failing["status"], failing["error_type"]) == ("error", "RangeError")
    assert not {"anonymous_id", "os", "session_id"} & set(beacon)
    assert {headers["Content-Type"] for _, _, headers, _ in collector.requests} == {"text/plain;charset=UTF-8"}


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
