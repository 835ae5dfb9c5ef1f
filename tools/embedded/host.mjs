// Runs the Python Worker where workerd cannot download its own Python: boots CPython (npm's pyodide, the release of workerd's
// bundle) inside workerd and hands every request and cron event to the entrypoint through the official SDK.
import "./prelude.mjs";
import * as sockets from "cloudflare:sockets";
import * as workers from "cloudflare:workers";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import wasm from "pyodide/pyodide.asm.wasm";
import lockFileContents from "pyodide/pyodide-lock.json";
import { loadPyodide } from "pyodide/pyodide.mjs";
import stdlib from "pyodide/python_stdlib.zip";
import app from "./app.zip";

const ENTRYPOINT = `
import sys, time
sys.path.insert(0, "/session/metadata")
sys.path.append("/session/metadata/python_modules")
import workers
started = time.perf_counter()
from entry import Default
import_ms = (time.perf_counter() - started) * 1000
from workers import python_from_rpc, python_to_rpc

async def call(ctx, env, method, *args):
    return python_to_rpc(await getattr(Default(ctx, env), method)(*map(python_from_rpc, args)))

(call, import_ms)
`;

async function boot(env) {
  const { fetch } = globalThis;
  globalThis.fetch = async () => new Response(stdlib); // the one thing that Pyodide fetches and reads
  WebAssembly.instantiateStreaming = async (response, imports) => {
    await response;
    return { module: wasm, instance: await WebAssembly.instantiate(wasm, imports) }; // workerd compiles no bytes at run time
  };
  let pyodide;
  try {
    pyodide = await loadPyodide({
      indexURL: "https://pyodide.invalid/",
      createPyodideModule,
      lockFileContents,
      stdin: () => "",
    });
  } finally {
    globalThis.fetch = fetch;
  }
  pyodide.unpackArchive(app, "zip", { extractDir: "/session/metadata" });
  pyodide.registerJsModule("_pyodide_entrypoint_helper", {
    cloudflareWorkersModule: env.EMBEDDED_PROBE ? { ...workers, env: metered(env) } : workers,
    cloudflareSocketsModule: sockets,
    workerEntrypoint: workers.WorkerEntrypoint,
    doAnImport: (name) => import(name),
    patchWaitUntil() {},
  });
  pyodide.registerJsModule("_cloudflare_compat_flags", {});
  const [call, importMs] = pyodide.runPython(ENTRYPOINT);
  return { call, importMs };
}

let booted;
const meter = { statements: 0, rows_read: 0, rows_written: 0 };
let clockOffset = 0;

// For measurements: the same bindings, with D1's own account of what each statement cost.
function metered(env) {
  const batch = async (statements) => {
    const results = await env.DB.batch(statements);
    for (const { meta } of results) {
      meter.statements += 1;
      meter.rows_read += meta.rows_read;
      meter.rows_written += meta.rows_written;
    }
    return results;
  };
  return { ...env, DB: { prepare: (sql) => env.DB.prepare(sql), batch } };
}

// For measurements: POST {"cold": true} forgets all that the isolate remembers, {"cron": true} fires the cron, {"sql":
// [statements]} runs them; answers with the meter.
async function probe(request, env, ctx) {
  const { cold = false, cron = false, sql = [] } = request.method === "POST" ? await request.json() : {};
  if (cold) booted = undefined;
  const { importMs } = await (booted ??= boot(env));
  const results = [];
  for (const statement of sql) results.push(await env.DB.prepare(statement).all());
  const before = meter.rows_read;
  if (cron) await dispatch(ctx, env, "scheduled", {}, env, ctx);
  return Response.json({ ...meter, cron_rows_read: meter.rows_read - before, import_ms: importMs, results });
}

const realNow = Date.now;
Date.now = () => realNow() + clockOffset;

async function dispatch(ctx, env, method, ...args) {
  booted ??= boot(env);
  try {
    const { call } = await booted;
    return await call(ctx, env, method, ...args);
  } catch (error) {
    console.error(error.message); // a Python traceback belongs in the terminal, never in an answer
    if (method !== "fetch") throw error;
    return Response.json({ success: false, error: "The Worker failed; its terminal says how." }, { status: 500 });
  }
}

export default {
  async fetch(request, env, ctx) {
    if (env.EMBEDDED_PROBE) {
      const now = request.headers.get("x-embedded-now"); // epoch milliseconds
      if (now) clockOffset = now - realNow();
      if (new URL(request.url).pathname === "/__probe") return probe(request, env, ctx);
    }
    return dispatch(ctx, env, "fetch", request);
  },
  scheduled: (event, env, ctx) => dispatch(ctx, env, "scheduled", event, env, ctx),
};
