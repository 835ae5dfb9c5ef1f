/**
 * Track Skills: a plugin for opencode, which runs no shell hooks. It hands the hook that lies beside it, track-skills-hook.sh, which skill,
 * command or MCP tool was used, how it ended and how long it took. It never prints, fails or waits; nothing of inputs, outputs and errors
 * leaves it. Rules: client/CONTRACT.md.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const HOOK = fileURLToPath(new URL("./track-skills-hook.sh", import.meta.url));
const OFF = ["TRACK_SKILLS_DISABLED", "DO_NOT_TRACK", "DISABLE_TELEMETRY"];
const CI = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "BUILDKITE", "JENKINS_URL", "TEAMCITY_VERSION", "TF_BUILD"];
/** What is opencode's own, and counts only with TRACK_SKILLS_ALL_TOOLS. */
const BUILTIN_COMMANDS = ["init", "review"];

export const TrackSkills = async () => {
  const state = { servers: [], nested: new Set() };
  tell({ hook_event_name: "SessionStart" });
  return {
    config: async (config) => {
      state.servers = Object.keys(config?.mcp ?? {});
    },
    event: async ({ event }) => {
      try {
        const payload = payloadOf(event, state);
        if (payload) tell(payload);
      } catch {
        // An event of a shape that nobody knew is none of ours.
      }
    },
  };
};

/** What the hook is told of an event, undefined for nothing. */
function payloadOf({ type, properties }, { servers, nested }) {
  if (type === "session.created" || type === "session.updated") {
    if (properties.info?.parentID) nested.add(properties.info.id);
    return undefined;
  }
  if (type === "command.executed") {
    const { name, messageID, sessionID } = properties;
    const command_source = BUILTIN_COMMANDS.includes(name) ? "builtin" : "opencode";
    return { hook_event_name: "UserPromptExpansion", command_name: name, command_source, prompt_id: messageID, session_id: sessionID };
  }
  const part = properties?.part;
  if (type !== "message.part.updated" || part?.type !== "tool" || !["completed", "error"].includes(part.state?.status)) return undefined;
  const use = useOf(part, servers);
  if (!use) return undefined;
  const { start, end } = part.state.time ?? {};
  return {
    ...use,
    tool_use_id: part.callID,
    session_id: part.sessionID,
    duration_ms: Math.round(end - start),
    agent_id: nested.has(part.sessionID) ? part.sessionID : undefined,
  };
}

/** The tool under the name that the hook goes by, and how it ended. */
function useOf({ tool, state }, servers) {
  const ended = outcomeOf(state);
  if (tool === "skill") return { ...ended, tool_name: "skill", tool_input: { skill: state.input?.name } };
  if (tool === "invalid") return named(state.input?.tool ?? "", servers, { hook_event_name: "PostToolUseFailure", failure_type: "not_found" });
  return named(tool, servers, ended);
}

function named(tool, servers, ended) {
  const server = servers.map((name) => name.replace(/[^a-zA-Z0-9_-]/g, "_")).find((name) => tool.startsWith(`${name}_`));
  if (server) return { ...ended, tool_name: `mcp__${server}__${tool.slice(server.length + 1)}`, mcp_server: { name: server } };
  return isTrue(process.env.TRACK_SKILLS_ALL_TOOLS) ? { ...ended, tool_name: tool } : undefined;
}

function outcomeOf({ status, error = "" }) {
  if (status === "completed") return { hook_event_name: "PostToolUse" };
  const kind = [
    [/Request timed out$/, "timeout"],
    [/^Skill ".*" not found/, "not_found"],
    [/^(The user (has )?rejected|Permission )/, "permission_denied"],
  ].find(([said]) => said.test(error))?.[1];
  return { hook_event_name: "PostToolUseFailure", failure_type: kind, is_interrupt: /^(Tool execution aborted|Aborted)/.test(error) };
}

/** Hands a payload to the hook, which decides and records, in a process that nobody waits for. */
function tell(payload) {
  if (isOff(process.env)) return;
  const stderr = isTrue(process.env.TRACK_SKILLS_DEBUG) ? "inherit" : "ignore";
  const hook = spawn("bash", ["-p", HOOK], { stdio: ["pipe", "ignore", stderr], detached: true });
  hook.on("error", () => {});
  hook.stdin.on("error", () => {});
  hook.stdin.end(JSON.stringify({ ...payload, track_skills_agent: "opencode" }));
  hook.unref();
}

function isOff(environment) {
  if (OFF.some((name) => isTrue(environment[name])) || CI.some((name) => environment[name])) return true;
  const { TRACK_SKILLS_HOME: own, XDG_STATE_HOME: xdg = "", HOME: home } = environment;
  const base = xdg.startsWith("/") ? xdg : home && `${home}/.local/state`;
  if (!own && !base) return true;
  const state = own || `${base}/track-skills`;
  if (existsSync(`${state}/off`)) return true;
  const isLocal = isTrue(environment.TRACK_SKILLS_LOCAL) || existsSync(`${state}/local_on`);
  return !environment.TRACK_SKILLS_ENDPOINT && !isLocal && !isTrue(environment.TRACK_SKILLS_DEBUG);
}

function isTrue(value) {
  return ![undefined, "", "0", "false"].includes(value);
}
