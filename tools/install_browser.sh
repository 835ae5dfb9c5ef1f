#!/usr/bin/env bash
# Sees to it that there is a Chromium for the browser tests: one that is installed, Debian's package, or Playwright's own.
set -euo pipefail

for name in chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$name" >/dev/null; then exit 0; fi
done
if [[ -d "/Applications/Google Chrome.app" ]]; then exit 0; fi
if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
else
  .venv/bin/playwright install chromium
fi
