/** The state folder: the id of this installation, the spool and the local store, one file for each event. */
import { builtin } from "./environment.js";
import { identifier } from "./names.js";
import { hex, randomBytes, uuid } from "./random.js";

/** How many events this process has written. */
let written = 0;

export function homeOf(environment) {
  const { isAbsolute, join, resolve } = builtin("node:path");
  if (environment.TRACK_SKILLS_HOME) return resolve(environment.TRACK_SKILLS_HOME);
  if (isAbsolute(environment.XDG_STATE_HOME ?? "")) return join(environment.XDG_STATE_HOME, "track-skills");
  const user = environment.HOME || (process.platform === "win32" ? environment.USERPROFILE : "");
  return user ? resolve(user, ".local", "state", "track-skills") : null;
}

/** What is done with the state folder `home`. */
export function spoolAt(home) {
  const fs = builtin("node:fs");
  const idFile = `${home}/anonymous_id`;

  /** Make the state folder and some in it, for their user alone; those above it are made as any program makes them. */
  function makeFolders(...inner) {
    fs.mkdirSync(builtin("node:path").dirname(home), { recursive: true });
    for (const folder of [home, ...inner.map((name) => `${home}/${name}`)]) {
      try {
        fs.mkdirSync(folder, { mode: 0o700 });
      } catch (error) {
        // It may be there, or another process has just made it.
        if (error.code !== "EEXIST") throw error;
      }
    }
  }

  function create(path, line) {
    const data = Buffer.from(`${line}\n`);
    const file = fs.openSync(path, "wx", 0o600);
    let bytes = 0;
    try {
      bytes = fs.writeSync(file, data);
    } finally {
      fs.closeSync(file);
      if (bytes < data.length) fs.unlinkSync(path);
    }
  }

  function readAnonymousId() {
    try {
      return identifier(fs.readFileSync(idFile, "latin1").replace(/\n+$/, ""));
    } catch {
      return undefined;
    }
  }

  function makeAnonymousId() {
    const made = uuid();
    try {
      makeFolders();
      create(idFile, made);
      return made;
    } catch (error) {
      return error.code === "EEXIST" && mayMend() ? settledAnonymousId(made) : undefined;
    }
  }

  function mayMend() {
    try {
      fs.accessSync(home, fs.constants.W_OK);
      fs.accessSync(idFile, fs.constants.R_OK);
      return true;
    } catch {
      return false;
    }
  }

  /** Return the id that somebody else is just writing; after 100 ms take the file for broken and write `made`. */
  function settledAnonymousId(made) {
    for (let look = 0; look < 10; look++) {
      const known = readAnonymousId();
      if (known) return known;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
    try {
      fs.unlinkSync(idFile);
      create(idFile, made);
      return made;
    } catch {
      return readAnonymousId();
    }
  }

  /** Write an event's line to a new file of `folder`, which is spool or local. */
  function write(folder, line) {
    // The count keeps the order of events within a millisecond.
    written = (written + 1) % 0x10000;
    const unique = written.toString(16).padStart(4, "0") + hex(randomBytes(4));
    const name = `${String(Date.now()).padStart(13, "0")}-${process.pid}-${unique}.ndjson`;
    const path = `${home}/${folder}/${name}`;
    try {
      create(path, line);
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
      makeFolders(folder);
      create(path, line);
    }
  }

  function isEmpty() {
    return !fs.existsSync(`${home}/spool`) || !fs.readdirSync(`${home}/spool`).some((name) => name.endsWith(".ndjson"));
  }

  return { home, readAnonymousId, anonymousId: () => readAnonymousId() ?? makeAnonymousId(), write, isEmpty };
}
