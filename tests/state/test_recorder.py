from __future__ import annotations

import re
import threading
from typing import Any

import pytest

from moto_lambda_urls.controller.failures import url_failure
from moto_lambda_urls.messages import Response
from moto_lambda_urls.runtime.invocation_request import HandlerError
from moto_lambda_urls.state.faults import Fault
from moto_lambda_urls.state.record import Invocation, parsed_later
from moto_lambda_urls.state.recorder import Requests, Selection

pytestmark = pytest.mark.in_process


def make_invocation(
    *,
    method: str = "GET",
    path: str = "/",
    query: str = "",
    status: int = 200,
    error: Any = None,
    body: Any = None,
    base64: bool = False,
    fault: Any = None,
    url_id: str = "abc",
) -> Any:
    event = {
        "rawPath": path,
        "rawQueryString": query,
        "requestContext": {"http": {"method": method, "path": path}},
        "isBase64Encoded": base64,
    }
    if body is not None:
        event["body"] = body
    return Invocation(
        request_id="r",
        function_name="orders",
        url_id=url_id,
        event=event,
        response=Response(status=status),
        error=error,
        fault=fault,
    )


def recorded(*invocations: Any) -> Any:
    sequence = Requests()
    for each in invocations:
        sequence.add(each)
    return sequence


def test_index_slice_iteration_and_length() -> None:
    first, second = make_invocation(path="/1"), make_invocation(path="/2")
    sequence = recorded(first, second)
    assert sequence[-1] is second
    assert sequence[:1] == [first]
    assert list(sequence) == [first, second]
    assert len(sequence) == 2


def test_request_of_an_invocation() -> None:
    invocation = make_invocation(method="POST", path="/a%2Fb", status=201, body="eyJhIjoxfQ==", base64=True)
    assert (invocation.method, invocation.path, invocation.status) == ("POST", "/a%2Fb", 201)
    assert invocation.body == b'{"a":1}'
    assert invocation.json() == {"a": 1}


def test_text_body_and_no_body() -> None:
    assert make_invocation(body="grün").body == "grün".encode()
    assert make_invocation().body == b""


@pytest.mark.parametrize(
    "event", [None, 7, [], {"requestContext": None}, {"requestContext": {"http": {"method": "X"}}}]
)
def test_invoke_has_no_request(event: Any) -> None:
    invocation = Invocation(request_id="r", function_name="orders", event=event)
    assert (invocation.method, invocation.path, invocation.status, invocation.body) == (None, None, None, b"")
    assert str(invocation) == "Invoke orders -> ok"


@pytest.mark.parametrize("event", [None, {}, {"requestContext": 1}, {"requestContext": {"http": None}}])
def test_url_invocation_without_http_event(event: dict[str, Any] | None) -> None:
    invocation = Invocation(request_id="r", function_name="orders", url_id="abc", event=event)
    assert (invocation.method, invocation.path, invocation.body) == (None, None, b"")


@pytest.mark.parametrize(
    ("invocation", "line"),
    [
        (make_invocation(path="/orders", query="page=2"), "GET /orders?page=2 -> 200"),
        (
            make_invocation(status=502, error=HandlerError(type="ValueError", message="no stock\nat all")),
            "GET / -> 502 ValueError: no stock",
        ),
        (
            make_invocation(status=429, fault=Fault(delay=0.5, response=url_failure(429))),
            "GET / -> 429 (delayed 0.5 s, answered by a fault)",
        ),
        (make_invocation(fault=Fault(delay=2)), "GET / -> 200 (delayed 2 s)"),
        (
            Invocation(request_id="r", function_name="f", error=HandlerError(type="KeyError", message="'a'")),
            "Invoke f -> KeyError: 'a'",
        ),
    ],
)
def test_line(invocation: Any, line: str) -> None:
    assert str(invocation) == line


def test_long_line_is_shortened() -> None:
    assert len(str(make_invocation(path="/" + "x" * 1000))) == 160


def test_filter_by_method_and_path() -> None:
    get, post, other = (
        make_invocation(path="/orders/7"),
        make_invocation(method="POST", path="/orders/7"),
        make_invocation(path="/orders/7/lines"),
    )
    sequence = recorded(get, post, other)
    assert list(sequence.filter(method="get")) == [get, other]
    assert list(sequence.filter(path="/orders/7")) == [get, post]
    assert list(sequence.filter(path=re.compile(r"/orders/\d+"))) == [get, post]
    assert list(sequence.filter(method="GET").filter(path="/orders/7")) == [get]


def test_selection_is_live() -> None:
    sequence = recorded()
    selection = sequence.filter(path="/later")
    assert len(selection) == 0
    sequence.add(make_invocation(path="/later"))
    assert selection.last.path == "/later"


def test_last_of_nothing() -> None:
    with pytest.raises(LookupError, match=r"^No invocation was made\. Nothing was invoked\.$"):
        _ = recorded().last


def test_last_of_empty_selection_shows_what_was_made() -> None:
    with pytest.raises(LookupError) as failure:
        _ = recorded(make_invocation(path="/a")).filter(path="/b").last
    assert str(failure.value) == "No invocation was made at /b. 1 invocation in all:\n- GET /a -> 200"


def test_assert_called_gives_the_newest() -> None:
    first, second = make_invocation(path="/a"), make_invocation(path="/a", status=404)
    assert recorded(first, second).assert_called(path="/a") is second
    assert recorded(first, second).assert_called(path="/a", times=2) is second
    assert recorded(first).assert_called_once() is first


def test_assert_called_shows_what_was_called_instead() -> None:
    sequence = recorded(make_invocation(path="/order"), make_invocation(path="/orders", status=502))
    with pytest.raises(AssertionError) as failure:
        sequence.assert_called(method="post", path="/orders")
    assert str(failure.value) == (
        "Expected at least 1 invocation of POST /orders, got 0. 2 invocations in all:\n"
        "- GET /order -> 200\n- GET /orders -> 502"
    )


def test_assert_called_once_counts() -> None:
    with pytest.raises(AssertionError) as failure:
        recorded(make_invocation(), make_invocation()).assert_called_once(path=re.compile("/.*"))
    assert str(failure.value) == (
        "Expected 1 invocation of '/.*', got 2. 2 invocations in all:\n- GET / -> 200\n- GET / -> 200"
    )


def test_assert_called_zero_times() -> None:
    with pytest.raises(ValueError, match=r"^times=0: say assert_not_called"):
        recorded().assert_called(times=0)


def test_assert_not_called() -> None:
    sequence = recorded(make_invocation(path="/a"))
    sequence.assert_not_called(path="/b")
    with pytest.raises(AssertionError) as failure:
        sequence.assert_not_called()
    assert str(failure.value) == "Expected no invocation of anything, got 1:\n- GET /a -> 200"


def test_selection_of_a_url_names_it_and_shows_the_others() -> None:
    sequence = recorded(make_invocation(url_id="other"))
    selection = Selection(sequence, lambda each: each.url_id == "abc", "https://abc/")
    with pytest.raises(AssertionError) as failure:
        selection.assert_called()
    assert str(failure.value) == (
        "Expected at least 1 invocation at https://abc/ of anything, got 0. 1 invocation in all:\n- GET / -> 200"
    )


def test_message_shows_the_newest_twenty() -> None:
    sequence = recorded(*(make_invocation(path=f"/{number}") for number in range(25)))
    with pytest.raises(AssertionError) as failure:
        sequence.assert_called(path="/missing")
    lines = str(failure.value).splitlines()
    assert lines[1:3] == ["- 5 earlier", "- GET /5 -> 200"]
    assert len(lines) == 22


def test_repr_lists() -> None:
    assert repr(recorded()) == "<0 invocations>"
    assert repr(recorded(make_invocation())) == "<1 invocation:\n- GET / -> 200>"


def test_oldest_are_forgotten_past_the_number() -> None:
    sequence = Requests(most_kept=3)
    for number in range(5):
        sequence.add(make_invocation(path=f"/{number}"))
    assert [each.path for each in sequence] == ["/2", "/3", "/4"]
    assert sequence.forgotten == 2
    with pytest.raises(AssertionError, match=r"\(2 older ones are not kept\.\)$"):
        sequence.assert_called(path="/0")


@pytest.mark.parametrize("where", ["event", "result", "response", "logs"])
def test_bytes_are_bounded_wherever_they_are(where: str) -> None:
    large = "x" * 6_000
    held: dict[str, dict[str, Any]] = {
        "event": {"event": {"body": large}},
        "result": {"result": {"nested": [large]}},
        "response": {"response": Response(status=200, body=large.encode())},
        "logs": {"logs": large},
    }
    sequence = Requests(most_bytes=60_000)
    for number in range(1_000):
        sequence.add(Invocation(request_id=str(number), function_name="f", **held[where]))
    assert 9 <= len(sequence) <= 10
    assert sequence[-1].request_id == "999"


def test_many_small_values_count_too() -> None:
    sequence = Requests(most_bytes=12_000)
    for _ in range(10):
        sequence.add(Invocation(request_id="r", function_name="f", result=list(range(1_000))))
    assert len(sequence) == 2


def test_values_that_are_not_json_count_too() -> None:
    sequence = Requests(most_bytes=100)
    for _ in range(10):
        sequence.add(Invocation(request_id="r", function_name="f", event={"object": Fault(response=url_failure(429))}))
    assert len(sequence) == 1


def test_newest_is_kept_however_large() -> None:
    sequence = Requests(most_bytes=10)
    sequence.add(make_invocation())
    sequence.add(make_invocation(path="/newest"))
    assert [each.path for each in sequence] == ["/newest"]


def test_known_size_is_believed() -> None:
    sequence = Requests(most_bytes=100)
    for _ in range(3):
        sequence.add(make_invocation(), size=60)
    assert len(sequence) == 1


def test_bounds_hold_among_threads() -> None:
    sequence = Requests(most_kept=50, most_bytes=1_000)

    def add_many() -> None:
        for _ in range(300):
            sequence.add(make_invocation(), size=30)

    threads = [threading.Thread(target=add_many) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(sequence) == 33
    assert sequence.forgotten == 6 * 300 - 33


def test_clear() -> None:
    sequence = Requests(most_bytes=100)
    sequence.add(make_invocation(), size=90)
    sequence.add(make_invocation(), size=90)
    sequence.clear()
    assert (len(sequence), sequence.forgotten) == (0, 0)
    sequence.add(make_invocation(), size=90)
    assert len(sequence) == 1


def test_json_is_parsed_when_asked_for() -> None:
    event, result = parsed_later(b'{"a": 1}'), parsed_later(b"text")
    invocation = Invocation(request_id="r", function_name="f", event=event, result=result)
    assert invocation == Invocation(request_id="r", function_name="f", event={"a": 1}, result="text")
    assert invocation.event is invocation.event
