"""Invocations of deployed functions, counted in the mock that they began in."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from support.answering import THROTTLED, ask, checked

from moto_lambda_urls import LambdaUrls, mock_lambda_urls
from moto_lambda_urls.messages import close_body

pytestmark = pytest.mark.in_process


def endless(event: Any, context: Any) -> Iterator[str]:
    while True:
        yield "more"


def deploy_with_one_slot(mock: LambdaUrls) -> str:
    url = mock.deploy(endless, name="orders", invoke_mode="RESPONSE_STREAM")
    mock.client("lambda").put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=1)
    return str(url)


def test_a_stream_that_nobody_closed_holds_no_slot_of_a_later_mock() -> None:
    with mock_lambda_urls() as mock:
        url = deploy_with_one_slot(mock)
        left_open = ask(url).body
        assert checked(ask(url)) == THROTTLED
    with mock_lambda_urls() as mock:
        url = deploy_with_one_slot(mock)
        answer = ask(url)
        assert (answer.status, next(iter(answer.body))) == (200, b"more")
        close_body(answer.body)
        assert ask(url).status == 200
    close_body(left_open)


def test_a_stream_that_ends_gives_its_slot_back_to_its_own_mock() -> None:
    with mock_lambda_urls() as mock:
        url = deploy_with_one_slot(mock)
        with mock_lambda_urls():
            body = ask(url).body
        assert checked(ask(url)) == THROTTLED
        close_body(body)
        assert ask(url).status == 200


def test_a_stream_that_nobody_holds_is_closed_without_a_collection() -> None:
    with mock_lambda_urls() as mock:
        url = deploy_with_one_slot(mock)
        gc.disable()
        try:
            body = ask(url).body
            assert checked(ask(url)) == THROTTLED
            del body
            assert ask(url).status == 200
        finally:
            gc.enable()
