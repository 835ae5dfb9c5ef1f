#!/usr/bin/env bash
# Sets a random HASH_PEPPER where the deployment has none, so that the key of the hashes does not lie beside them. One that is there stays:
# without it nobody would be known again.
set -euo pipefail

secrets=$(wrangler secret list)
if [[ $secrets == *'"HASH_PEPPER"'* ]]; then exit 0; fi
python3 -c 'import secrets; print(secrets.token_hex(32))' | wrangler secret put HASH_PEPPER
