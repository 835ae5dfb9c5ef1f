# shellcheck shell=bash
# From the hook's fields to an event.

# Sets the ts_ variables from the hook's fields; false if there is nothing to record.
describe() {
  local event tool camel_tool skill camel_skill use_id session camel_session conversation milliseconds duration interrupted failure
  local is_error snake_is_error status result camel_result error command expansion cursor turn timestamp source request response
  IFS='|' read -r event tool camel_tool skill camel_skill use_id session camel_session conversation milliseconds duration interrupted \
    failure is_error snake_is_error status result camel_result error command expansion cursor turn timestamp source request response _ \
    < <(read_hook 2>/dev/null)

  ts_agent=claude-code ts_status=success ts_trigger=model ts_id=$use_id
  ts_session=${session:-${camel_session:-$conversation}} ts_duration=${milliseconds:-$duration} ts_duration=${ts_duration%%.*}
  ts_request=$request ts_response=$response ts_error_type=''
  if [[ -n $cursor$conversation ]]; then
    ts_agent=cursor
  elif [[ -n $camel_session || -n $event && -n $timestamp ]]; then
    ts_agent=copilot
    tool=${tool:-$camel_tool} skill=${skill:-$camel_skill} result=${result:-$camel_result}
    # Its own form has no name of the event: the fields tell.
    if [[ -z $event && -n $result ]]; then event=PostToolUse; fi
    if [[ -z $event && -n $tool && -n $error ]]; then event=PostToolUseFailure; fi
    if [[ -z $event && -z $tool && -n $source ]]; then event=SessionStart; fi
  elif [[ -n $turn ]]; then
    # It runs this hook after failures too, and says of most tools nothing about the outcome.
    ts_agent=codex ts_status=unknown
  fi

  case $event in
    SessionStart | sessionStart) ts_flush=1 ;;
    UserPromptExpansion) describe_command "$command" "$expansion" ;;
    PostToolUse | postToolUse)
      case $is_error$snake_is_error in *true*) ts_status=error ;; *false*) ts_status=success ;; esac
      case $result in failure) ts_status=error ;; denied) ts_status=denied ;; esac
      describe_tool "$tool" "$skill" "$status"
      ;;
    PostToolUseFailure | postToolUseFailure)
      ts_status=error
      case $failure in timeout) ts_status=timeout ;; permission_denied) ts_status=denied ;; esac
      if [[ $interrupted == true ]]; then ts_status=skipped; fi
      describe_tool "$tool" "$skill" "$status"
      ;;
  esac
}

describe_command() {
  # With a slash it is the beginning of a path that someone typed.
  [[ $1 != */* ]] || return
  ts_name=$1 ts_category=skill ts_trigger=user ts_id='' ts_duration=''
  if [[ $2 == mcp_prompt ]]; then ts_category=mcp-prompt; fi
}

describe_tool() {
  case $1 in
    Skill | skill)
      ts_name=$2 ts_category=skill
      # That of loading the skill, unless it ran in a process of its own.
      if [[ $3 != forked ]]; then ts_duration=; fi
      ;;
    mcp__?*__?*)
      ts_name=${1#mcp__}
      ts_category=mcp:${ts_name%%__*} ts_name=${ts_name#*__}
      ;;
    MCP:?*) ts_name=${1#MCP:} ts_category=mcp ;;
    *)
      if is_true "${TRACK_SKILLS_ALL_TOOLS-}"; then ts_name=$1 ts_category=tool; fi
      ;;
  esac
}
