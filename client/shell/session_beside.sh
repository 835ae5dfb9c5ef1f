# shellcheck shell=bash
# Has the sums written to a file in this folder, or printed without one, by the program beside this file.
read_session() {
  python3 -I -S "${ts_hook%/*}/session_reader.py" "$ts_transcript" "$ts_session" "$ts_anonymous" "$ts_reason" "$1"
}
