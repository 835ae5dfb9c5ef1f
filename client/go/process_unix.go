//go:build linux || darwin || freebsd

package trackskills

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// detachedAttributes put a sender into a session of its own.
func detachedAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true}
}

// closeInherited lets go of the descriptors that the caller's own parent left open: they alone are not marked to be
// closed on exec, as everything that Go opens is.
func closeInherited() {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return
	}
	for _, entry := range entries {
		descriptor, err := strconv.Atoi(entry.Name())
		if err != nil || descriptor <= 2 {
			continue
		}
		flags, _, failed := syscall.Syscall(syscall.SYS_FCNTL, uintptr(descriptor), syscall.F_GETFD, 0)
		if failed == 0 && flags&syscall.FD_CLOEXEC == 0 {
			syscall.Close(descriptor)
		}
	}
}

// isAlive reports whether there is a process of that id, and, where this can be seen, whether it has not ended: in a
// container nobody may collect the dead.
func isAlive(process int) bool {
	if errors.Is(syscall.Kill(process, 0), syscall.ESRCH) {
		return false
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	if err != nil {
		return true
	}
	// The state stands behind the name, which is in brackets and may hold anything.
	_, state, found := bytes.Cut(status[bytes.LastIndexByte(status, ')')+1:], []byte(" "))
	return !found || !bytes.HasPrefix(state, []byte("Z"))
}

// belongsToOther reports whether the state folder is somebody else's: that is left alone. So is, by root, a home of
// another user in which there is none yet, as that user could not use what root makes there.
func belongsToOther(home string) bool {
	user := os.Geteuid()
	for path := home; ; path = filepath.Dir(path) {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) && path != filepath.Dir(path) {
			continue
		}
		if err != nil {
			return false
		}
		owner, known := info.Sys().(*syscall.Stat_t)
		return known && int(owner.Uid) != user && (path == home || user == 0)
	}
}
