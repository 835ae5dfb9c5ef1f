# shellcheck shell=bash
# Leaving the caller's process: its streams, its descriptors, its process group.

# Sends what waits, whatever the pace.
flush() {
  ! is_true "${TRACK_SKILLS_DEBUG-}" && [[ -n $ts_endpoint ]] && has_events "$ts_state/spool" && read_clock || return
  umask 077
  post_again_in "$ts_interval"
  ts_delay=0
  detach
}

# Starts the sender: its own process group, none of the caller's streams or descriptors.
detach() {
  # First the streams: with a terminal on stderr, set -m would reach for it.
  hush
  set -m
  { set +mC && trap - TERM && close_descriptors && send; } &
}

close_descriptors() {
  local path fd
  if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 401)); then
    exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
    return 0
  fi
  for path in /dev/fd/*; do
    fd=${path##*/}
    case $fd in
      [0-2] | *[!0-9]*) ;;
      *) exec {fd}>&- ;;
    esac
  done
  return 0
}
