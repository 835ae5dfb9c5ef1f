# shellcheck shell=bash
# Whether anything is recorded at all.

is_true() {
  case $1 in '' | 0 | false) return 1 ;; esac
}

is_on() {
  ! is_true "${TRACK_SKILLS_DISABLED-}" && ! is_true "${DO_NOT_TRACK-}" || return 1
  [[ -z ${CI-}${GITHUB_ACTIONS-}${GITLAB_CI-}${CIRCLECI-}${TRAVIS-}${BUILDKITE-}${JENKINS_URL-} ]] || return 1
  find_state && [[ ! -e $ts_state/off && ! -L $ts_state/off ]] || return 1
  [[ -n ${TRACK_SKILLS_ENDPOINT-} ]] || is_true "${TRACK_SKILLS_DEBUG-}"
}
