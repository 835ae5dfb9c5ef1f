"""Which proxy leads to a URL, as curl reads the environment. Rules: client/CONTRACT.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit


class Proxy(NamedTuple):
    """A proxy: its scheme, host and port, and the headers that it asks for."""

    scheme: str
    host: str
    port: int
    headers: dict[str, str]


def proxy_for(url: str, environ: Mapping[str, str]) -> Proxy | None:
    """Return the proxy that leads to `url`, None if the way is direct. ValueError if the proxy's URL has no sense."""
    target = urlsplit(url)
    # In capitals it could be a header that a web server made a variable of.
    own = ("http_proxy",) if target.scheme == "http" else ("https_proxy", "HTTPS_PROXY")
    value = _first(environ, *own, "all_proxy", "ALL_PROXY")
    if not value or _is_excluded(target.hostname or "", _first(environ, "no_proxy", "NO_PROXY")):
        return None
    proxy = urlsplit(value if "://" in value else f"http://{value}")
    port = proxy.port or (443 if proxy.scheme == "https" else 1080)
    return Proxy(proxy.scheme, proxy.hostname or "", port, _credentials(proxy.username, proxy.password))


def _first(environ: Mapping[str, str], *names: str) -> str:
    return next((environ[name] for name in names if environ.get(name)), "")


def _is_excluded(host: str, no_proxy: str) -> bool:
    if no_proxy == "*":
        return True
    excluded = [name.lower().strip(".") for name in no_proxy.replace(",", " ").split()]
    if _is_address(host):
        return any(_is_in(host, network) for network in excluded)
    return any(host == name or (name and host.endswith(f".{name}")) for name in excluded)


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdecimal()


def _is_in(host: str, network: str) -> bool:
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False


def _credentials(user: str | None, password: str | None) -> dict[str, str]:
    if user is None:
        return {}
    from base64 import b64encode

    both = f"{unquote(user)}:{unquote(password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(both.encode()).decode()}"}
