#!/usr/bin/env bash
# Track Skills: a hook for Claude Code, and for hosts that run hooks like it. It reads the hook's JSON on stdin and records which skill or
# tool was used and how it ended. One file to copy; it needs bash 3.2 or later, awk, and curl to send. It never prints, fails or waits
# for the network. Nothing of tool_input, tool_response, prompt or paths leaves it but a skill's name and sizes.
# shellcheck disable=SC2154 # What is named json_ something is set by read_json.
source ./hook_main.sh
source ./session_inline.sh

send_what_waits
exit 0

# shellcheck disable=SC2317 # Bash does not get here.
source ./session_reader.sh
