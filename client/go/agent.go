package trackskills

import (
	"os"
	"strings"
)

// agent is one line of client/agents.json: an id, the variables of which one is set, and the variable that holds the
// session's id, or empty.
type agent struct {
	id        string
	variables []string
	session   string
}

// findAgent returns the id of the agent that runs this process and the id of its session, empty where the environment
// does not say.
func findAgent() (id, session string) {
	id = namedAgent()
	if id == "" {
		id = markedAgent()
	}
	if known, ok := agentByID(id); ok && known.session != "" {
		session = os.Getenv(known.session)
	}
	return id, session
}

// namedAgent returns what AI_AGENT says, or AGENT: other programs use that one too, so it counts where we know the name.
func namedAgent() string {
	if said := agentName(os.Getenv("AI_AGENT")); said != "" {
		return said
	}
	said := agentName(os.Getenv("AGENT"))
	if _, known := agentByID(said); !known {
		return ""
	}
	return said
}

// agentName returns our id for a name; a version after it (claude-code_2-1-331_agent) is cut off.
func agentName(said string) string {
	said = strings.TrimSpace(said)
	for at := 1; at < len(said)-1; at++ {
		if said[at] == '_' && '0' <= said[at+1] && said[at+1] <= '9' {
			said = said[:at]
			break
		}
	}
	if said == "1" || said == "true" {
		return ""
	}
	for _, name := range agentNames {
		if name[0] == said {
			return name[1]
		}
	}
	return said
}

func markedAgent() string {
	for _, agent := range agents {
		for _, variable := range agent.variables {
			name, wanted, _ := strings.Cut(variable, "=")
			value := os.Getenv(name)
			if value != "" && (wanted == "" || wanted == value) {
				return agent.id
			}
		}
	}
	return ""
}

func agentByID(id string) (agent, bool) {
	for _, known := range agents {
		if known.id == id {
			return known, true
		}
	}
	return agent{}, false
}
