// What this browser keeps for the reader. Where it keeps nothing, as with storage denied, it lasts as long as the page.

const AREAS = ['sessionStorage', 'localStorage'];
const memory = new Map();

export const store = {
  /** The text kept under a name; null where there is none. */
  get(name) {
    const kept = AREAS.map((area) => tried(() => globalThis[area].getItem(name)));
    return kept.find((text) => typeof text === 'string') ?? memory.get(name) ?? null;
  },

  /** Keep a text: for good, or until the tab is closed. */
  set(name, text, forGood = true) {
    store.forget(name);
    const done = tried(() => {
      globalThis[forGood ? 'localStorage' : 'sessionStorage'].setItem(name, text);
      return true;
    });
    if (!done) memory.set(name, text);
  },

  forget(name) {
    memory.delete(name);
    for (const area of AREAS) tried(() => globalThis[area].removeItem(name));
  },
};

/** What it comes to; undefined where the browser forbids it: naming the storage alone may throw. */
function tried(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}
