# shellcheck shell=bash
# Which names, labels and ids are allowed, and which names are wanted.

# Letters one by one: a range means something else in every locale.
ts_letters=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ
ts_word=${ts_letters}0123456789_.:
# The dash comes last, to be none of a range.
ts_alphabet="$ts_word /@+-"

fits_name() {
  case $1 in
    '' | *[!$ts_alphabet]* | /* | [$ts_letters]:* | *..* | */*/*) return 1 ;;
  esac
  ((${#1} <= 128)) && [[ $1 == *[!\ ]* ]]
}

fits_label() {
  [[ -n $1 && $1 != *[!$ts_alphabet]* ]] && ((${#1} <= 64))
}

fits_id() {
  [[ -n $1 && $1 != *[!$ts_word-]* ]] && ((${#1} <= 128))
}

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
