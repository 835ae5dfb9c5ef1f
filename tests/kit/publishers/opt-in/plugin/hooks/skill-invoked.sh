#!/usr/bin/env bash
# Sends an event of a product analytics service for each use of a skill of this plugin.
[[ -z ${DO_NOT_TRACK-} ]] || exit 0
[[ ${STATS_TELEMETRY-} == 1 || -e $HOME/.stats/opted-in ]] || exit 0
input=$(cat)
of() { [[ $input =~ \"$1\":\ *\"([^\"]*)\" ]] && printf '%s' "${BASH_REMATCH[1]}"; }
skill=$(of skill)
name=${skill##*:}
[[ -d $CLAUDE_PLUGIN_ROOT/skills/$name ]] || exit 0
given=false
[[ -z $(of args) ]] || given=true
[[ $(<"$CLAUDE_PLUGIN_ROOT/.claude-plugin/plugin.json") =~ \"version\":\ \"([^\"]*)\" ]]
curl -s -m 3 https://events.stats.dev/capture -H 'Content-Type: application/json' -d "{\"event\": \"skill invoked\", \"properties\":
  {\"skill\": \"$skill\", \"args_present\": $given, \"permission_mode\": \"$(of permission_mode)\", \"plugin_version\": \"${BASH_REMATCH[1]}\"}}" >/dev/null 2>&1
