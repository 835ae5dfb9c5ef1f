/**
 * Track Skills: record that a skill or tool ran, how it ended and how long it took, without ever being in its way.
 * One file for Node, Deno, browsers and Workers. The rules it keeps are in client/CONTRACT.md.
 */

import { builtin, environmentNow, isTrue, onDisk, provide, setConfigured } from "./environment.js";
import { baseUrl } from "./endpoint.js";
import { isOff } from "./switches.js";
import { isName, isWanted } from "./names.js";
import { lineOf } from "./event.js";
import { uuid } from "./random.js";
import { homeOf, spoolAt } from "./spool.js";
import { startNow, startSoon, tidySoon } from "./senders.js";
import { post } from "./page.js";
import { outcomeOfError, outcomeOfResult, settled } from "./outcomes.js";

/** @import { Context, Fields, Options } from "./track-skills.d.ts" */

/**
 * Record that the tool `name` was used. Never throws, prints or waits for the network.
 * @param {string} name the tool_name; one that does not fit records nothing
 * @param {Fields} [fields] further fields of the event; one that does not fit is left out
 * @param {Context} [context] in Workers: what offers `waitUntil`
 */
export function track(name, fields = {}, context = undefined) {
  try {
    const environment = environmentNow();
    if (isOff(environment) || !isName(name) || !isWanted(name, environment)) return;
    const state = onDisk() ? spoolAt(homeOf(environment)) : null;
    const debug = isTrue(environment.TRACK_SKILLS_DEBUG);
    const anonymousId = state ? (debug ? (state.readAnonymousId() ?? uuid()) : state.anonymousId()) : undefined;
    const line = lineOf(name, fields, anonymousId, environment);
    if (debug) return show(line);
    if (!state) return post(line, environment, context);
    if (baseUrl(environment)) {
      state.write("spool", line);
      startSoon(state.home);
    } else {
      state.write("local", line);
      tidySoon(state.home);
    }
  } catch {
    // Nothing that happens here may reach the host.
  }
}

/**
 * Return `impl(params, context)`, recorded as one execution of `name`: same value, same exception, a promise only if `impl` returns one.
 * A result with `success: false` is recorded as an error. `params` and `context` are handed over; of them, only `context.waitUntil`
 * is ever used.
 * @template Result
 * @param {string} name the tool_name
 * @param {(params: any, context: any) => Result} impl what is executed
 * @param {any} [params]
 * @param {any} [context]
 * @returns {Result}
 */
export function trackSkillExecution(name, impl, params, context) {
  const started = performance.now();
  const finish = (outcome) => track(name, { duration_ms: performance.now() - started, ...outcome }, context);
  let result;
  try {
    result = impl(params, context);
  } catch (error) {
    finish(outcomeOfError(error));
    throw error;
  }
  return settled(
    result,
    (value) => finish(outcomeOfResult(value)),
    (error) => finish(outcomeOfError(error)),
    () => track(name, {}, context),
  );
}

/** Start sending what waits in the spool, now and in a process of its own. Without a spool there is nothing to send. */
export function flush() {
  try {
    const environment = environmentNow();
    if (isOff(environment) || isTrue(environment.TRACK_SKILLS_DEBUG) || !onDisk() || !baseUrl(environment)) return;
    const state = spoolAt(homeOf(environment));
    if (!state.isEmpty()) startNow(state.home);
  } catch {
    // As in track.
  }
}

/** Return whether tracking is off: by the environment, the `off` file, the browser's wish, or for want of a home or of anywhere to go. */
export function isDisabled() {
  try {
    return isOff(environmentNow());
  } catch {
    return true;
  }
}

/**
 * Say what the environment says elsewhere, where there is none: in browsers and Workers, and in Deno without permissions.
 * @param {Options} options what to go by
 */
export function configure(options) {
  setConfigured({
    TRACK_SKILLS_ENDPOINT: options.endpoint,
    TRACK_SKILLS_API_KEY: options.apiKey,
    TRACK_SKILLS_CATEGORY: options.category,
    TRACK_SKILLS_INCLUDE: options.include,
    TRACK_SKILLS_EXCLUDE: options.exclude,
    TRACK_SKILLS_TOOL_VERSION: options.toolVersion,
    TRACK_SKILLS_DISABLED: options.disabled,
    TRACK_SKILLS_DEBUG: options.debug,
    TRACK_SKILLS_TEST: options.test,
    TRACK_SKILLS_ERROR_MESSAGES: options.errorMessages,
  });
}

/**
 * Hand over Node's modules where `process.getBuiltinModule` does not exist (before Node 20.16). For node.js and node.cjs beside this file.
 * @param {Record<string, unknown>} modules by name, such as node:fs
 */
export function provideBuiltins(modules) {
  provide(modules);
}

function show(line) {
  if (onDisk()) builtin("node:fs").writeSync(2, `${line}\n`);
  else console.error(line);
}
