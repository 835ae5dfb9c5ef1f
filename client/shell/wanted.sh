# shellcheck shell=bash
# Which names are wanted.

# Whether a name ($1) matches one of the globs ($2, separated by commas).
matches_any() {
  local glob rest=$2,
  while [[ -n $rest ]]; do
    glob=${rest%%,*} rest=${rest#*,}
    glob=${glob#"${glob%%[! ]*}"}
    glob=${glob%"${glob##*[! ]}"}
    # Brackets and the like are no wildcards here, and no name has them.
    case $glob in '' | *[!*?$ts_alphabet]*) continue ;; esac
    # shellcheck disable=SC2053 # A glob is what the right side is.
    [[ $1 == $glob ]] && return 0
  done
  return 1
}

is_wanted() {
  fits_name "$1" || return 1
  [[ -z ${TRACK_SKILLS_EXCLUDE-} ]] || ! matches_any "$1" "$TRACK_SKILLS_EXCLUDE" || return 1
  [[ -z ${TRACK_SKILLS_INCLUDE-} || -z ${TRACK_SKILLS_INCLUDE//[ ,]/} ]] || matches_any "$1" "$TRACK_SKILLS_INCLUDE"
}
