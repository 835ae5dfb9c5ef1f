#!/usr/bin/env bash
# Made by `make clients`. Change its parts instead: client/shell/track.sh client/shell/guard.sh
# client/shell/environment.sh client/shell/switches.sh client/shell/state.sh client/shell/shared.sh
# client/shell/names.sh client/shell/clock.sh client/shell/identity.sh client/shell/event.sh
# client/shell/record.sh client/shell/pace.sh client/shell/wanted.sh client/shell/arguments.sh
# client/shell/host.sh client/shell/agents.sh client/shell/sending.sh client/shell/detach.sh
# client/shell/sender.sh client/shell/spool.sh client/shell/post.sh client/shell/lock.sh client/shell/command.sh
# Track Skills: records that a skill was used. One file to copy; it needs bash 3.2 or later, and curl to send.
# It never prints, fails or waits for the network. `bash _track.sh --help` says how to use it, CONTRACT.md what it does.
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

# What plain_options takes away, for a command that is not ours.
ts_exports=()
for ts_value in POSIXLY_CORRECT FUNCNEST BASH_COMPAT; do
  [[ -z ${!ts_value+x} ]] || ts_exports+=("$ts_value=${!ts_value}")
done
plain_options
case ${1-} in -h | --help) ;; *) is_on || ts_alone "$@" ;; esac

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

# The command line of _track.sh.

usage() {
  printf '%s\n' \
    'Usage: bash _track.sh NAME [OPTIONS]                  record one use of a skill' \
    '       bash _track.sh NAME [OPTIONS] -- COMMAND ARGS  run a command, record its outcome and duration' \
    '       bash _track.sh --flush                         send what is waiting' \
    '' \
    "Options: --status ${ts_statuses// /|}|unknown" \
    "         --duration-ms N   --category C   --error-type T   --trigger ${ts_triggers// /|}" \
    '         --tool-version V' \
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
      --tool-version) ts_version=$value ;;
      *) value= ;;
    esac
    if [[ $option == "$1" && -n $value && $value != -- ]]; then shift; fi
    shift
  done
}

# Which agent runs the script: CONTRACT.md says how agents.json is read.

# Which agents there are. Made by `make clients`: change client/agents.json instead.

ts_agents='grok kimi cowork claude-code cursor codex qwen-code gemini-cli antigravity augment opencode amp cline roo-code junie pi trae openclaw copilot goose replit'

know_agent() {
  case $ts_agent in
    claude | claude_code | claudecode) ts_agent=claude-code ;;
    codex-cli | codex_cli | openai-codex) ts_agent=codex ;;
    cursor-cli | cursor-agent | cursor_cli) ts_agent=cursor ;;
    gemini | gemini_cli) ts_agent=gemini-cli ;;
    github-copilot | github-copilot-cli | copilot-cli) ts_agent=copilot ;;
    qwen | qwen_code) ts_agent=qwen-code ;;
    augment-cli | auggie) ts_agent=augment ;;
    open-code | open_code) ts_agent=opencode ;;
    roo) ts_agent=roo-code ;;
  esac
}

find_marked_agent() {
  if [[ -n ${GROK_PLUGIN_ROOT-}${GROK_PLUGIN_DATA-} ]]; then
    ts_agent=grok
  elif [[ -n ${KIMI_PLUGIN_ROOT-} ]]; then
    ts_agent=kimi
  elif [[ -n ${CLAUDE_CODE_IS_COWORK-} ]]; then
    ts_agent=cowork
  elif [[ -n ${CLAUDECODE-}${CLAUDE_CODE-} ]]; then
    ts_agent=claude-code
  elif [[ -n ${CURSOR_AGENT-} || ${CURSOR_EXTENSION_HOST_ROLE-} == agent-exec ]]; then
    ts_agent=cursor
  elif [[ -n ${CODEX_THREAD_ID-}${CODEX_SANDBOX-}${CODEX_CI-} ]]; then
    ts_agent=codex
  elif [[ -n ${QWEN_CODE-} ]]; then
    ts_agent=qwen-code
  elif [[ -n ${GEMINI_CLI-} ]]; then
    ts_agent=gemini-cli
  elif [[ -n ${ANTIGRAVITY_AGENT-} ]]; then
    ts_agent=antigravity
  elif [[ -n ${AUGMENT_AGENT-} ]]; then
    ts_agent=augment
  elif [[ -n ${OPENCODE-}${OPENCODE_CLIENT-} ]]; then
    ts_agent=opencode
  elif [[ -n ${AMP_THREAD_ID-} ]]; then
    ts_agent=amp
  elif [[ -n ${CLINE_ACTIVE-} ]]; then
    ts_agent=cline
  elif [[ -n ${ROO_ACTIVE-} ]]; then
    ts_agent=roo-code
  elif [[ -n ${JUNIE_DATA-}${JUNIE_SHIM_PATH-} ]]; then
    ts_agent=junie
  elif [[ -n ${PI_CODING_AGENT-} ]]; then
    ts_agent=pi
  elif [[ -n ${TRAE_AI_SHELL_ID-} ]]; then
    ts_agent=trae
  elif [[ -n ${OPENCLAW_SHELL-} ]]; then
    ts_agent=openclaw
  elif [[ -n ${COPILOT_CLI-}${COPILOT_MODEL-}${COPILOT_ALLOW_ALL-} ]]; then
    ts_agent=copilot
  elif [[ -n ${GOOSE_TERMINAL-}${GOOSE_PROVIDER-} ]]; then
    ts_agent=goose
  elif [[ -n ${CURSOR_TRACE_ID-} ]]; then
    ts_agent=cursor
  elif [[ -n ${REPL_ID-} ]]; then
    ts_agent=replit
  fi
}

find_session() {
  case $ts_agent in
    cowork | claude-code) ts_session=${CLAUDE_CODE_SESSION_ID-} ;;
    codex) ts_session=${CODEX_THREAD_ID-} ;;
    amp) ts_session=${AMP_THREAD_ID-} ;;
  esac
}

find_host() {
  name_agent "${AI_AGENT-}"
  if [[ -z $ts_agent ]]; then
    name_agent "${AGENT-}"
    # Other programs use this variable too.
    is_one_of "$ts_agent" "$ts_agents" || ts_agent=
  fi
  [[ -n $ts_agent ]] || find_marked_agent
  find_session
}

# Sets ts_agent to our id for what an agent calls itself ($1), nothing if that is no name.
name_agent() {
  bare_name "$1"
  case $ts_agent in '' | 1 | true) ts_agent= ;; *) know_agent ;; esac
}

# Without white space around it, and without a version after it: claude-code_2-1-331_agent.
bare_name() {
  local said=${1#"${1%%[!"$ts_space"]*}"}
  said=${said%"${said##*[!"$ts_space"]}"}
  ts_agent=${said:1}
  ts_agent=${said:0:1}${ts_agent%%_[0123456789]*}
}

# One by one: a range means something else in every locale.
set_alphabet abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ

# Records what the ts_ variables describe; false unless a sender is to be started.
record_use() {
  shelter
  is_true "${TRACK_SKILLS_DEBUG-}" || hush
  find_host
  record && plan_post
}

ts_code=0 ts_source=bash ts_command=0
case ${1-} in
  --flush) ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    ts_status='' ts_duration='' ts_category='' ts_error_type='' ts_trigger='' ts_agent='' ts_session='' ts_version=''
    ts_id='' ts_request='' ts_response=''
    read_arguments "$@"
    is_wanted "$ts_name" || ts_alone "$@"
    # What sends, and what runs a command, is read by those alone that do.
    ((ts_command > 0)) || record_use || exit 0
    ;;
esac

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

main() {
  trap - EXIT
  if [[ ${1-} == --flush ]]; then
    shelter
    flush
    return
  fi
  if ((ts_command > 0)); then
    run_measured "${@:ts_command}"
    record_use || return
  fi
  detach
}

{
  main "$@"
  exit "$ts_code"
}
