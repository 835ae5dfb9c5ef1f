/**
 * The sender: posts the spool's events to the collector. It runs in a process of its own, from its source, so that the module may be
 * bundled; it uses nothing of this file.
 */
export function sender(require, waitMs) {
  const fs = require("node:fs");
  const { TRACK_SKILLS_HOME: home, TRACK_SKILLS_ENDPOINT: endpoint = "", TRACK_SKILLS_API_KEY: key } = process.env;
  const spool = `${home}/spool`;
  const lock = `${home}/lock`;

  process.title = "track-skills sender";
  process.on("uncaughtException", () => process.exit(1));
  setTimeout(main, waitMs);

  async function main() {
    while (!fs.existsSync(`${home}/off`) && takeLock()) {
      let done;
      try {
        done = await sendAll();
      } finally {
        attempt(() => read(lock).trim() === String(process.pid) && fs.unlinkSync(lock));
      }
      if (!done) attempt(() => fs.utimesSync(`${home}/pending`, Date.now() / 1000 + 10, Date.now() / 1000 + 10));
      // Whoever recorded a moment ago may have met the lock and left it to this sender.
      if (!done || names().every((name) => done.has(name))) return;
    }
  }

  /** Send batch after batch, oldest first; return the files dealt with, null after an answer to stop at. */
  async function sendAll() {
    const ends = Date.now() + 30_000;
    const done = new Set();
    let most = 100;
    keepLimits();
    while (Date.now() < ends) {
      const batch = readBatch(most, done);
      if (batch.size === 0) break;
      const status = await request([...batch.values()]);
      if (status === 413 && batch.size > 1) {
        most = Math.floor(batch.size / 2);
      } else if (status < 200 || (status >= 300 && status < 400) || status === 408 || status === 429 || status >= 500) {
        return null;
      } else {
        for (const name of batch.keys()) {
          remove(name);
          done.add(name);
        }
      }
    }
    return done;
  }

  /** Drop what is over 7 days old, then the oldest until 1 MiB is left. */
  function keepLimits() {
    const kept = [];
    for (const name of names()) {
      if (age(name) > 7 * 86_400_000) remove(name);
      else kept.push([name, attempt(() => fs.statSync(`${spool}/${name}`).size) ?? 0]);
    }
    let total = kept.reduce((sum, [, size]) => sum + size, 0);
    for (const [name, size] of kept) {
      if (total <= 1_048_576) return;
      remove(name);
      total -= size;
    }
  }

  /** Return the next lines to send by file name; add to `done` the files that are not to be sent. */
  function readBatch(most, done) {
    const batch = new Map();
    let size = '{"events":[]}'.length;
    for (const name of names()) {
      if (done.has(name)) continue;
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

  /** Return the status of the collector's answer, 0 if there was none within the time allowed. */
  function request(lines) {
    return new Promise((resolve) => {
      const url = new URL(`${endpoint.replace(/\/+$/, "")}/api/track`);
      const secure = url.protocol === "https:";
      const body = Buffer.from(`{"events":[${lines.join(",")}]}`);
      const headers = { "Content-Type": "application/json", "Content-Length": body.length, "User-Agent": "track-skills-js" };
      if (key) headers.Authorization = `Bearer ${key}`;
      const post = require(secure ? "node:https" : "node:http").request(url, { method: "POST", headers, agent: false });
      const finish = (status) => {
        clearTimeout(connecting);
        clearTimeout(answering);
        post.destroy();
        resolve(status);
      };
      const connecting = setTimeout(finish, 2000, 0);
      const answering = setTimeout(finish, 5000, 0);
      post.on("socket", (socket) => socket.once(secure ? "secureConnect" : "connect", () => clearTimeout(connecting)));
      post.on("response", (response) => finish(response.statusCode));
      post.on("error", () => finish(0));
      post.end(body);
    });
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
      if (Date.now() - fs.statSync(lock).mtimeMs > 60_000) return true;
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

  function names() {
    return (attempt(() => fs.readdirSync(spool)) ?? []).filter((name) => name.endsWith(".ndjson")).sort();
  }

  /** Milliseconds since the event was recorded, from its file's name. */
  function age(name) {
    const recorded = /^\d+(?=-)/.exec(name);
    return recorded ? Date.now() - Number(recorded[0]) : Infinity;
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
