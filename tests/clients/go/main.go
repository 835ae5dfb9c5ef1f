// Drives the Go client: each argument is a command, carried out in turn.
//
//	track=N      record so many successes
//	tracked=END  run a function that ends in one of the ways of `ends`
//	die          end in a panic that nobody recovers
//	flush        start sending
//	sleep=MS     stay alive
//	steps        run the steps given as JSON on stdin, and print what each found and left behind
//	times=N      time so many calls, 2 ms apart, and print the milliseconds
//	secrets      put texts that must not leave into every place that takes one
package main

import (
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	trackskills "track-skills/client/go"
)

func main() {
	for _, command := range os.Args[1:] {
		name, value, _ := strings.Cut(command, "=")
		number, _ := strconv.Atoi(value)
		switch name {
		case "track":
			for ; number > 0; number-- {
				trackskills.Track("skill", trackskills.Fields{Status: "success"})
			}
		case "tracked":
			tracked(value)
		case "die":
			trackskills.Tracked("skill", trackskills.Fields{}, func() error { panic("canary") })
		case "flush":
			trackskills.Flush()
		case "sleep":
			time.Sleep(time.Duration(number) * time.Millisecond)
		case "steps":
			steps()
		case "times":
			times(number)
		case "secrets":
			secrets()
		default:
			panic("no such command: " + command)
		}
	}
}

// times prints how long each call took: one at a time, as in a process with other things to do.
func times(calls int) {
	milliseconds := []float64{}
	for ; calls > 0; calls-- {
		started := time.Now()
		trackskills.Track("bench", trackskills.Fields{Status: "success", Duration: 12 * time.Millisecond})
		milliseconds = append(milliseconds, time.Since(started).Seconds()*1000)
		time.Sleep(2 * time.Millisecond)
	}
	json.NewEncoder(os.Stdout).Encode(milliseconds)
}

func secrets() {
	trackskills.Track("skill", trackskills.Fields{ErrorMessage: "canary in message", Category: "canary=no label"})
	trackskills.Tracked("skill", trackskills.Fields{}, func() error { return errors.New("canary in error") })
	trackskills.Track("canary/in/path", trackskills.Fields{})
}
