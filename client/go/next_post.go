package trackskills

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	// postInterval is how far apart the posts of a machine are, in ms.
	postInterval = 12_000
	// postPause is how long nothing is posted after an answer that kept a batch, in ms.
	postPause = 60_000
	// waiterGrace is how late, in ms, a sender that waits may be before it counts as dead.
	waiterGrace = 2_000
)

// nextPost is the content of the file next_post: from when on this machine may post again, in epoch ms, and whether a
// sender already waits for it.
type nextPost struct {
	at      int64
	waiting bool
}

// claimPost decides, after an event was recorded, whether a sender is to be started and until when it waits, in epoch
// ms; 0: not at all. It notes the decision for everybody else.
func claimPost(home string) (at int64, start bool) {
	now := nowMS()
	next, known := readNextPost(home)
	if !known || !next.isAhead(now) {
		writeNextPost(home, nextPost{at: now + postInterval})
		return 0, true
	}
	if next.waiting {
		return 0, false
	}
	writeNextPost(home, nextPost{at: next.at, waiting: true})
	return next.at, true
}

// claimTidying decides, where there is no collector, whether the local store's limit is to be looked after now, and
// notes that it is not for a minute.
func claimTidying(home string) bool {
	now := nowMS()
	if next, known := readNextPost(home); known && next.isAhead(now) {
		return false
	}
	writeNextPost(home, nextPost{at: now + postPause})
	return true
}

// isAhead reports whether the moment is still to come, or belongs to a sender that is about to take its turn.
func (next nextPost) isAhead(now int64) bool {
	if next.at > now+postPause+postInterval {
		return false // written under another clock
	}
	if next.waiting {
		return now-next.at < waiterGrace
	}
	return next.at > now
}

func readNextPost(home string) (nextPost, bool) {
	content, err := os.ReadFile(filepath.Join(home, "next_post"))
	if err != nil {
		return nextPost{}, false
	}
	line, complete := strings.CutSuffix(string(content), "\n")
	number, waiting := strings.CutSuffix(line, " waiting")
	at, err := strconv.ParseUint(number, 10, 63)
	if err != nil || len(number) != 13 || !complete {
		return nextPost{}, false
	}
	return nextPost{int64(at), waiting}, true
}

// writeNextPost is silent where it fails: at worst a sender too many is started.
func writeNextPost(home string, next nextPost) {
	line := fmt.Sprintf("%013d\n", next.at)
	if next.waiting {
		line = fmt.Sprintf("%013d waiting\n", next.at)
	}
	_ = os.WriteFile(filepath.Join(home, "next_post"), []byte(line), 0o600)
}

func nowMS() int64 {
	return time.Now().UnixMilli()
}
