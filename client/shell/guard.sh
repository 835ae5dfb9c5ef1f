# shellcheck shell=bash
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
