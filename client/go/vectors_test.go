package trackskills

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// vectors is what the tests here read of client/vectors.json, which holds the contract as data.
var vectors struct {
	Order              []string
	Switches           struct{ Off, CI, True, False []string }
	Limits             map[string]int64
	Names, Labels, IDs struct{ Good, Bad []string }
	OptOut             []struct {
		Env     map[string]string
		Unset   []string
		OffFile bool `json:"off_file"`
		On      bool
	} `json:"opt_out"`
	Globs []struct {
		Include, Exclude *string
		Name             string
		Tracked          bool
	}
	Endpoints []struct {
		Set string
		URL *string
	}
	Keys []struct {
		Set   string
		Token *string
	}
	Proxies []struct {
		Endpoint string
		Env      map[string]string
		Proxy    *string
	}
	Answers []struct {
		Status     int
		Body, Then string
	}
	Body struct {
		Lines []string
		Body  string
	}
	NextPost []struct {
		About  string
		File   *postFile
		Sender string
		After  *postFile
	} `json:"next_post"`
}

// postFile is the file next_post: its text, or its moment less now in ms.
type postFile struct {
	Text    *string
	AheadMS int64 `json:"ahead_ms"`
	Waiting bool
}

func TestMain(m *testing.M) {
	data, err := os.ReadFile("../vectors.json")
	if err == nil {
		err = json.Unmarshal(data, &vectors)
	}
	if err != nil {
		panic(err)
	}
	lists := reflect.ValueOf(vectors)
	for number := 0; number < lists.NumField(); number++ {
		if lists.Field(number).IsZero() {
			panic("nothing of this name in the vectors: " + lists.Type().Field(number).Name)
		}
	}
	// Nothing that the tests do is to be recorded where the person's own programs are.
	os.Setenv("DO_NOT_TRACK", "1")
	os.Exit(m.Run())
}

// setenv gives a test an environment that holds these variables and nothing else.
func setenv(t *testing.T, variables map[string]string) {
	t.Helper()
	before := os.Environ()
	os.Clearenv()
	for name, value := range variables {
		os.Setenv(name, value)
	}
	t.Cleanup(func() {
		os.Clearenv()
		for _, variable := range before {
			name, value, _ := strings.Cut(variable, "=")
			os.Setenv(name, value)
		}
	})
}

func TestNames(t *testing.T) {
	for _, name := range vectors.Names.Good {
		if !isName(name) {
			t.Errorf("%q is refused", name)
		}
	}
	for _, name := range vectors.Names.Bad {
		if isName(name) {
			t.Errorf("%q is taken", name)
		}
	}
}

func TestLabelsAndIDs(t *testing.T) {
	for _, kind := range []struct {
		texts struct{ Good, Bad []string }
		of    func(string) string
	}{{vectors.Labels, label}, {vectors.IDs, identifier}} {
		for _, text := range kind.texts.Good {
			if kind.of(text) != text {
				t.Errorf("%q is refused", text)
			}
		}
		for _, text := range kind.texts.Bad {
			if kind.of(text) != "" {
				t.Errorf("%q is taken", text)
			}
		}
	}
}

func TestGlobs(t *testing.T) {
	for _, row := range vectors.Globs {
		variables := map[string]string{}
		if row.Include != nil {
			variables["TRACK_SKILLS_INCLUDE"] = *row.Include
		}
		if row.Exclude != nil {
			variables["TRACK_SKILLS_EXCLUDE"] = *row.Exclude
		}
		setenv(t, variables)
		if isWanted(row.Name) != row.Tracked {
			t.Errorf("%v: %q, tracked: %t", variables, row.Name, !row.Tracked)
		}
	}
}

func TestSwitches(t *testing.T) {
	isOn := func(name, value string) bool {
		setenv(t, map[string]string{"HOME": t.TempDir(), "TRACK_SKILLS_ENDPOINT": "http://127.0.0.1:9", name: value})
		return !IsDisabled()
	}
	for _, name := range vectors.Switches.Off {
		for _, value := range vectors.Switches.True {
			if isOn(name, value) {
				t.Errorf("%s=%q leaves it on", name, value)
			}
		}
		for _, value := range vectors.Switches.False {
			if !isOn(name, value) {
				t.Errorf("%s=%q switches it off", name, value)
			}
		}
	}
	for _, name := range vectors.Switches.CI {
		if isOn(name, "0") || !isOn(name, "") {
			t.Errorf("%s is not what CI is known by", name)
		}
	}
}

func TestOptOut(t *testing.T) {
	for _, row := range vectors.OptOut {
		variables := map[string]string{"HOME": t.TempDir(), "TRACK_SKILLS_ENDPOINT": "http://127.0.0.1:9"}
		home := filepath.Join(variables["HOME"], ".local", "state", "track-skills")
		for name, value := range row.Env {
			variables[name] = value
		}
		for _, name := range row.Unset {
			delete(variables, name)
		}
		if row.OffFile {
			if err := errorsOf(makeFolder(home), os.WriteFile(filepath.Join(home, "off"), nil, 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		setenv(t, variables)
		if IsDisabled() == row.On {
			t.Errorf("%+v: disabled: %t", row, IsDisabled())
		}
	}
}

func TestEndpoints(t *testing.T) {
	for _, row := range vectors.Endpoints {
		setenv(t, map[string]string{"TRACK_SKILLS_ENDPOINT": row.Set})
		found := endpoint()
		if row.URL == nil && found != "" {
			t.Errorf("%q is %q and should be none", row.Set, found)
		}
		if row.URL != nil && newCollector(found, "").url != *row.URL {
			t.Errorf("%q is %q and should be %q", row.Set, newCollector(found, "").url, *row.URL)
		}
	}
}

func TestKeys(t *testing.T) {
	for _, row := range vectors.Keys {
		setenv(t, map[string]string{"TRACK_SKILLS_API_KEY": row.Set})
		want := ""
		if row.Token != nil {
			want = *row.Token
		}
		if apiKey() != want {
			t.Errorf("%q is %q and should be %q", row.Set, apiKey(), want)
		}
	}
}

func TestProxies(t *testing.T) {
	for _, row := range vectors.Proxies {
		row.Env["TRACK_SKILLS_ENDPOINT"] = row.Endpoint
		setenv(t, row.Env)
		request, err := http.NewRequest(http.MethodPost, newCollector(endpoint(), "").url, nil)
		if err != nil {
			t.Fatal(err)
		}
		proxy, err := proxyFor(request)
		if err != nil {
			t.Errorf("%v: %v", row.Env, err)
		}
		switch {
		case row.Proxy == nil && proxy != nil:
			t.Errorf("%v goes through %v", row.Env, proxy)
		case row.Proxy != nil && (proxy == nil || proxy.Host != *row.Proxy):
			t.Errorf("%v goes through %v and not %s", row.Env, proxy, *row.Proxy)
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, row := range vectors.Answers {
		if found := outcomeOf(row.Status, []byte(row.Body)); found != row.Then {
			t.Errorf("%d %q: %s, and should be %s", row.Status, row.Body, found, row.Then)
		}
	}
}

func TestBody(t *testing.T) {
	var lines [][]byte
	for _, line := range vectors.Body.Lines {
		lines = append(lines, []byte(line))
	}
	moment := regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`)
	if found := moment.ReplaceAllString(string(body(lines)), "SENT_AT"); found != vectors.Body.Body {
		t.Errorf("%s", found)
	}
}

func TestNextPost(t *testing.T) {
	for _, row := range vectors.NextPost {
		home := t.TempDir()
		now := nowMS()
		switch {
		case row.File == nil:
		case row.File.Text != nil:
			os.WriteFile(filepath.Join(home, "next_post"), []byte(*row.File.Text+"\n"), 0o600)
		default:
			writeNextPost(home, nextPost{now + row.File.AheadMS, row.File.Waiting})
		}
		at, start := claimPost(home)
		sender := map[bool]string{false: "none", true: "at once"}[start]
		if start && at != 0 {
			sender = "waits"
		}
		if sender != row.Sender {
			t.Errorf("%s: %s, and should be %s", row.About, sender, row.Sender)
		}
		want := row.After
		if want == nil {
			want = row.File
		}
		found, known := readNextPost(home)
		late := found.at - now - want.AheadMS
		if !known || found.waiting != want.Waiting || late < 0 || late > 1000 {
			t.Errorf("%s: %+v, %d ms off", row.About, found, late)
		}
	}
}

func TestLimits(t *testing.T) {
	for name, value := range map[string]int64{
		"name_characters": nameLength, "label_characters": labelLength, "id_characters": idLength,
		"error_message_characters": messageLength, "duration_ms": longestDuration.Milliseconds(),
		"size_bytes": largestSize, "line_bytes": lineBytes, "batch_events": batchEvents, "batch_bytes": batchBytes,
		"spool_bytes": spoolBytes, "spool_days": int64(spoolAge / (24 * time.Hour)),
		"incomplete_seconds": int64(incompleteAge.Seconds()), "connect_seconds": int64(connectTime.Seconds()),
		"request_seconds": int64(requestTime.Seconds()), "sender_seconds": int64(senderTime.Seconds()),
		"lock_stale_seconds": int64(lockStale.Seconds()), "lock_ahead_seconds": int64(lockStale.Seconds()),
		"lock_empty_seconds": int64(lockEmpty.Seconds()), "interval_seconds": postInterval / 1000,
		"waiter_late_seconds": waiterGrace / 1000, "pause_seconds": postPause / 1000,
	} {
		if vectors.Limits[name] != value {
			t.Errorf("%s is %d and should be %d", name, value, vectors.Limits[name])
		}
	}
}

func TestFieldsAreInTheContractsOrder(t *testing.T) {
	one := int64(1)
	line, err := compact(event{
		"e", "t", "n", "c", "s", &one, "e", "m", "t", "a", "s", "s", "a", "v", "o", "r", &one, &one, true,
	})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, field := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(string(line), -1) {
		found = append(found, field[1])
	}
	if strings.Join(found, " ") != strings.Join(vectors.Order, " ") {
		t.Errorf("%v", found)
	}
}

func TestGoVersion(t *testing.T) {
	for version, want := range map[string]string{
		"go1.27.3": "go 1.27", "go1.27": "go 1.27", "go1.27rc1": "go 1.27", "devel go1.28-abc123": "go 1.28",
		"go1.27.3 X:nodwarf5": "go 1.27", "unknown": "go",
	} {
		if found := goVersion(version); found != want {
			t.Errorf("%s is %q", version, found)
		}
	}
	if !regexp.MustCompile(`^go \d+\.\d+$`).MatchString(goVersion(runtime.Version())) {
		t.Errorf("this Go is %q", goVersion(runtime.Version()))
	}
}

func errorsOf(errors ...error) error {
	for _, err := range errors {
		if err != nil {
			return err
		}
	}
	return nil
}
