# shellcheck shell=bash
# Running a wrapped command and measuring it.

# Sets ts_clock to microseconds, or to nothing where there is no clock finer than a second.
read_stopwatch() {
  local uptime
  ts_clock=
  if ((BASH_VERSINFO[0] >= 5)); then
    ts_clock=${EPOCHREALTIME//[!0-9]/}
  elif read -r uptime _ 2>/dev/null </proc/uptime; then
    ts_clock=${uptime//[!0-9]/}0000
  fi
}

# Runs a command with the script's own streams and sets ts_code. Signals sent to the script reach the command.
run() {
  local earlier=0 signal
  ts_caught='' ts_early='' ts_child='' ts_reset=()
  for signal in HUP TERM USR1 USR2 INT QUIT; do
    # shellcheck disable=SC2064 # Each trap names its own signal.
    trap "pass_on $signal" "$signal"
  done
  if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || find_reset; then
    # In the background, for a signal to interrupt the wait.
    if { : <&0; } 2>/dev/null; then
      become "$@" <&0 &
    else
      become "$@" <&- &
    fi
    ts_child=$!
    # The keys of a terminal signal the command too; a wait that they interrupt may lose its status.
    if [[ -t 0 || -t 1 || -t 2 ]]; then trap '' INT QUIT; fi
    if [[ -n $ts_early ]]; then kill -s "$ts_early" "$ts_child" 2>/dev/null; fi
    ts_caught=again
    while [[ -n $ts_caught ]]; do
      ts_caught=
      wait "$ts_child"
      ts_code=$?
      # Its status was lost to the signal that interrupted the wait before, and ended it.
      if ((ts_code < 0 || ts_code == 127 && earlier > 128)); then ts_code=$earlier; fi
      earlier=$ts_code
    done
  else
    (become "$@")
    ts_code=$?
  fi
  trap - HUP TERM USR1 USR2 INT QUIT
}

# Turns a subshell into the command; exec keeps functions of this script out of the way.
become() {
  trap - HUP TERM USR1 USR2 INT QUIT
  ((${#ts_exports[@]} == 0)) || export "${ts_exports[@]}"
  exec -- "${ts_reset[@]}" "$@"
}

# Before 4.4, bash has its children in the background ignore a terminal's keys for good. Sets ts_reset to the beginning of a command
# line that undoes it; false if there is no perl to do it.
find_reset() {
  command -v perl >/dev/null 2>&1 || return
  # Unless the caller ignores them: then no trap notices.
  kill -s INT $$
  [[ -n $ts_early ]] || return 0
  ts_early=
  # shellcheck disable=SC2016 # The program is perl's.
  ts_reset=(perl -e '$SIG{INT} = $SIG{QUIT} = "DEFAULT"; exec {$ARGV[0]} @ARGV; warn "$ARGV[0]: $!\n"; exit($!{ENOENT} ? 127 : 126)' --)
}

# shellcheck disable=SC2317,SC2329 # The traps call it.
pass_on() {
  ts_caught=$1
  if [[ -z $ts_child ]]; then
    ts_early=$1
  else
    kill -s "$1" "$ts_child" 2>/dev/null
  fi
}

# Runs the wrapped command, then describes how it went.
run_measured() {
  local start
  read_stopwatch
  start=$ts_clock
  run "$@"
  read_stopwatch
  ts_duration=
  if [[ -n $start && -n $ts_clock ]] && ((ts_clock >= start)); then
    ts_duration=$(((ts_clock - start) / 1000))
  fi
  case $ts_code in
    0) ts_status=success ;;
    124) ts_status=timeout ;;
    *) ts_status=error ;;
  esac
}
