# shellcheck shell=bash
# How often this machine posts: the state file next_post says from when on it may again, and whether a sender waits for that.

ts_interval=12000 ts_pause=60000

# After recording an event: true if a sender is to be started, ts_delay milliseconds from now.
plan_post() {
  local ahead late=0
  read_next_post
  ahead=$((10#$ts_next - ts_now))
  # One that waits may be a little late; later than that it has died.
  if [[ -n $ts_waits ]]; then late=-2000; fi
  if ((ahead > 60000 + ts_interval || ahead <= late)); then
    ts_delay=0
    # Without a collector the sender only looks after the local store.
    post_again_in "$((${#ts_endpoint} > 0 ? ts_interval : ts_pause))"
  elif [[ -z $ts_endpoint ]]; then
    return 1
  elif [[ -z $ts_waits ]]; then
    ts_delay=$ahead
    printf '%s waiting\n' "$ts_next" >|"$ts_state/next_post"
  else
    return 1
  fi
}

# Sets ts_next (epoch milliseconds, 0 for none) and ts_waits.
read_next_post() {
  local line=
  { IFS= read -r line <"$ts_state/next_post"; } 2>/dev/null
  ts_next=${line% waiting} ts_waits=${line:${#ts_next}}
  [[ $ts_next == ????????????? && $ts_next != *[!0-9]* ]] || ts_next=0 ts_waits=
}

# Nobody waits from here on.
post_again_in() {
  printf '%s\n' "$((ts_now + $1))" >|"$ts_state/next_post"
} 2>/dev/null
