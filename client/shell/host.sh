# shellcheck shell=bash
# Which agent runs the script: CONTRACT.md says how agents.json is read.

source ./agents.sh

find_host() {
  name_agent "${AI_AGENT-}"
  if [[ -z $ts_agent ]]; then
    name_agent "${AGENT-}"
    # Other programs use this variable too.
    is_one_of "$ts_agent" "$ts_agents" || ts_agent=
  fi
  [[ -n $ts_agent ]] || find_marked_agent
  find_session
}

# Sets ts_agent to our id for what an agent calls itself ($1), nothing if that is no name.
name_agent() {
  bare_name "$1"
  case $ts_agent in '' | 1 | true) ts_agent= ;; *) know_agent ;; esac
}

# Without white space around it, and without a version after it: claude-code_2-1-331_agent.
bare_name() {
  local said=${1#"${1%%[!"$ts_space"]*}"}
  said=${said%"${said##*[!"$ts_space"]}"}
  ts_agent=${said:1}
  ts_agent=${said:0:1}${ts_agent%%_[0123456789]*}
}
