/** What is recorded of a use of a skill. */
export interface NewEvent {
  skillId: string;
  skillName: string;
  sessionId: string | null;
  /** Any word: `success`; `failure`, `error` and `timeout` count as failures; `unknown` counts for no rate. */
  outcome: string;
  /** Default: unknown. */
  agentId?: string | undefined;
  /** Milliseconds; null or left out (not 0) if it was not measured. */
  durationMs?: number | null | undefined;
}

/** A use of a skill as it is stored. */
export interface TelemetryEvent {
  id: string;
  skillId: string;
  skillName: string;
  sessionId: string | null;
  agentId: string;
  /** Milliseconds, null if it was not measured. */
  durationMs: number | null;
  outcome: string;
  /** ISO 8601, UTC. */
  timestamp: string;
}

/** What the uses of one skill add up to. */
export interface EffectivenessReport {
  skillName: string;
  totalUses: number;
  successCount: number;
  /** Of `failure`, `error` and `timeout`. */
  failureCount: number;
  /** Successes among the uses whose outcome is known, 0 to 1, three decimals; null if none is. */
  successRate: number | null;
  /** Of the uses whose duration is known, rounded; null if none is. */
  avgDurationMs: number | null;
  /** Ids of agents, sorted. */
  agentsUsed: string[];
  /** ISO 8601, UTC. */
  firstUsed: string;
  lastUsed: string;
  /** `mcp:SERVER` of a tool of an MCP server, else null. */
  toolCategory: string | null;
}

/** Records uses of skills in a database, and reports on them. An error names the database and what is wrong with it. */
export interface TelemetryCollector {
  /** Record one use and return it. Where tracking is switched off, it is returned and not recorded. Throws TypeError for what makes no sense. */
  recordEvent(event: NewEvent): TelemetryEvent;
  /** What the uses of each skill, or of one, add up to; most used first. */
  getEffectivenessReport(skillName?: string | undefined): EffectivenessReport[];
  /** At most `limit` uses (default 100), of all skills or of one, newest first. */
  getEvents(skillName?: string | undefined, limit?: number | undefined): TelemetryEvent[];
}

/**
 * Return a collector on the database at `dbPath`, by default `telemetry.db` in the state folder. It is made at the first event that is
 * recorded, for its user alone. Throws where this runtime has no node:sqlite (Node 22.13 or later has).
 */
export function createTelemetryCollector(dbPath?: string | undefined): TelemetryCollector;
