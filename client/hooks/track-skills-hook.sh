#!/usr/bin/env bash
# Made by `make clients`. Change its parts instead: client/shell/hook.sh client/shell/hook_main.sh
# client/shell/guard.sh client/shell/environment.sh client/shell/switches.sh client/shell/state.sh
# client/shell/hook_input.sh client/shell/hook_shorten.sh client/shell/shared.sh client/shell/names.sh
# client/shell/clock.sh client/shell/identity.sh client/shell/event.sh client/shell/record.sh
# client/shell/pace.sh client/shell/hook_json.sh client/shell/hook_use.sh client/shell/hook_version.sh
# client/shell/hook_skill.sh client/shell/wanted.sh client/shell/hook_event.sh client/shell/sending.sh
# client/shell/detach.sh client/shell/sender.sh client/shell/spool.sh client/shell/post.sh client/shell/lock.sh
# client/shell/hook_session.sh client/shell/session_inline.sh client/shell/session_reader.sh
# Track Skills: a hook for Claude Code, and for hosts that run hooks like it. It reads the hook's JSON on stdin and records which skill or
# tool was used and how it ended. One file to copy; it needs bash 3.2 or later, awk, and curl to send. It never prints, fails or waits
# for the network. Nothing of tool_input, tool_response, prompt or paths leaves it but a skill's name and sizes.
# shellcheck disable=SC2154 # What is named json_ something is set by read_json.
# What a hook is, but for how it has transcripts read.
# Whatever becomes of this file, it does no harm: a damaged one, or another shell, runs at most the command that it was to wrap.
# The marks at the ends of these lines keep carriage returns there from being part of them.
{ #
  # shellcheck disable=SC2128 # The first is meant, and other shells read this too.
  case ${BASH_VERSION:+$BASH_SOURCE} in '' | "$0") ;; *) return 0 ;; esac #
  # No function that someone exported stands for these: in the mode of POSIX, none does for unset.
  case ${BASH_VERSION-}${POSIXLY_CORRECT+x} in '' | *x) ts_posix= ;; *) ts_posix=1 POSIXLY_CORRECT=1 ;; esac                               #
  case ${BASH_VERSION-} in ?*) unset -f . : [ break command continue exec exit export local return set shift shopt trap unset wait ;; esac #
  case $ts_posix in 1) unset -v POSIXLY_CORRECT ;; esac                                                                                    #
  [ -z "${BASH_VERSION-}" ] || set +abefhkmntuvxBCET                                                                                       #
} 2>/dev/null                                                                                                                              #
[ -z "${ZSH_EVAL_CONTEXT-}" ] || [ "${ZSH_EVAL_CONTEXT%file*}" = "$ZSH_EVAL_CONTEXT" ] || return 0                                         #
[ -n "${BASH_VERSION-}" ] || ! command -v bash >/dev/null 2>&1 || exec bash "$0" "$@"                                                      #
trap 'exit 0' EXIT                                                                                                                         #
ts_alone() {                                                                                                                               #
  trap - EXIT                                                                                                                              #
  while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done                                                                                     #
  [ $# -gt 1 ] || exit 0                                                                                                                   #
  shift                                                                                                                                    #
  exec "$@"                                                                                                                                #
}                                                                                                                                          #
[ -n "${BASH_VERSION-}" ] || ts_alone "$@"                                                                                                 #
ts_end=x
[ "$ts_end" = x ] || ts_alone "$@" #
trap 'ts_alone "$@"' EXIT          #

# One reading of the environment, and nothing else of it that would change what this script does.

ts_space=$' \t\n\r\v\f'

# Options of bash that a user may export; those that this bash does not know are none of it.
plain_options() {
  unset -v FUNCNEST
  set +o pipefail +o posix
  shopt -u failglob nullglob dotglob nocaseglob nocasematch extglob extdebug execfail lastpipe shift_verbose xpg_echo \
    inherit_errexit localvar_inherit compat31 compat32 compat40 compat41 compat42 compat43 compat44
  shopt -s globasciiranges
} 2>/dev/null

# For all but a command that is not ours: variables and functions that stand in the way of our own programs.
shelter() {
  unset -v GLOBIGNORE CDPATH BASH_COMPAT EXECIGNORE POSIXLY_CORRECT TMOUT BASH_ENV ENV
  unset -f awk cat cd curl date find kill mkdir mv od printf read rm sh sleep timeout umask wait wc
  LC_ALL=C
  export TZ=UTC0
}

hush() {
  exec </dev/null >/dev/null 2>&1
}

# Sets ts_value to $1 without white space around it and one pair of quotes.
bare() {
  ts_value=${1#"${1%%[!"$ts_space"]*}"}
  ts_value=${ts_value%"${ts_value##*[!"$ts_space"]}"}
  case $ts_value in \"*\" | \'*\') ts_value=${ts_value:1:${#ts_value}-2} ;; esac
}

# Sets ts_endpoint to the collector's base URL; false if there is none.
find_endpoint() {
  local url host
  bare "${TRACK_SKILLS_ENDPOINT-}"
  url=$ts_value ts_endpoint=
  case $url in
    '' | *[$ts_space\"\'?#]*) return 1 ;;
    http://* | https://*) ;;
    *://*) return 1 ;;
    localhost | localhost[:/]* | 127.0.0.1 | 127.0.0.1[:/]* | '[::1]' | '[::1]'[:/]*) url=http://$url ;;
    *) url=https://$url ;;
  esac
  host=${url#*://}
  case $host in '' | /* | :*) return 1 ;; esac
  while [[ $url == */ ]]; do url=${url%/}; done
  url=${url%/api/track}
  while [[ $url == */ ]]; do url=${url%/}; done
  ts_endpoint=$url
}

# Whether anything is recorded at all.

is_true() {
  case $1 in '' | 0 | false) return 1 ;; esac
}

is_on() {
  ! is_true "${TRACK_SKILLS_DISABLED-}" && ! is_true "${DO_NOT_TRACK-}" && ! is_true "${DISABLE_TELEMETRY-}" || return 1
  [[ -z ${CI-}${GITHUB_ACTIONS-}${GITLAB_CI-}${CIRCLECI-}${TRAVIS-}${BUILDKITE-}${JENKINS_URL-} ]] || return 1
  [[ -z ${TEAMCITY_VERSION-}${TF_BUILD-} ]] || return 1
  find_state && ! is_switched_off && is_ours || return 1
  find_endpoint || keeps_events || is_true "${TRACK_SKILLS_DEBUG-}"
}

# Whether the local store is on: events stay on this machine, also after they were sent.
keeps_events() {
  is_true "${TRACK_SKILLS_LOCAL-}" || [[ -e $ts_state/local_on || -L $ts_state/local_on ]]
}

is_switched_off() {
  [[ -e $ts_state/off || -L $ts_state/off ]]
}

# The state folder.

find_state() {
  if [[ -n ${TRACK_SKILLS_HOME-} ]]; then
    ts_state=$TRACK_SKILLS_HOME
  elif [[ ${XDG_STATE_HOME-} == /* ]]; then
    ts_state=$XDG_STATE_HOME/track-skills
  else
    ts_state=${HOME-}/.local/state/track-skills
    [[ -n ${HOME-} ]] || return
  fi
  ts_state=${ts_state%/}
  # Every path that is made of it is to mean the same in another folder, and never an option.
  [[ $ts_state == /* ]] || ts_state=$PWD/$ts_state
}

# Whether the state folder is ours. Root makes none in a user's home: with sudo, HOME may be that of another.
is_ours() {
  local folder=$ts_state
  if [[ -e $folder ]]; then
    [[ -O $folder ]]
    return
  fi
  ((EUID == 0)) || return 0
  while [[ -n $folder && ! -e $folder ]]; do folder=${folder%/*}; done
  [[ -O ${folder:-/} ]]
}

# Makes the folders that are missing, $1 in the state folder; those above that with the mode that the user's umask gives.
make_state() {
  [[ -d $ts_state/$1 ]] && umask 077 && return
  [[ -d ${ts_state%/*}/ ]] || mkdir -p -- "${ts_state%/*}/"
  umask 077
  mkdir -p -- "$ts_state/$1"
}

# There is no command to run, and what the host sends must never be taken for one.
trap 'exit 0' EXIT
# A host that ends asks its hooks to end, and kills them a moment later: until then, what was begun is recorded.
trap '' TERM
plain_options
# A plugin's options arrive in variables of their own.
: "${TRACK_SKILLS_ENDPOINT:=${CLAUDE_PLUGIN_OPTION_ENDPOINT-}}" "${TRACK_SKILLS_API_KEY:=${CLAUDE_PLUGIN_OPTION_TOKEN-}}"
: "${TRACK_SKILLS_SESSIONS:=${CLAUDE_PLUGIN_OPTION_SESSIONS-}}"
! is_true "${CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC-}" && is_on || exit 0

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

# A long JSON object made short.

# How an error ends that was a time-out of an MCP client.
ts_late='MCP error -32001: Request timed out'

# Prints the JSON on stdin without what lies deep in it and without the middle of long strings: on one line the sizes of what the tool was
# given and of what it answered, then what is left. Prints nothing unless it is one whole object. Splitting it at its quotes makes each
# record a string or what stands between two strings, so that awk's own reader does the work.
shorten() {
  # shellcheck disable=SC2016 # The program is awk's.
  LC_ALL=C exec awk -v late="$ts_late" '
    BEGIN {
      RS = "\""
      depth = 0
      is_near = is_counting = 1
      left = 3000
      # What is kept lies above this depth; in a batch it lies deeper.
      floor = 3
    }

    # Not far down, or near the beginning: counting every byte of a very large payload would take longer than reading it, and its sizes
    # stay unknown.
    is_near {
      bytes += length($0)
      if (is_counting && !--left) { is_counting = 0; is_near = depth < floor || is_error }
      if (NR == first) text = $0
      if (is_error && in_string && /\\$/ && index($0, late)) kept = kept "\"" late "\\\"\""
    }

    # In a string. Nearly every record of a large payload ends here; matching is what awk does fastest.
    in_string && /\\$/ && (!/\\\\$/ || is_escaping()) { next }
    in_string {
      in_string = 0
      if (depth < floor) {
        has_text = 1
        if (NR != first) {
          text = substr(text, 1, length(text) - 1)
          ending = "\\\"" clipped($0)
        }
        if (is_shown(1)) kept = kept "\"" clipped(text) ending "\""
        ending = ""
      }
      next
    }

    # Between two strings.
    { in_string = 1 }
    depth < floor { meet() }
    # Deep down, from one object to its neighbour, is the commonest step and leads nowhere.
    /[][{}]/ && !(depth >= floor && /^[^][{}]*[]}][^][{}]*[[{][^][{}]*$/) { nest() }
    depth < floor {
      if (is_shown(0)) kept = kept substr($0, offset + 1, 64)
      first = NR + 1
      start = bytes + NR - 1
    }
    {
      offset = 0
      is_near = is_counting || depth < floor || is_error
    }

    END {
      if (!in_string || depth != 0 || !is_object || is_broken) exit
      printf "%s", size["tool_input"] size["toolArgs"] "|" size["tool_response"] size["tool_output"] size["tool_result"] size["toolResult"] "|" kept
    }

    # Whether what stands here is kept: of many strings and structures at the deepest level the first.
    function is_shown(more) {
      return depth < floor - 1 || (shown += more) <= 50
    }

    # Whether the quote after this record is escaped: an odd number of backslashes stands before it.
    # Seldom more than a few, which matching finds faster than a loop does.
    function is_escaping(   i) {
      match(substr($0, length($0) - 7), /\\*$/)
      if (RLENGTH < 8) return RLENGTH % 2
      for (i = length($0); i > 0 && substr($0, i, 1) == "\\"; i--);
      return (length($0) - i) % 2
    }

    # The string before is a key if a colon follows, else a value; after the colon may stand a literal.
    function meet() {
      if (!has_text) return
      has_text = 0
      if (!match($0, /^[ \t\r\n]*:[ \t\r\n]*/)) { if (depth == 1) measured(bytes + NR - length($0) - 1 - start); return }
      key[depth] = text
      if (depth == 1 && match(substr($0, RLENGTH + 1, 64), /^[-+.0-9A-Za-z]+/)) measured(RLENGTH)
    }

    # Follows the brackets. An end of the second level is the end of a value of the first.
    function nest(   parts, count, i, bracket) {
      count = split($0, parts, /[][{}]/)
      for (i = 1; i < count; i++) {
        if (depth < floor && is_shown(0)) kept = kept substr(parts[i], 1, 64)
        offset += length(parts[i]) + 1
        bracket = substr($0, offset, 1)
        if (bracket == "{" || bracket == "[") {
          if (depth == 0) { if (is_object || bracket == "[") is_broken = 1; is_object = 1 }
          if (depth == 1) { opened = bytes + NR - length($0) + offset; shown = 0; if (key[1] == "tool_calls") floor = 5 }
          if (depth == 2) { if (floor == 5) shown = 0; if (key[1] == "tool_response" && key[2] == "error") is_error = 1 }
          if (depth < floor && (is_open[depth] = is_shown(depth == floor - 1))) kept = kept bracket
          key[++depth] = ""
        } else {
          if (--depth == 1) { measured(bytes + NR - length($0) + offset - opened + 1); floor = 3 }
          if (depth == 2) is_error = 0
          if (depth < 0) is_broken = 1
          if (depth < floor && is_open[depth]) kept = kept bracket
        }
      }
    }

    function measured(amount) {
      if (is_counting) size[key[1]] = amount
    }

    function clipped(text) {
      return length(text) > 320 ? substr(text, 1, 256) "\\n" substr(text, length(text) - 63) : text
    }
  '
}

shelter
is_true "${TRACK_SKILLS_DEBUG-}" || exec >/dev/null 2>&1
# What is long is shortened while the rest of this file is read.
begin_input

# ---- shared: the same lines in _track.sh and track-skills-hook.sh ----

# Which names, labels and ids are allowed.

# Sets what names, labels and ids are made of, with these letters ($1).
set_alphabet() {
  ts_letters=$1
  ts_word=${1}0123456789_.:
  # The dash comes last, to be none of a range.
  ts_alphabet="$ts_word /@+-"
}

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

# The time and random ids.

# Sets ts_now (epoch milliseconds, 13 digits) and ts_timestamp; TZ says UTC.
read_clock() {
  if ((BASH_VERSINFO[0] >= 5)); then
    local micros=${EPOCHREALTIME//[!0-9]/}
    ts_now=${micros%???}
    printf -v ts_timestamp '%(%Y-%m-%dT%H:%M:%S)T' "${micros%??????}"
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

# The event as one line of JSON.

ts_statuses='success error timeout partial skipped denied'
ts_triggers='user model nested'

# Whether $1 is one of the words in $2.
is_one_of() {
  [[ $1 != *\ * && " $2 " == *" $1 "* ]]
}

# Adds an integer ($2) of at most $3.
add_number() {
  [[ -n $2 && $2 != *[!0-9]* ]] && ((${#2} <= 15 && 10#$2 <= $3)) || return 0
  ts_line+=",\"$1\":$((10#$2))"
}

# Sets ts_line to the event: CONTRACT.md says which fields, in which order.
compose() {
  local status=unknown trigger='' category=${ts_category:-${TRACK_SKILLS_CATEGORY-}} version=${ts_version:-${TRACK_SKILLS_TOOL_VERSION-}}
  # Of x86_64-pc-linux-gnu; OSTYPE could be anybody's.
  local os=${BASH_VERSINFO[5]#*-*-}
  os=${os%%[!abcdefghijklmnopqrstuvwxyz]*}
  case $os in msys | cygwin | win) os=windows ;; esac
  case ${ts_status-} in
    ok) status=success ;;
    failure | failed) status=error ;;
    cancelled) status=skipped ;;
    *) if is_one_of "${ts_status-}" "$ts_statuses"; then status=$ts_status; fi ;;
  esac
  if is_one_of "${ts_trigger-}" "$ts_triggers"; then trigger=$ts_trigger; fi
  drop_misfits
  ts_line="{\"event_id\":\"$ts_id\",\"timestamp\":\"$ts_timestamp\",\"tool_name\":\"$ts_name\""
  ts_line+="${category:+,\"tool_category\":\"$category\"},\"status\":\"$status\""
  add_number duration_ms "${ts_duration-}" 86400000
  ts_line+="${ts_error_type:+,\"error_type\":\"$ts_error_type\"}${trigger:+,\"trigger\":\"$trigger\"}"
  ts_line+="${ts_agent:+,\"agent_id\":\"$ts_agent\"},\"source\":\"$ts_source\"${ts_session:+,\"session_id\":\"$ts_session\"}"
  ts_line+="${ts_anonymous:+,\"anonymous_id\":\"$ts_anonymous\"}${version:+,\"tool_version\":\"$version\"}${os:+,\"os\":\"$os\"}"
  ts_line+=",\"runtime\":\"bash ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}\""
  add_number request_size_bytes "${ts_request-}" 999999999999999
  add_number response_size_bytes "${ts_response-}" 999999999999999
  if is_true "${TRACK_SKILLS_TEST-}"; then ts_line+=',"test":true'; fi
  ts_line+='}'
}

# Empties what is no label or no id. Mostly all are, and so is what they make together.
drop_misfits() {
  if ! fits_label "-$category$ts_error_type$ts_agent$version"; then
    fits_label "$category" || category=
    fits_label "$ts_error_type" || ts_error_type=
    fits_label "$ts_agent" || ts_agent=
    fits_label "$version" || version=
  fi
  if [[ -z $ts_id ]] || ! fits_id "$ts_id$ts_session$ts_anonymous"; then
    fits_id "$ts_id" || ts_id=$ts_uuid
    fits_id "$ts_session" || ts_session=
    fits_id "$ts_anonymous" || ts_anonymous=
  fi
}

# Keeping an event: one file for each.

# Writes the event that the ts_ variables describe as one new file: to the spool, or where nothing is sent to the local store.
record() {
  local folder=spool
  read_clock && make_uuid || return
  if is_true "${TRACK_SKILLS_DEBUG-}"; then
    read_anonymous_id || ts_anonymous=$ts_uuid
    make_uuid
    compose
    printf '%s\n' "$ts_line" >&2
    return 1
  fi
  [[ -n $ts_endpoint ]] || folder=local
  make_state "$folder" || return
  keep_anonymous_id
  [[ $ts_uuid != "$ts_anonymous" ]] || make_uuid
  compose
  set -C
  printf '%s\n' "$ts_line" >"$ts_state/$folder/$ts_now-$$-${ts_uuid:0:8}.ndjson"
}

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

# ---- end of the shared lines ----

# Reading the hook's JSON.

ts_bracket='[][{}]'

# Sets json_KEY to each string, number or word on the first level of ts_json, json_KEY__KEY on the second, and of the first of ts_calls
# calls in a batch json_call1_KEY and json_call1_KEY__KEY. Strings stay as they are written; keys are what $1 makes of them, without it
# odd ones are left out and kept in ts_odd. Sets ts_request and ts_response to the sizes in bytes of what the tool was given and of what
# it answered. False unless it is one whole object.
# Split at its quotes, it is by turns what stands between two strings, and a string.
read_json() {
  # shellcheck disable=SC2089 # No quoting is meant.
  local IFS=\" decode=${1-} depth=0 is_value='' key='' prefix='' parent='' call='' member='' opened='' text rest
  unset -v "${!json_@}"
  ts_request='' ts_response='' ts_odd='' ts_calls=0
  # The end is a string too.
  # shellcheck disable=SC2089 # No quoting is meant here either.
  text=$ts_json$'\n'\"end
  set -f
  # shellcheck disable=SC2086,SC2090
  set -- $text
  set +f
  while (($# > 1)); do
    case $1 in
      : | ': ') is_value=1 ;;
      , | ', ')
        is_value=''
        # Mostly a key and another plain string follow.
        if [[ ($3 == : || $3 == ': ') && -n $prefix && $2 != *[!A-Za-z0-9_]* && $4 != *\\ ]]; then
          printf -v "$prefix$2" %s "$4"
          shift 4
          continue
        fi
        ;;
      *)
        rest=$1 is_value=''
        case $rest in
          ': {' | ': [{') ;;
          *:*) read_literal ;;
        esac
        while [[ $rest == *$ts_bracket* ]]; do
          # shellcheck disable=SC2295 # A pattern is what it is.
          rest=${rest#"${rest%%$ts_bracket*}"}
          case $depth${rest:0:1} in
            0'{') [[ -z $opened ]] && depth=1 prefix=json_ opened=0 || return ;;
            0*) return 1 ;;
            1'{' | 1'[') depth=2 parent=$key prefix=json_${key}__ text="$*" opened=$((${#text} - ${#1} + ${#rest})) ;;
            1?) depth=0 prefix='' ;;
            2'{' | 2'[')
              case $parent.$key in
                tool_calls.*) call=json_call$((++ts_calls))_ ;;
                tool_response.error) json_tool_response__error=$rest ;;
              esac
              depth=3 prefix=$call
              ;;
            2?)
              depth=1 prefix=json_ call='' text="$*" opened=$((opened - ${#text} + ${#1} - ${#rest} + 1))
              case $parent in
                tool_input | toolArgs) ts_request=$opened ;;
                tool_response | tool_output | tool_result | toolResult) ts_response=$opened ;;
              esac
              ;;
            3'{' | 3'[') depth=4 member=${call:+$call${key}__} prefix=$member ;;
            3?) depth=2 prefix=json_${parent}__ ;;
            *'{' | *'[') prefix='' depth=$((depth + 1)) ;;
            4?) depth=3 prefix=$call ;;
            *)
              ((depth -= 1))
              if ((depth == 4)); then prefix=$member; fi
              ;;
          esac
          key='' rest=${rest:1}
        done
        ;;
    esac
    text=$2
    shift 2
    # After an odd number of backslashes, the quote is one of the string's own.
    while [[ $text == *\\ ]]; do
      rest=${text##*[!\\]}
      ((${#rest} % 2)) || break
      text+=\"$1
      shift
    done
    if [[ -z $is_value ]]; then
      key=$text
      if [[ $key == *[!A-Za-z0-9_]* ]]; then name_key; fi
    elif [[ -n $prefix && -n $key ]]; then
      printf -v "$prefix$key" %s "$text"
    fi
  done
  measure_strings
  if [[ -n $ts_sizes ]]; then ts_request=${ts_sizes%|*} ts_response=${ts_sizes#*|}; fi
  (($# == 0 && depth == 0)) && [[ -n $opened ]]
}

# A key that has more than letters and digits: none that is needed, unless they are escapes.
name_key() {
  ts_odd+=$key
  if [[ -n $decode ]]; then "$decode" "$key" && key=$ts_value; fi
  case $key in *[!A-Za-z0-9_]*) key='' ;; esac
}

# After the colon of a key may stand a number or a word; nothing, if a string follows. Cuts it off rest.
read_literal() {
  rest=${rest#*":"}
  rest=${rest#"${rest%%[!"$ts_space"]*}"}
  text=${rest%%[!+.0-9A-Za-z-]*}
  if [[ -z $rest ]]; then is_value=1; fi
  [[ -n $text && -n $prefix && -n $key ]] || return
  case $prefix$key in
    json_tool_input | json_toolArgs) ts_request=${#text} ;;
    json_tool_response | json_tool_output | json_tool_result | json_toolResult) ts_response=${#text} ;;
    *) printf -v "$prefix$key" %s "${text#null}" ;;
  esac
}

# What was given or answered may be a string.
measure_strings() {
  if [[ -n ${json_tool_input+x}${json_toolArgs+x} ]]; then
    text=${json_tool_input-}${json_toolArgs-} ts_request=$((${#text} + 2))
  fi
  if [[ -n ${json_tool_response+x}${json_tool_output+x}${json_tool_result+x}${json_toolResult+x} ]]; then
    text=${json_tool_response-}${json_tool_output-}${json_tool_result-}${json_toolResult-} ts_response=$((${#text} + 2))
  fi
}

# What is used most: an MCP tool or a skill, as Claude Code tells of it when it has ended well.

# Whether the fields are those, and nothing else is asked for than to record them.
is_plain() {
  [[ $json_hook_event_name == PostToolUse && -z ${TRACK_SKILLS_INCLUDE-}${TRACK_SKILLS_EXCLUDE-} ]] &&
    [[ -z $json_track_skills_agent$json_cursor_version$json_conversation_id$json_turn_id$json_sessionId$json_timestamp ]] &&
    [[ $ts_odd$json_tool_name$json_tool_use_id$json_session_id$json_mcp_server__name != *\\* ]]
}

# Sets the ts_ variables to what the fields tell of any use.
begin_use() {
  ts_name='' ts_category='' ts_status=success ts_trigger=model ts_error_type='' ts_version=''
  ts_id=$json_tool_use_id ts_session=$json_session_id ts_duration=${json_duration_ms%%.*}
  if [[ -n $json_agent_id ]]; then ts_trigger=nested; fi
  if [[ $json_tool_response__isError$json_tool_response__is_error == *true* ]]; then ts_status=error ts_error_type=tool_error; fi
}

# From mcp__SERVER__TOOL ($1); a server's name may have two underscores itself, where the host says so.
name_mcp() {
  local rest=${1#mcp__} prefix=${json_mcp_server__name//[!${ts_letters}0123456789_-]/_}
  [[ -n $prefix && $rest == "$prefix"__?* ]] || prefix=${rest%%__*}
  ts_name=${rest#"$prefix"__} ts_category=$2:$prefix
}

keep() {
  ts_told=1
  if fits_name "$ts_name" && record; then ts_recorded=1; fi
}

# Ends here once all is told, unless something is to be sent now.
end_or_send() {
  [[ -n $ts_told && -z $ts_sends ]] || return 0
  [[ -n $ts_recorded ]] && plan_post && ts_sends=1 || exit 0
}

# In this locale a range is what it says, and quicker than letters one by one.
set_alphabet A-Za-z
ts_told='' ts_flush='' ts_recorded='' ts_sends='' ts_transcript='' ts_source=hook ts_agent=claude-code ts_hook=${BASH_SOURCE[0]}
if [[ -n ${CLAUDE_PLUGIN_ROOT-} ]]; then ts_source=plugin; fi
end_input
read_json || exit 0
if is_plain && [[ $json_tool_name == mcp__?*__?* ]]; then
  begin_use
  name_mcp "$json_tool_name" mcp
  keep
fi
# What follows is read by those alone that it concerns.
end_or_send

# The version of a skill, where its plugin or its own file says it.

# Sets ts_version for ts_name; bash alone reads at most two small files.
find_version() {
  local folder=.claude user=${HOME-}/.claude manifest
  [[ -z ${TRACK_SKILLS_TOOL_VERSION-} && $ts_agent != cursor ]] && fits_name "$ts_name" || return 0
  case $ts_agent in
    claude-code) user=${CLAUDE_CONFIG_DIR:-$user} ;;
    *) folder=.${ts_agent%%-*} user=${HOME-}/$folder ;;
  esac
  if [[ $ts_name == *:* ]]; then
    for manifest in "$user/plugins/cache"/*/"${ts_name%%:*}"/*/.claude-plugin/plugin.json; do
      # The host keeps what it has replaced for a while, with a mark.
      [[ -e ${manifest%/.claude-plugin/*}/.orphaned_at ]] || read_version "$manifest" '"version"'
    done
  else
    for manifest in "${CLAUDE_PROJECT_DIR:-.}/$folder" "$user"; do
      read_version "$manifest/skills/$ts_name/SKILL.md" version && return
    done
  fi
}

# Sets ts_version to the value of a key ($2) in the first 50 lines of a file ($1), a manifest or frontmatter.
read_version() {
  local line left=50 fences=0
  [[ -f $1 && -r $1 ]] || return
  while ((left-- > 0)) && IFS= read -r line; do
    [[ $line != ---* ]] || ((++fences < 2)) || break
    [[ $1 == *.json ]] || ((fences == 1)) || break
    [[ $line =~ ^[[:space:]]*(\{[[:space:]]*)?$2[[:space:]]*:[[:space:]]*[\"\']?([^\"\',[:space:]]+) ]] || continue
    ts_version=${BASH_REMATCH[2]}
    return
  done <"$1"
  return 1
}

# What a use of a skill is.

# Names the skill that ran; of another name it was asked for ($1).
name_skill() {
  local name=${json_tool_response__commandName:-$1}
  name=${name#"${name%%[! ]*}"}
  name=${name%"${name##*[! ]}"}
  # One skill has one name, however a model spells it: " my-skill", "/my-skill".
  if [[ $name == /* && $name != /*/* ]]; then name=${name#/}; fi
  ts_name=$name ts_category=skill
  # That of loading the skill, unless it ran in a process of its own.
  if [[ $json_tool_response__status != forked ]]; then ts_duration=; fi
  find_version
}

if [[ -z $ts_told && $json_tool_name == Skill && $json_tool_input__skill$json_tool_response__commandName != *\\* ]] && is_plain; then
  begin_use
  name_skill "$json_tool_input__skill"
  keep
fi
end_or_send

# Which names are wanted.

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
  [[ -z ${TRACK_SKILLS_EXCLUDE-} ]] || ! matches_any "$1" "$TRACK_SKILLS_EXCLUDE" || return 1
  [[ -z ${TRACK_SKILLS_INCLUDE-} || -z ${TRACK_SKILLS_INCLUDE//[ ,]/} ]] || matches_any "$1" "$TRACK_SKILLS_INCLUDE"
}

# From the hook's fields to events, whatever agent tells and whatever of.

# Records what the fields tell of; sets ts_flush if everything is to be sent.
record_all() {
  local event tool skill kind='' turn result call prefix value
  decode_fields
  event=$json_hook_event_name tool=${json_tool_name:-$json_toolName} turn=$json_turn_id
  skill=${json_tool_input__skill:-${json_toolArgs__skill:-$json_tool_input__name}}
  result=${json_tool_result__result_type:-$json_toolResult__resultType}
  json_session_id=${json_session_id:-${json_sessionId:-$json_conversation_id}}
  json_duration_ms=${json_duration_ms:-$json_duration}
  if [[ -n $json_error ]]; then find_kind "$json_error" '?' && kind=$ts_value; fi
  if [[ $event != PostToolBatch ]]; then
    record_one
    return
  fi
  # A refused call of a batch: no other event tells of it.
  ts_request='' ts_response=''
  for ((call = 1; call <= ts_calls; call++)); do
    prefix=json_call${call}_
    value=${prefix}tool_response && find_kind "${!value}" ''
    kind=$ts_value
    [[ -n $kind ]] || continue
    value=${prefix}tool_name && tool=${!value}
    value=${prefix}tool_use_id && json_tool_use_id=${!value}
    value=${prefix}tool_input__skill && skill=${!value}
    record_one
  done
}

# Writes out the escapes in names, ids and words.
decode_fields() {
  local name
  if [[ $ts_odd == *\\* ]]; then read_json plain; fi
  for name in "${!json_@}"; do
    case $name in json_transcript_path | json_error | json_call*_tool_response) continue ;; esac
    [[ ${!name} == *\\* ]] || continue
    plain "${!name}"
    printf -v "$name" %s "$ts_value"
  done
}

# Records what the fields tell of.
record_one() {
  begin_use
  name_event
  find_agent
  describe
  if is_wanted "$ts_name"; then keep; fi
}

# Copilot's own form has no name of the event: the fields tell. Gemini's names are its own.
name_event() {
  case $event in
    '')
      if [[ -n $tool && -n $result ]]; then
        event=PostToolUse
      elif [[ -n $tool && -n $kind ]]; then
        event=PostToolUseFailure
      elif [[ -z $tool && -n $json_sessionId && -n $json_source$json_reason ]]; then
        event=SessionStart
      fi
      ;;
    AfterTool) event=PostToolUse turn=gemini ;;
  esac
}

find_agent() {
  ts_agent=${json_track_skills_agent:-claude-code}
  if [[ -n $json_track_skills_agent ]]; then
    return
  elif [[ -n $json_cursor_version$json_conversation_id ]]; then
    ts_agent=cursor
  elif [[ $turn == gemini ]]; then
    ts_agent=gemini-cli
  elif [[ -n $json_sessionId ]]; then
    ts_agent=copilot
  elif [[ -n $json_timestamp ]]; then
    ts_agent=copilot
    if [[ -n $json_permission_mode ]]; then ts_agent=qwen-code; fi
  elif [[ -n $turn ]]; then
    ts_agent=codex
    # It says of its own tools nothing about the outcome, and of MCP tools only those that succeeded.
    [[ $tool == mcp__* ]] || ts_status=unknown
  fi
}

# Sets the ts_ variables of the event, ts_name to nothing if there is none.
describe() {
  case $event in
    SessionStart | sessionStart) ts_flush=1 ;;
    SessionEnd | sessionEnd) ts_flush=1 && note_session ;;
    UserPromptExpansion) describe_command ;;
    PostToolUse | postToolUse)
      case $json_tool_response__isError$json_tool_response__is_error$result in
        *true* | *failure*) ts_status=error ;;
        *false*) ts_status=success ;;
        *denied* | *rejected*) ts_status=denied ;;
      esac
      if [[ $turn == gemini && -n $json_tool_response__error ]]; then
        ts_status=error
        # It may be deep in what is quoted.
        if [[ ${ts_json#*'"error"'} == *"$ts_late"* ]]; then ts_status=timeout; fi
      fi
      describe_tool
      ;;
    PostToolUseFailure | postToolUseFailure | PostToolBatch)
      ts_status=error
      case $kind$json_failure_type in
        *timeout*) ts_status=timeout ;;
        *denied*) ts_status=denied ;;
        not_found*) ts_error_type=not_found ;;
      esac
      if [[ $json_is_interrupt == true ]]; then ts_status=skipped; fi
      describe_tool
      ;;
  esac
  if [[ $ts_status == error ]]; then ts_error_type=${ts_error_type:-tool_error}; fi
}

# Keeps in mind which transcript is to be read.
note_session() {
  is_true "${TRACK_SKILLS_SESSIONS-}" && [[ $ts_agent == claude-code && $json_transcript_path == *?.jsonl ]] || return 0
  fits_id "$ts_session" || return 0
  ts_transcript=$json_transcript_path ts_reason=
  if fits_label "$json_reason"; then ts_reason=$json_reason; fi
}

describe_command() {
  local command=$json_command_name
  case $json_command_source in builtin | bundled) is_true "${TRACK_SKILLS_ALL_TOOLS-}" || return ;; esac
  # With a slash it is the beginning of a path that someone typed.
  [[ $command != */* ]] || return
  ts_trigger=user ts_id=$json_prompt_id ts_duration=''
  if [[ $json_expansion_type != mcp_prompt ]]; then
    name_skill "$command"
  elif [[ $command == mcp__?*__?* ]]; then
    name_mcp "$command" mcp-prompt
  else
    ts_name=$command ts_category=mcp-prompt
  fi
}

describe_tool() {
  case $tool in
    Skill | skill | activate_skill) name_skill "$skill" ;;
    mcp__?*__?*) name_mcp "$tool" mcp ;;
    MCP:?*) ts_name=${tool#MCP:} ts_category=mcp ;;
    *)
      if [[ -n $json_mcp_context__tool_name ]]; then
        ts_name=$json_mcp_context__tool_name ts_category=mcp:$json_mcp_context__server_name
      elif [[ $ts_agent == copilot && $tool == ?*-?* ]]; then
        # Server and tool in one word, and both may have dashes.
        ts_name=$tool ts_category=mcp
      elif is_true "${TRACK_SKILLS_ALL_TOOLS-}"; then
        ts_name=$tool ts_category=tool
      fi
      ;;
  esac
}

# Sets ts_value to what an error is by how its text opens and ends, as agents word it; else to $2.
find_kind() {
  case ${1#<tool_use_error>} in
    'Unknown skill: '* | 'Skill not found: '* | 'Error: No such tool available: '* | "Tool '"*"' does not exist"*) ts_value=not_found ;;
    'Skill execution blocked by permission rules'* | 'Claude requested permissions to use '* | 'Permission to use '*) ts_value=denied ;;
    'Skill '*' cannot be used with Skill tool'*) ts_value=denied ;;
    *)
      ts_value=$2
      # What is behind the last quote in it.
      case ${1##*\\\"} in ' timed out after '* | *"$ts_late") ts_value=timeout ;; esac
      ;;
  esac
}

# Sets ts_value to a string without the escapes that the names' alphabet may be written with, ? if it has anything else.
plain() {
  local char code
  ts_value=$1
  [[ $1 == *[!$ts_alphabet]* ]] || return 0
  ts_value=${1//\\\//\/}
  while ((${#ts_value} <= 256)) && [[ $ts_value =~ \\u00([2-7][0-9A-Fa-f]) ]]; do
    code=${BASH_REMATCH[0]}
    # shellcheck disable=SC2059 # The format is the escape.
    printf -v char "\\x${BASH_REMATCH[1]}"
    ts_value=${ts_value%%"$code"*}$char${ts_value#*"$code"}
  done
  if [[ $ts_value == *[!$ts_alphabet]* ]]; then ts_value='?'; fi
}

if [[ -z $ts_told ]]; then record_all; fi
ts_told=1
[[ -n $ts_flush ]] || end_or_send

# ---- shared: the same lines in _track.sh and track-skills-hook.sh ----

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

# The sender: sends what waits in the spool, in a process of its own.

send() {
  trap '' HUP INT
  if [[ -z $ts_endpoint ]]; then
    # Nothing is ever sent: the sender only looks after the limit.
    cd -- "$ts_state/local" && keep_local_limit
    return
  fi
  cd -- "$ts_state/spool" || return
  find_key
  if ((ts_delay > 0)); then
    sleep $(((ts_delay + 999) / 1000))
    is_switched_off && return
    read_clock && post_again_in "$ts_interval"
  fi
  while has_events .; do
    take_lock || return
    prune
    send_batches
    local emptied=$?
    if keeps_events; then (cd ../local && keep_local_limit); fi
    drop_lock
    ((emptied == 0)) || return
    # A writer that met the lock counts on this second look, unless another sender is to come.
    read_next_post
    [[ -z $ts_waits ]] || return
  done
}

# Drops what is over 30 days old, then the oldest of what is over 8 MiB.
prune() {
  local file size total=0 oldest first files=() sizes=()
  read_clock || return
  oldest=$((ts_now - 2592000000))
  for file in *.ndjson; do
    # shellcheck disable=SC2071 # Names, not numbers: all times have 13 digits.
    [[ $file < $oldest ]] || break
    files+=("$file")
  done
  dispose "${files[@]}"
  files=(*.ndjson)
  # No line has more than 4 KiB.
  ((${#files[@]} > 2048)) || return 0
  for ((first = 0; first < ${#files[@]}; first += 500)); do
    while read -r size file; do
      [[ $file == *.ndjson ]] && sizes+=("$size") && total=$((total + size))
    done < <(wc -c "${files[@]:first:500}")
  done
  for ((oldest = 0; total > 8388608; oldest++)); do
    total=$((total - sizes[oldest]))
  done
  dispose "${files[@]:0:oldest}"
}

# Posts batch after batch, oldest first; true if the spool was emptied, false if an answer said to wait.
send_batches() {
  local most=100 sent=1 end=$((SECONDS + 30)) status verdict body batch junk
  while ((SECONDS < end)) && fill_batch; do
    post
    printf '%s %s %s\n' "$ts_now" "$status" "$verdict" >|../last_answer
    if [[ $verdict == kept ]]; then
      post_again_in "$ts_pause"
      return 1
    elif [[ $verdict == refused ]] && ((${#batch[@]} > 1)); then
      most=$((${#batch[@]} / 2))
      continue
    fi
    if [[ $verdict == taken ]]; then most=$((most < 50 ? most * 2 : 100)); fi
    dispose "${batch[@]}"
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

# One request to the collector, and what its answer means.

# Posts body, which is events or what $1 says; sets status (000 for no answer) and verdict (taken, refused or kept).
post() {
  local answer what=${1:-event}
  read_clock
  answer=$(printf '{"sent_at":"%s","%ss":[%s]}' "$ts_timestamp" "$what" "$body" | request "${1:-track}")
  status=${answer##*$'\n'} answer=${answer%$'\n'*} verdict=kept
  [[ $status == [0-9][0-9][0-9] ]] || status=000
  case $status in
    2??) if says_success true; then verdict=taken; fi ;;
    400 | 413) if says_success false; then verdict=refused; fi ;;
  esac
}

# Whether the answer is the collector's own, a JSON object, and says so ($1). A captive portal answers 200 too.
says_success() {
  [[ $answer =~ ^[[:space:]]*\{.*\}[[:space:]]*$ && $answer =~ [\{,][[:space:]]*\"success\"[[:space:]]*:[[:space:]]*$1[[:space:]]*[,\}] ]]
}

# Posts stdin to a route ($1); prints the answer and, on a line of its own, its status.
request() {
  local options key=$ts_key
  options=(-q -s -w '\n%{http_code}' --connect-timeout 2 --max-time 5 --proto '=http,https' -A track-skills
    -H 'Content-Type: application/json' -H 'Expect:' --data-binary @- --url "$ts_endpoint/api/$1")
  if [[ -z $key ]]; then
    curl "${options[@]}"
    return
  fi
  key=${key//\\/\\\\}
  key=${key//\"/\\\"}
  # In a file of options and not in an argument, which every user of the machine can read.
  curl "${options[@]}" -K <(printf 'header = "Authorization: Bearer %s"\n' "$key")
}

# Sets ts_key to the key, or to nothing.
find_key() {
  bare "${TRACK_SKILLS_API_KEY-}"
  ts_key=$ts_value
  case $ts_key in *[!\ -~]*) ts_key= ;; esac
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
    is_alive "$holder" && ! is_odd && return 1
    rm -f ../lock
  done
  return 1
}

# Whether the lock is of over a minute ago, or of over a minute ahead: it belongs to nobody, whoever has that number now.
is_odd() {
  [[ -n $(find ../lock -mmin +1) || -n $(find ../lock -mmin --1) ]]
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

send_what_waits() {
  if [[ -n $ts_transcript ]]; then start_reader; fi
  if [[ -n $ts_flush ]]; then
    flush
  else
    detach
  fi
}

# Has the sums written to a file in this folder, or printed without one, by the Python at the end of this file.
read_session() {
  local program
  program='import sys; exec(open(sys.argv.pop(1), "rb").read().split(b"\n: <<\x27PYTHON\x27\n")[1].split(b"\nPYTHON\n")[0])'
  python3 -I -S -c "$program" "$ts_hook" "$ts_transcript" "$ts_session" "$ts_anonymous" "$ts_reason" "$1"
}

send_what_waits
exit 0

# shellcheck disable=SC2317 # Bash does not get here.
# Made by `make clients` of client/python/src/track_skills/settings.py, client/python/src/track_skills/transcript.py,
# client/python/src/track_skills/session_file.py.
: <<'PYTHON'
from __future__ import annotations

import glob
import json
import os
import sys

_LETTERS_AND_DIGITS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

ID_ALPHABET = _LETTERS_AND_DIGITS | frozenset("_.:-")

NAME_ALPHABET = ID_ALPHABET | frozenset(" /@+")

_GLOB_ALPHABET = NAME_ALPHABET | frozenset("*?")

def is_true(value: str | None) -> bool:
    """Return whether a variable is set to anything but empty, 0 or false."""
    return value not in (None, "", "0", "false")

def is_name(name: object) -> bool:
    """Return whether `name` is a tool name: 1 to 128 characters of its alphabet, not blank, nothing like a path."""
    return (
        isinstance(name, str)
        and 0 < len(name) <= 128
        and NAME_ALPHABET.issuperset(name)
        and not name.isspace()
        and not name.startswith("/")
        and not (name[1:2] == ":" and name[0].isalpha())
        and ".." not in name
        and name.count("/") < 2
    )

def is_told(name: str) -> bool:
    """Return whether a session's sums may tell a skill, or a tool by the agent's own name for it."""
    last = name.rsplit("__", 1)[-1] if name.startswith("mcp__") else name
    return is_name(name) and is_wanted(last, os.environ)

def is_wanted(name: str, environ: Mapping[str, str]) -> bool:
    """Return whether TRACK_SKILLS_INCLUDE and TRACK_SKILLS_EXCLUDE let this tool name through."""
    include = _globs(environ.get("TRACK_SKILLS_INCLUDE"))
    exclude = _globs(environ.get("TRACK_SKILLS_EXCLUDE"))
    if any(_matches(glob, name) for glob in exclude):
        return False
    return not include or any(_matches(glob, name) for glob in include)

def _globs(value: str | None) -> list[str]:
    return [glob.strip(" ") for glob in (value or "").split(",") if glob.strip(" ")]

def _matches(glob: str, name: str) -> bool:
    if not _GLOB_ALPHABET.issuperset(glob):
        return False
    at, star, retry = 0, -1, 0
    position = 0
    while position < len(name):
        if at < len(glob) and glob[at] == "*":
            star, retry = at, position
            at += 1
        elif at < len(glob) and glob[at] in ("?", name[position]):
            at += 1
            position += 1
        elif star >= 0:
            retry += 1
            at, position = star + 1, retry
        else:
            return False
    return not glob[at:].strip("*")

TYPE_CHECKING = False

TOKENS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_creation_tokens": "cache_creation_input_tokens",
    "cache_read_tokens": "cache_read_input_tokens",
}

_LARGEST = 10**10

_TOOLS = 100

_NO_TURN = ("<local-command-", "<bash-", "[Request interrupted", "<task-notification")

def session_of(path: str, wanted: Callable[[str], bool] = is_name) -> dict[str, Any] | None:
    """Return the sums of a transcript (a .jsonl file) and its subagents', as POST /api/session takes them.

    wanted: which names of skills and tools are told; of the others only the sums are. None where no record of it has a
    time. OSError if the file cannot be read.
    """
    session = _Session(wanted)
    for record in _records(path):
        session.add(record)
    folder = path[: -len(".jsonl")]
    subagents = sorted(glob.glob(os.path.join(glob.escape(folder), "subagents", "*.jsonl")))
    for subagent in subagents:
        for record in _records(subagent):
            session.add(record, of_subagent=True)
    return session.sums(os.path.basename(folder), len(subagents))

class _Session:
    """What a session adds up to, record by record."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self._wanted = wanted
        self._usage: dict[str, tuple[tuple[int, ...], str | None]] = {}  # by message
        self._calls: dict[str, str] = {}  # tools, by the call's id
        self._failed: set[str] = set()
        self._models: dict[str, None] = {}
        self._counts = {"turns": 0, "user_messages": 0}
        self._turns: set[str] = set()
        self._times: list[str] = []
        self._version: str | None = None

    def add(self, record: dict[str, Any], *, of_subagent: bool = False) -> None:
        """Take in one record."""
        message = record.get("message")
        if not isinstance(message, dict):
            return
        time = record.get("timestamp")
        if isinstance(time, str):
            self._times = [min(self._times[0], time), max(self._times[1], time)] if self._times else [time, time]
        version = record.get("version")
        self._version = version if isinstance(version, str) else self._version
        if record.get("type") == "assistant":
            self._add_answer(message, record.get("attributionSkill"))
        elif record.get("type") == "user":
            self._add_input(record, message.get("content"), of_subagent)

    def sums(self, session_id: str, subagents: int) -> dict[str, Any] | None:
        """Return the session."""
        if not self._times:
            return None
        totals = [0] * len(TOKENS)
        by_skill: dict[str, list[int]] = {}
        for usage, skill in self._usage.values():
            parts = [totals] if skill is None else [totals, by_skill.setdefault(skill, [0] * len(TOKENS))]
            for part in parts:
                part[:] = map(sum, zip(part, usage))
        calls: dict[str, int] = {}
        for name in self._calls.values():
            if self._wanted(name):
                calls[name] = calls.get(name, 0) + 1
        most = sorted(by_skill.items(), key=lambda item: -sum(item[1]))[:_TOOLS]
        return {
            "session_id": session_id,
            "agent_id": "claude-code",
            "tool_version": self._version,
            "started_at": self._times[0],
            "ended_at": self._times[1],
            **self._counts,
            "assistant_messages": len(self._usage),
            "tool_calls": len(self._calls),
            "tool_errors": len(self._failed & self._calls.keys()),
            "subagents": subagents,
            "calls": dict(sorted(calls.items(), key=lambda item: -item[1])[:_TOOLS]),
            "models": [name for name in self._models if is_name(name) and len(name) <= 64][:20],
            **dict(zip(TOKENS, totals)),
            "skills": [{"tool_name": skill, **dict(zip(TOKENS, used))} for skill, used in most],
        }

    def _add_answer(self, message: dict[str, Any], skill: object) -> None:
        usage, identifier = message.get("usage"), message.get("id")
        if isinstance(usage, dict) and isinstance(identifier, str):
            name = skill if isinstance(skill, str) and self._wanted(skill) else None
            self._usage[identifier] = tuple(_tokens(usage.get(field)) for field in TOKENS.values()), name
        model = message.get("model")
        if isinstance(model, str) and not model.startswith("<"):
            self._models[model] = None
        for block in _blocks(message.get("content")):
            if block.get("type") == "tool_use" and isinstance(block.get("id"), str):
                self._calls[block["id"]] = str(block.get("name"))

    def _add_input(self, record: dict[str, Any], content: object, of_subagent: bool) -> None:
        results = [block for block in _blocks(content) if block.get("type") == "tool_result"]
        for block in results:
            if block.get("is_error") is True and isinstance(block.get("tool_use_id"), str):
                self._failed.add(block["tool_use_id"])
        if results or of_subagent or any(record.get(key) for key in ("isMeta", "isSidechain", "isCompactSummary")):
            return
        text = content if isinstance(content, str) else "".join(str(it.get("text")) for it in _blocks(content)[:1])
        identifier = record.get("uuid")
        # A session that is resumed may repeat the records before.
        if text.startswith(_NO_TURN) or identifier in self._turns:
            return
        if isinstance(identifier, str):
            self._turns.add(identifier)
        self._counts["turns"] += 1
        self._counts["user_messages"] += 1

def _records(path: str) -> Iterator[dict[str, Any]]:
    """Yield the records that count; a line that is no JSON, such as one half written, is left out."""
    with open(path, "rb") as lines:
        for line in _whole(lines):
            if b'"message"' not in line:
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(record, dict):
                yield record

def _whole(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (line for line in lines if line.startswith(b"{"))

def _blocks(content: object) -> list[dict[str, Any]]:
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []

def _tokens(value: object) -> int:
    return value if type(value) is int and 0 <= value <= _LARGEST else 0

def main(path: str, session_id: str, anonymous_id: str, reason: str, target: str) -> None:
    """Write the session's sums, in whole or not at all; nothing where nothing happened in it.

    path: of the transcript, as it stands in JSON. target: the file to write to; empty: print them.
    """
    session = session_of(json.loads(f'"{path}"'), is_told)
    if session is None or not (session["turns"] or session["assistant_messages"]):
        return
    session.update(session_id=session_id, anonymous_id=anonymous_id or None, exit_reason=reason or None)
    session.update(os=sys.platform, test=is_true(os.environ.get("TRACK_SKILLS_TEST")) or None)
    text = json.dumps({name: value for name, value in session.items() if value is not None}, separators=(",", ":"))
    if not target:
        sys.stdout.write(f"{text}\n")
        return
    with open(f"{target}.new", "x", encoding="ascii") as file:
        file.write(f"{text}\n")
    os.replace(f"{target}.new", target)

main(*sys.argv[1:])
PYTHON
