# shellcheck shell=bash
# The event as one line of JSON.

ts_statuses='success error timeout partial skipped denied'
ts_triggers='user model nested'

# Whether $1 is one of the words in $2.
is_one_of() {
  [[ $1 != *\ * && " $2 " == *" $1 "* ]]
}

add_label() {
  if fits_label "$2"; then ts_line+=",\"$1\":\"$2\""; fi
}

add_id() {
  if fits_id "$2"; then ts_line+=",\"$1\":\"$2\""; fi
}

# Adds an integer ($2) of at most $3.
add_number() {
  [[ -n $2 && $2 != *[!0-9]* ]] && ((${#2} <= 15 && 10#$2 <= $3)) || return 0
  ts_line+=",\"$1\":$((10#$2))"
}

# Sets ts_line to the event: CONTRACT.md says which fields, in which order.
compose() {
  local status=unknown os=${BASH_VERSINFO[5]#*-}
  # Of x86_64-pc-linux-gnu; OSTYPE could be anybody's.
  os=${os#*-} os=${os%%[!abcdefghijklmnopqrstuvwxyz]*}
  if is_one_of "${ts_status-}" "$ts_statuses"; then status=$ts_status; fi
  case ${ts_status-} in
    ok) status=success ;;
    failure | failed) status=error ;;
    cancelled) status=skipped ;;
  esac
  case $os in msys | cygwin | win) os=windows ;; esac
  fits_id "${ts_id-}" || ts_id=$ts_uuid
  ts_line="{\"event_id\":\"$ts_id\",\"timestamp\":\"$ts_timestamp\",\"tool_name\":\"$ts_name\""
  add_label tool_category "${ts_category:-${TRACK_SKILLS_CATEGORY-}}"
  ts_line+=",\"status\":\"$status\""
  add_number duration_ms "${ts_duration-}" 86400000
  add_label error_type "${ts_error_type-}"
  if is_one_of "${ts_trigger-}" "$ts_triggers"; then add_label trigger "$ts_trigger"; fi
  add_label agent_id "${ts_agent-}"
  ts_line+=",\"source\":\"$ts_source\""
  add_id session_id "${ts_session-}"
  add_id anonymous_id "$ts_anonymous"
  add_label tool_version "${ts_version:-${TRACK_SKILLS_TOOL_VERSION-}}"
  ts_line+="${os:+,\"os\":\"$os\"},\"runtime\":\"bash ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}\""
  add_number request_size_bytes "${ts_request-}" 999999999999999
  add_number response_size_bytes "${ts_response-}" 999999999999999
  if is_true "${TRACK_SKILLS_TEST-}"; then ts_line+=',"test":true'; fi
  ts_line+='}'
}
