package trackskills

import (
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// proxyFor returns the proxy of a request as curl reads the variables, nil for none. Go's own reading differs: it takes
// HTTP_PROXY too, knows no ALL_PROXY, and never sends what is on this machine through a proxy.
func proxyFor(request *http.Request) (*url.URL, error) {
	if isDirect(request.URL) {
		return nil, nil
	}
	address := proxyVariable(request.URL.Scheme)
	if address == "" {
		return nil, nil
	}
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	proxy, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if proxy.Port() == "" && proxy.Scheme != "https" {
		proxy.Host += ":1080" // curl's default
	}
	return proxy, nil
}

// proxyVariable returns what is set for a scheme. http_proxy counts in lower case alone: in a CGI program HTTP_PROXY is
// what a stranger's header says.
func proxyVariable(scheme string) string {
	if scheme == "http" {
		return firstVariable("http_proxy", "all_proxy", "ALL_PROXY")
	}
	return firstVariable("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
}

// isDirect reports whether no_proxy excludes the host: by *, by its name, by a name that it is below, or by its address.
func isDirect(target *url.URL) bool {
	list := strings.ToLower(firstVariable("no_proxy", "NO_PROXY"))
	if strings.TrimSpace(list) == "*" {
		return true
	}
	host := strings.ToLower(target.Hostname())
	isAddress := net.ParseIP(host) != nil
	isSeparator := func(character rune) bool { return character == ',' || character == ' ' }
	for _, name := range strings.FieldsFunc(list, isSeparator) {
		name = strings.TrimPrefix(strings.Trim(name, "[]"), ".")
		if host == name || !isAddress && name != "" && strings.HasSuffix(host, "."+name) {
			return true
		}
	}
	return false
}

func firstVariable(names ...string) string {
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			return value
		}
	}
	return ""
}
