"""What a failed test's own output says of the mistakes that people make most."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support.pytest_runs import run_pytest

pytestmark = pytest.mark.in_process

URL = "https://orders.lambda-url.us-east-1.on.aws/"
MISTAKES = """
import pytest
import requests
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
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
    assert requests.post(f"{url}orders/7?page=2", data="a book").status_code == 200


def test_wrong_secret(lambda_urls):
    url = deploy(lambda_urls, auth_type="AWS_IAM")
    mine = Credentials("FOOBARKEY", "hunter2")
    assert requests.delete(f"{url}orders/7", auth=url.auth(mine)).status_code == 200


def test_changed_request(lambda_urls):
    url = deploy(lambda_urls, auth_type="AWS_IAM")
    assert requests.post(url, data="a book", headers=url.sign("POST")).status_code == 200


def test_wrong_region(lambda_urls):
    url = deploy(lambda_urls, auth_type="AWS_IAM")
    elsewhere = lambda_urls.deploy(echo, name="far", region_name="eu-west-1", auth_type="AWS_IAM")
    assert requests.get(url, auth=elsewhere.auth()).status_code == 200


def test_presigned_by_a_stranger(lambda_urls):
    url = deploy(lambda_urls, auth_type="AWS_IAM")
    request = AWSRequest(method="GET", url=f"{url}a?b=c")
    SigV4QueryAuth(Credentials("FOOBARKEY", "hunter2", "tokentoken"), "lambda", "us-east-1").add_auth(request)
    assert requests.get(request.url).status_code == 200


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
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest prints of the tests above, without captured logs and warnings."""
    folder = tmp_path_factory.mktemp("mistakes")
    (folder / "test_mistakes.py").write_text(MISTAKES)
    return run_pytest(folder, "-p", "no:warnings", "-p", "no:logging", in_ci=True)


@pytest.fixture
def report(output: str) -> Callable[[str], str]:
    """What the section of the test ``name`` says of its requests."""

    def of(name: str) -> str:
        failed = re.split(r"^_+ (test_\w+) _+$", output, flags=re.MULTILINE)
        sections = dict(zip(failed[1::2], failed[2::2], strict=True))
        listed = re.split(r"^-+ function URL requests -+$", sections[name], flags=re.MULTILINE)[1]
        return re.split("^=+ ", listed, flags=re.MULTILINE)[0].strip()

    return of


TITLE = "    to let it through:"
ROOT = "FOOBARKEY, of arn:aws:iam::123456789012:root"


def signed(call: str, rest: str = "", advice: str = "") -> str:
    """The cure of a request that is not signed as it must be."""
    return (
        f"{TITLE}\n{advice}"
        "      url = lambda_urls.find('orders', region_name='us-east-1')  # lambda_urls: the fixture, or what "
        "mock_lambda_urls() gives\n"
        "      # url.auth() signs with the mock's own key, as the account's root; url.auth('ann') as the user or role "
        "ann\n"
        f"      {call}  # {rest}httpx takes the same auth"
    )


def dated(text: str) -> str:
    return re.sub(r"\d{8}T\d{6}Z", "NOW", text)


def test_no_grant(report: Callable[[str], str]) -> None:
    sid, action = "StatementId='FunctionURL{}AllowPublicAccess'", "Action='lambda:{}', Principal='*'"
    url_call = f"{sid.format('')}, {action.format('InvokeFunctionUrl')}, FunctionUrlAuthType='NONE'"
    function_call = f"{sid.format('Invoke')}, {action.format('InvokeFunction')}, InvokedViaFunctionUrl=True"
    assert report("test_no_grant") == (
        "GET / -> 403 refused: the public has no grant of lambda:InvokeFunctionUrl and none of lambda:InvokeFunction: "
        "AWS wants both\n"
        f"    function URL: {URL} (auth type NONE) of arn:aws:lambda:us-east-1:123456789012:function:orders\n"
        f"{TITLE}\n"
        "      client = boto3.client('lambda', region_name='us-east-1')\n"
        f"      client.add_permission(FunctionName='orders', {url_call})\n"
        f"      client.add_permission(FunctionName='orders', {function_call})"
    )


def test_no_signature(report: Callable[[str], str]) -> None:
    call = "requests.post(f'{url}orders/7', auth=url.auth())"
    assert report("test_no_signature") == (
        "POST /orders/7?page=2 -> 403 refused: the URL is AWS_IAM, and the request is not signed: it has no "
        f"Authorization header\n{signed(call, 'add the same query and body; ')}"
    )


def test_wrong_secret(report: Callable[[str], str], output: str) -> None:
    advice = (
        "      # the mock's environment has the secret of FOOBARKEY (AWS_SECRET_ACCESS_KEY); to sign as the same "
        "caller without it:\n"
    )
    assert dated(report("test_wrong_secret")) == (
        "DELETE /orders/7 -> 403 refused: the signature was not made with the secret of FOOBARKEY\n"
        "    signature: differs: it is not the one that the key's secret makes of this request; no usual change of "
        "method, host, path, query or body explains it, so the secret is another\n"
        f"    ok: access key {ROOT}; region us-east-1; service lambda; date NOW; signed headers host, x-amz-date\n"
        + signed("requests.delete(f'{url}orders/7', auth=url.auth())", advice=advice)
    )
    assert "FOOBARSECRET" not in output


def test_changed_request(report: Callable[[str], str]) -> None:
    line, *details = report("test_changed_request").splitlines()
    assert line == (
        "POST / -> 403 refused: the request was changed after it was signed, by the right secret: it had no body, and "
        "6 bytes came"
    )
    assert details[0] == (
        "    signature: differs: it is not the one that the key's secret makes of this request, but that of the "
        "request before the change"
    )
    assert details[-1] == ("      requests.post(url, auth=url.auth())  # add the same body; httpx takes the same auth")


def test_wrong_region(report: Callable[[str], str]) -> None:
    assert dated(report("test_wrong_region")) == (
        "GET / -> 403 refused: the request is signed for the region 'eu-west-1', and the URL is in 'us-east-1'\n"
        "    region: differs: eu-west-1, the URL's is us-east-1\n"
        f"    ok: access key {ROOT}; service lambda; date NOW; signed headers host, x-amz-date\n"
        + signed("requests.get(url, auth=url.auth())")
    )


def test_presigned_request_without_its_secrets(report: Callable[[str], str]) -> None:
    line, *details = report("test_presigned_by_a_stranger").splitlines()
    assert line.startswith("GET /a?b=c&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=...&X-Amz-Date=")
    assert line.endswith("-> 403 refused: the access key FOOBARKEY came with the session token of another key")
    assert details[0] == "    session token: differs: it is not the one of this key"
    assert details[-1].startswith("      requests.get(f'{url}a', auth=url.auth())")
    assert not re.search("tokentoken|[0-9a-f]{64}", "\n".join([line, *details]))


def test_wrong_handler_name(report: Callable[[str], str]) -> None:
    assert report("test_wrong_handler_name") == (
        "GET / -> 502 Runtime.HandlerNotFound: Handler 'handle' missing on module 'app'\n"
        "    function: orders\n"
        "    Handler is 'app.handle'; app has handler, health; did you mean Handler='app.handler'?"
    )


def test_result_that_is_no_response(report: Callable[[str], str]) -> None:
    assert report("test_result_that_is_no_response") == (
        "GET / -> 502 InvalidResponse: The handler's result is not a valid response: "
        "the header Vary is ['Accept'], not a string; join a list with ', '\n"
        "    function: orders\n"
        '    the registered handler returned {"statusCode": 200, "headers": {"Vary": ["Accept"]}}\n'
        '    to fix it, return e.g. {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": "text"}'
    )


def test_preflight_that_was_not_allowed(report: Callable[[str], str]) -> None:
    cors = {"AllowOrigins": ["https://shop.example"], "AllowMethods": ["PUT"]}
    assert report("test_preflight") == (
        "OPTIONS / -> 200 refused: the preflight asks for what the URL's Cors does not allow\n"
        "    AllowMethods: PUT is not among []\n"
        f"{TITLE}\n      client = boto3.client('lambda', region_name='us-east-1')\n"
        f"      client.update_function_url_config(FunctionName='orders', Cors={cors})"
    )


CURE = "client.add_permission(FunctionName='orders', StatementId='FunctionURLInvokeAllowPublicAccess'"
AS_AN_ERROR = ("-W", "error::moto_lambda_urls.FunctionUrlPermissionWarning")
NOT_GRANTED = """
import requests


def test_no_grant(lambda_urls):
    url = lambda_urls.deploy(lambda event, context: "ok", name="orders", grant=False)
    requests.get(f"{url}orders/7").raise_for_status()
"""


@pytest.mark.parametrize(
    ("options", "where"),
    [
        (["-p", "no:warnings", "-p", "no:logging", "--capture=no"], "function URL requests"),
        (["-p", "no:warnings", "-p", "no:logging", "--show-capture=no"], "function URL requests"),
        (["-p", "no:warnings", "--show-capture=log"], "function URL requests"),
        (["-p", "no:logging", *AS_AN_ERROR], "function URL requests"),
        (["--tb=native", "--show-capture=no", *AS_AN_ERROR], "FunctionUrlPermissionWarning: "),
    ],
    ids=["uncaptured", "hidden", "log alone", "error", "native error"],
)
@pytest.mark.parametrize("in_ci", [True, False])
def test_the_cure_is_shown_where_other_places_are_not(
    tmp_path: Path, options: list[str], where: str, in_ci: bool
) -> None:
    (tmp_path / "test_it.py").write_text(NOT_GRANTED)
    shown = run_pytest(tmp_path, *options, in_ci=in_ci)
    failures = shown.partition("= FAILURES =")[2].partition("= short test summary info =")[0]
    assert CURE in failures.partition(where)[2], shown
    assert "1 failed" in shown
