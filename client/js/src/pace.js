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
  const { moment, digits, waiting } = readPace(home);
  if (isDue(home)) {
    pass(home);
    return 0;
  }
  if (waiting) return null;
  writePace(home, `${digits} waiting`);
  return moment;
}

/** Whether a sender may work at once: the moment is past and nobody is on the way, or makes no sense. */
export function isDue(home) {
  const now = Date.now();
  const { moment, waiting } = readPace(home);
  return now >= moment + (waiting ? WAITER_LATE_MS : 0) || moment > now + PAUSE_MS + INTERVAL_MS;
}

/** Set the moment after a post that is made now. */
export function pass(home) {
  writePace(home, String(Date.now() + INTERVAL_MS));
}

/** Set the moment for when there is no hurry. */
export function pause(home) {
  writePace(home, String(Date.now() + PAUSE_MS));
}

/** The moment, epoch ms (0: none), as it is written, and whether somebody waits for it. */
function readPace(home) {
  let text = "";
  try {
    text = builtin("node:fs").readFileSync(`${home}/next_post`, "latin1");
  } catch {
    // Nobody has posted yet.
  }
  const [, digits = "0", waiting] = /^(\d{13})( waiting)?\n?$/.exec(text) ?? [];
  return { moment: Number(digits), digits, waiting: Boolean(waiting) };
}

function writePace(home, line) {
  try {
    builtin("node:fs").writeFileSync(`${home}/next_post`, `${line}\n`, { mode: 0o600 });
  } catch {
    // Without the file more senders are started than need be.
  }
}
