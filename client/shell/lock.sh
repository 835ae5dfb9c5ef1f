# shellcheck shell=bash
# The lock that lets one sender work at a time.

take_lock() {
  local holder try
  ts_pid=${BASHPID:-$(exec sh -c 'printf %s "$PPID"')}
  for try in 1 2; do
    set -C
    if printf '%s\n' "$ts_pid" >../lock; then
      set +C
      return 0
    fi
    set +C
    holder=
    IFS= read -r holder <../lock
    if [[ -z $holder && -e ../lock ]]; then
      # Its maker is about to write, or died in between.
      sleep 1
      IFS= read -r holder <../lock
    fi
    is_alive "$holder" && ! is_odd && return 1
    rm -f ../lock
  done
  return 1
}

# Whether the lock is of over a minute ago, or of over a minute ahead: it belongs to nobody, whoever has that number now.
is_odd() {
  [[ -n $(find ../lock -mmin +1) || -n $(find ../lock -mmin --1) ]]
}

is_alive() {
  local state=
  [[ -n $1 ]] && kill -0 "$1" || return
  # In a container nobody may collect the dead.
  IFS=' ' read -r _ _ state _ <"/proc/$1/stat"
  [[ $state != Z ]]
}

drop_lock() {
  local holder=
  IFS= read -r holder <../lock
  if [[ $holder == "$ts_pid" ]]; then rm -f ../lock; fi
}
