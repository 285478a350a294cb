from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from support.commands import HERE, Command

from moto_lambda_urls import LambdaUrlsServer

pytestmark = pytest.mark.in_process

CODE = (
    "import os\ndef handler(event, context):\n    print('printed')\n    return os.environ['STAGE'] + event['rawPath']\n"
)
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String, Default: dev}}
Globals: {Function: {Runtime: python3.13, Handler: app.handler, Environment: {Variables: {STAGE: !Ref Stage}}}}
Resources:
  Shop:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: src, FunctionName: shop, FunctionUrlConfig: {AuthType: NONE}}
"""
SECOND = """
  Private:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: src, FunctionName: private, FunctionUrlConfig: {AuthType: AWS_IAM}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A SAM application on the disk."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "template.yaml").write_text(TEMPLATE + SECOND, encoding="utf-8")
    return tmp_path


Serve = Callable[..., Command]


@pytest.fixture
def serve(folder: Path) -> Iterator[Serve]:
    """Starts ``serve`` in the folder."""
    started: list[Command] = []

    def start(*arguments: str) -> Command:
        started.append(Command(folder, "serve", *arguments, "-p", "0"))
        return started[-1]

    yield start
    for command in started:
        command.kill()


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "moto_lambda_urls", *arguments],
        cwd=folder,
        env={"PYTHONPATH": HERE, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def until(answers: Callable[[], bool]) -> None:
    """Wait until it does."""
    end = time.monotonic() + 30
    while not answers():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_serve_a_template(serve: Serve) -> None:
    command = serve("template.yaml", "--parameter", "Stage=test")
    port = r"http://127.0.0.1:\d+"
    assert re.fullmatch(
        rf"FUNCTION  AUTH     MODE      URL\n"
        rf"shop      NONE     BUFFERED  {port}/\n"
        rf"private   AWS_IAM  BUFFERED  {port}/\n\n"
        rf"The AWS behind it, with a page of its requests: {port}/_aws/lambda-url/\nCtrl-C stops it.\n",
        command.printed,
    )
    assert requests.get(f"{command.url}orders").text == "test/orders"
    assert command.stop() == 0
    assert re.search(r"printed\n", command.printed)
    assert re.search(r"GET /orders 200 \d+ ms\n", command.printed)
    assert "POST" not in command.printed


def test_reload(serve: Serve, folder: Path) -> None:
    command = serve(".", "--reload")
    assert requests.get(command.url).text == "dev/"
    (folder / "src" / "app.py").write_text(CODE.replace("'rawPath'", "'version'"), encoding="utf-8")
    until(lambda: requests.get(command.url).text == "dev2.0")
    (folder / "template.yaml").write_text("Resources: [", encoding="utf-8")
    time.sleep(1)
    changed = TEMPLATE.replace("!Ref Stage", "new").replace("Resources:", "Resources:" + SECOND)
    (folder / "template.yaml").write_text(changed, encoding="utf-8")
    until(lambda: requests.get(command.url).text == "new2.0")
    assert command.stop() == 0
    assert ". is not deployed again: the template 'template.yaml' cannot be read: " in command.printed
    assert (
        ". is deployed again:\nFUNCTION  AUTH     MODE      URL\nprivate   AWS_IAM  BUFFERED  http" in command.printed
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.yaml"], "there is no template 'none.yaml'"),
        (["template.yaml", "--cors", "*", "--timeout", "3"], "--cors, --timeout: the template says that of each"),
        (["template.yaml", "--parameter", "Stage"], "argument --parameter: 'Stage' is not of the form NAME=VALUE"),
        (["src"], "the folder 'src' has none of template.yaml, template.yml, template.json, and is no cloud assembly"),
    ],
)
def test_what_cannot_be_served(folder: Path, arguments: list[str], said: str) -> None:
    done = run(folder, "serve", *arguments, "-p", "0")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"moto-lambda-urls: {said}")


def test_deploy_to_a_server(folder: Path) -> None:
    with LambdaUrlsServer() as server:
        (folder / "template.yaml").write_text(
            TEMPLATE + "Outputs: {Address: {Value: !GetAtt ShopUrl.FunctionUrl}}\n", encoding="utf-8"
        )
        arguments = ("deploy", "template.yaml", "--stack-name", "orders", "--region", "eu-west-1")
        done = run(folder, *arguments, "--endpoint-url", f"{server.endpoint_url}/")
        assert (done.returncode, done.stderr) == (0, "")
        url = server.urls.find("shop", region_name="eu-west-1")
        assert done.stdout.splitlines() == [
            "The stack orders in eu-west-1:",
            "FUNCTION  AUTH  MODE      URL",
            f"shop      NONE  BUFFERED  {url}",
            f"Address = {url}",
        ]
        assert requests.get(url).text == "dev/"
        done = run(folder, *arguments, "--parameter", "Stage=prod", AWS_ENDPOINT_URL=server.endpoint_url)
        assert (done.returncode, requests.get(url).text) == (0, "prod/")


def test_deploy_without_a_server(folder: Path) -> None:
    done = run(folder, "deploy", "template.yaml", "--endpoint-url", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "moto-lambda-urls: There is no server with function URLs at http://127.0.0.1:9: "
        "start one with 'moto-lambda-urls server'."
    )


def test_deploy_what_is_not_there(folder: Path) -> None:
    (folder / "template.yaml").write_text(TEMPLATE.replace("CodeUri: src", "CodeUri: none"), encoding="utf-8")
    with LambdaUrlsServer() as server:
        done = run(folder, "deploy", ".", "--endpoint-url", server.endpoint_url)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"moto-lambda-urls: Shop: CodeUri is 'none', and there is no '{folder / 'none'}'\n"
