"""The commands, as processes."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError
from support.builders import make_role, make_zip
from support.commands import HERE, Command

from moto_lambda_urls import LambdaUrls, __version__, mock_lambda_urls
from moto_lambda_urls.server.cli import _parser, _reason
from moto_lambda_urls.state.scope import Options, Scope

pytestmark = pytest.mark.in_process

APP = """
import os
import helper

def handler(event, context):
    print("printed")
    return {"statusCode": 200, "body": helper.WORD + os.environ.get("WHO", "")}

def fails(event, context):
    raise LookupError("on purpose")
"""


Run = Callable[..., Command]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts a command in a folder with app.py and helper.py."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "helper.py").write_text("WORD = 'one '\n")
    started: list[Command] = []

    def start(*arguments: str, **environment: str) -> Command:
        started.append(Command(tmp_path, *arguments, **environment))
        return started[-1]

    yield start
    for command in started:
        command.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_ends_cleanly(run: Run, number: int) -> None:
    command = run("server", "-p", "0")
    secret = {"X-Amz-Signature": "secret", "X-Amz-Security-Token": "secret"}
    assert requests.get(f"{command.url}/_aws/lambda-url/unknown/", params=secret).status_code == 403
    with requests.Session() as idle:
        idle.get(f"{command.url}/moto-api/")
        assert command.stop(number) == 0
    assert re.search(r"GET /_aws/lambda-url/unknown/ 403 \d+ ms\n", command.printed)
    assert "secret" not in command.printed
    assert "Traceback" not in command.printed


def test_serve_and_reload(run: Run, tmp_path: Path) -> None:
    command = run("serve", "app.py:handler", "-p", "0", "--reload", "--env", "WHO=me", "--cors", "http://a")
    answer = requests.get(command.url, headers={"Origin": "http://a"})
    assert (answer.text, answer.headers["access-control-allow-origin"]) == ("one me", "http://a")
    (tmp_path / "helper.py").write_text("WORD = 'two '\n")
    assert requests.get(command.url).text == "two me"
    (tmp_path / "helper.py").write_text("WORD = \n")
    assert requests.get(command.url).status_code == 502
    (tmp_path / "helper.py").write_text("WORD = 'six '\n")
    assert requests.get(command.url).text == "six me"
    (tmp_path / "app.py").write_text(APP.replace("helper.WORD +", ""))
    assert requests.get(command.url).text == "me"
    assert command.stop() == 0
    assert len(re.findall(r"GET / \d+ \d+ ms\n", command.printed)) == 5
    assert "SyntaxError: invalid syntax" in command.printed
    assert command.printed.count("printed") == 4


def test_serve_a_module(run: Run) -> None:
    command = run("serve", "app:handler", "-p", "0")
    assert requests.get(command.url).text == "one "
    assert command.stop() == 0


def test_serve_a_web_application(run: Run, tmp_path: Path) -> None:
    code = (
        "from starlette.applications import Starlette\nfrom starlette.responses import StreamingResponse\n"
        "from starlette.routing import Route\n"
        "app = Starlette(routes=[Route('/hi', lambda _: StreamingResponse(iter(['one', 'two'])))])\n"
    )
    (tmp_path / "web.py").write_text(code, encoding="utf-8")
    for options in ([], ["--stream"]):
        command = run("serve", "web.py:app", "-p", "0", *options)
        assert requests.get(f"{command.url}hi").text == "onetwo"


def test_serve_prints_a_table_and_opens_the_page(run: Run, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    command = run("serve", "app.py:handler", "-p", "0", "--open", BROWSER=f"{sys.executable} -c {_writer(opened)} %s")
    lines = command.printed.splitlines()
    assert lines[0].split() == ["FUNCTION", "AUTH", "MODE", "URL"]
    assert lines[1].split() == ["app.py:handler", "NONE", "BUFFERED", command.url]
    page = re.search(r"http://\S+/_aws/lambda-url/", command.printed)
    assert page is not None
    assert opened.read_text() == page[0]


def _writer(file: Path) -> str:
    """A program for ``python -c`` that writes its argument to ``file``, as a word for a shell."""
    return f"\"import sys,pathlib;pathlib.Path('{file}').write_text(sys.argv[1])\""


def test_urls_of_the_server_have_ports_of_their_own(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moto.settings.TEST_SERVER_MODE", True)
    monkeypatch.setenv("TEST_SERVER_MODE_ENDPOINT", run("server", "-p", "0").url)
    with mock_lambda_urls() as urls:
        url = urls.deploy(make_zip("def handler(event, context): return event['rawPath']"))
        assert re.fullmatch(r"http://127\.0\.0\.1:2\d{4}/|http://127\.0\.0\.1:3[01]\d{3}/", url)
        assert requests.get(f"{url}x").text == "/x"
        assert [each.url_id for each in url.invocations] == [url.url_id]


def test_serve_shows_tracebacks(run: Run) -> None:
    command = run("serve", "app.py:fails", "-p", "0")
    assert (requests.get(command.url).status_code, command.stop()) == (502, 0)
    assert "LookupError: on purpose" in command.printed
    assert 'app.py", line 10, in fails' in command.printed
    assert command.printed.count("  File ") == 1


def test_serve_counts_its_requests_on_the_page(run: Run) -> None:
    command = run("serve", "app.py:handler", "-p", "0")
    page = re.search(r"http://\S+/_aws/lambda-url/", command.printed)
    assert page is not None
    requests.get(f"{command.url}a//b%2Fc?x=%20")
    state = requests.get(f"{page[0]}-/state").json()
    assert [(each["calls"], each["url"].startswith(page[0])) for each in state["urls"]] == [(1, True)]
    assert [each["path"] for each in state["requests"]] == ["/a//b%2Fc?x=%20"]


@pytest.mark.parametrize("states", ["immediate", "pending"])
def test_how_functions_of_the_server_begin(run: Run, states: str) -> None:
    server = run("server", "-p", "0", "--function-states", states)
    options = requests.get(f"{server.url.rstrip('/')}/_aws/lambda-url/-/options").json()
    assert options == {"authorization": "standard", "function_states": states}


@pytest.mark.parametrize(
    ("arguments", "variable"),
    [
        (["server"], "moto"),
        (["serve", "app.py:handler", "--validate", "moto"], ""),
        (["serve", "template.yaml", "--validate", "moto"], "aws"),
    ],
)
def test_packages_that_plain_moto_takes(run: Run, tmp_path: Path, arguments: list[str], variable: str) -> None:
    (tmp_path / "template.yaml").write_text("Resources: {Bucket: {Type: AWS::S3::Bucket}}")
    command = run(*arguments, "-p", "0", MOTO_LAMBDA_URLS_VALIDATE=variable)
    assert create_with_dummy_package(command) == len(b"dummy")


def test_flag_outweighs_the_variable(run: Run) -> None:
    server = run("server", "-p", "0", "--validate", "aws", MOTO_LAMBDA_URLS_VALIDATE="moto")
    with pytest.raises(ClientError, match="Could not unzip uploaded file"):
        create_with_dummy_package(server)


def create_with_dummy_package(command: Command) -> int:
    """The CodeSize of a function whose package is no zip, in the AWS that ``command`` runs."""
    page = re.search(r"(http://\S+)/_aws/lambda-url/", command.printed)
    assert page is not None
    iam, client = (
        boto3.client(service, "us-east-1", endpoint_url=page[1], aws_access_key_id="a", aws_secret_access_key="b")
        for service in ("iam", "lambda")
    )
    code = {"ZipFile": b"dummy"}
    made = client.create_function(
        FunctionName="orders", Runtime="python3.13", Role=make_role(iam), Handler="a.b", Code=code
    )
    size: int = made["CodeSize"]
    return size


def test_serve_with_iam(run: Run) -> None:
    command = run("serve", "app.py:handler", "-p", "0", "--auth", "AWS_IAM")
    assert (requests.get(command.url).status_code, command.stop()) == (403, 0)


def test_serve_what_appears_later(run: Run, tmp_path: Path) -> None:
    command = run("serve", "later.py:handler", "-p", "0", "--reload")
    assert requests.get(command.url).status_code == 502
    (tmp_path / "later.py").write_text("def handler(event, context):\n    return 'here'\n")
    assert requests.get(command.url).text == "here"


def failing(*arguments: str) -> str:
    """What a command that cannot start prints."""
    ran = subprocess.run(
        [sys.executable, "-m", "moto_lambda_urls", *arguments],
        env={**os.environ, "PYTHONPATH": HERE},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("moto-lambda-urls: ")
    assert ran.stderr.count("\n") == 1
    return ran.stderr


CANNOT_START = [
    (["serve", "app.py"], "names no handler: write FILE.py:handler or package.module:handler"),
    (["serve", "nope.py:handler"], "there is no file '...nope.py'"),
    (["serve", "nope:handler"], "there is no module 'nope' here or on sys.path"),
    (["serve", "json:nope"], "json has no 'nope'"),
    (["serve", "json:__name__"], "json:__name__ is 'json', not callable(event, context)"),
    (["serve", "json:dumps", "-p", "0", "--env", "AWS_REGION=x"], "AWS_REGION"),
    (["serve", "json:dumps", "-p", "0", "--cors", "{}x"], "Extra data"),
    (["serve", "json:dumps", "--timeout", "0"], "argument --timeout: '0' is not a number from 1 to 900"),
    (["serve", "json:dumps", "--timeout", "x"], "argument --timeout: 'x' is not a number from 1 to 900"),
    (["serve", "json:dumps", "--env", "x"], "'x' is not of the form NAME=VALUE"),
    (["server", "-p", "70000"], "argument -p/--port: '70000' is not a number from 0 to 65535"),
    (["server", "-p", "-1"], "argument -p/--port: '-1' is not a number from 0 to 65535"),
    (["proxy", "-p", "70000"], "argument -p/--port: '70000' is not a number from 0 to 65535"),
    (["server", "-c", "cert.pem"], "-c needs -k: a certificate and its key"),
    (["server", "-k", "key.pem"], "-k needs -c: a certificate and its key"),
    (["server", "-c", "cert.pem", "-k", "key.pem"], "there is no file 'cert.pem', which -c names"),
    (["server", "-c", __file__, "-k", __file__], "are no certificate and its key: "),
    (["server", "-H", "nowhere.invalid"], "the host 'nowhere.invalid' is not known: "),
    (["proxy", "-H", "nowhere.invalid"], "the host 'nowhere.invalid' is not known: "),
    (["server", "-H", ""], "argument -H/--host: '' is neither an address nor a host name"),
    (["proxy", "-H", "a/b"], "argument -H/--host: 'a/b' is neither an address nor a host name"),
    (["server", "-H", "192.0.2.1"], "cannot listen at 192.0.2.1:5000: ...Choose another address with -H."),
    (["serve", "json:dumps", "--parameter", "A=b"], "--parameter is a template's: a handler takes --env"),
    (["serve", ".json:dumps"], "names no handler: write FILE.py:handler or package.module:handler"),
    (["server", "--allow-origin", "evil"], "is not an origin like http://localhost:3000"),
    (["proxy", "--allow-host", "a/b"], "is not a host name like moto.local"),
    (["server", "--authorization", "lax"], "argument --authorization: invalid choice: 'lax'"),
    (["server", "--max-processes", "0"], "argument --max-processes: '0' is not a number from 1 to 1000"),
    (["server", "--no-guard"], "unrecognized arguments: --no-guard"),
    ([], "COMMAND"),
]
RUN_EACH = """
import contextlib, io, json, sys
from moto_lambda_urls.server.cli import main

for arguments in json.load(sys.stdin):
    with contextlib.redirect_stderr(io.TextIOWrapper(io.BytesIO(), "utf-8")) as printed:
        try:
            status = main("1.2.3", arguments)
        except SystemExit as ended:
            status = ended.code
    printed.seek(0)
    print(json.dumps([status, printed.read()]))
"""


@pytest.fixture(scope="module")
def endings() -> list[tuple[int, str]]:
    """The exit status and the output of each of CANNOT_START, run one after the other in a process of their own."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN_EACH],
        input=json.dumps([arguments for arguments, _ in CANNOT_START]),
        env={**os.environ, "PYTHONPATH": HERE},
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
        check=True,
    )
    return [(status, printed) for status, printed in map(json.loads, ran.stdout.splitlines())]


@pytest.mark.parametrize("number", range(len(CANNOT_START)))
def test_what_cannot_start(number: int, endings: list[tuple[int, str]]) -> None:
    status, printed = endings[number]
    assert status == 2
    told = re.escape(CANNOT_START[number][1]).replace(re.escape("..."), ".*")
    assert re.fullmatch(rf"moto-lambda-urls: .*{told}.*\n", printed)


def test_version() -> None:
    command = [sys.executable, "-m", "moto_lambda_urls", "--version"]
    ran = subprocess.run(command, env={**os.environ, "PYTHONPATH": HERE}, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"moto-lambda-urls {__version__}\n", "")


@pytest.mark.parametrize("port", ["70000", "²", "x"])
def test_port_of_the_environment(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_PORT", port)
    assert f"argument -p/--port: '{port}' is not a number from 0 to 65535" in failing("server")


def test_option_of_the_environment_that_has_no_such_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_LAMBDA_URLS_VALIDATE", "lax")
    assert "validate='lax' is not one of 'aws', 'moto'" in failing("server", "-p", "0")


@pytest.mark.parametrize("command", ["server", "proxy"])
def test_address_that_others_reach(run: Run, command: str) -> None:
    started = run(command, "-H", "0.0.0.0", "-p", "0")
    assert started.url.startswith("http://127.0.0.1:")
    assert "Listening at 0.0.0.0: whoever can reach this machine can run code on it" in started.printed
    assert requests.get(f"{started.url}/moto-api/").status_code in (403, 404)


def test_control_characters_do_not_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    raise ValueError(event['headers']['x'])\n")
    command = run("serve", "app.py:handler", "-p", "0")
    requests.get(command.url, headers={"x": "\x9b31m red"})
    with socket.create_connection(("127.0.0.1", int(command.url.rpartition(":")[2].strip("/")))) as client:
        client.sendall(b"GET /\x1b[31m HTTP/1.1\r\nHost: \x1b]0;owned\x07\r\n\r\n")
        client.recv(10)
    assert command.stop() == 0
    assert r"ValueError: \x9b31m red" in command.printed
    assert not set(command.printed) & {"\x1b", "\x9b", "\x07"}


def test_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = f"cannot listen at 127.0.0.1:{port}: Address already in use. Choose another port with -p.\n"
        assert failing("server", "-p", str(port)) == f"moto-lambda-urls: {message}"


@pytest.mark.parametrize("command", [["deploy", "template.yaml"], ["serve", "app.py:handler"]])
def test_error_that_is_none_of_the_address(command: list[str]) -> None:
    error = BrokenPipeError(errno.EPIPE, "Broken pipe")
    assert _reason(error, _parser("1.2.3").parse_args(command)) == "[Errno 32] Broken pipe"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_signs(run: Run) -> None:
    command = run("server", "-p", "0")
    functions = f"{command.url}/2015-03-31/functions"
    signing = ["--silent", "--aws-sigv4", "aws:amz:us-east-1:lambda", "--user", "testing:testing"]
    asked: Any = ["curl", *signing, functions]
    assert json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)["Functions"] == []
    unsigned: Any = ["curl", "--silent", "--request", "POST", functions]
    assert b"curl --aws-sigv4" in subprocess.run(unsigned, capture_output=True, check=True).stdout


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_fetch_of_node_is_no_browser(run: Run) -> None:
    command = run("server", "-p", "0")
    script = "fetch(process.argv[1], { method: 'POST' }).then((answer) => console.log(answer.status))"
    asked: Any = ["node", "-e", script, f"{command.url}/moto-api/reset"]
    assert subprocess.run(asked, capture_output=True, check=True, timeout=60).stdout == b"200\n"


AWS = shutil.which("aws", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.skipif(AWS is None, reason="the AWS CLI is not installed")
def test_aws_cli(run: Run, tmp_path: Path) -> None:
    command = run("server", "-p", "0", "--url-style", "path", MOTO_LAMBDA_URLS_AUTHORIZATION="strict")
    (tmp_path / "app.zip").write_bytes(make_zip("def handler(event, context):\n    return 'from the CLI'\n"))

    def aws(*arguments: str) -> str:
        key = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
        called: Any = [AWS, "--endpoint-url", command.url, "--output", "text", *arguments]
        return subprocess.run(
            called, cwd=tmp_path, env={**os.environ, **key}, capture_output=True, text=True, check=True
        ).stdout.strip()

    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = aws("iam", "create-role", "--role-name", "r", "--assume-role-policy-document", trust, "--query", "Role.Arn")
    settings = ["--runtime", "python3.11", "--role", role, "--handler", "app.handler", "--zip-file", "fileb://app.zip"]
    aws("lambda", "create-function", "--function-name", "f", *settings)
    create = ["create-function-url-config", "--function-name", "f", "--auth-type", "NONE"]
    url = aws("lambda", *create, "--query", "FunctionUrl")
    assert requests.get(url).status_code == 403
    permit = ["add-permission", "--function-name", "f", "--principal", "*", "--statement-id"]
    aws("lambda", *permit, "1", "--action", "lambda:InvokeFunctionUrl", "--function-url-auth-type", "NONE")
    assert requests.get(url).status_code == 403
    aws("lambda", *permit, "2", "--action", "lambda:InvokeFunction", "--invoked-via-function-url")
    assert requests.get(url).text == "from the CLI"
    configs = "FunctionUrlConfigs[].FunctionUrl"
    assert aws("lambda", "list-function-url-configs", "--function-name", "f", "--query", configs) == url
    aws("lambda", "delete-function-url-config", "--function-name", "f")
    assert requests.get(url).json() == {"Message": None}


PROXIED = """
import boto3, io, json, requests, zipfile

APP = (
    "def handler(event, context):\\n"
    "    return {'statusCode': 200, 'cookies': ['a=1', 'b=2'], 'body': event['rawPath']}\\n"
)

package = io.BytesIO()
with zipfile.ZipFile(package, "w") as written:
    written.writestr("app.py", APP)
trust = json.dumps({"Version": "2012-10-17", "Statement": []})
role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
client = boto3.client("lambda")
code = {"ZipFile": package.getvalue()}
client.create_function(FunctionName="f", Runtime="python3.11", Role=role, Handler="app.handler", Code=code)
url = client.create_function_url_config(FunctionName="f", AuthType="NONE")["FunctionUrl"]
grant = {"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"}
client.add_permission(FunctionName="f", StatementId="s", **grant)
answer = requests.get(url + "a%2Fb")
print(url.partition(".")[2], answer.status_code, answer.text, answer.raw.headers.getlist("set-cookie"))
"""


def test_proxy(run: Run, tmp_path: Path) -> None:
    port = free_port()
    command = run("proxy", "-p", str(port), XDG_CACHE_HOME=str(tmp_path))
    bundle = re.search(r"AWS_CA_BUNDLE=(\S+)", command.printed)
    assert bundle is not None
    variables = {
        **os.environ,
        "HTTPS_PROXY": f"http://127.0.0.1:{port}",
        "AWS_CA_BUNDLE": bundle[1],
        "REQUESTS_CA_BUNDLE": bundle[1],
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "ap-southeast-1",
    }
    ran = subprocess.run([sys.executable, "-c", PROXIED], env=variables, capture_output=True, text=True)
    assert ran.stdout == "lambda-url.ap-southeast-1.on.aws/ 200 /a%2Fb ['a=1', 'b=2']\n", ran.stderr
    assert command.stop() == 0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_awscurl(run: Run, tmp_path: Path) -> None:
    url = LambdaUrls(Scope(options=Options(endpoint_url=run("server", "-p", "0", "--url-style", "path").url))).deploy(
        make_zip("def handler(event, context): return event['body']"), auth_type="AWS_IAM"
    )
    key = ["--access_key", "AKIAIOSFODNN7EXAMPLE", "--secret_key", "secret", "--service", "lambda"]
    command = [sys.executable, "-m", "awscurl.awscurl", *key, "--region", "us-east-1", "-X", "POST", "-d", "a b", url]
    variables = {**os.environ, "PYTHONWARNINGS": "ignore"}  # awscurl calls datetime.utcnow
    signed = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert (signed.stdout, signed.returncode) == ("a b", 0), signed.stderr
    assert requests.post(url, data="a b").status_code == 403


PROXY_MODE = """
import requests
from moto_lambda_urls import mock_lambda_urls


with mock_lambda_urls(authorization="off") as urls:
    url = urls.deploy({package!r}, auth_type="AWS_IAM")
    answer = requests.get(url + "a%2Fb")
    print(url.partition(".")[2], answer.status_code, answer.text, url.last.path, len(urls.invocations))
with mock_lambda_urls() as urls:
    print(len(urls.invocations), urls.client("lambda").list_functions()["Functions"])
"""


def test_proxy_mode(run: Run, tmp_path: Path) -> None:
    port = free_port()
    command = run("proxy", "-p", str(port), XDG_CACHE_HOME=str(tmp_path))
    bundle = re.search(r"AWS_CA_BUNDLE=(\S+)", command.printed)
    assert bundle is not None
    variables = {
        **os.environ,
        "PYTHONPATH": HERE,
        "TEST_PROXY_MODE": "true",
        "MOTO_PROXY_PORT": str(port),
        "HTTPS_PROXY": f"http://127.0.0.1:{port}",
        "REQUESTS_CA_BUNDLE": bundle[1],
    }
    package = make_zip("def handler(event, context): return {'statusCode': 200, 'body': event['rawPath']}")
    script = PROXY_MODE.replace("{package!r}", repr(package))
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], env=variables, capture_output=True, text=True, cwd=tmp_path
    )
    assert ran.stdout == "lambda-url.us-east-1.on.aws/ 200 /a%2Fb /a%2Fb 1\n0 []\n", ran.stderr
