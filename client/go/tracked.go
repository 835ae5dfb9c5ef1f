package trackskills

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// Tracked calls run, records it as one execution of the tool name, and returns its error unchanged.
//
// No error is a success, or the status that the fields say. An error is recorded by its type, as timeout where it is
// one (context.DeadlineExceeded, os.ErrDeadlineExceeded, Timeout() true), and as skipped where it is context.Canceled; one whose
// ExitCode() is 0 is a success. A panic passes through and is recorded as an error; after runtime.Goexit the outcome is
// unknown. What run reads, writes and returns is never looked at.
func Tracked(name string, fields Fields, run func() error) (err error) {
	started, returned := time.Now(), false
	defer func() {
		// Zero would say that nothing was measured; some clocks are that coarse.
		fields.Duration = max(time.Since(started), 1)
		if returned {
			fields = withOutcome(fields, err)
		} else {
			fields = withoutReturn(fields)
		}
		Track(name, fields)
	}()
	err = run()
	returned = true
	return err
}

// withOutcome adds what an error says about how an execution ended; asking it runs code of others, which may panic.
func withOutcome(fields Fields, err error) (found Fields) {
	if err == nil {
		fields.Status = firstOf(fields.Status, "success")
		return fields
	}
	fields.Status = "error"
	found = fields
	defer func() { _ = recover() }()
	fields.Status = statusOf(err)
	if fields.Status == "success" || fields.Status == "skipped" {
		return fields
	}
	fields.ErrorType = errorType(err)
	if isTrue("TRACK_SKILLS_ERROR_MESSAGES") {
		fields.ErrorMessage = err.Error()
	}
	return fields
}

func statusOf(err error) string {
	var exit interface{ ExitCode() int }
	if errors.As(err, &exit) && exit.ExitCode() == 0 {
		return "success"
	}
	if errors.Is(err, context.Canceled) {
		return "skipped"
	}
	var timeout interface{ Timeout() bool }
	isTimeout := errors.As(err, &timeout) && timeout.Timeout()
	if isTimeout || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return "timeout"
	}
	return "error"
}

// errorType returns the name of an error's type, such as fs.PathError; that of the wrapper of fmt.Errorf says nothing,
// so it is that of what it wraps.
func errorType(err error) string {
	for {
		name := strings.TrimLeft(fmt.Sprintf("%T", err), "*")
		inner := errors.Unwrap(err)
		if name != "fmt.wrapError" || inner == nil {
			return name
		}
		err = inner
	}
}

// withoutReturn tells a panic from runtime.Goexit, which ends a goroutine on purpose, by what called the deferred
// function: recover would change what the panic prints.
func withoutReturn(fields Fields) Fields {
	callers := make([]uintptr, 16)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	for {
		frame, more := frames.Next()
		if frame.Function == "runtime.Goexit" {
			fields.Status = "unknown"
			return fields
		}
		if !more {
			break
		}
	}
	fields.Status, fields.ErrorType = "error", "panic"
	return fields
}
