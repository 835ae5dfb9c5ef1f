package trackskills

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	lockStale = 60 * time.Second
	lockEmpty = 1 * time.Second
)

// lock takes the lock of senders; false if another one holds it. It saves work only: correctness does not rest on it.
func lock(home string) bool {
	path := filepath.Join(home, "lock")
	for try := 0; try < 2; try++ {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			_, err = fmt.Fprintf(file, "%d\n", os.Getpid())
			file.Close()
			if err != nil {
				os.Remove(path) // a full disk, which sending empties: go on without the lock
			}
			return true
		}
		if !errors.Is(err, fs.ErrExist) || !isStale(path) {
			return false
		}
		os.Remove(path)
	}
	return false
}

// unlock gives the lock back, unless it was taken over.
func unlock(home string) {
	path := filepath.Join(home, "lock")
	if holderOf(path) == strconv.Itoa(os.Getpid()) {
		os.Remove(path)
	}
}

func isStale(path string) bool {
	holder := holderOf(path)
	if holder == "" {
		// Its maker is about to write, or died in between.
		time.Sleep(lockEmpty)
		if holder = holderOf(path); holder == "" {
			return true
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	if age := time.Since(info.ModTime()); age > lockStale || age < -lockStale {
		return true
	}
	process, err := strconv.Atoi(holder)
	return err == nil && process > 0 && !isAlive(process)
}

func holderOf(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(content))
}
