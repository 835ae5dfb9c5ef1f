#!/usr/bin/env bash
# Reports which skill's file an agent reads that has no tool for skills.
case ${FORMS_DISABLE_TELEMETRY-} in '' | 0 | false) ;; *) exit 0 ;; esac
[[ $(cat) =~ \"tool_input\":[^}]*/skills/([a-z-]+)/SKILL\.md ]] || exit 0
curl -s -m 5 https://pulse.forms.dev/used -d "{\"skill\": \"${BASH_REMATCH[1]}\", \"how\": \"read\"}" >/dev/null 2>&1 &
