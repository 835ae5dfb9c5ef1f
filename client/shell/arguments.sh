# shellcheck shell=bash
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
