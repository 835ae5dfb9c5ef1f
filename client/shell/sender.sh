# shellcheck shell=bash
# The sender: sends what waits in the spool, in a process of its own.

send() {
  trap '' HUP INT
  if [[ -z $ts_endpoint ]]; then
    # Nothing is ever sent: the sender only looks after the limit.
    cd -- "$ts_state/local" && keep_local_limit
    return
  fi
  cd -- "$ts_state/spool" || return
  find_key
  if ((ts_delay > 0)); then
    sleep $(((ts_delay + 999) / 1000))
    is_switched_off && return
    read_clock && post_again_in "$ts_interval"
  fi
  while has_events .; do
    take_lock || return
    prune
    send_batches
    local emptied=$?
    if keeps_events; then (cd ../local && keep_local_limit); fi
    drop_lock
    ((emptied == 0)) || return
    # A writer that met the lock counts on this second look, unless another sender is to come.
    read_next_post
    [[ -z $ts_waits ]] || return
  done
}

# Drops what is over 30 days old, then the oldest of what is over 8 MiB.
prune() {
  local file size total=0 oldest first files=() sizes=()
  read_clock || return
  oldest=$((ts_now - 2592000000))
  for file in *.ndjson; do
    # shellcheck disable=SC2071 # Names, not numbers: all times have 13 digits.
    [[ $file < $oldest ]] || break
    files+=("$file")
  done
  dispose "${files[@]}"
  files=(*.ndjson)
  # No line has more than 4 KiB.
  ((${#files[@]} > 2048)) || return 0
  for ((first = 0; first < ${#files[@]}; first += 500)); do
    while read -r size file; do
      [[ $file == *.ndjson ]] && sizes+=("$size") && total=$((total + size))
    done < <(wc -c "${files[@]:first:500}")
  done
  for ((oldest = 0; total > 8388608; oldest++)); do
    total=$((total - sizes[oldest]))
  done
  dispose "${files[@]:0:oldest}"
}

# Posts batch after batch, oldest first; true if the spool was emptied, false if an answer said to wait.
send_batches() {
  local most=100 sent=1 end=$((SECONDS + 30)) status verdict body batch junk
  while ((SECONDS < end)) && fill_batch; do
    post
    printf '%s %s %s\n' "$ts_now" "$status" "$verdict" >|../last_answer
    if [[ $verdict == kept ]]; then
      post_again_in "$ts_pause"
      return 1
    elif [[ $verdict == refused ]] && ((${#batch[@]} > 1)); then
      most=$((${#batch[@]} / 2))
      continue
    fi
    if [[ $verdict == taken ]]; then most=$((most < 50 ? most * 2 : 100)); fi
    dispose "${batch[@]}"
    # What cannot be removed must not be sent over and over.
    [[ ! -e ${batch[0]} ]] || return 1
    sent=0
  done
  return "$sent"
}

# Sets batch (files) and body (their lines, joined by commas).
fill_batch() {
  local file line minute_ago=$((ts_now - 60000))
  body='' batch=() junk=()
  for file in *.ndjson; do
    ((${#batch[@]} < most)) || break
    line=
    # shellcheck disable=SC2071 # Names, not numbers.
    if IFS= read -r line <"$file"; then
      if [[ $line != '{'*'}' ]]; then
        junk+=("$file")
        continue
      fi
      ((${#body} + ${#line} < 204800)) || break
      body+=${body:+,}$line
      batch+=("$file")
    elif [[ -e $file && $file < $minute_ago ]]; then
      junk+=("$file") # Its writer died half-way: without the newline it never was an event.
    fi
  done
  remove_files "${junk[@]}"
  ((${#batch[@]} > 0))
}
