// Answers by report, for the view of the moment. One load at a time: a new one aborts the one under way, so that no slow
// answer overwrites a newer one. Emits 'result' for each report and 'loaded' at the end of each load.

export class Loader extends EventTarget {
  #report;
  #results = new Map();
  #controller = null;

  /** report: asks for a path, as api.report does. */
  constructor(report) {
    super();
    this.#report = report;
  }

  get isLoading() {
    return this.#controller !== null;
  }

  /** {path, data, at, failure}: what is known of a report; data is undefined until the path was answered once. */
  result(name) {
    return this.#results.get(name);
  }

  /** Forget everything, as when the key is no longer good. */
  clear() {
    this.#controller?.abort();
    this.#controller = null;
    this.#results.clear();
  }

  /**
   * Ask for reports: {name: {path, readsEvents}}. by: 'view' asks for what is not there yet; 'timer' for that and
   * whatever reads no events, which is cheap; 'reader' for everything, past every cache.
   */
  async load(wanted, by) {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    const asked = Object.entries(wanted).filter(([name, query]) => {
      const known = this.#results.get(name);
      const fits = known?.path === query.path;
      if (!fits) this.#results.set(name, { path: query.path });
      const there = fits && known.data !== undefined && !known.failure;
      return !there || by === 'reader' || (by === 'timer' && !query.readsEvents);
    });
    const waiting = asked.map(async ([name, query]) => {
      try {
        const data = await this.#report(query.path, { signal: controller.signal, fresh: by === 'reader' });
        this.#keep(controller, name, { path: query.path, data, at: Date.now() });
        return null;
      } catch (failure) {
        if (controller.signal.aborted) return null;
        this.#keep(controller, name, { ...this.#results.get(name), failure });
        return failure;
      }
    });
    const failures = (await Promise.all(waiting)).filter(Boolean);
    if (this.#controller !== controller) return;
    this.#controller = null;
    this.dispatchEvent(new CustomEvent('loaded', { detail: { failures } }));
  }

  #keep(controller, name, result) {
    if (this.#controller !== controller) return;
    this.#results.set(name, result);
    this.dispatchEvent(new CustomEvent('result', { detail: { name } }));
  }
}
