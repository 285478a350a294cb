"""A chat whose answer is streamed word by word, as server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import requests


def model(prompt: str) -> Iterator[str]:
    """The words of the answer as they are made: here the prompt's, backwards."""
    yield from reversed(prompt.split())


def handler(event: dict[str, Any], context: object) -> Iterator[dict[str, Any] | str]:
    """Status and headers first, then an event for each word; the URL's InvokeMode is RESPONSE_STREAM."""
    prompt = json.loads(event["body"])["prompt"]
    if not prompt.strip():
        yield {"statusCode": 400, "headers": {"Content-Type": "application/json"}}
        yield json.dumps({"error": "empty prompt"})
        return
    yield {"statusCode": 200, "headers": {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}}
    for word in model(prompt):
        yield f"data: {json.dumps(word)}\n\n"
    yield "data: [DONE]\n\n"


def chat(url: str, prompt: str) -> Iterator[str]:
    """The words of the answer as they arrive.

    :raises requests.HTTPError: the prompt was refused.
    :raises EOFError: the answer broke off: in mid-stream a function has no other way to fail.
    """
    with requests.post(url, json={"prompt": prompt}, stream=True) as answer:
        answer.raise_for_status()
        yield from _words(answer.iter_lines())


def _words(lines: Iterable[bytes]) -> Iterator[str]:
    for line in filter(None, lines):
        content = line.removeprefix(b"data: ")
        if content == b"[DONE]":
            return
        yield json.loads(content)
    raise EOFError("the answer broke off")
