#!/usr/bin/env bash
# Made by `make clients`. Change its parts instead: client/shell/hook.sh client/shell/shared.sh
# client/shell/switches.sh client/shell/state.sh client/shell/names.sh client/shell/clock.sh
# client/shell/event.sh client/shell/spool.sh client/shell/detach.sh client/shell/sender.sh client/shell/lock.sh
# client/shell/hook_json.sh client/shell/hook_event.sh
# Track Skills: a hook for Claude Code, and for hosts that run hooks like it. It reads the hook's JSON on stdin and records which skill or
# tool was used and how it ended. One file to copy; it needs bash 3.2 or later, awk, and curl to send. It never prints, fails or waits
# for the network. Nothing of tool_input, tool_response, prompt or paths leaves it but a skill's name and sizes.

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

# Reading the hook's JSON.

# Prints what is needed of the JSON on stdin, on one line with | between: a value that is none of the names' alphabet is ?. Prints nothing
# unless the JSON is one whole object. Splitting it at its quotes makes each record a string or what stands between two strings, so that
# awk's own reader does the work.
read_hook() {
  # shellcheck disable=SC2016 # The program is awk's.
  LC_ALL=C awk -v foreign="[^$ts_alphabet]" '
    BEGIN {
      RS = "\""
      fields = "hook_event_name tool_name toolName tool_input.skill toolArgs.skill tool_use_id session_id sessionId conversation_id" \
        " duration_ms duration is_interrupt failure_type tool_response.isError tool_response.is_error tool_response.status" \
        " tool_result.result_type toolResult.resultType error command_name expansion_type cursor_version turn_id timestamp source"
      count = split(fields, wanted, " ")
      for (i = 1; i <= count; i++) is_wanted[wanted[i]] = 1
      is_counting = 1
      left = 5000
    }

    # Counting every byte of a very large payload would take longer than reading it: its sizes stay unknown.
    is_counting { bytes += length($0); if (!--left) is_counting = 0 }

    # In a string. Nearly every record of a large payload ends here; matching is what awk does fastest.
    in_string && /\\$/ && (!/\\\\$/ || is_escaping()) { next }
    in_string {
      in_string = 0
      if (depth < 3) { text = NR == first ? $0 : "\\"; has_text = 1 }
      next
    }

    # Between two strings.
    { in_string = 1 }
    depth < 3 { meet() }
    # Deep down, from one object to its neighbour, is the commonest step and leads nowhere.
    /[][{}]/ && !(depth > 2 && /^[^][{}]*[]}][^][{}]*[[{][^][{}]*$/) { nest() }
    depth < 3 { first = NR + 1; start = bytes + NR - 1 }

    END {
      if (!in_string || depth != 0 || !is_object || is_broken) exit
      line = ""
      for (i = 1; i <= count; i++) line = line value[wanted[i]] "|"
      print line size["tool_input"] size["toolArgs"] "|" size["tool_response"] size["tool_output"] size["tool_result"] size["toolResult"] "|"
    }

    # Whether the quote after this record is escaped: an odd number of backslashes stands before it.
    function is_escaping(   i) {
      for (i = length($0); i > 0 && substr($0, i, 1) == "\\"; i--);
      return (length($0) - i) % 2
    }

    # The string before is a key if a colon follows, else a value; after the colon may stand a literal.
    function meet(   rest) {
      if (!has_text) return
      has_text = 0
      if (!match($0, /^[ \t\r\n]*:[ \t\r\n]*/)) { found(text, bytes + NR - length($0) - 1 - start); return }
      rest = substr($0, RLENGTH + 1, 64)
      key[depth] = plain(text)
      if (match(rest, /^[-+.0-9A-Za-z]+/)) found(substr(rest, 1, RLENGTH), RLENGTH)
    }

    # Follows the brackets. An end of the second level is the end of a value of the first.
    function nest(   parts, count, i, position, bracket) {
      count = split($0, parts, /[][{}]/)
      for (i = 1; i < count; i++) {
        position += length(parts[i]) + 1
        bracket = substr($0, position, 1)
        if (bracket == "{" || bracket == "[") {
          if (depth == 0) { if (is_object || bracket == "[") is_broken = 1; is_object = 1 }
          if (depth == 1) opened = bytes + NR - length($0) + position
          key[++depth] = ""
        } else {
          if (--depth == 1) measured(bytes + NR - length($0) + position - opened + 1)
          if (depth < 0) is_broken = 1
        }
      }
    }

    function found(text, amount,   path) {
      if (depth == 1) { path = key[1]; measured(amount) }
      else if (depth == 2) path = key[1] "." key[2]
      if (path in is_wanted) {
        value[path] = plain(text)
        if (value[path] ~ foreign) value[path] = "?"
      }
    }

    function measured(amount) {
      if (is_counting) size[key[1]] = amount
    }

    # A short string without the escapes that its alphabet may be written with.
    function plain(text,   high, low) {
      if (length(text) > 256) return "?"
      gsub(/\\\//, "/", text)
      while (match(text, /\\u00[2-7][0-9A-Fa-f]/)) {
        high = substr(text, RSTART + 4, 1)
        low = index("0123456789abcdef", tolower(substr(text, RSTART + 5, 1))) - 1
        text = substr(text, 1, RSTART - 1) sprintf("%c", high * 16 + low) substr(text, RSTART + 6)
      }
      return text
    }
  '
}

# From the hook's fields to an event.

# Sets the ts_ variables from the hook's fields; false if there is nothing to record.
describe() {
  local event tool camel_tool skill camel_skill use_id session camel_session conversation milliseconds duration interrupted failure
  local is_error snake_is_error status result camel_result error command expansion cursor turn timestamp source request response
  IFS='|' read -r event tool camel_tool skill camel_skill use_id session camel_session conversation milliseconds duration interrupted \
    failure is_error snake_is_error status result camel_result error command expansion cursor turn timestamp source request response _ \
    < <(read_hook 2>/dev/null)

  ts_agent=claude-code ts_status=success ts_trigger=model ts_id=$use_id
  ts_session=${session:-${camel_session:-$conversation}} ts_duration=${milliseconds:-$duration} ts_duration=${ts_duration%%.*}
  ts_request=$request ts_response=$response ts_error_type=''
  if [[ -n $cursor$conversation ]]; then
    ts_agent=cursor
  elif [[ -n $camel_session || -n $event && -n $timestamp ]]; then
    ts_agent=copilot
    tool=${tool:-$camel_tool} skill=${skill:-$camel_skill} result=${result:-$camel_result}
    # Its own form has no name of the event: the fields tell.
    if [[ -z $event && -n $result ]]; then event=PostToolUse; fi
    if [[ -z $event && -n $tool && -n $error ]]; then event=PostToolUseFailure; fi
    if [[ -z $event && -z $tool && -n $source ]]; then event=SessionStart; fi
  elif [[ -n $turn ]]; then
    # It runs this hook after failures too, and says of most tools nothing about the outcome.
    ts_agent=codex ts_status=unknown
  fi

  case $event in
    SessionStart | sessionStart) ts_flush=1 ;;
    UserPromptExpansion) describe_command "$command" "$expansion" ;;
    PostToolUse | postToolUse)
      case $is_error$snake_is_error in *true*) ts_status=error ;; *false*) ts_status=success ;; esac
      case $result in failure) ts_status=error ;; denied) ts_status=denied ;; esac
      describe_tool "$tool" "$skill" "$status"
      ;;
    PostToolUseFailure | postToolUseFailure)
      ts_status=error
      case $failure in timeout) ts_status=timeout ;; permission_denied) ts_status=denied ;; esac
      if [[ $interrupted == true ]]; then ts_status=skipped; fi
      describe_tool "$tool" "$skill" "$status"
      ;;
  esac
}

describe_command() {
  # With a slash it is the beginning of a path that someone typed.
  [[ $1 != */* ]] || return
  ts_name=$1 ts_category=skill ts_trigger=user ts_id='' ts_duration=''
  if [[ $2 == mcp_prompt ]]; then ts_category=mcp-prompt; fi
}

describe_tool() {
  case $1 in
    Skill | skill)
      ts_name=$2 ts_category=skill
      # That of loading the skill, unless it ran in a process of its own.
      if [[ $3 != forked ]]; then ts_duration=; fi
      ;;
    mcp__?*__?*)
      ts_name=${1#mcp__}
      ts_category=mcp:${ts_name%%__*} ts_name=${ts_name#*__}
      ;;
    MCP:?*) ts_name=${1#MCP:} ts_category=mcp ;;
    *)
      if is_true "${TRACK_SKILLS_ALL_TOOLS-}"; then ts_name=$1 ts_category=tool; fi
      ;;
  esac
}

main() {
  # A plugin's options arrive in variables of their own.
  : "${TRACK_SKILLS_ENDPOINT:=${CLAUDE_PLUGIN_OPTION_ENDPOINT-}}" "${TRACK_SKILLS_API_KEY:=${CLAUDE_PLUGIN_OPTION_TOKEN-}}"
  is_on || return
  is_true "${TRACK_SKILLS_DEBUG-}" || exec >/dev/null 2>&1
  ts_name='' ts_flush='' ts_source=hook
  if [[ -n ${CLAUDE_PLUGIN_ROOT-} ]]; then ts_source=plugin; fi
  describe
  if [[ -n $ts_flush ]]; then
    if ! is_true "${TRACK_SKILLS_DEBUG-}" && has_events "$ts_state/spool"; then detach; fi
    return
  fi
  is_wanted "$ts_name" && record && detach
}

main
exit 0
