/** How an execution ended. */
export type Status = "success" | "error" | "timeout" | "partial" | "skipped" | "denied" | "unknown";

/** Further fields of an event. One that does not fit its rule is left out. */
export interface Fields {
  /** Default: unknown. */
  status?: Status | undefined;
  /** Milliseconds, 0 to 86 400 000. Leave it out if it was not measured. */
  duration_ms?: number | undefined;
  /** At most 64 letters, digits, spaces and `_ . : / @ + -`, as all labels. */
  tool_category?: string | undefined;
  error_type?: string | undefined;
  /** Recorded only with TRACK_SKILLS_ERROR_MESSAGES=1; at most 500 characters. */
  error_message?: string | undefined;
  trigger?: "user" | "model" | "nested" | "unknown" | undefined;
  tool_version?: string | undefined;
  agent_id?: string | undefined;
  session_id?: string | undefined;
  /** The same one sent twice is stored once. */
  event_id?: string | undefined;
  request_size_bytes?: number | undefined;
  response_size_bytes?: number | undefined;
}

/** What a Worker's `ctx` offers. */
export interface Context {
  waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
}

/** Settings where there is no environment: browsers, Workers, Deno without permissions. */
export interface Options {
  /** Base URL of the collector. */
  endpoint: string;
  apiKey?: string | undefined;
  category?: string | undefined;
  /** Globs of tool names, separated by commas. */
  include?: string | undefined;
  exclude?: string | undefined;
  toolVersion?: string | undefined;
  disabled?: boolean | undefined;
  /** Write the exact payload to the console and send nothing. */
  debug?: boolean | undefined;
  test?: boolean | undefined;
  errorMessages?: boolean | undefined;
}

/** Record that the tool `name` was used. Never throws, prints or waits for the network. */
export function track(name: string, fields?: Fields | undefined, context?: Context | undefined): void;

/**
 * Return `impl(params, context)`, recorded as one execution of `name`: same value, same exception, a promise only if `impl` returns one.
 * A result with `success: false` is recorded as an error.
 */
export function trackSkillExecution<Params, Ctx, Result>(
  name: string,
  impl: (params: Params, context: Ctx) => Result,
  params: Params,
  context: Ctx,
): Result;
export function trackSkillExecution<Params, Result>(name: string, impl: (params: Params) => Result, params: Params): Result;
export function trackSkillExecution<Result>(name: string, impl: () => Result): Result;

/** Start sending what waits in the spool, now and in a process of its own. */
export function flush(): void;

/** Return whether tracking is off. */
export function isDisabled(): boolean;

/** Say what the environment says elsewhere. Under Node it has no effect: there the environment decides. */
export function configure(options: Options): void;

/** Hand over Node's modules where `process.getBuiltinModule` does not exist. */
export function provideBuiltins(modules: Record<string, unknown>): void;
