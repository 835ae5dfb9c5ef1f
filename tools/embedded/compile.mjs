// Adds to CPython's standard library what it compiles to, of the modules that are imported: node compile.mjs '["json", …]'
// target.zip. In workerd CPython would compile them again at each start.
import { readFile, writeFile } from "node:fs/promises";
import { loadPyodide } from "pyodide";

const [names, target] = process.argv.slice(2);
const pyodide = await loadPyodide();
const plain = new URL("python_stdlib.zip", import.meta.resolve("pyodide"));
pyodide.FS.writeFile("/stdlib.zip", new Uint8Array(await readFile(plain)));
pyodide.globals.set("names", names);
pyodide.runPython(`
import importlib, json, sys
from contextlib import suppress
from importlib._bootstrap_external import _code_to_hash_pyc
from zipfile import ZIP_DEFLATED, ZipFile
from zipimport import zipimporter

for name in json.loads(names):
    with suppress(ImportError):
        importlib.import_module(name)
with ZipFile("/stdlib.zip", "a", ZIP_DEFLATED) as archive:
    for module in list(sys.modules.values()):
        loader = getattr(module, "__loader__", None)
        if isinstance(loader, zipimporter):
            path = loader.get_filename(module.__name__)
            # The archive is not changed any more: no hash of the source is looked at.
            compiled = _code_to_hash_pyc(loader.get_code(module.__name__), bytes(8), checked=False)
            archive.writestr(path.removeprefix(f"{loader.archive}/") + "c", compiled)
`);
await writeFile(target, pyodide.FS.readFile("/stdlib.zip"));
