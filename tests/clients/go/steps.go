package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	trackskills "track-skills/client/go"
)

// step is a use of a tool in an environment of its own; home is looked through for what it leaves.
type step struct {
	Home   string            `json:"home"`
	Env    map[string]string `json:"env"`
	Name   string            `json:"name"`
	Fields fields            `json:"fields"`
}

type fields struct {
	Status            string `json:"status"`
	DurationMS        *int64 `json:"duration_ms"`
	Category          string `json:"tool_category"`
	ErrorType         string `json:"error_type"`
	ErrorMessage      string `json:"error_message"`
	Trigger           string `json:"trigger"`
	AgentID           string `json:"agent_id"`
	SessionID         string `json:"session_id"`
	EventID           string `json:"event_id"`
	ToolVersion       string `json:"tool_version"`
	RequestSizeBytes  *int64 `json:"request_size_bytes"`
	ResponseSizeBytes *int64 `json:"response_size_bytes"`
}

type result struct {
	On    bool     `json:"on"`
	Made  int      `json:"made"`
	Lines []string `json:"lines"`
}

func steps() {
	var given []step
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		panic(err)
	}
	results := []result{}
	for _, step := range given {
		results = append(results, step.run())
	}
	json.NewEncoder(os.Stdout).Encode(results)
}

func (step step) run() result {
	os.Clearenv()
	for name, value := range step.Env {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	before := map[string]bool{}
	for _, path := range files(step.Home) {
		before[path] = true
	}
	trackskills.Track(step.Name, step.Fields.given())
	found := result{On: !trackskills.IsDisabled(), Lines: []string{}}
	for _, path := range files(step.Home) {
		if before[path] {
			continue
		}
		found.Made++
		if strings.HasSuffix(path, ".ndjson") {
			content, _ := os.ReadFile(path)
			found.Lines = append(found.Lines, string(content))
		}
	}
	return found
}

func (fields fields) given() trackskills.Fields {
	made := trackskills.Fields{
		Status: fields.Status, Category: fields.Category, ErrorType: fields.ErrorType,
		ErrorMessage: fields.ErrorMessage, Trigger: fields.Trigger, AgentID: fields.AgentID,
		SessionID: fields.SessionID, EventID: fields.EventID, ToolVersion: fields.ToolVersion,
		RequestSizeBytes: fields.RequestSizeBytes, ResponseSizeBytes: fields.ResponseSizeBytes,
	}
	if fields.DurationMS != nil {
		// What was measured is never nothing.
		made.Duration = max(time.Duration(*fields.DurationMS)*time.Millisecond, 1)
		if *fields.DurationMS < 0 {
			made.Duration = -1
		}
	}
	return made
}

func files(folder string) []string {
	var found []string
	filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			found = append(found, path)
		}
		return nil
	})
	sort.Strings(found)
	return found
}
