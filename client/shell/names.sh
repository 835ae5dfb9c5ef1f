# shellcheck shell=bash
# Which names, labels and ids are allowed.

# Sets what names, labels and ids are made of, with these letters ($1).
set_alphabet() {
  ts_letters=$1
  ts_word=${1}0123456789_.:
  # The dash comes last, to be none of a range.
  ts_alphabet="$ts_word /@+-"
}

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
