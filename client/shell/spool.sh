# shellcheck shell=bash
# The files of the spool and of the local store.

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
