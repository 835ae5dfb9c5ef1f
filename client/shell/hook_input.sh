# shellcheck shell=bash
# What the host writes to stdin. Some leave it open afterwards: then a second without more is its end.

# Begins to read: sets ts_json to what is short, and has what is longer shortened meanwhile, which ts_shortened then says.
begin_input() {
  ts_json='' ts_shortened='' ts_sizes=''
  # Before version 5, bash loses what it has read when the time is over. With a time, each character costs it two system calls: no more
  # than hosts mostly send.
  if ((BASH_VERSINFO[0] >= 5)) && ! IFS= read -r -t 1 -N 1536 ts_json; then return; fi
  exec 3< <(exec 4>&1 2>/dev/null && shorten < <(feed))
  ts_shortened=1
}

# Prints what was read and all that follows; says on descriptor 4 which process does.
feed() {
  printf '%s\n' "${BASHPID:-$(exec sh -c 'printf %s "$PPID"')}" >&4
  exec 4>&-
  printf '%s' "$ts_json"
  exec cat
}

# Sets ts_json to all of it, and ts_sizes to two sizes where it was shortened.
end_input() {
  local feeder='' start='' rest='' try
  [[ -n $ts_shortened ]] || return 0
  IFS= read -r feeder <&3
  for ((try = 0; try < 9; try++)); do
    if IFS= read -r -t 1 -n 1 start <&3; then break; fi
    # The host may be slow rather than done.
    if ((BASH_VERSINFO[0] < 4)) || ! read -r -t 0; then kill -s KILL "$feeder"; fi
  done
  if ((BASH_VERSINFO[0] >= 5)); then
    IFS= read -r -N 1000000 rest <&3
  else
    IFS= read -r -d '' rest <&3
  fi
  exec 3<&-
  rest=$start$rest
  ts_json=${rest#*|*|} ts_sizes=${rest%"|$ts_json"}
}
