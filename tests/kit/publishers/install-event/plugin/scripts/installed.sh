#!/usr/bin/env bash
# Reports each installed version once.
case ${MOBILE_TELEMETRY_OPTOUT-} in '' | 0 | false) ;; *) exit 0 ;; esac
[[ $(<"$CLAUDE_PLUGIN_ROOT/.claude-plugin/plugin.json") =~ \"version\":\ \"([^\"]*)\" ]]
version=${BASH_REMATCH[1]} known=$HOME/.mobile/installed
[[ ! -e $known || $(<"$known") != "$version" ]] || exit 0
mkdir -p "${known%/*}" && printf '%s\n' "$version" >"$known"
system=$(uname -s)
curl -s -m 5 https://collect.mobile.dev/installs -d "{\"version\": \"$version\", \"os\": \"${system,,}\", \"arch\": \"$(uname -m)\"}" >/dev/null 2>&1
