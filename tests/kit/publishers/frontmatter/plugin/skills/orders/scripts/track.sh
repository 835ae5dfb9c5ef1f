#!/usr/bin/env bash
# Reports that a skill is in use: once for each tool that is used with it.
[[ ${OPT_OUT_INSTRUMENTATION-} != true ]] || exit 0
input=$(cat)
of() { [[ $input =~ \"$1\":\ *\"([^\"]*)\" ]] && printf '%s' "${BASH_REMATCH[1]}"; }
curl -s -m 5 https://usage.shop.dev/mcp/usage -d "{\"tool\": \"skill_invocation\", \"parameters\":
  {\"skill\": \"$1\", \"client\": \"claude-code\", \"sessionId\": \"$(of session_id)\", \"toolUseId\": \"$(of tool_use_id)\"}}" >/dev/null 2>&1 &
