#!/usr/bin/env bash
# Track Skills: records that a skill was used. One file to copy; it needs bash 3.2 or later, and curl to send.
# It never prints, fails or waits for the network. `bash _track.sh --help` says how to use it, CONTRACT.md what it does.

[[ ${BASH_SOURCE[0]} == "$0" ]] || return 0
set +euC +o pipefail +o posix

source ./shared.sh
source ./arguments.sh
source ./command.sh
source ./host.sh

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
