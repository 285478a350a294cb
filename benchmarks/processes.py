"""Functions in processes: warm beside this process and a bare loop over HTTP, cold beside a bare interpreter."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import BinaryIO, Literal

import requests

from moto_lambda_urls import LambdaUrls, mock_lambda_urls

from .deployed import ANSWER, BODY, REGION, posting
from .measure import Figure, Work, compare, ready
from .serving import CALLS, clients, served

Language = Literal["Python", "Node.js"]
RUNTIMES: dict[Language, str] = {"Python": f"python3.{sys.version_info.minor}", "Node.js": "nodejs20.x"}
_PYTHON_LOOP = """
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
while True:
    connection.request("GET", "/next")
    body = connection.getresponse().read()
    connection.request("POST", "/response", body)
    connection.getresponse().read()
"""
_NODE_LOOP = """
const http = require("http");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const send = (method, path, body) => new Promise((resolve) => {
  const options = { agent, port: process.argv[1], method, path };
  http.request(options, (got) => {
    const chunks = [];
    got.on("data", (chunk) => chunks.push(chunk));
    got.on("end", () => resolve(Buffer.concat(chunks)));
  }).end(body);
});
(async () => { for (;;) await send("POST", "/response", await send("GET", "/next")); })();
"""
_LOOPS: dict[Language, list[str]] = {
    "Python": [sys.executable, "-c", _PYTHON_LOOP],
    "Node.js": ["node", "-e", _NODE_LOOP],
}
_IMPORTS: dict[Language, list[str]] = {
    "Python": [sys.executable, "-c", "import app"],
    "Node.js": ["node", "-e", "require('./app.js')"],
}
_PYTHON = """
import json
NUMBER = {number}
HEADERS = {{"Content-Type": "application/json"}}
def handler(event, context):
    status = 200 if json.loads(event["body"])["items"] else 400
    return {{"statusCode": status, "headers": HEADERS, "body": {answer!r}}}
"""
_NODE = """
const NUMBER = {number};
const headers = {{"Content-Type": "application/json"}};
exports.handler = async (event) => {{
  const statusCode = JSON.parse(event.body).items ? 200 : 400;
  return {{statusCode, headers, body: {answer!r}}};
}};
"""
_SOURCES: dict[Language, tuple[str, str]] = {"Python": ("app.py", _PYTHON), "Node.js": ("app.js", _NODE)}


def warm() -> Iterator[Figure]:
    """A call that a waiting process answers."""
    for language in _languages():
        compared = partial(
            compare,
            f"warm call, {language} in a process",
            partial(_called, language, "always"),
            calls=200,
            warm_up=20,
            in_process=False,
        )
        if language == "Python":
            here = partial(_called, language, "never")
            yield compared(floor=here, floor_name="the same in this process", goal=3.0)
        yield compared(floor=partial(_bare_loop, language), floor_name="a bare loop over the same HTTP", goal=None)


def cold() -> Iterator[Figure]:
    """The first call of new code."""
    yield from map(_cold, _languages())


def on_server() -> Iterator[Figure]:
    """A server that runs all packages in processes."""
    with served("serve_echo") as echo:
        for language in _languages():
            with served("serve_package", RUNTIMES[language], package(language)) as ours:
                yield compare(
                    f"server, {language} in a process",
                    partial(clients, ours, 1, ANSWER),
                    floor=partial(clients, echo, 1),
                    floor_name="a bare werkzeug echo",
                    goal=2.5,
                    calls=1,
                    batch=CALLS,
                    rounds=9,
                    in_process=False,
                )


def package(language: Language, number: int = 0) -> bytes:
    """A zip of a handler that does what ``deployed.handler`` does; ``number`` makes its code another one."""
    name, source = _SOURCES[language]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, source.format(number=number, answer=ANSWER))
    return packed.getvalue()


def _languages() -> list[Language]:
    return ["Python", "Node.js"] if shutil.which("node") else ["Python"]


def _deploy(urls: LambdaUrls, language: Language) -> str:
    return str(urls.deploy(package(language), name="orders", runtime=RUNTIMES[language], timeout=20))


@contextmanager
def _called(language: Language, processes: Literal["always", "never"]) -> Iterator[Work]:
    with mock_lambda_urls(processes=processes) as urls, requests.Session() as session:
        yield partial(posting, session, _deploy(urls, language))


def _cold(language: Language) -> Figure:
    numbers = count(1)
    with mock_lambda_urls(processes="always") as urls, requests.Session() as session, _unpacked(language) as folder:
        url, client = _deploy(urls, language), urls.client("lambda", REGION)

        def new_code() -> None:
            client.update_function_code(FunctionName="orders", ZipFile=package(language, next(numbers)))

        return compare(
            f"cold call, {language} in a process",
            ready(partial(posting, session, url)),
            floor=ready(partial(subprocess.run, _IMPORTS[language], cwd=folder, check=True)),
            floor_name="a bare interpreter that imports the handler",
            goal=1.5,
            calls=5,
            rounds=7,
            prepare=new_code,
            in_process=False,
        )


@contextmanager
def _unpacked(language: Language) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(io.BytesIO(package(language))).extractall(folder)
        yield Path(folder)


@contextmanager
def _bare_loop(language: Language) -> Iterator[Work]:
    """A process that asks for a body and sends it back, served by nothing but a socket."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:
        process = stack.enter_context(subprocess.Popen([*_LOOPS[language], str(listener.getsockname()[1])]))
        stack.callback(process.kill)
        connection = stack.enter_context(listener.accept()[0])
        received = stack.enter_context(connection.makefile("rb"))
        _read_request(received)

        def work() -> None:
            _answer(connection, BODY.encode())
            assert _read_request(received) == BODY.encode()
            _answer(connection, b"")
            _read_request(received)

        yield work


def _answer(connection: socket.socket, body: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def _read_request(received: BinaryIO) -> bytes:
    length = 0
    while line := received.readline().strip():
        name, _, value = line.lower().partition(b":")
        length = int(value) if name == b"content-length" else length
    return received.read(length)


ROWS: dict[str, Callable[[], Iterator[Figure]]] = {
    "warm-process": warm,
    "cold-process": cold,
    "server-process": on_server,
}
