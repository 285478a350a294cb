"""What a failed test's own output says of the mistakes that people make most."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytestmark = pytest.mark.in_process

PLUGIN = "moto_lambda_urls.pytest_plugin"
LOADED = [] if any(each.value == PLUGIN for each in entry_points(group="pytest11")) else ["-p", PLUGIN]
URL = "https://orders.lambda-url.us-east-1.on.aws/"
MISTAKES = """
import pytest
import requests
from botocore.credentials import Credentials


def echo(event, context):
    return {"statusCode": 200, "body": event["rawPath"]}


def deploy(lambda_urls, handler=echo, **settings):
    return lambda_urls.deploy(handler, name="orders", url_id="orders", **settings)


def test_no_grant(lambda_urls):
    url = deploy(lambda_urls, grant=False)
    assert requests.get(url).status_code == 200


def test_no_signature(lambda_urls):
    url = deploy(lambda_urls, auth_type="AWS_IAM")
    assert requests.get(url).status_code == 200


def test_wrong_secret(lambda_urls):
    url = deploy(lambda_urls, auth_type="AWS_IAM")
    mine = Credentials("FOOBARKEY", "hunter2")
    assert requests.get(url, auth=url.auth(mine)).status_code == 200


def test_wrong_handler_name(lambda_urls, tmp_path):
    (tmp_path / "app.py").write_text("def handler(event, context): return 1\\ndef health(event, context): return 2\\n")
    url = deploy(lambda_urls, tmp_path, handler_name="app.handle")
    assert requests.get(url).status_code == 200


def test_result_that_is_no_response(lambda_urls):
    url = deploy(lambda_urls, lambda event, context: {"statusCode": 200, "headers": {"Vary": ["Accept"]}})
    assert requests.get(url).status_code == 200


def test_preflight(lambda_urls):
    url = deploy(lambda_urls, cors={"AllowOrigins": ["https://shop.example"]})
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "PUT"}
    assert "Access-Control-Allow-Origin" in requests.options(url, headers=asked).headers


@pytest.mark.lambda_urls(raise_handler_errors=True)
def test_handler_error(lambda_urls):
    def handler(event, context):
        raise LookupError("no stock")

    requests.get(deploy(lambda_urls, handler), timeout=30)
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest prints of the tests above, without captured logs and warnings."""
    folder = tmp_path_factory.mktemp("mistakes")
    (folder / "test_mistakes.py").write_text(MISTAKES)
    options = ["-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:warnings", "-p", "no:logging", *LOADED]
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir", str(folder), *options, str(folder)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    ).stdout


@pytest.fixture
def report(output: str) -> Callable[[str], str]:
    """What the section of the test ``name`` says of its requests."""

    def of(name: str) -> str:
        failed = re.split(r"^_+ (test_\w+) _+$", output, flags=re.MULTILINE)
        sections = dict(zip(failed[1::2], failed[2::2], strict=True))
        listed = re.split(r"^-+ function URL requests -+$", sections[name], flags=re.MULTILINE)[1]
        return re.split("^=+ ", listed, flags=re.MULTILINE)[0].strip()

    return of


SIGNED = f"""\
    requests.get('{URL}', auth=lambda_urls.find('orders', region_name='us-east-1').auth())  # or httpx.get
    curl --aws-sigv4 aws:amz:us-east-1:lambda --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" {URL}"""


def test_no_grant(report: Callable[[str], str]) -> None:
    sid, action = "StatementId='FunctionURL{}AllowPublicAccess'", "Action='lambda:{}', Principal='*'"
    url_call = f"{sid.format('')}, {action.format('InvokeFunctionUrl')}, FunctionUrlAuthType='NONE'"
    function_call = f"{sid.format('Invoke')}, {action.format('InvokeFunction')}, InvokedViaFunctionUrl=True"
    assert report("test_no_grant") == (
        "GET / -> 403 refused: the public has no grant of lambda:InvokeFunctionUrl and lambda:InvokeFunction\n"
        f"    function URL: {URL} (NONE) of arn:aws:lambda:us-east-1:123456789012:function:orders\n"
        f"    client.add_permission(FunctionName='orders', {url_call})\n"
        f"    client.add_permission(FunctionName='orders', {function_call})"
    )


def test_no_signature(report: Callable[[str], str]) -> None:
    assert report("test_no_signature") == (
        "GET / -> 403 refused: the URL is AWS_IAM, and the request is not signed: it has no Authorization header\n"
        f"{SIGNED}"
    )


def test_wrong_secret(report: Callable[[str], str], output: str) -> None:
    told = re.sub(r"\d{8}T\d{6}Z", "NOW", report("test_wrong_secret"))
    assert told == (
        "GET / -> 403 refused: the signature is not that of this request by the secret of FOOBARKEY: the secret is "
        "another, or the method, path, query, body or a signed header was changed after signing\n"
        "    access key: FOOBARKEY, of arn:aws:iam::123456789012:root\n"
        "    region: us-east-1, the URL's is us-east-1\n"
        "    service: lambda, wanted is lambda\n"
        "    date: NOW, now it is NOW\n"
        "    signed headers: host, x-amz-date\n"
        f"{SIGNED}"
    )
    assert "FOOBARSECRET" not in output


def test_wrong_handler_name(report: Callable[[str], str]) -> None:
    assert report("test_wrong_handler_name") == (
        "GET / -> 502 Runtime.HandlerNotFound: Handler 'handle' missing on module 'app'\n    app has handler, health"
    )


def test_result_that_is_no_response(report: Callable[[str], str]) -> None:
    assert report("test_result_that_is_no_response") == (
        "GET / -> 502 InvalidResponse: The handler's result is no response: "
        "the header Vary is ['Accept'], not a string; join a list with ', '"
    )


def test_preflight_that_was_not_allowed(report: Callable[[str], str]) -> None:
    cors = {"AllowOrigins": ["https://shop.example"], "AllowMethods": ["PUT"]}
    assert report("test_preflight") == (
        "OPTIONS / -> 200 refused: the preflight asks for what the URL's Cors does not allow\n"
        "    AllowMethods: PUT is not among []\n"
        f"    client.update_function_url_config(FunctionName='orders', Cors={cors})"
    )


def test_no_frame_of_ours_stands_between_a_test_and_its_handler(output: str) -> None:
    shown = output.partition("test_handler_error _")[2].partition("function URL requests")[0]
    assert 'raise LookupError("no stock")' in shown
    assert "moto_lambda_urls/" not in shown
