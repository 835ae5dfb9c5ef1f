package trackskills_test

import (
	"fmt"
	"strings"
	"time"

	trackskills "track-skills/client/go"
)

func ExampleTracked() {
	shout := func(text string) (answer string, err error) {
		err = trackskills.Tracked("shout", trackskills.Fields{Category: "mcp:demo"}, func() error {
			answer = strings.ToUpper(text)
			return nil
		})
		return answer, err
	}
	fmt.Println(shout("hello"))
	// Output: HELLO <nil>
}

func ExampleTracked_failure() {
	err := trackskills.Tracked("search", trackskills.Fields{}, func() error {
		return fmt.Errorf("the index is locked")
	})
	fmt.Println(err)
	// Output: the index is locked
}

func ExampleTrack() {
	started := time.Now()
	deploy := func() string { return "deployed" }
	fmt.Println(deploy())
	trackskills.Track("deploy", trackskills.Fields{
		Status:      "success",
		Duration:    time.Since(started),
		Trigger:     "user",
		ToolVersion: "2.1",
	})
	// Output: deployed
}

func ExampleIsDisabled() {
	if trackskills.IsDisabled() {
		fmt.Println("Nothing is recorded.")
	}
	// Output: Nothing is recorded.
}

func ExampleFlush() {
	// At the end of a session, what waits need not wait for its turn.
	defer trackskills.Flush()
	fmt.Println("done")
	// Output: done
}
