"""The proxy's certificate authority and the certificates that it signs."""

from __future__ import annotations

import os
import socket
import ssl
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import pytest

from moto_lambda_urls.server.certificates import HostContexts, _make_authority, authority

pytestmark = pytest.mark.in_process


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def handshake(contexts: HostContexts, host: str) -> str | None:
    """Connect as a strict client that trusts the authority; the version of TLS that was agreed upon."""
    client_context = ssl.create_default_context(cafile=str(contexts.bundle))
    client_context.verify_flags |= ssl.VERIFY_X509_STRICT
    ours, theirs = socket.socketpair()

    def serve() -> None:
        with ours, contexts.context(host).wrap_socket(ours, server_side=True) as served:
            served.recv(1)

    server = Thread(target=serve)
    server.start()
    try:
        with theirs, client_context.wrap_socket(theirs, server_hostname=host) as connected:
            connected.send(b"x")
            return connected.version()
    finally:
        server.join()


@pytest.mark.parametrize(
    "host",
    [
        "abcdefghij.lambda-url.us-east-1.on.aws",
        "S3.amazonaws.com",
        "amazonaws.com",
        "my.bucket.s3.eu-central-1.amazonaws.com",
        "localhost",
        "127.0.0.1",
        "::1",
    ],
)
def test_strict_clients_trust_every_host(home: Path, host: str) -> None:
    assert handshake(HostContexts(), host) == "TLSv1.3"


def test_hosts_beside_each_other_share_a_context(home: Path) -> None:
    contexts = HostContexts()
    assert contexts.context("a.s3.amazonaws.com") is contexts.context("b.s3.amazonaws.com")
    assert contexts.context("a.s3.amazonaws.com") is not contexts.context("sqs.amazonaws.com")


def test_authority_is_made_once(home: Path) -> None:
    first, second = authority(), authority()
    assert first.bundle == home / "moto-lambda-urls" / "proxy" / "ca.crt"
    assert first.certificate == second.certificate


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_only_the_user_reads_the_key(home: Path) -> None:
    folder = authority().bundle.parent
    assert stat.S_IMODE((folder / "ca.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


FIRST_USE = """
from moto_lambda_urls.server.certificates import authority
print(authority().certificate.serial_number)
"""


def test_processes_that_begin_together_agree(home: Path) -> None:
    def first_use(_: int) -> str:
        return subprocess.run([sys.executable, "-c", FIRST_USE], capture_output=True, text=True, check=True).stdout

    with ThreadPoolExecutor(4) as pool:
        seen = set(pool.map(first_use, range(4)))
    assert seen == {f"{authority().certificate.serial_number}\n"}
    assert [entry.name for entry in (home / "moto-lambda-urls").iterdir()] == ["proxy"]


def test_the_first_authority_stays(home: Path) -> None:
    first = authority()
    _make_authority(first.bundle.parent)
    assert authority().certificate == first.certificate
    assert [entry.name for entry in (home / "moto-lambda-urls").iterdir()] == ["proxy"]


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {"XDG_CACHE_HOME": ""}, ".cache"),
        ("darwin", {}, "Library/Caches"),
        ("win32", {"LOCALAPPDATA": ""}, "AppData/Local"),
    ],
)
def test_folder_of_the_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], folder: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert authority().bundle == tmp_path / folder / "moto-lambda-urls" / "proxy" / "ca.crt"


def test_folder_that_cannot_be_written(home: Path) -> None:
    (home / "moto-lambda-urls").touch()
    with pytest.raises(FileExistsError, match="moto-lambda-urls"):
        authority()
