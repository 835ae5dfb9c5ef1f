/** When this machine may post again: the file `next_post`, which all clients share. Rules: client/CONTRACT.md. */
import { builtin } from "./environment.js";

const INTERVAL_MS = 12_000;
const PAUSE_MS = 60_000;
const WAITER_LATE_MS = 2000;

/**
 * Say in `next_post` that a sender is on its way, and return the moment it waits for: epoch ms, 0 for at once; null if another one
 * is, which will take the event along.
 */
export function claim(home) {
  const now = Date.now();
  const [, digits = "0", waiting] = /^(\d{13})( waiting)?\n?$/.exec(readPace(home)) ?? [];
  const moment = Number(digits);
  if (now >= moment + (waiting ? WAITER_LATE_MS : 0) || moment > now + PAUSE_MS + INTERVAL_MS) {
    pass(home);
    return 0;
  }
  if (waiting) return null;
  writePace(home, `${digits} waiting`);
  return moment;
}

/** Set the moment after a post that is made now. */
export function pass(home) {
  writePace(home, String(Date.now() + INTERVAL_MS));
}

function readPace(home) {
  try {
    return builtin("node:fs").readFileSync(`${home}/next_post`, "latin1");
  } catch {
    return "";
  }
}

function writePace(home, line) {
  try {
    builtin("node:fs").writeFileSync(`${home}/next_post`, `${line}\n`, { mode: 0o600 });
  } catch {
    // Without the file more senders are started than need be.
  }
}
