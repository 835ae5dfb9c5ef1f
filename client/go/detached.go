package trackskills

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// senderVariable makes a process a sender. It holds `MOMENT FOLDER`: until when the sender waits, in epoch ms, and the
// state folder, so that nobody sets it by accident.
const senderVariable = "TRACK_SKILLS_SENDER"

var errNotOurs = errors.New("the program of this process does not hold this package")

// programAtStart is the file of this process, where it might be replaced later.
var programAtStart = statProgram()

// init ends the process before main if it is a sender. docs/decisions/0009 says why this is safe.
func init() {
	moment, home, _ := strings.Cut(os.Getenv(senderVariable), " ")
	at, err := strconv.ParseInt(moment, 10, 64)
	if err != nil || !filepath.IsAbs(home) || hasLentRights() {
		return
	}
	os.Unsetenv(senderVariable)
	closeInherited()
	sendQuietly(home, at)
	os.Exit(0)
}

// startSender starts a sender that waits until a moment (epoch ms; 0: not at all): as a process of its own, or where
// that cannot be, for as long as this one lives.
func startSender(home string, at int64) {
	if startDetached(home, at) != nil {
		go sendQuietly(home, at)
	}
}

// startDetached starts this program again, in a session of its own and without any stream of the caller's.
func startDetached(home string, at int64) error {
	program, err := ownProgram()
	if err != nil {
		return err
	}
	sender := &exec.Cmd{
		Path:        program,
		Args:        []string{"track-skills-sender"},
		Env:         append(os.Environ(), senderVariable+"="+strconv.FormatInt(at, 10)+" "+home),
		Dir:         home,
		SysProcAttr: detachedAttributes(),
	}
	if err := sender.Start(); err != nil {
		return err
	}
	go sender.Wait() // takes leave of it: a process that lives on keeps no zombie
	return nil
}

func sendQuietly(home string, at int64) {
	defer func() { _ = recover() }()
	send(home, at)
}

// ownProgram returns a path of the file that this process runs. An error says that it might be another program by now,
// or never was one with our init in it.
func ownProgram() (string, error) {
	info, known := debug.ReadBuildInfo()
	if !known || !isProgramWithUs(info) {
		return "", errNotOurs
	}
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil // this very file, also after it was replaced
	}
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	now, err := os.Stat(program)
	if err != nil {
		return "", err
	}
	if programAtStart == nil || !os.SameFile(programAtStart, now) {
		return "", errNotOurs
	}
	return program, nil
}

// isProgramWithUs reports whether what was built is a program, and not a library in somebody else's, and whether a
// module in it holds this package.
func isProgramWithUs(info *debug.BuildInfo) bool {
	for _, setting := range info.Settings {
		if setting.Key == "-buildmode" && setting.Value != "exe" && setting.Value != "pie" {
			return false
		}
	}
	for _, module := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if holdsUs(module.Path) {
			return true
		}
	}
	return false
}

// holdsUs reports whether this package, wherever it was copied to, is in the module of that path.
func holdsUs(module string) bool {
	own := reflect.TypeOf(event{}).PkgPath()
	return module != "" && (own == module || strings.HasPrefix(own, module+"/"))
}

func statProgram() fs.FileInfo {
	if runtime.GOOS == "linux" {
		return nil
	}
	program, err := os.Executable()
	if err != nil {
		return nil
	}
	info, err := os.Stat(program)
	if err != nil {
		return nil
	}
	return info
}
