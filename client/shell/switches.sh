# shellcheck shell=bash
# Whether anything is recorded at all.

is_true() {
  case $1 in '' | 0 | false) return 1 ;; esac
}

is_on() {
  ! is_true "${TRACK_SKILLS_DISABLED-}" && ! is_true "${DO_NOT_TRACK-}" && ! is_true "${DISABLE_TELEMETRY-}" || return 1
  [[ -z ${CI-}${GITHUB_ACTIONS-}${GITLAB_CI-}${CIRCLECI-}${TRAVIS-}${BUILDKITE-}${JENKINS_URL-} ]] || return 1
  [[ -z ${TEAMCITY_VERSION-}${TF_BUILD-} ]] || return 1
  find_state && ! is_switched_off && is_ours || return 1
  find_endpoint || keeps_events || is_true "${TRACK_SKILLS_DEBUG-}"
}

# Whether the local store is on: events stay on this machine, also after they were sent.
keeps_events() {
  is_true "${TRACK_SKILLS_LOCAL-}" || [[ -e $ts_state/local_on || -L $ts_state/local_on ]]
}

is_switched_off() {
  [[ -e $ts_state/off || -L $ts_state/off ]]
}
