package trackskills

import "os"

// Track records that the tool name was used. It returns after one small file was written, and at most twice in 12 s
// after a sender was started; it never fails, prints or waits for the network.
//
// The name has 1 to 128 letters, digits, spaces and _ . : / @ + -, and does not look like a path; another one records
// nothing.
func Track(name string, fields Fields) {
	defer func() { _ = recover() }()
	home := activeHome()
	if home == "" || !isName(name) || !isWanted(name) {
		return
	}
	if isTrue("TRACK_SKILLS_DEBUG") {
		show(home, name, fields)
		return
	}
	line, err := newLine(name, fields, anonymousID(home))
	if err != nil {
		return
	}
	if endpoint() == "" {
		if writeEvent(home, localFolder(home), line) == nil {
			startTidying(home)
		}
		return
	}
	if writeEvent(home, spoolFolder(home), line) != nil {
		return
	}
	if at, start := claimPost(home); start {
		startSender(home, at)
	}
}

// startTidying starts what looks after the local store's limit, once in a minute at most.
func startTidying(home string) {
	if claimTidying(home) {
		startSender(home, 0)
	}
}

// Flush starts sending what waits, now and in a process of its own, and does not wait for it.
func Flush() {
	defer func() { _ = recover() }()
	home := activeHome()
	if home == "" || endpoint() == "" || isTrue("TRACK_SKILLS_DEBUG") || len(spoolFiles(home)) == 0 {
		return
	}
	writeNextPost(home, nextPost{at: nowMS() + postInterval})
	startSender(home, 0)
}

// IsDisabled reports whether tracking is off: by the environment, by the file off in the state folder, or for want of a
// home or of anywhere to go.
func IsDisabled() (disabled bool) {
	defer func() {
		if recover() != nil {
			disabled = true
		}
	}()
	return activeHome() == ""
}

// show prints the exact payload on stderr; an id that is not kept yet is made for the look of it.
func show(home, name string, fields Fields) {
	line, err := newLine(name, fields, firstOf(readAnonymousID(home), newUUID()))
	if err == nil {
		_, _ = os.Stderr.Write(line)
	}
}
