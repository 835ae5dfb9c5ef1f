# shellcheck shell=bash
# The id of this installation, kept in the state folder.

read_anonymous_id() {
  ts_anonymous=
  { IFS= read -r ts_anonymous <"$ts_state/anonymous_id"; } 2>/dev/null
  fits_id "$ts_anonymous"
}

# Sets ts_anonymous; leaves it empty where it cannot be kept.
keep_anonymous_id() {
  local file=$ts_state/anonymous_id try
  read_anonymous_id && return
  make_uuid || return
  set -C
  if { printf '%s\n' "$ts_uuid" >"$file"; } 2>/dev/null; then
    set +C
  else
    set +C
    # Another process may be between creating the file and writing it.
    for ((try = 0; try < 1000; try++)); do
      read_anonymous_id && return
    done
    { printf '%s\n' "$ts_uuid" >|"$file"; } 2>/dev/null
  fi
  read_anonymous_id || ts_anonymous=
}
