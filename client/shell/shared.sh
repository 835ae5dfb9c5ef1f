# shellcheck shell=bash
# ---- shared: the same lines in _track.sh and track-skills-hook.sh ----

source ./switches.sh
source ./state.sh
source ./names.sh
source ./clock.sh
source ./event.sh
source ./spool.sh
source ./detach.sh
source ./sender.sh
source ./lock.sh

# ---- end of the shared lines ----
