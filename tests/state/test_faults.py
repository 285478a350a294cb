from __future__ import annotations

import re
import threading
from typing import Any

import pytest

from moto_lambda_urls.controller.failures import url_failure
from moto_lambda_urls.state import scope
from moto_lambda_urls.state.faults import Fault, Faults, PlannedFault, checked_delay
from moto_lambda_urls.state.scope import Scope

pytestmark = pytest.mark.in_process

TOO_MANY = Fault(response=url_failure(429))
BROKEN = Fault(response=url_failure(502))
SLOW = Fault(delay=0.5)


def test_nothing_planned() -> None:
    assert Faults().next_for("abc") is None


def test_answers_come_in_order_and_are_counted() -> None:
    faults = Faults()
    first = faults.plan("abc", TOO_MANY, 2)
    faults.plan("abc", BROKEN, 1)
    assert [faults.next_for("abc") for _ in range(4)] == [TOO_MANY, TOO_MANY, BROKEN, None]
    assert (first.used, first.remaining) == (2, 0)


def test_other_targets_are_left_alone() -> None:
    faults = Faults()
    faults.plan("abc", TOO_MANY, 1)
    assert faults.next_for("other") is None
    assert faults.next_for("abc") == TOO_MANY


def test_delay_and_answer_of_the_same_request() -> None:
    faults = Faults()
    faults.plan("abc", SLOW, 2)
    faults.plan("abc", TOO_MANY, 1)
    assert faults.next_for("abc") == Fault(delay=0.5, response=TOO_MANY.response)
    assert faults.next_for("abc") == SLOW
    assert faults.next_for("abc") is None


def test_without_end_until_cancelled() -> None:
    faults = Faults()
    planned = faults.plan("abc", BROKEN, None)
    assert [faults.next_for("abc") for _ in range(50)] == [BROKEN] * 50
    assert (planned.used, planned.remaining) == (50, None)
    planned.cancel()
    assert faults.next_for("abc") is None
    assert (planned.used, planned.remaining) == (50, 0)


def test_block_ends_it() -> None:
    faults = Faults()
    with faults.plan("abc", BROKEN, None) as planned:
        assert isinstance(planned, PlannedFault)
        assert faults.next_for("abc") == BROKEN
    assert faults.next_for("abc") is None


def test_clear() -> None:
    faults = Faults()
    faults.plan("abc", BROKEN, None)
    faults.clear("abc")
    faults.clear("unknown")
    assert faults.next_for("abc") is None


@pytest.mark.parametrize("times", [0, -1])
def test_times_below_one(times: int) -> None:
    with pytest.raises(ValueError, match=f"^times={times}: give a number from 1, or None for every time$"):
        Faults().plan("abc", BROKEN, times)


def test_counted_exactly_among_threads() -> None:
    faults = Faults()
    faults.plan("abc", BROKEN, 500)
    taken = []

    def take() -> None:
        for _ in range(200):
            if faults.next_for("abc"):
                taken.append(1)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(taken) == 500


def test_innermost_scope_comes_first() -> None:
    outer, inner = Scope(), Scope()
    outer.faults.plan("abc", TOO_MANY, 1)
    inner.faults.plan("abc", BROKEN, 1)
    scope.enter(outer)
    scope.enter(inner)
    try:
        assert scope.next_fault("abc") == BROKEN
        assert scope.next_fault("abc") == TOO_MANY
        assert scope.next_fault("abc") is None
    finally:
        scope.leave(inner)
        scope.leave(outer)


def test_a_fault_for_a_path() -> None:
    faults = Faults()
    orders = faults.plan("url", Fault(response=url_failure(503)), None, re.compile("/orders/.*"))
    exact = faults.plan("url", Fault(response=url_failure(404)), 1, "/health")

    assert faults.next_for("url", "/") is None
    assert faults.next_for("url", "/orders/7") == orders.fault
    assert faults.next_for("url", "/health") == exact.fault
    assert faults.next_for("url", "/health") is None
    orders.assert_used()
    exact.assert_used()


def test_a_fault_that_was_not_used() -> None:
    planned = Faults().plan("url", Fault(delay=1), 2, "/orders")
    with pytest.raises(AssertionError) as unused:
        planned.assert_used()
    assert str(unused.value) == "Expected the fault to be used for 2 requests at /orders, it was for 0."
    with pytest.raises(AssertionError, match="used for at least 1 request, it was for 0"):
        Faults().plan("url", Fault(delay=1), None).assert_used()


@pytest.mark.parametrize("path", ["orders", "/orders?page=2", "https://abc.lambda-url.us-east-1.on.aws/orders", ""])
def test_a_path_that_no_request_can_have(path: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"path={path!r} is no whole path")):
        Faults().plan("abc", BROKEN, 1, path)


@pytest.mark.parametrize("path", [7, b"/orders"])
def test_a_path_of_another_type(path: Any) -> None:
    with pytest.raises(TypeError, match=re.escape(f"path={path!r} is neither a text nor a compiled pattern")):
        Faults().plan("abc", BROKEN, 1, path)


@pytest.mark.parametrize("times", [1.5, "2", float("nan"), True])
def test_times_that_are_no_whole_number(times: Any) -> None:
    said = f"times={times!r} is no whole number: give a number from 1, or None for every time"
    with pytest.raises(TypeError, match=f"^{re.escape(said)}$"):
        Faults().plan("abc", BROKEN, times)


@pytest.mark.parametrize("seconds", [0, -1, -0.5, float("nan"), float("inf"), float("-inf"), 86_401])
def test_seconds_that_are_no_delay(seconds: float) -> None:
    said = f"seconds={seconds} is no delay: give a number of seconds above 0, at most 86400 (a day)"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        checked_delay(seconds)


@pytest.mark.parametrize("seconds", ["1", None, True])
def test_a_delay_that_is_no_number(seconds: Any) -> None:
    said = f"seconds={seconds!r} is no delay: give a number of seconds above 0, at most 86400 (a day)"
    with pytest.raises(TypeError, match=f"^{re.escape(said)}$"):
        checked_delay(seconds)


def test_a_path_of_bytes() -> None:
    with pytest.raises(TypeError, match=r"is a pattern of bytes: give one of text$"):
        Faults().plan("abc", BROKEN, 1, re.compile(b"/"))  # type: ignore[arg-type]  # the mistake itself


def test_a_planned_fault_says_what_and_where() -> None:
    faults = Faults()
    answer = faults.plan("abc", TOO_MANY, 2, re.compile("/orders/.*"))
    delay = faults.plan("abc", SLOW, None)
    fault = faults.next_for("abc", "/orders/7")
    assert fault is not None
    assert fault.plans == (delay, answer)
    code = test_a_planned_fault_says_what_and_where.__code__
    assert [str(each) for each in (answer, delay)] == [
        f"an answer of 429, 1 of 2 times, at /orders/.*, planned at test_faults.py:{code.co_firstlineno + 2}",
        f"a delay of 0.5 s, time 1, and every further one, planned at test_faults.py:{code.co_firstlineno + 3}",
    ]
