"""What the commands show of requests on a real terminal."""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template
from typing import Any

import boto3
import pytest
import requests
from support.builders import make_role, make_zip
from support.commands import HERE

pytestmark = pytest.mark.in_process

SENT = "\x9b31m\x85 caf\xe9\tred"
SHOWN = r"\x9b31m\x85 café" + "\tred"
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
APP = """
import logging, sys

def handler(event, context):
    text = event["headers"]["x"]
    print("printed", text)
    print("error", text, file=sys.stderr)
    sys.stdout.buffer.write(("bytes " + text + chr(10)).encode())
    sys.stdout.flush()
    logging.getLogger().warning("logged %s", text)
    print("own \\x1b[1m\\x07\\r\\x7f\\x00")
    return {"statusCode": 200, "headers": {"x": "1"}, "body": context.log_group_name}
"""
WRITTEN = (
    rf"printed {SHOWN}",
    rf"error {SHOWN}",
    rf"bytes {SHOWN}",
    "\n" + rf"logged {SHOWN}" + "\n",
    r"own \x1b[1m\x07\x0d\x7f\x00",
)


class Terminal:
    """A command whose output is a terminal; ``shown`` is what came there so far."""

    def __init__(self, master: int) -> None:
        self.shown = ""
        self._bytes = b""
        self._master = master
        self._came = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def wait_for(self, text: str) -> None:
        with self._came:
            assert self._came.wait_for(lambda: text in self.shown, timeout=30), self.shown

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65_536)
            except OSError:  # Linux: the last who had the other end open has closed it
                return
            if not data:
                return
            with self._came:
                self._bytes += data
                self.shown = self._bytes.decode(errors="replace").replace("\r\n", "\n")  # the terminal's own line ends
                self._came.notify_all()


@contextmanager
def command(folder: Path, *arguments: str) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    variables = {**os.environ, "PYTHONPATH": HERE, "PYTHONUTF8": "1", "XDG_CACHE_HOME": str(folder)}
    process = subprocess.Popen(
        [sys.executable, "-m", "moto_lambda_urls", *arguments],
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    try:
        terminal = Terminal(master)
        terminal.wait_for("Ctrl-C stops it.")
        yield terminal
    finally:
        process.terminate()
        process.wait(20)
        os.close(master)


def own_log(client: Any) -> str:
    """The messages of the only log stream."""
    [group] = client.describe_log_groups()["logGroups"]
    [stream] = client.describe_log_streams(logGroupName=group["logGroupName"])["logStreams"]
    names = {"logGroupName": group["logGroupName"], "logStreamName": stream["logStreamName"]}
    return "\n".join(each["message"] for each in client.get_log_events(**names)["events"])


def assert_shown_and_kept(terminal: Terminal, logs: Any) -> None:
    for line in WRITTEN:
        terminal.wait_for(line)
    assert STEERING.findall(terminal.shown) == []
    kept = own_log(logs)
    assert f"printed {SENT}" in kept
    assert f"logged {SENT}" in kept
    assert "own \x1b[1m\x07\r\x7f\x00" in kept


def make_client(service: str, endpoint_url: str | None, **settings: Any) -> Any:
    return boto3.client(
        service, "us-east-1", endpoint_url=endpoint_url, aws_access_key_id="a", aws_secret_access_key="b", **settings
    )


def deploy(endpoint_url: str | None = None) -> str:
    """The URL of a function, made through the API at ``endpoint_url``, AWS's own by default."""
    client = make_client("lambda", endpoint_url)
    role = make_role(make_client("iam", endpoint_url))
    client.create_function(
        FunctionName="f", Runtime="python3.11", Role=role, Handler="app.handler", Code={"ZipFile": make_zip(APP)}
    )
    url: str = client.create_function_url_config(FunctionName="f", AuthType="NONE")["FunctionUrl"]
    grant = {"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"}
    client.add_permission(FunctionName="f", StatementId="s", **grant)
    return url


def call(url: str, **options: Any) -> None:
    answer = requests.get(url, headers={"x": SENT.encode("latin-1")}, timeout=60, **options)
    assert answer.status_code == 200, answer.text


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, text
    return match[1]


def test_serve(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    with command(tmp_path, "serve", "app.py:handler", "-p", "0") as terminal:
        call(found(r"app.py:handler +NONE +BUFFERED +(\S+)", terminal.shown))
        assert_shown_and_kept(terminal, make_client("logs", found(r"(http://\S+)/_aws/", terminal.shown)))


@pytest.mark.parametrize("processes", ["always", "never"])
def test_server(tmp_path: Path, processes: str) -> None:
    with command(tmp_path, "server", "-p", "0", "--processes", processes) as terminal:
        endpoint_url = found(r"AWS with function URLs: (\S+)", terminal.shown)
        call(deploy(endpoint_url))
        assert_shown_and_kept(terminal, make_client("logs", endpoint_url))


def test_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with command(tmp_path, "proxy", "-p", "0") as terminal:
        proxy, bundle = (found(rf"{name}=(\S+)", terminal.shown) for name in ("HTTPS_PROXY", "AWS_CA_BUNDLE"))
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("AWS_CA_BUNDLE", bundle)
        call(deploy(), verify=bundle)
        assert_shown_and_kept(terminal, make_client("logs", None))


def test_a_refusal_is_shown_with_its_cure(tmp_path: Path) -> None:
    with command(tmp_path, "server", "-p", "0", "--authorization", "strict") as terminal:
        endpoint_url = found(r"AWS with function URLs: (\S+)", terminal.shown)
        url = deploy(endpoint_url)
        client, iam = make_client("lambda", endpoint_url), make_client("iam", endpoint_url)
        client.update_function_url_config(FunctionName="f", AuthType="AWS_IAM")
        assert requests.put(f"{url}orders/7?a=b", timeout=60).status_code == 403
        terminal.wait_for(
            "PUT /orders/7 -> 403 refused: the URL is AWS_IAM, and the request is not signed: it has no Authorization "
            "header\n"
            "    to let it through:\n"
            "      from botocore.auth import SigV4Auth\n"
            "      from botocore.awsrequest import AWSRequest\n"
            "      from botocore.credentials import Credentials\n"
            "      signer = Credentials('FOOBARKEY', 'FOOBARSECRET')  # moto's own, those of the account's root\n"
            f"      signed = AWSRequest('PUT', '{url}orders/7')  # add the same query\n"
            "      SigV4Auth(signer, 'lambda', 'us-east-1').add_auth(signed)\n"
            "      requests.request(signed.method, signed.url, data=signed.data, headers=dict(signed.headers))\n"
            "      # or by the caller whose credentials are in the environment; add the same query:\n"
            "      # curl --aws-sigv4 "
        )
        cure = found(r"\n      # (curl --aws-sigv4 .*)\n", terminal.shown)
        assert cure.endswith(f"-X PUT {url}orders/7")
        iam.create_user(UserName="ann")
        key = iam.create_access_key(UserName="ann")["AccessKey"]
        grants: list[dict[str, Any]] = [{"FunctionUrlAuthType": "AWS_IAM"}, {"InvokedViaFunctionUrl": True}]
        for action, grant in zip(("lambda:InvokeFunctionUrl", "lambda:InvokeFunction"), grants, strict=True):
            ann = iam.get_user(UserName="ann")["User"]["Arn"]
            client.add_permission(FunctionName="f", StatementId=action[7:], Action=action, Principal=ann, **grant)
        keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        pasted = [*shlex.split(Template(cure).substitute(keys)), "-s", "-w", "%{http_code}"]
        answer = subprocess.run(pasted, capture_output=True, text=True, timeout=60)
        assert answer.stdout == "Internal Server Error502"  # the function has run, and misses a header
        terminal.wait_for("KeyError: 'x'")
        assert key["SecretAccessKey"] not in terminal.shown


@pytest.mark.parametrize("processes", ["always", "never"])
def test_a_traceback_names_the_files_as_aws_does(tmp_path: Path, processes: str) -> None:
    with command(tmp_path, "server", "-p", "0", "--processes", processes) as terminal:
        url = deploy(found(r"AWS with function URLs: (\S+)", terminal.shown))
        assert requests.get(url, timeout=60).status_code == 502  # it has no header x
        terminal.wait_for('File "/var/task/app.py", line 5, in handler')
        terminal.wait_for("KeyError: 'x'")
        assert not re.search(r"File \"(?!/var/task/)", terminal.shown)
