"""Words arrive as they are made; what breaks off is noticed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
import streaming_chat
from streaming_chat import chat

from moto_lambda_urls import FunctionUrl, LambdaUrls


@pytest.fixture
def url(lambda_urls: LambdaUrls) -> FunctionUrl:
    return lambda_urls.deploy(streaming_chat.handler, invoke_mode="RESPONSE_STREAM")


def test_answer(url: FunctionUrl) -> None:
    assert list(chat(url, "one two three")) == ["three", "two", "one"]


def test_events(url: FunctionUrl) -> None:
    answer = requests.post(url, json={"prompt": "so what"})

    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.text == 'data: "what"\n\ndata: "so"\n\ndata: [DONE]\n\n'


def test_words_arrive_as_they_are_made(url: FunctionUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def slow_model(prompt: str) -> Iterator[str]:
        for word in prompt.split():
            made.append(word)
            yield word

    monkeypatch.setattr(streaming_chat, "model", slow_model)
    words = chat(url, "one two three")

    assert next(words) == "one"
    assert made == ["one"]
    assert list(words) == ["two", "three"]


def test_empty_prompt(url: FunctionUrl) -> None:
    with pytest.raises(requests.HTTPError, match="400"):
        next(chat(url, " "))


def test_broken_off(url: FunctionUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_model(prompt: str) -> Iterator[str]:
        yield "so"
        raise RuntimeError("the model is gone")

    monkeypatch.setattr(streaming_chat, "model", broken_model)
    words = chat(url, "anything")

    assert next(words) == "so"
    with pytest.raises(EOFError, match="broke off"):
        next(words)
    assert url.last.status == 200
    assert url.last.error is not None
    assert url.last.error.message == "the model is gone"
