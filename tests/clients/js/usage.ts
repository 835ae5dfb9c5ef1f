// What the README and the guides show, as users with strict settings write it. Checked by tsc, never run.
import { configure, flush, isDisabled, track, trackSkillExecution } from "track-skills";
import type { Context, Fields, Status } from "track-skills";

async function summarize(params: { text: string }, context: { user: string }): Promise<{ success: boolean }> {
  return { success: params.text !== context.user };
}

declare const maybe: string | undefined;
declare const worker: { waitUntil(promise: Promise<unknown>): void; passThroughOnException(): void };

export const summary: Promise<{ success: boolean }> = trackSkillExecution("summarize", summarize, { text: "" }, { user: "" });
export const sum: number = trackSkillExecution("add", (numbers: number[]) => numbers.length, [1, 2]);
export const now: Date = trackSkillExecution("now", () => new Date());

const status: Status = "success";
const fields: Fields = { status, duration_ms: 5, tool_version: maybe, error_type: maybe, trigger: undefined };
const context: Context = worker;
track("skill");
track("skill", fields);
track("skill", { status: "success", tool_category: maybe }, context);
track("skill", undefined, undefined);
configure({ endpoint: "https://x.example", apiKey: maybe, debug: undefined, toolVersion: "1.2" });
if (!isDisabled()) flush();

// @ts-expect-error A status that there is not.
track("skill", { status: "great" });
// @ts-expect-error A field that there is not.
track("skill", { prompt: "" });
// @ts-expect-error Params of another kind.
trackSkillExecution("summarize", summarize, { text: 5 }, { user: "" });
