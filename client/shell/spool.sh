# shellcheck shell=bash
# The spool and the local store: one file for each event.

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

has_events() {
  local files=("$1"/*.ndjson)
  [[ -e ${files[0]} ]]
}

# Moves files of the spool to the local store, if that keeps events; else removes them.
dispose() {
  while keeps_events && (($# > 0)); do
    # What was sent must not be sent again, wherever it could not be moved to.
    { mkdir -p -- ../local && mv -f -- "${@:1:500}" ../local/; } || rm -f -- "${@:1:500}"
    shift $(($# < 500 ? $# : 500))
  done
  remove_files "$@"
}

# Drops the newest of the local store's files above its limit: what was kept stays until it is in the database.
keep_local_limit() {
  local files=(*.ndjson)
  remove_files "${files[@]:50000}"
}

remove_files() {
  while (($# > 500)); do
    rm -f -- "${@:1:500}"
    shift 500
  done
  if (($# > 0)); then rm -f -- "$@"; fi
}
