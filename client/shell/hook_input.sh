# shellcheck shell=bash
# What the host writes to stdin. Some leave it open afterwards: then a second without more is its end.

# Prints what read_hook makes of it, with no process but the one that is awk, and for a larger one another that writes to it.
read_stdin() {
  local head='' whole LC_ALL=C
  # Before version 5, bash loses what it has read when the time is over.
  if ((BASH_VERSINFO[0] < 5)); then read_hook; fi
  if IFS= read -r -t 1 -N 4096 head; then
    # awk itself reads the rest: bash is slow at that. What is after the last quote belongs to the next record.
    whole=${head%\"*}
    ts_rest=${head:${#whole}+1} read_hook <(printf '%s"' "$whole") -
  elif ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
    # So little goes through a pipe; before 5.1 it would go through a file.
    read_hook <<<"$head"
  else
    read_hook <(printf '%s' "$head")
  fi
}
