#!/usr/bin/env bash
# Installs an agent for tests/agents, in the versions of its lock file: install_agent.sh NAME
set -euo pipefail

folder=.build/agents/$1
rm -rf "$folder"
mkdir -p "$folder"
cp .npmrc "tests/agents/packages/$1/package.json" "tests/agents/packages/$1/package-lock.json" "$folder"
npm install --no-save --prefix "$folder" --no-progress --loglevel=error
