"""What a person reads of a handler's failure: the test's lines, the client's and the handler's, and none of ours."""

from __future__ import annotations

import builtins
import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
import requests
import urllib3
from support.pytest_runs import run, run_pytest

import moto_lambda_urls
from moto_lambda_urls import LambdaUrls, mock_lambda_urls
from moto_lambda_urls.patching import call_site
from moto_lambda_urls.patching.call_site import for_this_thread
from moto_lambda_urls.patching.tracebacks import trim

pytestmark = pytest.mark.in_process

HANDLERS = """
import asyncio
import http.client
import pathlib
import sys
import tempfile

import aiohttp
import httpx
import requests
import urllib3


def plain(event, context):
    raise LookupError("no stock")


def chained(event, context):
    try:
        {}["stock"]
    except KeyError as error:
        raise LookupError("no stock") from error


def grouped(event, context):
    try:
        plain(event, context)
    except LookupError as error:
        raise ExceptionGroup("several", [error])


def no_json(event, context):
    return {"no stock"}


def by_requests(urls, handler=plain):
    requests.get(urls.deploy(handler), timeout=60)


def chained_causes(urls):
    by_requests(urls, chained)


def marshal_error(urls):
    by_requests(urls, no_json)


def init_error(urls):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "app.py").write_text('raise LookupError("no stock")')
        requests.get(urls.deploy(pathlib.Path(folder), handler_name="app.handler"))


def invoke(urls):
    urls.client("lambda").invoke(FunctionName=urls.deploy(plain).function_name)


def by_httpx(urls):
    httpx.get(urls.deploy(plain))


def by_urllib3(urls):
    urllib3.PoolManager().request("GET", urls.deploy(plain))


def by_http_client(urls):
    connection = http.client.HTTPSConnection(urls.deploy(plain).split("/")[2])
    connection.request("GET", "/")
    connection.getresponse()


def by_aiohttp(urls):
    async def ask():
        async with aiohttp.ClientSession() as session, session.get(urls.deploy(plain)) as response:
            await response.read()

    asyncio.run(ask())


FORMS = [
    by_requests, chained_causes, marshal_error, init_error, invoke, by_httpx, by_urllib3, by_http_client, by_aiohttp
]
if sys.version_info >= (3, 11):

    def exception_group(urls):
        by_requests(urls, grouped)

    FORMS.append(exception_group)
"""
WITH_PYTEST = """
import pytest

from handlers import FORMS
from moto_lambda_urls import mock_lambda_urls


@pytest.mark.lambda_urls(raise_handler_errors=True)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_fixture(lambda_urls, form):
    form(lambda_urls)


@mock_lambda_urls(raise_handler_errors=True)
def test_decorator():
    mock = mock_lambda_urls(raise_handler_errors=True)
    with mock as urls:
        FORMS[0](urls)
"""
WITH_UNITTEST = """
import unittest

from handlers import FORMS
from moto_lambda_urls import mock_lambda_urls


class Errors(unittest.TestCase):
    pass


for form in FORMS:
    def test(self, form=form):
        with mock_lambda_urls(raise_handler_errors=True) as urls:
            form(urls)

    setattr(Errors, f"test_{form.__name__}", test)


MOCK = mock_lambda_urls(raise_handler_errors=True)


@MOCK
class Decorated(unittest.TestCase):
    def test_decorated_class(self):
        FORMS[0](MOCK.urls)


class Asynchronous(unittest.IsolatedAsyncioTestCase):
    @MOCK
    async def test_decorated_coroutine(self):
        FORMS[0](MOCK.urls)

    @MOCK
    def test_decorated_method(self):
        FORMS[0](MOCK.urls)
"""
WITH_SET_UP = """
import unittest

from handlers import FORMS
from moto_lambda_urls import mock_lambda_urls


class Started(unittest.TestCase):
    def setUp(self):
        mock = mock_lambda_urls(raise_handler_errors=True)
        mock.start()
        self.addCleanup(mock.stop)
        self.urls = mock.urls


for form in FORMS:
    def test(self, form=form):
        form(self.urls)

    setattr(Started, f"test_{form.__name__}", test)
"""
WITH_OTHER_ENDS = """
import unittest

from handlers import by_requests, chained_causes
from moto_lambda_urls import mock_lambda_urls


def failing(event, context):
    raise AssertionError("no stock")


class StoppedInTearDown(unittest.TestCase):
    def setUp(self):
        self.mock = mock_lambda_urls(raise_handler_errors=True)
        self.mock.start()

    def tearDown(self):
        self.mock.stop()

    def test_error(self):
        by_requests(self.mock.urls)

    def test_failure(self):
        by_requests(self.mock.urls, failing)

    def test_subtests(self):
        for form in (lambda urls: None, by_requests, chained_causes):
            with self.subTest(form=form.__name__):
                form(self.mock.urls)


class StartedForTheClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        mock = mock_lambda_urls(raise_handler_errors=True)
        mock.start()
        cls.addClassCleanup(mock.stop)
        cls.urls = mock.urls

    def test_error(self):
        by_requests(self.urls)


class FailingSetUpClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        mock = mock_lambda_urls(raise_handler_errors=True)
        mock.start()
        cls.addClassCleanup(mock.stop)
        by_requests(mock.urls)

    def test_is_not_run(self):
        pass
"""
WITH_FINALLY = """
import traceback

from handlers import FORMS
from moto_lambda_urls import mock_lambda_urls


def run(form):
    mock = mock_lambda_urls(raise_handler_errors=True)
    mock.start()
    try:
        form(mock.urls)
    finally:
        mock.stop()


for form in FORMS:
    try:
        run(form)
    except Exception:
        traceback.print_exc()
"""
FORMS = 9 + (sys.version_info >= (3, 11))
OWN = Path(moto_lambda_urls.__file__).parent
FRAME = re.compile(r'[\s|+-]*(?:File ")?([^"\s]+\.py)[":]')


def own_frames(shown: str, folder: Path) -> list[str]:
    """The lines of ``shown`` that are of frames in this package; paths are relative to ``folder``."""
    frames = [(match[1], match.string) for match in map(FRAME.match, shown.splitlines()) if match is not None]
    assert len(frames) > 10
    return [line for name, line in frames if (folder / name).resolve().is_relative_to(OWN)]


def files_of_the_test(shown: str, folder: Path) -> dict[str, list[str]]:
    """The names of tests → the files in ``folder`` whose frames unittest shows, the outermost first."""
    files = {}
    for report in shown.split("=" * 70 + "\n")[1:]:
        frames = [Path(match[1]) for match in map(FRAME.match, report.splitlines()) if match is not None]
        name = re.split(r"[ (]", report.partition(": ")[2], maxsplit=1)[0]
        files[name] = [frame.name for frame in frames if frame.is_relative_to(folder)]
    return files


@pytest.mark.parametrize("style", ["long", "short", "native"])
def test_no_frame_of_ours_in_pytest(tmp_path: Path, style: str) -> None:
    (tmp_path / "handlers.py").write_text(HANDLERS)
    (tmp_path / "test_errors.py").write_text(WITH_PYTEST)
    shown = run_pytest(tmp_path, f"--tb={style}", "-p", "no:logging", "-p", "no:warnings", in_ci=True)
    assert own_frames(shown, tmp_path) == []
    assert f"{FORMS + 1} failed" in shown
    failures = shown.partition("= short test summary info =")[0]
    assert failures.count('raise LookupError("no stock")') >= FORMS - 1
    assert failures.count("Unable to marshal response: Object of type set is not JSON serializable") >= 1
    of_marshal_error = failures.partition("[marshal_error] _")[2].partition("____")[0]
    assert "During handling of the above exception" not in of_marshal_error


def test_no_frame_of_ours_where_pytest_runs_unittest(tmp_path: Path) -> None:
    (tmp_path / "handlers.py").write_text(HANDLERS)
    (tmp_path / "test_errors.py").write_text(WITH_SET_UP)
    shown = run_pytest(tmp_path, "-p", "no:logging", "-p", "no:warnings", in_ci=True)
    assert own_frames(shown, tmp_path) == []
    assert f"{FORMS} failed" in shown
    assert shown.count('raise LookupError("no stock")') >= FORMS - 1


def test_no_frame_of_ours_in_unittest(tmp_path: Path) -> None:
    (tmp_path / "handlers.py").write_text(HANDLERS)
    (tmp_path / "test_errors.py").write_text(WITH_UNITTEST)
    shown = run(tmp_path, "unittest", "test_errors", in_ci=True)
    assert own_frames(shown, tmp_path) == []
    assert f"FAILED (errors={FORMS + 3})" in shown
    assert shown.count('raise LookupError("no stock")') >= FORMS


def test_no_frame_of_ours_in_unittest_after_start(tmp_path: Path) -> None:
    (tmp_path / "handlers.py").write_text(HANDLERS)
    (tmp_path / "test_errors.py").write_text(WITH_SET_UP)
    shown = run(tmp_path, "unittest", "test_errors", in_ci=True)
    assert own_frames(shown, tmp_path) == []
    test, handlers = "test_errors.py", "handlers.py"
    direct = [test, handlers, handlers]
    expected = {
        "test_by_aiohttp": [test, handlers, handlers, handlers],
        "test_by_http_client": direct,
        "test_by_httpx": direct,
        "test_by_requests": direct,
        "test_by_urllib3": direct,
        "test_chained_causes": [handlers, test, handlers, handlers, handlers],
        "test_init_error": [test, handlers],  # and the package's, which is elsewhere
        "test_invoke": direct,
        "test_marshal_error": [test, handlers, handlers],
    }
    if sys.version_info >= (3, 11):
        expected["test_exception_group"] = [handlers, handlers, test, *[handlers] * 5]
    assert files_of_the_test(shown, tmp_path) == expected


def test_no_frame_of_ours_in_unittest_wherever_the_mock_ends(tmp_path: Path) -> None:
    (tmp_path / "handlers.py").write_text(HANDLERS)
    (tmp_path / "test_errors.py").write_text(WITH_OTHER_ENDS)
    shown = run(tmp_path, "unittest", "test_errors", in_ci=True)
    assert own_frames(shown, tmp_path) == []
    assert "FAILED (failures=1, errors=5)" in shown
    assert shown.partition("=" * 70)[2].count('Error("no stock")') == 6


def test_no_frame_of_ours_after_a_finally(tmp_path: Path) -> None:
    (tmp_path / "handlers.py").write_text(HANDLERS)
    (tmp_path / "script.py").write_text(WITH_FINALLY)
    shown = run(tmp_path, "script", in_ci=True)
    assert own_frames(shown, tmp_path) == []
    assert shown.count('raise LookupError("no stock")') >= FORMS - 1


def by_boto3(name: str) -> None:
    boto3.client("lambda", "us-east-1").invoke(FunctionName=name)


def by_httpx(url: str) -> None:
    httpx.get(url)


def by_urllib3(url: str) -> None:
    urllib3.PoolManager().request("GET", url)


@pytest.mark.parametrize("ask", [by_boto3, by_httpx, by_urllib3, requests.get], ids=lambda ask: ask.__name__)
def test_frames_that_are_left_while_the_mock_runs(ask: Callable[[str], object]) -> None:
    """The functions that an exception leaves last are in its traceback only when they have ended; so the program itself
    sees them, until the mock, or unittest or pytest, can take them out.
    """

    def handler(event: Any, context: Any) -> Any:
        raise LookupError("no stock")

    def own() -> list[str]:
        shown = traceback.extract_tb(caught.value.__traceback__)
        assert [each.name for each in shown][-1] == "handler"
        return [each.filename for each in shown if Path(each.filename).is_relative_to(OWN)]

    mock = mock_lambda_urls(raise_handler_errors=True)
    mock.start()
    try:
        url = mock.urls.deploy(handler)
        with pytest.raises(LookupError) as caught:
            ask(url.function_name if ask is by_boto3 else url)
        assert 1 <= len(own()) <= 3
    finally:
        mock.stop()
    assert own() == []


def test_a_failure_of_the_package_keeps_its_frames() -> None:
    broken = for_this_thread(None)  # type: ignore[arg-type, var-annotated]
    with pytest.raises(TypeError) as caught:
        broken(1)
    trim(caught.value)
    assert traceback.extract_tb(caught.value.__traceback__)[-1].filename == call_site.__file__


def test_circles_of_causes_end() -> None:
    first, second = ValueError(), ValueError()
    first.__cause__, second.__context__ = second, first
    trim(first)
    assert first.__cause__ is second


def test_a_second_call_of_broken_module_code(mock: LambdaUrls, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text('raise LookupError("no stock")')
    url = mock.deploy(tmp_path, handler_name="app.handler")
    for _ in range(3):
        assert requests.get(url).status_code == 502
    assert url.last.error is not None
    assert url.last.error.traceback == (
        'Traceback (most recent call last):\n  File "/var/task/app.py", line 1, in <module>\n'
        '    raise LookupError("no stock")\nLookupError: no stock\n'
    )


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exception groups are Python 3.11's")
def test_the_log_of_a_group_has_no_frames_of_ours(mock: LambdaUrls) -> None:
    def handler(event: Any, context: Any) -> Any:
        try:
            handlers["inner"](event, context)
        except LookupError as error:
            raise builtins.ExceptionGroup("several", [error]) from None  # type: ignore[attr-defined, unused-ignore]

    def inner(event: Any, context: Any) -> Any:
        raise LookupError("no stock")

    handlers = {"inner": inner}
    url = mock.deploy(handler)
    assert requests.get(url).status_code == 502
    assert url.last.error is not None
    assert "LookupError: no stock" in url.last.error.traceback
    assert own_frames(url.last.error.traceback * 10, Path()) == []
