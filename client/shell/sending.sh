# shellcheck shell=bash
# ---- shared: the same lines in _track.sh and track-skills-hook.sh ----

source ./detach.sh
source ./sender.sh
source ./spool.sh
source ./post.sh
source ./lock.sh

# ---- end of the shared lines ----
