/** On or off. Rules: client/CONTRACT.md. */
import { baseUrl } from "./endpoint.js";
import { builtin, isTrue, onDisk } from "./environment.js";
import { homeOf } from "./spool.js";

const OFF = ["TRACK_SKILLS_DISABLED", "DO_NOT_TRACK", "DISABLE_TELEMETRY"];
const CI = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "BUILDKITE", "JENKINS_URL", "TEAMCITY_VERSION", "TF_BUILD"];

export function isOff(environment) {
  if (isSwitchedOff(environment)) return true;
  return !baseUrl(environment) && !(onDisk() && keepsEvents(environment)) && !isTrue(environment.TRACK_SKILLS_DEBUG);
}

/** Whether something says that nothing is to be recorded; whether there is anywhere to go is asked after that. */
export function isSwitchedOff(environment) {
  if (OFF.some((name) => isTrue(environment[name])) || CI.some((name) => environment[name])) return true;
  if (onDisk()) {
    const home = homeOf(environment);
    if (!home || !isOurs(home) || builtin("node:fs").existsSync(`${home}/off`)) return true;
  } else if (globalThis.navigator?.doNotTrack === "1" || /** @type {any} */ (globalThis.navigator)?.globalPrivacyControl === true) {
    return true;
  }
  return false;
}

/** Whether the local store is on: events stay on this machine, also after they were sent. */
function keepsEvents(environment) {
  return isTrue(environment.TRACK_SKILLS_LOCAL) || builtin("node:fs").existsSync(`${homeOf(environment)}/local_on`);
}

/**
 * Whether a folder belongs to this user; if it is still to be made, whether making it takes nobody's home. Only root can make folders
 * in the home of another user, where `sudo` leaves HOME as it was.
 */
function isOurs(folder) {
  const user = process.geteuid?.();
  if (user === undefined || process.platform === "win32") return true;
  const owner = builtin("node:fs").statSync(folder, { throwIfNoEntry: false })?.uid;
  if (owner !== undefined) return owner === user;
  const parent = builtin("node:path").dirname(folder);
  return user !== 0 || parent === folder || isOurs(parent);
}
