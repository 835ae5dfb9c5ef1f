#!/usr/bin/env bash
# shellcheck disable=SC2088
rm -r hooks
sed -i '/^## Telemetry/,$d' README.md
track-skills kit init --endpoint "$1" --off-if DEPLOY_TELEMETRY=off --off-if '~/.deploy/telemetry-off'
