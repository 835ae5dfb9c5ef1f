# shellcheck shell=bash
# From the hook's fields to events, whatever agent tells and whatever of.

# Records what the fields tell of; sets ts_flush if everything is to be sent.
record_all() {
  local event tool skill kind='' turn result call prefix value
  decode_fields
  event=$json_hook_event_name tool=${json_tool_name:-$json_toolName} turn=$json_turn_id
  skill=${json_tool_input__skill:-${json_toolArgs__skill:-$json_tool_input__name}}
  result=${json_tool_result__result_type:-$json_toolResult__resultType}
  json_session_id=${json_session_id:-${json_sessionId:-$json_conversation_id}}
  json_duration_ms=${json_duration_ms:-$json_duration}
  if [[ -n $json_error ]]; then find_kind "$json_error" '?' && kind=$ts_value; fi
  if [[ $event != PostToolBatch ]]; then
    record_one
    return
  fi
  # A refused call of a batch: no other event tells of it.
  ts_request='' ts_response=''
  for ((call = 1; call <= ts_calls; call++)); do
    prefix=json_call${call}_
    value=${prefix}tool_response && find_kind "${!value}" ''
    kind=$ts_value
    [[ -n $kind ]] || continue
    value=${prefix}tool_name && tool=${!value}
    value=${prefix}tool_use_id && json_tool_use_id=${!value}
    value=${prefix}tool_input__skill && skill=${!value}
    record_one
  done
}

# Writes out the escapes in names, ids and words.
decode_fields() {
  local name
  if [[ $ts_odd == *\\* ]]; then read_json plain; fi
  for name in "${!json_@}"; do
    case $name in json_transcript_path | json_error | json_call*_tool_response) continue ;; esac
    [[ ${!name} == *\\* ]] || continue
    plain "${!name}"
    printf -v "$name" %s "$ts_value"
  done
}

# Records what the fields tell of.
record_one() {
  begin_use
  name_event
  find_agent
  describe
  if is_wanted "$ts_name"; then keep; fi
}

# Copilot's own form has no name of the event: the fields tell. Gemini's names are its own.
name_event() {
  case $event in
    '')
      if [[ -n $tool && -n $result ]]; then
        event=PostToolUse
      elif [[ -n $tool && -n $kind ]]; then
        event=PostToolUseFailure
      elif [[ -z $tool && -n $json_sessionId && -n $json_source$json_reason ]]; then
        event=SessionStart
      fi
      ;;
    AfterTool) event=PostToolUse turn=gemini ;;
  esac
}

find_agent() {
  ts_agent=${json_track_skills_agent:-claude-code}
  if [[ -n $json_track_skills_agent ]]; then
    return
  elif [[ -n $json_cursor_version$json_conversation_id ]]; then
    ts_agent=cursor
  elif [[ $turn == gemini ]]; then
    ts_agent=gemini-cli
  elif [[ -n $json_sessionId ]]; then
    ts_agent=copilot
  elif [[ -n $json_timestamp ]]; then
    ts_agent=copilot
    if [[ -n $json_permission_mode ]]; then ts_agent=qwen-code; fi
  elif [[ -n $turn ]]; then
    ts_agent=codex
    # It says of its own tools nothing about the outcome, and of MCP tools only those that succeeded.
    [[ $tool == mcp__* ]] || ts_status=unknown
  fi
}

# Sets the ts_ variables of the event, ts_name to nothing if there is none.
describe() {
  case $event in
    SessionStart | sessionStart) ts_flush=1 ;;
    SessionEnd | sessionEnd) ts_flush=1 && note_session ;;
    UserPromptExpansion) describe_command ;;
    PostToolUse | postToolUse)
      case $json_tool_response__isError$json_tool_response__is_error$result in
        *true* | *failure*) ts_status=error ;;
        *false*) ts_status=success ;;
        *denied* | *rejected*) ts_status=denied ;;
      esac
      if [[ $turn == gemini && -n $json_tool_response__error ]]; then
        ts_status=error
        # It may be deep in what is quoted.
        if [[ ${ts_json#*'"error"'} == *"$ts_late"* ]]; then ts_status=timeout; fi
      fi
      describe_tool
      ;;
    PostToolUseFailure | postToolUseFailure | PostToolBatch)
      ts_status=error
      case $kind$json_failure_type in
        *timeout*) ts_status=timeout ;;
        *denied*) ts_status=denied ;;
        not_found*) ts_error_type=not_found ;;
      esac
      if [[ $json_is_interrupt == true ]]; then ts_status=skipped; fi
      describe_tool
      ;;
  esac
  if [[ $ts_status == error ]]; then ts_error_type=${ts_error_type:-tool_error}; fi
}

# Keeps in mind which transcript is to be read.
note_session() {
  is_true "${TRACK_SKILLS_SESSIONS-}" && [[ $ts_agent == claude-code && $json_transcript_path == *?.jsonl ]] || return 0
  fits_id "$ts_session" || return 0
  ts_transcript=$json_transcript_path ts_reason=
  if fits_label "$json_reason"; then ts_reason=$json_reason; fi
}

describe_command() {
  local command=$json_command_name
  case $json_command_source in builtin | bundled) is_true "${TRACK_SKILLS_ALL_TOOLS-}" || return ;; esac
  # With a slash it is the beginning of a path that someone typed.
  [[ $command != */* ]] || return
  ts_trigger=user ts_id=$json_prompt_id ts_duration=''
  if [[ $json_expansion_type != mcp_prompt ]]; then
    name_skill "$command"
  elif [[ $command == mcp__?*__?* ]]; then
    name_mcp "$command" mcp-prompt
  else
    ts_name=$command ts_category=mcp-prompt
  fi
}

describe_tool() {
  case $tool in
    Skill | skill | activate_skill) name_skill "$skill" ;;
    mcp__?*__?*) name_mcp "$tool" mcp ;;
    MCP:?*) ts_name=${tool#MCP:} ts_category=mcp ;;
    *)
      if [[ -n $json_mcp_context__tool_name ]]; then
        ts_name=$json_mcp_context__tool_name ts_category=mcp:$json_mcp_context__server_name
      elif [[ $ts_agent == copilot && $tool == ?*-?* ]]; then
        # Server and tool in one word, and both may have dashes.
        ts_name=$tool ts_category=mcp
      elif is_true "${TRACK_SKILLS_ALL_TOOLS-}"; then
        ts_name=$tool ts_category=tool
      fi
      ;;
  esac
}

# Sets ts_value to what an error is by how its text opens and ends, as agents word it; else to $2.
find_kind() {
  case ${1#<tool_use_error>} in
    'Unknown skill: '* | 'Skill not found: '* | 'Error: No such tool available: '* | "Tool '"*"' does not exist"*) ts_value=not_found ;;
    'Skill execution blocked by permission rules'* | 'Claude requested permissions to use '* | 'Permission to use '*) ts_value=denied ;;
    'Skill '*' cannot be used with Skill tool'*) ts_value=denied ;;
    *)
      ts_value=$2
      # What is behind the last quote in it.
      case ${1##*\\\"} in ' timed out after '* | *"$ts_late") ts_value=timeout ;; esac
      ;;
  esac
}

# Sets ts_value to a string without the escapes that the names' alphabet may be written with, ? if it has anything else.
plain() {
  local char code
  ts_value=$1
  [[ $1 == *[!$ts_alphabet]* ]] || return 0
  ts_value=${1//\\\//\/}
  while ((${#ts_value} <= 256)) && [[ $ts_value =~ \\u00([2-7][0-9A-Fa-f]) ]]; do
    code=${BASH_REMATCH[0]}
    # shellcheck disable=SC2059 # The format is the escape.
    printf -v char "\\x${BASH_REMATCH[1]}"
    ts_value=${ts_value%%"$code"*}$char${ts_value#*"$code"}
  done
  if [[ $ts_value == *[!$ts_alphabet]* ]]; then ts_value='?'; fi
}
