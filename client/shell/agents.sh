# shellcheck shell=bash
# Which agents there are. Made by `make clients`: change client/agents.json instead.

ts_agents='grok kimi cowork claude-code cursor codex qwen-code gemini-cli antigravity augment opencode amp cline roo-code junie pi trae openclaw copilot goose replit'

know_agent() {
  case $ts_agent in
    claude | claude_code | claudecode) ts_agent=claude-code ;;
    codex-cli | codex_cli | openai-codex) ts_agent=codex ;;
    cursor-cli | cursor-agent | cursor_cli) ts_agent=cursor ;;
    gemini | gemini_cli) ts_agent=gemini-cli ;;
    github-copilot | github-copilot-cli | copilot-cli) ts_agent=copilot ;;
    qwen | qwen_code) ts_agent=qwen-code ;;
    augment-cli | auggie) ts_agent=augment ;;
    open-code | open_code) ts_agent=opencode ;;
    roo) ts_agent=roo-code ;;
  esac
}

find_marked_agent() {
  if [[ -n ${GROK_PLUGIN_ROOT-}${GROK_PLUGIN_DATA-} ]]; then
    ts_agent=grok
  elif [[ -n ${KIMI_PLUGIN_ROOT-} ]]; then
    ts_agent=kimi
  elif [[ -n ${CLAUDE_CODE_IS_COWORK-} ]]; then
    ts_agent=cowork
  elif [[ -n ${CLAUDECODE-}${CLAUDE_CODE-} ]]; then
    ts_agent=claude-code
  elif [[ -n ${CURSOR_AGENT-} || ${CURSOR_EXTENSION_HOST_ROLE-} == agent-exec ]]; then
    ts_agent=cursor
  elif [[ -n ${CODEX_THREAD_ID-}${CODEX_SANDBOX-}${CODEX_CI-} ]]; then
    ts_agent=codex
  elif [[ -n ${QWEN_CODE-} ]]; then
    ts_agent=qwen-code
  elif [[ -n ${GEMINI_CLI-} ]]; then
    ts_agent=gemini-cli
  elif [[ -n ${ANTIGRAVITY_AGENT-} ]]; then
    ts_agent=antigravity
  elif [[ -n ${AUGMENT_AGENT-} ]]; then
    ts_agent=augment
  elif [[ -n ${OPENCODE-}${OPENCODE_CLIENT-} ]]; then
    ts_agent=opencode
  elif [[ -n ${AMP_THREAD_ID-} ]]; then
    ts_agent=amp
  elif [[ -n ${CLINE_ACTIVE-} ]]; then
    ts_agent=cline
  elif [[ -n ${ROO_ACTIVE-} ]]; then
    ts_agent=roo-code
  elif [[ -n ${JUNIE_DATA-}${JUNIE_SHIM_PATH-} ]]; then
    ts_agent=junie
  elif [[ -n ${PI_CODING_AGENT-} ]]; then
    ts_agent=pi
  elif [[ -n ${TRAE_AI_SHELL_ID-} ]]; then
    ts_agent=trae
  elif [[ -n ${OPENCLAW_SHELL-} ]]; then
    ts_agent=openclaw
  elif [[ -n ${COPILOT_CLI-}${COPILOT_MODEL-}${COPILOT_ALLOW_ALL-} ]]; then
    ts_agent=copilot
  elif [[ -n ${GOOSE_TERMINAL-}${GOOSE_PROVIDER-} ]]; then
    ts_agent=goose
  elif [[ -n ${CURSOR_TRACE_ID-} ]]; then
    ts_agent=cursor
  elif [[ -n ${REPL_ID-} ]]; then
    ts_agent=replit
  fi
}

find_session() {
  case $ts_agent in
    cowork | claude-code) ts_session=${CLAUDE_CODE_SESSION_ID-} ;;
    codex) ts_session=${CODEX_THREAD_ID-} ;;
    amp) ts_session=${AMP_THREAD_ID-} ;;
  esac
}
