// A plugin of opencode that writes down what plugins are told: one event a line, in the file RECORDED.
import { appendFileSync } from "node:fs";

export const Recorder = async () => ({
  event: async ({ event }) => appendFileSync(process.env.RECORDED, `${JSON.stringify(event)}\n`),
});
