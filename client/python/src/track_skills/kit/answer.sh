#!/usr/bin/env bash
# Answers `/PLUGIN:telemetry on | off | status | show`, which a person types; no model is asked or told. In a terminal: answer.sh off
# ---- settings: written by `track-skills kit` ----
plugin='example'
endpoint='https://track.example.com'
folder='example-00000000'
list='1'  # number of the list of fields that is agreed to
days='90' # how long the collector keeps events
# ---- end of settings ----
LC_ALL=C root=${BASH_SOURCE[0]%/*} state=${XDG_STATE_HOME:-${HOME-}/.local/state}/track-skills-kit/$folder text='' word=${1-}
umask 077 && exec 2>/dev/null
if [[ -z $word ]]; then
  IFS= read -r -t 2 -N 8192 text || [[ -n $text ]] || IFS= read -r -d '' -n 8192 text
  [[ $text =~ \"command_name\":\ *\"$plugin:telemetry\" && $text =~ \"command_source\":\ *\"plugin\" ]] || exit 0
  if [[ $text =~ \"command_args\":\ *\"\ *(on|off|show)\ *\" ]]; then word=${BASH_REMATCH[1]}; fi
fi
case $word in
  on) mkdir -p "$state" && rm -f "$state/off" && printf '%s\n' "$list" >"$state/agreed" ;;
  off) mkdir -p "$state" && : >"$state/off" && rm -rf "$state/agreed" "$state/spool" ;; # what waited is not sent either
  show) said=$'\nSent, tries too:\n'$(cat "$state/sent.old" "$state/sent" | tail -n 20) ;;
esac
said="Telemetry of $plugin is $(bash "$root/track.sh" status). It goes to $endpoint and is kept for $days days. Every field: PRIVACY.md, \
list $list. Change it: /$plugin:telemetry on | off | show${said-}"
if [[ -z $text ]]; then printf '%s\n' "$said" && exit; fi
said=${said//\\/\\\\} said=${said//\"/\\\"} said=${said//$'\t'/ } said=${said//$'\n'/\\n}
printf '{"decision":"block","reason":"%s"}\n' "$said" # shown to the person, and the prompt ends here
