// Runs the Python Worker where workerd cannot download its own Python: boots CPython (npm's pyodide, the release of workerd's
// bundle) inside workerd and hands every request and cron event to the entrypoint through the official SDK.
import "./prelude.mjs";
import * as sockets from "cloudflare:sockets";
import * as workers from "cloudflare:workers";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import wasm from "pyodide/pyodide.asm.wasm";
import lockFileContents from "pyodide/pyodide-lock.json";
import { loadPyodide } from "pyodide/pyodide.mjs";
import app from "./app.zip";
import bootstrap from "./bootstrap.py";
import stdlib from "./python_stdlib.zip";
import trampoline from "./trampoline.wasm";

const TRAMPOLINE_BYTES = 256; // what calls a single JavaScript function has fewer

// Production refuses these while a Worker is imported. Each stays wrapped, as a module may keep it for later.
let importing = false;
let memory; // CPython's, into which it draws its own entropy, behind guards of its own (bootstrap.py)
const network = { ...sockets, connect: guarded(sockets, "connect") };
for (const [owner, name] of [
  [globalThis, "fetch"],
  [globalThis, "setInterval"],
  [globalThis, "setTimeout"],
  [crypto, "getRandomValues"],
  [crypto, "randomUUID"],
  [crypto.subtle, "generateKey"],
]) {
  owner[name] = guarded(owner, name);
}

function guarded(owner, name) {
  const real = owner[name];
  return (...args) => {
    if (importing && !(ArrayBuffer.isView(args[0]) && args[0].buffer === memory)) {
      throw new Error(`${name}: production refuses entropy and I/O while modules are imported.`);
    }
    return real.apply(owner, args);
  };
}

// Whether a value was there for modules to import, in `js` or through the SDK, and not made by them.
function isImported(value) {
  for (const module of [globalThis, workers, network]) {
    if (module === value) return true;
    for (let owner = module; owner; owner = Object.getPrototypeOf(owner)) {
      if (Object.getOwnPropertyNames(owner).some((name) => module[name] === value)) return true;
    }
  }
  return false;
}

async function boot(env) {
  const { fetch } = globalThis;
  globalThis.fetch = async () => new Response(stdlib); // the one thing that Pyodide fetches and reads
  WebAssembly.instantiateStreaming = async (response, imports) => {
    await response;
    return { module: wasm, instance: await WebAssembly.instantiate(wasm, imports) }; // workerd compiles no bytes at run time
  };
  const { Module } = WebAssembly;
  // The one module of some size that Pyodide compiles as it starts, as it does in production (trampoline.py).
  WebAssembly.Module = new Proxy(Module, {
    construct: (target, [bytes]) => (bytes.length > TRAMPOLINE_BYTES ? trampoline : new target(bytes)),
  });
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
    WebAssembly.Module = Module;
  }
  pyodide.unpackArchive(app, "zip", { extractDir: "/session/metadata" });
  pyodide.registerJsModule("_pyodide_entrypoint_helper", {
    cloudflareWorkersModule: env.EMBEDDED_PROBE ? { ...workers, env: metered(env) } : workers,
    cloudflareSocketsModule: network,
    workerEntrypoint: workers.WorkerEntrypoint,
    doAnImport: (name) => import(name),
    patchWaitUntil() {},
  });
  pyodide.registerJsModule("_cloudflare_compat_flags", {});
  pyodide.runPython(bootstrap, { filename: "bootstrap.py" });
  try {
    memory = pyodide._module.HEAPU8.buffer;
    importing = true;
    const [call, importMs] = pyodide.globals.get("import_worker")(isImported);
    return { call, importMs, heap: () => pyodide._module.HEAPU8.byteLength };
  } finally {
    importing = false;
  }
}

let booted;
const meter = { statements: 0, rows_read: 0, rows_written: 0 };
let recorded; // batches of [SQL, ...parameters], while someone wants to know
let clockOffset = 0;

// For measurements: the same bindings, with D1's own account of what each statement cost.
function metered(env) {
  const batch = async (statements) => {
    recorded?.push(statements.map(({ statement, params }) => [statement, ...params]));
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
// [statements]} runs them, {"record": true} begins to record what D1 is asked and {"record": false} ends it; answers with
// the meter, and with what was recorded before.
async function probe(request, env, ctx) {
  const { cold = false, cron = false, sql = [], record } = request.method === "POST" ? await request.json() : {};
  const batches = recorded;
  if (record !== undefined) recorded = record ? [] : undefined;
  if (cold) booted = undefined;
  booted ??= boot(env);
  const { importMs, heap } = await booted;
  const results = [];
  for (const statement of sql) results.push(await env.DB.prepare(statement).all());
  const before = meter.rows_read;
  if (cron) await dispatch(ctx, env, "scheduled", {}, env, ctx);
  return Response.json({ ...meter, cron_rows_read: meter.rows_read - before, import_ms: importMs, heap_bytes: heap(), results, recorded: batches });
}

const realNow = Date.now;
Date.now = () => realNow() + clockOffset;

async function dispatch(ctx, env, method, ...args) {
  booted ??= boot(env);
  let call;
  try {
    ({ call } = await booted);
  } catch (error) {
    // No Worker, no secret of anybody's: whoever starts it (runtime.py) wants to read why.
    return failed(method, error, new Response(error.message, { status: 500 }));
  }
  try {
    return await call(ctx, env, method, ...args);
  } catch (error) {
    const answer = { success: false, error: "The Worker failed; its terminal says how." };
    return failed(method, error, Response.json(answer, { status: 500 }));
  }
}

function failed(method, error, answer) {
  console.error(error.message); // a Python traceback belongs in the terminal
  if (method !== "fetch") throw error;
  return answer;
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
