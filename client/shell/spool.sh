# shellcheck shell=bash
# The spool: one file for each event.

# Writes the event that the ts_ variables describe to the spool, as one new file.
record() {
  read_clock && make_uuid || return
  if is_true "${TRACK_SKILLS_DEBUG-}"; then
    read_anonymous_id || ts_anonymous=$ts_uuid
    make_uuid
    compose
    printf '%s\n' "$ts_line" >&2
    return 1
  fi
  make_state || return
  keep_anonymous_id
  make_uuid
  compose
  set -C
  printf '%s\n' "$ts_line" >"$ts_state/spool/$ts_now-$$-${ts_uuid:0:8}.ndjson"
}

has_events() {
  local files=("$1"/*.ndjson)
  [[ -e ${files[0]} ]]
}

remove_files() {
  while (($# > 500)); do
    rm -f -- "${@:1:500}"
    shift 500
  done
  if (($# > 0)); then rm -f -- "$@"; fi
}
