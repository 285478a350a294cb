"""Requests that need no bytes on a wire are answered as those that are written and parsed."""

from __future__ import annotations

import gzip
import http.client
import io
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter
from support.builders import HOST
from support.intercepting import URL, answered_by, text
from urllib3._collections import HTTPHeaderDict
from urllib3.util import SKIP_HEADER, Retry, Timeout

from moto_lambda_urls.intercept import for_requests, for_urllib3
from moto_lambda_urls.messages import Request, Response

pytestmark = pytest.mark.in_process

Observe = Callable[[], Any]


def answer(request: Request) -> Response:
    """What the path names."""
    match request.raw_path.rpartition("/")[2]:
        case "cookies":
            return text(
                "c", headers=(("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"), ("X-Two", "1"), ("X-Two", "2"))
            )
        case "gzip":
            return Response(status=200, headers=(("Content-Encoding", "gzip"),), body=gzip.compress(b"packed " * 50))
        case "broken-gzip":
            return Response(status=200, headers=(("Content-Encoding", "gzip"),), body=b"not packed")
        case "empty":
            return text("")
        case "none":
            return Response(status=204)
        case "same":
            return Response(status=304, headers=(("ETag", '"e"'),))
        case "strange":
            return text("?", status=299, headers=(("X-Latin", "h\xe9"), ("X-Blank", ""), ("X-Blanks", "a  b")))
        case "chunks":
            return Response(status=200, body=iter([b"first", b"second" * 3]))
        case "packed-chunks":
            packed = gzip.compress(b"packed " * 50)
            return Response(status=200, headers=(("Content-Encoding", "gzip"),), body=iter([packed[:20], packed[20:]]))
        case "moved":
            return Response(status=302, headers=(("Location", "/big"), ("Set-Cookie", "from=moved")), body=b"go")
        case "big":
            return text("0123456789" * 100)
        case "busy":
            return text("busy", status=503, headers=(("Retry-After", "0"),))
    return text("body")


def seen(act: Observe) -> Any:
    """What ``act`` gives or raises."""
    try:
        return act()
    except Exception as error:
        return type(error), re.sub("0x[0-9a-f]+|boundary=[0-9a-f]+", "", str(error))


def compare(act: Observe, handle: Callable[[Request], Response] = answer) -> Any:
    """Check that ``act`` and the gateway see the same with and without the shortcuts; give what they see."""
    with answered_by(handle) as arrived:
        shortcut = seen(act)
    with pytest.MonkeyPatch.context() as patch, answered_by(handle) as long_arrived:
        patch.setattr(for_requests, "_plain_request", lambda *_: None)
        patch.setattr(for_urllib3, "_plain_request", lambda *_: None)
        long = seen(act)
    assert arrived == long_arrived
    assert shortcut == long
    return long


def state(raw: Any) -> tuple[Any, ...]:
    """What can be read of urllib3's response without reading it."""
    original = raw._original_response  # not looked at where requests has read a body without cookies
    lines = () if raw.closed and "Set-Cookie" not in raw.headers else (original.isclosed(), original.msg.items())
    return (
        raw.status,
        raw.reason,
        raw.version,
        getattr(raw, "version_string", None),
        list(raw.headers.items()),
        raw.headers.getlist("Set-Cookie"),
        raw.closed,
        raw.isclosed(),
        raw.tell(),
        raw.length_remaining,
        raw.chunked,
        raw.geturl(),
        repr(raw.retries),
        raw.decode_content,
        raw.enforce_content_length,
        lines,
        raw.readable(),
        raw.supports_chunked_reads(),
    )


def wrapped(raw: Any) -> io.TextIOWrapper:
    raw.auto_close = False
    return io.TextIOWrapper(raw)


READINGS: dict[str, Callable[[Any], Any]] = {
    "read": lambda raw: raw.read(),
    "read decoded": lambda raw: raw.read(decode_content=True),
    "read raw": lambda raw: raw.read(decode_content=False),
    "read cached": lambda raw: (raw.read(cache_content=True), raw.data),
    "data": lambda raw: (raw.data, raw.data),
    "read 0": lambda raw: (raw.read(0), state(raw), raw.read(0)),
    "read parts": lambda raw: [(raw.read(3), state(raw)) for _ in range(5)],
    "read parts decoded": lambda raw: [(raw.read(3, decode_content=True), raw.tell()) for _ in range(5)],
    "read exactly": lambda raw: (raw.read(4), state(raw), raw.read(4), state(raw)),
    "read all parts": lambda raw: list(iter(lambda: raw.read(7), b"")),
    "read negative": lambda raw: raw.read(-1),
    "read1": lambda raw: (raw.read1(3), state(raw), raw.read1(), state(raw), raw.read1(), raw.read1(0)),
    "readinto": lambda raw: (raw.readinto(buffer := bytearray(6)), buffer, state(raw)),
    "stream": lambda raw: list(raw.stream()),
    "stream small": lambda raw: [(part, state(raw)) for part in raw.stream(6)],
    "stream decoded": lambda raw: list(raw.stream(16, decode_content=True)),
    "stream none": lambda raw: list(raw.stream(None)),
    "stream the rest": lambda raw: (raw.read(2), list(raw.stream())),
    "stream twice": lambda raw: (list(raw.stream()), list(raw.stream())),
    "stream closed": lambda raw: (raw.close(), list(raw.stream())),
    "read closed": lambda raw: (raw.close(), raw.read(), raw.read(5), raw.data),
    "lines": lambda raw: list(raw),
    "iterated": lambda raw: next(iter(raw)),
    "wrapped": lambda raw: (list(wrapped(raw)), raw.closed),
    "drained": lambda raw: (raw.drain_conn(), raw.read()),
    "released": lambda raw: (raw.release_conn(), raw.connection, raw.read()),
    "shut down": lambda raw: raw.shutdown(),
    "flush": lambda raw: raw.flush(),
    "json": lambda raw: raw.json(),
    "untouched": lambda _: None,
}
if not hasattr(urllib3.HTTPResponse, "shutdown"):
    del READINGS["shut down"]  # the text of an AttributeError names the class
PATHS = ("body", "cookies", "gzip", "broken-gzip", "empty", "none", "same", "strange", "chunks", "packed-chunks", "big")


def read_by_urllib3(method: str, path: str, options: dict[str, Any], name: str) -> Any:
    pool: Any = urllib3.HTTPSConnectionPool(HOST)
    raw = pool.urlopen(method, f"/{path}", **options)
    before = state(raw)
    got = seen(lambda: READINGS[name](raw))
    connected = raw.connection is None, pool.pool.queue[-1] is None, pool.num_requests
    return before, got, connected, state(raw), seen(raw.read), seen(lambda: raw.data)


def read_by_requests(method: str, path: str, name: str) -> Any:
    got = requests.request(method, URL + path, stream=True)
    return state(got.raw), seen(lambda: READINGS[name](got.raw)), state(got.raw), whole(got)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("options", [{}, {"decode_content": False}, {"preload_content": False}], ids=repr)
def test_urllib3s_response_however_it_is_read(path: str, options: dict[str, Any]) -> None:
    for name in READINGS if "preload_content" in options else ("data", "read", "stream", "untouched"):
        compare(partial(read_by_urllib3, "GET", path, options, name))
        compare(partial(read_by_urllib3, "HEAD", path, options, name))


@pytest.mark.parametrize("path", PATHS)
def test_requests_response_however_it_is_read(path: str) -> None:
    for name in READINGS:
        compare(partial(read_by_requests, "GET", path, name))
    compare(partial(read_by_requests, "HEAD", path, "read"))


def whole(got: requests.Response) -> tuple[Any, ...]:
    return (
        got.status_code,
        got.reason,
        dict(got.headers),
        list(got.headers.items()),
        got.url,
        got.encoding,
        [(cookie.name, cookie.value, cookie.path, cookie.domain) for cookie in got.cookies],
        [whole(earlier) for earlier in got.history],
        got.is_redirect,
        got.elapsed.total_seconds() > 0,
        type(got.connection).__name__,
        dict(got.request.headers),
        seen(lambda: got.content),
        state(got.raw),
    )


@pytest.mark.parametrize("path", [*PATHS, "moved", "busy"])
def test_the_whole_response_of_requests(path: str) -> None:
    def act() -> Any:
        with requests.Session() as session:
            return whole(session.get(URL + path)), session.cookies.get_dict()

    compare(act)
    compare(lambda: whole(requests.get(URL + path, allow_redirects=False)))
    compare(lambda: whole(requests.get(URL + path, timeout=30)))
    compare(lambda: [list(requests.get(URL + path, stream=True).iter_content(size)) for size in (1, 7, 10_000)])
    compare(lambda: list(requests.get(URL + path, stream=True).iter_lines()))

    def closed() -> Any:
        with requests.get(URL + path, stream=True) as got:
            got.close()
            return list(got.iter_content(10_000))

    compare(closed)


BODIES: dict[str, Callable[[], Any]] = {
    "none": lambda: None,
    "empty bytes": lambda: b"",
    "empty text": lambda: "",
    "bytes": lambda: b"by\0tes",
    "text": lambda: "text",
    "other text": lambda: "t\xe9xt \u2713",
    "half a character": lambda: "\ud800",
    "bytearray": lambda: bytearray(b"array"),
    "memoryview": lambda: memoryview(b"view"),
    "file": lambda: io.BytesIO(b"file"),
    "empty file": lambda: io.BytesIO(),
    "text file": lambda: io.StringIO("f\xeele"),
    "generator": lambda: (part for part in (b"one", b"", b"two")),
    "list": lambda: [b"one", b"two"],
    "number": lambda: 7,
}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "FOO")
ODD_METHODS = ("get", "Post", "M-SEARCH", "X_Y", "G ET", "G\r\nX: y", "G\0", "G\xc9T", "", " ", "GET ")
HEADERS: tuple[Any, ...] = (
    {"X-A": "b", "x-c": "d e", "X_D~!": '"quoted"'},
    {"X-Empty": ""},
    {"X-Leading": " a"},
    {"X-Trailing": "a "},
    {"X-Tabs": "a\tb"},
    {"X-Tab": "\ta"},
    {"X-Latin": "caf\xe9"},
    {"X-Other": "\u2713"},
    {"X-Lines": "a\r\nb"},
    {"X-Folded": "a\r\n b"},
    {"X-Line": "a\nb"},
    {"X-Return": "a\rb"},
    {"X-Null": "a\0b"},
    {"X-Control": "a\x01b"},
    {"X-Delete": "a\x7fb"},
    {"X-Bytes": b"bytes"},
    {b"X-Name": "bytes"},
    {b"X-Both": b"bytes"},
    {"X-Number": 7},
    {"X-None": None},
    {"X-List": ["a"]},
    {"X Name": "a"},
    {"X:Name": "a"},
    {"X(Name)": "a"},
    {"X-\xc9": "a"},
    {"": "a"},
    {" X": "a"},
    {"X\r\nY": "a"},
    {"X\0Y": "a"},
    {"Host": "example.com"},
    {"host": "a.b:99"},
    {"User-Agent": "mine", "Accept-Encoding": "br", "Accept": "a/b"},
    {"user-agent": None, "accept-encoding": None},
    {"User-Agent": SKIP_HEADER},
    {"Accept-Encoding": SKIP_HEADER},
    {"Host": SKIP_HEADER},
    {"user-agent": SKIP_HEADER, "accept-encoding": SKIP_HEADER, "host": SKIP_HEADER},
    {"X-Other": SKIP_HEADER},
    {"Content-Length": "4"},
    {"Content-Length": "04"},
    {"Content-Length": "0"},
    {"Content-Length": ""},
    {"Transfer-Encoding": "chunked"},
    {"Transfer-Encoding": "identity"},
    {"Expect": "100-continue"},
    {"Connection": "close"},
    {"Upgrade": "websocket", "Connection": "Upgrade"},
    {"Cookie": "a=b; c=d", "Authorization": "Bearer x"},
    HTTPHeaderDict([("X-Two", "1"), ("X-Two", "2"), ("x-two", "3")]),
    HTTPHeaderDict([("User-Agent", "a"), ("User-Agent", SKIP_HEADER)]),
)
TARGETS = (
    "", "?", "?a", "?a=b&a=c", "a/b", "a//b", "/a", "//a", "/a:b/c", "/[", "a%2Fb", "a%2fb",
    "a%zz", "a%", "100%25", "\u00e9", "\u2713?\u2713=1", "a b", "a?b c", "a#f", "a?b#f", "#f", "../a", "a/../b",
    "./a", "a;b=c", "a,b", "a@b", "a:b", "a|b", "a^b`c", "{a}", "[a]", "a\\b", "\"a\"", "<a>",
    "a?b?c", "a?b=/../c", "a?%41", "~a", "a+b?c+d", "a?x='1'", "a\tb", "a\nb", "*",
)  # fmt: skip
HOSTS = (
    f"https://{HOST.upper()}",
    f"https://{HOST}.",
    f"https://{HOST}:443",
    f"https://{HOST}:8443",
    f"http://{HOST}",
    f"http://{HOST}:443",
    f"HTTPS://user:word@{HOST}",
    f"https://{HOST.replace('.', '%2E', 1)}",
)


def sends(
    *, method: str = "POST", url: str = URL, headers: Any = None, body: Callable[[], Any] = lambda: b"body"
) -> None:
    """Send the same by requests, by a request prepared by hand, and by urllib3."""

    def prepared() -> Any:
        request = requests.Request(method or "GET", url).prepare()
        request.method, request.body = method, body()
        if headers is not None:
            request.headers = headers
        with requests.Session() as session:
            return whole(session.send(request))

    compare(lambda: whole(requests.request(method, url, headers=headers, data=body())))
    compare(prepared)
    compare(lambda: state(urllib3.PoolManager().urlopen(method, url, headers=headers, body=body(), retries=False)))
    compare(
        lambda: state(urllib3.PoolManager(headers=headers).request(method, url, body=body(), preload_content=False))
    )
    compare(lambda: state(urllib3.HTTPSConnectionPool(HOST).urlopen(method, "/x", body(), headers, redirect=False)))


@pytest.mark.parametrize("body", BODIES)
def test_bodies(body: str) -> None:
    for method in METHODS if body == "none" else ("GET", "POST"):
        sends(method=method, body=BODIES[body])


@pytest.mark.parametrize("method", ODD_METHODS)
def test_odd_methods(method: str) -> None:
    for body in ("none", "text", "bytes"):
        sends(method=method, body=BODIES[body])


@pytest.mark.parametrize("headers", HEADERS, ids=repr)
def test_headers(headers: Any) -> None:
    sends(headers=headers)
    sends(headers=headers, body=BODIES["none"], method="GET")
    sends(headers=headers, body=BODIES["empty text"])


@pytest.mark.parametrize("target", TARGETS, ids=repr)
def test_targets(target: str) -> None:
    sends(url=URL + target)
    compare(lambda: state(urllib3.HTTPSConnectionPool(HOST).urlopen("GET", target)))


@pytest.mark.parametrize("host", HOSTS)
def test_hosts(host: str) -> None:
    sends(url=host + "/a?b")
    sends(url=host)
    sends(url=host + "?b")


FORMS: tuple[dict[str, Any], ...] = (
    {"json": {"a": "\xe9"}},
    {"json": None},
    {"data": {"a": ["1", "\xe9 "]}},
    {"data": {"a": None}},
    {"data": {}},
    {"data": [("a", b"1")]},
    {"params": {"a": "b c", "d": None}},
    {"files": {"f": ("n.txt", b"content", "text/x")}},
    {"auth": ("user", "w\xf6rd")},
    {"cookies": {"a": "b"}},
)


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_forms_of_requests(form: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.filepost.choose_boundary", lambda: "boundary")

    def act(method: str) -> Any:
        return whole(requests.request(method, URL, **form))

    for method in METHODS:
        compare(partial(act, method))


@pytest.mark.parametrize(
    "form", [{"json": {"a": "\xe9"}}, {"fields": {"a": "\xe9"}}, {"fields": {"f": ("n", b"c")}}], ids=repr
)
def test_forms_of_urllib3(form: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.filepost.choose_boundary", lambda: "boundary")

    def act(method: str) -> Any:
        return state(urllib3.PoolManager().request(method, URL, **form))

    for method in METHODS:
        compare(partial(act, method))


POLICIES: tuple[Any, ...] = (
    None,
    False,
    0,
    2,
    Retry(0),
    Retry(2),
    Retry(False),
    Retry(0, status_forcelist=[503]),
    Retry(1, status=0, status_forcelist=[503], raise_on_status=False),
    Retry(None, redirect=0),
    Retry(0, redirect=3),
    Retry(redirect=False),
    type("Own", (Retry,), {"is_retry": lambda *_: False})(0),
)


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
@pytest.mark.parametrize("path", ["busy", "moved", "body", "broken-gzip"])
def test_retry_policies(policy: Any, path: str) -> None:
    def replaced() -> Any:
        with requests.Session() as session:
            adapter = session.get_adapter(URL)
            assert isinstance(adapter, HTTPAdapter)
            adapter.max_retries = policy
            return whole(session.get(URL + path))

    def mounted() -> Any:
        with requests.Session() as session:
            session.mount("https://", HTTPAdapter(max_retries=policy))
            return whole(session.get(URL + path))

    compare(replaced)
    if policy is not None:
        compare(mounted)
    compare(lambda: state(urllib3.PoolManager().request("GET", URL + path, retries=policy)))
    compare(lambda: state(urllib3.HTTPSConnectionPool(HOST, retries=policy).urlopen("GET", "/" + path, redirect=False)))


@pytest.mark.parametrize(
    "timeout", [None, 5, 5.0, (5, 5), (None, 5), (5, None), Timeout(5), Timeout(read=5), 0, -1, "5", (1, 2, 3), True]
)
def test_timeouts(timeout: Any) -> None:
    compare(lambda: whole(requests.get(URL, timeout=timeout)))
    compare(lambda: state(urllib3.PoolManager().request("GET", URL, timeout=timeout)))
    compare(lambda: state(urllib3.PoolManager(timeout=timeout).request("GET", URL, retries=False)))


class Raising:
    """Chunks that end in ``error``."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, _: Request) -> Response:
        return Response(status=200, body=self._chunks())

    def _chunks(self) -> Iterator[bytes]:
        yield b"first"
        raise self.error


@pytest.mark.parametrize(
    "error", [OSError("own"), ValueError("own"), KeyError("own"), urllib3.exceptions.ProtocolError("own")], ids=repr
)
@pytest.mark.parametrize("policy", [False, 2, Retry(2, backoff_factor=0)], ids=repr)
@pytest.mark.parametrize("timeout", [None, 20])
def test_exceptions_of_the_gateway(error: Exception, policy: Any, timeout: float | None) -> None:
    def handle(_: Request) -> Response:
        raise error

    for answering in (handle, Raising(error)):

        def preloaded() -> Any:
            with urllib3.PoolManager() as pool:
                return state(pool.request("GET", URL, retries=policy, timeout=timeout))

        def parts() -> Any:
            with urllib3.PoolManager() as pool:
                raw = pool.request("GET", URL, retries=policy, timeout=timeout, preload_content=False)
                return raw.read(5), state(raw), seen(raw.read), raw.connection is None

        def adapted() -> Any:
            with requests.Session() as session:
                session.mount("https://", HTTPAdapter(max_retries=policy))
                return whole(session.get(URL, timeout=timeout))

        assert compare(preloaded, answering) == (type(error), str(error))
        compare(parts, answering)
        if not isinstance(error, urllib3.exceptions.HTTPError):
            compare(adapted, answering)


@pytest.mark.parametrize("policy", [False, 0, 2])
def test_a_stream_that_is_late_while_a_pool_reads_it(policy: Any) -> None:
    released = threading.Event()

    def chunks() -> Iterator[bytes]:
        yield b"first"
        released.wait(5)

    def act() -> Any:
        with urllib3.PoolManager() as pool:
            return pool.request("GET", URL, retries=policy, timeout=0.02)

    try:
        kind, _ = compare(act, lambda _: Response(status=200, body=chunks()))
    finally:
        released.set()
    assert kind is (urllib3.exceptions.MaxRetryError if policy is not False else urllib3.exceptions.ReadTimeoutError)


@pytest.mark.parametrize("policy", [False, 0, 2])
def test_an_answer_that_is_late(policy: Any) -> None:
    released = threading.Event()

    def handle(_: Request) -> Response:
        released.wait(5)
        return text("late")

    try:
        compare(lambda: urllib3.PoolManager().request("GET", URL, retries=policy, timeout=0.02), handle)
        assert compare(lambda: requests.get(URL, timeout=0.02), handle)[0] is requests.ReadTimeout
    finally:
        released.set()


def test_a_connection_is_free_once_its_response_is_read() -> None:
    def act() -> Any:
        pool: Any = urllib3.HTTPSConnectionPool(HOST, maxsize=1, block=True)
        first = pool.urlopen("GET", "/cookies", preload_content=False)
        held = seen(lambda: pool.urlopen("GET", "/", pool_timeout=0.01))[0]
        return held, first.read(2), pool.pool.qsize(), first.read(), pool.pool.qsize(), pool.urlopen("GET", "/").data

    assert compare(act) == (urllib3.exceptions.EmptyPoolError, b"c", 1, b"", 1, b"body")


def test_what_is_sent_is_shown_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("http.client.HTTPConnection.debuglevel", 1)
    compare(lambda: (requests.get(URL).text, capsys.readouterr().out))
    shown = compare(lambda: (urllib3.PoolManager().request("GET", URL).data, capsys.readouterr().out))
    assert "send: b'GET / HTTP/1.1" in shown[1]


def test_the_log_of_urllib3(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "urllib3")

    def act() -> Any:
        caplog.clear()
        return requests.get(URL).text, caplog.messages[-1]

    assert '"GET / HTTP/' in compare(act)[1]


def test_settings_of_a_session_are_not_handed_out() -> None:
    with answered_by(answer), requests.Session() as session:
        session.merge_environment_settings(URL, {}, None, None, None)["proxies"]["https"] = "http://x"
        session.merge_environment_settings(URL, None, None, None, None)
        assert session.proxies == {}


def trace_http_client(patch: pytest.MonkeyPatch) -> None:
    """What tracing tools do: add a header to each request."""
    original = http.client.HTTPConnection.putrequest

    def putrequest(connection: Any, *args: Any, **kwargs: Any) -> None:
        original(connection, *args, **kwargs)
        connection.putheader("Traceparent", "00-1")

    patch.setattr(http.client.HTTPConnection, "putrequest", putrequest)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("get", [requests.get, lambda url: urllib3.PoolManager().request("GET", url)])
def test_tools_that_trace_http_client(get: Any, before: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if before:
            trace_http_client(patch)
        with answered_by(answer) as arrived, pytest.MonkeyPatch.context() as inner:
            if not before:
                trace_http_client(inner)
            get(URL)
    assert arrived[0].header("traceparent") == "00-1"


def test_tools_that_trace_urllib3() -> None:
    seen = []
    with answered_by(answer) as arrived:
        with pytest.MonkeyPatch.context() as patch:
            original = urllib3.HTTPConnectionPool.urlopen

            def urlopen(pool: Any, *args: Any, **kwargs: Any) -> Any:
                seen.append(pool.host)
                return original(pool, *args, **kwargs)

            patch.setattr(urllib3.HTTPConnectionPool, "urlopen", urlopen)
            requests.get(URL)
        requests.get(URL)
    assert (seen, len(arrived)) == ([HOST], 2)


def test_a_plain_request_passes_no_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(for_requests, "_pool", None)
    with answered_by(answer):
        assert requests.post(URL, data=b"body").text == "body"
