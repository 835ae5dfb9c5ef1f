/** Which names, labels and ids are allowed, and which names are wanted. */

export function isName(name) {
  return (
    typeof name === "string" &&
    /^[A-Za-z0-9 _.:/@+-]{1,128}$/.test(name) &&
    !/^ +$|^\/|^[A-Za-z]:|\.\.|\/.*\//.test(name)
  );
}

export function label(value) {
  return typeof value === "string" && /^[A-Za-z0-9 _.:/@+-]{1,64}$/.test(value) ? value : undefined;
}

export function identifier(value) {
  return typeof value === "string" && /^[A-Za-z0-9_.:-]{1,128}$/.test(value) ? value : undefined;
}

export function isWanted(name, environment) {
  const globs = (value) => (value ?? "").split(",").map((glob) => glob.replace(/^ +| +$/g, "")).filter(Boolean);
  const include = globs(environment.TRACK_SKILLS_INCLUDE);
  const exclude = globs(environment.TRACK_SKILLS_EXCLUDE);
  if (exclude.some((glob) => matches(glob, name))) return false;
  return include.length === 0 || include.some((glob) => matches(glob, name));
}

function matches(glob, name) {
  if (!/^[A-Za-z0-9 _.:/@+*?-]+$/.test(glob)) return false;
  let at = 0;
  let position = 0;
  let star = -1;
  let retry = 0;
  while (position < name.length) {
    if (glob[at] === "*") {
      star = at++;
      retry = position;
    } else if (glob[at] === "?" || glob[at] === name[position]) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++retry;
    } else {
      return false;
    }
  }
  return /^\**$/.test(glob.slice(at));
}
