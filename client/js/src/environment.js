/** Where this runs, and what the environment says there. */

const builtins = new Map();
/** What `configure` was told, under the names of the environment's variables. */
let configured = {};
let disk;

export function provide(modules) {
  for (const [name, module] of Object.entries(modules)) builtins.set(name, module);
}

export function setConfigured(variables) {
  configured = Object.fromEntries(Object.entries(variables).filter(([, value]) => value));
}

/** Whether there is an environment, a disk for the spool and a way to start a sender. */
export function onDisk() {
  if (disk === undefined) {
    const isNode = Boolean(globalThis.process?.versions?.node) && !isWorker();
    disk = isNode && ["env", "read", "write", "run"].every((name) => isAllowed({ name })) && Boolean(builtin("node:fs"));
  }
  return disk;
}

/** Whether this is a Cloudflare Worker. */
export function isWorker() {
  return globalThis.navigator?.userAgent === "Cloudflare-Workers";
}

/** Whether Deno lets us; it would ask the user for what it was not told, so it is asked first. */
export function isAllowed(permission) {
  return !globalThis.Deno || globalThis.Deno.permissions.querySync(permission).state === "granted";
}

export function builtin(name) {
  return builtins.get(name) ?? globalThis.process?.getBuiltinModule?.(name);
}

export function environmentNow() {
  if (onDisk()) return process.env;
  return isAllowed({ name: "env" }) ? { ...globalThis.process?.env, ...configured } : configured;
}

export function isTrue(value) {
  return ![undefined, "", "0", "false"].includes(value);
}
