"""An invocation from payload to outcome, compared with awslambdaric where it has the last word."""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import logging
import os
import re
import sys
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from support.runtime_builders import REQUEST_ID, Loaded, make_call, make_function, run

from moto_lambda_urls.runtime.exceptions import FaultException
from moto_lambda_urls.runtime.in_process.isolation import logs
from moto_lambda_urls.runtime.in_process.isolation.running import new_sandbox
from moto_lambda_urls.runtime.invoke import invoke
from moto_lambda_urls.runtime.patches import install, uninstall

pytestmark = pytest.mark.in_process

REPORT = (
    rf"REPORT RequestId: {REQUEST_ID}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\t"
    r"Max Memory Used: \d+ MB\t"
)


class CustomError(Exception):
    pass


@pytest.fixture
def installed() -> Iterator[None]:
    install()
    yield
    uninstall()


def fails(_event: Any, _context: Any) -> None:
    raise CustomError("some text")


def as_handler_file(folder: Any, code: str) -> Any:
    """The function ``handler`` of ``code``, as if from ``app.py`` in ``folder``."""
    path = folder / "app.py"
    path.write_text(code)
    names: dict[str, Any] = {}
    exec(compile(code, str(path), "exec"), names)
    return Loaded(names["handler"], folder=str(folder))


def test_result() -> None:
    outcome = run(lambda event, _context: {"got": event["n"]}, payload=b'{"n": 1}')
    assert outcome.payload == b'{"got": 1}'
    assert outcome.error is None
    assert outcome.duration_ms > 0


def test_no_result_is_null() -> None:
    assert run(lambda _event, _context: None).payload == b"null"


def test_log_of_a_cold_and_a_warm_invocation() -> None:
    loaded, function = Loaded(lambda _event, _context: print("one\ntwo")), make_function()
    cold, warm = (run(loaded, function).logs for _ in range(2))
    start = f"START RequestId: {REQUEST_ID} Version: $LATEST\none\ntwo\nEND RequestId: {REQUEST_ID}\n"
    assert re.fullmatch(re.escape(start) + REPORT + r"Init Duration: 12\.3\d ms\t\n", cold)
    assert re.fullmatch(re.escape(start) + REPORT + r"\n", warm)


def test_raised(tmp_path: Any, caplog: pytest.LogCaptureFixture) -> None:
    code = "def handler(event, context):\n    raise KeyError('k')\n"
    outcome = run(as_handler_file(tmp_path, code))
    assert json.loads(outcome.payload) == {
        "errorMessage": "'k'",
        "errorType": "KeyError",
        "requestId": REQUEST_ID,
        "stackTrace": ["  File \"/var/task/app.py\", line 2, in handler\n    raise KeyError('k')\n"],
    }
    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.message) == ("KeyError", "'k'")
    assert isinstance(outcome.error.exception, KeyError)
    assert "raise KeyError('k')" in outcome.error.traceback
    assert (
        "[ERROR] KeyError: 'k'\nTraceback (most recent call last):\n"
        '\u00a0\u00a0File "/var/task/app.py", line 2, in handler\n'
        "\u00a0\u00a0\u00a0\u00a0raise KeyError('k')\nEND RequestId"
    ) in outcome.logs
    assert [(each.name, each.levelname) for each in caplog.records] == [("moto_lambda_urls", "ERROR")]
    assert "raise KeyError('k')" in caplog.text


def test_error_is_awslambdarics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EXECUTION_ENV", "AWS_Lambda_python3.12")
    bootstrap = pytest.importorskip("awslambdaric.bootstrap")
    marshaller = importlib.import_module("awslambdaric.lambda_runtime_marshaller")
    posted: list[str] = []
    logged: list[list[str]] = []

    class Client:
        marshaller = sys.modules["awslambdaric.lambda_runtime_marshaller"].LambdaMarshaller()

        def post_invocation_error(self, _id: str, error: str, *_rest: object) -> None:
            posted.append(error)

    class Sink:
        def log_error(self, lines: list[str]) -> None:
            logged.append(lines)

    assert marshaller
    for handler in (fails, lambda _event, _context: {1}):
        bootstrap.handle_event_request(
            Client(), handler, REQUEST_ID, b"{}", "application/json", None, None, "arn", 0, None, Sink()
        )
        outcome = run(handler)
        assert outcome.payload.decode() == posted[-1]
        assert "\n".join(logged[-1]) + "\n" in outcome.logs


class Panic(BaseException):
    """As pyo3's PanicException, which stands for a panic of Rust code."""


def raising(error: type[BaseException]) -> Any:
    def leave() -> None:
        raise error

    return leave


@pytest.mark.parametrize(
    ("leave", "message"),
    [
        (lambda: sys.exit(), "Runtime exited without providing a reason"),
        (lambda: sys.exit(0), "Runtime exited without providing a reason"),
        (lambda: sys.exit(3), "Runtime exited with error: exit status 3"),
        (lambda: sys.exit("text"), "Runtime exited with error: exit status 1"),
        (lambda: os._exit(7), "Runtime exited with error: exit status 7"),
        (raising(KeyboardInterrupt), "Runtime exited with error: signal: interrupt"),
        (raising(GeneratorExit), "Runtime exited with error: exit status 1"),
        (raising(asyncio.CancelledError), "Runtime exited with error: exit status 1"),
        (raising(Panic), "Runtime exited with error: exit status 1"),
    ],
)
def test_exit(leave: Any, message: str) -> None:
    outcome = run(lambda _event, _context: leave())
    assert json.loads(outcome.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {REQUEST_ID} Error: {message}",
    }
    assert f"RequestId: {REQUEST_ID} Error: {message}\nRuntime.ExitError\nEND " in outcome.logs


def test_result_too_large() -> None:
    outcome = run(lambda _event, _context: "x" * 6_291_555)
    assert json.loads(outcome.payload) == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }
    assert run(lambda _event, _context: "x" * 6_291_554).error is None


def test_module_that_raises() -> None:
    def load(_function: Any) -> Any:
        print("importing")
        raise CustomError("at import")

    outcome = invoke(make_call(load))
    body = json.loads(outcome.payload)
    assert (body["errorType"], body["errorMessage"], body["requestId"]) == ("CustomError", "at import", "")
    assert re.match(
        r"importing\n\[WARNING\]\t\S+Z\t\tLAMBDA_WARNING: Unhandled exception\. .*\r\n"
        rf"START RequestId: {REQUEST_ID} Version: \$LATEST\n\[ERROR\] CustomError: at import\n",
        outcome.logs,
    )


def test_module_that_cannot_be_imported() -> None:
    def load(_function: Any) -> Any:
        raise FaultException("Runtime.ImportModuleError", "Unable to import module 'app': No module named 'app'")

    outcome = invoke(make_call(load))
    assert json.loads(outcome.payload) == {
        "errorMessage": "Unable to import module 'app': No module named 'app'",
        "errorType": "Runtime.ImportModuleError",
        "requestId": "",
        "stackTrace": [],
    }


def test_context() -> None:
    lambda_context = pytest.importorskip("awslambdaric.lambda_context")
    sent = {"custom": {"k": "v"}, "env": {"e": 1}, "client": {"app_title": "t"}, "w3c": {"traceparent": "00-1", "x": 1}}

    def handler(_event: Any, context: Any) -> dict[str, Any]:
        twin = lambda_context.LambdaContext(REQUEST_ID, json.loads(json.dumps(sent)), None, 0, "arn:asked")
        assert 2900 < context.get_remaining_time_in_millis() <= 3000
        return {"ours": repr(context), "theirs": repr(twin), "w3c": [context.w3c(), twin.w3c()]}

    asked = {"invoked_arn": "arn:asked", "client_context": json.dumps(sent)}
    outcome = invoke(make_call(Loaded(handler), make_function(version=7), **asked))
    seen = json.loads(outcome.payload)
    assert seen["ours"] == seen["theirs"]
    assert seen["w3c"] == [{"traceparent": "00-1"}] * 2
    assert "function_version=7" in seen["ours"]


def test_client_context_that_is_no_json() -> None:
    outcome = run(lambda _event, _context: None, client_context="{no")
    assert outcome.error is not None
    assert outcome.error.type == "Runtime.LambdaContextUnmarshalError"


@pytest.mark.usefixtures("installed")
def test_cloudwatch_has_one_stream_an_environment() -> None:
    function = make_function(name="writer", version=3)
    loaded = Loaded(lambda event, _context: print(event))
    for _ in range(2):
        run(loaded, function)
    streams = function.logs_backend.groups["/aws/lambda/writer"].streams
    (name,) = streams
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[3\][0-9a-f]{32}", name)
    messages = [event.message for event in streams[name].events]
    assert messages[:3] == [f"START RequestId: {REQUEST_ID} Version: 3\n", "{}\n", f"END RequestId: {REQUEST_ID}\n"]
    assert len(messages) == 8


@pytest.mark.usefixtures("installed")
def test_changed_configuration_is_another_environment() -> None:
    function = make_function(environment={"A": "1"})
    loaded = Loaded(lambda _event, context: [os.environ["A"], context.log_stream_name])
    first = json.loads(run(loaded, function).payload)
    function.environment_vars = {"A": "2"}
    second = json.loads(run(loaded, function).payload)
    assert [first[0], second[0]] == ["1", "2"]
    assert first[1] != second[1]


def test_tail_is_the_last_4_kilobytes() -> None:
    outcome = run(lambda _event, _context: print("x" * 9000))
    assert len(outcome.tail) == 4096
    assert outcome.tail == outcome.logs.encode()[-4096:]


def test_json_logs() -> None:
    formatters = pytest.importorskip("awslambdaric.lambda_runtime_log_utils")
    records: list[logging.LogRecord] = []

    def handler(_event: Any, _context: Any) -> None:
        record = logging.getLogger("app").makeRecord(
            "app", logging.INFO, "f.py", 3, "hi %s", ("you",), None, "fn", {"order": 7}
        )
        records.append(record)
        logging.getLogger("app").handle(record)
        logging.getLogger("app").debug("not shown")
        try:
            raise CustomError("caught")
        except CustomError:
            logging.exception("trouble")
        print("plain")
        raise CustomError("out")

    outcome = run(handler, make_function(logging_config={"LogFormat": "JSON"}))
    lines = outcome.logs.splitlines()
    assert lines[1] + "\n" == formatters.JsonFormatter().format(records[0])
    start, record, trouble, error, report = (json.loads(lines[number]) for number in (0, 1, 2, 4, 5))
    assert (start["type"], start["record"]) == ("platform.start", {"requestId": REQUEST_ID, "version": "$LATEST"})
    assert (record["message"], record["order"], record["requestId"]) == ("hi you", 7, REQUEST_ID)
    assert (trouble["level"], trouble["errorType"], trouble["errorMessage"]) == ("ERROR", "CustomError", "caught")
    assert trouble["location"].endswith("test_invoke.py:handler:" + trouble["location"].rsplit(":", 1)[1])
    assert lines[3] == "plain"
    assert (error["level"], error["errorType"], error["requestId"]) == ("ERROR", "CustomError", REQUEST_ID)
    assert report["type"] == "platform.report"
    assert report["record"]["metrics"]["memorySizeMB"] == 128


def test_a_thousand_invocations_leave_nothing_behind() -> None:
    function, loaded = make_function(), Loaded(lambda event, _context: print(event))
    before, threads = open_things(), threading.active_count()
    install()
    for _ in range(1000):
        run(loaded, function)
    assert threading.active_count() <= threads + 1
    uninstall()
    assert open_things() == before


def open_things() -> tuple[object, ...]:
    """What an invocation could leave behind."""
    gc.collect()  # what earlier tests' tracebacks hold
    files = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else None
    return sys.stdout, sys.stderr, list(logging.getLogger().handlers), threading.active_count(), files


def test_memory_that_a_short_handler_took_to_load(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = new_sandbox(make_call(None))
    line = partial(logs.report_line, REQUEST_ID, init_ms=None, memory_size=128, status=None, json_logs=False)
    for used, duration_ms, shown in ((10, 0.1, 10), (90, 12.4, 90), (95, 0.1, 90)):
        monkeypatch.setattr(logs, "_memory_used", lambda used=used: used)
        memory_used = logs.peak_memory(sandbox, duration_ms)
        assert f"Max Memory Used: {shown} MB" in line(duration_ms=duration_ms, memory_used=memory_used)
