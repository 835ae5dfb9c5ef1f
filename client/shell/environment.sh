# shellcheck shell=bash
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
