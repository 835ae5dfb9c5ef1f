package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"

	trackskills "track-skills/client/go"
)

type exitError struct{ code int }

func (err exitError) Error() string { return "exit" }
func (err exitError) ExitCode() int { return err.code }

// panickingError harms whoever asks it anything.
type panickingError struct{}

func (panickingError) Error() string   { panic("in Error") }
func (panickingError) Is(error) bool   { panic("in Is") }
func (panickingError) Timeout() bool   { panic("in Timeout") }
func (panickingError) As(any) bool     { panic("in As") }
func (panickingError) Unwrap() []error { panic("in Unwrap") }

func missing() error {
	_, err := os.Open("/no/such/canary")
	return err
}

var ends = map[string]func() error{
	"nil":         func() error { return nil },
	"partly":      func() error { return nil },
	"plain":       func() error { return errors.New("canary") },
	"path":        missing,
	"wrapped":     func() error { return fmt.Errorf("canary: %w", missing()) },
	"deadline":    func() error { return context.DeadlineExceeded },
	"io-deadline": func() error { return fmt.Errorf("read: %w", os.ErrDeadlineExceeded) },
	"net-timeout": func() error { return &net.DNSError{IsTimeout: true} },
	"canceled":    func() error { return fmt.Errorf("stopped: %w", context.Canceled) },
	"exit-0":      func() error { return exitError{0} },
	"exit-3":      func() error { return exitError{3} },
	"bad-error":   func() error { return panickingError{} },
	"panic":       func() error { panic("canary") },
	"goexit":      func() error { runtime.Goexit(); return nil },
}

// tracked runs one of the functions, and panics if what it ends in does not come through as it is.
func tracked(end string) {
	var fields trackskills.Fields
	if end == "partly" {
		fields.Status = "partial"
	}
	done := make(chan any)
	go func() {
		defer close(done)
		defer func() { done <- recover() }()
		var given error
		returned := trackskills.Tracked("skill", fields, func() error { given = ends[end](); return given })
		if returned != given {
			panic("another error came back")
		}
	}()
	var expected any
	if end == "panic" {
		expected = "canary"
	}
	if value := <-done; value != expected {
		panic(fmt.Sprint("came through: ", value))
	}
}
