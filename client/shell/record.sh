# shellcheck shell=bash
# Keeping an event: one file for each.

# Writes the event that the ts_ variables describe as one new file: to the spool, or where nothing is sent to the local store.
record() {
  local folder=spool
  read_clock && make_uuid || return
  if is_true "${TRACK_SKILLS_DEBUG-}"; then
    read_anonymous_id || ts_anonymous=$ts_uuid
    make_uuid
    compose
    printf '%s\n' "$ts_line" >&2
    return 1
  fi
  [[ -n $ts_endpoint ]] || folder=local
  make_state "$folder" || return
  keep_anonymous_id
  [[ $ts_uuid != "$ts_anonymous" ]] || make_uuid
  compose
  set -C
  printf '%s\n' "$ts_line" >"$ts_state/$folder/$ts_now-$$-${ts_uuid:0:8}.ndjson"
}
