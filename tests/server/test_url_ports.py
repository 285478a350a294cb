from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from support.builders import make_zip

from moto_lambda_urls import FunctionUrl, LambdaUrlsServer
from moto_lambda_urls.server.url_ports import _derived_port

PATH = make_zip("def handler(event, context): return {'statusCode': 200, 'body': event['rawPath']}")


def visit(request: Request) -> Response:
    answer = PlainTextResponse(f"seen {request.cookies.get('seen', 'never')}")
    answer.set_cookie("seen", "before", path="/visits")
    return answer


PAGES = Starlette(
    routes=[
        Route("/visits/", visit),
        Route("/relative", lambda _: RedirectResponse("/visits/")),
        Route("/absolute", lambda request: RedirectResponse(request.url_for("visit"))),
        Route("/away", lambda _: RedirectResponse("https://example.com/visits/")),
    ]
)


@pytest.fixture
def server() -> Iterator[LambdaUrlsServer]:
    with LambdaUrlsServer(url_style="port") as running:
        yield running


def refuses(url: str) -> bool:
    address = urlsplit(url)
    try:
        socket.create_connection((str(address.hostname), address.port or 0), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def test_function_has_its_port(server: LambdaUrlsServer) -> None:
    url = server.urls.deploy(PATH)
    assert str(url) == f"http://127.0.0.1:{_derived_port(url.url_id)}/"
    assert requests.get(f"{url}a//b?c=1").text == "/a//b"
    assert [each.url_id for each in url.invocations] == [url.url_id]


def test_port_is_the_ids_own_where_it_is_free() -> None:
    urls: list[FunctionUrl] = []
    for _ in range(2):
        with LambdaUrlsServer(url_style="port") as server:
            urls.append(server.urls.deploy(PATH, url_id="orders"))
    assert urls[0] == urls[1]
    with socket.create_server(("127.0.0.1", urlsplit(urls[0]).port or 0)), LambdaUrlsServer(url_style="port") as server:
        other = server.urls.deploy(PATH, url_id="orders")
        assert (other != urls[0], requests.get(other).text) == (True, "/")


def test_other_operations_show_the_same_url(server: LambdaUrlsServer) -> None:
    client = server.urls.client("lambda")
    url = server.urls.deploy(PATH, name="orders", alias="live")
    assert client.get_function_url_config(FunctionName="orders", Qualifier="live")["FunctionUrl"] == url
    [listed] = client.list_function_url_configs(FunctionName="orders")["FunctionUrlConfigs"]
    assert listed["FunctionUrl"] == url
    [row] = requests.get(f"{server.endpoint_url}/_aws/lambda-url/-/state").json()["urls"]
    assert (row["url"], row["id"]) == (str(url), url.url_id)
    assert server.urls.find("orders", "live").url_id == url.url_id


def test_nothing_but_the_function_answers(server: LambdaUrlsServer) -> None:
    url = server.urls.deploy(PATH)
    other = server.urls.deploy(make_zip("def handler(event, context): return 'other'"))
    for path in ("moto-api/data.json", "_aws/lambda-url/", f"_aws/lambda-url/{other.url_id}/", "bucket/key"):
        assert requests.get(f"{url}{path}").text == f"/{path}"
    for host in (f"{other.url_id}.lambda-url.us-east-1.on.aws", "s3.amazonaws.com", "evil.example"):
        assert requests.get(url, headers={"Host": host}).text == "/"


def test_name_of_a_neighbour_is_no_name_of_the_api(server: LambdaUrlsServer) -> None:
    """A page of a function may name the API in each way, and is another site's page there."""
    url = server.urls.deploy(PATH)
    signed = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
    functions = f"{server.endpoint_url}/2015-03-31/functions"
    for headers in ({"Origin": str(url).rstrip("/")}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
        assert requests.get(functions, headers={"Authorization": signed, **headers}).status_code == 403
    own = requests.get(url, headers={"Authorization": signed, "Host": urlsplit(server.endpoint_url).netloc})
    assert own.text == "/"


def test_port_ends_with_its_url(server: LambdaUrlsServer) -> None:
    client = server.urls.client("lambda")
    url = server.urls.deploy(PATH)
    with requests.Session() as session:
        assert session.get(url).text == "/"
        client.delete_function_url_config(FunctionName=url.function_name)
        assert refuses(url)
        kept = session.get(url)  # over the connection that was open
        assert (kept.status_code, kept.json()) == (403, {"Message": None})
    again = client.create_function_url_config(FunctionName=url.function_name, AuthType="NONE")["FunctionUrl"]
    assert requests.get(again).text == "/"


@pytest.mark.parametrize("end", [LambdaUrlsServer.reset, LambdaUrlsServer.stop])
def test_ports_end_with_what_they_are_for(end: Any) -> None:
    server = LambdaUrlsServer(url_style="port")
    server.start()
    url = server.urls.deploy(PATH)
    end(server)
    assert refuses(url)
    if end is LambdaUrlsServer.reset:
        server.stop()


def test_urls_from_before_the_server() -> None:
    with LambdaUrlsServer() as first:
        name = first.urls.deploy(PATH).function_name
        with LambdaUrlsServer(url_style="port") as second:
            assert requests.get(second.urls.find(name)).text == "/"


@pytest.mark.parametrize("link", ["visits", "relative", "absolute"])
def test_redirects_and_cookies_stay_in_the_function(server: LambdaUrlsServer, link: str) -> None:
    url = server.urls.deploy(PAGES)
    with requests.Session() as browser:
        assert browser.get(f"{url}{link}").text == "seen never"
        answer = browser.get(f"{url}{link}")
    assert (answer.text, answer.url) == ("seen before", f"{url}visits/")
    away = requests.get(f"{url}away", allow_redirects=False)
    assert away.headers["Location"] == "https://example.com/visits/"


def test_signed_request(server: LambdaUrlsServer) -> None:
    url = server.urls.deploy(PATH, auth_type="AWS_IAM")
    assert requests.get(f"{url}x", auth=url.auth()).text == "/x"
    assert requests.get(f"{url}x").json() == {"Message": "Forbidden"}


def test_https() -> None:
    with LambdaUrlsServer(url_style="port", tls="adhoc") as server:
        server.urls._client_settings = {**server.urls._client_settings, "verify": False}
        with pytest.warns(Warning, match="Unverified HTTPS request"):
            url = server.urls.deploy(PATH)
        assert url.startswith("https://127.0.0.1:")
        with pytest.warns(Warning, match="Unverified HTTPS request"):
            assert requests.get(url, verify=False).text == "/"


def test_ipv6() -> None:
    with LambdaUrlsServer(url_style="port", host="::1") as server:
        url = server.urls.deploy(PATH)
        assert (url.startswith("http://[::1]:"), requests.get(url).text) == (True, "/")
