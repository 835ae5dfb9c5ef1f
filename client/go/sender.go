package trackskills

import (
	"bytes"
	"time"
)

const (
	batchEvents = 100
	batchBytes  = 200 * 1024
	// senderTime is how long a sender holds the lock, not counting a request under way.
	senderTime = 30 * time.Second
)

// batch is what goes into one request: the names of spool files, and their lines.
type batch struct {
	names []string
	lines [][]byte
}

// send waits until a moment (epoch ms; 0: not at all) and then sends what is in the spool, unless another sender does.
func send(home string, at int64) {
	if endpoint() == "" {
		// Nothing is ever sent: the sender only looks after the limit.
		keepLocalLimit(home)
		return
	}
	started := nowMS()
	if at > 0 {
		time.Sleep(time.Until(time.UnixMilli(at)))
		// One that waits for a later moment takes the events along: so there are never more and more that wait.
		if next, known := readNextPost(home); isOff(home) || known && next.waiting && next.at > at {
			return
		}
		writeNextPost(home, nextPost{at: nowMS() + postInterval})
	}
	for !isOff(home) && lock(home) {
		seen, answered := sendLocked(home)
		if !answered {
			writeNextPost(home, nextPost{at: nowMS() + postPause})
		}
		if !answered || !hasMore(home, seen, started) {
			return
		}
	}
}

func sendLocked(home string) (seen map[string]bool, answered bool) {
	defer unlock(home)
	if keepsEvents(home) {
		defer keepLocalLimit(home)
	}
	return sendAll(home)
}

// sendAll sends batch after batch, oldest first. It returns the files that were dealt with, and whether every batch was
// answered so that it is not kept.
func sendAll(home string) (seen map[string]bool, answered bool) {
	keepLimits(home)
	collector := newCollector(endpoint(), apiKey())
	ends := time.Now().Add(senderTime)
	waiting, most := spoolFiles(home), batchEvents
	seen = map[string]bool{}
	for time.Now().Before(ends) {
		next, rest := nextBatch(home, waiting, most)
		if len(next.names) == 0 {
			markSeen(seen, waiting)
			break
		}
		answer := collector.post(body(next.lines))
		writeLastAnswer(home, answer)
		if answer.outcome == kept {
			return seen, false
		}
		if answer.outcome == refused && len(next.names) > 1 {
			most = len(next.names) / 2
			continue
		}
		if answer.outcome == taken {
			most = min(2*most, batchEvents)
		}
		for _, name := range next.names {
			disposeOf(home, name)
		}
		markSeen(seen, waiting[:len(waiting)-len(rest)])
		waiting = rest
	}
	return seen, true
}

// nextBatch takes the first of the waiting files, at most so many and so many bytes, and returns those after them.
func nextBatch(home string, waiting []string, most int) (next batch, rest []string) {
	size := len(`{"sent_at":"2026-02-09T21:30:00.123Z","events":[]}`)
	for number, name := range waiting {
		line := readEvent(home, name)
		if line == nil {
			continue
		}
		size += len(line) + len(",")
		if len(next.names) > 0 && (len(next.names) == most || size > batchBytes) {
			return next, waiting[number:]
		}
		next.names = append(next.names, name)
		next.lines = append(next.lines, line)
	}
	return next, nil
}

func body(lines [][]byte) []byte {
	var text bytes.Buffer
	text.WriteString(`{"sent_at":"` + timestamp(time.Now()) + `","events":[`)
	text.Write(bytes.Join(lines, []byte(",")))
	text.WriteString(`]}`)
	return text.Bytes()
}

func markSeen(seen map[string]bool, names []string) {
	for _, name := range names {
		seen[name] = true
	}
}

// hasMore reports whether there are files that this sender has not seen: their writers may have met the lock. Those
// younger than this sender are left to the next one, where one is waiting.
func hasMore(home string, seen map[string]bool, started int64) bool {
	next, known := readNextPost(home)
	isAnnounced := known && next.waiting && next.isAhead(nowMS())
	for _, name := range spoolFiles(home) {
		if seen[name] {
			continue
		}
		if recorded, ok := recordedAt(name); isAnnounced && ok && recorded >= started {
			continue
		}
		return true
	}
	return false
}
