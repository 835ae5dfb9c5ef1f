package trackskills

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	spoolBytes      = 8 * 1024 * 1024
	spoolAge        = 30 * 24 * time.Hour
	incompleteAge   = 60 * time.Second
	spoolExtension  = ".ndjson"
	spoolFolderName = "spool"
	localFolderName = "local"
	localFiles      = 50_000
)

// writeEvent writes an event's line to a new file of a folder, the spool or the local store.
func writeEvent(home, folder string, line []byte) error {
	now := time.Now()
	// The nanoseconds keep the order of events within a millisecond.
	name := fmt.Sprintf("%013d-%d-%05x%x%s", now.UnixMilli(), os.Getpid(), now.Nanosecond()%1_000_000,
		randomBytes(4), spoolExtension)
	err := createFile(filepath.Join(folder, name), line)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := makeFolder(home); err != nil {
		return err
	}
	if err := makeFolder(folder); err != nil {
		return err
	}
	return createFile(filepath.Join(folder, name), line)
}

// localFolder returns where events stay that are not to be sent, or were.
func localFolder(home string) string {
	return filepath.Join(home, localFolderName)
}

func spoolFolder(home string) string {
	return filepath.Join(home, spoolFolderName)
}

// spoolFiles returns the names of the spool's files, oldest first.
func spoolFiles(home string) []string {
	return eventFiles(spoolFolder(home))
}

func eventFiles(folder string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var names []string
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), spoolExtension) {
			names = append(names, entry.Name())
		}
	}
	return names
}

// keepLocalLimit drops the newest of the local store's files above its limit: what was kept stays until it is in the
// database.
func keepLocalLimit(home string) {
	names := eventFiles(localFolder(home))
	for _, name := range names[min(len(names), localFiles):] {
		os.Remove(filepath.Join(localFolder(home), name))
	}
}

// disposeOf moves a file of the spool to the local store if that keeps events, else removes it. What was sent must not
// be sent again, wherever it could not be moved to.
func disposeOf(home, name string) {
	if keepsEvents(home) && makeFolder(localFolder(home)) == nil &&
		os.Rename(filepath.Join(spoolFolder(home), name), filepath.Join(localFolder(home), name)) == nil {
		return
	}
	removeEvent(home, name)
}

// keepLimits disposes of what is over 30 days old, then of the oldest until 8 MiB are left.
func keepLimits(home string) {
	var total int64
	sizes := map[string]int64{}
	names := spoolFiles(home)
	for _, name := range names {
		if ageOf(name) > spoolAge {
			disposeOf(home, name)
			continue
		}
		if info, err := os.Stat(filepath.Join(spoolFolder(home), name)); err == nil {
			sizes[name] = info.Size()
			total += info.Size()
		}
	}
	for _, name := range names {
		if total <= spoolBytes {
			return
		}
		if size, kept := sizes[name]; kept {
			disposeOf(home, name)
			total -= size
		}
	}
}

// readEvent returns the line of a spool file, without its newline; nil if it is not to be sent. A file that can never
// be sent is dropped; an incomplete one that is young is left to its writer.
func readEvent(home, name string) []byte {
	content, err := os.ReadFile(filepath.Join(spoolFolder(home), name))
	if err != nil {
		return nil
	}
	line, complete := bytes.CutSuffix(content, []byte("\n"))
	if complete && isObject(line) {
		return line
	}
	if complete || ageOf(name) > incompleteAge {
		removeEvent(home, name)
	}
	return nil
}

func removeEvent(home, name string) {
	os.Remove(filepath.Join(spoolFolder(home), name))
}

// isObject reports whether a line holds one JSON object: anything else would spoil the batch it is sent in.
func isObject(line []byte) bool {
	return bytes.HasPrefix(line, []byte("{")) && bytes.HasSuffix(line, []byte("}")) && utf8.Valid(line) &&
		json.Valid(line)
}

// recordedAt returns when a spool file was recorded, in epoch ms, by its name.
func recordedAt(name string) (int64, bool) {
	number, _, _ := strings.Cut(name, "-")
	moment, err := strconv.ParseInt(number, 10, 64)
	return moment, err == nil
}

// ageOf returns how long ago a spool file was recorded; a name without a time is older than everything.
func ageOf(name string) time.Duration {
	moment, known := recordedAt(name)
	if !known {
		return math.MaxInt64
	}
	return time.Since(time.UnixMilli(moment))
}
