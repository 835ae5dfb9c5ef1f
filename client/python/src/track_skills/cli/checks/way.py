"""The way to the collector: proxy, name, connection, TLS, and who it is that answers."""

from __future__ import annotations

import json
import os
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from track_skills import posting, proxies
from track_skills.cli.checks.finding import Finding, note, ok, wrong

_BODY_BYTES = 1_048_576
_CLOCK_SECONDS = 300
_PROXY_VARIABLES = ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_MIGRATE = "`npx wrangler d1 migrations apply DB --remote`"


class Reply(NamedTuple):
    """An answer. headers: names in lower case. body: its JSON, or None where it is none."""

    status: int
    headers: Mapping[str, str]
    body: Any


class WayError(Exception):
    """The collector cannot be reached; args[0] is the finding that says at which step."""


def ask(url: str) -> Reply:
    """Return the answer to a GET. OSError or HTTPException if none comes."""
    status, headers, body = _asked(url, {})
    return Reply(status, headers, _parsed(body))


def lines(url: str, headers: Mapping[str, str]) -> Reply:
    """Return the answer to a GET whose body has a JSON value a line, empty for any other status than 200."""
    status, found, body = _asked(url, headers)
    return Reply(status, found, [json.loads(line) for line in body.splitlines()] if status == 200 else [])


def _asked(url: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of the answer to a GET that is made as the client makes its own requests."""
    proxy = proxies.proxy_for(url, os.environ)
    connection = posting.connection_to(url, proxy)
    target = urlsplit(url)
    path = f"{target.path or '/'}{'?' if target.query else ''}{target.query}"
    through = proxy.headers if proxy and target.scheme == "http" else {}
    try:
        connection.connect()
        connection.sock.settimeout(posting.REQUEST_SECONDS)
        sent = {"User-Agent": "track-skills-doctor", **headers, **through}
        connection.request("GET", url if proxy and target.scheme == "http" else path, headers=sent)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return response.status, found, response.read(_BODY_BYTES)
    finally:
        connection.close()


def way(url: str) -> Iterator[Finding]:
    """Yield what is met on the way to the collector at `url`; the last finding is wrong where the way ends."""
    try:
        proxy = _proxy(url)
        yield proxy
        host, port, whose = _next_hop(url)
        yield _resolved(host, whose)
        yield _connected(host, port, whose)
        reply = _reply(url)
        if urlsplit(url).scheme == "https":
            yield ok("tls", "the certificate is accepted")
        yield _collector(url, reply)
        yield _clock(reply)
    except WayError as end:
        finding: Finding = end.args[0]
        yield finding


def _proxy(url: str) -> Finding:
    names = [name for name in _PROXY_VARIABLES if os.environ.get(name)]
    said = ", ".join(f"{name}={_without_password(os.environ[name])}" for name in names)
    try:
        proxy = proxies.proxy_for(url, os.environ)
        if proxy:
            posting.connection_to(url, proxy)
    except (ValueError, KeyError, OSError) as error:
        reason = "only http:// proxies are used" if isinstance(error, KeyError) else str(error)
        raise WayError(wrong("proxy", f"{said} cannot be used: {reason}", "Write it as http://HOST:PORT.")) from error
    if proxy and not proxy.host:
        raise WayError(wrong("proxy", f"{said} names no host", "Write it as http://HOST:PORT."))
    if proxy:
        return ok("proxy", f"{proxy.host}:{proxy.port}, by {said}")
    return ok("proxy", "none is used" + (f"; {said} is for other addresses" if said else ""))


def _next_hop(url: str) -> tuple[str, int, str]:
    """Return host and port that are connected to, and what stands there."""
    proxy = proxies.proxy_for(url, os.environ)
    if proxy:
        return proxy.host, proxy.port, "proxy"
    target = urlsplit(url)
    try:
        port = target.port
    except ValueError as error:
        said = f"{target.netloc} has no port that can be: {error}"
        raise WayError(wrong("endpoint", said, "Mend the port in TRACK_SKILLS_ENDPOINT.")) from error
    return target.hostname or "", port or {"http": 80, "https": 443}[target.scheme], "collector"


def _resolved(host: str, whose: str) -> Finding:
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, None))
        except (OSError, UnicodeError) as error:
            found.append(error)

    # Looking up a name cannot be interrupted.
    thread = Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(posting.REQUEST_SECONDS)
    if found and not isinstance(found[0], Exception):
        return ok("name", f"{host} is known")
    reason = getattr(found[0], "strerror", None) or str(found[0]) if found else "no answer"
    raise WayError(wrong("name", f"the {whose}'s name {host} does not resolve ({reason})", _name_remedy(whose)))


def _name_remedy(whose: str) -> str:
    if whose == "proxy":
        return "Mend the proxy's variable."
    return (
        "Look whether TRACK_SKILLS_ENDPOINT is spelt right and this machine is online; "
        "where only a proxy leads out, set https_proxy."
    )


def _connected(host: str, port: int, whose: str) -> Finding:
    try:
        socket.create_connection((host, port), timeout=posting.CONNECT_SECONDS).close()
    except OSError as error:
        reason = "no answer" if isinstance(error, socket.timeout) else error.strerror or str(error)
        variable = "the proxy's variable" if whose == "proxy" else "TRACK_SKILLS_ENDPOINT"
        remedy = f"Look whether the {whose} runs and {variable} names the right port."
        if whose == "collector":
            remedy += " Where only a proxy leads out, set https_proxy (http_proxy for http)."
        said = f"port {port} of the {whose} {host} cannot be reached ({reason})"
        raise WayError(wrong("proxy" if whose == "proxy" else "connection", said, remedy)) from error
    return ok("connection", f"port {port} of {host} answers")


def _reply(url: str) -> Reply:
    """Return what /healthz answers; WayError that says why nothing does."""
    try:
        return ask(f"{url}/healthz")
    except ssl.SSLCertVerificationError as error:
        remedy = (
            "Have this machine trust who signed it (SSL_CERT_FILE; CURL_CA_BUNDLE for curl), or mend the certificate."
        )
        if "expired" in error.verify_message or "not yet valid" in error.verify_message:
            remedy = f"Set this machine's clock, or renew the certificate. {remedy}"
        if "mismatch" in error.verify_message:
            remedy = "Use the name that the certificate is for in TRACK_SKILLS_ENDPOINT."
        raise WayError(wrong("tls", f"the certificate is refused: {error.verify_message}", remedy)) from error
    except ssl.SSLError as error:
        said = f"what answers does not speak TLS ({error.reason or error})"
        raise WayError(wrong("tls", said, _http_remedy(url))) from error
    except OSError as error:
        if "Tunnel connection failed" in str(error):
            raise WayError(_tunnel_failed(str(error))) from error
        reason = "no answer in time" if isinstance(error, socket.timeout) else error.strerror or str(error)
        raise WayError(
            wrong("collector", f"the connection ended without an answer ({reason})", _other_remedy(url))
        ) from error
    except HTTPException as error:
        said = f"what answers does not speak HTTP ({type(error).__name__})"
        raise WayError(wrong("collector", said, _other_remedy(url))) from error


def _http_remedy(url: str) -> str:
    plain = f"http://{url.partition('://')[2]}"
    return f"Write {plain} in TRACK_SKILLS_ENDPOINT if the collector has no TLS, or the port that has."


def _other_remedy(url: str) -> str:
    if url.startswith("http:"):
        secure = f"https://{url.partition('://')[2]}"
        return f"Write {secure} in TRACK_SKILLS_ENDPOINT if that port speaks TLS, or mend the port."
    return "Look whether TRACK_SKILLS_ENDPOINT names the right host and port."


def _tunnel_failed(said: str) -> Finding:
    if "407" in said:
        return _proxy_wants_password()
    return wrong(
        "proxy",
        f"the proxy does not let through to the collector ({said})",
        "Mend the proxy's variable, or name the collector in no_proxy.",
    )


def _proxy_wants_password() -> Finding:
    return wrong("proxy", "the proxy wants a name and a password (407)", "Write it as http://USER:PASSWORD@HOST:PORT.")


def _collector(url: str, reply: Reply) -> Finding:
    """Return that a healthy collector answers; WayError for anything else."""
    said = reply.body if isinstance(reply.body, dict) else {}
    if reply.status == 200 and said.get("status") == "ok" and said.get("schema"):
        return ok("collector", f"well, schema {said['schema']}")
    raise WayError(_stranger(url, reply))


def _stranger(url: str, reply: Reply) -> Finding:
    """Return who it is that answers in place of a healthy collector."""
    for explain in (_unwell, _in_between, _elsewhere):
        found = explain(url, reply)
        if found:
            return found
    return wrong("collector", f"what answers ({reply.status}) is no collector", "Mend TRACK_SKILLS_ENDPOINT.")


def _unwell(_url: str, reply: Reply) -> Finding | None:
    """Return what ails a collector that says so itself."""
    if reply.status != 503 or not isinstance(reply.body, dict) or reply.body.get("status") != "error":
        return None
    if "schema" in reply.body:
        said = f"its database has {reply.body['schema'] or 'no tables'}, and it needs {reply.body.get('needed_schema')}"
        return wrong("collector", f"{said}: migrations were not applied", f"Apply them: {_MIGRATE}.")
    return wrong(
        "collector",
        "it runs, and its database does not answer (503)",
        "Wait: events wait meanwhile. https://www.cloudflarestatus.com and `npx wrangler tail` say more.",
    )


def _in_between(url: str, reply: Reply) -> Finding | None:
    """Return what stands in front of the collector."""
    if reply.status == 407:
        return _proxy_wants_password()
    if proxies.proxy_for(url, os.environ) and reply.status in (403, 502, 504):
        return wrong(
            "proxy", f"the proxy answers {reply.status} in place of the collector", "Mend the proxy's variable."
        )
    if reply.status in (401, 403):
        remedy = "Let /healthz and /api/track through there (Cloudflare Access, a firewall)."
        return wrong("collector", f"something in front of the collector answers {reply.status}", remedy)
    if reply.status == 200:
        return wrong(
            "collector",
            "something answers 200, and is no collector: a sign-in page of this network, or another site",
            "Sign in to the network with a browser, or mend TRACK_SKILLS_ENDPOINT.",
        )
    return None


def _elsewhere(url: str, reply: Reply) -> Finding | None:
    """Return where the collector is instead."""
    if 300 <= reply.status < 400:
        return _redirect(url, reply.headers.get("location", ""))
    path = urlsplit(url).path
    if path and _is_collector(url.removesuffix(path)):
        root = url.removesuffix(path)
        return wrong(
            "endpoint", f"the collector is at {root}, without a path", f"Write {root} in TRACK_SKILLS_ENDPOINT."
        )
    if reply.status == 400 and url.startswith("http:"):
        return wrong("collector", "something answers 400: the port may speak TLS alone", _other_remedy(url))
    return None


def _redirect(url: str, location: str) -> Finding:
    there = location.partition("?")[0].removesuffix("/").removesuffix("/healthz")
    here, other = urlsplit(url), urlsplit(there)
    if other.hostname == here.hostname and (other.scheme, here.scheme) == ("https", "http"):
        return wrong(
            "endpoint",
            "the collector wants https://, and no client follows it there",
            f"Write {there} in TRACK_SKILLS_ENDPOINT.",
        )
    return wrong(
        "collector",
        f"it redirects to {there or 'nowhere'}, and no client follows",
        f"Write {there} in TRACK_SKILLS_ENDPOINT if that is the collector; to a sign-in page, sign in with a browser.",
    )


def _is_collector(url: str) -> bool:
    try:
        reply = ask(f"{url}/healthz")
    except (OSError, HTTPException):
        return False
    return isinstance(reply.body, dict) and "rollup_lag_seconds" in reply.body


def _clock(reply: Reply) -> Finding:
    try:
        theirs = parsedate_to_datetime(reply.headers["date"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return note("clock", "the collector does not say what time it is")
    off = time.time() - theirs
    if abs(off) <= _CLOCK_SECONDS:
        return ok("clock", "as the collector's")
    ahead = "ahead of" if off > 0 else "behind"
    said = f"this machine is {abs(off) / 60:.0f} minutes {ahead} the collector"
    return wrong("clock", said, "Set this machine's clock (`timedatectl set-ntp true`).")


def _without_password(url: str) -> str:
    before, at, rest = url.rpartition("@")
    return f"{before.partition('://')[0]}://…@{rest}" if at and "://" in before else f"…@{rest}" if at else url


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        return None
