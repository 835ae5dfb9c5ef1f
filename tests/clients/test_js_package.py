"""The JavaScript package as people get it: packed, installed into an empty folder, loaded and typed in every way."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from collector import Collector
from inprocess import NODE, environment, run, spool, wait_for_senders
from processes import CLIENT, ROOT

HERE = Path(__file__).parent
TSC = ROOT / "node_modules" / ".bin" / "tsc"
# This project's Node, and those of other versions that are at hand under such a name.
NODES = [NODE, *(path for path in map(shutil.which, ("node18", "node20", "node22", "node26")) if path)]
LOADING = {
    "main.cjs": "const { flush, track } = require('track-skills');",
    "main.mjs": "import { flush, track } from 'track-skills';",
    "dynamic.cjs": "(async () => { const { flush, track } = await import('track-skills');",
    "default.mjs": "import * as client from 'track-skills'; const { flush, track } = client;",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the packed package was installed, and nothing else."""
    folder = tmp_path_factory.mktemp("project")
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("npm is not installed")
    packing = [npm, "pack", "--silent", "--pack-destination", str(folder), str(CLIENT / "js")]
    packed = subprocess.run(packing, check=True, capture_output=True, text=True, timeout=120).stdout.split()[-1]
    (folder / "package.json").write_text("{}")
    install = [npm, "install", "--offline", "--silent", f"./{packed}"]
    subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=120)
    return folder


def test_the_package_has_what_it_names(project: Path) -> None:
    package = json.loads((project / "node_modules" / "track-skills" / "package.json").read_text())
    there = {path.name for path in (project / "node_modules" / "track-skills").iterdir()}
    assert there == {*package["files"], "package.json", "README.md"}
    text = json.dumps(package["exports"]) + package["main"] + package["types"]
    assert all(name in text for name in package["files"])


@pytest.mark.parametrize("node", NODES, ids=lambda path: Path(path).name)
@pytest.mark.parametrize("name", [*LOADING])
def test_loaded_and_delivered(node: str, name: str, project: Path, home: Path) -> None:
    closing = " })()" if "async ()" in LOADING[name] else ""
    (project / name).write_text(f"{LOADING[name]} track('skill', {{ status: 'success' }}); flush();{closing}")
    with Collector() as collector:
        done = run([node, name], environment(home, collector.url), cwd=project)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        [event] = collector.wait(1)
        wait_for_senders(home)
    assert (event["tool_name"], event["runtime"][:5]) == ("skill", "node ")
    assert spool(home) == []


# What jest does: the package's code runs in a realm of its own, with a `require` that resolves as the realm is told.
IN_A_REALM = """
const { createRequire } = require("node:module");
const vm = require("node:vm");
const fs = require("node:fs");
const context = vm.createContext({ process, performance, crypto, setTimeout, console, TextEncoder, Buffer });
const load = (file) => {
  const module = { exports: {} };
  const own = (name) => (name.startsWith(".") ? load(createRequire(file).resolve(name)) : require(name));
  const code = `(function (module, exports, require) {${fs.readFileSync(file, "utf8")}\\n})`;
  vm.runInContext(code, context)(module, module.exports, own);
  return module.exports;
};
const { trackSkillExecution } = load(require.resolve("track-skills"));
trackSkillExecution("skill", async () => 7).then((value) => { if (value !== 7) process.exit(1); });
"""


def test_required_in_a_realm_of_its_own(project: Path, home: Path) -> None:
    (project / "realm.cjs").write_text(IN_A_REALM)
    with Collector() as collector:
        done = run([NODE, "realm.cjs"], environment(home, collector.url), cwd=project)
        assert (done.returncode, done.stderr) == (0, "")
        [event] = collector.wait(1)
        wait_for_senders(home)
    assert event["status"] == "success"


@pytest.mark.skipif(not TSC.exists(), reason="typescript is not installed")
@pytest.mark.parametrize("kind", ["commonjs", "module"])
@pytest.mark.parametrize("resolution", ["nodenext", "bundler"])
def test_types_under_strict_settings(kind: str, resolution: str, project: Path, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(project / "node_modules")
    (tmp_path / "package.json").write_text(json.dumps({"type": kind}))
    shutil.copy(HERE / "js" / "usage.ts", tmp_path)
    options = {
        "strict": True,
        "exactOptionalPropertyTypes": True,
        "noUncheckedIndexedAccess": True,
        "verbatimModuleSyntax": kind == "module",
        "skipLibCheck": False,
        "noEmit": True,
        "target": "es2022",
        "module": "nodenext" if resolution == "nodenext" else "esnext",
        "moduleResolution": resolution,
        "types": [],
    }
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["usage.ts"]}))
    done = run([NODE, TSC, "-p", "."], environment(tmp_path), cwd=tmp_path)
    assert (done.stdout, done.returncode) == ("", 0)
