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
source ./wanted.sh
source ./arguments.sh
source ./host.sh

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

source ./sending.sh
source ./command.sh

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
