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
  local again earlier=0
  ts_caught='' ts_early='' ts_child=''
  trap 'pass_on HUP' HUP
  trap 'pass_on TERM' TERM
  trap 'pass_on USR1' USR1
  trap 'pass_on USR2' USR2
  trap 'pass_on INT' INT
  trap 'pass_on QUIT' QUIT
  # In the background, for a signal to interrupt the wait; exec keeps functions of this script out of the way.
  if { : <&0; } 2>/dev/null; then
    (trap - HUP TERM USR1 USR2 INT QUIT && exec -- "$@") <&0 &
  else
    (trap - HUP TERM USR1 USR2 INT QUIT && exec -- "$@") <&- &
  fi
  ts_child=$!
  if [[ -n $ts_early ]]; then pass_on "$ts_early"; fi
  again=1
  while [[ -n $again ]]; do
    wait "$ts_child"
    ts_code=$?
    if ((ts_code == 127 && earlier > 128)); then ts_code=$earlier; fi
    again=$ts_caught ts_caught='' earlier=$ts_code
  done
  trap - HUP TERM USR1 USR2 INT QUIT
}

# shellcheck disable=SC2317 # The traps call it.
pass_on() {
  ts_caught=$1
  # The keys of a terminal signal the command too; it must not get them twice.
  case $1 in INT | QUIT) if [[ -t 0 || -t 1 || -t 2 ]]; then return; fi ;; esac
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
