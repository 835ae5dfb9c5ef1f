# shellcheck shell=bash
# What a hook is, but for how it has transcripts read.
source ./guard.sh
source ./environment.sh
source ./switches.sh
source ./state.sh

# There is no command to run, and what the host sends must never be taken for one.
trap 'exit 0' EXIT
# A host that ends asks its hooks to end, and kills them a moment later: until then, what was begun is recorded.
trap '' TERM
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
source ./hook_use.sh

# In this locale a range is what it says, and quicker than letters one by one.
set_alphabet A-Za-z
ts_told='' ts_flush='' ts_recorded='' ts_sends='' ts_transcript='' ts_source=hook ts_agent=claude-code ts_hook=${BASH_SOURCE[0]}
if [[ -n ${CLAUDE_PLUGIN_ROOT-} ]]; then ts_source=plugin; fi
end_input
read_json || exit 0
if is_plain && [[ $json_tool_name == mcp__?*__?* ]]; then
  begin_use
  name_mcp "$json_tool_name" mcp
  keep
fi
# What follows is read by those alone that it concerns.
end_or_send

source ./hook_version.sh
source ./hook_skill.sh

if [[ -z $ts_told && $json_tool_name == Skill && $json_tool_input__skill$json_tool_response__commandName != *\\* ]] && is_plain; then
  begin_use
  name_skill "$json_tool_input__skill"
  keep
fi
end_or_send

source ./wanted.sh
source ./hook_event.sh

if [[ -z $ts_told ]]; then record_all; fi
ts_told=1
[[ -n $ts_flush ]] || end_or_send

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
