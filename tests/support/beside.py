"""The mock and another tool, one in the other: functions answer every client, and a server on loopback stays reachable.

``python -m support.beside FILE FUNCTION ORDER SERVER CLIENTS REACHING`` does so in a process whose first mock it is.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any

import boto3
import pytest

from moto_lambda_urls import LambdaUrls, mock_lambda_urls
from support import local_server
from support.builders import make_zip
from support.clients import CLIENTS, Call, Reply

Tool = Callable[[], AbstractContextManager[Any]]
Beside = Callable[..., AbstractContextManager[LambdaUrls]]
"""The fixture ``beside``: takes a tool, and ``clients`` and ``reaching`` as below."""
OwnProcess = Callable[..., None]
"""The fixture ``own_process``."""
LoopBeside = Callable[..., None]
"""The fixture ``loop_beside``: takes what runs a coroutine function, and what sends requests in it."""
Suite = Callable[..., pytest.RunResult]
"""The fixture ``suite``: takes options of pytest, and more tests as ``source``."""
Send = Callable[[Call], Awaitable[Reply]]
Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], object]
"""Calls a coroutine function and waits for its end, in an event loop."""

ORDERS = ["mock-in-tool", "tool-in-mock"]
NAMES = tuple(client.name for client in CLIENTS)


def without(*names: str) -> tuple[str, ...]:
    """The names of all other clients."""
    return tuple(name for name in NAMES if name not in names)


ANSWER = {"path": "/orders/7", "body": '{"a": 1}'}
JSON = (("Content-Type", "application/json"),)
SOURCE = "def handler(event, context): return {'path': event['rawPath'], 'body': event['body']}"


def answer(event: dict[str, Any], context: object) -> dict[str, Any]:
    """What the deployed package does, as a callable."""
    return {"path": event["rawPath"], "body": event["body"]}


def functions_answer(urls: LambdaUrls, clients: Iterable[str] = NAMES) -> None:
    """A package and a callable are deployed, and give each client and boto3 their answer."""
    for handler in (make_zip(SOURCE), answer):
        url = urls.deploy(handler)
        for client in CLIENTS:
            if client.name in clients:
                call = Call(method="POST", url=f"{url}orders/7", headers=JSON, body=b'{"a": 1}')
                reply = client.send(call)
                assert (reply.status, json.loads(reply.body)) == (200, ANSWER), client.name
        payload = json.dumps({"rawPath": "/orders/7", "body": '{"a": 1}'})
        invoked = boto3.client("lambda", "us-east-1").invoke(FunctionName=url.function_name, Payload=payload)
        assert json.load(invoked["Payload"]) == ANSWER


def server_answers(address: str, clients: Iterable[str] = NAMES) -> None:
    """Each client reaches the ordinary server."""
    for client in CLIENTS:
        if client.name in clients:
            reply = client.send(Call(method="GET", url=address))
            assert (reply.status, reply.body) == (200, local_server.BODY), client.name


@contextmanager
def beside(
    order: str, tool: Tool, server: str, *, clients: Iterable[str] = NAMES, reaching: Iterable[str] | None = None
) -> Iterator[LambdaUrls]:
    """Both are on, in that order, and work; afterwards the server is reachable still.

    :param clients: the names of those that reach function URLs beside the tool.
    :param reaching: the names of those that reach the server; the same by default.
    """
    reaching = clients if reaching is None else reaching
    with ExitStack() as both:
        if order == "mock-in-tool":
            both.enter_context(tool())
        mock = mock_lambda_urls()
        both.enter_context(mock)
        if order == "tool-in-mock":
            both.enter_context(tool())
        functions_answer(mock.urls, clients)
        server_answers(server, reaching)
        yield mock.urls
    server_answers(server, reaching)


def loop_beside(order: str, run: Run, server: str, *sends: Send) -> None:
    """The mock is started in an event loop, or the loop in the mock: ``sends`` reach functions and the server."""

    async def ask(urls: LambdaUrls) -> None:
        for handler in (make_zip(SOURCE), answer):
            url = urls.deploy(handler)
            for send in sends:
                call = Call(method="POST", url=f"{url}orders/7", headers=JSON, body=b'{"a": 1}')
                reply = await send(call)
                assert (reply.status, json.loads(reply.body)) == (200, ANSWER)
        for send in sends:
            assert (await send(Call(method="GET", url=server))).body == local_server.BODY

    @mock_lambda_urls
    async def in_loop() -> None:
        with mock_lambda_urls() as urls:
            await ask(urls)

    if order == "mock-in-tool":
        run(in_loop)
    else:
        with mock_lambda_urls() as urls:
            run(lambda: ask(urls))


def _function(path: str, name: str) -> Tool:
    spec = importlib.util.spec_from_file_location("tool", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tool: Tool = getattr(module, name)
    return tool


if __name__ == "__main__":
    path, name, order, address, clients, reaching = sys.argv[1:]
    tool = _function(path, name) if path else nullcontext
    for _ in range(2):  # a first mock, and one more
        with beside(order, tool, address, clients=clients.split(","), reaching=reaching.split(",")):
            pass
    print("both work")
