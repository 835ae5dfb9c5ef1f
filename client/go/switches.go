package trackskills

import (
	"os"
	"path/filepath"
	"runtime"
)

var (
	offVariables = []string{"TRACK_SKILLS_DISABLED", "DO_NOT_TRACK", "DISABLE_TELEMETRY"}
	ciVariables  = []string{
		"CI", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "BUILDKITE", "JENKINS_URL", "TEAMCITY_VERSION",
		"TF_BUILD",
	}
)

// isTrue reports whether a variable is set to anything but empty, 0 or false.
func isTrue(variable string) bool {
	value := os.Getenv(variable)
	return value != "" && value != "0" && value != "false"
}

// activeHome returns the absolute path of the state folder, which need not exist; empty if tracking is off.
func activeHome() string {
	for _, variable := range offVariables {
		if isTrue(variable) {
			return ""
		}
	}
	for _, variable := range ciVariables {
		if os.Getenv(variable) != "" {
			return ""
		}
	}
	home := stateHome()
	if home == "" || isOff(home) || hasLentRights() || belongsToOther(home) {
		return ""
	}
	if endpoint() == "" && !keepsEvents(home) && !isTrue("TRACK_SKILLS_DEBUG") {
		return ""
	}
	return home
}

// isOff reports whether the file off switches tracking off for good.
func isOff(home string) bool {
	_, err := os.Lstat(filepath.Join(home, "off"))
	return err == nil
}

// keepsEvents reports whether the local store is on: events stay on this machine, also after they were sent.
func keepsEvents(home string) bool {
	if isTrue("TRACK_SKILLS_LOCAL") {
		return true
	}
	_, err := os.Lstat(filepath.Join(home, "local_on"))
	return err == nil
}

// hasLentRights reports whether the program has rights (set-user-ID) that whoever started it has not: the environment
// must not say where such a program writes.
func hasLentRights() bool {
	return os.Getuid() != os.Geteuid() || os.Getgid() != os.Getegid()
}

// stateHome returns the absolute path of the state folder; empty if there is no home at all.
func stateHome() string {
	if home := os.Getenv("TRACK_SKILLS_HOME"); home != "" {
		absolute, err := filepath.Abs(home)
		if err != nil {
			return ""
		}
		return absolute
	}
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "track-skills")
	}
	user := os.Getenv("HOME")
	if user == "" && runtime.GOOS == "windows" {
		user = os.Getenv("USERPROFILE")
	}
	if user == "" {
		return ""
	}
	absolute, err := filepath.Abs(filepath.Join(user, ".local", "state", "track-skills"))
	if err != nil {
		return ""
	}
	return absolute
}
