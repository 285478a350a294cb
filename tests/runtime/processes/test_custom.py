"""Custom runtimes: the package's own program, and wrappers of managed ones."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from support.processes import call, environments, error, function_of, needs, needs_node, package_of, result
from support.runtime_builders import REQUEST_ID

from moto_lambda_urls.runtime.processes import Environments

pytestmark = pytest.mark.in_process

TUTORIAL = """#!/bin/sh
set -eu
. "$LAMBDA_TASK_ROOT/$(echo "$_HANDLER" | cut -d. -f1).sh"
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  HEADERS="$(mktemp)"
  EVENT="$(curl -sS -LD "$HEADERS" "$API/next")"
  ID=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$HEADERS" | tr -d '[:space:]' | cut -d: -f2)
  rm "$HEADERS"
  RESPONSE=$("$(echo "$_HANDLER" | cut -d. -f2)" "$EVENT")
  curl -sS "$API/$ID/response" -d "$RESPONSE" > /dev/null
done
"""
"""As in https://docs.aws.amazon.com/lambda/latest/dg/runtimes-walkthrough.html."""
GREET = 'handler() { echo "got: $1" >&2; echo "Echoing request: \'$1\'"; }'


@pytest.mark.parametrize("runtime", ["provided.al2", "provided.al2023"])
def test_tutorial_of_a_custom_runtime(pool: Environments, runtime: str) -> None:
    needs("curl")
    files: dict[str, str | bytes] = {"bootstrap": TUTORIAL, "function.sh": GREET}
    function = function_of(files, runtime=runtime, handler="function.handler", executable=("bootstrap",))
    outcomes = [call(pool, function, {"n": n}) for n in (1, 2)]
    assert [outcome.payload.decode() for outcome in outcomes] == [
        f"Echoing request: '{json.dumps({'n': n})}'" for n in (1, 2)
    ]
    assert f"Version: $LATEST\ngot: {json.dumps({'n': 2})}\nEND RequestId: {REQUEST_ID}\n" in outcomes[1].logs
    assert ["Init Duration" in outcome.logs for outcome in outcomes] == [True, False]


def test_sh_is_bash_as_on_amazon_linux(pool: Environments) -> None:
    needs("curl")
    needs("bash")
    in_bash = TUTORIAL.replace("set -eu\n. ", "set -euo pipefail\nsource ")
    assert in_bash != TUTORIAL
    body = 'handler() { local -a all=("$1"); echo "${all[0]}"; }'
    files: dict[str, str | bytes] = {"bootstrap": in_bash, "f.sh": body}
    function = function_of(files, runtime="provided.al2023", handler="f.handler", executable=("bootstrap",))
    assert result(pool, function, {"n": 1}) == {"n": 1}


@pytest.mark.parametrize(
    ("first", "shown"),
    [("#!/bin/sh -f", "*"), ("#! /usr/bin/sh  -f ", "*"), ("#!/bin/sh", "bootstrap"), ("#!/bin/bash -f", "*")],
)
def test_option_of_the_shell(pool: Environments, first: str, shown: str) -> None:
    needs("bash")
    files: dict[str, str | bytes] = {"bootstrap": f"{first}\necho ${{BASH_VERSION:+bash}} *\nexit 3\n"}
    function = function_of(files, runtime="provided.al2", handler="x", executable=("bootstrap",))
    outcome = call(pool, function)
    assert f"bash {shown}\n" in outcome.logs
    assert outcome.error is not None
    assert outcome.error.message == f"RequestId: {REQUEST_ID} Error: Runtime exited with error: exit status 3"


def test_large_answer_of_curl(pool: Environments) -> None:
    needs("curl")
    body = 'handler() { head -c 3000000 /dev/zero | tr "\\0" x > big; echo big; }'
    files: dict[str, str | bytes] = {"bootstrap": TUTORIAL.replace('-d "$RESPONSE"', '-d "@$RESPONSE"'), "f.sh": body}
    function = function_of(files, runtime="provided.al2023", handler="f.handler", executable=("bootstrap",), timeout=10)
    assert len(call(pool, function).payload) == 3_000_000


def test_error_that_curl_reports(pool: Environments) -> None:
    needs("curl")
    script = TUTORIAL.replace("/response", "/error").replace(
        ' -d "', ' -H "Lambda-Runtime-Function-Error-Type: My.Type" -d "'
    )
    files: dict[str, str | bytes] = {"bootstrap": script, "f.sh": "handler() { echo 'not JSON'; }"}
    function = function_of(files, runtime="provided.al2023", handler="f.handler", executable=("bootstrap",))
    assert error(pool, function) == {"errorType": "My.Type", "errorMessage": "not JSON"}


@pytest.fixture
def layered() -> Iterator[Environments]:
    """A pool whose functions have a layer with a runtime and a wrapper."""
    wrapper = '#!/bin/sh\necho "wrapped $(basename "$1")"\nexport WRAPPED=yes\nexec "$@"\n'
    files: dict[str, str | bytes] = {"bootstrap": TUTORIAL, "wrap": wrapper, "plain": wrapper.partition("\n")[2]}
    layer = package_of(files, ("bootstrap", "wrap", "plain"))
    yield from environments(layers=lambda _: [layer])


def test_runtime_of_a_layer(layered: Environments) -> None:
    needs("curl")
    function = function_of({"function.sh": GREET}, runtime="provided.al2023", handler="function.handler")
    assert call(layered, function).payload == b"Echoing request: '{}'"


@pytest.mark.parametrize(
    ("files", "executable", "reason"),
    [
        ({"app.py": ""}, (), "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"),
        ({"bootstrap": "#!/bin/sh\n"}, (), "fork/exec /var/task/bootstrap: permission denied"),
        ({"bootstrap": "\x7fELF not"}, ("bootstrap",), "fork/exec /var/task/bootstrap: exec format error"),
        (
            {"bootstrap": "#!/no/such/shell\n"},
            ("bootstrap",),
            "fork/exec /var/task/bootstrap: no such file or directory",
        ),
    ],
)
def test_runtime_that_cannot_be_executed(
    pool: Environments, files: dict[str, str | bytes], executable: tuple[str, ...], reason: str
) -> None:
    function = function_of(files, runtime="provided.al2023", executable=executable or ("none",))
    for _ in range(2):
        outcome = call(pool, function)
        message = f"RequestId: {REQUEST_ID} Error: {reason}"
        assert json.loads(outcome.payload) == {"errorType": "Runtime.InvalidEntrypoint", "errorMessage": message}


def test_runtime_that_exits_at_once(pool: Environments) -> None:
    function = function_of({"bootstrap": "#!/bin/sh\nexit 5\n"}, runtime="provided.al2023", executable=("bootstrap",))
    assert error(pool, function)["errorMessage"].endswith("Runtime exited with error: exit status 5")


@pytest.mark.parametrize("wrapper", ["/opt/wrap", "/opt/plain"])
def test_wrapper_of_python(layered: Environments, wrapper: str) -> None:
    source = "import os\ndef handler(event, context): return os.environ['WRAPPED']"
    function = function_of(source, environment={"AWS_LAMBDA_EXEC_WRAPPER": wrapper})
    outcome = call(layered, function)
    assert outcome.payload == b'"yes"'
    assert outcome.logs.startswith("wrapped python")


def test_wrapper_of_node(layered: Environments) -> None:
    needs_node()
    files: dict[str, str | bytes] = {"app.js": "exports.handler = async () => process.env.WRAPPED"}
    function = function_of(files, runtime="nodejs20.x", environment={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrap"})
    assert result(layered, function) == "yes"


BEFORE_THE_PROGRAM = """args=("$@")
more=({options})
args=("${{args[@]:0:$#-1}}" "${{more[@]}}" "${{args[@]: -1}}")
exec "${{args[@]}}"
"""
"""How AWS's example puts options: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper."""
AFTER_THE_INTERPRETER = """#!/usr/bin/env python3
import os, sys
args = sys.argv[1:]
args[1:1] = ["-X", "importtime"]
os.execv(args[0], args)
"""


def wrapped(script: str, **fields: Any) -> Any:
    """A function whose layer has ``script`` as the wrapper, and the pool that it runs in."""
    layer = package_of({"bin/wrap": script}, ("bin/wrap",))
    fields = {"timeout": 30, "environment": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/bin/wrap"}, **fields}
    return environments(layers=lambda _: [layer]), function_of(**fields)


@pytest.mark.parametrize("first", ["#!/bin/bash\n", "#!/usr/bin/env bash\n", "#!/bin/sh\n", ""])
def test_wrapper_that_puts_options_before_the_program(first: str) -> None:
    needs("bash")
    script = first + BEFORE_THE_PROGRAM.format(options="-X importtime")
    source = "import sys\ndef handler(event, context): return [sys._xoptions, sys.argv]"
    pools, function = wrapped(script, files=source)
    for pool in pools:
        outcome = call(pool, function)
        assert outcome.payload == b'[{"importtime": true}, ["/var/runtime/bootstrap.py"]]'
        assert "import time: self [us] | cumulative | imported package\n" in outcome.logs


def test_wrapper_in_python() -> None:
    needs("python3")
    pools, function = wrapped(
        AFTER_THE_INTERPRETER, files="import sys\ndef handler(event, context): return sys._xoptions"
    )
    for pool in pools:
        assert result(pool, function) == {"importtime": True}


def test_wrapper_that_puts_options_of_node() -> None:
    needs_node()
    needs("bash")
    script = "#!/bin/bash\n" + BEFORE_THE_PROGRAM.format(options="--no-warnings --stack-trace-limit=20")
    files = {"app.js": "exports.handler = async () => process.execArgv"}
    pools, function = wrapped(script, files=files, runtime="nodejs22.x")
    for pool in pools:
        assert result(pool, function) == ["--no-warnings", "--stack-trace-limit=20"]


@pytest.mark.parametrize(
    ("wrapper", "status", "hint"),
    [
        ("/opt/none", 127, "/opt/none, which neither the package nor a layer holds."),
        ("/var/task/app.py", 126, "/var/task/app.py, which is not executable: chmod +x, before it is packed."),
        ("/var/task/lost", 127, "/var/task/lost, a script for '/no/such/shell', which this machine does not have."),
        ("/var/task/dos", 127, "/var/task/dos, a script for '/bin/sh\\r', which this machine does not have."),
        ("./dos", 127, "./dos, a script for '/bin/sh\\r', which this machine does not have."),
        ("/var/task/of_a_folder", 126, "/var/task/of_a_folder, which cannot be executed here."),
    ],
)
def test_wrapper_that_is_none(pool: Environments, wrapper: str, status: int, hint: str) -> None:
    files: dict[str, str | bytes] = {"app.py": "def handler(event, context): pass", "lost": "#!/no/such/shell -x\n"}
    files |= {"dos": "#!/bin/sh\r\nexec $@\r\n", "of_a_folder": "#!/\n"}
    programs = ("lost", "dos", "of_a_folder")
    function = function_of(files, executable=programs, environment={"AWS_LAMBDA_EXEC_WRAPPER": wrapper})
    outcome = call(pool, function)
    message = f"RequestId: {REQUEST_ID} Error: Runtime exited with error: exit status {status}"
    assert json.loads(outcome.payload) == {"errorType": "Runtime.ExitError", "errorMessage": message}
    assert outcome.error is not None
    assert outcome.error.hint == f"AWS_LAMBDA_EXEC_WRAPPER is {hint}"
    assert outcome.error.traceback.endswith(f"exit status {status}\nAWS_LAMBDA_EXEC_WRAPPER is {hint}\n")


TALKS = """
import http.client, os, socket
API = os.environ["AWS_LAMBDA_RUNTIME_API"]
def ask(method, path, body=None, **headers):
    connection = http.client.HTTPConnection(API)
    connection.request(method, "/2018-06-01/runtime/" + path, body, headers)
    response = connection.getresponse()
    return [response.status, response.read().decode()]
def handler(event, context):
    own = "invocation/" + context.aws_request_id
    if event.get("garbage"):
        with socket.create_connection(API.split(":")) as connection:
            connection.sendall(b"no HTTP\\r\\n\\r\\n")
            return connection.recv(100).decode().splitlines()[0]
    if event.get("many"):
        connections = [socket.create_connection(API.split(":")) for _ in range(200)]
        return len(connections)
    if event.get("first"):
        return ask("POST", own + "/response", "[]")
    return [ask(*each)[0] for each in [
        ("GET", "invocation/next"), ("POST", "invocation/other/response", "x"), ("POST", "init/error", "{}"),
        ("GET", "none"), ("PUT", own + "/response", "x"),
    ]]
"""


def test_runtime_api_answers_what_is_out_of_turn(pool: Environments) -> None:
    function = function_of(TALKS)
    for _ in range(2):
        assert result(pool, function) == [403, 400, 403, 404, 405]


def test_first_answer_counts(pool: Environments) -> None:
    function = function_of(TALKS)
    assert result(pool, function, {"first": True}) == []
    assert result(pool, function) == [403, 400, 403, 404, 405]


def test_garbage_and_many_connections(pool: Environments) -> None:
    function = function_of(TALKS)
    before = len(os.listdir("/proc/self/fd"))
    assert result(pool, function, {"garbage": True}) == "HTTP/1.1 400 Bad Request"
    assert result(pool, function, {"many": True}) == 200
    assert result(pool, function) == [403, 400, 403, 404, 405]
    assert len(os.listdir("/proc/self/fd")) < before + 80


def test_response_that_breaks_off(pool: Environments) -> None:
    source = (
        "import os, socket\ndef handler(event, context):\n"
        "    if not event: return 1\n"
        "    with socket.create_connection(os.environ['AWS_LAMBDA_RUNTIME_API'].split(':')) as connection:\n"
        "        path = '/2018-06-01/runtime/invocation/' + context.aws_request_id + '/response'\n"
        "        head = 'POST ' + path + ' HTTP/1.1\\r\\nHost: ' + os.environ['AWS_LAMBDA_RUNTIME_API']\n"
        "        connection.sendall((head + '\\r\\nContent-Length: 9\\r\\n\\r\\nshort').encode())\n"
        "    __import__('time').sleep(60)"
    )
    function = function_of(source)
    assert error(pool, function, {"break": True}) == {
        "errorType": "Runtime.TruncatedResponse",
        "errorMessage": f"RequestId: {REQUEST_ID} Error: Runtime broke off its response",
    }
    assert result(pool, function) == 1
