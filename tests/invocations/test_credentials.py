"""Whose credentials handlers have: the function's role, wherever they run."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from moto.core import set_initial_no_auth_action_count
from moto.iam.models import iam_backends
from requests import Response
from support.builders import make_role, make_zip

from moto_lambda_urls import FunctionUrl, FunctionUrlPermissionWarning, LambdaUrls, LambdaUrlsServer, mock_lambda_urls

pytestmark = pytest.mark.in_process

ACCOUNT, OTHER = "123456789012", "111122223333"
NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
WHO = """
import boto3
at_import = boto3.client("sts")
own_session = boto3.Session()

def who(client):
    return client.get_caller_identity()["Arn"]

def handler(event, context):
    found = {who(client) for client in (at_import, own_session.client("sts"), boto3.client("sts"))}
    return {"statusCode": 200, "body": " ".join(sorted(found))}
"""


def who(_event: Any = None, _context: Any = None) -> dict[str, Any]:
    sessions = (boto3, boto3.Session())
    found = {session.client("sts", "us-east-1").get_caller_identity()["Arn"] for session in sessions}
    return {"statusCode": 200, "body": " ".join(sorted(found))}


def session_of(function: str, *, role: str = "moto-lambda-urls", account: str = ACCOUNT) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{role}/{function}"


def ask(url: FunctionUrl | str) -> str:
    return requests.get(str(url), timeout=60).text


@pytest.mark.parametrize(
    ("handler", "process"),
    [(who, None), (f"{__name__}:who", None), (make_zip(WHO), False), (make_zip(WHO), True)],
    ids=["callable", "imported", "package", "process"],
)
def test_in_a_mock_the_handler_is_its_role(mock: LambdaUrls, handler: Any, process: bool | None) -> None:
    boto3.client("sts")  # the default session has the test's credentials first
    before = {name: os.environ.get(name) for name in NAMES}
    url = mock.deploy(handler, name="orders", process=process, timeout=30)
    assert [ask(url), ask(url)] == [session_of("orders")] * 2
    assert who()["body"] == f"arn:aws:sts::{ACCOUNT}:user/moto"
    assert {name: os.environ.get(name) for name in NAMES} == before


@pytest.mark.parametrize("handler", [who, make_zip(WHO)], ids=["callable", "package"])
def test_a_session_that_a_handler_used_first_is_the_test_s_again(mock: LambdaUrls, handler: Any) -> None:
    url = mock.deploy(handler, name="orders", timeout=30)
    boto3.DEFAULT_SESSION = None
    assert ask(url) == session_of("orders")
    assert boto3.client("sts").get_caller_identity()["Arn"] == f"arn:aws:sts::{ACCOUNT}:user/moto"


@pytest.mark.parametrize("processes", ["auto", "always"])
def test_on_a_server_the_handler_is_its_role(processes: Any) -> None:
    with LambdaUrlsServer(processes=processes) as server:
        url = server.urls.deploy(make_zip(WHO), name="orders", timeout=30)
        assert ask(url) == session_of("orders")


def test_each_function_its_own_at_once(mock: LambdaUrls) -> None:
    client = mock.client("iam")
    deployed = []
    for number in range(4):
        arn = make_role(client, name=f"role-{number}")
        url = mock.deploy(who, name=f"f{number}", timeout=30)
        mock.client("lambda").update_function_configuration(FunctionName=f"f{number}", Role=arn)
        deployed.append(str(url))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, deployed * 4))
    assert answers == [session_of(f"f{number}", role=f"role-{number}") for number in range(4)] * 4


def test_a_new_role_has_new_credentials(mock: LambdaUrls) -> None:
    url = mock.deploy(who, name="orders")
    assert ask(url) == session_of("orders")
    role = make_role(mock.client("iam"), name="other")
    mock.client("lambda").update_function_configuration(FunctionName="orders", Role=role)
    assert ask(url) == session_of("orders", role="other")


def test_credentials_are_made_with_the_first_invocation_and_once(mock: LambdaUrls) -> None:
    def keys() -> set[str]:
        return set(iam_backends[ACCOUNT]["aws"].access_keys)

    url = mock.deploy(lambda _event, _context: os.environ["AWS_ACCESS_KEY_ID"])
    assert keys() == set()
    assert {ask(url), ask(url)} == keys()


def test_a_role_that_does_not_exist(mock: LambdaUrls) -> None:
    url = mock.deploy(who, name="orders")
    mock.client("iam").delete_role(RoleName="moto-lambda-urls")
    assert ask(url) == session_of("orders")


def test_a_handler_that_assumes_a_role_of_another_account(mock: LambdaUrls) -> None:
    def handler(_event: Any, _context: Any) -> str:
        arn = f"arn:aws:iam::{OTHER}:role/there"
        given = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="visit")["Credentials"]
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return str(boto3.Session(*keys).client("sts").get_caller_identity()["Arn"])

    assert ask(mock.deploy(handler)) == session_of("visit", role="there", account=OTHER)


@pytest.mark.parametrize("handler", [who, make_zip(WHO)], ids=["callable", "package"])
def test_a_function_of_another_account(mock: LambdaUrls, handler: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", OTHER)
        url = mock.deploy(handler, name="orders", timeout=30)
    assert ask(url) == session_of("orders", account=OTHER)


def policy(action: str, resource: str = "*") -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}
    )


LIST = """
import boto3

def handler(event, context):
    try:
        return len(boto3.client("s3").list_buckets()["Buckets"])
    except boto3.client("s3").exceptions.ClientError as error:
        return error.response["Error"]["Code"]
"""


def list_buckets(_event: Any, _context: Any) -> Any:
    try:
        return len(boto3.client("s3", "us-east-1").list_buckets()["Buckets"])
    except boto3.client("s3", "us-east-1").exceptions.ClientError as error:
        return error.response["Error"]["Code"]


@pytest.mark.parametrize("handler", [list_buckets, make_zip(LIST)], ids=["callable", "package"])
def test_moto_s_enforcement_holds_a_handler_to_its_role(mock: LambdaUrls, handler: Any) -> None:
    url = mock.deploy(handler, timeout=30)

    @set_initial_no_auth_action_count(0)
    def enforced() -> str:
        return ask(url)

    assert enforced() == "AccessDenied"
    mock.client("iam").put_role_policy(
        RoleName="moto-lambda-urls", PolicyName="p", PolicyDocument=policy("s3:ListAllMyBuckets")
    )
    assert enforced() == "0"


CALLS = """
import boto3, os, requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

def handler(event, context):
    request = AWSRequest("GET", event["queryStringParameters"]["url"])
    SigV4Auth(boto3.Session().get_credentials(), "lambda", os.environ["AWS_REGION"]).add_auth(request)
    answer = requests.get(request.url, headers=dict(request.headers))
    return {"statusCode": answer.status_code, "body": answer.text}
"""


def caller_of(event: Any, _context: Any) -> str:
    return str(event["requestContext"]["authorizer"]["iam"]["userArn"])


@pytest.mark.parametrize("authorization", ["standard", "strict"])
def test_a_handler_asks_another_function_s_url_as_its_role(authorization: Any) -> None:
    with mock_lambda_urls(authorization=authorization) as urls:
        inner = urls.deploy(caller_of, name="inner", auth_type="AWS_IAM", grant=False)
        outer = urls.deploy(make_zip(CALLS), name="outer", timeout=30)

        def answer() -> Response:
            return requests.get(str(outer), params={"url": str(inner)}, timeout=60)

        with pytest.warns(FunctionUrlPermissionWarning, match=f"^{session_of('outer')} has no grant"):
            assert answer().status_code == 403
        urls.client("iam").put_role_policy(
            RoleName="moto-lambda-urls", PolicyName="p", PolicyDocument=policy("lambda:InvokeFunction*")
        )
        assert (answer().status_code, answer().text) == (200, session_of("outer"))


def test_the_test_s_own_key_is_known_in_a_handler_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_lambda_urls(authorization="strict") as urls:
        inner = urls.deploy(caller_of, auth_type="AWS_IAM")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAAMBIENT")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ambient")
        of_test = inner.auth(boto3.Session().get_credentials())
        outer = urls.deploy(lambda _event, _context: requests.get(str(inner), auth=of_test).text, timeout=30)
        assert ask(outer) == f"arn:aws:iam::{ACCOUNT}:root"


@pytest.mark.parametrize(
    "handler", [None, make_zip("import os\ndef handler(*_): return os.environ['AWS_ACCESS_KEY_ID']")]
)
def test_without_mocked_credentials_they_are_the_process_s(handler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOWN")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "own")
    with mock_lambda_urls(config={"core": {"mock_credentials": False}}) as urls:
        assert ask(urls.deploy(handler or (lambda _event, _context: os.environ["AWS_ACCESS_KEY_ID"]))) == "AKIAOWN"


def test_credentials_that_a_session_was_given_stay(mock: LambdaUrls) -> None:
    user = mock.client("iam")
    user.create_user(UserName="jo")
    key = user.create_access_key(UserName="jo")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")

    def handler(_event: Any, _context: Any) -> str:
        return str(session.client("sts").get_caller_identity()["Arn"])

    assert ask(mock.deploy(handler)) == f"arn:aws:iam::{ACCOUNT}:user/jo"


def test_credentials_of_a_profile_stay(mock: LambdaUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "credentials").write_text("[named]\naws_access_key_id=AKIANAMED\naws_secret_access_key=x\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    session = boto3.Session(profile_name="named")

    def handler(_event: Any, _context: Any) -> str:
        found = session.get_credentials()
        assert found is not None
        return found.access_key

    assert ask(mock.deploy(handler)) == "AKIANAMED"
