#!/usr/bin/env bash
# Track Skills: a hook for Claude Code, and for hosts that run hooks like it. It reads the hook's JSON on stdin and records which skill or
# tool was used and how it ended. One file to copy; it needs bash 3.2 or later, awk, and curl to send. It never prints, fails or waits
# for the network. Nothing of tool_input, tool_response, prompt or paths leaves it but a skill's name and sizes.

[[ ${BASH_SOURCE[0]} == "$0" ]] || return 0
set +euC +o pipefail +o posix

source ./shared.sh
source ./hook_json.sh
source ./hook_event.sh

main() {
  # A plugin's options arrive in variables of their own.
  : "${TRACK_SKILLS_ENDPOINT:=${CLAUDE_PLUGIN_OPTION_ENDPOINT-}}" "${TRACK_SKILLS_API_KEY:=${CLAUDE_PLUGIN_OPTION_TOKEN-}}"
  is_on || return
  is_true "${TRACK_SKILLS_DEBUG-}" || exec >/dev/null 2>&1
  ts_name='' ts_flush='' ts_source=hook
  if [[ -n ${CLAUDE_PLUGIN_ROOT-} ]]; then ts_source=plugin; fi
  describe
  if [[ -n $ts_flush ]]; then
    if ! is_true "${TRACK_SKILLS_DEBUG-}" && has_events "$ts_state/spool"; then detach; fi
    return
  fi
  is_wanted "$ts_name" && record && detach
}

main
exit 0
