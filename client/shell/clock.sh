# shellcheck shell=bash
# The time and random ids.

# Sets ts_now (epoch milliseconds, 13 digits) and ts_timestamp; TZ says UTC.
read_clock() {
  if ((BASH_VERSINFO[0] >= 5)); then
    local micros=${EPOCHREALTIME//[!0-9]/}
    ts_now=${micros%???}
    printf -v ts_timestamp '%(%Y-%m-%dT%H:%M:%S)T' "${micros%??????}"
    ts_timestamp+=.${ts_now: -3}Z
  else
    ts_timestamp=$(date -u '+%s000 %Y-%m-%dT%H:%M:%S.000Z')
    ts_now=${ts_timestamp%% *} ts_timestamp=${ts_timestamp#* }
  fi
  [[ $ts_now == ????????????? ]]
}

# Sets ts_uuid.
make_uuid() {
  local hex=
  if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
    printf -v hex '%08x' "$SRANDOM" "$SRANDOM" "$SRANDOM" "$SRANDOM"
  elif IFS= read -r hex 2>/dev/null </proc/sys/kernel/random/uuid; then
    hex=${hex//-/}
  else
    hex=$(od -An -N16 -tx1 /dev/urandom)
    hex=${hex//[!0-9a-f]/}
  fi
  ts_uuid=${hex:0:8}-${hex:8:4}-4${hex:13:3}-a${hex:17:3}-${hex:20:12}
  ((${#ts_uuid} == 36))
}
