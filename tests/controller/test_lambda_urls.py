from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
import requests
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from support.builders import make_zip

from moto_lambda_urls import FunctionUrl, FunctionUrlPermissionWarning, LambdaUrls, LambdaUrlsServer, mock_lambda_urls

ACCOUNT = "123456789012"
CALL_ANY_URL = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
        "Resource": "*",
    },
}


ECHO = make_zip("def handler(event, context): return {'statusCode': 200, 'body': event['rawPath']}")


def echo(event: Any, context: Any) -> Any:
    return {"statusCode": 200, "body": event["rawPath"]}


def make_caller(iam: Any, *, name: str = "caller", policy: Any = CALL_ANY_URL) -> Any:
    """The ARN of a role with ``policy``, or without any."""
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    if policy:
        iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(policy))
    return arn


def make_user(iam: Any, *, name: str = "alice", policy: Any = CALL_ANY_URL) -> None:
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=json.dumps(policy))


@pytest.mark.in_process
def test_deploy_a_callable(mock: LambdaUrls) -> None:
    url = mock.deploy(echo)
    assert requests.get(f"{url}orders/7").text == "/orders/7"


@pytest.mark.in_process
def test_a_url_is_a_str(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, name="orders")
    assert isinstance(url, FunctionUrl)
    assert isinstance(url, str)
    assert type(url.url) is str
    assert re.fullmatch(r"https://[a-z2-7]{26}0[a-z2-7]{5}\.lambda-url\.us-east-1\.on\.aws/", url)
    assert url.url_id == url.split("/")[2].split(".")[0]
    assert repr(url) == f"<FunctionUrl {url.url} of arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders, NONE>"


def test_what_a_url_knows(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, name="orders", auth_type="AWS_IAM", alias="live", region_name="eu-west-1")
    assert {name: value for name, value in vars(url).items() if not name.startswith("_")} == {
        "url_id": url.url_id,
        "function_name": "orders",
        "function_arn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:orders:live",
        "qualifier": "live",
        "auth_type": "AWS_IAM",
        "region_name": "eu-west-1",
    }
    assert url.account_id == ACCOUNT


def test_function_is_made_as_asked(mock: LambdaUrls) -> None:
    mock.deploy(ECHO, name="orders", environment={"STAGE": "test"}, timeout=10, memory_size=512)
    configuration = mock.client("lambda").get_function_configuration(FunctionName="orders")
    assert configuration["Environment"] == {"Variables": {"STAGE": "test"}}
    assert (configuration["Timeout"], configuration["MemorySize"]) == (10, 512)
    assert configuration["Role"] == f"arn:aws:iam::{ACCOUNT}:role/moto-lambda-urls"


def test_url_is_made_as_asked(mock: LambdaUrls) -> None:
    mock.deploy(ECHO, name="orders", cors={"AllowOrigins": ["https://shop"]}, invoke_mode="RESPONSE_STREAM")
    config = mock.client("lambda").get_function_url_config(FunctionName="orders")
    assert config["Cors"] == {"AllowOrigins": ["https://shop"]}
    assert config["InvokeMode"] == "RESPONSE_STREAM"


@pytest.mark.in_process
def test_names_are_new_and_say_what_they_are_of(mock: LambdaUrls) -> None:
    names = [mock.deploy(handler).function_name for handler in (echo, echo, lambda event, context: None)]
    assert [re.sub("[0-9a-f]{8}$", "#", name) for name in names] == ["echo-#", "echo-#", "lambda-#"]
    assert len(set(names)) == 3


@pytest.mark.in_process
def test_long_names_are_cut(mock: LambdaUrls) -> None:
    def handler(event: Any, context: Any) -> Any:
        return None

    handler.__name__ = "x" * 100
    assert len(mock.deploy(handler).function_name) == 64


@pytest.mark.in_process
def test_callable_without_a_name(mock: LambdaUrls) -> None:
    class Handler:
        def __call__(self, event: Any, context: Any) -> Any:
            return {"statusCode": 200, "body": "called"}

    url = mock.deploy(Handler())
    assert url.function_name.startswith("function-")
    assert requests.get(url).text == "called"


@pytest.mark.in_process
@pytest.mark.parametrize("separator", [".", ":"])
def test_deploy_a_module_path(
    mock: LambdaUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, separator: str
) -> None:
    (tmp_path / "shop_for_test").mkdir()
    (tmp_path / "shop_for_test" / "api.py").write_text("def handler(event, context): return 'from sys.path'")
    monkeypatch.syspath_prepend(tmp_path)
    url = mock.deploy(f"shop_for_test.api{separator}handler")
    assert requests.get(url).text == "from sys.path"
    assert url.function_name.startswith("shop_for_test-api-handler-")


def test_deploy_a_zip(mock: LambdaUrls) -> None:
    url = mock.deploy(make_zip("def handler(event, context): return 'from a zip'"))
    assert requests.get(url).text == "from a zip"


def test_deploy_a_zip_file_with_its_handler(mock: LambdaUrls, tmp_path: Path) -> None:
    package = tmp_path / "shop.zip"
    package.write_bytes(make_zip({"src/main.py": "def run(event, context): return 'from a file'"}))
    url = mock.deploy(package, handler_name="src.main.run")
    assert requests.get(url).text == "from a file"
    assert url.function_name.startswith("shop-")


@pytest.mark.parametrize(
    "handler", ["handler", "", "app:", "a b.c", "dist/app.zip", ".app.handler", "chat.py", "chat.zip"]
)
def test_text_that_names_no_handler(mock: LambdaUrls, handler: str) -> None:
    with pytest.raises(ValueError, match=f"^handler={re.escape(repr(handler))} names no module and function: "):
        mock.deploy(handler)


@pytest.mark.parametrize("handler", [None, 7, {"body": "x"}])
def test_no_handler_at_all(mock: LambdaUrls, handler: Any) -> None:
    with pytest.raises(TypeError, match=f"^handler is {re.escape(repr(handler))}: give a callable "):
        mock.deploy(handler)


def test_missing_zip_file(mock: LambdaUrls) -> None:
    with pytest.raises(FileNotFoundError):
        mock.deploy(Path("missing.zip"))


def test_name_that_is_taken(mock: LambdaUrls) -> None:
    mock.deploy(ECHO, name="orders")
    with pytest.raises(ClientError, match="ResourceConflictException"):
        mock.deploy(ECHO, name="orders")


def test_alias_points_at_a_version(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, name="orders", alias="live")
    alias = mock.client("lambda").get_alias(FunctionName="orders", Name="live")
    assert (alias["FunctionVersion"], url.qualifier) == ("1", "live")
    assert requests.get(url).status_code == 200
    assert url.last.qualifier == "live"


@pytest.mark.in_process
def test_chosen_id(mock: LambdaUrls) -> None:
    assert mock.deploy(ECHO, url_id="orders") == "https://orders.lambda-url.us-east-1.on.aws/"
    assert mock.deploy(ECHO, url_id="shop", alias="live") == "https://shop-live.lambda-url.us-east-1.on.aws/"


@pytest.mark.in_process
def test_tag_chooses_the_id(mock: LambdaUrls, create_function: Any) -> None:
    create_function("orders", Tags={"_custom_id_": "tagged"})
    config = mock.client("lambda").create_function_url_config(FunctionName="orders", AuthType="NONE")
    assert config["FunctionUrl"] == "https://tagged.lambda-url.us-east-1.on.aws/"


def test_find_a_url_that_boto3_made(mock: LambdaUrls, deploy: Any) -> None:
    deployed = deploy("orders")
    url = mock.find("orders")
    assert (url, url.function_name, url.qualifier, url.auth_type) == (deployed, "orders", None, "NONE")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        mock.find("orders", "live")


@pytest.mark.in_process
def test_register_stands_in_for_deployed_code(mock: LambdaUrls, deploy: Any) -> None:
    url = deploy("orders", "def handler(event, context): raise ValueError")
    mock.register("orders", echo)
    assert requests.get(url).text == "/"
    name: Any = "echo"
    with pytest.raises(TypeError, match=r"^the handler of 'orders' is 'echo', not a callable"):
        mock.register("orders", name)


def test_clients_are_made_once_a_region(mock: LambdaUrls) -> None:
    assert mock.client("lambda") is mock.client("lambda")
    assert mock.client("lambda", "eu-west-1").meta.region_name == "eu-west-1"
    assert mock.client("lambda").meta.region_name == "us-east-1"


@pytest.mark.in_process
def test_region_of_the_environment(mock: LambdaUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    assert ".lambda-url.eu-central-1." in mock.deploy(ECHO)


def test_no_region_anywhere(mock: LambdaUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert mock.client("lambda").meta.region_name == "us-east-1"


def test_public_grant(mock: LambdaUrls) -> None:
    mock.deploy(ECHO, name="orders")
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders"
    assert statements(mock, "orders") == [
        {
            "Sid": "FunctionURLAllow-Public",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "lambda:InvokeFunctionUrl",
            "Resource": arn,
            "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        },
        {
            "Sid": "FunctionURLInvokeAllow-Public",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "lambda:InvokeFunction",
            "Resource": arn,
            "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
        },
    ]


def statements(urls: Any, name: Any, **target: Any) -> Any:
    return json.loads(urls.client("lambda").get_policy(FunctionName=name, **target)["Policy"])["Statement"]


def test_iam_grant_is_for_the_account(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, name="orders", auth_type="AWS_IAM", alias="live")
    granted = statements(mock, "orders", Qualifier="live")
    assert [each["Principal"] for each in granted] == [{"AWS": f"arn:aws:iam::{ACCOUNT}:root"}] * 2
    assert [each["Resource"] for each in granted] == [url.function_arn] * 2


@pytest.mark.in_process
def test_no_grant(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, name="orders", grant=False)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        statements(mock, "orders")
    with pytest.warns(match="add_permission"):
        assert requests.get(url).status_code == 403


def test_grant_twice_and_revoke(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, name="orders", auth_type="AWS_IAM", grant=False)
    mock.grant(url, "210987654321")
    mock.grant(url, "210987654321")
    mock.grant(url, f"arn:aws:iam::{ACCOUNT}:role/caller")
    assert len(statements(mock, "orders")) == 4
    mock.revoke(url, "210987654321")
    assert [each["Principal"] for each in statements(mock, "orders")] == [
        {"AWS": f"arn:aws:iam::{ACCOUNT}:role/caller"}
    ] * 2


def test_revoke_what_was_not_granted(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO)
    with pytest.raises(LookupError, match="has no grant for '210987654321' that"):
        mock.revoke(url, "210987654321")


def test_grant_to_no_principal(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO)
    with pytest.raises(ClientError, match="The provided principal was invalid"):
        mock.grant(url, "nobody")


def test_long_principals_are_told_apart(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, grant=False)
    first, second = (f"arn:aws:iam::{ACCOUNT}:role/{'x' * 60}/{'y' * 60}{last}" for last in "ab")
    mock.grant(url, first)
    mock.grant(url, second)
    mock.revoke(url, first)
    assert {each["Principal"]["AWS"] for each in statements(mock, url.function_name)} == {second}


def test_invocations_of_one_url(mock: LambdaUrls) -> None:
    one, other = mock.deploy(ECHO), mock.deploy(ECHO)
    requests.get(f"{one}a")
    requests.post(f"{other}b")
    requests.get(f"{one}c")
    assert [each.path for each in one.invocations] == ["/a", "/c"]
    assert one.last.path == "/c"
    assert other.invocations.assert_called_once(method="POST").path == "/b"
    assert [each.path for each in mock.invocations] == ["/a", "/b", "/c"]
    with pytest.raises(AssertionError) as failure:
        other.invocations.assert_called(path="/a")
    assert str(failure.value) == (
        f"Expected at least 1 invocation at {other} of /a, got 0. 1 invocation in all:\n- POST /b -> 200"
    )


def test_last_of_a_url_never_called(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO)
    with pytest.raises(LookupError, match=rf"^No invocation was made at {url}"):
        _ = url.last


@pytest.mark.in_process
def test_fail_twice_then_answer(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO)
    url.fail(429, times=2)
    answers = [requests.get(url) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["x-amzn-ErrorType"] == "TooManyRequestsException"
    planned = "GET / -> 429 refused: the test planned this answer, with fail()"
    assert [str(each) for each in url.requests] == [planned, planned, "GET / -> 200"]
    assert [str(each) for each in url.invocations] == ["GET / -> 200"]


@pytest.mark.in_process
def test_fault_of_another_url_and_of_another_mock(mock: LambdaUrls) -> None:
    mock.deploy(ECHO).fail(times=None)
    url = mock.deploy(ECHO, url_id="again")
    assert requests.get(url).status_code == 200
    url.fail(times=None)
    with mock_lambda_urls() as inner:
        assert requests.get(inner.deploy(ECHO)).status_code == 200


@pytest.mark.in_process
def test_fault_with_a_body(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO)
    url.fail(503, body={"retry": True}, headers={"Retry-After": "2"})
    answer = requests.get(url)
    assert (answer.status_code, answer.json(), answer.headers["Retry-After"]) == (503, {"retry": True}, "2")


@pytest.mark.in_process
def test_delay_makes_a_caller_time_out(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO)
    planned = url.delay(0.3)
    with pytest.raises(requests.Timeout):
        requests.get(url, timeout=0.05)
    assert requests.get(url, timeout=2).status_code == 200
    assert planned.used == 1


@pytest.mark.in_process
@pytest.mark.parametrize("seconds", [0, -1])
def test_no_delay(mock: LambdaUrls, seconds: int) -> None:
    with pytest.raises(ValueError, match=f"^seconds={seconds} is no delay"):
        mock.deploy(ECHO).delay(seconds)


@pytest.mark.in_process
def test_operation_fails_until_the_block_ends(mock: LambdaUrls) -> None:
    client = mock.client("lambda")
    with mock.fail("ListFunctions", "ServiceException", times=None) as planned:
        with pytest.raises(client.exceptions.ServiceException) as failure:
            client.list_functions()
        assert planned.used > 1
    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert failure.value.response["Error"] == {"Code": "ServiceException", "Message": "ServiceException"}
    assert client.list_functions()["Functions"] == []


@pytest.mark.in_process
def test_operation_fails_with_a_message(mock: LambdaUrls) -> None:
    mock.fail("GetFunction", "AccessDeniedException", message="User may not")
    with pytest.raises(ClientError) as failure:
        mock.client("lambda").get_function(FunctionName="orders")
    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert failure.value.response["Error"] == {"Code": "AccessDeniedException", "Message": "User may not"}


@pytest.mark.in_process
def test_failed_deployment_can_be_tested(mock: LambdaUrls) -> None:
    mock.fail("CreateFunctionUrlConfig", "ResourceConflictException")
    with pytest.raises(ClientError, match="ResourceConflictException"):
        mock.deploy(ECHO)


def test_iam_url_without_a_signature(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    assert requests.get(url).status_code == 403


def test_signed_by_the_mock(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    assert requests.get(f"{url}a%2Fb//c?x=1&y=%20", auth=url.auth()).text == "/a%2Fb//c"


@pytest.mark.parametrize("body", [None, b"\xff\x00", "grün", "", {"a": "1"}])
def test_signed_bodies(mock: LambdaUrls, body: Any) -> None:
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    assert requests.post(url, data=body, auth=url.auth()).status_code == 200


def test_signed_by_a_role(mock: LambdaUrls) -> None:
    arn = make_caller(mock.client("iam"))
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    for identity in ("caller", arn):
        assert requests.get(url, auth=url.auth(identity)).status_code == 200
    iam = url.last.event["requestContext"]["authorizer"]["iam"]
    assert iam["userArn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/caller/moto-lambda-urls"


@pytest.mark.in_process
def test_signed_by_a_role_without_a_policy(mock: LambdaUrls) -> None:
    make_caller(mock.client("iam"), policy=None)
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    with pytest.warns(FunctionUrlPermissionWarning, match="role/caller"):
        assert requests.get(url, auth=url.auth("caller")).status_code == 403


def test_signed_by_a_user(mock: LambdaUrls) -> None:
    make_user(mock.client("iam"))
    url, other = mock.deploy(ECHO, auth_type="AWS_IAM"), mock.deploy(ECHO, auth_type="AWS_IAM")
    for each in (url, other, url):
        assert requests.get(each, auth=each.auth("alice")).status_code == 200
    assert len(mock.client("iam").list_access_keys(UserName="alice")["AccessKeyMetadata"]) == 1
    assert url.last.event["requestContext"]["authorizer"]["iam"]["userArn"] == f"arn:aws:iam::{ACCOUNT}:user/alice"


def test_signed_with_credentials(mock: LambdaUrls) -> None:
    make_user(mock.client("iam"))
    key = mock.client("iam").create_access_key(UserName="alice")["AccessKey"]
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    wrong = Credentials(key["AccessKeyId"], "wrong")
    right = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    assert [requests.get(url, auth=url.auth(each)).status_code for each in (wrong, right)] == [403, 200]


@pytest.mark.parametrize("identity", ["bob", f"arn:aws:iam::{ACCOUNT}:user/bob", f"arn:aws:iam::{ACCOUNT}:role/alice"])
def test_nobody_of_that_name(mock: LambdaUrls, identity: str) -> None:
    make_user(mock.client("iam"))
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    with pytest.raises(LookupError) as failure:
        url.auth(identity)
    assert str(failure.value) == (
        f"There is no user or role {identity!r}; there are arn:aws:iam::{ACCOUNT}:user/alice, "
        f"arn:aws:iam::{ACCOUNT}:role/moto-lambda-urls"
    )


def test_user_and_role_of_one_name(mock: LambdaUrls) -> None:
    make_user(mock.client("iam"), name="both")
    arn = make_caller(mock.client("iam"), name="both")
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    with pytest.raises(LookupError, match=r"^'both' is a user and a role: give the ARN, "):
        url.auth("both")
    assert requests.get(url, auth=url.auth(arn)).status_code == 200


def test_httpx_signs_too(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    assert httpx.post(f"{url}orders", json={"a": 1}, auth=url.auth()).text == "/orders"
    assert httpx.post(url, files={"file": b"\x00\xff"}, auth=url.auth()).status_code == 200


async def test_async_httpx_signs_too(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    async with httpx.AsyncClient(auth=url.auth()) as client:
        assert (await client.post(url, json={"a": 1})).status_code == 200
        assert (await client.get(f"{url}x?a=1")).text == "/x"


def test_body_that_cannot_be_signed(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    with pytest.raises(TypeError, match=r"^a body of generator cannot be signed: give it as bytes$"):
        requests.post(url, data=(chunk for chunk in [b"x"]), auth=url.auth())


async def test_async_body_that_cannot_be_signed(mock: LambdaUrls) -> None:
    async def chunks() -> AsyncIterator[Any]:
        yield b"x"

    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    async with httpx.AsyncClient() as client:
        with pytest.raises(TypeError, match=r"^a body of AsyncIteratorByteStream cannot be signed: give it as bytes$"):
            await client.post(url, content=chunks(), auth=url.auth())


def test_sign_for_any_client(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    headers = url.sign("POST", "orders?page=2", body="grün", headers={"Content-Type": "text/plain"})
    assert sorted(headers) == ["Authorization", "Content-Type", "X-Amz-Date"]
    answer = requests.post(f"{url}orders?page=2", data="grün".encode(), headers=headers)
    assert answer.text == "/orders"
    assert requests.post(f"{url}orders?page=2", data=b"other", headers=headers).status_code == 403


@pytest.mark.in_process
def test_controller_of_the_mock() -> None:
    with mock_lambda_urls() as urls:
        assert isinstance(urls, LambdaUrls)
        assert boto3.client("lambda", "us-east-1").list_functions()["Functions"] == []


@pytest.fixture
def server() -> Iterator[Any]:
    with LambdaUrlsServer() as running:
        yield running.urls


@pytest.mark.in_process
def test_deployed_to_a_server(server: Any) -> None:
    url = server.deploy(ECHO, alias="live")
    assert url.url_id == url.split("/")[-2]
    assert requests.get(f"{url}orders/7").text == "/orders/7"
    assert [each.path for each in url.invocations] == ["/orders/7"]
    assert url.last.qualifier == "live"


@pytest.mark.in_process
@pytest.mark.filterwarnings("ignore::moto_lambda_urls.FunctionUrlPermissionWarning")
def test_signed_for_a_server(server: Any) -> None:
    make_caller(server.client("iam"))
    make_caller(server.client("iam"), name="other", policy=None)
    url = server.deploy(ECHO, auth_type="AWS_IAM")
    statuses = [requests.get(f"{url}a//b?c=%20", auth=url.auth(each)).status_code for each in (None, "caller", "other")]
    assert statuses == [200, 200, 403]
    assert httpx.post(url, json={}, auth=url.auth("caller")).status_code == 200
    assert requests.put(f"{url}x", data=b"1", headers=url.sign("PUT", "x", body=b"1")).text == "/x"


@pytest.mark.in_process
def test_faults_of_a_server(server: Any) -> None:
    url = server.deploy(ECHO)
    url.fail(429)
    assert [requests.get(url).status_code for _ in range(2)] == [429, 200]
    server.fail("ListFunctions", "AccessDeniedException")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        server.client("lambda").list_functions()


@pytest.mark.in_process
def test_server_without_credentials(server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    url = server.deploy(ECHO, auth_type="AWS_IAM")
    assert requests.get(url, auth=url.auth()).status_code == 200


def test_a_role_with_a_policy_calls_an_iam_url(mock: LambdaUrls) -> None:
    url = mock.deploy(ECHO, auth_type="AWS_IAM")
    iam = mock.client("iam")
    iam.create_role(RoleName="caller", AssumeRolePolicyDocument="{}")
    allow = {"Effect": "Allow", "Action": "lambda:Invoke*", "Resource": url.function_arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName="caller", PolicyName="call", PolicyDocument=policy)
    assert requests.get(f"{url}orders/7", auth=url.auth("caller")).text == "/orders/7"
    caller = url.last.event["requestContext"]["authorizer"]["iam"]
    assert caller["userArn"].endswith(":assumed-role/caller/moto-lambda-urls")
