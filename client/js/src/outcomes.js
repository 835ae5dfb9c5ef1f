/** What an exception or a returned value says about how an execution ended. */

const TIMEOUTS = ["TimeoutError", "ETIMEDOUT"];
const SKIPPED = ["AbortError", "CanceledError", "CancelledError"];
const NATIVE_THEN = String(Promise.prototype.then);

export function outcomeOfError(error) {
  try {
    const type = error?.name && error.name !== "Error" ? error.name : error?.constructor?.name;
    // A deliberate normal exit: what command line libraries throw to end after `--help`.
    if ([error?.exitCode, error?.exit_code, error?.code].includes(0)) return { status: "success" };
    const names = [type, error?.code];
    if (SKIPPED.some((name) => names.includes(name))) return { status: "skipped" };
    const status = TIMEOUTS.some((name) => names.includes(name)) ? "timeout" : "error";
    return { status, error_type: type, error_message: error?.message ?? error };
  } catch {
    return { status: "error" };
  }
}

export function outcomeOfResult(result) {
  try {
    return { status: typeof result === "object" && result?.success === false ? "error" : "success" };
  } catch {
    return { status: "success" };
  }
}

/**
 * Return `result`, or where it is a promise one that settles alike, and say how it ended: `onValue` and `onError` once it has, `onUnknown`
 * at once for what is still to run and cannot be awaited unseen.
 */
export function settled(result, onValue, onError, onUnknown) {
  if (!isPlainPromise(result)) {
    if (isStillToRun(result)) onUnknown();
    else onValue(result);
    return result;
  }
  // Not its own `then`: one of another realm is a promise too.
  return Promise.prototype.then.call(
    result,
    (value) => {
      onValue(value);
      return value;
    },
    (error) => {
      onError(error);
      throw error;
    },
  );
}

/** Whether a value is a thenable or a generator. */
function isStillToRun(value) {
  try {
    if (typeof value !== "object" && typeof value !== "function") return false;
    return typeof value?.then === "function" || /^\[object (Async)?Generator\]$/.test(Object.prototype.toString.call(value));
  } catch {
    return false;
  }
}

/** Whether a promise, of whatever realm, can stand for it: it has nothing of its own, and its `then` does nothing more than that of all. */
function isPlainPromise(value) {
  try {
    if (typeof value !== "object" || Object.getOwnPropertyNames(value).length > 0) return false;
    return value.then === Promise.prototype.then || (Object.prototype.toString.call(value) === "[object Promise]" && String(value.then) === NATIVE_THEN);
  } catch {
    return false;
  }
}
