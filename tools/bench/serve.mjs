// Serves Workers with Miniflare alone, without the development server's proxy in between, for measurements.
// Usage: node serve.mjs '{"config": wrangler.json of a built runtime, "state": folder, "port": n}'
//        node serve.mjs '{"script": file, …}' for a plain JavaScript Worker with the same bindings
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";

const NEVER_REACHED = 1e9;
const { config, script, state, port } = JSON.parse(process.argv[2]);
const settings = JSON.parse(await readFile(config));
const folder = dirname(config);
const root = join(import.meta.dirname, "../../node_modules/pyodide");

async function embedded() {
  const file = (type, path, from) => readFile(join(from, path.split("/").pop())).then((contents) => ({ type, path, contents }));
  return Promise.all([
    file("ESModule", "host.mjs", folder),
    file("ESModule", "prelude.mjs", folder),
    file("CompiledWasm", "trampoline.wasm", folder),
    file("Data", "app.zip", folder),
    file("Text", "bootstrap.py", folder),
    file("ESModule", "pyodide/pyodide.mjs", root),
    file("ESModule", "pyodide/pyodide.asm.mjs", root),
    file("CompiledWasm", "pyodide/pyodide.asm.wasm", root),
    file("Data", "python_stdlib.zip", root), // as it comes: the import's time is measured
    readFile(join(root, "pyodide-lock.json")).then((json) => ({
      type: "ESModule",
      path: "pyodide/pyodide-lock.json",
      contents: `export default ${json};`,
    })),
  ]);
}

const modules = script
  ? [{ type: "ESModule", path: "worker.mjs", contents: await readFile(script) }]
  : await embedded();
const server = new Miniflare({
  ...convertV4MiniflareOptions({
    host: "127.0.0.1",
    port,
    modulesRoot: "/",
    modules: modules.map(({ path, ...rest }) => ({ path: `/${path}`, ...rest })),
    compatibilityDate: settings.compatibility_date,
    compatibilityFlags: settings.compatibility_flags,
    d1Databases: Object.fromEntries(settings.d1_databases.map((it) => [it.binding, it.database_id ?? it.binding])),
    bindings: settings.vars,
    ratelimits: Object.fromEntries(
      (settings.ratelimits ?? []).map(({ name, namespace_id, simple }) => [
        name,
        { namespace_id, simple: { ...simple, limit: NEVER_REACHED } },
      ]),
    ),
  }),
  resourcePersistencePath: join(state, "v3"),
});
await server.ready;
