"""The server from outside: boto3, http.client, requests."""

from __future__ import annotations

import gc
import http.client
import json
import os
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from moto.awslambda.models import LambdaBackend, lambda_backends
from support.forged import STACK
from support.server_functions import KEY, make_client, make_function

from moto_lambda_urls import LambdaUrlsServer
from moto_lambda_urls.runtime import log_streams
from moto_lambda_urls.server import create_app
from moto_lambda_urls.state import metrics

pytestmark = pytest.mark.in_process
TESTS = Path(__file__).parents[1]


@pytest.fixture
def server() -> Iterator[LambdaUrlsServer]:
    with LambdaUrlsServer() as running:
        yield running


def test_life_of_a_url(server: LambdaUrlsServer) -> None:
    client = make_client(server)
    url = make_function(server)
    answer = requests.post(f"{url}a%2Fb//c?x=1&x=%20", data="text", headers={"content-type": "text/plain"})
    event = answer.json()
    assert (answer.status_code, answer.headers["x-function"]) == (200, "echo")
    assert (event["rawPath"], event["rawQueryString"], event["body"]) == ("/a%2Fb//c", "x=1&x=%20", "text")
    assert event["requestContext"]["domainName"].endswith(".lambda-url.us-east-1.on.aws")
    assert [
        each["FunctionUrl"] for each in client.list_function_url_configs(FunctionName="echo")["FunctionUrlConfigs"]
    ] == [url]
    assert client.get_function_url_config(FunctionName="echo")["FunctionUrl"] == url
    assert server.invocations[-1].event == event
    client.delete_function_url_config(FunctionName="echo")
    gone = requests.get(url)
    assert (gone.status_code, gone.json()) == (403, {"Message": None})


@pytest.mark.parametrize("style", ["path", "host", "aws"])
def test_every_style_of_address_is_understood(style: Any) -> None:
    with LambdaUrlsServer(url_style=style) as server:
        shown = make_function(server, region="eu-west-1")
        address = urlsplit(server.endpoint_url)
        url_id = requests.get(f"{server.endpoint_url}/_aws/lambda-url/-/state").json()["urls"][0]["id"]
        assert (
            shown
            == {
                "path": f"{server.endpoint_url}/_aws/lambda-url/{url_id}/",
                "host": f"http://{url_id}.lambda-url.eu-west-1.localhost:{address.port}/",
                "aws": f"https://{url_id}.lambda-url.eu-west-1.on.aws/",
            }[style]
        )
        hosts = {
            f"{url_id}.lambda-url.eu-west-1.on.aws": "//x/",
            f"{url_id}.lambda-url.eu-west-1.localhost:{address.port}": "//x/",
            address.netloc: f"/_aws/lambda-url/{url_id}//x/",
        }
        for host, path in hosts.items():
            event = get_as(server, host, path)
            assert (event["rawPath"], event["headers"]["host"]) == ("//x/", host)


def get_as(server: LambdaUrlsServer, host: str, target: str) -> Any:
    connection = http.client.HTTPConnection(urlsplit(server.endpoint_url).netloc)
    connection.putrequest("GET", target, skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    answer = json.load(connection.getresponse())
    connection.close()
    return answer


def test_client_of_a_proxy(server: LambdaUrlsServer) -> None:
    url_id = urlsplit(make_function(server)).path.split("/")[3]
    event = get_as(server, "127.0.0.1", f"http://{url_id}.lambda-url.us-east-1.on.aws/x?y=1")
    assert (event["rawPath"], event["rawQueryString"]) == ("/x", "y=1")


def test_host_of_another_region_is_unknown(server: LambdaUrlsServer) -> None:
    url_id = urlsplit(make_function(server)).path.split("/")[3]
    assert get_as(server, f"{url_id}.lambda-url.eu-west-1.on.aws", "/") == {"Message": None}


def signed(
    server: LambdaUrlsServer, url: str, *, query: bool, body: bytes = b"", key: Credentials = KEY
) -> requests.Response:
    request = AWSRequest(method="PUT", url=url, data=body, headers={"content-type": "text/plain"})
    (SigV4QueryAuth(key, "lambda", "us-east-1") if query else SigV4Auth(key, "lambda", "us-east-1")).add_auth(request)
    assert request.url is not None
    return put(server, request.url, body, dict(request.headers))


def put(server: LambdaUrlsServer, url: str, body: bytes, headers: dict[str, str]) -> requests.Response:
    """PUT to the server, whatever the host in ``url`` resolves to: only browsers and some systems know
    ``*.localhost``."""
    signed_host = urlsplit(url).netloc
    prepared = requests.Request("PUT", url, data=body, headers={"Host": signed_host, **headers}).prepare()
    prepared.url = url.replace(signed_host, urlsplit(server.endpoint_url).netloc)
    with requests.Session() as session:
        return session.send(prepared)


def make_user(server: LambdaUrlsServer) -> Credentials:
    """The key of a user who may use all of Lambda."""
    iam = make_client(server, "iam")
    iam.create_user(UserName="me")
    key = iam.create_access_key(UserName="me")["AccessKey"]
    allow = {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_user_policy(UserName="me", PolicyName="all", PolicyDocument=document)
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


@pytest.mark.parametrize("query", [False, True])
@pytest.mark.parametrize("style", ["path", "host", "aws"])
def test_signature_is_over_what_was_sent(style: Any, query: bool) -> None:
    with LambdaUrlsServer(url_style=style) as server:
        key = make_user(server)
        url = make_function(server, auth_type="AWS_IAM").replace("https:", "http:")
        answer = signed(server, f"{url}a//b%20c", query=query, body=b"" if query else b"text", key=key)
        assert (answer.status_code, answer.json()["rawPath"]) == (200, "/a//b%20c")
        assert answer.json()["requestContext"]["authorizer"]["iam"]["accessKey"] == key.access_key
        wrong = signed(server, url, query=query, key=Credentials(key.access_key, "another"))
        assert (wrong.status_code, wrong.headers["x-amzn-errortype"]) == (403, "InvalidSignatureException")
        unsigned = put(server, url, b"", {})
        assert (unsigned.status_code, unsigned.json()) == (403, {"Message": "Forbidden"})


STREAM = """
import time

def handler(event, context):
    yield {"statusCode": 201, "headers": {"content-type": "text/plain"}}
    for number in range(3):
        yield f"{number}\\n"
        time.sleep(0.1)
"""


def test_stream_comes_as_it_is_made(server: LambdaUrlsServer) -> None:
    url = make_function(server, code=STREAM, InvokeMode="RESPONSE_STREAM")
    answer = requests.get(url, stream=True)
    arrived = [(time.monotonic(), piece) for piece in answer.iter_content(None)]
    assert (answer.status_code, b"".join(piece for _, piece in arrived)) == (201, b"0\n1\n2\n")
    assert arrived[-1][0] - arrived[0][0] > 0.1


def test_body_over_the_limit(server: LambdaUrlsServer) -> None:
    url = make_function(server, Cors={"AllowOrigins": ["http://a"]})
    sent = {"Content-Length": "6291457", "Expect": "100-continue", "Origin": "http://a"}
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    connection.request("POST", urlsplit(url).path, headers=sent)
    answer = connection.getresponse()
    assert answer.status == 413
    assert answer.headers["x-amzn-errortype"] == "RequestEntityTooLargeException"
    assert answer.headers["access-control-allow-origin"] == "http://a"
    message = "Request must be smaller than 6291456 bytes for the InvokeFunction operation"
    assert json.load(answer) == {"Message": message}
    connection.close()


def test_handler_that_fails(server: LambdaUrlsServer, caplog: pytest.LogCaptureFixture) -> None:
    url = make_function(server, code="def handler(event, context):\n    return 1 / 0\n")
    answer = requests.get(url)
    assert (answer.status_code, answer.text) == (502, "Internal Server Error")
    assert server.invocations[-1].error is not None
    assert server.invocations[-1].error.type == "ZeroDivisionError"
    assert "ZeroDivisionError" in caplog.text


def test_boto3_in_a_handler_reaches_the_server(server: LambdaUrlsServer) -> None:
    code = (
        "import boto3, os\ndef handler(event, context):\n"
        "    names = [each['Name'] for each in boto3.client('s3').list_buckets()['Buckets']]\n"
        "    return {'endpoint': os.environ['AWS_ENDPOINT_URL'], 'buckets': names}\n"
    )
    make_client(server, "s3").create_bucket(Bucket="mine")
    assert requests.get(make_function(server, code=code)).json() == {
        "endpoint": server.endpoint_url,
        "buckets": ["mine"],
    }


def test_registered_handler() -> None:
    with LambdaUrlsServer(handlers={"echo": lambda event, _: {"body": event["rawPath"], "statusCode": 299}}) as server:
        answer = requests.get(make_function(server) + "x")
        assert (answer.status_code, answer.text) == (299, "/x")


def test_raised_handler_errors_stay_in_the_server() -> None:
    def fails(event: Any, context: Any) -> None:
        raise LookupError("on purpose")

    with LambdaUrlsServer(handlers={"echo": fails}, raise_handler_errors=True) as server:
        assert requests.get(make_function(server)).status_code == 500


def test_controller(server: LambdaUrlsServer) -> None:
    url = server.urls.deploy(lambda event, _: event["rawPath"], name="direct")
    assert requests.get(f"{url}x").text == "/x"
    assert server.urls.invocations[-1].function_name == "direct"


def test_moto_is_as_it_was(server: LambdaUrlsServer) -> None:
    s3 = make_client(server, "s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="a//b c", Body=b"x" * 100_000)
    assert s3.get_object(Bucket="bucket", Key="a//b c")["Body"].read() == b"x" * 100_000
    assert make_client(server, "sts").get_caller_identity()["Account"] == "123456789012"


def test_reset(server: LambdaUrlsServer) -> None:
    url = make_function(server)
    requests.get(url)
    assert requests.post(f"{server.endpoint_url}/moto-api/reset").status_code == 200
    assert make_client(server).list_functions()["Functions"] == []
    assert requests.get(url).status_code == 403
    assert list(server.invocations) == []
    server.reset()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of docker, where there is no Docker
def test_dashboard_shows_functions(server: LambdaUrlsServer) -> None:
    make_function(server)
    shown = requests.get(f"{server.endpoint_url}/moto-api/data.json").json()
    gc.collect()
    assert [each["function_name"] for each in shown["awslambda"]["LambdaFunction"]] == ["echo"]


PAGE = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
SIMPLE = {**PAGE, "Content-Type": "text/plain"}
FORM = {**PAGE, "Content-Type": "application/x-www-form-urlencoded"}
CREDENTIAL = "AWS4-HMAC-SHA256 Credential=AKIAX/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"


def with_service(service: str, headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "Authorization": CREDENTIAL.format(service)}


@pytest.mark.parametrize(
    ("method", "path", "headers", "body"),
    [
        ("POST", "/lambda_us-east-1/functions", SIMPLE, "{}"),
        ("POST", "/2015-03-31/functions", with_service("lambda", SIMPLE), "{}"),
        ("POST", "/anything/else", with_service("lambda", SIMPLE), "{}"),
        ("POST", "/2015-03-31/functions", with_service("Lambda", {"Origin": "null"}), "{}"),
        ("PUT", "/2015-03-31/functions/f/code", with_service("lambda", {"Sec-Fetch-Site": "same-site"}), "{}"),
        ("GET", "/2015-03-31/functions", with_service("lambda", {"Sec-Fetch-Site": "cross-site"}), ""),
        ("POST", "/", with_service("cloudformation", FORM), STACK),
        ("POST", "/cloudformation_us-east-1/cfnresponse", SIMPLE, "{}"),
        ("POST", "/", with_service("states", SIMPLE), "{}"),
        ("POST", "/moto-api/reset", SIMPLE, ""),
        ("POST", "/moto-api/seed?a=1", FORM, ""),
        ("POST", "/moto-api/recorder/upload-recording", SIMPLE, "x"),
        ("POST", "/moto-api/recorder/replay-recording", SIMPLE, ""),
        ("POST", "/moto-api/config", SIMPLE, "{}"),
        ("GET", "/moto-api/data.json", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}, ""),
        ("PUT", "/bucket", SIMPLE, ""),
        ("PUT", "/bucket", {"Origin": "null"}, ""),
        ("GET", "/bucket/key", {"Sec-Fetch-Site": "same-site"}, ""),
        ("OPTIONS", "/bucket/key", {**PAGE, "Access-Control-Request-Method": "PUT"}, ""),
        ("HEAD", "/bucket/key", {"Sec-Fetch-Site": "cross-site"}, ""),
        ("POST", "/", with_service("sns", FORM), "Action=CreateTopic&Name=t"),
        ("GET", "/bucket/key", {"Host": "lambda.us-east-1.amazonaws.com.attacker.com"}, ""),
        ("GET", "/_aws/lambda-url/", {"Host": "evil.example"}, ""),
        ("POST", "/_aws/lambda-url/-/send", SIMPLE, "{}"),
        ("POST", "/_aws/lambda-url/-/send", {**PAGE, "Content-Type": "application/json"}, "{}"),
        ("GET", "/_aws/lambda-url/-/state", {"Sec-Fetch-Site": "cross-site"}, ""),
        ("GET", "/_aws/lambda-url/-/state", {"Host": "evil.example", "Sec-Fetch-Site": "same-origin"}, ""),
        ("GET", f"/?{STACK}", with_service("cloudformation", {"Host": "evil.example"}), ""),
        ("POST", "/moto-api/reset", {"Host": "evil.example", "Origin": "http://evil.example"}, ""),
    ],
)
def test_page_is_refused(server: LambdaUrlsServer, method: str, path: str, headers: dict[str, str], body: str) -> None:
    answer = requests.request(method, server.endpoint_url + path, headers=headers, data=body)
    assert answer.status_code == 403
    assert method == "HEAD" or "--allow-" in answer.json()["message"]
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("target", "host", "status"),
    [
        ("http://evil.example/2015-03-31/functions", "127.0.0.1", 403),
        ("HTTP://EVIL.example:80/2015-03-31/functions", "localhost", 403),
        ("http://127.0.0.1@evil.example/2015-03-31/functions", "127.0.0.1", 400),
        ("http://127.0.0.1/2015-03-31/functions", "evil.example", 200),
    ],
)
def test_absolute_target_is_the_host_that_is_asked_for(
    server: LambdaUrlsServer, target: str, host: str, status: int
) -> None:
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", f"Authorization: {CREDENTIAL.format('lambda')}"]
    assert status_of(server, *lines) == status


@pytest.mark.parametrize(
    "lines",
    [
        ["Host: evil.example", "Origin: http://evil.example"],
        ["Host: 127.0.0.1", "Origin: http://evil.example"],
        ["Host: 127.0.0.1", "Origin: null"],
    ],
)
@pytest.mark.parametrize("target", [f"/?{STACK}", "/2015-03-31/functions", "/moto-api/reset", "/_aws/lambda-url/"])
def test_upgrade_to_a_web_socket(server: LambdaUrlsServer, target: str, lines: list[str]) -> None:
    upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA=="]
    assert status_of(server, f"GET {target} HTTP/1.1", *lines, *upgrade) == 403


def status_of(server: LambdaUrlsServer, *lines: str) -> int:
    """The status of the answer to a request with these lines."""
    parts = urlsplit(server.endpoint_url)
    with socket.create_connection((parts.hostname, parts.port or 80)) as client:
        client.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(client.recv(1_000).split()[1])


def test_allowed_page_may_deploy() -> None:
    with LambdaUrlsServer(allow_origins=["http://localhost:3000"]) as server:
        headers = {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"}
        url = f"{server.endpoint_url}/2015-03-31/functions"
        answer = requests.get(url, headers=with_service("lambda", headers))
        assert answer.json()["Functions"] == []
        assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
        asked = {**headers, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        assert requests.options(url, headers=asked).headers["access-control-allow-headers"] == "authorization"
        assert requests.post(url, headers=headers).status_code == 403


def test_link_to_the_page(server: LambdaUrlsServer) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    assert requests.get(f"{server.endpoint_url}/_aws/lambda-url/", headers=followed).status_code == 200
    framed = {**followed, "Sec-Fetch-Dest": "iframe"}
    assert requests.get(f"{server.endpoint_url}/_aws/lambda-url/", headers=framed).status_code == 403


@pytest.mark.parametrize("path", ["/moto-api", "/moto-api/", "/moto-api/lib.js"])
def test_dashboard_is_not_served(server: LambdaUrlsServer, path: str) -> None:
    answer = requests.get(server.endpoint_url + path)
    assert answer.status_code == 404
    assert answer.json()["message"] == (
        "moto's dashboard is not served here: it loads scripts from elsewhere. "
        "/moto-api/data.json has what it shows, and /_aws/lambda-url/ the function URLs."
    )


def test_what_is_no_page_of_ours_is_sandboxed(server: LambdaUrlsServer) -> None:
    s3 = make_client(server, "s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="a.html", Body=b"<script>1</script>", ContentType="text/html", ACL="public-read")
    for path in ("/bucket/a.html", "/bucket/missing", "/bucket", "/moto-api/data.json", "/moto-api/"):
        assert requests.get(server.endpoint_url + path).headers["content-security-policy"] == "sandbox"


def test_presigned_queries_of_boto3(server: LambdaUrlsServer) -> None:
    for version in (None, "s3v4"):
        s3 = boto3.client(
            "s3",
            "us-east-1",
            endpoint_url=server.endpoint_url,
            aws_access_key_id=KEY.access_key,
            aws_secret_access_key=KEY.secret_key,
            config=Config(signature_version=version),
        )
        s3.create_bucket(Bucket="bucket")
        named = {"Bucket": "bucket", "Key": "key"}
        assert requests.put(s3.generate_presigned_url("put_object", Params=named), data="x").status_code == 200
        assert requests.get(s3.generate_presigned_url("get_object", Params=named)).text == "x"
        form = s3.generate_presigned_post("bucket", "posted")
        assert requests.post(form["url"], data=form["fields"], files={"file": b"y"}).status_code == 204
        assert s3.get_object(Bucket="bucket", Key="posted")["Body"].read() == b"y"


def test_objects_are_read_as_their_owner_lets(server: LambdaUrlsServer) -> None:
    s3 = make_client(server, "s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="public", Body=b"x", ACL="public-read")
    s3.put_object(Bucket="bucket", Key="private", Body=b"x")
    statuses = {
        path: requests.get(f"{server.endpoint_url}{path}").status_code
        for path in ("/bucket/public", "/bucket/private", "/bucket", "/bucket/public?acl", "/")
    }
    assert statuses == {
        "/bucket/public": 200,
        "/bucket/private": 403,
        "/bucket": 403,
        "/bucket/public?acl": 403,
        "/": 403,
    }
    assert requests.put(f"{server.endpoint_url}/bucket/new", data="x").status_code == 403


def test_unsigned_calls_of_boto3(server: LambdaUrlsServer) -> None:
    unsigned: dict[str, Any] = {"endpoint_url": server.endpoint_url, "config": Config(signature_version=UNSIGNED)}
    pool = make_client(server, "cognito-idp").create_user_pool(PoolName="p")["UserPool"]["Id"]
    client_id = make_client(server, "cognito-idp").create_user_pool_client(UserPoolId=pool, ClientName="c")
    public = boto3.client("cognito-idp", "us-east-1", **unsigned)
    signed_up = public.sign_up(
        ClientId=client_id["UserPoolClient"]["ClientId"], Username="me@example.com", Password="Secret-12345"
    )
    assert signed_up["UserConfirmed"] is False
    assert requests.get(f"{server.endpoint_url}/{pool}/.well-known/jwks.json").json()["keys"]
    sts = boto3.client("sts", "us-east-1", **unsigned)
    role = {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "session", "WebIdentityToken": "t" * 20}
    assert sts.assume_role_with_web_identity(**role)["Credentials"]["AccessKeyId"].startswith("ASIA")


@pytest.mark.parametrize("authorization", ["x", "AWS4-HMAC-SHA256 Credential=/a/b/dynamodb/c,"])
def test_authorization_that_is_none(server: LambdaUrlsServer, authorization: str) -> None:
    answer = requests.post(f"{server.endpoint_url}/", headers={"Authorization": authorization}, data="x")
    assert 400 <= answer.status_code < 500


def test_warning_for_an_address_that_others_reach(caplog: pytest.LogCaptureFixture) -> None:
    with LambdaUrlsServer(host="0.0.0.0") as server:
        assert server.endpoint_url.startswith("http://127.0.0.1:")
        assert requests.get(f"{server.endpoint_url}/_aws/lambda-url/").status_code == 200
    assert "Listening at 0.0.0.0: whoever can reach this machine can run code on it" in caplog.text


def test_no_warning_for_loopback(server: LambdaUrlsServer, caplog: pytest.LogCaptureFixture) -> None:
    assert caplog.records == []


def test_https() -> None:
    with LambdaUrlsServer(tls="adhoc") as server, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answer = requests.get(f"{server.endpoint_url}/_aws/lambda-url/-/state", verify=False)
    assert (server_scheme(answer.url), answer.json()) == ("https", {"urls": [], "requests": []})


def server_scheme(url: str) -> str:
    return urlsplit(url).scheme


def test_stop_gives_moto_back() -> None:
    with LambdaUrlsServer() as server:
        make_function(server)
    assert type(lambda_backends["123456789012"]["us-east-1"]) is LambdaBackend
    assert lambda_backends["123456789012"]["us-east-1"].list_functions() == []
    with pytest.raises(RuntimeError, match="the server does not run"):
        _ = server.endpoint_url
    with pytest.raises(RuntimeError, match="the server does not run"):
        server.stop()


def test_two_servers_share_one_aws() -> None:
    with LambdaUrlsServer() as first:
        with LambdaUrlsServer() as second:
            url = make_function(first)
            assert requests.get(url).status_code == 200
            assert len(make_client(second).list_functions()["Functions"]) == 1
        assert requests.get(url).status_code == 200
        with pytest.raises(RuntimeError, match="the server runs already"):
            first.start()


def test_port_in_use(server: LambdaUrlsServer) -> None:
    with pytest.raises(OSError, match="in use"):
        LambdaUrlsServer(port=urlsplit(server.endpoint_url).port or 0).start()
    assert requests.get(make_function(server)).status_code == 200


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({"authorization": "lax"}, ValueError, "authorization='lax' is not one of"),
        ({"url_style": "short"}, ValueError, "url_style='short' is not one of"),
        ({"max_processes": 0}, ValueError, "max_processes=0 is not a whole number from 1 to 1000"),
        ({"handlers": {"f": 1}}, TypeError, "not a callable"),
        ({"allow_origins": ["evil"]}, ValueError, "is not an origin"),
    ],
)
def test_option_that_makes_no_sense(settings: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        LambdaUrlsServer(**settings)


def test_authorization_off() -> None:
    with LambdaUrlsServer(authorization="off") as server:
        assert requests.get(make_function(server, auth_type="AWS_IAM")).status_code == 200


LACKING = {"standard": 200, "strict": 403}
"""The answer of a URL that lacks the second grant."""


@pytest.mark.parametrize("authorization", LACKING)
def test_warnings_that_are_errors_stay_in_the_server(authorization: Any, caplog: pytest.LogCaptureFixture) -> None:
    with LambdaUrlsServer(authorization=authorization) as server:
        url = make_function(server)
        make_client(server).remove_permission(FunctionName="echo", StatementId="invoke")
        assert [requests.get(url).status_code for _ in range(2)] == [LACKING[authorization]] * 2
    said = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert [" refused: " in each for each in said] == ([False] if authorization == "standard" else [True, True])
    assert all("FunctionName='echo'" in each for each in said)


STRICT_WARNINGS = """
import sys, warnings
import boto3, requests
from moto_lambda_urls.server import create_app
from support.builders import make_role, make_zip
from support.listening import listening

with warnings.catch_warnings():
    warnings.simplefilter("error")
    app = create_app(authorization=sys.argv[1])
    with listening(app) as listener:
        endpoint = f"http://127.0.0.1:{listener.port}"
        options = {"endpoint_url": endpoint, "aws_access_key_id": "x", "aws_secret_access_key": "y"}
        client = boto3.client("lambda", "us-east-1", **options)
        role, code = make_role(boto3.client("iam", **options)), make_zip("def handler(event, context): pass")
        client.create_function(
            FunctionName="fn", Runtime="python3.13", Handler="app.handler", Role=role, Code={"ZipFile": code}
        )
        url = client.create_function_url_config(FunctionName="fn", AuthType="NONE")["FunctionUrl"]
        grant = {"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"}
        client.add_permission(FunctionName="fn", StatementId="url", **grant)
        print(requests.get(url).status_code, requests.get(url).status_code)
"""


@pytest.mark.parametrize("authorization", LACKING)
def test_warnings_that_are_errors_stay_in_the_application(authorization: str) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)]),
        "PYTHONWARNINGS": "error",
    }
    command = [sys.executable, "-c", STRICT_WARNINGS, authorization]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == "{0} {0}\n".format(LACKING[authorization])
    lacking = "he public has no grant of lambda:InvokeFunction, but one of lambda:InvokeFunctionUrl"
    said = [ran.stderr.count(each) for each in (f"T{lacking} for", f"refused: t{lacking}")]
    assert said == ([1, 0] if authorization == "standard" else [0, 2])


def test_application_opens_no_ports() -> None:
    with pytest.raises(ValueError, match=r"^url_style='port' needs a server that opens ports: LambdaUrlsServer"):
        create_app(url_style="port")


WSGI = """
import json, sys
from moto_lambda_urls.server import create_app
from wsgiref.util import setup_testing_defaults

app = create_app(authorization="off")
environ = {"HTTP_HOST": "localhost", "HTTP_ORIGIN": "http://evil"}
environ |= {"PATH_INFO": "/moto-api/reset", "REQUEST_METHOD": "POST"}
setup_testing_defaults(environ)
started = []
list(app(environ, lambda *given: started.append(given)))
environ = {"HTTP_HOST": "h", "PATH_INFO": "/_aws/lambda-url/unknown/a b", "QUERY_STRING": "x=%20"}
setup_testing_defaults(environ)
body = b"".join(app(environ, lambda *given: started.append(given)))
print(json.dumps([status for status, _ in started]), body.decode())
"""


def test_application_for_another_wsgi_server() -> None:
    ran = subprocess.run([sys.executable, "-c", WSGI], capture_output=True, text=True, check=True)
    assert ran.stdout == '["403 Forbidden", "403 Forbidden"] {"Message":null}\n'


def test_many_clients_at_once(server: LambdaUrlsServer) -> None:
    """32 threads, 2,000 requests, URLs created and deleted meanwhile: none lost, none crossed, none a 5xx."""
    client = make_client(server)
    urls = [make_function(server, name=f"stable-{number}") for number in range(4)]
    for number in range(32):
        make_function(server, name=f"changing-{number}")
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=32))
    changing = Queue[str]()
    for number in range(32):
        changing.put(f"changing-{number}")

    def change() -> bool:
        name = changing.get()
        before = client.get_function_url_config(FunctionName=name)["FunctionUrl"]
        client.delete_function_url_config(FunctionName=name)
        after = client.create_function_url_config(FunctionName=name, AuthType="NONE")["FunctionUrl"]
        statuses = (session.get(before).status_code, session.get(after).status_code)
        changing.put(name)
        return statuses == (403, 200)

    def call(turn: int) -> bool:
        if turn % 50 == 0:
            return change()
        text = {"content-type": "text/plain"}
        answer = session.post(f"{urls[turn % 4]}{turn}?t={turn}", data=f"body {turn}", headers=text)
        event = answer.json()
        seen = (answer.status_code, answer.headers["x-function"], event["rawPath"], event["body"])
        return (
            seen == (200, f"stable-{turn % 4}", f"/{turn}", f"body {turn}") and event["rawQueryString"] == f"t={turn}"
        )

    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(call, range(2_000))) == [True] * 2_000
    session.close()


def test_memory_stays_flat(server: LambdaUrlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_streams, "MAX_EVENTS_KEPT", 100)
    monkeypatch.setattr(metrics, "MAX_TALLIES", 1)
    url = make_function(server)
    with requests.Session() as session:
        for _ in range(1_050):  # until the record of invocations is full
            session.post(url, data=b"x" * 1_000)
        before = living_objects()
        for _ in range(600):
            session.post(url, data=b"x" * 1_000)
        assert living_objects() - before < 300


def living_objects() -> int:
    for _ in range(3):  # each stops to track one more layer of tuples
        gc.collect()
    return len(gc.get_objects())


def test_server_at_an_ipv6_address() -> None:
    with LambdaUrlsServer(host="::1") as server:
        assert requests.post(f"{server.endpoint_url}/2015-03-31/functions").status_code == 403
        url = make_function(server)
        assert url.startswith(f"{server.endpoint_url}/_aws/lambda-url/")
        assert server.endpoint_url.startswith("http://[::1]:")
        assert requests.get(url).status_code == 200
        s3 = make_client(server, "s3")
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="a/b", Body=b"x")
        assert s3.get_object(Bucket="bucket", Key="a/b")["Body"].read() == b"x"
