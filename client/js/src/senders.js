/** Starts detached processes that send what is in the spool, one at a time. */
import { apiKey, baseUrl } from "./endpoint.js";
import { builtin } from "./environment.js";
import { claim, isDue, pass, pause } from "./pace.js";
import { proxyFor } from "./proxy.js";
import { request } from "./request.js";
import { sender } from "./sender.js";

// Taken now: a host's tests may replace the timers later.
const startTimer = globalThis.setTimeout;
// What is meant for the host's own runtime: options, and tools that measure its coverage.
const NOT_FOR_SENDERS = /^(NODE_(?!EXTRA_CA_CERTS$|TLS_)|DENO_COVERAGE)/;
/** The senders that are about to be started, by their state folder: each one's moment. */
const due = new Map();
let exiting = false;

globalThis.process?.on?.("exit", () => {
  exiting = true;
  startDue();
});

/**
 * Start a sender for the state folder `home`, unless one is on its way that takes along what was just recorded. The start is left for
 * after the caller's turn, or for the exit.
 */
export function startSoon(home) {
  if (due.has(home)) return;
  const moment = claim(home);
  if (moment === null) return;
  due.set(home, moment);
  if (exiting) startDue();
  else if (due.size === 1) startTimer(startDue, 0);
}

/** Start what looks after the local store's limit where there is no collector, once in a minute at most. */
export function tidySoon(home) {
  if (due.has(home) || !isDue(home)) return;
  pause(home);
  due.set(home, 0);
  if (exiting) startDue();
  else if (due.size === 1) startTimer(startDue, 0);
}

/** Start a sender for the state folder `home` that sends at once. */
export function startNow(home) {
  pass(home);
  start(home, 0);
}

function startDue() {
  for (const [home, moment] of due) start(home, moment);
  due.clear();
}

/** Start a process that waits for the moment (epoch ms, 0: now), sends what is in the spool of `home`, and is left to itself. */
function start(home, moment) {
  try {
    const program = /[/\\](node|deno|bun)(\.exe)?$/.test(process.execPath) ? process.execPath : "node";
    const kept = Object.entries(process.env).filter(([name]) => !NOT_FOR_SENDERS.test(name));
    // A bundler that keeps names wraps each function in a call of its own __name.
    const source = `const __name = (named) => named; (${sender})(require, ${moment}, ${request}, ${proxyFor})`;
    const child = builtin("node:child_process").spawn(program, ["-e", source], {
      detached: true,
      stdio: "ignore",
      windowsHide: true,
      cwd: home,
      env: {
        ...Object.fromEntries(kept),
        // Named here, or Node would hand it down itself.
        NODE_V8_COVERAGE: undefined,
        TRACK_SKILLS_HOME: home,
        TRACK_SKILLS_ENDPOINT: baseUrl(process.env) ?? "",
        TRACK_SKILLS_API_KEY: apiKey(process.env) ?? "",
      },
    });
    child.on("error", () => {});
    child.unref();
  } catch {
    // What waits in the spool waits for the next sender.
  }
}
