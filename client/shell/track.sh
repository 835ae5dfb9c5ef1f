#!/usr/bin/env bash
# Track Skills: records that a skill was used. One file to copy; it needs bash 3.2 or later, and curl to send.
# It never prints, fails or waits for the network. `bash _track.sh --help` says how to use it, CONTRACT.md what it does.
source ./guard.sh
source ./environment.sh
source ./switches.sh
source ./state.sh

# What plain_options takes away, for a command that is not ours.
ts_exports=()
for ts_value in POSIXLY_CORRECT FUNCNEST BASH_COMPAT; do
  [[ -z ${!ts_value+x} ]] || ts_exports+=("$ts_value=${!ts_value}")
done
plain_options
case ${1-} in -h | --help) ;; *) is_on || ts_alone "$@" ;; esac

source ./shared.sh
source ./sending.sh
source ./arguments.sh
source ./command.sh
source ./host.sh

main() {
  trap - EXIT
  ts_code=0 ts_source=bash
  case ${1-} in
    -h | --help)
      usage
      return
      ;;
    --flush)
      shelter
      flush
      return
      ;;
  esac
  ts_status='' ts_duration='' ts_category='' ts_error_type='' ts_trigger='' ts_agent='' ts_session='' ts_version=''
  ts_id='' ts_request='' ts_response=''
  read_arguments "$@"
  is_wanted "$ts_name" || ts_alone "$@"
  if ((ts_command > 0)); then run_measured "${@:ts_command}"; fi
  shelter
  is_true "${TRACK_SKILLS_DEBUG-}" || hush
  find_host
  if record && plan_post; then detach; fi
}

{
  main "$@"
  exit "$ts_code"
}
