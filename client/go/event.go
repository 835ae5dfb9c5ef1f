package trackskills

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

const (
	longestDuration = 24 * time.Hour
	largestSize     = 1<<53 - 1
	messageLength   = 500
	lineBytes       = 4096
)

var (
	statuses = map[string]string{
		"success": "success", "error": "error", "timeout": "timeout", "partial": "partial", "skipped": "skipped",
		"denied": "denied", "failure": "error", "failed": "error", "ok": "success", "cancelled": "skipped",
	}
	triggers = map[string]string{"user": "user", "model": "model", "nested": "nested"}
)

// Fields says what is known of a use beyond its name. A field that does not fit its rule is left out of the event, and
// costs nothing else.
type Fields struct {
	// Status is success, error, timeout, partial, skipped or denied; anything else is recorded as unknown.
	Status string
	// Duration is what was measured, up to 24 h, recorded in whole milliseconds. Zero: it was not measured.
	Duration time.Duration
	// Category groups tools, such as mcp:server; without it TRACK_SKILLS_CATEGORY is taken.
	Category string
	// ErrorType is the kind of an error, such as fs.PathError.
	ErrorType string
	// ErrorMessage is recorded only with TRACK_SKILLS_ERROR_MESSAGES=1, its first 500 characters.
	ErrorMessage string
	// Trigger is user (typed), model (chosen) or nested.
	Trigger string
	// AgentID and SessionID say in which agent and session it happened, where this differs from what the environment
	// says.
	AgentID, SessionID string
	// EventID makes the event the same one when it is recorded again: the collector stores it once.
	EventID string
	// ToolVersion is the tool's own version; without it TRACK_SKILLS_TOOL_VERSION is taken.
	ToolVersion string
	// RequestSizeBytes and ResponseSizeBytes are sizes in bytes; nil: not known.
	RequestSizeBytes, ResponseSizeBytes *int64
}

// event is the line that is recorded: its fields stand in the contract's order.
type event struct {
	EventID           string `json:"event_id"`
	Timestamp         string `json:"timestamp"`
	ToolName          string `json:"tool_name"`
	ToolCategory      string `json:"tool_category,omitempty"`
	Status            string `json:"status"`
	DurationMS        *int64 `json:"duration_ms,omitempty"`
	ErrorType         string `json:"error_type,omitempty"`
	ErrorMessage      string `json:"error_message,omitempty"`
	Trigger           string `json:"trigger,omitempty"`
	AgentID           string `json:"agent_id,omitempty"`
	Source            string `json:"source"`
	SessionID         string `json:"session_id,omitempty"`
	AnonymousID       string `json:"anonymous_id,omitempty"`
	ToolVersion       string `json:"tool_version,omitempty"`
	OS                string `json:"os"`
	Runtime           string `json:"runtime"`
	RequestSizeBytes  *int64 `json:"request_size_bytes,omitempty"`
	ResponseSizeBytes *int64 `json:"response_size_bytes,omitempty"`
	Test              bool   `json:"test,omitempty"`
}

// newLine returns the event's line with its newline, at most 4096 bytes. The name is a valid tool name; anonymousID is
// that of this installation.
func newLine(name string, fields Fields, anonymousID string) ([]byte, error) {
	agentID, sessionID := findAgent()
	made := event{
		EventID:           firstOf(identifier(fields.EventID), newUUID()),
		Timestamp:         timestamp(time.Now()),
		ToolName:          name,
		ToolCategory:      label(firstOf(fields.Category, os.Getenv("TRACK_SKILLS_CATEGORY"))),
		Status:            firstOf(statuses[fields.Status], "unknown"),
		DurationMS:        milliseconds(fields.Duration),
		ErrorType:         label(fields.ErrorType),
		ErrorMessage:      message(fields.ErrorMessage),
		Trigger:           triggers[fields.Trigger],
		AgentID:           firstOf(label(fields.AgentID), label(agentID)),
		Source:            "go",
		SessionID:         firstOf(identifier(fields.SessionID), identifier(sessionID)),
		AnonymousID:       anonymousID,
		ToolVersion:       label(firstOf(fields.ToolVersion, os.Getenv("TRACK_SKILLS_TOOL_VERSION"))),
		OS:                runtime.GOOS,
		Runtime:           goVersion(runtime.Version()),
		RequestSizeBytes:  size(fields.RequestSizeBytes),
		ResponseSizeBytes: size(fields.ResponseSizeBytes),
		Test:              isTrue("TRACK_SKILLS_TEST"),
	}
	line, err := compact(made)
	if err == nil && len(line) > lineBytes {
		made.ErrorMessage = ""
		line, err = compact(made)
	}
	return line, err
}

func compact(made event) ([]byte, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(made)
	return line.Bytes(), err
}

// timestamp writes a moment as the contract has it: UTC, always three decimals.
func timestamp(moment time.Time) string {
	return moment.UTC().Format("2006-01-02T15:04:05.000Z")
}

// newUUID returns a random UUID (RFC 9562, version 4).
func newUUID() string {
	random := randomBytes(16)
	random[6] = random[6]&0x0F | 0x40
	random[8] = random[8]&0x3F | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", random[:4], random[4:6], random[6:8], random[8:10], random[10:])
}

func randomBytes(count int) []byte {
	random := make([]byte, count)
	if _, err := rand.Read(random); err != nil {
		panic(err) // met by whoever recovers for the whole package: without chance there is no event
	}
	return random
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func milliseconds(duration time.Duration) *int64 {
	if duration <= 0 || duration > longestDuration {
		return nil
	}
	rounded := duration.Round(time.Millisecond).Milliseconds()
	return &rounded
}

func size(bytes *int64) *int64 {
	if bytes == nil || *bytes < 0 || *bytes > largestSize {
		return nil
	}
	return bytes
}

func message(text string) string {
	if text == "" || !isTrue("TRACK_SKILLS_ERROR_MESSAGES") {
		return ""
	}
	characters := []rune(text)
	return string(characters[:min(len(characters), messageLength)])
}

// goVersion returns `go 1.27` for the versions that Go gives itself: go1.27.3, go1.27rc1, devel go1.28-abcdef.
func goVersion(version string) string {
	_, number, found := strings.Cut(version, "go")
	if !found {
		return "go"
	}
	end, dots := 0, 0
	for end < len(number) && (number[end] == '.' && dots == 0 || '0' <= number[end] && number[end] <= '9') {
		if number[end] == '.' {
			dots++
		}
		end++
	}
	return strings.TrimRight("go "+number[:end], " .")
}
