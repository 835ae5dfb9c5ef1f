# shellcheck shell=bash
# ---- shared: the same lines in _track.sh and track-skills-hook.sh ----

source ./names.sh
source ./clock.sh
source ./identity.sh
source ./event.sh
source ./record.sh
source ./pace.sh

# ---- end of the shared lines ----
