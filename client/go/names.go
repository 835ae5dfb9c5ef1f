package trackskills

import (
	"os"
	"strings"
)

const (
	idAlphabet   = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-"
	nameAlphabet = idAlphabet + " /@+"
	globAlphabet = nameAlphabet + "*?"

	nameLength  = 128
	labelLength = 64
	idLength    = 128
)

// isName reports whether a text is a tool name: 1 to 128 characters of its alphabet, not blank, nothing like a path.
func isName(name string) bool {
	if !fits(name, nameLength, nameAlphabet) || strings.Trim(name, " ") == "" {
		return false
	}
	isDrive := len(name) > 1 && name[1] == ':' && isLetter(name[0])
	isPath := strings.HasPrefix(name, "/") || strings.Contains(name, "..") || strings.Count(name, "/") > 1
	return !isDrive && !isPath
}

// label returns the text if it is a label, such as a category, else nothing.
func label(text string) string {
	if fits(text, labelLength, nameAlphabet) {
		return text
	}
	return ""
}

// identifier returns the text if it is an id, else nothing.
func identifier(text string) string {
	if fits(text, idLength, idAlphabet) {
		return text
	}
	return ""
}

// isWanted reports whether TRACK_SKILLS_INCLUDE and TRACK_SKILLS_EXCLUDE let this tool name through.
func isWanted(name string) bool {
	if anyMatches(globs("TRACK_SKILLS_EXCLUDE"), name) {
		return false
	}
	include := globs("TRACK_SKILLS_INCLUDE")
	return len(include) == 0 || anyMatches(include, name)
}

func fits(text string, length int, alphabet string) bool {
	return text != "" && len(text) <= length && onlyOf(text, alphabet)
}

// onlyOf compares bytes: of a character beyond ASCII none is in an alphabet.
func onlyOf(text, alphabet string) bool {
	for at := 0; at < len(text); at++ {
		if strings.IndexByte(alphabet, text[at]) < 0 {
			return false
		}
	}
	return true
}

func isLetter(character byte) bool {
	return 'a' <= character|0x20 && character|0x20 <= 'z'
}

func globs(variable string) []string {
	var found []string
	for _, glob := range strings.Split(os.Getenv(variable), ",") {
		if glob = strings.Trim(glob, " "); glob != "" {
			found = append(found, glob)
		}
	}
	return found
}

func anyMatches(globs []string, name string) bool {
	for _, glob := range globs {
		if onlyOf(glob, globAlphabet) && matches(glob, name) {
			return true
		}
	}
	return false
}

// matches goes back to the last star alone, so that no glob takes longer than its length times the name's.
func matches(glob, name string) bool {
	at, position, star, retry := 0, 0, -1, 0
	for position < len(name) {
		switch {
		case at < len(glob) && glob[at] == '*':
			star, retry = at, position
			at++
		case at < len(glob) && (glob[at] == '?' || glob[at] == name[position]):
			at++
			position++
		case star >= 0:
			retry++
			at, position = star+1, retry
		default:
			return false
		}
	}
	return strings.Trim(glob[at:], "*") == ""
}
