# shellcheck shell=bash
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
