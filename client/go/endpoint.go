package trackskills

import (
	"net/url"
	"os"
	"strings"
)

// endpoint returns the collector's base URL, http or https, without a slash at its end; empty if there is none.
func endpoint() string {
	text := tidy(os.Getenv("TRACK_SKILLS_ENDPOINT"))
	if text == "" || strings.ContainsAny(text, "\"'?# \t\r\n") {
		return ""
	}
	if !strings.Contains(text, "://") {
		text = defaultScheme(text) + "://" + text
	}
	text = strings.TrimSuffix(strings.TrimRight(text, "/"), "/api/track")
	text = strings.TrimRight(text, "/")
	base, err := url.Parse(text)
	if err != nil || base.Hostname() == "" || base.User != nil || base.Scheme != "http" && base.Scheme != "https" {
		return ""
	}
	return text
}

// apiKey returns the collector's key, printable ASCII; empty if there is none.
func apiKey() string {
	key := tidy(os.Getenv("TRACK_SKILLS_API_KEY"))
	for _, character := range key {
		if character < ' ' || character > '~' {
			return ""
		}
	}
	return key
}

// tidy takes off what people paste around a value: white space, carriage returns and one pair of quotes.
func tidy(value string) string {
	value = strings.TrimSpace(value)
	for _, quote := range []string{`"`, `'`} {
		if len(value) >= 2 && strings.HasPrefix(value, quote) && strings.HasSuffix(value, quote) {
			return strings.TrimSpace(value[1 : len(value)-1])
		}
	}
	return value
}

func defaultScheme(address string) string {
	base, err := url.Parse("//" + address)
	if err != nil {
		return "https"
	}
	switch strings.ToLower(base.Hostname()) {
	case "localhost", "127.0.0.1", "::1":
		return "http"
	}
	return "https"
}
