/**
 * The sender: posts the spool's events to the collector. It runs in a process of its own, from its source, so that the module may be
 * bundled; it uses nothing of this file. `moment`: epoch ms to wait for, 0 for at once; `request` and `proxyFor`: what is so called.
 */
export function sender(require, moment, request, proxyFor) {
  const fs = require("node:fs");
  const { TRACK_SKILLS_HOME: home, TRACK_SKILLS_ENDPOINT: endpoint, TRACK_SKILLS_API_KEY: key } = process.env;
  const intervalMs = 12_000;
  const pauseMs = 60_000;
  const batchEvents = 100;
  const localFiles = 50_000;
  const spool = `${home}/spool`;
  const local = `${home}/local`;
  const lock = `${home}/lock`;
  let started = Date.now();

  process.title = "track-skills sender";
  process.on("uncaughtException", () => process.exit(1));
  // A clock that is set back in between must not keep this process.
  setTimeout(main, Math.min(Math.max(moment - started, 0), pauseMs + intervalMs));

  async function main() {
    // Without a collector nothing is ever sent: the sender only looks after the limit.
    if (!endpoint) return keepLocalLimit();
    if (moment) {
      // One that waits for a later moment takes the events along: so there are never more and more that wait.
      if (isOff() || awaited() > moment) return;
      started = Date.now();
      writePace(started + intervalMs);
    }
    while (!isOff() && takeLock()) {
      let done;
      try {
        done = await sendAll();
        if (keepsEvents()) keepLocalLimit();
      } finally {
        attempt(() => read(lock).trim() === String(process.pid) && fs.unlinkSync(lock));
      }
      // Whoever recorded a moment ago may have met the lock and left the event to this sender.
      if (!done || left(done).length === 0) return;
    }
  }

  /** The files that are still to be sent: where another sender waits, those recorded since are left to it. */
  function left(done) {
    const isLate = awaited() ? (name) => recorded(name) >= started : () => false;
    return names().filter((name) => !done.has(name) && !isLate(name));
  }

  /** The moment, epoch ms, for which a sender has said that it waits; 0 if none has. */
  function awaited() {
    const text = attempt(() => read(`${home}/next_post`)) ?? "";
    return Number(/^(\d{13}) waiting\n?$/.exec(text)?.[1] ?? 0);
  }

  /** Send batch after batch, oldest first; return the files dealt with, null after an answer to stop at. */
  async function sendAll() {
    const ends = Date.now() + 30_000;
    const done = new Set();
    let most = batchEvents;
    keepLimits();
    while (Date.now() < ends) {
      const batch = readBatch(most, done);
      if (batch.size === 0) break;
      const { status, text } = await post([...batch.values()]);
      const verdict = verdictOf(status, text);
      write("last_answer", `${Date.now()} ${String(status).padStart(3, "0")} ${verdict}`);
      if (verdict === "kept") {
        writePace(Date.now() + pauseMs);
        return null;
      }
      if (verdict === "refused" && batch.size > 1) {
        most = Math.floor(batch.size / 2);
        continue;
      }
      if (verdict === "taken") most = Math.min(2 * most, batchEvents);
      for (const name of batch.keys()) {
        dispose(name);
        done.add(name);
      }
    }
    return done;
  }

  /** What an answer says of the batch: only a JSON object with `success` is one of the collector's. */
  function verdictOf(status, text) {
    const success = attempt(() => JSON.parse(text))?.success;
    if (success === true && status >= 200 && status < 300) return "taken";
    return success === false && (status === 400 || status === 413) ? "refused" : "kept";
  }

  async function post(lines) {
    const target = new URL(`${endpoint}/api/track`);
    const body = Buffer.from(`{"sent_at":"${new Date().toISOString()}","events":[${lines.join(",")}]}`);
    const headers = { "Content-Type": "application/json", "Content-Length": body.length, "User-Agent": "track-skills-js" };
    if (key) headers.Authorization = `Bearer ${key}`;
    try {
      return await request(require, target, proxyFor(target, process.env, require("node:net")), headers, body);
    } catch {
      // Of a proxy that has no sense there is no answer.
      return { status: 0, text: "" };
    }
  }

  /** Drop the newest of the local store's files above its limit: what was kept stays until it is in the database. */
  function keepLocalLimit() {
    for (const name of names(local).slice(localFiles)) attempt(() => fs.unlinkSync(`${local}/${name}`));
  }

  /** Move a file of the spool to the local store if that keeps events, else remove it. */
  function dispose(name) {
    if (keepsEvents()) {
      attempt(() => fs.mkdirSync(local, { mode: 0o700 }));
      attempt(() => fs.renameSync(`${spool}/${name}`, `${local}/${name}`));
    }
    // What was sent must not be sent again, wherever it could not be moved to.
    remove(name);
  }

  function keepsEvents() {
    return !["", "0", "false"].includes(process.env.TRACK_SKILLS_LOCAL ?? "") || fs.existsSync(`${home}/local_on`);
  }

  /** Dispose of what is over 30 days old, then of the oldest until 8 MiB is left. */
  function keepLimits() {
    const kept = [];
    for (const name of names()) {
      if (age(name) > 30 * 86_400_000) dispose(name);
      else kept.push([name, attempt(() => fs.statSync(`${spool}/${name}`).size) ?? 0]);
    }
    let total = kept.reduce((sum, [, size]) => sum + size, 0);
    for (const [name, size] of kept) {
      if (total <= 8_388_608) return;
      dispose(name);
      total -= size;
    }
  }

  /** Return the next lines to send by file name; add to `done` the files that are not to be sent. */
  function readBatch(most, done) {
    const batch = new Map();
    let size = 0;
    for (const name of left(done)) {
      const content = attempt(() => read(`${spool}/${name}`)) ?? "";
      if (isEvent(content)) {
        size += Buffer.byteLength(content);
        if (batch.size > 0 && (batch.size === most || size > 204_800)) break;
        batch.set(name, content.slice(0, -1));
        continue;
      }
      done.add(name);
      if (content.endsWith("\n") || age(name) > 60_000) remove(name);
    }
    return batch;
  }

  /** Whether a file holds a whole line with one JSON object: anything else would spoil the batch it is sent in. */
  function isEvent(content) {
    return content.startsWith("{") && content.endsWith("}\n") && attempt(() => typeof JSON.parse(content)) === "object";
  }

  function takeLock() {
    for (const last of [false, true]) {
      try {
        fs.writeFileSync(lock, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
        return true;
      } catch (error) {
        if (error.code !== "ENOSPC" && (error.code !== "EEXIST" || last || !isStale())) return false;
        attempt(() => fs.unlinkSync(lock));
        // A full disk, which sending empties: go on without the lock.
        if (error.code === "ENOSPC") return true;
      }
    }
  }

  function isStale() {
    try {
      if (Math.abs(Date.now() - fs.statSync(lock).mtimeMs) > 60_000) return true;
      let holder = read(lock).trim();
      if (!holder) {
        // Its maker is about to write, or died in between.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
        holder = read(lock).trim();
      }
      if (!/^\d+$/.test(holder)) return !holder;
      process.kill(Number(holder), 0);
      // In a container nobody may collect the dead: the state stands behind the name in brackets.
      return / Z /.test((attempt(() => read(`/proc/${holder}/stat`)) ?? "").replace(/.*\)/s, "").slice(0, 3));
    } catch (error) {
      return error.code === "ESRCH" || error.code === "ENOENT";
    }
  }

  function names(folder = spool) {
    return (attempt(() => fs.readdirSync(folder)) ?? []).filter((name) => name.endsWith(".ndjson")).sort();
  }

  function age(name) {
    return Date.now() - recorded(name);
  }

  /** When the event was recorded, epoch ms, from its file's name; 0 if the name does not say. */
  function recorded(name) {
    return Number(/^\d+(?=-)/.exec(name)?.[0] ?? 0);
  }

  function isOff() {
    return fs.existsSync(`${home}/off`);
  }

  function writePace(next) {
    write("next_post", String(next));
  }

  function write(file, line) {
    attempt(() => fs.writeFileSync(`${home}/${file}`, `${line}\n`, { mode: 0o600 }));
  }

  function read(path) {
    return fs.readFileSync(path, "utf8");
  }

  function remove(name) {
    attempt(() => fs.unlinkSync(`${spool}/${name}`));
  }

  function attempt(action) {
    try {
      return action();
    } catch {
      return undefined;
    }
  }
}
