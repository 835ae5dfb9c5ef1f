#!/usr/bin/env bash
# Track Skills: a hook for Claude Code, and for hosts that run hooks like it. It reads the hook's JSON on stdin and records which skill or
# tool was used and how it ended. The one of the plugin; it needs bash 3.2 or later, awk, and curl to send. It never prints, fails or waits
# for the network. Nothing of tool_input, tool_response, prompt or paths leaves it but a skill's name and sizes.
# shellcheck disable=SC2154 # What is named json_ something is set by read_json.
source ./hook_main.sh
source ./session_beside.sh

send_what_waits
exit 0
