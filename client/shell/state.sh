# shellcheck shell=bash
# The state folder.

find_state() {
  if [[ -n ${TRACK_SKILLS_HOME-} ]]; then
    ts_state=$TRACK_SKILLS_HOME
  elif [[ ${XDG_STATE_HOME-} == /* ]]; then
    ts_state=$XDG_STATE_HOME/track-skills
  else
    ts_state=${HOME-}/.local/state/track-skills
    [[ -n ${HOME-} ]] || return
  fi
  ts_state=${ts_state%/}
  # Every path that is made of it is to mean the same in another folder, and never an option.
  [[ $ts_state == /* ]] || ts_state=$PWD/$ts_state
}

# Whether the state folder is ours. Root makes none in a user's home: with sudo, HOME may be that of another.
is_ours() {
  local folder=$ts_state
  if [[ -e $folder ]]; then
    [[ -O $folder ]]
    return
  fi
  ((EUID == 0)) || return 0
  while [[ -n $folder && ! -e $folder ]]; do folder=${folder%/*}; done
  [[ -O ${folder:-/} ]]
}

# Makes the folders that are missing, $1 in the state folder; those above that with the mode that the user's umask gives.
make_state() {
  [[ -d $ts_state/$1 ]] && umask 077 && return
  [[ -d ${ts_state%/*}/ ]] || mkdir -p -- "${ts_state%/*}/"
  umask 077
  mkdir -p -- "$ts_state/$1"
}
