/** Runs the JavaScript client through steps given as JSON on stdin; prints what each found and left behind. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { isDisabled, track } from "../../../client/js/node.js";

const files = (home) =>
  existsSync(home) ? readdirSync(home, { recursive: true }).map((name) => `${home}/${name}`).filter((path) => statSync(path).isFile()) : [];

const results = JSON.parse(readFileSync(0, "utf8")).map(({ env, home, name, fields }) => {
  const asked = new Set();
  const get = (variables, name) => {
    if (typeof name === "string") asked.add(name);
    return variables[name];
  };
  process.env = new Proxy(env, { get });
  const before = new Set(files(home));
  track(name, fields);
  const made = files(home).filter((path) => !before.has(path)).sort();
  const lines = made.filter((path) => path.endsWith(".ndjson")).map((path) => readFileSync(path, "utf8"));
  return { on: !isDisabled(), made: made.length, lines, asked: [...asked].sort() };
});
process.stdout.write(JSON.stringify(results));
