/** Where events are posted to, and with which key, as the environment says. Rules: client/CONTRACT.md. */

/** The collector's base URL, without a slash at its end; undefined if there is none. */
export function baseUrl(environment) {
  const value = bare(environment.TRACK_SKILLS_ENDPOINT);
  const scheme = /:\/\//.test(value) ? "" : /^(localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/.test(value) ? "http://" : "https://";
  const url = `${scheme}${value}`.replace(/\/+$/, "").replace(/\/api\/track$/, "").replace(/\/+$/, "");
  return /^https?:\/\/[^/:?#\s"'][^?#\s"']*$/.test(url) ? url : undefined;
}

/** The Bearer token, printable ASCII; undefined if there is none. */
export function apiKey(environment) {
  const value = bare(environment.TRACK_SKILLS_API_KEY);
  return /^[ -~]+$/.test(value) ? value : undefined;
}

/** A value without the white space around it, and without one pair of quotes. */
function bare(value = "") {
  return value.replace(/^[ \t\r\n\v\f]+|[ \t\r\n\v\f]+$/g, "").replace(/^(["'])(.*)\1$/s, "$2");
}
