# shellcheck shell=bash
# From the hook's fields to events.

# Records what the hook tells of, and says what is to be sent: ts_flush everything, ts_recorded what the pace allows.
record_all() {
  local event tool camel_tool ran skill camel_skill named_skill session camel_session conversation other_duration interrupted failure \
    is_error snake_error has_error status result camel_result kind command expansion origin prompt subagent server context_server \
    context_tool cursor turn timestamp permission start reason named transcript call call_tool call_id call_skill call_kind \
    call_tools=() call_ids=() call_skills=() call_kinds=()
  ts_id='' ts_duration='' ts_request='' ts_response=''
  end_input
  read_json || return
  tool=${tool:-$camel_tool} skill=${skill:-${camel_skill:-$named_skill}} result=${result:-$camel_result}
  is_error=${is_error:-$snake_error} ts_duration=${ts_duration:-$other_duration}
  ts_duration=${ts_duration%%.*}
  if [[ $event != PostToolBatch ]]; then
    record_one
    return
  fi
  # A refused call of a batch: no other event tells of it.
  ts_request='' ts_response=''
  for call in "${!call_kinds[@]}"; do
    tool=${call_tools[call]} ts_id=${call_ids[call]} skill=${call_skills[call]} kind=${call_kinds[call]}
    record_one
  done
}

# Records what the fields tell of.
record_one() {
  ts_name='' ts_category='' ts_status=success ts_trigger=model ts_error_type='' ts_version=''
  ts_session=${session:-${camel_session:-$conversation}}
  if [[ -n $subagent ]]; then ts_trigger=nested; fi
  name_event
  find_agent
  describe
  if is_wanted "$ts_name" && record; then ts_recorded=1; fi
}

# Copilot's own form has no name of the event: the fields tell. Gemini's names are its own.
name_event() {
  case $event in
    '')
      if [[ -n $tool && -n $result ]]; then
        event=PostToolUse
      elif [[ -n $tool && -n $kind ]]; then
        event=PostToolUseFailure
      elif [[ -z $tool && -n $camel_session && -n $start$reason ]]; then
        event=SessionStart
      fi
      ;;
    AfterTool) event=PostToolUse turn=gemini ;;
  esac
}

find_agent() {
  ts_agent=${named:-claude-code}
  if [[ -n $named ]]; then
    return
  elif [[ -n $cursor$conversation ]]; then
    ts_agent=cursor
  elif [[ $turn == gemini ]]; then
    ts_agent=gemini-cli
  elif [[ -n $camel_session ]]; then
    ts_agent=copilot
  elif [[ -n $timestamp ]]; then
    ts_agent=copilot
    if [[ -n $permission ]]; then ts_agent=qwen-code; fi
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
      case $is_error$result in *true* | *failure*) ts_status=error ;; *false*) ts_status=success ;; *denied* | *rejected*) ts_status=denied ;; esac
      if [[ $turn == gemini && $has_error == '?' ]]; then ts_status=error; fi
      if [[ $turn == gemini && $has_error == timeout ]]; then ts_status=timeout; fi
      describe_tool
      ;;
    PostToolUseFailure | postToolUseFailure | PostToolBatch)
      ts_status=error
      case $kind$failure in *timeout*) ts_status=timeout ;; *denied*) ts_status=denied ;; not_found*) ts_error_type=not_found ;; esac
      if [[ $interrupted == true ]]; then ts_status=skipped; fi
      describe_tool
      ;;
  esac
  if [[ $ts_status == error ]]; then ts_error_type=${ts_error_type:-tool_error}; fi
}

# Keeps in mind which transcript is to be read.
note_session() {
  is_true "${TRACK_SKILLS_SESSIONS-}" && [[ $ts_agent == claude-code && $transcript == *?.jsonl ]] || return 0
  fits_id "$ts_session" || return 0
  ts_transcript=$transcript ts_reason=
  if fits_label "$reason"; then ts_reason=$reason; fi
}

describe_command() {
  case $origin in builtin | bundled) is_true "${TRACK_SKILLS_ALL_TOOLS-}" || return ;; esac
  # With a slash it is the beginning of a path that someone typed.
  [[ $command != */* ]] || return
  ts_name=$command ts_category=skill ts_trigger=user ts_id=$prompt ts_duration=''
  if [[ $expansion != mcp_prompt ]]; then
    find_version
  elif [[ $command == mcp__?*__?* ]]; then
    name_mcp "$command" mcp-prompt
  else
    ts_category=mcp-prompt
  fi
}

describe_tool() {
  case $tool in
    Skill | skill | activate_skill)
      name_skill "${ran:-$skill}"
      # That of loading the skill, unless it ran in a process of its own.
      if [[ $status != forked ]]; then ts_duration=; fi
      ;;
    mcp__?*__?*) name_mcp "$tool" mcp ;;
    MCP:?*) ts_name=${tool#MCP:} ts_category=mcp ;;
    *)
      if [[ -n $context_tool ]]; then
        ts_name=$context_tool ts_category=mcp:$context_server
      elif [[ $ts_agent == copilot && $tool == ?*-?* ]]; then
        # Server and tool in one word, and both may have dashes.
        ts_name=$tool ts_category=mcp
      elif is_true "${TRACK_SKILLS_ALL_TOOLS-}"; then
        ts_name=$tool ts_category=tool
      fi
      ;;
  esac
}

# One skill has one name, however a model spells it: " my-skill", "/my-skill".
name_skill() {
  local name=${1#"${1%%[! ]*}"}
  name=${name%"${name##*[! ]}"}
  if [[ $name == /* && $name != /*/* ]]; then name=${name#/}; fi
  ts_name=$name ts_category=skill
  find_version
}

# From mcp__SERVER__TOOL ($1); a server's name may have two underscores itself, where the host says so.
name_mcp() {
  local rest=${1#mcp__} prefix=${server//[!${ts_letters}0123456789_-]/_}
  [[ -n $prefix && $rest == "$prefix"__?* ]] || prefix=${rest%%__*}
  ts_name=${rest#"$prefix"__} ts_category=$2:$prefix
}
