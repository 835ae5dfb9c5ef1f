// When to load again: every minute while the page is seen, sooner after a failure or while there is nothing to see yet.
// The clock stands still while it is not seen.

export const REFRESH_MS = 60_000;
export const EMPTY_MS = 3_000;
const FIRST_RETRY_MS = 3_000;

/** Milliseconds until the next load after so many failed ones in a row. empty: somebody waits for a first event. */
export function delay(failures, empty = false) {
  if (failures === 0) return empty ? EMPTY_MS : REFRESH_MS;
  return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), REFRESH_MS);
}

export class Schedule {
  #load;
  #failures = 0;
  #due = Infinity;
  #timer;

  constructor(load) {
    this.#load = load;
    document.addEventListener('visibilitychange', () => this.#arm());
  }

  /** A load has ended; the next is due in its time. */
  ended(failed, empty = false) {
    this.#failures = failed ? this.#failures + 1 : 0;
    this.#due = Date.now() + delay(this.#failures, empty);
    this.#arm();
  }

  /** Nothing is due, as while a key is asked for. */
  stop() {
    this.#due = Infinity;
    this.#arm();
  }

  #arm() {
    clearTimeout(this.#timer);
    if (document.hidden || this.#due === Infinity) return;
    this.#timer = setTimeout(() => {
      this.#due = Infinity;
      this.#load();
    }, Math.max(0, this.#due - Date.now()));
  }
}
