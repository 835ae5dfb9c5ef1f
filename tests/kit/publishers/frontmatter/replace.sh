#!/usr/bin/env bash
rm -r skills/orders/scripts
sed -i '/^hooks:/,/^---/{/^---/!d}' skills/orders/SKILL.md
sed -i '/^## Telemetry/,$d' README.md
sed -i 's/ Usage is counted and sent to usage.shop.dev.//' .claude-plugin/plugin.json
track-skills kit init --endpoint "$1" --off-if OPT_OUT_INSTRUMENTATION
