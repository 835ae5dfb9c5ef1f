# shellcheck shell=bash
# One request to the collector, and what its answer means.

# Posts body, which is events or what $1 says; sets status (000 for no answer) and verdict (taken, refused or kept).
post() {
  local answer what=${1:-event}
  read_clock
  answer=$(printf '{"sent_at":"%s","%ss":[%s]}' "$ts_timestamp" "$what" "$body" | request "${1:-track}")
  status=${answer##*$'\n'} answer=${answer%$'\n'*} verdict=kept
  [[ $status == [0-9][0-9][0-9] ]] || status=000
  case $status in
    2??) if says_success true; then verdict=taken; fi ;;
    400 | 413) if says_success false; then verdict=refused; fi ;;
  esac
}

# Whether the answer is the collector's own, a JSON object, and says so ($1). A captive portal answers 200 too.
says_success() {
  [[ $answer =~ ^[[:space:]]*\{.*\}[[:space:]]*$ && $answer =~ [\{,][[:space:]]*\"success\"[[:space:]]*:[[:space:]]*$1[[:space:]]*[,\}] ]]
}

# Posts stdin to a route ($1); prints the answer and, on a line of its own, its status.
request() {
  local options key=$ts_key
  options=(-q -s -w '\n%{http_code}' --connect-timeout 2 --max-time 5 --proto '=http,https' -A track-skills
    -H 'Content-Type: application/json' -H 'Expect:' --data-binary @- --url "$ts_endpoint/api/$1")
  if [[ -z $key ]]; then
    curl "${options[@]}"
    return
  fi
  key=${key//\\/\\\\}
  key=${key//\"/\\\"}
  # In a file of options and not in an argument, which every user of the machine can read.
  curl "${options[@]}" -K <(printf 'header = "Authorization: Bearer %s"\n' "$key")
}

# Sets ts_key to the key, or to nothing.
find_key() {
  bare "${TRACK_SKILLS_API_KEY-}"
  ts_key=$ts_value
  case $ts_key in *[!\ -~]*) ts_key= ;; esac
}
