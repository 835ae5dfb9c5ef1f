# shellcheck shell=bash
# What a session used up, only where that is asked for: its transcript holds what people wrote. Its sums are read in a process of its own
# when it has ended, by Python; where there is none, nothing happens.

# Starts the reader as detach does the sender.
start_reader() {
  is_true "${TRACK_SKILLS_DEBUG-}" && tell_session && return
  hush
  set -m
  { set +mC && trap - TERM && close_descriptors && tell_session; } &
}

# Reads the sums, and sends them with those that could not be sent before.
tell_session() {
  local file=
  has_python || return
  read_clock && make_uuid || return
  if is_true "${TRACK_SKILLS_DEBUG-}"; then
    read_anonymous_id || ts_anonymous=$ts_uuid
    read_session '' >&2
    return
  fi
  [[ -n $ts_endpoint ]] && make_state sessions && cd -- "$ts_state/sessions" || return
  keep_anonymous_id
  trap '' HUP INT
  file=$ts_now-$$-${ts_uuid:0:8}.json
  read_session "$file"
  is_switched_off || send_sessions
}

# Whether there is a Python. Apple's own asks to be installed where it is not.
has_python() {
  [[ $(command -v python3) != /usr/bin/python3 || ${BASH_VERSINFO[5]} != *darwin* ]] || xcode-select -p >/dev/null 2>&1 || return
  command -v python3 >/dev/null
}

# Posts what waits in this folder, oldest first; what is over 30 days old is dropped.
send_sessions() {
  local file line body verdict status batch
  find . -name '*.json*' -mtime +30 -exec rm -f {} +
  find_key
  for file in *.json; do
    IFS= read -r line <"$file" && [[ $line == '{'*'}' ]] || continue
    if ((${#batch[@]} == 100 || ${#body} + ${#line} > 204800)); then break; fi
    body+=${body:+,}$line batch+=("$file")
  done
  [[ -n $body ]] || return
  post session
  if [[ $verdict != kept ]]; then remove_files "${batch[@]}"; fi
}
