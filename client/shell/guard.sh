# shellcheck shell=bash
# Whatever becomes of this file, it does no harm: a damaged one, or another shell, runs at most the command that it was to wrap.
# The marks at the ends of these lines keep carriage returns there from being part of them.
{ [ -z "${BASH_VERSION-}" ] || set +abefhkmntuvxBCET; } 2>/dev/null                   #
ts_alone() {                                                                          #
  trap - EXIT                                                                         #
  while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done                                #
  [ $# -gt 1 ] || exit 0                                                              #
  shift                                                                               #
  exec "$@"                                                                           #
}                                                                                     #
case ${ZSH_EVAL_CONTEXT-} in *file*) return 0 ;; esac                                 #
[ -n "${BASH_VERSION-}" ] || ! command -v bash >/dev/null 2>&1 || exec bash "$0" "$@" #
[ -n "${BASH_VERSION-}" ] || ts_alone "$@"                                            #
[[ ${BASH_SOURCE[0]} == "$0" ]] || return 0                                           #
ts_end=x
[ "$ts_end" = x ] || ts_alone "$@" #
trap 'ts_alone "$@"' EXIT          #
