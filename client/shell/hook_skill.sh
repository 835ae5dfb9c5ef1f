# shellcheck shell=bash
# What a use of a skill is.

# Names the skill that ran; of another name it was asked for ($1).
name_skill() {
  local name=${json_tool_response__commandName:-$1}
  name=${name#"${name%%[! ]*}"}
  name=${name%"${name##*[! ]}"}
  # One skill has one name, however a model spells it: " my-skill", "/my-skill".
  if [[ $name == /* && $name != /*/* ]]; then name=${name#/}; fi
  ts_name=$name ts_category=skill
  # That of loading the skill, unless it ran in a process of its own.
  if [[ $json_tool_response__status != forked ]]; then ts_duration=; fi
  find_version
}
