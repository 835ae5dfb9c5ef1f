//go:build !linux && !darwin && !freebsd && !windows

package trackskills

import "syscall"

// detachedAttributes are the system's own.
func detachedAttributes() *syscall.SysProcAttr { return nil }

// closeInherited does nothing where descriptors cannot be asked for.
func closeInherited() {}

// isAlive is taken for true where it cannot be known: a lock is stale after a minute.
func isAlive(int) bool { return true }

// belongsToOther is taken for false where it cannot be known.
func belongsToOther(string) bool { return false }
