# shellcheck shell=bash
# The version of a skill, where its plugin or its own file says it.

# Sets ts_version for ts_name; bash alone reads at most two small files.
find_version() {
  local folder=.claude user=${HOME-}/.claude manifest
  [[ -z ${TRACK_SKILLS_TOOL_VERSION-} && $ts_agent != cursor ]] && fits_name "$ts_name" || return 0
  case $ts_agent in
    claude-code) user=${CLAUDE_CONFIG_DIR:-$user} ;;
    *) folder=.${ts_agent%%-*} user=${HOME-}/$folder ;;
  esac
  if [[ $ts_name == *:* ]]; then
    for manifest in "$user/plugins/cache"/*/"${ts_name%%:*}"/*/.claude-plugin/plugin.json; do
      # The host keeps what it has replaced for a while, with a mark.
      [[ -e ${manifest%/.claude-plugin/*}/.orphaned_at ]] || read_version "$manifest" '"version"'
    done
  else
    for manifest in "${CLAUDE_PROJECT_DIR:-.}/$folder" "$user"; do
      read_version "$manifest/skills/$ts_name/SKILL.md" version && return
    done
  fi
}

# Sets ts_version to the value of a key ($2) in the first 50 lines of a file ($1), a manifest or frontmatter.
read_version() {
  local line left=50 fences=0
  [[ -f $1 && -r $1 ]] || return
  while ((left-- > 0)) && IFS= read -r line; do
    [[ $line != ---* ]] || ((++fences < 2)) || break
    [[ $1 == *.json ]] || ((fences == 1)) || break
    [[ $line =~ ^[[:space:]]*(\{[[:space:]]*)?$2[[:space:]]*:[[:space:]]*[\"\']?([^\"\',[:space:]]+) ]] || continue
    ts_version=${BASH_REMATCH[2]}
    return
  done <"$1"
  return 1
}
