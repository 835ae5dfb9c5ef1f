# shellcheck shell=bash
# The event as one line of JSON.

ts_statuses='success error timeout partial skipped denied'
ts_triggers='user model nested'

# Whether $1 is one of the words in $2.
is_one_of() {
  [[ $1 != *\ * && " $2 " == *" $1 "* ]]
}

# Adds an integer ($2) of at most $3.
add_number() {
  [[ -n $2 && $2 != *[!0-9]* ]] && ((${#2} <= 15 && 10#$2 <= $3)) || return 0
  ts_line+=",\"$1\":$((10#$2))"
}

# Sets ts_line to the event: CONTRACT.md says which fields, in which order.
compose() {
  local status=unknown trigger='' category=${ts_category:-${TRACK_SKILLS_CATEGORY-}} version=${ts_version:-${TRACK_SKILLS_TOOL_VERSION-}}
  # Of x86_64-pc-linux-gnu; OSTYPE could be anybody's.
  local os=${BASH_VERSINFO[5]#*-*-}
  os=${os%%[!abcdefghijklmnopqrstuvwxyz]*}
  case $os in msys | cygwin | win) os=windows ;; esac
  case ${ts_status-} in
    ok) status=success ;;
    failure | failed) status=error ;;
    cancelled) status=skipped ;;
    *) if is_one_of "${ts_status-}" "$ts_statuses"; then status=$ts_status; fi ;;
  esac
  if is_one_of "${ts_trigger-}" "$ts_triggers"; then trigger=$ts_trigger; fi
  drop_misfits
  ts_line="{\"event_id\":\"$ts_id\",\"timestamp\":\"$ts_timestamp\",\"tool_name\":\"$ts_name\""
  ts_line+="${category:+,\"tool_category\":\"$category\"},\"status\":\"$status\""
  add_number duration_ms "${ts_duration-}" 86400000
  ts_line+="${ts_error_type:+,\"error_type\":\"$ts_error_type\"}${trigger:+,\"trigger\":\"$trigger\"}"
  ts_line+="${ts_agent:+,\"agent_id\":\"$ts_agent\"},\"source\":\"$ts_source\"${ts_session:+,\"session_id\":\"$ts_session\"}"
  ts_line+="${ts_anonymous:+,\"anonymous_id\":\"$ts_anonymous\"}${version:+,\"tool_version\":\"$version\"}${os:+,\"os\":\"$os\"}"
  ts_line+=",\"runtime\":\"bash ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}\""
  add_number request_size_bytes "${ts_request-}" 999999999999999
  add_number response_size_bytes "${ts_response-}" 999999999999999
  if is_true "${TRACK_SKILLS_TEST-}"; then ts_line+=',"test":true'; fi
  ts_line+='}'
}

# Empties what is no label or no id. Mostly all are, and so is what they make together.
drop_misfits() {
  if ! fits_label "-$category$ts_error_type$ts_agent$version"; then
    fits_label "$category" || category=
    fits_label "$ts_error_type" || ts_error_type=
    fits_label "$ts_agent" || ts_agent=
    fits_label "$version" || version=
  fi
  if [[ -z $ts_id ]] || ! fits_id "$ts_id$ts_session$ts_anonymous"; then
    fits_id "$ts_id" || ts_id=$ts_uuid
    fits_id "$ts_session" || ts_session=
    fits_id "$ts_anonymous" || ts_anonymous=
  fi
}
