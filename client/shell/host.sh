# shellcheck shell=bash
# Which agent runs the script.

find_host() {
  if [[ -n ${CLAUDECODE-} ]]; then
    ts_agent=claude-code ts_session=${CLAUDE_CODE_SESSION_ID-}
  elif [[ -n ${CURSOR_AGENT-} ]]; then
    ts_agent=cursor
  elif [[ -n ${CODEX_THREAD_ID-}${CODEX_SANDBOX-} ]]; then
    ts_agent=codex ts_session=${CODEX_THREAD_ID-}
  elif [[ -n ${GEMINI_CLI-} ]]; then
    ts_agent=gemini-cli
  fi
}
