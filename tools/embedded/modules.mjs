// Compiles the modules of an archive as CPython does, to an archive that keeps each by the hash of its source and the path
// at which CPython looks for it: node modules.mjs sources.zip target.zip.
import { readFile, writeFile } from "node:fs/promises";
import { loadPyodide } from "pyodide";

const [sources, target] = process.argv.slice(2);
const pyodide = await loadPyodide();
pyodide.FS.writeFile("/sources.zip", new Uint8Array(await readFile(sources)));
pyodide.runPython(`
from hashlib import sha256
from importlib._bootstrap_external import _code_to_hash_pyc
from importlib.util import cache_from_source
from zipfile import ZIP_DEFLATED, ZipFile

with ZipFile("/sources.zip") as archive, ZipFile("/compiled.zip", "w", ZIP_DEFLATED) as compiled:
    for path in archive.namelist():
        if path.endswith(".py"):
            source = archive.read(path)
            # It is used for this very source alone: no hash is looked at.
            code = _code_to_hash_pyc(compile(source, path, "exec", dont_inherit=True), bytes(8), checked=False)
            compiled.writestr(f"{sha256(source).hexdigest()}/{cache_from_source(path)}", code)
`);
await writeFile(target, pyodide.FS.readFile("/compiled.zip"));
