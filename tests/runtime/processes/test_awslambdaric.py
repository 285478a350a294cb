"""Our bootstrap against awslambdaric: the same handlers in both, over the same Runtime API."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from support.processes import HERE, PYTHONS, call, function_of, needs_python

from moto_lambda_urls.runtime.invocation_request import Outcome
from moto_lambda_urls.runtime.processes import Environments
from moto_lambda_urls.runtime.processes.interpreters import python_for

pytestmark = pytest.mark.in_process

RETURNS = {
    "echo": "return event",
    "nothing": "pass",
    "text": "return 'é \\u2028 \"'",
    "bytes": "return b'\\xff raw'",
    "numbers": "return [1, 1.5, 1e100, float('nan'), float('inf'), True, None, -0.0, 10**30]",
    "decimals": "import decimal; return [decimal.Decimal(x) for x in ('1.10', 'NaN', '1E+5', '-0')]",
    "named tuple": "import collections; return collections.namedtuple('P', 'x y')(1, (2,))",
    "keys": "return {1: 1, 1.5: 2, None: 3, True: 4, 'x': {}}",
    "subclasses": "import collections, enum; return [collections.OrderedDict(a=1), enum.IntEnum('E', 'A').A]",
    "bytes inside": "return {'b': b'text'}",
    "environment": "import os; return sorted(set(os.environ) - {'PYTHONPATH', 'PWD', 'OLDPWD', 'SHLVL', '_'})",
    "path": "import sys; return [entry for entry in sys.path if entry.endswith('/task')] and __name__",
    "context": "return repr(context).replace(context.log_stream_name, '')",
    "client context": "return [context.client_context.custom, repr(context.client_context), context.w3c()]",
    "identity": "return repr(context.identity)",
    "raises": "raise KeyError('é')",
    "raises a class of its own": "raise type('Odd', (Exception,), {})('a\\nb')",
    "raises without text": "raise ValueError",
    "raises from": "\n    try: 1 / 0\n    except ZeroDivisionError as e: raise RuntimeError('r') from e",
    "raises deep inside": "import json; json.loads('{')",
    "set": "return {1}",
    "odd key": "return {(1, 2): 3}",
    "itself": "a = []; a.append(a); return a",
    "iterator": "return iter([])",
    "bad bytes": "return {'b': b'\\xff'}",
    "prints": "print('one'); print('two', end='')",
    "logs": "import logging as l; l.error('two\\nlines %s', 1); l.info('no'); l.getLogger('x').warning('w')",
    "logs an exception": "\n    import logging\n    try: 1 / 0\n    except Exception: logging.exception('caught')",
    "logs to the context": "context.log('as it is'); context.log(7)",
    "exits": "import sys; sys.exit(3)",
    "handlers": "import logging; return [len(logging.getLogger().handlers), logging.getLogger().level]",
}
MODULES = {
    "no such module": ("", "other.handler"),
    "no such handler": ("", "app.other"),
    "no dot": ("", "app"),
    "built-in": ("", "sys.handler"),
    "failing import": ("import nowhere", "app.handler"),
    "missing name": ("from json import nothing", "app.handler"),
    "syntax": ("x = 1\ndef broken(:\n", "app.handler"),
    "indentation": ("x = 1\n  y = 2\n", "app.handler"),
    "raises": ("def f(): raise ValueError('v')\nf()", "app.handler"),
    "exits": ("import sys; sys.exit(4)", "app.handler"),
    "folder": ("", "a/b.handler"),
    "relative": ("", "..app.handler"),
    "from the root": ("", "/app.handler"),
    "folder above": ("", "../app.handler"),
    "two dots": ("", "app..handler"),
    "no module": ("", ".handler"),
    "no function": ("", "app."),
    "nothing": ("", ""),
}
SENT = json.dumps({"custom": {"k": "v"}, "env": {"e": 1}, "client": {"app_title": "t"}, "w3c": {"traceparent": "00"}})


@pytest.fixture(scope="module")
def site() -> str:
    pytest.importorskip("awslambdaric.bootstrap")
    return str(Path(sys.modules["awslambdaric"].__file__ or "").parents[1])


RUNTIME_CLIENT = """
import http.client, os
def initialize_client(_agent): pass
def _ask(method, path, body=None, headers={}):
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    connection.request(method, "/2018-06-01/runtime/invocation/" + path, body, headers)
    response = connection.getresponse()
    return response.read(), response.headers
def next(): return _ask("GET", "next")
def post_invocation_result(invoke_id, data, content_type, _id): _ask("POST", invoke_id + "/response", data)
def post_error(invoke_id, data, _cause, _id): _ask("POST", invoke_id + "/error", data.encode())
"""
"""What awslambdaric has in C++, for the Pythons that it is not built for here."""


def theirs(source: str, handler: str, site: str, runtime: str = HERE, **fields: Any) -> Any:
    """The same function as ``function_of`` makes, with awslambdaric for a runtime."""
    start = "import os, sys; sys.path.insert(0, os.environ['LAMBDA_TASK_ROOT']); "
    start += "from awslambdaric.__main__ import main; main(['', os.environ['_HANDLER']])"
    variables = f"PYTHONPATH={site} AWS_EXECUTION_ENV=AWS_Lambda_{runtime}"
    files: dict[str, str | bytes] = {
        "app.py": source,
        "bootstrap": f'#!/bin/sh\n{variables} exec {python_for(runtime)} -S -u -c "{start}"\n',
        **({"runtime_client.py": RUNTIME_CLIENT} if runtime != HERE else {}),
    }
    return function_of(files, handler=handler, runtime="provided.al2023", executable=("bootstrap",), **fields)


def compared(outcome: Outcome) -> tuple[Any, ...]:
    """What must be the same: payload, error, and the log without times and the paths of Python's library."""
    logs = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", "TIME", outcome.logs)
    logs = re.sub(r"(?m)^(REPORT |\{\"time\":\"TIME\",\"type\":\"platform.report\").*\n", "", logs)
    error = outcome.error and (outcome.error.type, outcome.error.message)
    return _places(outcome.payload.decode("latin-1")), error and _places(" ".join(error)), _places(logs)


def _places(text: str) -> str:
    text = re.sub(r"(/[^/\"' ]+)+/lib/python3\.\d+", "LIB", text)
    own = r'( *|\xa0*)File "[^"]*awslambdaric[^"]*", line \d+, in \w+(\\n|\n)( *|\xa0*)[^\n"]*(\\n)?'
    return re.sub(own, "", text)


HANDLERS = "".join(f"def case_{number}(event, context):\n    {code}\n" for number, code in enumerate(RETURNS.values()))
DISPATCH = f"{HANDLERS}def handler(event, context): return globals()['case_%d' % event['number']](event, context)"


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
@pytest.mark.parametrize("runtime", PYTHONS)
def test_handlers(pool: Environments, runtime: str, log_format: str, site: str) -> None:
    needs_python(runtime)
    config: dict[str, Any] = {"logging_config": {"LogFormat": log_format, "LogGroup": "g"}}
    ours = function_of(DISPATCH, runtime=runtime, **config)
    real = theirs(DISPATCH, "app.handler", site, runtime, **config)
    for number, case in enumerate(RETURNS):
        event = {"number": number, "é": [1, "\ud83d\ude00"]}
        outcomes = [call(pool, each, event, client_context=SENT, trace_id="Root=1") for each in (ours, real)]
        assert compared(outcomes[0]) == compared(outcomes[1]), case


@pytest.mark.parametrize("case", MODULES)
def test_module(pool: Environments, case: str, site: str) -> None:
    source, handler = MODULES[case]
    outcomes = [call(pool, each) for each in (function_of(source, handler=handler), theirs(source, handler, site))]
    assert compared(outcomes[0]) == compared(outcomes[1])


@pytest.mark.parametrize(
    ("raised", "ends"),
    [
        ("type('Own', (BaseException,), {})('no')", "exit status 1"),
        ("GeneratorExit('no')", "exit status 1"),
        ("SystemExit('no')", "exit status 1"),
        ("KeyboardInterrupt('no')", "signal: interrupt"),
    ],
)
def test_what_is_no_exception_ends_the_process(pool: Environments, raised: str, ends: str, site: str) -> None:
    source = f"def handler(event, context): raise {raised}\n"
    outcomes = [call(pool, each) for each in (function_of(source), theirs(source, "app.handler", site))]
    assert compared(outcomes[0])[:2] == compared(outcomes[1])[:2]
    assert outcomes[0].error is not None
    assert outcomes[0].error.type == "Runtime.ExitError"
    assert outcomes[0].error.message.endswith(f" Error: Runtime exited with error: {ends}")
