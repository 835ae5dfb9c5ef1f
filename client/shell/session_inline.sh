# shellcheck shell=bash
# Has the sums written to a file in this folder, or printed without one, by the Python at the end of this file.
read_session() {
  local program
  program='import sys; exec(open(sys.argv.pop(1), "rb").read().split(b"\n: <<\x27PYTHON\x27\n")[1].split(b"\nPYTHON\n")[0])'
  python3 -I -S -c "$program" "$ts_hook" "$ts_transcript" "$ts_session" "$ts_anonymous" "$ts_reason" "$1"
}
