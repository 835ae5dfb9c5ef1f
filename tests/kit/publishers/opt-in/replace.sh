#!/usr/bin/env bash
# shellcheck disable=SC2088
rm -r hooks
sed -i '/^## Telemetry/,$d' README.md
sed -i 's/ With your consent, usage is counted and sent to events.stats.dev.//' .claude-plugin/plugin.json
track-skills kit init --endpoint "$1" --opt-in --on-if STATS_TELEMETRY=1 --on-if '~/.stats/opted-in' --fact arguments --fact permission_mode
