// Evaluated before Pyodide, which takes workerd for a browser: give it what it looks for, and hide what misleads it
// (process: it would think of Node; MessageChannel and postMessage: their callbacks outlive a request).
Object.assign(globalThis, {
  location: "https://pyodide.invalid/",
  addEventListener() {},
  MessageChannel: undefined,
  postMessage: undefined,
  process: undefined,
});
