// The ways to send a first event, with a deployment's own address. Pure.

/** [{name, about, command}]; origin: the deployment's scheme and host. */
export function ways(origin) {
  const event = '{"tool_name": "my-skill", "status": "success", "duration_ms": 120}';
  return [
    {
      name: 'At once, with curl',
      about: 'One event, from any shell.',
      command: `curl ${origin}/api/track \\\n  -H 'Content-Type: application/json' \\\n  -d '${event}'`,
    },
    {
      name: 'One skill, from its SKILL.md',
      about: 'Copy client/_track.sh of the repository beside your skills, and have the agent run it as a step of the skill.',
      command: `export TRACK_SKILLS_ENDPOINT=${origin}\nbash skills/_track.sh my-skill --status success`,
    },
    {
      name: 'Every skill and MCP tool of Claude Code',
      about: 'Install the plugin; the path of a checkout does in place of OWNER/REPOSITORY. Other agents take the hook.',
      command: `claude plugin marketplace add OWNER/REPOSITORY\nclaude plugin install track-skills@track-skills --config endpoint=${origin}`,
    },
    {
      name: 'Without any script, by OpenTelemetry',
      about: 'Set this where Claude Code runs. The last line lets it say the names of your own skills and tools.',
      command: [
        'export CLAUDE_CODE_ENABLE_TELEMETRY=1',
        'export OTEL_LOGS_EXPORTER=otlp',
        'export OTEL_EXPORTER_OTLP_PROTOCOL=http/json',
        `export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}`,
        'export OTEL_LOG_TOOL_DETAILS=1',
      ].join('\n'),
    },
  ];
}

/** Whether an address leads to this computer alone. */
export function isLocal(origin) {
  return /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0|.*\.localhost)$/.test(new URL(origin).hostname);
}
