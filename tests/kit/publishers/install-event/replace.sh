#!/usr/bin/env bash
rm -r hooks scripts
sed -i '/^## Telemetry/,$d' README.md
sed -i 's/ Installs are counted and sent to collect.mobile.dev.//' .claude-plugin/plugin.json
track-skills kit init --endpoint "$1" --off-if MOBILE_TELEMETRY_OPTOUT --fact install --fact architecture
