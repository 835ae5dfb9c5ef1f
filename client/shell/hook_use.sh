# shellcheck shell=bash
# What is used most: an MCP tool or a skill, as Claude Code tells of it when it has ended well.

# Whether the fields are those, and nothing else is asked for than to record them.
is_plain() {
  [[ $json_hook_event_name == PostToolUse && -z ${TRACK_SKILLS_INCLUDE-}${TRACK_SKILLS_EXCLUDE-} ]] &&
    [[ -z $json_track_skills_agent$json_cursor_version$json_conversation_id$json_turn_id$json_sessionId$json_timestamp ]] &&
    [[ $ts_odd$json_tool_name$json_tool_use_id$json_session_id$json_mcp_server__name != *\\* ]]
}

# Sets the ts_ variables to what the fields tell of any use.
begin_use() {
  ts_name='' ts_category='' ts_status=success ts_trigger=model ts_error_type='' ts_version=''
  ts_id=$json_tool_use_id ts_session=$json_session_id ts_duration=${json_duration_ms%%.*}
  if [[ -n $json_agent_id ]]; then ts_trigger=nested; fi
  if [[ $json_tool_response__isError$json_tool_response__is_error == *true* ]]; then ts_status=error ts_error_type=tool_error; fi
}

# From mcp__SERVER__TOOL ($1); a server's name may have two underscores itself, where the host says so.
name_mcp() {
  local rest=${1#mcp__} prefix=${json_mcp_server__name//[!${ts_letters}0123456789_-]/_}
  [[ -n $prefix && $rest == "$prefix"__?* ]] || prefix=${rest%%__*}
  ts_name=${rest#"$prefix"__} ts_category=$2:$prefix
}

keep() {
  ts_told=1
  if fits_name "$ts_name" && record; then ts_recorded=1; fi
}

# Ends here once all is told, unless something is to be sent now.
end_or_send() {
  [[ -n $ts_told && -z $ts_sends ]] || return 0
  [[ -n $ts_recorded ]] && plan_post && ts_sends=1 || exit 0
}
