#!/usr/bin/env bash
# Made by `make clients`. Change its parts instead: client/shell/track.sh client/shell/shared.sh
# client/shell/switches.sh client/shell/state.sh client/shell/names.sh client/shell/clock.sh
# client/shell/event.sh client/shell/spool.sh client/shell/detach.sh client/shell/sender.sh client/shell/lock.sh
# client/shell/arguments.sh client/shell/command.sh client/shell/host.sh
# Track Skills: records that a skill was used. One file to copy; it needs bash 3.2 or later, and curl to send.
# It never prints, fails or waits for the network. `bash _track.sh --help` says how to use it, CONTRACT.md what it does.

[[ ${BASH_SOURCE[0]} == "$0" ]] || return 0
set +euC +o pipefail +o posix

# ---- shared: the same lines in _track.sh and track-skills-hook.sh ----

# Whether anything is recorded at all.

is_true() {
  case $1 in '' | 0 | false) return 1 ;; esac
}

is_on() {
  ! is_true "${TRACK_SKILLS_DISABLED-}" && ! is_true "${DO_NOT_TRACK-}" || return 1
  [[ -z ${CI-}${GITHUB_ACTIONS-}${GITLAB_CI-}${CIRCLECI-}${TRAVIS-}${BUILDKITE-}${JENKINS_URL-} ]] || return 1
  find_state && [[ ! -e $ts_state/off && ! -L $ts_state/off ]] || return 1
  [[ -n ${TRACK_SKILLS_ENDPOINT-} ]] || is_true "${TRACK_SKILLS_DEBUG-}"
}

# The state folder and the id of this installation that it keeps.

find_state() {
  if [[ -n ${TRACK_SKILLS_HOME-} ]]; then
    ts_state=$TRACK_SKILLS_HOME
  elif [[ ${XDG_STATE_HOME-} == /* ]]; then
    ts_state=$XDG_STATE_HOME/track-skills
  else
    ts_state=${HOME-}/.local/state/track-skills
    [[ -n ${HOME-} ]]
  fi
}

read_anonymous_id() {
  local file=$ts_state/anonymous_id
  ts_anonymous=
  { IFS= read -r ts_anonymous <"$file"; } 2>/dev/null
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

# Which names, labels and ids are allowed, and which names are wanted.

# Letters one by one: a range means something else in every locale.
ts_letters=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ
ts_word=${ts_letters}0123456789_.:
# The dash comes last, to be none of a range.
ts_alphabet="$ts_word /@+-"

fits_name() {
  case $1 in
    '' | *[!$ts_alphabet]* | /* | [$ts_letters]:* | *..* | */*/*) return 1 ;;
  esac
  ((${#1} <= 128)) && [[ $1 == *[!\ ]* ]]
}

fits_label() {
  [[ -n $1 && $1 != *[!$ts_alphabet]* ]] && ((${#1} <= 64))
}

fits_id() {
  [[ -n $1 && $1 != *[!$ts_word-]* ]] && ((${#1} <= 128))
}

# Whether a name ($1) matches one of the globs ($2, separated by commas).
matches_any() {
  local glob rest=$2,
  while [[ -n $rest ]]; do
    glob=${rest%%,*} rest=${rest#*,}
    glob=${glob#"${glob%%[! ]*}"}
    glob=${glob%"${glob##*[! ]}"}
    # Brackets and the like are no wildcards here, and no name has them.
    case $glob in '' | *[!*?$ts_alphabet]*) continue ;; esac
    # shellcheck disable=SC2053 # A glob is what the right side is.
    [[ $1 == $glob ]] && return 0
  done
  return 1
}

is_wanted() {
  fits_name "$1" || return 1
  ! matches_any "$1" "${TRACK_SKILLS_EXCLUDE-}" || return 1
  [[ -z ${TRACK_SKILLS_INCLUDE-} || -z ${TRACK_SKILLS_INCLUDE//[ ,]/} ]] || matches_any "$1" "$TRACK_SKILLS_INCLUDE"
}

# The time and random ids.

# Sets ts_now (epoch milliseconds, 13 digits) and ts_timestamp.
read_clock() {
  if ((BASH_VERSINFO[0] >= 5)); then
    local micros=${EPOCHREALTIME//[!0-9]/}
    ts_now=${micros%???}
    TZ=UTC0 printf -v ts_timestamp '%(%Y-%m-%dT%H:%M:%S)T' "${micros%??????}"
    ts_timestamp+=.${ts_now: -3}Z
  else
    ts_timestamp=$(date -u '+%s000 %Y-%m-%dT%H:%M:%S.000Z')
    ts_now=${ts_timestamp%% *} ts_timestamp=${ts_timestamp#* }
  fi
  [[ $ts_now == ????????????? ]]
}

# Sets ts_uuid.
make_uuid() {
  local hex=
  if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
    printf -v hex '%08x' "$SRANDOM" "$SRANDOM" "$SRANDOM" "$SRANDOM"
  elif IFS= read -r hex 2>/dev/null </proc/sys/kernel/random/uuid; then
    hex=${hex//-/}
  else
    hex=$(od -An -N16 -tx1 /dev/urandom)
    hex=${hex//[!0-9a-f]/}
  fi
  ts_uuid=${hex:0:8}-${hex:8:4}-4${hex:13:3}-a${hex:17:3}-${hex:20:12}
  ((${#ts_uuid} == 36))
}

# The event as one line of JSON.

ts_statuses='success error timeout partial skipped denied'
ts_triggers='user model nested'

# Whether $1 is one of the words in $2.
is_one_of() {
  [[ $1 != *\ * && " $2 " == *" $1 "* ]]
}

add_label() {
  if fits_label "$2"; then ts_line+=",\"$1\":\"$2\""; fi
}

add_id() {
  if fits_id "$2"; then ts_line+=",\"$1\":\"$2\""; fi
}

# Adds an integer ($2) of at most $3.
add_number() {
  [[ -n $2 && $2 != *[!0-9]* ]] && ((${#2} <= 15 && 10#$2 <= $3)) || return 0
  ts_line+=",\"$1\":$((10#$2))"
}

# Sets ts_line to the event: CONTRACT.md says which fields, in which order.
compose() {
  local status=unknown os=${OSTYPE%%[!a-z]*}
  if is_one_of "${ts_status-}" "$ts_statuses"; then status=$ts_status; fi
  case ${ts_status-} in
    ok) status=success ;;
    failure | failed) status=error ;;
    cancelled) status=skipped ;;
  esac
  case $os in msys | cygwin | win) os=windows ;; esac
  fits_id "${ts_id-}" || ts_id=$ts_uuid
  ts_line="{\"event_id\":\"$ts_id\",\"timestamp\":\"$ts_timestamp\",\"tool_name\":\"$ts_name\""
  add_label tool_category "${ts_category:-${TRACK_SKILLS_CATEGORY-}}"
  ts_line+=",\"status\":\"$status\""
  add_number duration_ms "${ts_duration-}" 86400000
  add_label error_type "${ts_error_type-}"
  if is_one_of "${ts_trigger-}" "$ts_triggers"; then add_label trigger "$ts_trigger"; fi
  add_label agent_id "${ts_agent-}"
  add_label source "$ts_source"
  add_id session_id "${ts_session-}"
  add_id anonymous_id "$ts_anonymous"
  add_label os "$os"
  add_label runtime "bash ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}"
  add_number request_size_bytes "${ts_request-}" 999999999999999
  add_number response_size_bytes "${ts_response-}" 999999999999999
  if is_true "${TRACK_SKILLS_TEST-}"; then ts_line+=',"test":true'; fi
  ts_line+='}'
}

# The spool: one file for each event.

# Writes the event that the ts_ variables describe to the spool, as one new file.
record() {
  local spool=$ts_state/spool
  umask 077
  read_clock && make_uuid || return
  if is_true "${TRACK_SKILLS_DEBUG-}"; then
    read_anonymous_id || ts_anonymous=$ts_uuid
    make_uuid
    compose
    printf '%s\n' "$ts_line" >&2
    return 1
  fi
  [[ -d $spool ]] || mkdir -p "$spool" || return
  keep_anonymous_id
  make_uuid
  compose
  set -C
  printf '%s\n' "$ts_line" >"$spool/$ts_now-$$-${ts_uuid:0:8}.ndjson"
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

# Leaving the caller's process: its streams, its descriptors, its process group.

# Starts the sender: its own process group, none of the caller's streams or descriptors.
detach() {
  # First the streams: with a terminal on stderr, set -m would reach for it.
  hush
  set -m
  { set +mC && close_descriptors && send; } &
}

hush() {
  exec </dev/null >/dev/null 2>&1
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

# The sender: posts what waits in the spool, in a process of its own.

send() {
  LC_ALL=C
  trap '' HUP INT
  cd -- "$ts_state/spool" || return
  while has_events .; do
    take_lock || return
    prune
    send_batches
    local emptied=$?
    drop_lock
    # A writer that met the lock counts on this second look.
    ((emptied == 0)) || return
  done
}

# Drops what is over 7 days old, then the oldest of what is over 1 MiB.
prune() {
  local file size total=0 oldest files=() sizes=()
  read_clock || return
  oldest=$((ts_now - 604800000))
  for file in *.ndjson; do
    # shellcheck disable=SC2071 # Names, not numbers: all times have 13 digits.
    [[ $file < $oldest ]] || break
    files+=("$file")
  done
  remove_files "${files[@]}"
  files=(*.ndjson)
  # No line has more than 4 KiB.
  ((${#files[@]} > 256)) || return 0
  files=()
  while read -r _ _ _ _ size _ _ _ file; do
    [[ $file == *.ndjson ]] || continue
    files+=("$file") sizes+=("$size")
    total=$((total + size))
  done < <(ls -ln)
  for ((oldest = 0; total > 1048576; oldest++)); do
    total=$((total - sizes[oldest]))
  done
  remove_files "${files[@]:0:oldest}"
}

# Posts batch after batch, oldest first; true if the spool was emptied, false if an answer said to wait.
send_batches() {
  local most=100 sent=1 end=$((SECONDS + 30)) status body batch junk
  while ((SECONDS < end)) && fill_batch; do
    status=$(post)
    case $status in
      413) if ((${#batch[@]} > 1)); then most=$((${#batch[@]} / 2)) && continue; fi ;;
      408 | 429) return 1 ;;
      2?? | 4??) ;;
      *) return 1 ;;
    esac
    remove_files "${batch[@]}"
    # What cannot be removed must not be sent over and over.
    [[ ! -e ${batch[0]} ]] || return 1
    sent=0
  done
  return "$sent"
}

# Sets batch (files) and body (their lines, joined by commas).
fill_batch() {
  local file line minute_ago=$((ts_now - 60000))
  body='' batch=() junk=()
  for file in *.ndjson; do
    ((${#batch[@]} < most)) || break
    line=
    # shellcheck disable=SC2071 # Names, not numbers.
    if IFS= read -r line <"$file"; then
      if [[ $line != '{'*'}' ]]; then
        junk+=("$file")
        continue
      fi
      ((${#body} + ${#line} < 204800)) || break
      body+=${body:+,}$line
      batch+=("$file")
    elif [[ -e $file && $file < $minute_ago ]]; then
      junk+=("$file") # Its writer died half-way: without the newline it never was an event.
    fi
  done
  remove_files "${junk[@]}"
  ((${#batch[@]} > 0))
}

# Prints the status of the answer, 000 for none.
post() {
  local key=${TRACK_SKILLS_API_KEY-} options
  options=(-q -s -o /dev/null -w '%{http_code}' --connect-timeout 2 --max-time 5 --proto '=http,https' -A track-skills
    -H 'Content-Type: application/json' -H 'Expect:' --data-binary @- --url "${TRACK_SKILLS_ENDPOINT%/}/api/track")
  if [[ -z $key || $key == *[[:cntrl:]]* ]]; then
    printf '{"events":[%s]}' "$body" | curl "${options[@]}"
    return
  fi
  key=${key//\\/\\\\}
  key=${key//\"/\\\"}
  # In a file of options and not in an argument, which every user of the machine can read.
  printf '{"events":[%s]}' "$body" |
    curl "${options[@]}" -K <(printf 'header = "Authorization: Bearer %s"\n' "$key")
}

# The lock that lets one sender work at a time.

take_lock() {
  local holder try
  ts_pid=${BASHPID:-$(exec sh -c 'printf %s "$PPID"')}
  for try in 1 2; do
    set -C
    if printf '%s\n' "$ts_pid" >../lock; then
      set +C
      return 0
    fi
    set +C
    holder=
    IFS= read -r holder <../lock
    if [[ -z $holder && -e ../lock ]]; then
      # Its maker is about to write, or died in between.
      sleep 1
      IFS= read -r holder <../lock
    fi
    # One over a minute old belongs to nobody, whoever has that number now.
    if ! is_alive "$holder" || [[ -n $(find ../lock -mmin +1) ]]; then
      rm -f ../lock
    else
      return 1
    fi
  done
  return 1
}

is_alive() {
  local state=
  [[ -n $1 ]] && kill -0 "$1" || return
  # In a container nobody may collect the dead.
  IFS=' ' read -r _ _ state _ <"/proc/$1/stat"
  [[ $state != Z ]]
}

drop_lock() {
  local holder=
  IFS= read -r holder <../lock
  if [[ $holder == "$ts_pid" ]]; then rm -f ../lock; fi
}

# ---- end of the shared lines ----

# The command line of _track.sh.

usage() {
  printf '%s\n' \
    'Usage: bash _track.sh NAME [OPTIONS]                  record one use of a skill' \
    '       bash _track.sh NAME [OPTIONS] -- COMMAND ARGS  run a command, record its outcome and duration' \
    '       bash _track.sh --flush                         send what is waiting' \
    '' \
    "Options: --status ${ts_statuses// /|}|unknown" \
    "         --duration-ms N   --category C   --error-type T   --trigger ${ts_triggers// /|}" \
    '' \
    'TRACK_SKILLS_ENDPOINT  the collector; without it nothing is recorded or sent' \
    'TRACK_SKILLS_DEBUG=1   print the event on stderr and send nothing' \
    'DO_NOT_TRACK=1         off'
}

# Sets the ts_ variables from the arguments, and ts_command to the number of the wrapped command's first word, 0 for none.
read_arguments() {
  local count=$# option value
  ts_name='' ts_command=0
  while (($# > 0)); do
    if [[ $1 == -- ]]; then
      if (($# > 1)); then ts_command=$((count - $# + 2)); fi
      return
    fi
    option=$1 value=${2-}
    case $option in
      --*=*) value=${1#*=} option=${1%%=*} ;;
      -*) ;;
      *)
        ts_name=${ts_name:-$1}
        shift
        continue
        ;;
    esac
    case $option in
      --status) ts_status=$value ;;
      --duration-ms) ts_duration=$value ;;
      --category) ts_category=$value ;;
      --error-type) ts_error_type=$value ;;
      --trigger) ts_trigger=$value ;;
      *) value= ;;
    esac
    if [[ $option == "$1" && -n $value && $value != -- ]]; then shift; fi
    shift
  done
}

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

# Which agent runs the script.

find_host() {
  if [[ -n ${CLAUDECODE-} ]]; then
    ts_agent=claude-code ts_session=${CLAUDE_CODE_SESSION_ID-}
  elif [[ -n ${CURSOR_AGENT-} ]]; then
    ts_agent=cursor
  elif [[ -n ${CODEX_THREAD_ID-}${CODEX_SANDBOX-} ]]; then
    ts_agent=codex ts_session=${CODEX_THREAD_ID-}
  elif [[ -n ${GEMINI_CLI-} ]]; then
    ts_agent=gemini-cli
  fi
}

main() {
  ts_code=0 ts_source=bash
  case ${1-} in
    -h | --help)
      usage
      return
      ;;
    --flush)
      if is_on && ! is_true "${TRACK_SKILLS_DEBUG-}" && has_events "$ts_state/spool"; then detach; fi
      return
      ;;
  esac
  ts_status='' ts_duration='' ts_category='' ts_error_type='' ts_trigger='' ts_agent='' ts_session=''
  ts_id='' ts_request='' ts_response=''
  read_arguments "$@"
  if ! is_on || ! is_wanted "$ts_name"; then
    if ((ts_command > 0)); then exec -- "${@:ts_command}"; fi
    return
  fi
  if ((ts_command > 0)); then run_measured "${@:ts_command}"; fi
  is_true "${TRACK_SKILLS_DEBUG-}" || hush
  find_host
  if record; then detach; fi
}

main "$@"
exit "$ts_code"
