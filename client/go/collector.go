package trackskills

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const (
	connectTime = 2 * time.Second
	requestTime = 5 * time.Second
	// answerBytes bounds what is read of an answer; ours say less of a hundred events.
	answerBytes = 1024 * 1024
)

// What becomes of a batch after an answer.
const (
	taken   = "taken"
	refused = "refused"
	kept    = "kept"
)

// answer is what the collector said: the HTTP status, 0 if there was none, and what becomes of the batch.
type answer struct {
	status  int
	outcome string
}

// collector posts batches to one base URL.
type collector struct {
	url, key string
	client   *http.Client
}

func newCollector(base, key string) *collector {
	dialer := net.Dialer{Timeout: connectTime}
	return &collector{
		url: base + "/api/track",
		key: key,
		client: &http.Client{
			Transport: &http.Transport{
				Proxy:               proxyFor,
				DialContext:         dialer.DialContext,
				TLSHandshakeTimeout: connectTime,
				DisableKeepAlives:   true, // there is seldom a second batch, and nothing to close after it
			},
			Timeout:       requestTime,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// post sends one body and waits for the answer, 5 s at most.
func (collector *collector) post(body []byte) answer {
	request, err := http.NewRequest(http.MethodPost, collector.url, bytes.NewReader(body))
	if err != nil {
		return answer{outcome: kept}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "track-skills-go")
	if collector.key != "" {
		request.Header.Set("Authorization", "Bearer "+collector.key)
	}
	response, err := collector.client.Do(request)
	if err != nil {
		return answer{outcome: kept}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, answerBytes))
	if err != nil {
		return answer{outcome: kept}
	}
	return answer{response.StatusCode, outcomeOf(response.StatusCode, text)}
}

// outcomeOf judges an answer. Only a JSON object that says success is one of ours: a portal or a proxy that answers in
// the collector's place must not cost events.
func outcomeOf(status int, text []byte) string {
	var said struct {
		Success *bool `json:"success"`
	}
	if json.Unmarshal(text, &said) != nil || said.Success == nil {
		return kept
	}
	switch {
	case *said.Success && status >= 200 && status < 300:
		return taken
	case !*said.Success && (status == http.StatusBadRequest || status == http.StatusRequestEntityTooLarge):
		return refused
	}
	return kept
}

// writeLastAnswer keeps the answer where a status command finds it.
func writeLastAnswer(home string, answer answer) {
	line := fmt.Sprintf("%d %03d %s\n", nowMS(), answer.status, answer.outcome)
	_ = os.WriteFile(filepath.Join(home, "last_answer"), []byte(line), 0o600)
}
