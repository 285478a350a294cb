"""What is intercepted and what is not: other hosts, proxies, nesting, late imports, and everything as it was."""

from __future__ import annotations

import asyncio
import http.client
import importlib
import io
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import requests
import urllib3
from botocore.awsrequest import AWSRequest
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session
from support.clients import Call, Client, named
from support.intercepting import URL, EmptyBody, answered_by, text

from moto_lambda_urls import intercept
from moto_lambda_urls.intercept import switch
from moto_lambda_urls.messages import Request, Response
from moto_lambda_urls.patching.late_imports import LateImports
from moto_lambda_urls.patching.patches import UntestedLibraryWarning

pytestmark = pytest.mark.in_process

SEAMS = [
    (http.client.HTTPConnection, "connect"),
    (http.client.HTTPConnection, "putrequest"),
    (http.client.HTTPSConnection, "connect"),
    (urllib3.connection.HTTPConnection, "connect"),
    (urllib3.connection.HTTPSConnection, "connect"),
    (urllib3.HTTPConnectionPool, "urlopen"),
    (requests.Session, "get_adapter"),
    (httpx.HTTPTransport, "handle_request"),
    (httpx.AsyncHTTPTransport, "handle_async_request"),
    (aiohttp.BaseConnector, "connect"),
]


def seams() -> list[Any]:
    """What stands there, and what it does."""
    return [(vars(owner)[name], vars(owner)[name].__code__) for owner, name in SEAMS]


@pytest.fixture
def local_server() -> Iterator[str]:
    """A real server; it also notes what it is asked as a proxy."""

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"real")

        def do_CONNECT(self) -> None:
            self.send_error(418)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def plain(client: Client, url: str) -> bytes:
    if client.name == "http.client":  # its adapter speaks https only
        connection = http.client.HTTPConnection(url.split("/")[2])
        connection.request("GET", "/")
        with connection.getresponse() as got:
            body = got.read()
        connection.close()
        return body
    return client.send(Call(method="GET", url=url)).body


@pytest.mark.parametrize("client", named())
def test_other_hosts_go_where_they_went(client: Client, local_server: str) -> None:
    with answered_by(lambda _: text("ours")) as arrived:
        assert plain(client, local_server) == b"real"
        assert client.send(Call(method="GET", url=URL)).body == b"ours"
        assert plain(client, local_server) == b"real"
    assert len(arrived) == 1
    assert plain(client, local_server) == b"real"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("client", named("requests", "urllib.request", "httpx", "httpx-asyncio"))
def test_proxies_of_the_environment_never_see_a_function_url(
    client: Client, scheme: str, local_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, local_server)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with answered_by(lambda request: text(f"{request.raw_path}?{request.raw_query}")):
        url = URL.replace("https", scheme)
        assert client.send(Call(method="GET", url=f"{url}a%2Fb?q=1")).body == b"/a%2Fb?q=1"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxies_given_to_a_client_never_see_a_function_url(scheme: str, local_server: str) -> None:
    url = URL.replace("https", scheme) + "x"

    async def by_aiohttp() -> str:
        async with aiohttp.ClientSession() as session, session.get(url, proxy=local_server) as got:
            return await got.text()

    with answered_by(lambda request: text(request.raw_path)):
        with urllib3.ProxyManager(local_server) as pool:
            assert pool.request("GET", url).data == b"/x"
            assert pool.request("GET", local_server).data == b"real"
            assert pool.request("GET", url).data == b"/x"
        with httpx.Client(proxy=local_server) as client:
            assert client.get(url).text == "/x"
        assert requests.get(url, proxies={scheme: local_server}).text == "/x"
        assert asyncio.run(by_aiohttp()) == "/x"


def test_a_tunnel_to_a_function_url_is_not_built(local_server: str) -> None:
    connection = http.client.HTTPSConnection(local_server.split("/")[2])
    connection.set_tunnel(URL.split("/")[2])
    with answered_by(lambda request: text(request.raw_path)):
        connection.request("GET", "/x")
        assert connection.getresponse().read() == b"/x"


@pytest.mark.parametrize("client", named())
def test_a_mock_in_a_mock(client: Client) -> None:
    def asked() -> bytes:
        return client.send(Call(method="GET", url=URL)).body

    with answered_by(lambda _: text("outer")):
        with answered_by(lambda _: text("inner")):
            assert asked() == b"inner"
        assert asked() == b"outer"


def test_everything_is_as_it_was_after_the_last_user() -> None:
    before, finders = seams(), list(sys.meta_path)
    with answered_by(lambda _: text("")):
        during = seams()
        with pytest.raises(ZeroDivisionError), answered_by(lambda _: text("")):
            raise ZeroDivisionError
        assert seams() == during
        assert not set(before) & set(during)
    assert seams() == before
    assert sys.meta_path == finders


def test_an_install_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before, finders = seams(), list(sys.meta_path)
    monkeypatch.setitem(switch.CLIENTS, "json", switch.Client("for_nothing", "json", "2.0"))
    with pytest.raises(ModuleNotFoundError, match="for_nothing"):
        intercept.install(lambda _: text(""))
    assert (seams(), sys.meta_path) == (before, finders)
    monkeypatch.undo()
    with answered_by(lambda _: text("works")):
        assert requests.get(URL).text == "works"
    assert seams() == before


def test_a_module_that_is_imported_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imported_later.py").write_text("value = 1")
    monkeypatch.syspath_prepend(str(tmp_path))
    told: list[str] = []
    late = LateImports(["imported_later", "never_there"], told.append)
    late.install()
    try:
        module = importlib.import_module("imported_later")
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("never_there")
    finally:
        late.uninstall()
        late.uninstall()
        sys.modules.pop("imported_later", None)
    assert (module.value, told, late in sys.meta_path) == (1, ["imported_later"], False)
    assert module.__spec__ is not None
    assert type(module.__loader__) is type(module.__spec__.loader) is SourceFileLoader


def test_one_uninstall_too_many_is_nothing() -> None:
    before = seams()
    intercept.uninstall()
    assert seams() == before
    with answered_by(lambda _: text("works")):
        assert requests.get(URL).text == "works"


def test_a_patch_put_on_top_of_ours_survives_us(monkeypatch: pytest.MonkeyPatch) -> None:
    ours_began = answered_by(lambda _: text("ours"))
    ours_began.__enter__()
    beneath = requests.Session.get_adapter
    monkeypatch.setattr(requests.Session, "get_adapter", lambda self, url: beneath(self, url))
    assert requests.get(URL).text == "ours"
    on_top = requests.Session.get_adapter
    ours_began.__exit__(None, None, None)

    assert requests.Session.get_adapter is on_top
    assert type(requests.Session().get_adapter(URL)) is requests.adapters.HTTPAdapter
    monkeypatch.undo()
    assert type(requests.Session().get_adapter(URL)) is requests.adapters.HTTPAdapter
    with answered_by(lambda _: text("again")):
        assert requests.get(URL).text == "again"
    requests.Session.get_adapter = beneath.__wrapped__  # type: ignore[method-assign,attr-defined]


def test_a_connection_that_outlives_the_mock_says_so() -> None:
    connection = http.client.HTTPSConnection(URL.split("/")[2])
    with answered_by(lambda _: text("")):
        connection.connect()
    connection.request("GET", "/")
    with pytest.raises(ConnectionError, match="was opened under a mock that has ended"):
        connection.getresponse()


LATE = """
import asyncio, sys
from moto_lambda_urls.intercept import install, uninstall
from moto_lambda_urls.messages import Response

assert not {"requests", "urllib3", "httpx", "aiohttp", "http.client"} & set(sys.modules), set(sys.modules)
install(lambda request: Response(status=200, body=request.method.encode()))
import aiohttp, http.client, httpx, requests
from importlib.resources import files

assert requests.get(URL).text == "GET"
assert httpx.get(URL).text == "GET"

async def main():
    async with aiohttp.ClientSession() as session, session.get(URL) as got:
        return await got.text()

assert asyncio.run(main()) == "GET"
assert files("httpx").joinpath("py.typed").is_file()
assert type(httpx.__loader__).__name__ == type(httpx.__spec__.loader).__name__ == "SourceFileLoader"
uninstall()
assert not [finder for finder in sys.meta_path if type(finder).__module__.startswith("moto_lambda_urls")]
print("done")
"""


def test_clients_imported_later_are_covered() -> None:
    code = LATE.replace("URL", repr(URL))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("done\n", "")


TAKEN_AWAY = """
import sys
from unittest.mock import patch

with patch.dict(sys.modules):
    from moto_lambda_urls.intercept import install
    from moto_lambda_urls.messages import Response

    install(lambda request: Response(status=200, body=b"ours"))
import asyncio, aiohttp, http.client, httpx, requests, urllib3

async def main():
    async with aiohttp.ClientSession() as session, session.get(URL) as got:
        return await got.text()

assert requests.get(URL).text == "ours"
assert urllib3.PoolManager().request("GET", URL).data == b"ours"
assert httpx.get(URL).text == "ours"
assert asyncio.run(main()) == "ours"
connection = http.client.HTTPSConnection(URL.split("/")[2])
connection.request("GET", "/")
assert connection.getresponse().read() == b"ours"
print("done")
"""


def test_clients_imported_after_the_mocks_own_modules_were_taken_away() -> None:
    code = TAKEN_AWAY.replace("URL)", f"{URL!r})").replace("URL.", f"{URL!r}.")
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("done\n", "")


STAND_INS = """
from unittest.mock import patch
import aiohttp, http.client, httpx, requests, urllib3
from moto_lambda_urls.intercept import install, uninstall
from moto_lambda_urls.messages import Response

with patch(NAME):
    install(lambda request: Response(status=200, body=b"ours"))
assert requests.get(URL).text == "ours"
assert urllib3.PoolManager().request("GET", URL).data == b"ours"
assert httpx.get(URL).text == "ours"
connection = http.client.HTTPSConnection(URL.split("/")[2])
connection.request("GET", "/")
assert connection.getresponse().read() == b"ours"
uninstall()
print("done")
"""


@pytest.mark.parametrize(
    "name",
    [
        "http.client.HTTPConnection",
        "http.client.HTTPSConnection",
        "urllib3.HTTPConnectionPool",
        "urllib3.connection.HTTPConnection",
        "urllib3.connection.HTTPSConnection",
        "requests.Session",
        "requests.sessions.Session",
        "httpx.HTTPTransport",
        "aiohttp.BaseConnector",
    ],
)
def test_a_first_mock_that_starts_while_a_class_is_replaced(name: str) -> None:
    code = STAND_INS.replace("URL)", f"{URL!r})").replace("URL.", f"{URL!r}.").replace("NAME", repr(name))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("done\n", "")


def test_a_client_without_its_seam_is_left_alone_with_one_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(httpx.HTTPTransport, "handle_request")
    with (
        pytest.warns(UntestedLibraryWarning, match=r"httpx [\d.]+ is left alone.* Tested are 0.27 to 0.28") as warned,
        answered_by(lambda _: text("ours")),
    ):
        assert requests.get(URL).text == "ours"
    assert len(warned) == 1


WITHOUT = """
import asyncio, sys, warnings
import aiohttp, http.client, httpx, moto.core.botocore_stubber, requests, urllib3
from moto_lambda_urls.intercept import install, uninstall
from moto_lambda_urls.messages import Response

OWNERS = [
    aiohttp.BaseConnector, aiohttp.ClientSession, http.client.HTTPConnection, http.client.HTTPSConnection,
    http.client.HTTPResponse, httpx.HTTPTransport, httpx.AsyncHTTPTransport, requests.Session, requests.Response,
    urllib3.connection.HTTPConnection, urllib3.connection.HTTPSConnection, urllib3.HTTPConnectionPool,
    urllib3.HTTPResponse, moto.core.botocore_stubber.MockRawResponse,
]

def state():
    return {
        (owner, name): (value, getattr(value, "__code__", None))
        for owner in OWNERS for name, value in vars(owner).items()
    }

def by_http_client():
    connection = http.client.HTTPSConnection(HOST)
    connection.request("GET", "/")
    return connection.getresponse().read()

async def by_aiohttp():
    async with aiohttp.ClientSession() as session, session.get(URL) as got:
        return await got.read()

asks = {
    "aiohttp": lambda: asyncio.run(by_aiohttp()),
    "http.client": by_http_client,
    "httpx": lambda: httpx.get(URL).content,
    "requests": lambda: requests.get(URL).content,
    "urllib3": lambda: urllib3.PoolManager().request("GET", URL).data,
}
GONE
before, finders = state(), list(sys.meta_path)
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    for _ in range(2):
        install(lambda request: Response(status=200, body=b"ours"))
        for name in LEFT_ALONE:
            assert f"moto_lambda_urls.intercept.for_{name}" not in sys.modules
            changed = {owner for (owner, each), kept in before.items() if vars(owner)[each] is not kept[0]}
            assert not [owner for owner in changed if owner.__module__.partition(".")[0] == name]
        answered = [asks[name]() for name in asks if name not in LEFT_ALONE]
        assert answered == [b"ours"] * len(answered)
        uninstall()
        assert (state(), sys.meta_path) == (before, finders)
print(*[str(each.message) for each in warned], sep="\\n")
"""


@pytest.mark.parametrize(
    ("gone", "left_alone"),
    [
        ("del aiohttp.client_proto.ResponseHandler", ["aiohttp"]),
        ("del httpx.SyncByteStream", ["httpx"]),
        ("del moto.core.botocore_stubber.MockRawResponse", ["moto"]),
        ("del requests.adapters.DEFAULT_POOLSIZE", ["requests"]),
        ("del urllib3._collections.HTTPHeaderDict", ["requests", "urllib3"]),
        ("urllib3.HTTPConnectionPool.__qualname__ = 'Renamed'", ["requests", "urllib3"]),
    ],
)
def test_a_client_without_a_name_that_ours_is_made_of(gone: str, left_alone: list[str]) -> None:
    values = {"URL": repr(URL), "HOST": repr(URL.split("/")[2]), "GONE": gone, "LEFT_ALONE": repr(left_alone)}
    code = re.sub(r"\b(URL|HOST|GONE|LEFT_ALONE)\b", lambda found: values[found[0]], WITHOUT)
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    for line, name in zip(ended.stdout.splitlines(), left_alone, strict=True):
        assert line.startswith(f"{name} {metadata.version(name)} is left alone: ")
        releases = next(each.releases for each in switch.CLIENTS.values() if each.library == name)
        assert line.endswith(f". Tested are {releases}; function URLs and {name} do not meet in this process.")


LATER_WITHOUT = """
from moto_lambda_urls.intercept import install
from moto_lambda_urls.messages import Response

install(lambda request: Response(status=200, body=b"ours"))
import aiohttp, httpx
print(httpx.get(URL).text)
"""


def test_a_client_without_its_seams_that_is_imported_later(tmp_path: Path) -> None:
    (tmp_path / "aiohttp.py").write_text("")
    code = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})" + LATER_WITHOUT.replace("URL", repr(URL))
    ended = subprocess.run(
        [sys.executable, "-W", "always::RuntimeWarning", "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.stdout == "ours\n", ended.stderr
    told = [line for line in ended.stderr.splitlines() if "UntestedLibraryWarning: aiohttp" in line]
    assert len(told) == ended.stderr.count("Warning: ") == 1, ended.stderr


MISSING = """
import sys
from moto_lambda_urls.intercept import install, uninstall

sys.path[:] = [path for path in sys.path if "site-packages" not in path]
install(print)
try:
    import httpx
except ModuleNotFoundError as error:
    print(error)
import http.client
uninstall()
"""


def test_clients_that_are_not_installed_are_not_needed() -> None:
    ended = subprocess.run([sys.executable, "-c", MISSING], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("No module named 'httpx'\n", "")


def test_transports_of_the_user_are_left_alone() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(418))
    with answered_by(lambda _: text("")) as arrived, httpx.Client(transport=transport) as client:
        assert client.get(URL).status_code == 418
    assert arrived == []


def test_requests_of_aiohttp_that_are_tasks_themselves() -> None:
    async def ask() -> list[int]:
        async with aiohttp.ClientSession() as session:
            together = await asyncio.gather(session.get(URL), session.post(URL))
            alone = await asyncio.wait_for(session.get(URL), 20)
            task = await asyncio.create_task(session.get(URL))
            return [got.status for got in (*together, alone, task)]

    with answered_by(lambda request: text(request.raw_path)):
        assert asyncio.run(ask()) == [200] * 4


@pytest.mark.parametrize("name", ["httpx", "aiohttp"])
def test_many_asynchronous_requests_overlap_and_handlers_may_run_a_loop(name: str) -> None:
    together = threading.Barrier(60)

    async def inner() -> None:
        await asyncio.to_thread(together.wait, 10)

    def handle(request: Request) -> Response:
        asyncio.run(inner())
        return text(request.raw_path)

    async def by_httpx() -> list[str]:
        async with httpx.AsyncClient(timeout=20) as client:
            return [got.text for got in await asyncio.gather(*[client.get(f"{URL}{n}") for n in range(60)])]

    async def by_aiohttp() -> list[str]:
        async def ask(n: int) -> str:
            async with session.get(f"{URL}{n}") as got:
                return await got.text()

        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=60)) as session:
            return await asyncio.gather(*[ask(n) for n in range(60)])

    with answered_by(handle):
        assert asyncio.run(by_httpx() if name == "httpx" else by_aiohttp()) == [f"/{n}" for n in range(60)]


def test_cancelling_an_asynchronous_request_closes_its_stream() -> None:
    asked, answer, closed = threading.Event(), threading.Event(), threading.Event()

    def handle(_: Request) -> Response:
        asked.set()
        answer.wait(5)
        return Response(status=200, body=EmptyBody(closed))

    async def main(request: Any) -> None:
        task = asyncio.ensure_future(request)
        await asyncio.to_thread(asked.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        answer.set()

    async def by_httpx() -> None:
        async with httpx.AsyncClient() as client:
            await client.get(URL)

    async def by_aiohttp() -> None:
        async with aiohttp.ClientSession() as session:
            await session.get(URL)

    with answered_by(handle):
        for request in (by_httpx, by_aiohttp):
            for event in (asked, answer, closed):
                event.clear()
            asyncio.run(main(request()))
            assert closed.wait(5), request


def test_expect_100_continue() -> None:
    async def by_aiohttp() -> str:
        async with aiohttp.ClientSession() as session, session.post(URL, data=b"x", expect100=True) as got:
            return await got.text()

    with answered_by(lambda request: text(f"{request.header('Expect')} {request.body!r}")):
        assert asyncio.run(by_aiohttp()) == "100-continue b'x'"
        assert requests.post(URL, data=b"x", headers={"Expect": "100-continue"}).text == "100-continue b'x'"


@pytest.mark.parametrize("body", [b"x", io.BytesIO(b"x")], ids=["bytes", "file"])
def test_expect_100_continue_by_botocore(body: Any) -> None:
    prepared = AWSRequest("POST", URL, data=body).prepare()
    headers: Any = prepared.headers
    headers["Expect"] = b"100-continue"  # botocore waits only for this, in bytes
    with answered_by(lambda request: text(f"{request.header('Expect')} {request.body!r}")):
        assert URLLib3Session().send(prepared).text == "100-continue b'x'"


@pytest.mark.parametrize("client", named())
def test_an_exception_that_the_gateway_lets_through(client: Client) -> None:
    class OwnError(Exception):
        pass

    def handle(_: Request) -> Response:
        raise OwnError

    with answered_by(handle) as arrived, pytest.raises((OwnError, HTTPClientError)) as raised:
        client.send(Call(method="GET", url=URL))
    assert len(arrived) == 1
    error = raised.value.kwargs["error"] if isinstance(raised.value, HTTPClientError) else raised.value
    assert type(error) is OwnError


def test_urlopen_of_a_string() -> None:
    with answered_by(lambda _: text("ours")), urllib.request.urlopen(URL) as got:
        assert (got.status, got.read(), got.url) == (200, b"ours", URL)
