"""requests: adapters, retries, and other mocks at work beside ours."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
import weakref
from typing import Any

import pytest
import requests
import responses
from requests.adapters import BaseAdapter, HTTPAdapter
from support.builders import HOST
from support.intercepting import URL, answered_by, text
from urllib3.util import Retry, Timeout

from moto_lambda_urls.messages import Request, Response

pytestmark = pytest.mark.in_process


def failing(times: int, status: int = 503, headers: tuple[tuple[str, str], ...] = ()) -> Any:
    """A handle that refuses so many times, then answers."""
    left = iter(range(times))
    return lambda _: text("busy", status=status, headers=headers) if next(left, None) is not None else text("done")


def session_with(adapter: BaseAdapter) -> requests.Session:
    session = requests.Session()
    session.mount("https://", adapter)
    return session


def test_a_mounted_retry_policy_tries_again() -> None:
    retry = Retry(total=3, status_forcelist=[503], allowed_methods=["POST"])
    with answered_by(failing(2)) as arrived, session_with(HTTPAdapter(max_retries=retry)) as session:
        got = session.post(URL, data=b"x")
    assert (got.status_code, got.text) == (200, "done")
    assert [request.body for request in arrived] == [b"x", b"x", b"x"]
    retries = got.raw.retries
    assert retries is not None
    assert [entry.status for entry in retries.history] == [503, 503]


def test_an_exhausted_retry_policy_is_a_retry_error() -> None:
    retry = Retry(total=2, status_forcelist=[503])
    with (
        answered_by(failing(9)) as arrived,
        session_with(HTTPAdapter(max_retries=retry)) as session,
        pytest.raises(requests.exceptions.RetryError, match="too many 503 error responses"),
    ):
        session.get(URL)
    assert len(arrived) == 3


def test_raise_on_status_false_gives_the_last_response() -> None:
    retry = Retry(total=1, status_forcelist=[503], raise_on_status=False)
    with answered_by(failing(9)), session_with(HTTPAdapter(max_retries=retry)) as session:
        assert session.get(URL).status_code == 503


def test_retry_after_and_backoff_are_slept(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", slept.append)
    retry = Retry(total=3, status_forcelist=[503], backoff_factor=2)
    with session_with(HTTPAdapter(max_retries=retry)) as session:
        with answered_by(failing(1, headers=(("Retry-After", "7"),))):
            session.get(URL)
        with answered_by(failing(2)):
            session.get(URL)
    assert slept == [7, 4]


def test_an_invalid_retry_after() -> None:
    retry = Retry(total=1, status_forcelist=[503])
    with (
        answered_by(failing(9, headers=(("Retry-After", "soon"),))),
        session_with(HTTPAdapter(max_retries=retry)) as session,
        pytest.raises(requests.exceptions.InvalidHeader, match="Invalid Retry-After header: soon"),
    ):
        session.get(URL)


def test_timeouts_that_exhaust_a_retry_policy() -> None:
    released = threading.Event()
    retry = Retry(total=5, read=1)
    timeout: Any = Timeout(read=0.05)  # requests takes what its types do not name
    with (
        answered_by(lambda _: (released.wait(5), text("late"))[1]) as arrived,
        session_with(HTTPAdapter(max_retries=retry)) as session,
    ):
        with pytest.raises(requests.ConnectionError, match="Read timed out"):
            session.get(URL, timeout=timeout)
        released.set()
    assert len(arrived) == 2


def test_a_request_that_stops_short() -> None:
    prepared = requests.Request("POST", URL, data=b"short").prepare()
    prepared.headers["Content-Length"] = "100"
    with (
        answered_by(lambda _: text("")) as arrived,
        requests.Session() as session,
        pytest.raises(requests.ConnectionError, match="Remote end closed connection without response"),
    ):
        session.send(prepared)
    assert arrived == []


def test_a_stand_in_may_be_mounted() -> None:
    with answered_by(lambda _: text("ours")), requests.Session() as session:
        session.mount("https://", session.get_adapter(URL))
        assert session.get(URL, timeout=(3, 5)).text == "ours"


def test_an_adapters_own_send_is_used() -> None:
    class Tagging(HTTPAdapter):
        def __init__(self) -> None:
            super().__init__()
            self.sent = 0

        def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
            self.sent += 1
            request.headers["X-Tag"] = "mine"
            return super().send(request, **kwargs)

        def add_headers(self, request: requests.PreparedRequest, **_: Any) -> None:
            request.headers["X-Added"] = "too"

    adapter = Tagging()
    with answered_by(lambda _: text("")) as arrived, session_with(adapter) as session:
        session.get(URL)
    assert (arrived[0].header("X-Tag"), arrived[0].header("X-Added"), adapter.sent) == ("mine", "too", 1)


def test_an_adapter_that_is_no_http_adapter_wins() -> None:
    class Canned(BaseAdapter):
        def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
            response = requests.Response()
            response.status_code, response.url, response.request = 418, request.url or "", request
            return response

        def close(self) -> None:
            pass

    with answered_by(lambda _: text("")) as arrived, session_with(Canned()) as session:
        assert session.get(URL).status_code == 418
    assert arrived == []


def test_a_users_own_responses_mock_goes_on_working() -> None:
    with answered_by(lambda _: text("ours")), responses.RequestsMock() as mock:
        mock.get("https://example.com/", body="theirs")
        assert requests.get("https://example.com/").text == "theirs"
        assert requests.get(URL).text == "ours"
        with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
            requests.get("https://example.org/")


def test_a_responses_mock_round_ours_goes_on_working() -> None:
    with responses.RequestsMock() as mock:
        mock.get("https://example.com/", body="theirs")
        with answered_by(lambda _: text("ours")), session_with(type("Own", (HTTPAdapter,), {})()) as session:
            assert session.get("https://example.com/").text == "theirs"
            assert session.get(URL).text == "ours"


def test_the_raw_response_is_urllib3s_own() -> None:
    headers = (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Two", "1"), ("X-Two", "2"))
    with answered_by(lambda _: text("body", headers=headers)):
        got = requests.get(URL, stream=True)
        assert got.raw.headers.getlist("Set-Cookie") == ["a=1", "b=2"]
        assert got.headers["X-Two"] == "1, 2"
        assert got.cookies.get_dict() == {"a": "1", "b": "2"}
        assert (got.reason, got.raw.version, got.url) == ("OK", 11, URL)
        assert got.raw.read() == b"body"
        assert got.elapsed.total_seconds() > 0


def test_a_response_can_be_pickled_and_a_session_copied() -> None:
    with answered_by(lambda _: text("body")), requests.Session() as session:
        assert pickle.loads(pickle.dumps(session.get(URL))).text == "body"
        assert copy.copy(session).get(URL).text == "body"


def test_files_and_forms_arrive_as_they_are_encoded() -> None:
    with answered_by(lambda _: text("")) as arrived:
        requests.post(URL, data={"a": "é b"}, params={"q": "x y"})
        requests.post(URL, files={"f": ("n.txt", b"content")})
    assert (arrived[0].body, arrived[0].raw_query) == (b"a=%C3%A9+b", "q=x+y")
    assert (arrived[1].header("Content-Type") or "").startswith("multipart/form-data; boundary=")
    assert b'filename="n.txt"\r\n\r\ncontent\r\n' in arrived[1].body


@pytest.mark.parametrize("error", [ConnectionResetError("own"), TimeoutError("own"), KeyError("own")])
@pytest.mark.parametrize("timeout", [None, 5])
def test_an_exception_that_the_gateway_lets_through_reaches_the_caller(error: Exception, timeout: float | None) -> None:
    def handle(_: Request) -> Response:
        raise error

    retrying = HTTPAdapter(max_retries=Retry(total=3, backoff_factor=0))
    with (
        answered_by(handle) as arrived,
        session_with(retrying) as session,
        pytest.raises(type(error)) as raised,
    ):
        session.get(URL, timeout=timeout)
    assert raised.value is error
    assert len(arrived) == 1


@pytest.mark.parametrize(
    ("timeout", "message"), [((1, 2, 3), "Pass a .connect, read."), (0, "less than or equal to 0")]
)
def test_a_timeout_that_is_none(timeout: Any, message: str) -> None:
    with answered_by(lambda _: text("")), pytest.raises(ValueError, match=message):
        requests.get(URL, timeout=timeout)


def test_many_threads_share_a_session() -> None:
    barrier = threading.Barrier(16)

    def handle(request: Request) -> Response:
        barrier.wait(5)
        return text(request.raw_path)

    got: dict[int, str] = {}
    with answered_by(handle), requests.Session() as session:

        def ask(number: int) -> None:
            got[number] = session.get(f"{URL}{number}").text

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert got == {number: f"/{number}" for number in range(16)}


def test_any_spelling_of_the_host_is_the_function_url() -> None:
    with answered_by(lambda _: text("ours")) as arrived:
        for url in (
            f"HTTPS://{HOST.upper()}/",
            f"http://{HOST}/",
            f"https://user:secret@{HOST}:443/",
            f"https://{HOST}.:8443/",
        ):
            assert requests.get(url).text == "ours"
    assert {request.host for request in arrived} == {HOST}


def test_no_adapter_outlives_the_mock() -> None:
    class Mounted(HTTPAdapter):
        pass

    adapter = weakref.ref(Mounted)
    with answered_by(lambda _: text("done")), session_with(Mounted()) as session:
        assert session.get(URL).text == "done"
    del Mounted, session
    gc.collect()
    assert adapter() is None
