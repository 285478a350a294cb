"""Functions in Python, on each Python that the machine has."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from support.builders import make_zip
from support.processes import HERE, PYTHONS, call, error, function_of, needs_python, result
from support.runtime_builders import REQUEST_ID

from moto_lambda_urls.runtime.processes import Environments
from moto_lambda_urls.runtime.processes.sdk import sdk_hint

pytestmark = pytest.mark.in_process


@pytest.fixture(params=PYTHONS)
def runtime(request: pytest.FixtureRequest) -> str:
    needs_python(request.param)
    return str(request.param)


def test_runs_on_the_python_that_the_runtime_names(pool: Environments, runtime: str) -> None:
    function = function_of(
        "import sys\ndef handler(event, context): return [event, 'python%d.%d' % sys.version_info[:2], __name__]",
        runtime=runtime,
    )
    assert result(pool, function, {"a": [1, "é"]}) == [{"a": [1, "é"]}, runtime, "app"]


def test_error_has_the_trace_of_the_function_alone(pool: Environments, runtime: str) -> None:
    function = function_of(
        "def inner():\n    raise KeyError('é')\ndef handler(event, context):\n    inner()", runtime=runtime
    )
    outcome = call(pool, function)
    assert json.loads(outcome.payload) == {
        "errorMessage": "'é'",
        "errorType": "KeyError",
        "requestId": REQUEST_ID,
        "stackTrace": [
            '  File "/var/task/app.py", line 4, in handler\n    inner()\n',
            "  File \"/var/task/app.py\", line 2, in inner\n    raise KeyError('é')\n",
        ],
    }
    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.message) == ("KeyError", "'é'")
    assert (
        "[ERROR] KeyError: 'é'\nTraceback (most recent call last):\n"
        '\xa0\xa0File "/var/task/app.py", line 4, in handler\n\xa0\xa0\xa0\xa0inner()\n'
    ) in outcome.logs


def test_log(pool: Environments, runtime: str) -> None:
    source = (
        "import logging, os, sys\nprint('init')\n"
        "def handler(event, context):\n"
        "    print('out')\n    print('err', file=sys.stderr)\n    os.system('echo system')\n"
        "    logging.warning('two\\nlines')\n    logging.info('not shown')\n    context.log('as it is')\n"
    )
    outcome = call(pool, function_of(source, runtime=runtime))
    shown = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME", outcome.logs)
    shown = re.sub(r"\d+\.\d\d ms|\d+ ms|\d+ MB", "N", shown)
    assert shown == (
        f"init\nSTART RequestId: {REQUEST_ID} Version: $LATEST\nout\nerr\nsystem\n"
        f"[WARNING]\tTIME\t{REQUEST_ID}\ttwo\nlines\nas it is\nEND RequestId: {REQUEST_ID}\n"
        f"REPORT RequestId: {REQUEST_ID}\tDuration: N\tBilled Duration: N\tMemory Size: N\tMax Memory Used: N\t"
        "Init Duration: N\t\n"
    )


def test_a_record_of_several_lines_is_one_event(pool: Environments) -> None:
    function = function_of("import logging\ndef handler(event, context): logging.error('two\\nlines')")
    call(pool, function)
    (stream,) = function.logs_backend.groups["/aws/lambda/orders"].streams.values()
    assert [event.message.count("\n") for event in stream.events] == [1, 2, 1, 1]


def test_output_shows_in_the_test(pool: Environments, capsys: pytest.CaptureFixture[str]) -> None:
    call(pool, function_of("def handler(event, context): print('seen')"))
    assert capsys.readouterr().out == "seen\n"


def test_json_log(pool: Environments) -> None:
    source = (
        "import logging\ndef handler(event, context):\n    logging.info('hi %s', 'you', extra={'order': 7})\n    1 / 0"
    )
    outcome = call(pool, function_of(source, logging_config={"LogFormat": "JSON"}))
    start, record, failed, report = map(json.loads, outcome.logs.splitlines())
    assert (start["type"], report["type"]) == ("platform.start", "platform.report")
    assert (record["level"], record["message"], record["order"], record["requestId"]) == (
        "INFO",
        "hi you",
        7,
        REQUEST_ID,
    )
    assert (failed["level"], failed["errorType"]) == ("ERROR", "ZeroDivisionError")


CONTEXT = """
def handler(event, context):
    left = context.get_remaining_time_in_millis()
    return [context.aws_request_id, context.invoked_function_arn, context.function_name, context.function_version,
            context.memory_limit_in_mb, 2000 < left <= 3000, context.client_context.custom, context.w3c()]
"""


def test_context(pool: Environments, runtime: str) -> None:
    sent = {"custom": {"k": "é\n"}, "w3c": {"traceparent": "00-1", "x": 1}}
    seen = result(pool, function_of(CONTEXT, runtime=runtime, version=7), client_context=json.dumps(sent, indent=1))
    arn = "arn:aws:lambda:us-east-1:123456789012:function:orders"
    assert seen == [REQUEST_ID, arn, "orders", "7", "128", True, {"k": "é\n"}, {"traceparent": "00-1"}]


def test_client_context_that_is_no_json(pool: Environments) -> None:
    function = function_of("def handler(event, context): pass")
    assert error(pool, function, client_context="{é\n")["errorType"] == "Runtime.LambdaContextUnmarshalError"
    assert result(pool, function) is None


def test_trace_id(pool: Environments) -> None:
    function = function_of("import os\ndef handler(event, context): return os.environ.get('_X_AMZN_TRACE_ID')")
    seen = [result(pool, function, trace_id=trace_id) for trace_id in ("Root=1-2;Sampled=0", None)]
    assert seen == ["Root=1-2;Sampled=0", None]


def test_environment_is_warm(pool: Environments) -> None:
    function = function_of("n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return n")
    first, second = call(pool, function), call(pool, function)
    assert [first.payload, second.payload] == [b"1", b"2"]
    assert ["Init Duration" in outcome.logs for outcome in (first, second)] == [True, False]


VALUES = """
import collections, decimal
def handler(event, context):
    Point = collections.namedtuple("Point", "x y")
    return {"d": decimal.Decimal("1.10"), "nan": decimal.Decimal("NaN"), "p": Point(1, 2), "b": b"t", 1: (None, True)}
"""


def test_marshalling(pool: Environments, runtime: str) -> None:
    payload = call(pool, function_of(VALUES, runtime=runtime)).payload
    assert payload == b'{"d": 1.10, "nan": NaN, "p": {"x": 1, "y": 2}, "b": "t", "1": [null, true]}'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{1}", "Object of type set is not JSON serializable"),
        ("{(1, 2): 3}", "keys must be str, int, float, bool or None, not tuple"),
        ("(lambda a: a.append(a) or a)([])", "Circular reference detected"),
        ("iter([])", "Object of type list_iterator is not JSON serializable"),
    ],
)
def test_what_has_no_json(pool: Environments, value: str, message: str) -> None:
    found = error(pool, function_of(f"def handler(event, context): return {value}"))
    assert (found["errorType"], found["errorMessage"]) == (
        "Runtime.MarshalError",
        f"Unable to marshal response: {message}",
    )


def test_result_too_large(pool: Environments) -> None:
    function = function_of("def handler(event, context): return 'x' * event['size']")
    assert error(pool, function, {"size": 6_291_555}) == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }
    assert len(call(pool, function, {"size": 6_291_554}).payload) == 6_291_556
    assert "Init Duration" not in call(pool, function, {"size": 1}).logs


def test_event_of_the_largest_size(pool: Environments) -> None:
    function = function_of("def handler(event, context): return len(event['text'])")
    assert result(pool, function, {"text": "x" * 6_000_000}) == 6_000_000


def test_module_that_raises(pool: Environments, runtime: str) -> None:
    outcome = call(
        pool, function_of({"app.py": "import helper", "helper.py": "raise ValueError('broken')"}, runtime=runtime)
    )
    body = json.loads(outcome.payload)
    assert (body["errorType"], body["errorMessage"], body["requestId"]) == ("ValueError", "broken", "")
    assert body["stackTrace"][0].startswith(f'  File "/var/lang/lib/{runtime}/importlib/__init__.py", line ')
    assert body["stackTrace"][-1].startswith('  File "/var/task/helper.py", line 1, in <module>')
    assert outcome.logs.index("LAMBDA_WARNING") < outcome.logs.index("[ERROR] ValueError: broken")


def test_message_with_a_lone_surrogate(pool: Environments, runtime: str) -> None:
    outcome = call(pool, function_of("def handler(event, context): raise ValueError('\\ud800')", runtime=runtime))
    assert json.loads(outcome.payload)["errorMessage"] == "\ud800"


LAYER = make_zip({"python/lib_of_layer.py": "place = __file__", "bin/tool": "", "lib/x.so": "", "data.txt": "d"})
OTHER = make_zip({"data.txt": "newer"})
SEES_LAYERS = """
import os, lib_of_layer
def handler(event, context):
    roots = [entry.rpartition("/")[2] for entry in os.environ["PATH"].split(":")[-1:]]
    return [roots, open(os.environ["DATA"]).read(), os.environ["MISSING"], os.path.basename(os.getcwd())]
"""


def test_layers_lie_over_each_other(runtime: str) -> None:
    pool = Environments(max_processes=1, layers=lambda _: [LAYER, OTHER])
    try:
        variables = {"DATA": "/opt/data.txt", "MISSING": "/opt/none.txt"}
        function = function_of(SEES_LAYERS, runtime=runtime, environment=variables)
        assert result(pool, function) == [["bin"], "newer", "/opt/none.txt", "task"]
    finally:
        pool.close()


def test_sdk_comes_last_and_nothing_else_of_this_environment(pool: Environments) -> None:
    source = (
        "import importlib.util as u\n"
        "names = ['boto3', 'botocore', 'moto', 'pytest']\n"
        "def handler(event, context): return [u.find_spec(name) is not None for name in names]"
    )
    assert result(pool, function_of(source)) == [True, True, False, False]
    assert result(pool, function_of({"app.py": source, "boto3.py": ""})) == [True, True, False, False]
    own = function_of({"app.py": "import boto3\ndef handler(event, context): return boto3.own", "boto3.py": "own = 1"})
    assert result(pool, own) == 1


IMPORTS_SDK = {
    "at init": (
        "import boto3\ndef handler(event, context): pass",
        "Runtime.ImportModuleError",
        "Unable to import module 'app': ",
    ),
    "in the handler": ("def handler(event, context):\n    import boto3", "ModuleNotFoundError", ""),
}


@pytest.mark.parametrize("source", IMPORTS_SDK)
@pytest.mark.parametrize("old", ["python3.8", "python3.9"])
def test_sdk_that_does_not_support_the_python_of_the_runtime(pool: Environments, old: str, source: str) -> None:
    needs_python(old)
    code, error_type, before = IMPORTS_SDK[source]
    outcome = call(pool, function_of(code, runtime=old, timeout=30))
    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.message) == (error_type, f"{before}No module named 'boto3'")
    assert outcome.error.hint == sdk_hint("No module named 'boto3'", (3, int(old[-1])))
    assert outcome.error.hint.startswith(f"AWS's {old} brings boto3; here it would be the test environment's, which ")
    assert outcome.error.traceback.endswith(f"No module named 'boto3' ({outcome.error.hint})")


def test_bundled_sdk_of_an_old_python(pool: Environments) -> None:
    needs_python("python3.8")
    files: dict[str, Any] = {
        "app.py": "import boto3, six\ndef handler(event, context): return boto3.own",
        "boto3.py": "own = 1",
    }
    assert result(pool, function_of(files, runtime="python3.8", timeout=30)) == 1


RAISES_IN_THE_SDK = """
from dateutil import rrule
def handler(event, context):
    print(rrule.__file__)
    rrule.rrulestr("")
"""


def test_paths_of_the_sdk_are_those_of_aws(pool: Environments, runtime: str) -> None:
    outcome = call(pool, function_of(RAISES_IN_THE_SDK, runtime=runtime, timeout=60))
    new = int(runtime.removeprefix("python3.")) >= 11
    file = f"/var/lang/lib/{runtime}/site-packages/dateutil/rrule.py" if new else "/var/runtime/dateutil/rrule.py"
    assert f"{file}\n" in outcome.logs
    assert f'\xa0\xa0File "{file}", line ' in outcome.logs
    shown = "".join(json.loads(outcome.payload)["stackTrace"])
    assert re.findall(r'File "([^"]+)"', shown) == ["/var/task/app.py", *[file] * shown.count("rrule.py")]
    assert outcome.error is not None
    assert outcome.error.traceback == f"{shown}ValueError: empty string"


def test_paths_of_the_library_are_those_of_aws(pool: Environments) -> None:
    source = (
        "import json, logging\ndef handler(event, context):\n    print(json.__file__)\n"
        "    try: json.loads('{')\n    except ValueError: logging.exception('no JSON')"
    )
    outcome = call(pool, function_of(source))
    assert f"\n/var/lang/lib/{HERE}/json/__init__.py\n" in outcome.logs
    assert re.findall(r'File "([^"]+)/\w+.py"', outcome.logs) == ["/var/task", *[f"/var/lang/lib/{HERE}/json"] * 3]


STARTS_ANOTHER = """
import multiprocessing, os, sys
def answer(queue):
    queue.put(sys.path[0] == os.environ["LAMBDA_TASK_ROOT"])
def handler(event, context):
    spawn = multiprocessing.get_context("spawn")
    queue = spawn.SimpleQueue()
    started = spawn.Process(target=answer, args=(queue,))
    started.start()
    started.join()
    return [started.exitcode, queue.get(), [entry for entry in sys.path if "bootstrap" in entry]]
"""


def test_program_is_not_run_again_by_multiprocessing(pool: Environments, runtime: str) -> None:
    function = function_of(STARTS_ANOTHER, runtime=runtime, timeout=60, environment={"PYTHONSAFEPATH": "1"})
    assert result(pool, function) == [0, True, []]


def test_two_versions_side_by_side(pool: Environments) -> None:
    functions = [
        function_of(
            {"app.py": "import lib\ndef handler(event, context): return lib.version", "lib.py": f"version = {n}"}
        )
        for n in (1, 2)
    ]
    assert [result(pool, function) for function in functions] == [1, 2]


def test_what_finds_modules_by_name(pool: Environments) -> None:
    files: dict[str, Any] = {
        "app.py": "import pickle, pkgutil, shop.models\n"
        "def handler(event, context):\n"
        "    back = pickle.loads(b'cshop.models\\nOrder\\n.')\n"
        "    return [back is shop.models.Order, pkgutil.get_data('shop', 'data.txt').decode()]",
        "shop/__init__.py": "",
        "shop/models.py": "class Order: pass",
        "shop/data.txt": "text",
    }
    assert result(pool, function_of(files)) == [True, "text"]


FAULTS: dict[str, tuple[str, str, str]] = {
    "no dot": ("pass", "app", "Runtime.MalformedHandlerName"),
    "missing module": ("pass", "other.handler", "Runtime.ImportModuleError"),
    "failing import": ("import nowhere", "app.handler", "Runtime.ImportModuleError"),
    "name that a module lacks": ("from json import nothing", "app.handler", "Runtime.ImportModuleError"),
    "syntax": ("def broken(:", "app.handler", "Runtime.UserCodeSyntaxError"),
    "missing handler": ("pass", "app.handler", "Runtime.HandlerNotFound"),
    "built-in": ("pass", "sys.handler", "Runtime.BuiltInModuleConflict"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_handler_that_cannot_be_found(pool: Environments, case: str) -> None:
    source, handler, error_type = FAULTS[case]
    assert error(pool, function_of(source, handler=handler))["errorType"] == error_type


def test_handler_in_a_folder(pool: Environments) -> None:
    function = function_of(
        {"src/app.py": "def handler(event, context): return 1"}, handler="src/app.handler", runtime=HERE
    )
    assert result(pool, function) == 1


@pytest.mark.parametrize(
    ("files", "handler", "hint"),
    [
        (
            {"app.py": "import json\ndef handle(e, c): pass\ndef other(e, c): pass\nN = 1"},
            "app.handler",
            "Handler is 'app.handler'; app has handle, other; did you mean Handler='app.handle'?",
        ),
        ({"app.py": "from json import loads"}, "app.handler", "Handler is 'app.handler'; app has loads"),
        ({"app.py": "N = 1"}, "app.handler", "Handler is 'app.handler'; app has no functions"),
        (
            {"src/app.py": "def hänlder(e, c): pass"},
            "src/app.handler",
            "Handler is 'src/app.handler'; src/app has hänlder; did you mean Handler='src/app.hänlder'?",
        ),
        ({"app.py": "", "lib.py": ""}, "other.handler", "Its deployment package holds app.py, lib.py."),
    ],
)
def test_handler_that_is_missing_lists_those_that_are_there(
    pool: Environments, files: dict[str, str | bytes], handler: str, hint: str
) -> None:
    """As in the test's process: ``tests/test_reports.py``."""
    outcome = call(pool, function_of(files, handler=handler))
    assert outcome.error is not None
    assert outcome.error.hint == hint
    assert outcome.error.traceback == f"{outcome.error.type}: {outcome.error.message} ({hint})"
    assert hint not in outcome.payload.decode()
    assert hint not in outcome.logs
