package trackskills

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// settleTries times settlePause is how long another process may take to write the id that it has begun.
	settleTries = 10
	settlePause = 10 * time.Millisecond
)

// anonymousID returns the id kept in the state folder, made now if there is none; empty if it can be neither read nor
// made.
func anonymousID(home string) string {
	if known := readAnonymousID(home); known != "" {
		return known
	}
	made, path := newUUID(), filepath.Join(home, "anonymous_id")
	if makeFolder(home) != nil {
		return ""
	}
	err := createFile(path, []byte(made+"\n"))
	if err == nil {
		return made
	}
	if !errors.Is(err, fs.ErrExist) {
		return ""
	}
	return settledAnonymousID(home, path, made)
}

// settledAnonymousID returns the id that somebody else is just writing; after 100 ms it takes the file for broken and
// writes the one that was made here.
func settledAnonymousID(home, path, made string) string {
	for try := 0; try < settleTries; try++ {
		if known := readAnonymousID(home); known != "" {
			return known
		}
		time.Sleep(settlePause)
	}
	if _, err := os.ReadFile(path); err != nil {
		return ""
	}
	if os.Remove(path) != nil || createFile(path, []byte(made+"\n")) != nil {
		return readAnonymousID(home)
	}
	return made
}

func readAnonymousID(home string) string {
	content, err := os.ReadFile(filepath.Join(home, "anonymous_id"))
	if err != nil {
		return ""
	}
	return identifier(strings.TrimRight(string(content), "\n"))
}

// makeFolder makes the state folder, or one in it, with mode 0700; folders above the state folder get the usual mode,
// as they are not ours.
func makeFolder(path string) error {
	if err := os.Mkdir(path, 0o700); !errors.Is(err, fs.ErrNotExist) {
		if errors.Is(err, fs.ErrExist) {
			return nil
		}
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return makeFolder(path)
}

// createFile writes a new file in a single write; fs.ErrExist if there is one already, and no file after another error.
func createFile(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(path)
	}
	return err
}
