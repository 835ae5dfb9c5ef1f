"""One reading of the environment: where a client posts to, with which key, and through which proxy."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import ssl
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from collector import Collector
from forward_proxy import ForwardProxy
from golang import GO
from inprocess import JS, PYTHON, environment, fill, kill_senders, run, wait_for_senders

from tests.vectors import VECTORS

CLIENTS = {"python": PYTHON, "js": JS, "go": GO}
# The clients that read the environment alike; another one joins by its word here.
LANGUAGES = pytest.mark.parametrize("language", [*CLIENTS])
NAMES = "DNS:x.example,DNS:localhost,DNS:localhost.example,IP:127.0.0.10"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its key in one file, for the hosts of the vectors."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not installed")
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    made = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x.example", "-addext"]
    out = ["-keyout", str(file), "-out", str(file.with_suffix(".crt"))]
    subprocess.run([openssl, "req", *made, f"subjectAltName={NAMES}", *out], check=True, capture_output=True)
    with file.open("a") as both:
        both.write(file.with_suffix(".crt").read_text())
    return file


def trusting(certificate: Path) -> dict[str, str]:
    """What makes each language trust the certificate."""
    file = str(certificate.with_suffix(".crt"))
    return {"SSL_CERT_FILE": file, "NODE_EXTRA_CA_CERTS": file, "CURL_CA_BUNDLE": file}


def start_flush(language: str, variables: dict[str, str]) -> None:
    done = CLIENTS[language].run("flush()", variables)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def settle(homes: list[Path]) -> None:
    """Wait until no sender is left, and leave none behind."""
    try:
        wait_for_senders(*homes)
    finally:
        kill_senders(*homes)


@LANGUAGES
def test_endpoints(language: str, tmp_path: Path, certificate: Path) -> None:
    """What each value of TRACK_SKILLS_ENDPOINT is: a URL that is posted to, or none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    cases, homes, sent = VECTORS["endpoints"], [], {}
    with Collector() as plain, Collector(tls=context) as secure, ForwardProxy(plain.port, secure.port) as proxy:
        for number, case in enumerate(cases):
            homes.append(tmp_path / str(number))
            [sent[number]] = fill(homes[-1], 1)
            proxies = {"http_proxy": proxy.url, "https_proxy": proxy.url, **trusting(certificate)}
            start_flush(language, environment(homes[-1], case["set"], **proxies))
        settle(homes)
    urls = {}
    for scheme, collector in (("http", plain), ("https", secure)):
        for _, path, headers, body in collector.requests:
            [event] = json.loads(body)["events"]
            urls[event["event_id"]] = f"{scheme}://{headers['Host']}{path}"
    assert [urls.get(sent[number]) for number in range(len(cases))] == [case["url"] for case in cases]
    for case, home in zip(cases, homes, strict=True):
        assert (case, (home / "next_post").exists()) == (case, case["url"] is not None)


@LANGUAGES
def test_keys(language: str, tmp_path: Path) -> None:
    cases, homes, sent = VECTORS["keys"], [], {}
    with Collector() as collector:
        for number, case in enumerate(cases):
            homes.append(tmp_path / str(number))
            [sent[number]] = fill(homes[-1], 1)
            start_flush(language, environment(homes[-1], collector.url, TRACK_SKILLS_API_KEY=case["set"]))
        settle(homes)
    keys = {
        json.loads(body)["events"][0]["event_id"]: headers.get("Authorization")
        for _, _, headers, body in collector.requests
    }
    assert [keys[sent[number]] for number in range(len(cases))] == [
        case["token"] and f"Bearer {case['token']}" for case in cases
    ]


def lead_to(case: dict[str, Any], stack: ExitStack, closed_port: int) -> tuple[str, dict[str, str], ForwardProxy]:
    """An endpoint and variables as a case has them, with a real proxy in the place of the one that it names."""
    text = json.dumps(case["env"])
    if "[::1]" in text:
        proxy = stack.enter_context(ForwardProxy(address=("::1", 0)))
        text = text.replace("http://[::1]:3128", proxy.url)
    elif "proxy.example:3128" in text:
        proxy = stack.enter_context(ForwardProxy())
        text = text.replace("proxy.example:3128", f"127.0.0.1:{proxy.port}")
    else:
        # The default port, on an address of loopback that no other process of the tests has.
        own = f"127.91.{os.getpid() // 250 % 250}.{os.getpid() % 250 + 1}"
        proxy = stack.enter_context(ForwardProxy(address=(own, 1080)))
        text = text.replace("proxy.example", own)
    return case["endpoint"].replace("8787", str(closed_port)), json.loads(text), proxy


@pytest.mark.parametrize("language", [*CLIENTS, "curl"])
def test_proxies(language: str, tmp_path: Path) -> None:
    """Which requests a proxy sees; the vectors are held against curl itself."""
    if language == "curl" and not shutil.which("curl"):
        pytest.skip("curl is not installed")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        closed_port = probe.getsockname()[1]
    homes, proxies = [], []
    with ExitStack() as stack:
        for number, case in enumerate(VECTORS["proxies"]):
            if not case["env"]:
                continue
            endpoint, variables, proxy = lead_to(case, stack, closed_port)
            homes.append(tmp_path / str(number))
            proxies.append((case, proxy))
            if language == "curl":
                command = ["curl", "-q", "-s", "--max-time", "5", "-d", "x", endpoint]
                run(command, {"PATH": os.environ["PATH"], **variables})
                continue
            fill(homes[-1], 1)
            start_flush(language, environment(homes[-1], endpoint, **variables))
        settle(homes)
    for case, proxy in proxies:
        assert (case, bool(proxy.heads)) == (case, case["proxy"] is not None)
        if "user:" in json.dumps(case["env"]):
            assert f"Basic {base64.b64encode(b'user:p@ss').decode()}" in proxy.heads[0]


@LANGUAGES
@pytest.mark.parametrize("proxy", ["http://%", "socks5://127.0.0.1:9", "http://127.0.0.1:99999", "http://"])
def test_a_proxy_that_leads_nowhere_keeps_the_events(language: str, proxy: str, home: Path) -> None:
    fill(home, 2)
    with Collector() as collector:
        start_flush(language, environment(home, collector.url, http_proxy=proxy))
        settle([home])
    assert collector.connections == 0
    assert (home / "last_answer").read_text().endswith(" 000 kept\n")
    assert len(list((home / "spool").iterdir())) == 2


@LANGUAGES
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_delivered_where_only_a_proxy_leads_out(language: str, scheme: str, home: Path, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    ids = fill(home, 150)
    with Collector() as plain, Collector(tls=context) as secure, ForwardProxy(plain.port, secure.port) as proxy:
        more = {"all_proxy": proxy.url, "TRACK_SKILLS_API_KEY": "key", **trusting(certificate)}
        start_flush(language, environment(home, f"{scheme}://x.example/base", **more))
        settle([home])
    collector = secure if scheme == "https" else plain
    assert collector.arrived == ids
    assert {(path, headers["Authorization"]) for _, path, headers, _ in collector.requests} == {
        ("/base/api/track", "Bearer key")
    }
    assert ("key" in proxy.heads[0]) is (scheme == "http"), "a tunnel does not show the key"
    assert (home / "last_answer").read_text().endswith(" 200 taken\n")
