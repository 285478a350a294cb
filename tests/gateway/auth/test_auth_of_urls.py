"""AWS_IAM and public URLs of deployed functions, called by clients that people use, in each mode."""

from __future__ import annotations

import json
import os
import shlex
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from importlib import import_module
from typing import Any
from urllib.parse import unquote

import boto3
import httpx
import pytest
import requests
from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from httpx_aws_auth import AwsCredentials, AwsSigV4Auth
from requests_aws4auth import AWS4Auth
from support.answering import FORBIDDEN, NOT_GRANTED, answered, ask, body_of, checked, checked_lines, refused
from support.builders import grant_public

from moto_lambda_urls import FunctionUrl, FunctionUrlPermissionWarning, LambdaUrls, Refusal, mock_lambda_urls
from moto_lambda_urls.controller.signing import UrlAuth
from moto_lambda_urls.messages import Response
from moto_lambda_urls.state.scope import Authorization

pytestmark = pytest.mark.in_process

ACCOUNT, OTHER = "123456789012", "210987654321"
URL_ACTION, FUNCTION_ACTION = "lambda:InvokeFunctionUrl", "lambda:InvokeFunction"
BOTH = (URL_ACTION, FUNCTION_ACTION)
CLIENT = "client = boto3.client('lambda', region_name='us-east-1')"
MISMATCH = refused(
    403,
    "InvalidSignatureException",
    b'{"message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret '
    b'Access Key and signing method. Consult the service documentation for details."}',
)
UNSIGNED = refused(403, "AccessDeniedException", b'{"Message":"Forbidden"}')
BAD_TOKEN = refused(
    403, "UnrecognizedClientException", b'{"message":"The security token included in the request is invalid."}'
)


def echo(event: Any, context: Any) -> Any:
    return event


class Answer:
    """What a client got: status, body, and the header lines with what is new each time replaced."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.body = status, checked_lines(tuple(headers)), body

    @property
    def event(self) -> Any:
        assert self.status == 200, self.body
        return json.loads(self.body)

    def is_(self, refusal: Response) -> bool:
        # httpx gives names in lower case.
        lines = {(name.lower(), value) for name, value in refusal.headers}
        kept = {(name.lower(), value) for name, value in self.headers}
        varying = {"date", "x-amzn-requestid"}
        return (self.status, self.body) == (refusal.status, refusal.body) and (
            {line for line in lines if line[0] not in varying} == {line for line in kept if line[0] not in varying}
        )


def requests_with(auth: Any, method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    with requests.Session() as session:
        got = session.request(method, url, data=body, headers=headers, auth=auth)
    return Answer(got.status_code, got.raw.headers.items(), got.content)


def by_botocore(key: Credentials, method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    def sign(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        request = AWSRequest(method=method, url=prepared.url, data=body, headers=headers)
        SigV4Auth(key, "lambda", "us-east-1").add_auth(request)
        prepared.headers.update(request.headers.items())
        return prepared

    return requests_with(sign, method, url, body, headers)


def by_botocore_query(key: Credentials, method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    prepared = requests.Request(method, url, headers=headers).prepare()
    request = AWSRequest(method=method, url=prepared.url, data=body, headers=headers)
    SigV4QueryAuth(key, "lambda", "us-east-1", expires=60).add_auth(request)
    assert request.url is not None
    return requests_with(None, method, request.url, body, headers)


def by_requests_aws4auth(key: Credentials, method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    auth = AWS4Auth(key.access_key, key.secret_key, "us-east-1", "lambda", session_token=key.token)
    return requests_with(auth, method, url, body, headers)


def by_httpx_aws_auth(key: Credentials, method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    auth = AwsSigV4Auth(AwsCredentials(key.access_key, key.secret_key, key.token), "us-east-1", "lambda")
    with httpx.Client(auth=auth) as client:
        got = client.request(method, url, content=body, headers=headers)
    return Answer(got.status_code, got.headers.multi_items(), got.content)


def by_url_auth(key: Credentials, method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    return requests_with(UrlAuth(key, "us-east-1"), method, url, body, headers)


Client = Callable[[Credentials, str, str, bytes, dict[str, str]], Answer]
CLIENTS = [by_botocore, by_botocore_query, by_requests_aws4auth, by_httpx_aws_auth, by_url_auth]
IN_HEADERS = [client for client in CLIENTS if client is not by_botocore_query]
MOCKS_OWN = Credentials("FOOBARKEY", "FOOBARSECRET")


def call(
    client: Client, key: Credentials, url: str, *, method: str = "GET", body: bytes = b"", headers: Any = None
) -> Answer:
    return client(key, method, url, body, dict(headers or {}))


@pytest.fixture
def strict() -> Iterator[LambdaUrls]:
    with mock_lambda_urls(authorization="strict") as urls:
        yield urls


@pytest.fixture
def signed(strict: LambdaUrls) -> FunctionUrl:
    return strict.deploy(echo, auth_type="AWS_IAM")


TARGETS = [
    ("", "/", ""),
    ("orders/7", "/orders/7", ""),
    ("a b", "/a%20b", ""),
    ("a%20b/", "/a%20b/", ""),
    ("a%2Fb", "/a%2Fb", ""),
    ("/a//b", "//a//b", ""),
    ("über/€", "/%C3%BCber/%E2%82%AC", ""),
    ("~user/-_.", "/~user/-_.", ""),
    ("q?b=2&a=1", "/q", "b=2&a=1"),
    ("q?a=2&a=1&a=2", "/q", "a=2&a=1&a=2"),
    ("q?a=&b=", "/q", "a=&b="),
    ("q?q=x%20y%2Fz", "/q", "q=x%20y%2Fz"),
    ("q?q=%C3%BC", "/q", "q=%C3%BC"),
]


@pytest.mark.parametrize("client", CLIENTS)
def test_signed_paths_and_queries(signed: FunctionUrl, client: Client) -> None:
    for target, raw_path, raw_query in TARGETS:
        event = call(client, MOCKS_OWN, f"{signed}{target}").event
        assert event["rawPath"] == raw_path
        if client is not by_botocore_query:
            assert event["rawQueryString"] == raw_query
        else:
            assert raw_query.split("&")[0] in event["rawQueryString"]
            assert "X-Amz-Signature=" in event["rawQueryString"]


@pytest.mark.parametrize("query", ["a", "a&b=", "q=a+b", "x[]=1&x[]=2", "when=10:30"])
@pytest.mark.parametrize("client", [by_botocore, by_requests_aws4auth, by_url_auth])
def test_signed_queries_in_other_spellings(signed: FunctionUrl, client: Client, query: str) -> None:
    assert call(client, MOCKS_OWN, f"{signed}?{query}").event["queryStringParameters"]


@pytest.mark.parametrize("client", IN_HEADERS)
def test_signed_bodies(signed: FunctionUrl, client: Client) -> None:
    for body in (b"text", b"\xff\x00", "ü".encode(), b"x" * 100_000):
        event = call(client, MOCKS_OWN, signed, method="POST", body=body, headers={"Content-Type": "text/plain"}).event
        assert len(event["body"]) >= len(body) // 2
        assert "authorization" not in event["headers"]


@pytest.mark.parametrize("client", IN_HEADERS)
def test_wrong_secret(signed: FunctionUrl, client: Client) -> None:
    assert call(client, Credentials("FOOBARKEY", "wrong"), signed).is_(MISMATCH)


@pytest.mark.parametrize("client", CLIENTS)
def test_unknown_key(client: Client) -> None:
    unknown = Credentials("AKIAUNKNOWN", "secret")
    for mode in ("strict", "standard", "off"):
        with mock_lambda_urls(authorization=mode) as urls:
            url = urls.deploy(echo, auth_type="AWS_IAM")
            answer = call(client, unknown, url)
            if mode == "strict":
                assert answer.is_(BAD_TOKEN)
            else:
                assert answer.event["requestContext"]["authorizer"]["iam"] == {
                    "accessKey": "AKIAUNKNOWN",
                    "accountId": ACCOUNT,
                    "callerId": ACCOUNT,
                    "cognitoIdentity": None,
                    "principalOrgId": None,
                    "userArn": f"arn:aws:iam::{ACCOUNT}:root",
                    "userId": ACCOUNT,
                }


def test_unsigned(strict: LambdaUrls, signed: FunctionUrl) -> None:
    assert checked(ask(signed)) == UNSIGNED
    assert checked(ask(signed, headers=(("Authorization", "Bearer x"),))) == UNSIGNED
    got = requests.get(signed)
    assert (got.status_code, got.content) == (403, b'{"Message":"Forbidden"}')
    assert checked_lines(tuple(got.raw.headers.items())) == UNSIGNED.headers
    assert len(strict.invocations) == 0


def signed_lines(url: str, *, region: str = "us-east-1", service: str = "lambda", when: timedelta = timedelta()) -> Any:
    """Header lines that sign a GET of ``url``, ``when`` from now."""
    request = AWSRequest(method="GET", url=url)
    moment = datetime.now(timezone.utc) + when
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: moment.replace(tzinfo=None))
        SigV4Auth(MOCKS_OWN, service, region).add_auth(request)
    return tuple(request.headers.items())


def message_of(url: str, lines: Any) -> str:
    response = ask(url, headers=lines)
    assert (response.status, response.header("x-amzn-ErrorType")) == (403, "InvalidSignatureException")
    return json.loads(body_of(response))["message"]


def test_scope_and_time(signed: FunctionUrl) -> None:
    assert ask(signed, headers=signed_lines(signed)).status == 200
    assert message_of(signed, signed_lines(signed, region="eu-west-1")) == (
        "Credential should be scoped to a valid region, not 'eu-west-1'. "
    )
    assert message_of(signed, signed_lines(signed, service="execute-api")) == (
        "Credential should be scoped to correct service: 'lambda'. "
    )
    late = message_of(signed, signed_lines(signed, when=timedelta(minutes=-6)))
    assert late.startswith("Signature expired: ")
    assert late.endswith(" - 5 min.)")
    early = message_of(signed, signed_lines(signed, when=timedelta(minutes=6)))
    assert early.startswith("Signature not yet current: ")
    for minutes in (-4, 4):
        assert ask(signed, headers=signed_lines(signed, when=timedelta(minutes=minutes))).status == 200


def changed(prepared: requests.PreparedRequest, part: str) -> requests.PreparedRequest:
    other = prepared.copy()
    assert other.url is not None
    if part == "path":
        other.url = other.url.replace("/orders", "/orderz")
    elif part == "query":
        other.url = other.url.replace("a=1", "a=2")
    elif part == "body":
        other.body = b"bodz"
    elif part == "method":
        other.method = "PUT"
    elif part == "payload hash":
        other.headers["x-amz-content-sha256"] = sha256(b"bodz").hexdigest()
    elif part == "unsigned payload":
        other.headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
    else:
        other.headers[part] = other.headers[part] + "x"
    return other


@pytest.mark.parametrize(
    "part",
    [
        "path",
        "query",
        "body",
        "method",
        "payload hash",
        "unsigned payload",
        "Content-Type",
        "X-Amz-Meta",
        "Authorization",
    ],
)
def test_whatever_is_changed_on_the_way_is_refused(strict: LambdaUrls, signed: FunctionUrl, part: str) -> None:
    headers = {"Content-Type": "text/plain", "X-Amz-Meta": "m"}
    prepared = requests.Request(
        "POST", f"{signed}orders?a=1&b=2", data=b"body", headers=headers, auth=signed.auth()
    ).prepare()
    with requests.Session() as session:
        assert session.send(prepared).status_code == 200
        got = session.send(changed(prepared, part))
    assert Answer(got.status_code, got.raw.headers.items(), got.content).is_(MISMATCH)
    assert len(strict.invocations) == 1


def make_user(name: str, *actions: str, resource: str = "*", effect: str = "Allow") -> Credentials:
    """The key of a new user whose policy allows ``actions``."""
    iam = boto3.client("iam", "us-east-1")
    iam.create_user(UserName=name)
    if actions:
        iam.put_user_policy(UserName=name, PolicyName="calls", PolicyDocument=policy_of(actions, resource, effect))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def policy_of(actions: tuple[str, ...], resource: str = "*", effect: str = "Allow") -> str:
    statement = {"Effect": effect, "Action": list(actions), "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_session(*actions: str, account_id: str = ACCOUNT, policy: str | None = None) -> tuple[Credentials, str]:
    """The credentials of a session of a new role, of any account, and its ``AROA…:session`` id."""
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    with in_account(account_id):
        iam = boto3.client("iam", "us-east-1")
        role = iam.create_role(RoleName="caller", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        if actions:
            iam.put_role_policy(RoleName="caller", PolicyName="calls", PolicyDocument=policy_of(actions))
    more = {} if policy is None else {"Policy": policy}
    sts = boto3.client("sts", "us-east-1")
    key = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="tests", **more)["Credentials"]
    credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
    return credentials, f"{role['RoleId']}:tests"


@contextmanager
def in_account(account_id: str) -> Iterator[None]:
    """AWS is asked by ``account_id``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", account_id)
        yield


def test_user_by_policy(signed: FunctionUrl) -> None:
    key = make_user("ann", *BOTH, resource=signed.function_arn)
    for client in CLIENTS:
        iam = call(client, key, signed).event["requestContext"]["authorizer"]["iam"]
        user_id = boto3.client("iam").get_user(UserName="ann")["User"]["UserId"]
        assert iam == {
            "accessKey": key.access_key,
            "accountId": ACCOUNT,
            "callerId": user_id,
            "cognitoIdentity": None,
            "principalOrgId": None,
            "userArn": f"arn:aws:iam::{ACCOUNT}:user/ann",
            "userId": user_id,
        }


def test_user_by_group_and_managed_policy(signed: FunctionUrl) -> None:
    key, iam = make_user("ann"), boto3.client("iam")
    with pytest.warns(FunctionUrlPermissionWarning, match="user/ann"):
        assert call(by_botocore, key, signed).is_(NOT_GRANTED)
    arn = iam.create_policy(PolicyName="calls", PolicyDocument=policy_of(BOTH))["Policy"]["Arn"]
    iam.create_group(GroupName="callers")
    iam.add_user_to_group(GroupName="callers", UserName="ann")
    iam.attach_group_policy(GroupName="callers", PolicyArn=arn)
    assert call(by_botocore, key, signed).status == 200
    iam.put_user_policy(
        UserName="ann", PolicyName="not", PolicyDocument=policy_of((URL_ACTION,), signed.function_arn, "Deny")
    )
    assert call(by_botocore, key, signed).is_(NOT_GRANTED)


def test_user_named_by_the_functions_policy(strict: LambdaUrls) -> None:
    key = make_user("ann")
    url = strict.deploy(echo, auth_type="AWS_IAM", grant=False)
    strict.grant(url, f"arn:aws:iam::{ACCOUNT}:user/ann")
    assert call(by_requests_aws4auth, key, url).status == 200
    strict.revoke(url, f"arn:aws:iam::{ACCOUNT}:user/ann")
    with pytest.warns(FunctionUrlPermissionWarning):
        assert call(by_requests_aws4auth, key, url).is_(NOT_GRANTED)


@pytest.mark.parametrize("client", CLIENTS)
def test_session_of_a_role(signed: FunctionUrl, client: Client) -> None:
    key, session_id = make_session(*BOTH)
    assert call(client, key, signed).event["requestContext"]["authorizer"]["iam"] == {
        "accessKey": key.access_key,
        "accountId": ACCOUNT,
        "callerId": session_id,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/caller/tests",
        "userId": session_id,
    }


def test_session_with_another_token_or_none(signed: FunctionUrl) -> None:
    key, _ = make_session(*BOTH)
    for token in (None, "another"):
        assert call(by_botocore, Credentials(key.access_key, key.secret_key, token), signed).is_(BAD_TOKEN)


def test_session_with_a_policy_of_its_own(signed: FunctionUrl) -> None:
    key, _ = make_session(*BOTH, policy=policy_of(("s3:*",)))
    with pytest.warns(FunctionUrlPermissionWarning, match="assumed-role/caller/tests"):
        assert call(by_botocore, key, signed).is_(NOT_GRANTED)


def test_session_of_another_account(strict: LambdaUrls, signed: FunctionUrl) -> None:
    key, session_id = make_session(*BOTH, account_id=OTHER)
    with pytest.warns(FunctionUrlPermissionWarning, match=f"Principal='arn:aws:iam::{OTHER}:role/caller'"):
        assert call(by_botocore, key, signed).is_(NOT_GRANTED)
    strict.grant(signed, OTHER)
    iam = call(by_botocore, key, signed).event["requestContext"]["authorizer"]["iam"]
    assert (iam["accountId"], iam["userId"]) == (OTHER, session_id)
    assert iam["userArn"] == f"arn:aws:sts::{OTHER}:assumed-role/caller/tests"


def test_session_of_another_account_without_a_policy_there(strict: LambdaUrls, signed: FunctionUrl) -> None:
    key, _ = make_session(account_id=OTHER)
    strict.grant(signed, OTHER)
    with pytest.warns(FunctionUrlPermissionWarning, match=r"iam\.put_role_policy\(RoleName='caller', "):
        assert call(by_botocore, key, signed).is_(NOT_GRANTED)


def test_deactivated_and_deleted_keys(signed: FunctionUrl) -> None:
    key, iam = make_user("ann", *BOTH), boto3.client("iam")
    assert call(by_botocore, key, signed).status == 200
    iam.update_access_key(UserName="ann", AccessKeyId=key.access_key, Status="Inactive")
    assert call(by_botocore, key, signed).is_(BAD_TOKEN)
    iam.delete_access_key(UserName="ann", AccessKeyId=key.access_key)
    assert call(by_botocore, key, signed).is_(BAD_TOKEN)


def test_function_of_another_account() -> None:
    with mock_lambda_urls(authorization="strict") as urls, in_account(OTHER):
        url = urls.deploy(echo, auth_type="AWS_IAM")
        event = call(by_botocore, MOCKS_OWN, url).event
        assert url.account_id == event["requestContext"]["accountId"] == OTHER


def test_ambient_credentials(signed: FunctionUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAAMBIENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ambient")
    iam = call(by_botocore, Credentials("AKIAAMBIENT", "ambient"), signed).event["requestContext"]["authorizer"]["iam"]
    assert (iam["accessKey"], iam["userArn"]) == ("AKIAAMBIENT", f"arn:aws:iam::{ACCOUNT}:root")
    assert call(by_botocore, Credentials("AKIAAMBIENT", "other"), signed).is_(MISMATCH)
    assert os.environ["AWS_ACCESS_KEY_ID"] == "AKIAAMBIENT"


def test_presigned_url_of_a_browser(signed: FunctionUrl) -> None:
    request = AWSRequest(method="GET", url=f"{signed}report?page=2")
    SigV4QueryAuth(MOCKS_OWN, "lambda", "us-east-1", expires=60).add_auth(request)
    assert request.url is not None
    got = requests.get(request.url, headers={"Accept-Language": "de", "Cookie": "a=1"})
    assert got.json()["queryStringParameters"]["page"] == "2"
    tampered = requests.get(request.url.replace("page=2", "page=3"))
    assert Answer(tampered.status_code, tampered.raw.headers.items(), tampered.content).is_(MISMATCH)
    assert requests.post(request.url).status_code == 403


def statement(url: FunctionUrl, action: str) -> dict[str, Any]:
    condition = {"InvokedViaFunctionUrl": True} if action == FUNCTION_ACTION else {"FunctionUrlAuthType": "NONE"}
    return {"FunctionName": url.function_name, "StatementId": "s", "Action": action, "Principal": "*", **condition}


def warned_by(call: Callable[[], Any]) -> tuple[Any, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = call()
    assert {each.category for each in caught} <= {FunctionUrlPermissionWarning}
    return answer, [str(each.message) for each in caught]


def public_call(url: FunctionUrl, action: str) -> str:
    sid = "FunctionURLAllowPublicAccess" if action == URL_ACTION else "FunctionURLInvokeAllowPublicAccess"
    how = "FunctionUrlAuthType='NONE'" if action == URL_ACTION else "InvokedViaFunctionUrl=True"
    return (
        f"client.add_permission(FunctionName='{url.function_name}', StatementId='{sid}', "
        f"Action='{action}', Principal='*', {how})"
    )


@pytest.mark.parametrize(("mode", "passes"), [("standard", False), ("strict", False), ("off", True)])
def test_public_url_without_grants(mode: Authorization, passes: bool) -> None:
    with mock_lambda_urls(authorization=mode) as urls:
        url = urls.deploy(lambda event, context: "ok", grant=False)
        response, messages = warned_by(lambda: checked(ask(url)))
        assert response == (answered(b"ok") if passes else NOT_GRANTED)
        told = (
            "The public has no grant of lambda:InvokeFunctionUrl and none of lambda:InvokeFunction "
            f"for {url} (auth type NONE). AWS wants both grants. The call was refused.\n"
            f"Add what is missing:\n{CLIENT}\n{public_call(url, URL_ACTION)}\n{public_call(url, FUNCTION_ACTION)}"
        )
        assert messages == ([] if passes else [told])
        assert warned_by(lambda: ask(url).status) == (200 if passes else 403, [])


@pytest.mark.parametrize(("mode", "passes"), [("standard", True), ("strict", False), ("off", True)])
def test_public_url_with_the_first_grant_alone(mode: Authorization, passes: bool) -> None:
    with mock_lambda_urls(authorization=mode) as urls:
        url = urls.deploy(lambda event, context: "ok", grant=False)
        urls.client("lambda").add_permission(**statement(url, URL_ACTION))
        response, messages = warned_by(lambda: checked(ask(url)))
        assert response == (answered(b"ok") if passes else NOT_GRANTED)
        outcome = "AWS refuses this since October 2025." if passes else "The call was refused."
        expected = (
            "The public has no grant of lambda:InvokeFunction, but one of lambda:InvokeFunctionUrl "
            f"for {url} (auth type NONE). AWS wants both grants. {outcome}\n"
            f"Add what is missing:\n{CLIENT}\n" + public_call(url, FUNCTION_ACTION)
        )
        assert messages == ([] if mode == "off" else [expected])
        assert warned_by(lambda: ask(url).status)[1] == []


def test_the_warnings_calls_are_what_is_missing(strict: LambdaUrls) -> None:
    url = strict.deploy(lambda event, context: "ok", grant=False, alias="live")
    response, (message,) = warned_by(lambda: ask(url))
    assert response.status == 403
    exec("\n".join(message.splitlines()[2:]), {"boto3": boto3})
    assert warned_by(lambda: checked(ask(url))) == (answered(b"ok"), [])


def test_the_warnings_calls_for_a_user_are_what_is_missing(strict: LambdaUrls) -> None:
    key = make_user("ann")
    url = strict.deploy(echo, auth_type="AWS_IAM", grant=False)
    refusal, (message,) = warned_by(lambda: call(by_botocore, key, url))
    assert refusal.is_(NOT_GRANTED)
    exec("\n".join(message.splitlines()[2:]), {"boto3": boto3})
    answer, messages = warned_by(lambda: call(by_botocore, key, url))
    assert (answer.status, messages) == (200, [])


def test_each_url_is_warned_of_once(strict: LambdaUrls) -> None:
    urls = [strict.deploy(echo, grant=False) for _ in range(2)]
    _, messages = warned_by(lambda: [ask(url) for url in urls * 2])
    assert [url for url in urls if url in messages[0]] == urls[:1]
    assert [url for url in urls if url in messages[1]] == urls[1:]
    assert len(messages) == 2


def test_grants_of_the_other_kind_open_nothing(strict: LambdaUrls) -> None:
    public = strict.deploy(echo, grant=False)
    client = strict.client("lambda")
    client.add_permission(**{**statement(public, URL_ACTION), "FunctionUrlAuthType": "AWS_IAM"})
    client.add_permission(**{**statement(public, FUNCTION_ACTION), "StatementId": "t"})
    assert warned_by(lambda: checked(ask(public)))[0] == NOT_GRANTED
    signed = strict.deploy(echo, auth_type="AWS_IAM", grant=False)
    grant_public(client, signed.function_name)
    key = make_user("ann")
    assert warned_by(lambda: call(by_botocore, key, signed))[0].is_(NOT_GRANTED)


def test_off_asks_for_nothing() -> None:
    with mock_lambda_urls(authorization="off") as urls:
        url = urls.deploy(echo, auth_type="AWS_IAM", grant=False)
        event = json.loads(body_of(ask(url)))
        assert "authorizer" not in event["requestContext"]
        assert event["requestContext"]["accountId"] == ACCOUNT
        answer, messages = warned_by(lambda: call(by_botocore, MOCKS_OWN, url))
        assert answer.event["requestContext"]["authorizer"]["iam"]["accessKey"] == "FOOBARKEY"
        assert call(by_botocore, Credentials("FOOBARKEY", "wrong"), url).status == 200
        assert messages == []


def test_policies_see_the_request(strict: LambdaUrls, signed: FunctionUrl) -> None:
    key, iam = make_user("ann"), boto3.client("iam")
    condition = {"StringEquals": {"aws:UserAgent": "mine"}, "Bool": {"aws:SecureTransport": "true"}}
    grant = {"Effect": "Allow", "Action": "lambda:*", "Resource": signed.function_arn, "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": grant})
    iam.put_user_policy(UserName="ann", PolicyName="calls", PolicyDocument=document)
    assert call(by_botocore, key, signed, headers={"User-Agent": "mine"}).status == 200
    with pytest.warns(FunctionUrlPermissionWarning):
        assert call(by_botocore, key, signed, headers={"User-Agent": "other"}).body == FORBIDDEN


def test_host_is_signed(signed: FunctionUrl) -> None:
    lines = signed_lines(signed)
    assert ask(signed, headers=lines).status == 200
    assert message_of(signed, (*lines, ("Host", "elsewhere"))).startswith("The request signature")


def refusal_of(url: FunctionUrl) -> Refusal:
    refusal = url.requests.last.refusal
    assert refusal is not None
    return refusal


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PURGE"])
@pytest.mark.parametrize("path", ["/", "/orders/7", "/a%20b/%2F/{x}'\"$HOME`", "/x" * 600, "/über/€"])
def test_the_cure_keeps_method_and_path_and_is_run_as_pasted(strict: LambdaUrls, method: str, path: str) -> None:
    url = strict.deploy(echo, name="orders", auth_type="AWS_IAM")
    assert requests.request(method, f"{url}{path[1:]}").status_code == 403
    refused = url.requests.last
    url_line, root, call = refusal_of(url).cure.splitlines()
    assert root.startswith("# url.auth() signs with the mock's own key, as the account's root; ")
    names: dict[str, Any] = {"lambda_urls": strict, "requests": requests}
    exec(f"{url_line}\nanswer = {call}", names)
    assert names["answer"].status_code == 200
    assert (url.last.method, unquote(url.last.path or "")) == (method, unquote(refused.path or ""))


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PURGE"])
@pytest.mark.parametrize("path", ["/", "/orders/7", "/" + "x" * 999, "/" + "x" * 1_000])
def test_the_cure_of_a_server_is_a_command_too(signed: FunctionUrl, method: str, path: str) -> None:
    assert ask(signed, method=method, path=path, query="a=b", body=b"c", is_served=True).status == 403
    *_, by_whom, command = refusal_of(signed).cure.splitlines()
    is_cut = len(path) > 1_000
    kept = "path, query and body" if is_cut else "query and body"
    assert by_whom == f"# or by the caller whose credentials are in the environment; add the same {kept}:"
    arguments = shlex.split(command.removeprefix("# "))
    assert arguments[:5] == [
        "curl",
        "--aws-sigv4",
        "aws:amz:us-east-1:lambda",
        "--user",
        "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY",
    ]
    assert arguments[5:-1] == {"GET": [], "HEAD": ["--head"]}.get(method, ["-X", method])
    assert arguments[-1] == (signed if is_cut else f"{signed}{path[1:]}")


@pytest.mark.parametrize("path", ["/a%20b", "/a:b", "//a", "/über"])
def test_a_path_that_curl_signs_otherwise_has_no_command(signed: FunctionUrl, path: str) -> None:
    assert ask(signed, path=path, is_served=True).status == 403
    assert refusal_of(signed).cure.splitlines()[-1] == (
        "# or by the caller whose credentials are in the environment; not with curl --aws-sigv4, which in older "
        "releases signs such a path wrongly"
    )


def test_the_cure_of_a_user_signs_as_that_user(strict: LambdaUrls) -> None:
    key = make_user("ann")
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}}
    boto3.client("iam").put_user_policy(UserName="ann", PolicyName="all", PolicyDocument=json.dumps(document))
    url = strict.deploy(echo, name="orders", auth_type="AWS_IAM", alias="live")
    assert call(by_botocore, Credentials(key.access_key, "wrong"), url).is_(MISMATCH)
    lines = refusal_of(url).cure.splitlines()
    known = f"the secret of {key.access_key} is the SecretAccessKey that create_access_key returned with it"
    found = "url = lambda_urls.find('orders', 'live', region_name='us-east-1')"
    assert lines == [
        f"# {known}; to sign as the same caller without it:",
        f"{found}  # lambda_urls: the fixture, or what mock_lambda_urls() gives",
        f"requests.get(url, auth=url.auth('arn:aws:iam::{ACCOUNT}:user/ann'))  # httpx takes the same auth",
    ]
    exec("\n".join(lines), {"lambda_urls": strict, "requests": requests})
    assert url.last.event["requestContext"]["authorizer"]["iam"]["userArn"] == f"arn:aws:iam::{ACCOUNT}:user/ann"


ITEMS = ["access key", "region", "service", "date", "signed headers"]


@pytest.mark.parametrize(
    ("key", "region", "service", "item", "difference"),
    [
        (Credentials("NOBODYS", "x"), "us-east-1", "lambda", "access key", "NOBODYS is nobody's"),
        (MOCKS_OWN, "eu-west-1", "lambda", "region", "eu-west-1, the URL's is us-east-1"),
        (MOCKS_OWN, "us-east-1", "execute-api", "service", "execute-api, that of function URLs is lambda"),
        (Credentials("FOOBARKEY", "x"), "us-east-1", "lambda", "signature", "it is not the one that the key's secret"),
        (Credentials("FOOBARKEY", "x", "y"), "us-east-1", "lambda", "session token", "it is not the one of this key"),
    ],
)
def test_what_differs_is_said_first(
    signed: FunctionUrl, key: Credentials, region: str, service: str, item: str, difference: str
) -> None:
    request = AWSRequest(method="GET", url=signed.url)
    SigV4Auth(key, service, region).add_auth(request)
    assert requests.get(signed, headers=dict(request.headers)).status_code == 403
    compared = refusal_of(signed).compared
    (first, told), *others = compared.items()
    assert (first, told[: len(f"differs: {difference}")]) == (item, f"differs: {difference}")
    also = ["signature"] if item == "session token" else []  # of such a request nothing is right
    assert [name for name, _ in others] == also + [name for name in ITEMS if name != item]
    assert [value[:4] for name, value in others if name not in also] == ["ok: "] * len(others[len(also) :])


def test_dates_and_headers_that_differ(signed: FunctionUrl) -> None:
    old = signed_lines(signed)
    changed = tuple((name, "20200101T000000Z" if name == "X-Amz-Date" else value) for name, value in old)
    assert ask(signed, headers=changed).status == 403
    assert refusal_of(signed).compared["date"].startswith("differs: 20200101T000000Z, now it is ")
    assert ask(signed, headers=(*old, ("x-amz-meta", "1"))).status == 403
    assert refusal_of(signed).reason == (
        "the request is not as it was signed: x-amz-meta came, and is not among the signed headers"
    )
    assert refusal_of(signed).compared["signed headers"].startswith("differs: x-amz-meta came, ")


CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "method": ({"method": "GET"}, {"method": "POST"}, "its method was GET, and POST came"),
    "body": ({"method": "PUT"}, {"method": "PUT", "data": b"ab"}, "it had no body, and 2 bytes came"),
    "query": ({}, {"path": "?a=1"}, "it had no query, and one came"),
    "slash": ({"path": "a"}, {"path": "a/"}, "its path was /a, and /a/ came"),
    "path": ({}, {"path": "orders"}, "its path was /, and /orders came"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_request_is_told_from_a_wrong_secret(signed: FunctionUrl, change: str) -> None:
    before, after, clause = CHANGES[change]
    headers = signed.sign(before.get("method", "GET"), before.get("path", ""))
    sent = {"method": "GET", "path": "", **after}
    url = f"{signed}{sent.pop('path')}"
    assert requests.request(sent.pop("method"), url, headers=headers, **sent).status_code == 403
    assert refusal_of(signed).reason == f"the request was changed after it was signed, by the right secret: {clause}"


@pytest.mark.parametrize("path", ["/a%20b/c", "/a:b", "/%C3%BC"])
def test_a_path_that_was_encoded_once_is_told_from_a_wrong_secret(signed: FunctionUrl, path: str) -> None:
    for signer, status in ((SigV4Auth, 200), (S3SigV4Auth, 403)):  # S3's signs as older releases of curl do
        request = AWSRequest(method="GET", url=f"{signed}{path[1:]}")
        signer(MOCKS_OWN, "lambda", "us-east-1").add_auth(request)
        request.headers.add_header("x-added", "1")
        assert requests.get(str(request.url), headers=dict(request.headers)).status_code == status
    refusal = refusal_of(signed)
    assert refusal.reason == (
        "the path was encoded once for the signature, as for S3, and Lambda wants its escapes encoded again, which "
        "older releases of curl --aws-sigv4 do not"
    )
    assert refusal.compared["signature"] == (
        "differs: it is not the one that the key's secret makes of this request, but that of the request with its path "
        "encoded once"
    )


NO_USUAL_CHANGE = (
    "differs: it is not the one that the key's secret makes of this request; no usual change of method, host, path, "
    "query or body explains it, so "
)


@pytest.mark.parametrize(
    ("before", "sent", "suspects"),
    [
        ({}, {}, "another body"),
        ({"headers": {"Content-Type": "a/b"}}, {"Content-Type": "a/c"}, "another body or another content-type"),
        ({"headers": {"X-Amz-Content-Sha256": sha256(b"b").hexdigest()}}, {}, ""),
    ],
    ids=["body", "header", "hash"],
)
def test_a_changed_body_may_be_it_where_nothing_shows_that_it_was_not(
    signed: FunctionUrl, before: dict[str, Any], sent: dict[str, Any], suspects: str
) -> None:
    key = MOCKS_OWN if suspects else Credentials("FOOBARKEY", "wrong")
    lines = signed.sign("POST", body=b"b" if not suspects else b"a", identity=key, **before)
    assert requests.post(signed, data=b"b", headers={**lines, **sent}).status_code == 403
    refusal = refusal_of(signed)
    assert refusal.reason == (
        f"the signature was made of {suspects}, or not with the secret of FOOBARKEY"
        if suspects
        else "the signature was not made with the secret of FOOBARKEY"
    )
    rest = f"{suspects} was signed, or the secret is another" if suspects else "the secret is another"
    assert refusal.compared["signature"] == NO_USUAL_CHANGE + rest


def test_a_body_that_is_not_the_one_of_its_hash(signed: FunctionUrl) -> None:
    lines = signed.sign("POST", body=b"a", headers={"X-Amz-Content-Sha256": sha256(b"a").hexdigest()})
    assert requests.post(signed, data=b"b", headers=lines).status_code == 403
    assert refusal_of(signed).reason == (
        "the request is not as it was signed: x-amz-content-sha256 is not the hash of the body that came"
    )


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("FOOBARSECRET\n", "the secret that signed has a line break at its end, that of FOOBARKEY has none"),
        ("", "the secret that signed is empty, that of FOOBARKEY is not"),
        (
            "FOOBARSECRET ",
            "the signature was not made with the secret of FOOBARKEY",
        ),
    ],
)
def test_secrets_that_are_not_quite_right(signed: FunctionUrl, secret: str, reason: str) -> None:
    assert call(by_botocore, Credentials("FOOBARKEY", secret), signed).is_(MISMATCH)
    assert refusal_of(signed).reason == reason


def test_the_canonical_request_is_logged_at_debug_alone(signed: FunctionUrl, caplog: pytest.LogCaptureFixture) -> None:
    wrong = Credentials("FOOBARKEY", "wrong")
    caplog.set_level("INFO", "moto_lambda_urls")
    assert call(by_botocore, wrong, signed).is_(MISMATCH)
    assert "x-amz-date:" not in caplog.text
    caplog.set_level("DEBUG", "moto_lambda_urls")
    assert call(by_botocore, wrong, signed).is_(MISMATCH)
    [told] = [each.getMessage() for each in caplog.records if each.levelname == "DEBUG"]
    assert told.startswith("The canonical request of GET /:\nGET\n/\n\nhost:")
    assert "FOOBARSECRET" not in caplog.text


def test_a_secret_in_the_place_of_the_key_is_not_told(signed: FunctionUrl, caplog: pytest.LogCaptureFixture) -> None:
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    for client in (by_botocore, by_botocore_query):
        assert call(client, Credentials(secret, "AKIAIOSFODNN7EXAMPLE"), signed).status == 403
        assert requests.get(signed, headers={"Authorization": secret}).status_code == 403
    told = "".join(each.report for each in signed.requests)
    assert "wJal... (40 characters, no access key id of AWS) is nobody's" in told
    assert secret[:10] not in told + caplog.text


@pytest.mark.parametrize("mode", ["off", "standard", "strict"])
def test_nothing_is_explained_where_nothing_is_refused(mode: Authorization, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("explained")

    monkeypatch.setattr(import_module("moto_lambda_urls.gateway.auth.authorize"), "explained", never)
    with mock_lambda_urls(authorization=mode) as urls:
        url = urls.deploy(echo, auth_type="AWS_IAM")
        assert call(by_botocore, MOCKS_OWN, url).status == 200
        if mode == "off":
            assert requests.get(url).status_code == 200
            assert call(by_botocore, Credentials("FOOBARKEY", "wrong"), url).status == 200


def test_a_key_that_nobody_knows_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    with mock_lambda_urls() as urls:
        url = urls.deploy(echo, auth_type="AWS_IAM")
        for name in ("FIRST", "SECOND") * 3:
            assert call(by_botocore, Credentials(name, "x"), url).status == 200
    told = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert told == [
        f"The access key {name} is nobody's: its requests are taken for those of arn:aws:iam::{ACCOUNT}:root, "
        'unverified. AWS refuses them, as authorization="strict" does.'
        for name in ("FIRST", "SECOND")
    ]
