"""A hostile web site on loopback, and headless browsers that visit it."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, cast

import pytest

from .browser import FLAGS

NAMES = ("attacker.test", "evil.example", "lambda.us-east-1.amazonaws.com.attacker.test")
"""Host names that both browsers take to 127.0.0.1."""
BROWSERS = ("chromium", "firefox")
_SECONDS = 60

# Firefox is told to speak to nobody but this machine, and to leave all refusing to the server under test.
_FIREFOX = {
    "network.dns.localDomains": ",".join(NAMES),
    "network.lna.enabled": False,
    "network.lna.blocking": False,
    "network.proxy.type": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "dom.security.https_first": False,
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.policy.firstRunURL": "",
    "services.settings.server": "http://127.0.0.1:9/",
    "toolkit.telemetry.enabled": False,
}


class Site(ThreadingHTTPServer):
    """Serves ``page`` at /attack, keeps what is posted to /report, and hands all else to ``relay_to``.

    To a relay's target, its requests are those of a page whose name was rebound to the target's address.
    """

    daemon_threads = True

    def __init__(self, relay_to: tuple[str, int] | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.page = ""
        self.relay_to = relay_to
        self.reports: SimpleQueue[Any] = SimpleQueue()

    def runs(self, script: str) -> None:
        """Let the page run ``script``."""
        self.page = f"<!doctype html><meta charset=utf-8><body><script>{script}</script>"

    def url(self, name: str) -> str:
        return f"http://{name}:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site = cast("Site", self.server)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/attack":
            self._answer(200, [("Content-Type", "text/html")], site.page.encode())
        elif self.path.startswith("/report"):
            site.reports.put(json.loads(body) if body else self.path)
            self._answer(200, [("Access-Control-Allow-Origin", "*")], b"")
        elif site.relay_to is None:
            self._answer(404, [], b"")
        else:
            self._relay(site.relay_to, body)

    def _relay(self, address: tuple[str, int], body: bytes) -> None:
        connection = http.client.HTTPConnection(*address)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            connection.putheader(name, value)
        connection.endheaders(body or None)
        answer = connection.getresponse()
        self._answer(answer.status, [], answer.read())
        connection.close()

    def _answer(self, status: int, lines: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in [*lines, ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_HEAD = do_DELETE = do_OPTIONS = do_GET  # noqa: N815 - http.server's names

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def site(*, relay_to: tuple[str, int] | None = None) -> Iterator[Site]:
    """A running site, whose page is empty as yet."""
    running = Site(relay_to)
    thread = Thread(target=running.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield running
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


@contextmanager
def visiting(browser: str, url: str, profile: Path) -> Iterator[None]:
    """The browser shows ``url``; skips the test where it is not installed."""
    profile.mkdir()
    command = _command(browser, profile)
    process = subprocess.Popen([*command, url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def report_of(attacker: Site, seconds: float = _SECONDS) -> Any:
    """What the page has reported.

    :raises Empty: nothing came.
    """
    return attacker.reports.get(timeout=seconds)


def reports_nothing(attacker: Site, seconds: float) -> bool:
    """Whether nothing comes within so many seconds."""
    try:
        report_of(attacker, seconds)
    except Empty:
        return True
    return False


def _command(browser: str, profile: Path) -> list[str]:
    if browser == "chromium":
        rules = ",".join(f"MAP {name} 127.0.0.1" for name in NAMES)
        unhelped = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"
        return [_found("chromium"), *FLAGS, unhelped, f"--user-data-dir={profile}", f"--host-resolver-rules={rules}"]
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _FIREFOX.items()]
    (profile / "user.js").write_text("\n".join(lines))
    return [_found("firefox-esr", "firefox"), "--headless", "--no-remote", "--profile", str(profile)]


def _found(*names: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    pytest.skip(f"{names[0]} is not installed")
