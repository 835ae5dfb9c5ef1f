# shellcheck shell=bash
# The sender: posts what waits in the spool, in a process of its own.

send() {
  LC_ALL=C
  trap '' HUP INT
  cd -- "$ts_state/spool" || return
  while has_events .; do
    take_lock || return
    prune
    send_batches
    local emptied=$?
    drop_lock
    # A writer that met the lock counts on this second look.
    ((emptied == 0)) || return
  done
}

# Drops what is over 7 days old, then the oldest of what is over 1 MiB.
prune() {
  local file size total=0 oldest files=() sizes=()
  read_clock || return
  oldest=$((ts_now - 604800000))
  for file in *.ndjson; do
    # shellcheck disable=SC2071 # Names, not numbers: all times have 13 digits.
    [[ $file < $oldest ]] || break
    files+=("$file")
  done
  remove_files "${files[@]}"
  files=(*.ndjson)
  # No line has more than 4 KiB.
  ((${#files[@]} > 256)) || return 0
  files=()
  while read -r _ _ _ _ size _ _ _ file; do
    [[ $file == *.ndjson ]] || continue
    files+=("$file") sizes+=("$size")
    total=$((total + size))
  done < <(ls -ln)
  for ((oldest = 0; total > 1048576; oldest++)); do
    total=$((total - sizes[oldest]))
  done
  remove_files "${files[@]:0:oldest}"
}

# Posts batch after batch, oldest first; true if the spool was emptied, false if an answer said to wait.
send_batches() {
  local most=100 sent=1 end=$((SECONDS + 30)) status body batch junk
  while ((SECONDS < end)) && fill_batch; do
    status=$(post)
    case $status in
      413) if ((${#batch[@]} > 1)); then most=$((${#batch[@]} / 2)) && continue; fi ;;
      408 | 429) return 1 ;;
      2?? | 4??) ;;
      *) return 1 ;;
    esac
    remove_files "${batch[@]}"
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

# Prints the status of the answer, 000 for none.
post() {
  local key=${TRACK_SKILLS_API_KEY-} options
  options=(-q -s -o /dev/null -w '%{http_code}' --connect-timeout 2 --max-time 5 --proto '=http,https' -A track-skills
    -H 'Content-Type: application/json' -H 'Expect:' --data-binary @- --url "${TRACK_SKILLS_ENDPOINT%/}/api/track")
  if [[ -z $key || $key == *[[:cntrl:]]* ]]; then
    printf '{"events":[%s]}' "$body" | curl "${options[@]}"
    return
  fi
  key=${key//\\/\\\\}
  key=${key//\"/\\\"}
  # In a file of options and not in an argument, which every user of the machine can read.
  printf '{"events":[%s]}' "$body" |
    curl "${options[@]}" -K <(printf 'header = "Authorization: Bearer %s"\n' "$key")
}
