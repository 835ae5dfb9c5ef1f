// The only one that fetches. Every failure is a Failure of one of three kinds.

import { API_BASE } from '../config.js';
import { store } from './store.js';

const TIMEOUT_MS = 30_000;
const PATH = '/analytics/';
const QUIET_PATH = '/a/'; // the same, which ad blockers leave alone
let quietly = false;

/** Whether this browser blocks the analytics' own path, so that they are asked for under another. */
export function isBlocked() {
  return quietly;
}
const KEY_NAME = 'track-skills.key';

/** kind: 'key' (wrong or missing), 'refused' (the question is wrong), 'unreachable' (no answer, or none of use). */
export class Failure extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/** The URL of this deployment's API, for people to copy. */
export function apiUrl(path) {
  return new URL(`${API_BASE}${path}`, location.href).href;
}

/** The reader's key, kept in this browser: for good, or until the tab is closed. */
export const key = {
  get: () => store.get(KEY_NAME) ?? '',
  set: (value, forGood) => store.set(KEY_NAME, value, forGood),
  forget: () => store.forget(KEY_NAME),
};

/**
 * The JSON of a report. fresh: past every cache (the browser then says Cache-Control: no-cache).
 * Throws Failure, or AbortError where the signal was aborted.
 * @param {string} path
 * @param {{ signal?: AbortSignal, fresh?: boolean }} [options]
 */
export async function report(path, { signal, fresh = false } = {}) {
  const apiKey = key.get();
  let response;
  let text;
  try {
    response = await asked(path, {
      headers: apiKey ? { 'X-Api-Key': apiKey } : {},
      cache: fresh ? 'reload' : 'default',
      credentials: 'omit',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)].filter(Boolean)),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const slow = error.name === 'TimeoutError';
    throw new Failure('unreachable', slow ? 'The server takes too long to answer.' : 'The server does not answer.');
  }
  const answer = parsed(text);
  if (response.ok && answer !== undefined) return answer;
  throw new Failure(kindOf(response.status), answer?.error ?? `The server answered with status ${response.status}.`);
}

/** Ask; where nothing comes of it, ask under the quieter path, and stay with that if it answers. */
async function asked(path, options) {
  const quiet = `${API_BASE}${path.replace(PATH, QUIET_PATH)}`;
  if (quietly) return fetch(quiet, options);
  try {
    return await fetch(`${API_BASE}${path}`, options);
  } catch (error) {
    if (options.signal.aborted) throw error;
    const response = await fetch(quiet, options);
    quietly = response.headers.get('Content-Type')?.includes('json') ?? false;
    return response;
  }
}

function kindOf(status) {
  if (status === 401 || status === 403) return 'key';
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'refused' : 'unreachable';
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
