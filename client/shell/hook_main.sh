# shellcheck shell=bash
# What a hook is, but for how it has transcripts read.
source ./guard.sh
source ./environment.sh
source ./switches.sh
source ./state.sh

plain_options
# A plugin's options arrive in variables of their own.
: "${TRACK_SKILLS_ENDPOINT:=${CLAUDE_PLUGIN_OPTION_ENDPOINT-}}" "${TRACK_SKILLS_API_KEY:=${CLAUDE_PLUGIN_OPTION_TOKEN-}}"
: "${TRACK_SKILLS_SESSIONS:=${CLAUDE_PLUGIN_OPTION_SESSIONS-}}"
! is_true "${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}" && is_on || exit 0

source ./hook_input.sh
source ./hook_shorten.sh

shelter
is_true "${TRACK_SKILLS_DEBUG-}" || exec >/dev/null 2>&1
# What is long is shortened while the rest of this file is read.
begin_input

source ./shared.sh
source ./hook_json.sh
source ./hook_event.sh
source ./hook_version.sh

ts_flush='' ts_recorded='' ts_transcript='' ts_source=hook ts_hook=${BASH_SOURCE[0]}
if [[ -n ${CLAUDE_PLUGIN_ROOT-} ]]; then ts_source=plugin; fi
record_all
# What sends is read by those alone that do.
[[ -n $ts_flush ]] || { [[ -n $ts_recorded ]] && plan_post; } || exit 0

source ./sending.sh
source ./hook_session.sh

send_what_waits() {
  if [[ -n $ts_transcript ]]; then start_reader; fi
  if [[ -n $ts_flush ]]; then
    flush
  else
    detach
  fi
}
