# shellcheck shell=bash
# Reading the hook's JSON.

ts_bracket='[][{}]'

# Sets the caller's variables from ts_json; false unless it is one whole object. Split at its quotes, each record is a string or what
# stands between two strings. Values lie on the first two levels, and in a batch two deeper.
read_json() {
  local IFS=\" records record text ending keys=() position=0 depth=0 floor=3 opening opened pieces=0 in_string is_object in_error \
  is_measured
  case $ts_json in
    [0-9\|]*)
      ts_request=${ts_json%%|*} ts_json=${ts_json#*|}
      ts_response=${ts_json%%|*} ts_json=${ts_json#*|} is_measured=1
      ;;
  esac
  set -f
  # Without something at the end, an empty record there would be none.
  # shellcheck disable=SC2206
  records=($ts_json$'\n')
  set +f
  for record in "${records[@]}"; do
    if [[ -n $in_string ]]; then
      ((position += ${#record} + 1))
      if [[ $record == *\\ ]] && is_escaping; then
        pieces=1
        if [[ -n $in_error && $record == *"$ts_late"* ]]; then has_error=timeout; fi
      else
        in_string='' text=$record ending=$record
        if ((pieces)); then text=\\ pieces=0; fi
      fi
    else
      in_string=1
      case $record in
        : | ': ') keys[depth]=$text ;;
        , | ', ') found "$text" "$((position - opening))" ;;
        *)
          if ((depth < floor)); then meet; fi
          case $record in *$ts_bracket*) nest || return ;; esac
          ;;
      esac
      ((position += ${#record} + 1, opening = position - 1))
    fi
  done
  [[ -n $in_string && -n $is_object ]] && ((depth == 0))
}

# Whether the quote after this record is escaped: an odd number of backslashes stands before it.
is_escaping() {
  local run=${record##*[!\\]}
  ((${#run} % 2))
}

# The string before is a key if a colon follows, else a value; after the colon may stand a literal.
meet() {
  local rest=${record#"${record%%[!"$ts_space"]*}"} literal
  if [[ $rest != :* ]]; then
    found "$text" "$((position - opening))"
    return
  fi
  keys[depth]=$text
  rest=${rest:1}
  rest=${rest#"${rest%%[!"$ts_space"]*}"}
  literal=${rest%%[!"+.0123456789$ts_letters-"]*}
  if [[ -n $literal ]]; then found "${literal#null}" "${#literal}"; fi
}

# Follows the brackets. An end of the second level is the end of a value of the first. False if they are none of an object.
nest() {
  local rest=$record before offset=$position
  while [[ $rest == *$ts_bracket* ]]; do
    # shellcheck disable=SC2295 # A pattern is what it is.
    before=${rest%%$ts_bracket*}
    rest=${rest:${#before}}
    ((offset += ${#before} + 1))
    case $rest in
      '{'* | '['*)
        case $depth in
          0) [[ -z $is_object && $rest == '{'* ]] && is_object=1 || return ;;
          1)
            opened=$offset
            if [[ ${keys[1]} == tool_calls ]]; then floor=5; fi
            ;;
          2) if [[ ${keys[1]}.${keys[2]} == tool_response.error ]]; then has_error='?' in_error=1; fi ;;
        esac
        keys[++depth]=''
        ;;
      *)
        case $((--depth)) in
          -*) return 1 ;;
          1)
            measure "$((offset - opened + 1))"
            floor=3
            ;;
          2)
            in_error=
            if ((floor == 5)); then end_call; fi
            ;;
        esac
        ;;
    esac
    rest=${rest:1}
  done
}

# Keeps a value ($1), of so many bytes ($2), if it is one of those that are needed.
found() {
  local path=${keys[1]} into
  case $depth in
    1) ;;
    2) path+=.${keys[2]} ;;
    3 | 4)
      ((depth < floor)) || return
      path=call.${keys[3]}
      if ((depth == 4)); then path+=.${keys[4]}; fi
      ;;
    *) return ;;
  esac
  if [[ $path == *\\* ]]; then plain "$path" && path=$ts_value; fi
  case $path in
    hook_event_name) into=event ;;
    tool_name) into=tool ;;
    toolName) into=camel_tool ;;
    tool_response.commandName) into=ran ;;
    tool_input.skill) into=skill ;;
    toolArgs.skill) into=camel_skill ;;
    tool_input.name) into=named_skill ;;
    tool_use_id) into=ts_id ;;
    session_id) into=session ;;
    sessionId) into=camel_session ;;
    conversation_id) into=conversation ;;
    duration_ms) into=ts_duration ;;
    duration) into=other_duration ;;
    is_interrupt) into=interrupted ;;
    failure_type) into=failure ;;
    tool_response.isError) into=is_error ;;
    tool_response.is_error) into=snake_error ;;
    tool_response.error) into=has_error ;;
    tool_response.status) into=status ;;
    tool_result.result_type) into=result ;;
    toolResult.resultType) into=camel_result ;;
    command_name) into='command' ;;
    expansion_type) into=expansion ;;
    command_source) into=origin ;;
    prompt_id) into=prompt ;;
    agent_id) into=subagent ;;
    mcp_server.name) into=server ;;
    mcp_context.server_name) into=context_server ;;
    mcp_context.tool_name) into=context_tool ;;
    cursor_version) into=cursor ;;
    turn_id) into=turn ;;
    timestamp) into=timestamp ;;
    permission_mode) into=permission ;;
    source) into=start ;;
    reason) into=reason ;;
    track_skills_agent) into=named ;;
    transcript_path) transcript=$1 && return ;;
    tool_input | toolArgs | tool_response | tool_output | tool_result | toolResult) measure "$2" && return ;;
    error) find_kind "$1" '?' && kind=$ts_value && return ;;
    call.tool_name) into=call_tool ;;
    call.tool_use_id) into=call_id ;;
    call.tool_input.skill) into=call_skill ;;
    call.tool_response) find_kind "$1" '' && call_kind=$ts_value && return ;;
    *) return ;;
  esac
  case $into$1 in
    *\\* | has_error*)
      plain "$1"
      printf -v "$into" %s "$ts_value"
      ;;
    *) printf -v "$into" %s "$1" ;;
  esac
}

# Sets the size in bytes of what the tool was given, or of what it answered.
measure() {
  case $is_measured${keys[1]} in
    tool_input | toolArgs) ts_request=$1 ;;
    tool_response | tool_output | tool_result | toolResult) ts_response=$1 ;;
  esac
}

# A call of a batch has ended: it is noted if it was refused.
end_call() {
  if [[ -n $call_kind ]]; then
    call_tools+=("$call_tool") call_ids+=("$call_id") call_skills+=("$call_skill") call_kinds+=("$call_kind")
  fi
  call_tool='' call_id='' call_skill='' call_kind=''
}

# Sets ts_value to what an error is by how its text opens and ends, as agents word it; else to $2.
find_kind() {
  case ${1#<tool_use_error>} in
    'Unknown skill: '* | 'Skill not found: '* | 'Error: No such tool available: '* | "Tool '"*"' does not exist"*) ts_value=not_found ;;
    'Skill execution blocked by permission rules'* | 'Claude requested permissions to use '* | 'Permission to use '*) ts_value=denied ;;
    'Skill '*' cannot be used with Skill tool'*) ts_value=denied ;;
    *)
      ts_value=$2
      case $ending in ' timed out after '* | *"$ts_late") ts_value=timeout ;; esac
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
