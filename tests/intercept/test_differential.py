"""requests and urllib3 send to a function URL, and make of its answer, what they do with a server on loopback."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from typing import Any

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter
from support.builders import HOST
from support.intercepting import answered_by, text
from support.loopback import loopback
from urllib3._collections import HTTPHeaderDict
from urllib3.util import SKIP_HEADER, Retry

from moto_lambda_urls.messages import Request, Response

pytestmark = pytest.mark.in_process

Act = Callable[[str], Any]

of_messages = pytest.mark.skipif(
    version("urllib3").startswith("1."), reason="urllib3 1.26 writes its requests as bytes, by other rules"
)
PACKED = gzip.compress(b"packed " * 50, mtime=0)


def answer(request: Request) -> Response:
    """What the path names."""
    match request.raw_path.rpartition("/")[2]:
        case "cookies":
            return text(
                "c", headers=(("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"), ("X-Two", "1"), ("X-Two", "2"))
            )
        case "gzip":
            return Response(status=200, headers=(("Content-Encoding", "gzip"),), body=PACKED)
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
            return Response(status=200, headers=(("Content-Encoding", "gzip"),), body=iter([PACKED[:20], PACKED[20:]]))
        case "moved":
            return Response(status=302, headers=(("Location", "/big"), ("Set-Cookie", "from=moved")), body=b"go")
        case "big":
            return text("0123456789" * 100)
        case "busy":
            return text("busy", status=503, headers=(("Retry-After", "0"),))
    return text("body")


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[Request]]]:
    with loopback(answer) as (address, arrived):
        yield address, arrived


def outcome(act: Act, address: str) -> Any:
    """What ``act`` gives or raises at ``address``, whose name is taken out."""
    try:
        return plain(act(address), address)
    except Exception as error:
        shown = re.sub(
            r"0x[0-9a-f]+|boundary=[0-9a-f]+|HTTPS?Connection(Pool)?|127.0.0.1|port=\d+|:\d{4,5}(?=/)", "", str(error)
        )
        return type(error), shown.replace(HOST, "")


def plain(found: Any, address: str) -> Any:
    if isinstance(found, (tuple, list)):
        return [plain(each, address) for each in found]
    return found.replace(address, "/") if isinstance(found, str) else found


def compare(server: tuple[str, list[Request]], act: Act) -> Any:
    """Check that ``act`` and whoever answers it see the same at both; give what they see."""
    address, there = server
    there.clear()
    genuine = outcome(act, address)
    with answered_by(answer) as here:
        ours = outcome(act, f"http://{HOST}/")
    assert here == there
    assert ours == genuine
    return ours


def state(raw: Any) -> list[Any]:
    """What can be read of urllib3's response without reading it."""
    return [
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
        raw.readable(),
        raw.supports_chunked_reads(),
    ]


def pooled(raw: Any) -> list[Any]:
    """The same of a pool's response, with http.client's, which requests needs for cookies only."""
    return [*state(raw), raw._original_response.isclosed(), raw._original_response.msg.items()]


def whole(got: requests.Response) -> list[Any]:
    return [
        got.status_code,
        got.reason,
        list(got.headers.items()),
        got.url,
        got.encoding,
        [(cookie.name, cookie.value, cookie.path) for cookie in got.cookies],
        [whole(earlier) for earlier in got.history],
        got.is_redirect,
        got.elapsed.total_seconds() > 0,
        dict(got.request.headers),
        outcome(lambda _: got.content, "none"),
        state(got.raw),
    ]


BODIES: dict[str, Callable[[], Any]] = {
    "none": lambda: None,
    "empty bytes": lambda: b"",
    "empty text": lambda: "",
    "bytes": lambda: b"by\0tes",
    "text": lambda: "text",
    "other text": lambda: "t\xe9xt \u2713",
    "bytearray": lambda: bytearray(b"array"),
    "file": lambda: io.BytesIO(b"file"),
    "empty file": lambda: io.BytesIO(),
    "text file": lambda: io.StringIO("f\xeele"),
    "generator": lambda: (part for part in (b"one", b"", b"two")),
    "list": lambda: [b"one", b"two"],
    "number": lambda: 7,
}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "FOO")
ODD_METHODS = ("get", "Post", "M-SEARCH", "X_Y", "G\r\nX: y", "G\0", "G\xc9T")
HEADERS: tuple[Any, ...] = (
    {"X-A": "b", "x-c": "d e", "X_D~!": '"quoted"'},
    {"X-Empty": ""},
    {"X-Leading": " a"},
    {"X-Trailing": "a "},
    {"X-Tabs": "a\tb"},
    {"X-Latin": "caf\xe9"},
    {"X-Other": "\u2713"},
    {"X-Lines": "a\r\nb"},
    {"X-Control": "a\x01b"},
    {"X-Bytes": b"bytes"},
    {b"X-Both": b"bytes"},
    {"X-Number": 7},
    {"X-None": None},
    {"X-\xc9": "a"},
    {"": "a"},
    {"Host": "example.com"},
    {"User-Agent": "mine", "Accept-Encoding": "br", "Accept": "a/b"},
    {"user-agent": None, "accept-encoding": None},
    {"user-agent": SKIP_HEADER, "accept-encoding": SKIP_HEADER},
    {"X-Other": SKIP_HEADER},
    {"Content-Length": "4"},
    {"Connection": "close"},
    {"Cookie": "a=b; c=d", "Authorization": "Bearer x"},
    HTTPHeaderDict([("X-Two", "1"), ("X-Two", "2"), ("x-two", "3")]),
)
TARGETS = (
    "", "?", "?a", "?a=b&a=c", "a/b", "a//b", "a:b/c", "a%2Fb", "a%2fb", "a%zz", "a%", "100%25", "\u00e9",
    "\u2713?\u2713=1", "a b", "a?b c", "a#f", "a?b#f", "../a", "a/../b", "./a", "a;b=c", "a|b", "a^b`c", "{a}", "[a]",
    "a\\b", '"a"', "<a>", "a?b?c", "a?b=/../c", "a?%41", "~a", "a+b?c+d", "a?x='1'", "*",
)  # fmt: skip


def sends(server: Any, *, method: str = "POST", target: str = "", headers: Any = None, body: str = "bytes") -> None:
    """Send the same by requests and by urllib3."""
    content = BODIES[body]
    compare(server, lambda at: whole(requests.request(method, at + target, headers=headers, data=content())))

    def by_pool(at: str) -> Any:
        with urllib3.PoolManager() as pool:
            got = pool.urlopen(method, at + target, headers=headers, body=content(), retries=False)
            return got.data, pooled(got)

    compare(server, by_pool)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("body", BODIES)
def test_bodies(server: Any, method: str, body: str) -> None:
    sends(server, method=method, body=body)


@of_messages
@pytest.mark.parametrize("headers", [{}, {"Transfer-Encoding": "chunked"}], ids=repr)
@pytest.mark.parametrize("body", BODIES)
def test_chunks_that_are_asked_for(server: Any, body: str, headers: dict[str, str]) -> None:
    def by_pool(is_chunked: bool, at: str) -> Any:
        with urllib3.PoolManager() as pool:
            content = BODIES[body]()
            got = pool.urlopen("POST", at, body=content, headers=headers, retries=False, chunked=is_chunked)
            return got.data, pooled(got)

    compare(server, partial(by_pool, True))
    compare(server, partial(by_pool, False))


@of_messages
@pytest.mark.parametrize("body", ["text", "file", "text file", "list"])
def test_lengths_that_are_told(server: Any, body: str) -> None:
    content = BODIES[body]()
    length = sum(len(part.encode() if isinstance(part, str) else part) for part in content)
    sends(server, body=body, headers={"Content-Length": str(length)})
    sends(server, body=body, headers={"Content-Length": str(length - 1)})


def failing(error: Exception) -> Iterator[bytes]:
    yield b"one"
    raise error


@of_messages
@pytest.mark.parametrize("error", [ValueError("no more"), OSError("no more"), TimeoutError("no more")], ids=repr)
def test_a_body_that_raises(server: Any, error: Exception) -> None:
    compare(server, lambda at: whole(requests.post(at, data=failing(error))))
    compare(server, lambda at: urllib3.PoolManager().urlopen("POST", at, body=failing(error), retries=False))


@of_messages
@pytest.mark.parametrize(
    "parts", [[b"one", 7], [b"one", None], [io.BytesIO(b"one")], [[b"one"]]], ids=["number", "none", "file", "list"]
)
def test_parts_that_are_no_bytes(server: Any, parts: Any) -> None:
    compare(server, lambda at: whole(requests.post(at, data=iter(parts))))
    compare(server, lambda at: urllib3.PoolManager().urlopen("POST", at, body=parts, retries=False).status)


@pytest.mark.parametrize("method", ODD_METHODS)
def test_odd_methods(server: Any, method: str) -> None:
    sends(server, method=method)


@pytest.mark.parametrize("headers", HEADERS, ids=repr)
def test_headers(server: Any, headers: Any) -> None:
    sends(server, headers=headers)


@pytest.mark.parametrize("target", TARGETS, ids=repr)
def test_targets(server: Any, target: str) -> None:
    sends(server, target=target)


FORMS: tuple[dict[str, Any], ...] = (
    {"json": {"a": "\xe9"}},
    {"data": {"a": ["1", "\xe9 "]}},
    {"params": {"a": "b c", "d": None}},
    {"files": {"f": ("n.txt", b"content", "text/x")}},
    {"auth": ("user", "w\xf6rd")},
    {"cookies": {"a": "b"}},
)


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_forms(server: Any, form: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.filepost.choose_boundary", lambda: "boundary")
    compare(server, lambda at: whole(requests.post(at, **form)))


def lines_kept_open(raw: Any) -> Any:
    raw.auto_close = False
    return list(io.TextIOWrapper(raw)), raw.closed


def parts_of_size(size: int, path: str, at: str) -> list[bytes]:
    return list(requests.get(at + path, stream=True).iter_content(size))


PATHS = (
    "body", "cookies", "gzip", "broken-gzip", "empty", "none", "same", "strange", "moved", "busy", "big",
)  # fmt: skip
READINGS: dict[str, Callable[[Any], Any]] = {
    "read": lambda raw: raw.read(),
    "read decoded": lambda raw: raw.read(decode_content=True),
    "data": lambda raw: (raw.data, raw.data),
    "read parts": lambda raw: [(raw.read(3), state(raw)) for _ in range(5)],
    "stream": lambda raw: list(raw.stream()),
    "stream small": lambda raw: [(part, state(raw)) for part in raw.stream(6)],
    "stream decoded": lambda raw: list(raw.stream(16, decode_content=True)),
    "stream closed": lambda raw: (raw.close(), list(raw.stream())),
    "wrapped": lines_kept_open,
    "drained": lambda raw: (raw.drain_conn(), raw.read()),
    "untouched": lambda _: None,
}


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("path", [*PATHS, "chunks", "packed-chunks"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_raw_response_however_it_is_read(server: Any, method: str, path: str, reading: str) -> None:
    def by_requests(at: str) -> Any:
        got = requests.request(method, at + path, stream=True, allow_redirects=False)
        before = state(got.raw)
        return before, outcome(lambda _: READINGS[reading](got.raw), at), state(got.raw), whole(got)

    def by_pool(at: str) -> Any:
        with urllib3.PoolManager() as pool:
            got = pool.request(method, at + path, preload_content=False, redirect=False)
            return pooled(got), outcome(lambda _: READINGS[reading](got), at), pooled(got)

    compare(server, by_requests)
    compare(server, by_pool)


@pytest.mark.parametrize("path", [*PATHS, "chunks", "packed-chunks"])
def test_the_whole_response_of_requests(server: Any, path: str) -> None:
    def by_session(at: str) -> Any:
        with requests.Session() as session:
            return whole(session.get(at + path)), session.cookies.get_dict()

    compare(server, by_session)
    compare(server, lambda at: whole(requests.get(at + path, timeout=30)))
    for size in (1, 7, 10_000):
        compare(server, partial(parts_of_size, size, path))
    compare(server, lambda at: list(requests.get(at + path, stream=True).iter_lines()))


POLICIES: tuple[Any, ...] = (
    False,
    0,
    2,
    Retry(0),
    Retry(2),
    Retry(False),
    Retry(0, status_forcelist=[503]),
    Retry(2, status_forcelist=[503]),
    Retry(1, status=0, status_forcelist=[503], raise_on_status=False),
    Retry(None, redirect=0),
    Retry(redirect=False),
)


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
@pytest.mark.parametrize("path", ["busy", "moved", "body", "broken-gzip"])
def test_retry_policies(server: Any, policy: Any, path: str) -> None:
    def mounted(at: str) -> Any:
        with requests.Session() as session:
            session.mount("http://", HTTPAdapter(max_retries=policy))
            return whole(session.get(at + path))

    def by_pool(at: str) -> Any:
        with urllib3.PoolManager() as pool:
            return pooled(pool.request("GET", at + path, retries=policy))

    compare(server, mounted)
    compare(server, by_pool)
