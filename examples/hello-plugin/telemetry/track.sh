#!/usr/bin/env bash
# Counts how often this plugin's own skills, commands and MCP tools are used and how that ends; nothing else in a session is looked at.
# A hook hands it JSON on stdin; where no hook tells, a skill says `track.sh used NAME` itself. `track.sh status` says whether uses are
# counted and why. Needs bash 3.2 or later, and curl to send.
# ---- settings: the author's; `track-skills kit update` keeps them ----
plugin='hello-plugin'
endpoint='https://track.example.com' # where to, and nowhere else
folder='hello-plugin-14165de5'       # this plugin's own, in ~/.local/state/track-skills-kit
places=(skills commands)             # where its skills and commands are
names=()                             # those that no file is named for
list='1'                             # number of the list of fields that people agree to
opt_in=''                            # 1: nothing is recorded before a person says so
facts=(ids)                          # any of: ids arguments permission_mode architecture install
off_if=()                            # more switches: VARIABLE, VARIABLE=value or '~/a/file'
on_if=()                             # such that say yes, with opt_in
# ---- end of settings ----
LC_ALL=C root=${BASH_SOURCE[0]%/*}/.. state=${XDG_STATE_HOME:-${HOME-}/.local/state}/track-skills-kit/$folder
own=mcp__plugin_${plugin//[!A-Za-z0-9_-]/_}_ text='' && exec 3>&2 2>/dev/null
[[ -n ${1-} ]] || IFS= read -r -t 2 -N 8192 text || [[ -n $text ]] || IFS= read -r -d '' -n 8192 text
[[ -n ${1-} || $text == *"$plugin:"* || $text == *"$own"* ]] || exit 0 # nothing to do with this plugin

is_any() { # whether one of the switches is set; sets rule to it
  for rule; do
    value=${rule%%=*}
    case $rule in
      \~/*) [[ ! -e ${HOME-}${rule#\~} ]] || return 0 ;;
      *=*) [[ ${!value-} != "${rule#*=}" ]] || return 0 ;;
      *) [[ -z ${!value-} || ${!value} == 0 || ${!value} == false ]] || return 0 ;;
    esac
  done
  return 1
}
is_on() { # whether uses are recorded; sets rule to what decided
  if is_any TRACK_SKILLS_DISABLED DO_NOT_TRACK DISABLE_TELEMETRY CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC "${off_if[@]}"; then rule="off: $rule is set" && return 1; fi
  if [[ ${CI-}${GITHUB_ACTIONS-}${GITLAB_CI-}${CIRCLECI-}${TRAVIS-}${BUILDKITE-}${JENKINS_URL-}${TEAMCITY_VERSION-}${TF_BUILD-} ]]; then rule='off: this is a CI system' && return 1; fi
  if [[ $state != /*/*/* || (-e $state && ! -O $state) ]]; then rule='off: there is no folder of your own for it' && return 1; fi
  if [[ -e $state/off ]]; then rule='off: you said so' && return 1; fi
  if [[ -z $opt_in ]]; then rule='on: nothing switches it off' && return; elif is_any "${on_if[@]}"; then rule="on: $rule is set" && return; fi
  if read -r agreed <"$state/agreed" && [[ $agreed == "$list" ]]; then rule="on: you agreed to list $list of fields" && return; fi
  rule="off: you have not agreed to list $list of fields" && return 1
}
field() { # sets value to what the JSON $2 has behind the last key $1, to nothing if that is no plain word
  value=${2##*\""$1"\":} && value=${value#"${value%%[! ]*}"} value=${value#\"} value=${value%%[\",\}$'\n']*}
  [[ $value != *[!A-Za-z0-9_.:@/\ -]* && ${#value} -le 128 ]] || value=''
}
find_own() { # sets name and category if this plugin ships the skill, command or tool $1
  local place servers='' path=${1#*:} && name=$1 category=skill path=${path//://}
  if [[ $1 == "$plugin":?* && $1 != *..* && $1 != */* && $1 != *:telemetry ]]; then
    for place in "${places[@]}"; do [[ ! -f $root/$place/$path.md && ! -f $root/$place/$path/SKILL.md ]] || return 0; done
    [[ " ${names[*]} " == *" $path "* ]] && return
  elif [[ $1 == "$own"?*__?* ]]; then
    name=${1#"$own"} category=mcp:${name%%__*} name=${name#*__}
    IFS= read -r -d '' servers <"$root/.mcp.json"
    servers+=$manifest && [[ ${servers//[!A-Za-z0-9_\"-]/_} == *\""${category#mcp:}"\"* || " ${names[*]} " == *" ${category#mcp:} "* ]] && return
  fi
  return 1
}

on_hook() { # reads no prompt; of what a tool was given and gave back a skill's name, and whether it had arguments
  local head end='' id='' session arguments=false permission duration='' status=success trigger=model agent=claude-code
  if ((${#text} >= 8192)); then IFS= read -r -d '' -t 5 end < <(tail -c 1000); fi
  head=${text%%\"tool_input\":*} head=${head%%\"command_args\":*} end=$text$end
  case $head in *'"turn_id":'*) agent=codex ;; *'"timestamp":'*) agent=copilot ;; *'"agent_id":'*) trigger=nested ;; esac
  if [[ ${text%%\"tool_response\":*} =~ \"(command_)?args\":\ *\"[^\"] ]]; then arguments=true; fi
  field session_id "$head" && session=$value && field permission_mode "$head" && permission=$value && field hook_event_name "$head"
  if [[ $value == UserPromptExpansion ]]; then
    field command_source "$end" && [[ $value == plugin ]] || return
    field prompt_id "$head" && id=$value trigger=user && field command_name "$head"
  else
    end=\{\"tool_use_id\":${end##*\"tool_use_id\":} # what stands behind the result
    case $value$end in *'"is_interrupt":true'*) status=skipped ;; PostToolUseFailure*) status=error ;; esac
    field tool_use_id "$end" && id=$value && field duration_ms "$end" && duration=$value && field tool_name "$head"
    if [[ $value == [Ss]kill ]]; then duration='' && field skill "{\"skill\":${text#*\"tool_input\":*\"skill\":}"; else arguments=''; fi
  fi
  value=${value# } && find_own "${value#/}" && is_on && record
}
has() { [[ " ${facts[*]} " == *" $1 "* ]]; }
add() { [[ -z $2 ]] || line+=",\"$1\":${3-\"}$2${3-\"}"; }

record() { # writes a use to a file of its own; what is sent stands here and in complete, and nowhere else
  local known line='' version='' system=${BASH_VERSINFO[5]#*-} now=${EPOCHREALTIME-} about="{\"schema\":$list"
  [[ ! $manifest =~ \"version\"\ *:\ *\"([A-Za-z0-9_.+-]+)\" ]] || version=${BASH_REMATCH[1]}
  now=${now/[.,]/} now=${now%???} && [[ -n $now ]] || now=$(date +%s000)
  has arguments && about+=${arguments:+,\"arguments\":$arguments}
  has permission_mode && about+=${permission:+,\"permission_mode\":\"$permission\"}
  has architecture && about+=",\"architecture\":\"${BASH_VERSINFO[5]%%-*}\""
  add timestamp "$now" ''                  # when, in milliseconds since 1970 [1770672607123]
  add tool_name "$name"                    # which of the plugin's own [example:greet]
  add tool_category "$category"            # skill (commands too), mcp:SERVER or plugin [skill]
  add status "$status"                     # success, error, skipped (interrupted) or unknown [success]
  add trigger "$trigger"                   # user (typed), model (chosen) or nested (in a subagent) [model]
  add duration_ms "$duration" ''           # of an MCP tool, where the agent says it [120]
  add agent_id "$agent"                    # which agent [claude-code]
  add source plugin                        # always this [plugin]
  add tool_version "$version"              # the plugin's version [1.2.0]
  add os "${system#*-}"                    # the operating system [linux-gnu]
  add test "${TRACK_SKILLS_TEST:+true}" '' # only where TRACK_SKILLS_TEST is set [true]
  add metadata "$about}" ''                # the number of this list of fields, and facts [{"schema":1}]
  if is_any TRACK_SKILLS_DEBUG; then { complete || true; } && printf '{%s}\n' "${line:1}" >&3 && return; fi
  umask 077 && { [[ -d $state/spool ]] || mkdir -p "$state/spool"; }
  printf '%s\n' "$id" "$session" "$line" >"$state/spool/$now-$$-$RANDOM.raw"
  if has install && ! { read -r known <"$state/installed" && [[ $known == "$version" ]]; } && printf '%s\n' "$version" >"$state/installed"; then
    id="install $version" name=$plugin category=plugin status=success trigger='' duration='' arguments='' && record && return
  fi
  set -m # the sender is in a process group of its own, and holds none of the agent's streams
  { set +m && exec </dev/null >/dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- && send; } &
}
hash() { value=$(printf '%s %s' "$salt" "$1" | { sha256sum || openssl dgst -sha256 || shasum -a 256; }) && value=${value##*= } value=${value:0:32}; }
complete() { # adds to line what stands for ids
  local person='' salt=''
  { read -r person && read -r salt; } <"$state/id" || return
  has ids && add anonymous_id "$person"                             # random, made on the machine for this plugin alone [0d5e8c7b41f24a96]
  has ids && hash "$session" && add session_id "${session:+$value}" # hash of the session's id and that salt [a60b1f6d2c9e4b75]
  hash "$id"
  add event_id "${value:-${file%.raw}}" # hash of the use's id and a salt that stays on the machine [5f3c9a1e0b7d4c62]
}

send() { # one at a time; what was not taken waits for the next use
  local files file id session line body answer most=100
  trap '' HUP INT && cd "$state/spool" || return
  find ../lock -mmin +1 -exec rm -f {} +
  find . -name '*-*' -mtime +30 -exec rm -f {} +
  find ../sent -size +2048 -exec mv -f {} ../sent.old \;
  while [[ -n $(find . -name '*-*' -size +0) ]] && ((SECONDS < 600)) && (set -C && : >../lock); do
    [[ -s ../id ]] || od -An -v -N32 -tx1 /dev/urandom | tr -d ' ' >../id
    for file in *.raw; do
      id='' line='' && { IFS= read -r id && IFS= read -r session && IFS= read -r line; } <"$file"
      if [[ -z $line ]]; then [[ ! -s $file ]] || rm -f "$file" && continue; fi # it was cut off half-way
      id=${id:-$file} && complete && printf '{%s}\n' "${line:1}" >"$file.new" && mv -f "$file.new" "${file%.raw}.json" && rm -f "$file"
    done
    while files=(*.json) && [[ -e ${files[0]} ]]; do
      files=("${files[@]:0:most}") && : >|../lock
      body=$(paste -s -d , "${files[@]}" | paste -s -d , -) && printf '%s\n' "$body" >>../sent # what was sent, for its owner to see
      answer=$(printf '{"sent_at":%s,"events":[%s]}' "$(date +%s000)" "$body" | curl -q -s -w '\n%{http_code}' --connect-timeout 2 --max-time 5 \
        --proto '=http,https' -H 'Content-Type: application/json' -H 'Expect:' --data-binary @- --url "$endpoint/api/track")
      case $answer in
        '{'*'"success":true'*2?? | '{'*'"success": true'*2??) most=100 && rm -f "${files[@]}" ;;
        '{'*'"success"'*false*4[01][03]) if ((${#files[@]} > 1)); then most=$((${#files[@]} / 2)); else rm -f "${files[@]}"; fi ;;
        *) rm -f ../lock && return ;;
      esac
    done
    sleep 10 && rm -f ../lock # uses until then go together
  done
}
IFS= read -r -d '' manifest <"$root/.claude-plugin/plugin.json"
case ${1-} in
  '') on_hook ;;
  used) [[ -z ${CLAUDECODE-} ]] && find_own "$plugin:${2-}" && is_on && status=unknown session=${CODEX_THREAD_ID-}${COPILOT_AGENT_SESSION_ID-} agent=${COPILOT_CLI:+copilot} agent=${agent:-${CODEX_CI:+codex}} && record ;;
  *) { is_on || true; } && printf '%s\n' "$rule" ;;
esac || true
