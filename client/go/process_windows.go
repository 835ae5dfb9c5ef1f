package trackskills

import (
	"os"
	"syscall"
)

const detachedProcess = 0x00000008 // DETACHED_PROCESS of CreateProcess

// detachedAttributes put a sender into a process group of its own, without a console.
func detachedAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: detachedProcess | syscall.CREATE_NEW_PROCESS_GROUP, HideWindow: true}
}

// closeInherited has nothing to do: a process is handed only what it was meant to get.
func closeInherited() {}

// isAlive reports whether there is a process of that id.
func isAlive(process int) bool {
	found, err := os.FindProcess(process)
	if err != nil {
		return false
	}
	found.Release()
	return true
}

// belongsToOther is never true: a user's folders are closed to others.
func belongsToOther(string) bool { return false }
