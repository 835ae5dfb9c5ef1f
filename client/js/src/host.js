/** Which agent runs this process. Rules: client/CONTRACT.md; data: client/agents.json. */
import { AGENTS, AGENT_NAMES } from "./agents.js";

/** Return the agent's id and its session's; undefined for what the environment does not say. */
export function findHost(environment) {
  const agent = namedAgent(environment) ?? AGENTS.find(({ variables }) => variables.some((one) => isMarked(one, environment)))?.id;
  const variable = AGENTS.find(({ id }) => id === agent)?.session;
  return { agent, session: variable && environment[variable] };
}

/** What AI_AGENT says, or AGENT: other programs use that one too, so it counts where we know the name. */
function namedAgent(environment) {
  const said = agentName(environment.AI_AGENT);
  if (said) return said;
  const known = agentName(environment.AGENT);
  return AGENTS.some(({ id }) => id === known) ? known : undefined;
}

/** Our id for a name; a version after it (`claude-code_2-1-331_agent`) is cut off. */
function agentName(value = "") {
  const said = value.trim().replace(/(?<=.)_[0-9].*$/s, "");
  return ["", "1", "true"].includes(said) ? undefined : (AGENT_NAMES.get(said) ?? said);
}

function isMarked(variable, environment) {
  const [name, wanted] = variable.split("=");
  return Boolean(environment[name]) && (!wanted || environment[name] === wanted);
}
