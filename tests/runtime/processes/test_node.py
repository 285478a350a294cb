"""Functions in JavaScript, on the machine's Node.js."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from support.builders import make_zip
from support.processes import call, error, function_of, needs_node, result
from support.runtime_builders import REQUEST_ID, make_call

from moto_lambda_urls.runtime.processes import Environments

pytestmark = pytest.mark.in_process


@pytest.fixture(autouse=True)
def _node() -> None:
    needs_node()


def js(files: dict[str, str | bytes] | str, **fields: Any) -> Any:
    """A function of Node.js; a string alone is app.js."""
    return function_of({"app.js": files} if isinstance(files, str) else files, runtime="nodejs20.x", **fields)


HANDLERS: dict[str, tuple[dict[str, str | bytes], str]] = {
    "promise": ({"app.js": "exports.handler = async (event) => event.n"}, "app.handler"),
    "callback": ({"app.js": "exports.handler = (event, context, callback) => callback(null, event.n)"}, "app.handler"),
    "later": (
        {"app.js": "exports.handler = (event, c, callback) => { setTimeout(() => callback(null, event.n), 5) }"},
        "app.handler",
    ),
    "context.done": ({"app.js": "exports.handler = (event, context) => context.done(null, event.n)"}, "app.handler"),
    "context.succeed": ({"app.js": "exports.handler = (event, context) => context.succeed(event.n)"}, "app.handler"),
    "ES module": ({"app.mjs": "export const handler = async (event) => event.n"}, "app.handler"),
    "ES module by package.json": (
        {
            "app.js": "import {n} from './lib.js'\nexport const handler = async (event) => event.n + n",
            "lib.js": "export const n = 0",
            "package.json": '{"type": "module"}',
        },
        "app.handler",
    ),
    "top-level await": ({"app.mjs": "const n = await 0\nexport const handler = async (e) => e.n + n"}, "app.handler"),
    "CommonJS by its name": ({"app.cjs": "exports.handler = async (event) => event.n"}, "app.handler"),
    "folder": ({"src/app.js": "exports.handler = async (event) => event.n"}, "src/app.handler"),
    "nested": ({"app.js": "exports.a = {b: async (event) => event.n}"}, "app.a.b"),
    "node_modules": (
        {
            "app.js": "const lib = require('lib')\nexports.handler = async (event) => event.n + lib",
            "node_modules/lib/index.js": "module.exports = 0",
        },
        "app.handler",
    ),
}


@pytest.mark.parametrize("case", HANDLERS)
def test_handler(pool: Environments, case: str) -> None:
    files, handler = HANDLERS[case]
    function = js(files, handler=handler)
    assert [result(pool, function, {"n": n}) for n in (1, 2)] == [1, 2]


def test_layer(pool: Environments) -> None:
    layer = make_zip({"nodejs/node_modules/lib/index.js": "module.exports = 5"})
    layered = Environments(max_processes=1, layers=lambda _: [layer])
    try:
        assert result(layered, js("const lib = require('lib')\nexports.handler = async () => lib")) == 5
    finally:
        layered.close()


def test_results(pool: Environments) -> None:
    function = js("exports.handler = async (event) => eval(event.code)")
    codes = ["undefined", "null", "'é'", "({a: [1, undefined]})"]
    assert [call(pool, function, {"code": code}).payload.decode() for code in codes] == [
        "null",
        "null",
        '"é"',
        '{"a":[1,null]}',
    ]


CONTEXT = """
exports.handler = async (event, context) => [
  context.awsRequestId, context.invokedFunctionArn, context.functionName, context.functionVersion,
  context.memoryLimitInMB, context.getRemainingTimeInMillis() > 2000, context.clientContext,
  process.env._X_AMZN_TRACE_ID, process.cwd() === process.env.LAMBDA_TASK_ROOT,
]
"""


def test_context(pool: Environments) -> None:
    seen = result(pool, js(CONTEXT, version=7), client_context='{"custom": {"k": "é"}}', trace_id="Root=1")
    arn = "arn:aws:lambda:us-east-1:123456789012:function:orders"
    assert seen == [REQUEST_ID, arn, "orders", "7", "128", True, {"custom": {"k": "é"}}, "Root=1", True]


def test_error(pool: Environments) -> None:
    function = js(
        "class Odd extends Error { constructor(m) { super(m); this.name = 'Odd'; } }\n"
        "exports.handler = async () => { throw new Odd('text') }"
    )
    outcome = call(pool, function)
    body = json.loads(outcome.payload)
    assert (body["errorType"], body["errorMessage"]) == ("Odd", "text")
    assert body["trace"][:2] == ["Odd: text", "    at exports.handler (/var/task/app.js:2:39)"]
    line = re.search(r"^\S+Z\t(\S+)\tERROR\tInvoke Error \t(\{.*\})$", outcome.logs, re.M)
    assert line is not None
    assert line[1] == REQUEST_ID
    logged = json.loads(line[2])
    assert (logged["errorType"], logged["errorMessage"], logged["stack"]) == ("Odd", "text", body["trace"])


@pytest.mark.parametrize(
    ("source", "error_type", "message"),
    [
        ("exports.handler = () => { throw new TypeError('t') }", "TypeError", "t"),
        ("exports.handler = (e, c, callback) => callback(new Error('c'))", "Error", "c"),
        ("exports.handler = (e, c, callback) => callback('text')", "string", "text"),
        ("exports.handler = (e, context) => context.fail()", "string", "handled"),
        ("exports.handler = async () => new Promise(() => {})", "Runtime.NodeJsExit", ""),
        ("exports.handler = async () => ({a: 1n})", "Error", "Unable to stringify response body"),
    ],
)
def test_failures(pool: Environments, source: str, error_type: str, message: str) -> None:
    function = js(source)
    for _ in range(2):
        body = error(pool, function)
        assert (body["errorType"], body["errorMessage"]) == (error_type, message)


@pytest.mark.parametrize(
    ("files", "handler", "error_type", "message"),
    [
        ({"app.js": ""}, "app", "Runtime.MalformedHandlerName", "Bad handler"),
        (
            {"app.js": ""},
            "../app.handler",
            "Runtime.MalformedHandlerName",
            "'../app.handler' is not a valid handler name",
        ),
        ({"app.js": ""}, "app.handler", "Runtime.HandlerNotFound", "app.handler is undefined or not exported"),
        ({"app.js": "exports.handler = 1"}, "app.handler", "Runtime.HandlerNotFound", "app.handler is not a function"),
        ({"app.js": ""}, "other.handler", "Runtime.ImportModuleError", "Error: Cannot find module 'other'"),
        (
            {"app.js": "require('nowhere')"},
            "app.handler",
            "Runtime.ImportModuleError",
            "Error: Cannot find module 'now",
        ),
        ({"app.js": "function ("}, "app.handler", "Runtime.UserCodeSyntaxError", "SyntaxError: Function statements"),
        ({"app.js": "throw new RangeError('r')"}, "app.handler", "RangeError", "r"),
    ],
)
def test_modules_that_cannot_be_loaded(
    pool: Environments, files: dict[str, str | bytes], handler: str, error_type: str, message: str
) -> None:
    body = error(pool, js(files, handler=handler))
    assert body["errorType"] == error_type
    assert body["errorMessage"].startswith(message)


LATE = (
    "exports.handler = async () => { setTimeout(() => { throw new RangeError('r') }, 5); await new Promise(() => {}) }"
)
REJECTED = (
    "exports.handler = async () => { Promise.reject(new Error('r')); await new Promise((r) => setTimeout(r, 500)) }"
)


@pytest.mark.parametrize(
    ("source", "error_type"), [(LATE, "RangeError"), (REJECTED, "Runtime.UnhandledPromiseRejection")]
)
def test_uncaught(pool: Environments, source: str, error_type: str) -> None:
    function = js(source)
    for _ in range(2):
        assert error(pool, function)["errorType"] == error_type


def test_exit(pool: Environments) -> None:
    body = error(pool, js("exports.handler = async () => process.exit(3)"))
    assert body["errorMessage"].endswith("Runtime exited with error: exit status 3")


def test_callback_waits_for_an_empty_event_loop(pool: Environments) -> None:
    source = (
        "exports.handler = (event, context, callback) => {\n"
        "  const seen = []\n  context.callbackWaitsForEmptyEventLoop = event.waits\n"
        "  setTimeout(() => seen.push('timer'), 30)\n  callback(null, seen)\n}"
    )
    function = js(source)
    assert [result(pool, function, {"waits": waits}) for waits in (True, False, True)] == [["timer"], [], ["timer"]]


def test_callback_that_never_comes(pool: Environments) -> None:
    function = js("exports.handler = (event, context, callback) => { setTimeout(() => {}, 5) }")
    assert [call(pool, function).payload for _ in range(2)] == [b"null", b"null"]


def test_console(pool: Environments) -> None:
    source = (
        "console.log('init')\nexports.handler = async () => {\n  console.log('a %s', 'b', {c: 1})\n"
        "  console.warn('two\\nlines')\n  console.debug('d')\n  process.stdout.write('raw\\n')\n}"
    )
    logs = call(pool, js(source)).logs
    shown = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME", logs).replace(REQUEST_ID, "ID")
    assert shown[: shown.index("END")] == (
        "TIME\tundefined\tINFO\tinit\nSTART RequestId: ID Version: $LATEST\n"
        "TIME\tID\tINFO\ta b { c: 1 }\nTIME\tID\tWARN\ttwo\nlines\nTIME\tID\tDEBUG\td\nraw\n"
    )


def test_json_log(pool: Environments) -> None:
    source = "exports.handler = async () => { console.info('hi', 7); console.debug('no'); throw new Error('out') }"
    config = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO"}
    lines = [json.loads(line) for line in call(pool, js(source, logging_config=config)).logs.splitlines()]
    assert (lines[1]["level"], lines[1]["message"], lines[1]["requestId"]) == ("INFO", "hi 7", REQUEST_ID)
    assert (lines[2]["level"], lines[2]["message"]["errorType"]) == ("ERROR", "Error")
    assert len(lines) == 4


def test_streaming_misused(pool: Environments) -> None:
    function = js("exports.handler = awslambda.streamifyResponse((event, stream) => { stream.write('x') })")
    assert error(pool, function)["errorMessage"] == "Streaming does not support non-async handlers."


WITH_CALLBACK = "exports.handler = (event, context, callback) => callback(null, event.n)"
NO_CALLBACKS = (
    "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to "
    "modify this function to use a supported handler signature to use Node.js 24 or later. For more information see "
    "https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html."
)


@pytest.mark.parametrize("runtime", ["nodejs18.x", "nodejs20.x", "nodejs22.x"])
def test_callbacks_of_older_runtimes(pool: Environments, runtime: str) -> None:
    function = function_of({"app.js": WITH_CALLBACK}, runtime=runtime)
    assert [result(pool, function, {"n": n}) for n in (1, 2)] == [1, 2]


def test_callbacks_are_gone_with_24(pool: Environments) -> None:
    function = function_of({"app.js": WITH_CALLBACK}, runtime="nodejs24.x")
    for _ in range(2):
        body = error(pool, function)
        assert (body["errorType"], body["errorMessage"]) == ("Runtime.CallbackHandlerDeprecated", NO_CALLBACKS)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("exports.handler = async (event, context) => event.n", 1),
        ("exports.handler = (event) => event.n", 1),  # what is no promise counts, too
        ("exports.handler = (event, context, ...rest) => [rest.length, typeof context.done]", [0, "undefined"]),
        ("module.exports = {default: {handler: async (event) => event.n}}", 1),
        ("exports.handler = async (e, context) => 'callbackWaitsForEmptyEventLoop' in context", False),
        ("exports.handler = async () => { setTimeout(() => {}, 60_000); return 1 }", 1),
    ],
)
def test_handlers_of_24(pool: Environments, source: str, expected: Any) -> None:
    function = function_of({"app.js": source}, runtime="nodejs24.x", timeout=20)
    assert [result(pool, function, {"n": 1}) for _ in range(2)] == [expected] * 2


@pytest.mark.parametrize(
    ("source", "error_type"),
    [
        ("exports.handler = () => { throw new TypeError('t') }", "TypeError"),
        ("exports.handler = async () => { throw new RangeError('r') }", "RangeError"),
        ("exports.handler = async () => new Promise(() => {})", "Runtime.NodeJsExit"),
        ("exports.handler = async () => ({a: 1n})", "Error"),
    ],
)
def test_failures_of_24(pool: Environments, source: str, error_type: str) -> None:
    function = function_of({"app.js": source}, runtime="nodejs24.x", timeout=20)
    assert [error(pool, function)["errorType"] for _ in range(2)] == [error_type] * 2


def test_streams_of_24(pool: Environments) -> None:
    source = (
        "exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {\n"
        "  stream.write('a'); setTimeout(() => {}, 60_000); stream.end('b') })"
    )
    function = function_of({"app.js": source}, runtime="nodejs24.x", timeout=20)
    for _ in range(2):
        assert b"".join(pool.stream(make_call(None, function))) == b"ab"


@pytest.mark.parametrize(
    ("files", "handler", "hint"),
    [
        (
            {"app.js": "exports.handle = () => 1; exports.other = () => 2; exports.n = 3"},
            "app.handler",
            "Handler is 'app.handler'; app has handle, other; did you mean Handler='app.handle'?",
        ),
        (
            {"src/app.mjs": "export const hanlder = async () => 1"},
            "src/app.handler",
            "Handler is 'src/app.handler'; src/app has hanlder; did you mean Handler='src/app.hanlder'?",
        ),
        ({"app.js": "exports.handler = 1"}, "app.handler", "Handler is 'app.handler'; app has no functions"),
        ({"app.js": "", "lib.js": ""}, "other.handler", "Its deployment package holds app.js, lib.js."),
    ],
)
def test_handler_that_is_missing_lists_those_that_are_there(
    pool: Environments, files: dict[str, str | bytes], handler: str, hint: str
) -> None:
    failed = call(pool, js(files, handler=handler)).error
    assert failed is not None
    assert (failed.hint, f"({hint})" in failed.traceback) == (hint, True)
    assert hint not in failed.message


@pytest.mark.parametrize(
    ("files", "handler", "shown"),
    [
        ({"app.js": "exports.handler = async () => { throw new RangeError('two\\nlines') }"}, "app.handler", ""),
        ({"app.js": "exports.handler = async () => { throw 'text' }"}, "app.handler", ""),
        ({"app.js": "exports.handle = 1"}, "app.handler", " (Handler is 'app.handler'; app has no functions)"),
    ],
)
def test_traceback_tells_the_error_once(
    pool: Environments, files: dict[str, str | bytes], handler: str, shown: str
) -> None:
    failed = call(pool, js(files, handler=handler)).error
    assert failed is not None
    line = f"{failed.type}: {failed.message}"
    assert failed.traceback.startswith(f"{line}{shown}")
    assert failed.traceback.count(line) == 1
    assert ("\n    at " in failed.traceback) == (failed.type != "string")


@pytest.mark.parametrize(
    ("handler", "stack"),
    [
        ("app.handler", "- /var/task/app.js\n- /var/runtime/index.mjs"),
        ("absent.handler", "- /var/runtime/index.mjs"),
    ],
)
def test_module_that_is_missing(pool: Environments, handler: str, stack: str) -> None:
    body = error(pool, js("require('absent')", handler=handler))
    message = f"Error: Cannot find module 'absent'\nRequire stack:\n{stack}"
    assert (body["errorType"], body["errorMessage"]) == ("Runtime.ImportModuleError", message)


def test_arguments_of_the_process(pool: Environments) -> None:
    source = "exports.handler = async () => [process.argv[0] === process.execPath, ...process.argv.slice(1)]"
    assert result(pool, js(source)) == [True, "/var/runtime/index.mjs"]


def test_console_shows_in_the_output_of_tests(pool: Environments, capsys: pytest.CaptureFixture[str]) -> None:
    source = (
        "console.log('init')\nexports.handler = async (event) => {\n  console.log('a %s', 'b')\n"
        "  console.error('two\\nlines')\n  process.stdout.write('raw\\n')\n  if (event.fail) throw new Error('e')\n}"
    )
    function = js(source)
    call(pool, function)
    assert capsys.readouterr().out == "init\na b\ntwo\nlines\nraw\n"
    error(pool, function, {"fail": 1})
    assert capsys.readouterr().out == "a b\ntwo\nlines\nraw\n"  # of the failure the package's own log tells


def test_tenant_id(pool: Environments) -> None:
    """Each tenant's global variables are its own."""
    function = js("let count = 0\nexports.handler = async (event, context) => [context.tenantId ?? null, ++count]")
    answers = [result(pool, function, tenant_id=tenant_id) for tenant_id in ("blue", "green", "blue", None)]
    assert answers == [["blue", 1], ["green", 1], ["blue", 2], [None, 1]]
